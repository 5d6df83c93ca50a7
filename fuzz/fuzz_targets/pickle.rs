//! The pickle of a torch file whose zip records are in order.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let entries: &[(&str, &[u8])] =
        &[("a/data.pkl", data), ("a/byteorder", b"little"), ("a/data/0", &[7; 96]), ("a/data/1", &[1; 32])];
    let folder = weldlm_fuzz::put("in/pytorch_model.bin", &weldlm_fuzz::zip(entries));
    weldlm_fuzz::open_and_read(&folder, "pytorch_model.bin");
});
