//! What config.json says about a model, whatever its family calls it.
//!
//! Values of the text model count where a model has several parts. Knows no weights: what a
//! checkpoint really stores may differ, and then the checkpoint counts.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// Where a nested text config may hang, in the order tried.
///
/// Source: `sub_configs` of all transformers 5.19 config classes; `llm_config` from remote code
/// (InternVL, NVLM), `language_config` from Janus and DeepSeek-VL files.
const TEXT_CONFIGS: &[&str] = &["text_config", "thinker_config.text_config", "llm_config", "language_config"];

const TIE: &str = "tie_word_embeddings";

const HIDDEN: &[&str] = &["hidden_size", "n_embd", "d_model", "dim"];
const LAYERS: &[&str] = &["num_hidden_layers", "n_layer", "n_layers", "num_layers", "decoder_layers"];
const HEADS: &[&str] = &["num_attention_heads", "n_head", "n_heads", "num_heads", "decoder_attention_heads"];
const KV_HEADS: &[&str] = &["num_key_value_heads", "num_kv_heads", "n_head_kv"];
const INNER: &[&str] =
    &["intermediate_size", "n_inner", "ffn_hidden_size", "d_ff", "decoder_ffn_dim", "ffn_dim"];
const VOCAB: &[&str] = &["vocab_size", "padded_vocab_size"];

/// The facts of one model. A field is None where config.json does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `model_type`, which picks the family.
    pub model_type: Option<String>,
    /// `architectures`: class names, the first is the one saved.
    pub architectures: Vec<String>,
    /// Width of the text model.
    pub hidden_size: Option<u64>,
    /// Depth of the text model.
    pub num_hidden_layers: Option<u64>,
    /// Attention heads.
    pub num_attention_heads: Option<u64>,
    /// Key and value heads of grouped-query attention.
    pub num_key_value_heads: Option<u64>,
    /// Width of the feed-forward layer.
    pub intermediate_size: Option<u64>,
    /// Rows of the embedding.
    pub vocab_size: Option<u64>,
    /// `dtype` (transformers 5) or `torch_dtype` (before), without a `torch.` in front.
    pub dtype: Option<String>,
    /// True for encoder-decoder models (T5, BART).
    pub is_encoder_decoder: bool,
    /// Whether input embedding and output head are one tensor, as transformers resolves it.
    ///
    /// Most models of the library look only at the top-level `tie_word_embeddings`: it wins over the
    /// nested one, which is ignored, and without it the class default counts. The exceptions: LLaVA,
    /// Qwen2-VL, GLM-4V and relatives tie if either says so; BLIP-2, Llama 4 and Qwen-Omni have
    /// the head inside the text (thinker) part, whose value alone counts; T5 and relatives always
    /// tie; Mllama, Voxtral, Qwen2-Audio and some others never do. All read from
    /// `data/tie_defaults.json`, made by building every class of transformers 5.19 with each pair of
    /// values. For a model type not in the table: the explicit value, top-level first, else None.
    ///
    /// The library itself unties if the checkpoint holds both tensors and they differ.
    pub tie_word_embeddings: Option<bool>,
    text_config_key: Option<String>,
}

impl Facts {
    /// Reads a parsed config.json. Never fails: fields of the wrong type count as absent.
    ///
    /// Source of the key names: transformers 5.19 config classes and their `attribute_map`s.
    pub fn read(config: &Value) -> Facts {
        let text_key = text_key(config);
        let text = text_key.and_then(|key| at(config, key));
        let number = |names: &[&str]| {
            let nested = text.and_then(|text| first_number(text, names));
            nested.or_else(|| first_number(config, names))
        };
        Facts {
            tie_word_embeddings: tied(config),
            model_type: string(config, "model_type"),
            architectures: strings(config, "architectures"),
            hidden_size: number(HIDDEN),
            num_hidden_layers: number(LAYERS),
            num_attention_heads: number(HEADS),
            num_key_value_heads: number(KV_HEADS),
            intermediate_size: number(INNER),
            vocab_size: number(VOCAB),
            dtype: dtype(config).or_else(|| text.and_then(dtype)),
            is_encoder_decoder: flag(config, "is_encoder_decoder").unwrap_or(false),
            text_config_key: text_key.map(str::to_owned),
        }
    }

    /// The dotted key of the nested text config that was used, such as `text_config`; None for a
    /// text-only model.
    pub fn text_config_key(&self) -> Option<&str> {
        self.text_config_key.as_deref()
    }
}

/// True if the family stores linear weights as transformers' `Conv1D`, (in, out) instead of (out, in).
/// The whole model need not: look at shapes where they tell.
///
/// Source: every class of transformers 5.19 that could be built on the meta device, searched for
/// `Conv1D` modules, and the imports of the others.
pub fn conv1d_storage(model_type: &str) -> bool {
    matches!(
        model_type,
        "gpt2" | "openai-gpt" | "imagegpt" | "decision_transformer" | "clvp" | "clvp_decoder"
    )
}

/// The output head of a masked language model that ties it to the embedding and does not store it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaskedHead {
    /// Key of the head's matrix.
    pub weight: &'static str,
    /// Key of the head's bias and the stored bias that it is tied to, where the head has such a second tie.
    pub bias: Option<(&'static str, &'static str)>,
}

/// Where a family keeps that head, if somebody looked it up.
///
/// Source: `_tied_weights_keys` of the `ForMaskedLM` and `ForPreTraining` classes of transformers 5.19.
pub fn masked_head(model_type: &str) -> Option<MaskedHead> {
    let (weight, bias) = match model_type {
        "bert" | "deberta" | "deberta-v2" | "ernie" | "mobilebert" => {
            ("cls.predictions.decoder.weight", Some(("cls.predictions.decoder.bias", "cls.predictions.bias")))
        }
        "roberta" | "xlm-roberta" | "xlm-roberta-xl" | "camembert" | "data2vec-text" | "mpnet" => {
            ("lm_head.decoder.weight", Some(("lm_head.decoder.bias", "lm_head.bias")))
        }
        "albert" => ("predictions.decoder.weight", Some(("predictions.decoder.bias", "predictions.bias"))),
        "esm" => ("lm_head.decoder.weight", None),
        "distilbert" => ("vocab_projector.weight", None),
        "electra" => ("generator_lm_head.weight", None),
        "modernbert" => ("decoder.weight", None),
        _ => return None,
    };
    Some(MaskedHead { weight, bias })
}

/// Last segments of the module that holds the input embedding, the usual one first.
///
/// Source: `get_input_embeddings()` of every text model of transformers 5.19; `tok_embeddings` from
/// InternLM2 and Mistral files, `embedding` from Mamba and ChatGLM remote code.
pub fn input_embedding_names() -> &'static [&'static str] {
    &[
        "embed_tokens",
        "wte",
        "word_embeddings",
        "embed_in",
        "shared",
        "tok_embeddings",
        "embeddings",
        "token_embedding",
        "word_embedding",
        "tokens_embed",
        "input_embedding",
        "embedding",
        "embed",
    ]
}

/// Last segments of the module that holds the output head, the usual one first.
///
/// Source: `get_output_embeddings()` of every text model of transformers 5.19; `embed_out` and `output`
/// from GPT-NeoX, InternLM2 and Mistral files, `output_layer` from ChatGLM remote code.
pub fn output_head_names() -> &'static [&'static str] {
    &[
        "lm_head",
        "embed_out",
        "output",
        "output_layer",
        "decoder",
        "proj_out",
        "output_projection",
        "lm_loss",
        "vocab_projector",
        "generator_lm_head",
        "head",
    ]
}

#[derive(Default, Deserialize)]
struct TieRows {
    /// Row of letters to the model types it holds for; see `tie_row` in `data/make_tables.py`.
    rows: HashMap<String, Vec<String>>,
}

/// Rows by model type.
fn tie_rows() -> &'static HashMap<String, String> {
    static ROWS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        // The text is ours and a test parses it, so the fallback is never taken.
        let table: TieRows =
            serde_json::from_str(include_str!("../data/tie_defaults.json")).unwrap_or_default();
        let rows = table.rows.into_iter();
        rows.flat_map(|(row, types)| types.into_iter().map(move |t| (t, row.clone()))).collect()
    });
    &ROWS
}

/// The omni models keep head and setting in the thinker part and ignore the outer value.
fn tied(config: &Value) -> Option<bool> {
    let part = config.get("thinker_config").filter(|p| p.is_object());
    let config = part.unwrap_or(config);
    let text = text_key(config).and_then(|key| at(config, key));
    let top = flag(config, TIE);
    // A nested config without the setting has the default of its own type.
    let nested = text.and_then(|text| flag(text, TIE).or_else(|| tie_letter(model_type(text), 0)));
    let model_type = model_type(config);
    let Some(row) = tie_rows().get(model_type) else {
        return top.or(nested);
    };
    let place = |value: Option<bool>| value.map_or(0, |value| 1 + usize::from(value));
    let wide = row.len() == 9;
    let exact = wide.then(|| tie_letter(model_type, 3 * place(top) + place(nested)));
    let by_top = || tie_letter(model_type, place(top) * if wide { 3 } else { 1 });
    // A class without the setting does not tie.
    exact.flatten().or_else(by_top).or(top).or(Some(false))
}

fn tie_letter(model_type: &str, index: usize) -> Option<bool> {
    match tie_rows().get(model_type)?.as_bytes().get(index)? {
        b't' => Some(true),
        b'f' => Some(false),
        _ => None,
    }
}

fn text_key(config: &Value) -> Option<&'static str> {
    let keys = TEXT_CONFIGS.iter().copied();
    keys.into_iter().find(|key| at(config, key).is_some_and(Value::is_object))
}

fn model_type(config: &Value) -> &str {
    config.get("model_type").and_then(Value::as_str).unwrap_or("")
}

fn at<'a>(config: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(config, |value, segment| value.get(segment))
}

fn string(config: &Value, key: &str) -> Option<String> {
    config.get(key)?.as_str().map(str::to_owned)
}

fn strings(config: &Value, key: &str) -> Vec<String> {
    let list = config.get(key).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn flag(config: &Value, key: &str) -> Option<bool> {
    config.get(key)?.as_bool()
}

fn first_number(config: &Value, names: &[&str]) -> Option<u64> {
    names.iter().find_map(|name| config.get(*name).and_then(Value::as_u64))
}

fn dtype(config: &Value) -> Option<String> {
    let name = string(config, "dtype").or_else(|| string(config, "torch_dtype"))?;
    Some(name.strip_prefix("torch.").unwrap_or(&name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_a_flat_config() {
        let facts = Facts::read(&json!({
            "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "intermediate_size": 128, "vocab_size": 100, "torch_dtype": "bfloat16"
        }));
        assert_eq!(facts.model_type.as_deref(), Some("llama"));
        assert_eq!(facts.architectures, ["LlamaForCausalLM"]);
        let sizes = [
            facts.hidden_size,
            facts.num_hidden_layers,
            facts.num_attention_heads,
            facts.num_key_value_heads,
            facts.intermediate_size,
            facts.vocab_size,
        ];
        assert_eq!(sizes, [64, 2, 4, 2, 128, 100].map(Some));
        assert_eq!(facts.dtype.as_deref(), Some("bfloat16"));
        assert_eq!(facts.tie_word_embeddings, Some(false));
        assert_eq!(facts.text_config_key(), None);
    }

    #[test]
    fn reads_other_spellings_and_nested_parts() {
        let gpt2 = Facts::read(&json!({"model_type": "gpt2", "n_embd": 8, "n_layer": 3, "n_head": 2}));
        assert_eq!((gpt2.hidden_size, gpt2.num_hidden_layers), (Some(8), Some(3)));
        assert_eq!(gpt2.tie_word_embeddings, Some(true));
        let omni = Facts::read(&json!({
            "model_type": "qwen2_5_omni",
            "thinker_config": {"text_config": {"hidden_size": 5, "dtype": "torch.float16"}}
        }));
        assert_eq!(omni.hidden_size, Some(5));
        assert_eq!(omni.dtype.as_deref(), Some("float16"));
        assert_eq!(omni.text_config_key(), Some("thinker_config.text_config"));
        let intern = Facts::read(&json!({"llm_config": {"vocab_size": 7}, "text_config": null}));
        assert_eq!((intern.vocab_size, intern.text_config_key()), (Some(7), Some("llm_config")));
    }

    fn tie(model_type: &str, top: Value, nested: Value) -> Option<bool> {
        let mut config = json!({"model_type": model_type, "text_config": {}});
        for (place, value) in [("/text_config", nested), ("", top)] {
            if let (false, Some(map)) =
                (value.is_null(), config.pointer_mut(place).and_then(Value::as_object_mut))
            {
                map.insert("tie_word_embeddings".to_owned(), value);
            }
        }
        Facts::read(&config).tie_word_embeddings
    }

    #[test]
    fn tying_resolves_as_in_transformers() {
        let null = || Value::Null;
        assert_eq!(tie("gemma3", null(), null()), Some(true));
        assert_eq!(tie("gemma3", json!(false), json!(true)), Some(false));
        assert_eq!(tie("mistral3", null(), json!(true)), tie("mistral3", null(), null()));
        assert_eq!(tie("qwen2_vl", json!(false), json!(true)), Some(true));
        assert_eq!(tie("qwen2_vl", null(), null()), Some(false));
        assert_eq!(tie("t5", json!(false), null()), Some(true));
        assert_eq!(tie("never_heard_of", null(), json!(true)), Some(true));
        assert_eq!(tie("never_heard_of", json!(false), json!(true)), Some(false));
        assert_eq!(tie("never_heard_of", null(), null()), None);
        assert_eq!(tie("blip-2", json!(false), json!(true)), Some(true));
        assert_eq!(tie("llama4", json!(true), null()), Some(false));
        assert_eq!(tie("mllama", json!(true), json!(true)), Some(false));
    }

    #[test]
    fn a_nested_default_counts_as_if_written() {
        let llava = |text: &str| {
            let config = json!({"model_type": "llava", "text_config": {"model_type": text}});
            Facts::read(&config).tie_word_embeddings
        };
        assert_eq!(llava("gemma"), Some(true));
        assert_eq!(llava("llama"), Some(false));
        let omni = json!({"model_type": "qwen2_5_omni", "tie_word_embeddings": true, "thinker_config":
            {"model_type": "qwen2_5_omni_thinker", "text_config": {"tie_word_embeddings": true}}});
        assert_eq!(Facts::read(&omni).tie_word_embeddings, Some(false));
    }

    #[test]
    fn hostile_configs_read_as_nothing() {
        let odd = json!({"model_type": 3, "architectures": {"a": 1}, "hidden_size": -1,
            "text_config": [1], "tie_word_embeddings": "yes", "dtype": null});
        assert_eq!(Facts::read(&odd), Facts::default());
        assert_eq!(Facts::read(&Value::Null), Facts::default());
        assert!(tie_rows().len() > 300);
    }

    #[test]
    fn conv1d_families() {
        assert!(conv1d_storage("gpt2") && conv1d_storage("openai-gpt"));
        assert!(!conv1d_storage("gpt_bigcode") && !conv1d_storage("gpt_neo"));
    }
}
