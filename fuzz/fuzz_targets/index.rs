//! The index of a sharded model, beside two shards that are good and one file outside of the folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Once;
use weldlm_source::Folder;

static SHARDS: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    SHARDS.call_once(|| {
        for (name, tensor) in
            [("in/a.safetensors", "x"), ("in/b.safetensors", "y"), ("secret.safetensors", "z")]
        {
            weldlm_fuzz::put(name, &weldlm_fuzz::safetensors(&[(tensor, &[2, 2])]));
        }
    });
    let folder = weldlm_fuzz::put("in/model.safetensors.index.json", data);
    match weldlm_formats::open(&Folder::at(&folder)) {
        Ok(checkpoint) => assert!(checkpoint.get("z").is_none(), "the index led out of the folder"),
        Err(problem) => weldlm_fuzz::say(&problem),
    }
});
