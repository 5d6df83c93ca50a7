//! The demo, which is what a newcomer sees first.

use crate::support::{Run, run, weldlm};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use weldlm_testkit::model::Tensors;

const PARTS: [&str; 4] = ["", "base", "adapter", "merged"];

fn demo(dir: &Path, arguments: &[&str]) -> Run {
    run(dir, &[&["demo", "here"], arguments].concat())
}

/// Every file below the demo, by name.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for part in PARTS {
        for entry in fs::read_dir(dir.join("here").join(part)).unwrap().map(Result::unwrap) {
            let name = format!("{part}/{}", entry.file_name().to_str().unwrap());
            if entry.path().is_file() {
                files.insert(name, fs::read(entry.path()).unwrap());
            } else {
                assert!(part.is_empty() && PARTS.contains(&&name[1..]), "{name} was left behind");
            }
        }
    }
    files
}

fn json(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap()
}

#[test]
fn it_is_made_merged_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = demo(dir.path(), &["--json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let made = files(dir.path());
    let receipt: Value = serde_json::from_str(&first.out).expect("the receipt and nothing else");
    assert_eq!(receipt, json(&made, "merged/weldlm.json"));
    let counts = &receipt["counts"];
    for (key, expected) in
        [("tensors", 74), ("applied", 56), ("replaced", 2), ("untouched", 16), ("skipped", 0), ("added", 0)]
    {
        assert_eq!(counts[key], expected, "{key}");
    }
    assert_eq!(receipt["state"], "complete");
    for (name, bytes) in &made {
        let copied = name.strip_prefix("base/").filter(|n| !n.contains("safetensors") && *n != "README.md");
        assert!(copied.is_none_or(|n| made[&format!("merged/{n}")] == *bytes), "{name} is not carried over");
    }
    let base: usize =
        made.iter().filter(|(name, _)| name.starts_with("base/")).map(|(_, bytes)| bytes.len()).sum();
    assert!((20_000_000..50_000_000).contains(&base), "{base} bytes");

    // What was damaged or lost is mended, and everything comes out as before.
    fs::write(dir.path().join("here/base/config.json"), "{}").unwrap();
    fs::remove_file(dir.path().join("here/adapter/adapter_model.safetensors")).unwrap();
    let again = demo(dir.path(), &[]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(files(dir.path()) == made, "the second run gave other files");
    for said in
        ["56 tensors changed", "weldlm.json", "verify here/merged --base here/base --adapter here/adapter"]
    {
        assert!(again.out.contains(said), "{said}: {}", again.out);
    }
    the_commands_that_it_names_work(dir.path(), &again.out);
}

fn the_commands_that_it_names_work(dir: &Path, said: &str) {
    let commands = said.lines().filter_map(|l| l.trim().strip_prefix(env!("CARGO_BIN_EXE_weldlm")));
    let commands: Vec<&str> = commands.filter(|c| !c.contains("MODEL")).collect();
    assert_eq!(commands.len(), 3, "{said}");
    for command in commands {
        let ended = run(dir, &command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ended.code, 0, "{command}: {}", ended.err);
    }
}

#[test]
fn its_tokenizer_fits_itself_and_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let chinese = weldlm(dir.path(), &["--lang", "zh", "demo", "here"]).output().unwrap();
    assert!(String::from_utf8(chinese.stdout).unwrap().contains("接下来可以试试"));
    let made = files(dir.path());
    let tokenizer = json(&made, "base/tokenizer.json");
    let vocab = tokenizer["model"]["vocab"].as_object().unwrap();
    let special = tokenizer["added_tokens"].as_array().unwrap();
    let mut ids: Vec<u64> =
        vocab.values().chain(special.iter().map(|t| &t["id"])).map(|id| id.as_u64().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..ids.len() as u64).collect::<Vec<_>>());
    let merges: Vec<&str> =
        tokenizer["model"]["merges"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    assert_eq!(vocab.len(), 256 + merges.len());
    for (n, merge) in merges.iter().enumerate() {
        let (left, right) = merge.split_once(' ').unwrap();
        let made_at = 256 + n as u64;
        assert_eq!(vocab[&format!("{left}{right}")], made_at);
        assert!([left, right].iter().all(|part| vocab[*part].as_u64().unwrap() < made_at), "{merge}");
    }
    let tensors = Tensors::read_folder(&dir.path().join("here/base"));
    assert_eq!(tensors.0["model.embed_tokens.weight"].shape[0], ids.len() as u64);
    let config = json(&made, "base/config.json");
    assert_eq!(config["vocab_size"], ids.len());
    let by_name: HashMap<&str, &Value> =
        special.iter().map(|t| (t["content"].as_str().unwrap(), &t["id"])).collect();
    let roles = json(&made, "base/special_tokens_map.json");
    for role in ["bos", "eos", "pad"] {
        let name = roles[format!("{role}_token")].as_str().unwrap();
        assert_eq!(config[format!("{role}_token_id")], *by_name[name], "{role}");
    }
    let trained = json(&made, "adapter/adapter_config.json")["trainable_token_indices"].clone();
    assert!(trained.as_array().unwrap().iter().all(|id| by_name.values().any(|known| *known == id)));
}

#[test]
fn nothing_else_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("here")).unwrap();
    fs::write(dir.path().join("here/DEMO.md"), "# About a demonstration\n").unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for name in ["here", "file"] {
        let refused = run(dir.path(), &["demo", name]);
        assert_eq!(refused.code, 3, "{}", refused.err);
        assert!(refused.err.contains("D111") && refused.out.is_empty(), "{} {}", refused.err, refused.out);
    }
    assert_eq!(fs::read_dir(dir.path().join("here")).unwrap().count(), 1);
    let below = run(dir.path(), &["demo", "file/here"]);
    assert_eq!(below.code, 3, "{}", below.err);
    assert!(below.err.contains("O104"), "{}", below.err);
}
