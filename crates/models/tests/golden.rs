//! Every pair (checkpoint key, in-memory name) that transformers itself makes; see `data/make_golden.py`.

use serde_json::Value;
use weldlm_models::NameTable;

#[test]
fn names_in_memory_are_those_of_transformers() {
    let golden: Value = serde_json::from_str(include_str!("../data/golden.json")).unwrap();
    let families = golden.as_array().unwrap();
    assert!(families.len() >= 25, "only {} families", families.len());
    let mut wrong = Vec::new();
    for family in families {
        let table = NameTable::for_config(&family["config"]);
        for pair in family["pairs"].as_array().unwrap() {
            let (key, name) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            let ours = table.to_memory(key);
            if ours != name {
                wrong.push(format!("{}: {key} -> {ours}, expected {name}", family["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}
