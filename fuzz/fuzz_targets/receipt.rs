//! A receipt: as it stands, and signed, so that its contents are believed. A result that it describes is then
//! checked; nothing outside of the result's folder may be looked at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::atomic::AtomicBool;
use weldlm_pipeline::{Context, rebuild, verify};
use weldlm_source::Folder;

const SECRET: &str = "what lies outside is nobody's business";

/// The receipt with the hash that makes it genuine.
fn signed(mut receipt: Value) -> Option<String> {
    let map = receipt.as_object_mut()?;
    map.shift_remove("receipt_blake3");
    let hash = blake3::hash(receipt.to_string().as_bytes()).to_hex().to_string();
    receipt["receipt_blake3"] = hash.into();
    Some(format!("{receipt:#}\n"))
}

fn check(text: &[u8], must_be_genuine: bool) {
    let path = weldlm_fuzz::put("in/weldlm.json", text);
    let folder = Folder::at(&path);
    match verify::receipt(&folder) {
        Ok(receipt) => {
            let _ = rebuild::request(&receipt, "out", "base", &["adapter".to_string()]);
        }
        Err(problem) => {
            assert!(!must_be_genuine, "{problem}: {}", String::from_utf8_lossy(text));
            weldlm_fuzz::say(&problem);
        }
    }
    let stop = AtomicBool::new(false);
    let found = verify::result(&folder, &Context::new(&stop, &|_| {}));
    let secret = blake3::hash(SECRET.as_bytes()).to_hex().to_string();
    for problem in found.map(|check| check.problems).unwrap_or_default() {
        weldlm_fuzz::say(&problem);
        assert!(!problem.to_string().contains(&secret), "a file outside of the folder was read: {problem}");
    }
}

fuzz_target!(|data: &[u8]| {
    weldlm_fuzz::put("secret", SECRET.as_bytes());
    weldlm_fuzz::put("in/model.safetensors", &weldlm_fuzz::safetensors(&[("x", &[2, 3])]));
    check(data, false);
    if let Some(text) = serde_json::from_slice(data).ok().and_then(signed) {
        check(text.as_bytes(), true);
    }
});
