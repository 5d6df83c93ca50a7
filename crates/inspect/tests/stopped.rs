//! A comparison that is stopped on the way says so, and never that the models are equal.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::AtomicBool;
use weldlm_inspect::diff;
use weldlm_messages::Class;
use weldlm_pipeline::Context;
use weldlm_testkit::random;

#[test]
fn a_stopped_comparison_has_no_verdict() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    random::write_model(one.path(), 64, 1, 1);
    random::write_model(other.path(), 64, 2, 1);
    let open = |dir: &tempfile::TempDir| diff::open(&dir.path().join("base").display().to_string()).unwrap();
    let (a, b) = (open(&one), open(&other));
    let (go, stop) = (AtomicBool::new(false), AtomicBool::new(true));
    let stopped = diff::compare(&a, &b, false, &Context::new(&stop, &|_| {}));
    assert!(stopped.is_err_and(|problem| problem.class() == Class::Interrupted));
    assert!(diff::compare(&a, &b, false, &Context::new(&go, &|_| {})).is_ok_and(|d| !d.same_weights()));
    assert!(diff::compare(&a, &a, false, &Context::new(&go, &|_| {})).is_ok_and(|d| d.same_weights()));
}
