//! A check that is stopped on the way says so, and never that all is well.

#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;
use std::sync::atomic::AtomicBool;
use weldlm_messages::Class;
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Request, plan, rebuild, verify, weld};
use weldlm_source::Folder;
use weldlm_testkit::golden;

#[test]
fn a_stopped_check_has_no_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let case = golden::all("cases").into_iter().find(|c| c.id == "llama-bf16").unwrap();
    let (base, out) = (case.make_base(dir.path()).display().to_string(), dir.path().join("out"));
    let adapter = case.adapters()[0].display().to_string();
    let fields =
        json!({"base_model_path": base, "adapter_path": adapter, "output_path": out.display().to_string()});
    let request = Request::check(Task::Merge, fields.as_object().unwrap(), "test").unwrap();
    let (go, stop) = (AtomicBool::new(false), AtomicBool::new(true));
    let quiet = |_| {};
    weld(&plan::make(&request).unwrap(), &[], &Context::new(&go, &quiet)).unwrap();

    let context = Context::new(&stop, &quiet);
    let folder = Folder::at(&out);
    let interrupted = |problem: weldlm_messages::Problem| problem.class() == Class::Interrupted;
    assert!(verify::result(&folder, &context).is_err_and(interrupted));
    let receipt = verify::receipt(&folder).unwrap();
    let again = rebuild::request(&receipt, "out", &base, &[adapter]).unwrap();
    let plan = plan::without_output(&again).unwrap();
    assert!(rebuild::compare(&plan, &receipt, &context).is_err_and(interrupted));
}
