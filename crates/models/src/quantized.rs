//! Tells a quantised checkpoint from a plain one, by config.json and by the tensors' names.
//!
//! Knows nothing of how the bytes decode: the answer is meant for a refusal or a choice of decoder.

use std::collections::HashSet;

use serde_json::Value;

/// What a checkpoint is quantised with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantized {
    /// The method, spelled as in `quantization_config.quant_method`.
    pub method: String,
    /// What gave it away and what is known of the variant, for a message.
    pub detail: String,
}

/// Suffixes that only one method writes. Source: the state dicts that each library saves
/// (bitsandbytes `QuantState.as_dict`, transformers 5.19 `quantizers/` and `integrations/`,
/// compressed-tensors, HQQ, AQLM, SpQR, VPTQ, Quanto).
const MARKERS: &[(&str, &str)] = &[
    (".quant_state.bitsandbytes__nf4", "bitsandbytes"),
    (".quant_state.bitsandbytes__fp4", "bitsandbytes"),
    (".nested_absmax", "bitsandbytes"),
    (".absmax", "bitsandbytes"),
    (".SCB", "bitsandbytes"),
    (".weight_scale_inv", "fp8"),
    (".weight_packed", "compressed-tensors"),
    (".weight_global_scale", "compressed-tensors"),
    (".weight_scale_2", "modelopt"),
    (".dense_weights", "spqr"),
    (".res_centroids.weight", "vptq"),
    (".weight._data._data", "quanto"),
    (".weight:qdata", "torchao"),
];

/// Suffixes that mean a method only together, below the same stem. Same sources. AWQ and GPTQ use the
/// same names, and so do 8-bit floats and integers: only config.json, shapes and dtypes tell them apart.
const PAIRS: &[(&str, &str, &str)] = &[
    (".qweight", ".scales", "gptq or awq"),
    (".qweight", ".qzeros", "gptq or awq"),
    (".weight", ".weight_scale", "fp8 or int8"),
    (".weight", ".weight_scales", "eetq"),
    ("_blocks", "_scales", "mxfp4"),
    (".W_q", ".scale", "hqq"),
    (".W_q", ".meta", "hqq"),
    (".codes", ".codebooks", "aqlm"),
];

/// Says whether a checkpoint is quantised. None means plain.
///
/// config.json counts first: `quantization_config` (also inside a nested text config) with its
/// `quant_method`, or `compression_config` of older compressed-tensors files. A null or empty section
/// and one with both `load_in_4bit` and `load_in_8bit` false are plain. Then the tensors: pairs such as
/// `X.qweight` with `X.qzeros` or `X.scales`, `X.weight` with `X.weight_scale`, `X_blocks` with
/// `X_scales`, and suffixes that only one method writes. A lone `scale` or `scales` means nothing.
///
/// Source: transformers 5.19 `quantizers/auto.py` (method names), adapter-merge-spec 6.
pub fn detect<'a>(config: &Value, tensor_names: impl Iterator<Item = &'a str>) -> Option<Quantized> {
    by_config(config).or_else(|| by_names(tensor_names))
}

fn by_config(config: &Value) -> Option<Quantized> {
    const PARTS: &[&str] = &["text_config", "llm_config", "language_config", "thinker_config"];
    let nested = PARTS.iter().filter_map(|part| config.get(*part));
    std::iter::once(config).chain(nested).find_map(|part| {
        let section = part.get("quantization_config").and_then(section);
        section.or_else(|| part.get("compression_config").and_then(compression))
    })
}

/// A section without any method name is still a quantisation, unless it says nothing at all.
fn section(section: &Value) -> Option<Quantized> {
    let fields = section.as_object()?;
    if fields.values().all(Value::is_null) {
        return None;
    }
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let on = |key: &str| fields.get(key).and_then(Value::as_bool);
    let four = on("load_in_4bit").or(on("_load_in_4bit"));
    let eight = on("load_in_8bit").or(on("_load_in_8bit"));
    let method = match text("quant_method") {
        Some(method) => method.to_lowercase(),
        None if four.is_some() || eight.is_some() => "bitsandbytes".to_owned(),
        None => {
            text("quant_algo").or(text("quant_type")).map_or_else(|| "unknown".to_owned(), str::to_lowercase)
        }
    };
    if method.is_empty() || method == "none" {
        return None;
    }
    if method.starts_with("bitsandbytes") {
        return bitsandbytes(section, four, eight);
    }
    let known = ["bits", "w_bit", "group_size", "fmt", "format", "version", "quant_algo", "quant_type"];
    let said: Vec<String> = known
        .iter()
        .filter_map(|key| fields.get(*key).and_then(short).map(|v| format!("{key} {v}")))
        .collect();
    Some(Quantized { method, detail: detail("config.json quantization_config", &said) })
}

fn bitsandbytes(section: &Value, four: Option<bool>, eight: Option<bool>) -> Option<Quantized> {
    let kind = match (four, eight) {
        (Some(true), _) => {
            // fp4 is the library's default where the type is not written.
            let code = section.get("bnb_4bit_quant_type").and_then(Value::as_str);
            format!("4-bit {}", code.unwrap_or("fp4"))
        }
        (_, Some(true)) => "8-bit".to_owned(),
        (None, None) => "width not given".to_owned(),
        _ => return None,
    };
    Some(Quantized {
        method: "bitsandbytes".to_owned(),
        detail: detail("config.json quantization_config", &[kind]),
    })
}

fn compression(section: &Value) -> Option<Quantized> {
    let fields = section.as_object().filter(|fields| !fields.is_empty())?;
    let said = fields.get("format").and_then(short).map(|v| format!("format {v}"));
    Some(Quantized {
        method: "compressed-tensors".to_owned(),
        detail: detail("config.json compression_config", said.as_slice()),
    })
}

fn detail(place: &str, said: &[String]) -> String {
    if said.is_empty() {
        return place.to_owned();
    }
    format!("{place}: {}", said.join(", "))
}

/// A scalar as text, cut: it ends up in a message.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text.chars().take(40).collect())
}

fn by_names<'a>(names: impl Iterator<Item = &'a str>) -> Option<Quantized> {
    // The stems seen so far of each pair's two sides.
    let mut stems: Vec<[HashSet<&str>; 2]> = PAIRS.iter().map(|_| Default::default()).collect();
    let mut pair = None;
    for name in names {
        if let Some((_, method)) = MARKERS.iter().find(|(suffix, _)| name.ends_with(suffix)) {
            return Some(by_tensor(name, method));
        }
        for (seen, (left, right, method)) in stems.iter_mut().zip(PAIRS) {
            for (side, suffix) in [left, right].into_iter().enumerate() {
                let Some(stem) = name.strip_suffix(suffix) else {
                    continue;
                };
                seen[side].insert(stem);
                if seen[1 - side].contains(stem) {
                    pair.get_or_insert((name, *method));
                }
            }
        }
    }
    pair.map(|(name, method)| by_tensor(name, method))
}

fn by_tensor(name: &str, method: &str) -> Quantized {
    Quantized { method: method.to_owned(), detail: format!("tensor {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn method(config: Value, names: &[&str]) -> Option<String> {
        detect(&config, names.iter().copied()).map(|found| found.method)
    }

    fn config_says(section: Value) -> Option<String> {
        method(json!({"quantization_config": section}), &[])
    }

    #[test]
    fn config_names_the_method() {
        for name in [
            "gptq",
            "awq",
            "fp8",
            "fbgemm_fp8",
            "compressed-tensors",
            "hqq",
            "aqlm",
            "eetq",
            "mxfp4",
            "torchao",
            "quark",
            "modelopt",
            "bitnet",
            "vptq",
            "spqr",
            "higgs",
            "auto-round",
        ] {
            assert_eq!(config_says(json!({"quant_method": name})).as_deref(), Some(name));
        }
        let bnb = json!({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true,
            "load_in_8bit": false, "bnb_4bit_quant_type": "nf4"}});
        let found = detect(&bnb, std::iter::empty());
        assert!(found.is_some_and(|found| found.detail.contains("4-bit nf4")));
        assert_eq!(config_says(json!({"load_in_8bit": true})).as_deref(), Some("bitsandbytes"));
        assert_eq!(config_says(json!({"quant_algo": "NVFP4"})).as_deref(), Some("nvfp4"));
        let nested = json!({"text_config": {"quantization_config": {"quant_method": "gptq", "bits": 4}}});
        assert_eq!(method(nested, &[]).as_deref(), Some("gptq"));
        let older = json!({"compression_config": {"format": "pack-quantized"}});
        assert_eq!(method(older, &[]).as_deref(), Some("compressed-tensors"));
    }

    #[test]
    fn sections_that_say_nothing_are_plain() {
        for section in [
            Value::Null,
            json!({}),
            json!("None"),
            json!({"quant_method": null}),
            json!({"quant_method": "bitsandbytes", "load_in_4bit": false, "load_in_8bit": false}),
            json!({"load_in_4bit": false, "load_in_8bit": false}),
            json!({"quant_method": "none"}),
        ] {
            assert_eq!(config_says(section.clone()), None, "{section}");
        }
    }

    #[test]
    fn names_alone_are_enough() {
        let cases: &[(&[&str], &str)] = &[
            (&["a.q.weight", "a.q.weight.absmax", "a.q.weight.quant_map"], "bitsandbytes"),
            (&["a.q.weight.quant_state.bitsandbytes__nf4"], "bitsandbytes"),
            (&["a.q.weight", "a.q.SCB"], "bitsandbytes"),
            (&["a.q.qweight", "a.q.qzeros", "a.q.scales"], "gptq or awq"),
            (&["a.q.scales", "a.q.qweight"], "gptq or awq"),
            (&["a.q.weight", "a.q.weight_scale_inv"], "fp8"),
            (&["a.q.weight_scale", "a.q.weight"], "fp8 or int8"),
            (&["a.q.weight_packed", "a.q.weight_scale", "a.q.weight_shape"], "compressed-tensors"),
            (&["a.q.weight", "a.q.weight_scale", "a.q.weight_scale_2"], "modelopt"),
            (&["m.experts.down_proj_blocks", "m.experts.down_proj_scales"], "mxfp4"),
            (&["a.q.W_q", "a.q.scale", "a.q.zero"], "hqq"),
        ];
        for (names, expected) in cases {
            assert_eq!(method(json!({}), names).as_deref(), Some(*expected), "{names:?}");
        }
    }

    #[test]
    fn ordinary_names_are_plain() {
        let names = [
            "logit_scale",
            "layers.0.layer_scale.gamma",
            "x.scales",
            "x.input_scale",
            "x.scale",
            "x.W_q",
            "norm.weight_scale",
            "encoder.res_blocks",
            "x.qweight",
            "vq.codebook",
            "x.qkv.weight",
        ];
        for name in names {
            assert_eq!(method(json!({}), &[name]), None, "{name}");
        }
        assert_eq!(method(json!(null), &["x.scales", "x.weight", "y_blocks"]), None);
    }
}
