//! Names and shapes of adapter tensors, one a line after a line of config: sorted into sites and turned into
//! edits. Every tensor must be used, ignored on purpose, refused, or left over; none may be used twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;
use weldlm_adapters::{Config, TensorHead};
use weldlm_tensor::Dtype;

/// `name F32 4,64`; what is missing is filled in.
fn head(line: &str) -> TensorHead {
    let mut words = line.split(' ');
    let name = words.next().unwrap_or_default().to_string();
    let dtype = words.next().and_then(Dtype::from_name).unwrap_or(Dtype::F32);
    let shape: Vec<u64> = words.next().unwrap_or("4,4").split(',').filter_map(|d| d.parse().ok()).collect();
    TensorHead { name, dtype, shape }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (config, names) = text.split_once('\n').unwrap_or((r#"{"peft_type": "LORA", "r": 4}"#, text));
    let Ok(config) = Config::parse(config, "f") else { return };
    let mut seen = HashSet::new();
    let heads: Vec<TensorHead> =
        names.lines().map(head).filter(|h| h.shape.len() < 9 && seen.insert(h.name.clone())).collect();
    weldlm_adapters::recognise(heads.iter().map(|h| h.name.as_str()));
    let adapters = weldlm_adapters::adapter_names(&heads);
    for wanted in std::iter::once(None).chain(adapters.iter().map(|n| Some(n.as_str()))) {
        let (sites, ignored) = weldlm_adapters::sites(&heads, wanted);
        let sorted: usize = sites.iter().map(|s| s.parts.len()).sum::<usize>() + ignored.len();
        assert_eq!(sorted, heads.len(), "a tensor was lost or doubled");
        let (edits, problems) = weldlm_adapters::edits(&sites, &config);
        problems.iter().for_each(weldlm_fuzz::say);
        for edit in &edits {
            edit.name();
            edit.recipe.expects();
            for shape in [&[][..], &[0], &[4, 4], &[4, 64], &[64, 4], &[2, 3, 4], &[u64::MAX, u64::MAX]] {
                edit.recipe.fits(shape);
            }
            for tensor in edit.tensors.iter().chain(&edit.zero_if) {
                assert!(seen.contains(tensor));
            }
        }
    }
});
