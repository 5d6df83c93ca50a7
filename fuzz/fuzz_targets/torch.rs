//! A torch file from its first byte on: zip records, entries, pickle.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let folder = weldlm_fuzz::put("in/pytorch_model.bin", data);
    weldlm_fuzz::open_and_read(&folder, "pytorch_model.bin");
});
