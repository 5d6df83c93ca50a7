//! A request file, JSON or YAML, checked as a merge and as an export.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weldlm_pipeline::Request;
use weldlm_pipeline::request::{Task, parse_file};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let fields = match parse_file(text, "request.yaml") {
        Ok(fields) => fields,
        Err(problem) => return weldlm_fuzz::say(&problem),
    };
    if let Err(problem) = Task::of(&fields, "request.yaml") {
        weldlm_fuzz::say(&problem);
    }
    for task in [Task::Merge, Task::Export] {
        match Request::check(task, &fields, "request.yaml") {
            Ok(request) => assert!(request.adapters.iter().all(|a| a.scale.is_finite())),
            Err(problem) => weldlm_fuzz::say(&problem),
        }
    }
});
