//! A safetensors file: whatever its header claims, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let folder = weldlm_fuzz::put("in/model.safetensors", data);
    weldlm_fuzz::open_and_read(&folder, "model.safetensors");
});
