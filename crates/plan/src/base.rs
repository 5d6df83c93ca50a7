//! The base model: its tensors, what its config says, and what stands in the way of merging into it.

use serde_json::Value;
use weldlm_formats::Checkpoint;
use weldlm_messages::{Problem, catalogue::merge as says, catalogue::source};
use weldlm_models::{Facts, NameTable, Quantized};
use weldlm_source::Folder;

/// Configs are small; a larger file is not one.
pub const CONFIG_BYTES_MAX: u64 = 16 << 20;

/// A base model, known by its headers.
pub struct Base {
    /// Its weights.
    pub checkpoint: Checkpoint,
    /// The text of config.json, if it has one.
    pub config_text: Option<String>,
    /// What the config says.
    pub facts: Facts,
    /// How its names relate to names in memory.
    pub names: NameTable,
    /// Input embedding, output head, and whether they are one.
    pub ends: Ends,
}

/// The two ends of a language model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// Key of the input embedding.
    pub embedding: Option<String>,
    /// Key of the output head, stored or (when tied and not stored) as it would be named; unknown for families
    /// that nobody looked at.
    pub head: Option<String>,
    /// Whether the head is stored.
    pub head_stored: bool,
    /// Whether both are the same matrix.
    pub tied: bool,
}

impl Base {
    /// Opens a base: headers and config only.
    ///
    /// # Errors
    /// When it cannot be read, is an adapter instead of a model, or is quantised.
    pub fn open(named: &str) -> Result<Base, Problem> {
        let (base, quantised) = Base::look(named)?;
        let Some(found) = quantised else { return Ok(base) };
        let method = if found.detail.is_empty() {
            found.method
        } else {
            format!("{}: {}", found.method, found.detail)
        };
        Err(Problem::new(&says::QUANTISED_BASE).arg("method", method).at(base.folder().path().display()))
    }

    /// Opens a model as it is, quantised or not, and says how it is quantised.
    ///
    /// # Errors
    /// When it cannot be read, or is an adapter instead of a model.
    pub fn look(named: &str) -> Result<(Base, Option<Quantized>), Problem> {
        let folder = Folder::open(named)?;
        let checkpoint = weldlm_formats::open(&folder).map_err(|problem| look_closer(&folder, problem))?;
        let (config_text, config) = read_config(&folder)?;
        let names = checkpoint.tensors.iter().map(|t| t.name.as_str());
        let quantised = weldlm_models::detect(&config, names);
        let facts = Facts::read(&config);
        let names = NameTable::for_config(&config);
        let ends = find_ends(&checkpoint, &facts, &names);
        Ok((Base { checkpoint, config_text, facts, names, ends }, quantised))
    }

    /// Where it lies.
    pub fn folder(&self) -> &Folder {
        &self.checkpoint.folder
    }
}

fn read_config(folder: &Folder) -> Result<(Option<String>, Value), Problem> {
    let Some(text) = folder.text("config.json", CONFIG_BYTES_MAX)? else { return Ok((None, Value::Null)) };
    let path = folder.file_path("config.json");
    let config = parse_json(&text).map_err(|e| {
        Problem::new(&source::BAD_JSON).arg("file", path.display()).arg("reason", e).at(path.display())
    })?;
    Ok((Some(text), config))
}

/// A folder without weights may be an adapter, or a training output whose checkpoints lie below.
fn look_closer(folder: &Folder, problem: Problem) -> Problem {
    if problem.code() != source::NO_WEIGHTS.code || folder.only().is_some() {
        return problem;
    }
    if folder.has("adapter_config.json") {
        return Problem::new(&says::EXPORT_NEEDS_BASE)
            .arg("path", folder.label())
            .at(folder.path().display());
    }
    let below = super::adapter::checkpoints(folder);
    let has_weights = |name: &&String| folder.sub(name).is_some_and(|sub| weldlm_formats::open(&sub).is_ok());
    match below.iter().rev().find(has_weights) {
        Some(found) => {
            let path = folder.file_path(found);
            Problem::new(&source::LOOK_BELOW)
                .arg("path", folder.label())
                .arg("wanted", "model weights")
                .arg("found", path.display())
                .arg("option", path.display())
                .fix("base_model_path", path.display().to_string().into(), path.display().to_string())
                .at(folder.path().display())
        }
        None => problem,
    }
}

fn last_segment(key: &str) -> Option<&str> {
    key.strip_suffix(".weight")?.rsplit('.').next()
}

fn find_ends(checkpoint: &Checkpoint, facts: &Facts, names: &NameTable) -> Ends {
    let embedding = find_end(checkpoint, facts, weldlm_models::input_embedding_names());
    let rows = embedding.as_deref().and_then(|key| checkpoint.get(key)).map(|t| t.shape[0]);
    let head = find_end(checkpoint, facts, weldlm_models::output_head_names())
        .filter(|key| checkpoint.get(key).map(|t| t.shape[0]) == rows && embedding.as_deref() != Some(key));
    let head_stored = head.is_some();
    // Without a stored head a language model can only be tied; other classes are not meant to have a head.
    let is_any = |ends: &[&str]| facts.architectures.iter().any(|a| ends.iter().any(|end| a.ends_with(end)));
    let causal = is_any(&["ForCausalLM", "LMHeadModel", "ForConditionalGeneration"]);
    let masked = is_any(&["ForMaskedLM", "ForPreTraining"]);
    let tied = match facts.tie_word_embeddings {
        Some(tied) => tied && (head_stored || causal || masked || facts.architectures.is_empty()),
        None => !head_stored && (causal || masked),
    };
    let unstored = |embedding: &str| match masked {
        true => {
            facts.model_type.as_deref().and_then(weldlm_models::masked_head).map(|h| h.weight.to_string())
        }
        false => Some(head_name(embedding, names)),
    };
    let head = head.or_else(|| embedding.as_deref().filter(|_| tied).and_then(unstored));
    Ends { embedding, head, head_stored, tied }
}

fn find_end(checkpoint: &Checkpoint, facts: &Facts, wanted: &[&str]) -> Option<String> {
    const OTHER_TOWERS: &[&str] = &["vision", "visual", "audio", "image", "speech"];
    let found = wanted.iter().flat_map(|name| {
        checkpoint.tensors.iter().filter(move |t| t.shape.len() == 2 && last_segment(&t.name) == Some(name))
    });
    let text: Vec<_> = found.filter(|t| !OTHER_TOWERS.iter().any(|tower| t.name.contains(tower))).collect();
    let by_vocab = text.iter().find(|t| facts.vocab_size.is_none_or(|rows| t.shape[0] == rows));
    by_vocab.or(text.first()).map(|t| t.name.clone())
}

/// Under which key a head is stored that the checkpoint leaves out: the one that loads as `lm_head`, in the
/// style of the embedding's key.
fn head_name(embedding: &str, names: &NameTable) -> String {
    const CANDIDATES: &[&str] =
        &["language_model.lm_head.weight", "thinker.lm_head.weight", "lm_head.weight", "embed_out.weight"];
    let style = embedding.split('.').next().unwrap_or("");
    let loads = |key: &str| {
        names.to_memory(key) == "lm_head.weight" || names.to_memory(key).ends_with("thinker.lm_head.weight")
    };
    let in_style = CANDIDATES.iter().find(|key| key.split('.').next() == Some(style) && loads(key));
    (*in_style.unwrap_or(&"lm_head.weight")).to_string()
}

/// JSON as Python writes it: with a byte order mark in front, and with `NaN` and `Infinity` as numbers, which
/// count as null here.
pub(crate) fn parse_json(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text)
        .or_else(|e| serde_json::from_str(&without_special_numbers(text)).map_err(|_| e))
}

fn without_special_numbers(text: &str) -> String {
    let (mut out, mut in_string, mut escaped) = (String::with_capacity(text.len()), false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let special = ["-Infinity", "Infinity", "NaN"].iter().find(|s| !in_string && rest.starts_with(**s));
        if let Some(special) = special {
            out.push_str("null");
            rest = &rest[special.len()..];
            continue;
        }
        if c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && c == '\\' && !escaped;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_json_is_read() {
        let value =
            parse_json("\u{feff}{\"a\": [0.0, Infinity, -Infinity, NaN], \"b\": \"NaN \\\" Infinity\"}")
                .unwrap();
        assert_eq!(value["a"], serde_json::json!([0.0, null, null, null]));
        assert_eq!(value["b"], "NaN \" Infinity");
        assert!(parse_json("{\"a\": nan}").is_err());
    }
}
