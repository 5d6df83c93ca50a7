//! A whole plan of a small model and adapter, one of whose files is the input; the first byte says which, the
//! second the options. What can be planned is merged; the result must pass its check, and must come out the
//! same when it is computed again from its receipt.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::atomic::AtomicBool;
use weldlm_fuzz::{ROOT, pair, say};
use weldlm_messages::Lang;
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Plan, Request, plan, plan_json, rebuild, verify, weld};
use weldlm_source::Folder;

fn place(name: &str) -> String {
    ROOT.join(name).display().to_string()
}

fn request(choice: u8) -> Option<Request> {
    let mut fields = json!({
        "adapter_path": place("adapter"), "output_path": place("out"), "if_exists": "replace", "threads": 1,
    });
    fields["safe_merge"] = json!(choice & 1 == 1);
    fields["dtype"] = json!(["keep", "f16", "bf16", "f32"][usize::from(choice >> 1 & 3)]);
    fields["safe_serialization"] = json!(["true", "false", "both", "true"][usize::from(choice >> 3 & 3)]);
    let export = choice >> 5 & 1 == 1;
    if export {
        (fields["input_path"], fields["export_format"]) = (json!(place("base")), json!("hf"));
    } else {
        fields["base_model_path"] = json!(place("base"));
    }
    Request::check(if export { Task::Export } else { Task::Merge }, fields.as_object()?, "fuzz").ok()
}

/// What no adapter touches is in the result byte for byte.
fn untouched(plan: &Plan, out: &Folder) {
    let made = weldlm_formats::open(out).unwrap_or_else(|p| panic!("{p}"));
    let base = &plan.base.checkpoint;
    assert_eq!(made.tensors.len(), plan.entries.len());
    for entry in plan.entries.iter().filter(|e| plan.is_untouched(e)) {
        let [Some(old), Some(new)] = [plan.source(entry), made.get(&entry.name)] else {
            panic!("{} is lost", entry.name)
        };
        assert_eq!(base.read_all(old).ok(), made.read_all(new).ok(), "{}", entry.name);
    }
}

fn carry_out(plan: &Plan) {
    let stop = AtomicBool::new(false);
    let context = Context::new(&stop, &|_| {});
    let report = match weld(plan, &[], &context) {
        Ok(report) => report,
        Err(problem) => return say(&problem),
    };
    let out = Folder::at(&ROOT.join("out"));
    let check = verify::result(&out, &context).unwrap_or_else(|p| panic!("{p}"));
    assert!(check.problems.is_empty(), "{:?}", check.problems);
    untouched(plan, &out);
    let again = rebuild::request(&report.receipt, &place("out"), &place("base"), &[place("adapter")]);
    let again = plan::without_output(&again.unwrap_or_else(|p| panic!("{p}")));
    let again = again.unwrap_or_else(|p| panic!("{p:?}"));
    let check = rebuild::compare(&again, &report.receipt, &context).unwrap_or_else(|p| panic!("{p}"));
    assert!(check.problems.is_empty(), "{:?}", check.problems);
}

fuzz_target!(|data: &[u8]| {
    let [which, choice, input @ ..] = data else { return };
    let _mended = pair(*which, input);
    let Some(request) = request(*choice) else { return };
    match plan::make(&request) {
        Err(problems) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(say);
        }
        Ok(plan) => {
            plan_json(&plan, Lang::Zh);
            plan.warnings.iter().for_each(say);
            if plan.totals.bytes_written < 1 << 20 {
                carry_out(&plan);
            }
        }
    }
});
