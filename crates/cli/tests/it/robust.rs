//! The whole program under bad conditions: killed, two at once, no room, hostile and odd inputs.

use crate::support::{Run, run, weldlm};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use weldlm_testkit::random;

fn model(hidden: u64, layers: u64, shards: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), hidden, layers, shards);
    dir
}

const MERGE: [&str; 7] = ["merge", "--base", "base", "--adapter", "adapter", "--output", "out"];

fn merge(dir: &Path, out: &str, more: &[&str]) -> Run {
    let mut arguments = MERGE.to_vec();
    arguments[6] = out;
    arguments.extend(more);
    run(dir, &arguments)
}

/// What lies in a folder beside the inputs.
fn left(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().flatten().map(|e| e.file_name().into_string().unwrap()).collect();
    names.retain(|n| n != "base" && n != "adapter");
    names.sort();
    names
}

#[test]
fn killed_at_any_moment_it_resumes_to_the_same_bytes() {
    let dir = model(256, 6, 2);
    assert_eq!(merge(dir.path(), "whole", &[]).code, 0);
    let files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "weldlm.json"];
    let bytes = |out: &str, file: &str| fs::read(dir.path().join(out).join(file)).unwrap();
    let mut killed = 0;
    for n in 0..10u64 {
        let out = format!("out{n}");
        let mut arguments = MERGE.to_vec();
        arguments[6] = &out;
        let mut child =
            weldlm(dir.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 + 9 * n));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        let resumed = merge(dir.path(), &out, &["--if-exists", "resume"]);
        assert_eq!(resumed.code, 0, "{}", resumed.err);
        for file in files {
            assert!(bytes(&out, file) == bytes("whole", file), "{file} after a kill at {} ms", 5 + 9 * n);
        }
    }
    assert!(killed > 0, "no run was killed before it ended");
    assert!(left(dir.path()).iter().all(|n| !n.ends_with(".partial")));
}

#[test]
fn two_writers_at_once_one_wins_and_the_result_is_whole() {
    let dir = model(256, 6, 1);
    let start = || weldlm(dir.path(), &MERGE).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut both = [start(), start()];
    let codes = both.each_mut().map(|child| child.wait().unwrap().code().unwrap());
    assert!(codes.contains(&0), "{codes:?}");
    assert!(codes.iter().all(|c| [0, 3].contains(c)), "{codes:?}");
    assert_eq!(run(dir.path(), &["verify", "out"]).code, 0);
    assert_eq!(left(dir.path()), ["out"]);
}

/// Runs a merge under limits that only a shell can set.
fn limited(dir: &Path, limits: &str) -> std::process::Output {
    let script = format!("{limits}; exec {} {}", env!("CARGO_BIN_EXE_weldlm"), MERGE.join(" "));
    Command::new("bash").args(["-c", &script]).current_dir(dir).env("LC_ALL", "C").output().unwrap()
}

#[test]
fn no_room_is_a_clean_error_and_the_run_resumes() {
    let dir = model(128, 4, 1);
    // A limit on file sizes is a full disk as far as a writer can tell; the signal that goes with it is ignored.
    let output = limited(dir.path(), "trap '' XFSZ; ulimit -f 500");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{text}");
    assert!(text.contains("O106") && text.contains("--if-exists resume"), "{text}");
    assert!(!dir.path().join("out").exists());
    assert_eq!(merge(dir.path(), "out", &["--if-exists", "resume"]).code, 0);
}

#[test]
fn little_memory_is_enough() {
    let dir = model(512, 6, 1);
    let output = limited(dir.path(), "ulimit -v 600000");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn interrupted_it_says_how_to_go_on() {
    let dir = model(512, 8, 1);
    let child = weldlm(dir.path(), &MERGE).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    while !dir.path().join("out.partial/model.safetensors").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(0) {
        // It was done before the signal arrived; nothing to resume.
        assert!(dir.path().join("out").exists());
        return;
    }
    assert_eq!(output.status.code(), Some(5), "{text}");
    assert!(text.contains("--output out --if-exists resume"), "{text}");
    assert_eq!(merge(dir.path(), "out", &["--if-exists", "resume"]).code, 0);
}

#[test]
fn odd_paths_and_links_work() {
    let dir = model(64, 1, 1);
    let odd = dir.path().join("模型 with 'quotes' и пробелы");
    fs::create_dir(&odd).unwrap();
    fs::rename(dir.path().join("base"), odd.join("基座")).unwrap();
    fs::rename(dir.path().join("adapter"), odd.join("адаптер")).unwrap();
    std::os::unix::fs::symlink(odd.join("基座"), odd.join("link")).unwrap();
    let done = run(&odd, &["merge", "--base", "link", "--adapter", "адаптер", "--output", "结果 1"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(run(&odd, &["verify", "结果 1"]).code, 0);
}

#[test]
fn files_that_are_not_models_are_refused() {
    let dir = model(64, 1, 1);
    let file = dir.path().join("base/model.safetensors");
    let good = fs::read(&file).unwrap();
    let mut long_header = good.clone();
    long_header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "S108"),
        ("cut", good[..good.len() - 5].to_vec(), "S107"),
        ("too long", [good.clone(), vec![0; 9]].concat(), "S108"),
        ("header length", long_header, "S108"),
        ("text", b"this is not a model at all".to_vec(), "S108"),
    ];
    for (what, bytes, code) in cases {
        fs::write(&file, bytes).unwrap();
        let refused = merge(dir.path(), "out", &[]);
        assert_eq!(refused.code, 3, "{what}: {}", refused.err);
        assert!(refused.err.contains(code), "{what}: {}", refused.err);
        assert!(left(dir.path()).is_empty(), "{what}");
    }
    fs::remove_file(&file).unwrap();
    assert!(merge(dir.path(), "out", &[]).err.contains("S103"));
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert_eq!(merge(dir.path(), "out", &[]).code, 3, "a pipe must not be waited for");
}

#[test]
fn the_output_may_not_be_an_input() {
    let dir = model(64, 1, 1);
    for out in ["base", "adapter", "base/below", "."] {
        let refused = merge(dir.path(), out, &["--if-exists", "replace"]);
        assert_eq!(refused.code, 3, "{out}: {}", refused.err);
        assert!(refused.err.contains("O103"), "{out}: {}", refused.err);
    }
    assert!(left(dir.path()).is_empty());
}

#[test]
fn an_output_that_cannot_be_made_is_refused_first() {
    let dir = model(64, 1, 1);
    fs::write(dir.path().join("file"), "x").unwrap();
    let refused = merge(dir.path(), "file/out", &[]);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(refused.err.contains("O104"), "{}", refused.err);
    assert_ne!(merge(dir.path(), "/proc/weldlm-out", &[]).code, 0);
}
