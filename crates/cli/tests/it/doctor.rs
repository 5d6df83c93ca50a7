//! `doctor`: what it says of this machine.

use crate::support::{run, weldlm};
use serde_json::{Value, json};
use std::fs;

#[test]
fn everything_is_tried_and_nothing_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    let done = run(dir.path(), &["doctor", "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let found: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(found["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(found["self_test"]["passed"], true);
    assert!(found["self_test"]["values"].as_u64().unwrap() > 10_000);
    assert!(found["processors"].as_u64().unwrap() > 0 && found["disk_free"].as_u64().unwrap() > 0);
    assert!(found["memory_available"].as_u64().unwrap() > 0);
    assert!(found["direct_io"].is_boolean() && found["reflink"].is_boolean());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_is_not_tried() {
    let dir = tempfile::tempdir().unwrap();
    // Not even root can write there.
    let output = weldlm(std::path::Path::new("/proc/self"), &["doctor", "--json"]).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["direct_io"], &found["reflink"]), (&Value::Null, &Value::Null));
    let output = weldlm(std::path::Path::new("/proc/self"), &["doctor"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("not tried"));
    drop(dir);
}

#[test]
fn caches_and_language() {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("hub/models--org--name");
    fs::create_dir_all(repo.join("snapshots/abc")).unwrap();
    fs::create_dir_all(dir.path().join("ms/models/org/one")).unwrap();
    fs::write(dir.path().join("ms/models/org/one/config.json"), "{}").unwrap();
    let mut command = weldlm(dir.path(), &["doctor", "--json", "--lang", "zh"]);
    command.env("HF_HUB_CACHE", dir.path().join("hub")).env("MODELSCOPE_CACHE", dir.path().join("ms"));
    let found: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(found["language"], "zh");
    let cache = |path: &str| json!({"path": dir.path().join(path).display().to_string(), "models": 1});
    assert_eq!(found["caches"], json!([cache("hub"), cache("ms/models")]));
    let text = run(dir.path(), &["doctor", "--lang", "zh"]).out;
    assert!(text.contains("逐位一致") && text.contains("语言      中文"), "{text}");
}
