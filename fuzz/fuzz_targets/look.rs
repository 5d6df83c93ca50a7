//! `inspect` and `diff` on a small model and adapter, one of whose files is the input; the first byte says which.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Once;
use std::sync::atomic::AtomicBool;
use weldlm_fuzz::{ROOT, pair, pair_files, put, say};
use weldlm_inspect::diff;
use weldlm_inspect::view::{look, to_json};
use weldlm_messages::Lang;
use weldlm_pipeline::Context;

static OTHER: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    let [which, input @ ..] = data else { return };
    OTHER.call_once(|| {
        for (name, bytes) in pair_files() {
            put(&format!("right/{name}"), &bytes);
        }
    });
    let _mended = pair(*which, input);
    let stop = AtomicBool::new(false);
    let context = Context::new(&stop, &|_| {});
    for part in ["base", "adapter"] {
        let [here, right] = [ROOT.join(part), ROOT.join("right").join(part)].map(|p| p.display().to_string());
        match look(&here) {
            Ok(view) => drop(to_json(&view, &[], true, Lang::Zh)),
            Err(problem) => say(&problem),
        }
        let [Ok(a), Ok(b)] = [diff::open(&here), diff::open(&right)] else { continue };
        for (a, b) in [(&a, &b), (&b, &a), (&a, &a)] {
            match diff::compare(a, b, false, &context) {
                Ok(difference) => {
                    diff::to_json(a, b, &difference);
                    assert!(!std::ptr::eq(a, b) || difference.is_equal(), "a checkpoint differs from itself");
                }
                Err(problem) => say(&problem),
            }
        }
    }
});
