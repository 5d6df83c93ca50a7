//! Edits of config.json: only where the merge changes what it says.

use super::adapter::Adapter;
use super::base::Base;
use super::tensors::Entry;
use crate::json_edit;
use crate::request::{OutDtype, Request};
use serde_json::{Value, json};
use weldlm_messages::{Problem, catalogue::source};

/// A value of config.json that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigEdit {
    /// Keys from the top.
    pub path: Vec<String>,
    /// The new value.
    pub value: Value,
}

/// What changes in config.json.
pub(crate) fn edits(
    request: &Request,
    base: &Base,
    adapters: &[Adapter],
    entries: &[Entry],
    untied: bool,
) -> Vec<ConfigEdit> {
    let Some(config) = base.config_text.as_deref().and_then(|t| super::base::parse_json(t).ok()) else {
        return Vec::new();
    };
    let mut edits = Edits { config: &config, nested: base.facts.text_config_key(), list: Vec::new() };
    if untied {
        edits.everywhere("tie_word_embeddings", json!(false));
    }
    let rows =
        |key: &Option<String>| entries.iter().find(|e| Some(&e.name) == key.as_ref()).map(|e| e.shape[0]);
    let before = base.ends.embedding.as_deref().and_then(|k| base.checkpoint.get(k)).map(|t| t.shape[0]);
    if let (Some(rows), Some(before)) = (rows(&base.ends.embedding), before)
        && rows != before
    {
        edits.where_it_stands("vocab_size", json!(rows));
    }
    if let OutDtype::As(dtype) = request.dtype {
        edits.dtype(dtype.torch_name());
    }
    for adapter in adapters {
        edits.task(adapter.config.task_type.as_deref(), entries);
    }
    edits.list
}

/// The text of config.json with the edits made; `file` is its path, for messages.
///
/// # Errors
/// When an edit has no place in it. A result whose config says something else than its weights would load as
/// another model, so that what was written is looked at again.
pub(crate) fn apply(text: &str, edits: &[ConfigEdit], file: &str) -> Result<String, Problem> {
    let mut edited = text.to_string();
    for edit in edits {
        let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
        edited = json_edit::set(&edited, &path, &edit.value).unwrap_or(edited);
    }
    let config = super::base::parse_json(&edited).unwrap_or_default();
    let reads = |edit: &&ConfigEdit| {
        let found = edit.path.iter().try_fold(&config, |value, key| value.get(key));
        found == Some(&edit.value)
    };
    match edits.iter().find(|edit| !reads(edit)) {
        None => Ok(edited),
        Some(edit) => Err(Problem::new(&source::BAD_JSON)
            .arg("file", file)
            .arg("reason", format!("{} cannot be set in it", edit.path.join(".")))
            .at(file)),
    }
}

struct Edits<'a> {
    config: &'a Value,
    nested: Option<&'a str>,
    list: Vec<ConfigEdit>,
}

impl Edits<'_> {
    fn set(&mut self, path: &[&str], value: Value) {
        let pointer: String = path.iter().map(|p| format!("/{p}")).collect();
        if self.config.pointer(&pointer) != Some(&value) {
            self.list.push(ConfigEdit { path: path.iter().map(|p| (*p).to_string()).collect(), value });
        }
    }

    fn nested_path<'b>(&'b self, key: &'b str) -> Option<Vec<&'b str>> {
        self.nested.map(|n| n.split('.').chain([key]).collect())
    }

    /// At the top and in the nested text config.
    fn everywhere(&mut self, key: &str, value: Value) {
        self.set(&[key], value.clone());
        if let Some(nested) = self.nested {
            let path: Vec<&str> = nested.split('.').chain([key]).collect();
            self.set(&path, value);
        }
    }

    /// Where the config has the key already; in the text config, or at the top, when it has it nowhere.
    fn where_it_stands(&mut self, key: &str, value: Value) {
        let has = |path: &[&str]| {
            let pointer: String = path.iter().map(|p| format!("/{p}")).collect();
            self.config.pointer(&pointer).is_some()
        };
        let top = has(&[key]);
        let nested = self.nested_path(key).filter(|path| has(path) || !top).map(|p| p.join("\0"));
        if let Some(path) = &nested {
            self.set(&path.split('\0').collect::<Vec<_>>(), value.clone());
        }
        if top || nested.is_none() {
            self.set(&[key], value);
        }
    }

    /// Every `dtype` and `torch_dtype`, also of nested configs.
    fn dtype(&mut self, name: &str) {
        let mut paths = Vec::new();
        find_dtypes(self.config, &mut Vec::new(), &mut paths);
        if !paths.iter().any(|p| p.len() == 1) {
            paths.insert(0, vec!["torch_dtype".to_string()]);
        }
        for path in paths {
            self.set(&path.iter().map(String::as_str).collect::<Vec<_>>(), json!(name));
        }
    }

    /// A classification head makes another class of the model.
    fn task(&mut self, task: Option<&str>, entries: &[Entry]) {
        let suffix = match task {
            Some("SEQ_CLS") => "ForSequenceClassification",
            Some("TOKEN_CLS") => "ForTokenClassification",
            Some("QUESTION_ANS") => "ForQuestionAnswering",
            _ => return,
        };
        // A head of several layers ends in the one with a row for each label.
        let new = entries.iter().filter(|e| e.source.is_none() && e.shape.len() == 2);
        let new_head = new.min_by_key(|e| e.shape[0]);
        let Some(head) = new_head else { return };
        let class = self.config.pointer("/architectures/0").and_then(Value::as_str).unwrap_or("");
        let stem = [
            "ForCausalLM",
            "LMHeadModel",
            "ForMaskedLM",
            "ForConditionalGeneration",
            "DoubleHeadsModel",
            "Model",
        ]
        .iter()
        .find_map(|s| class.strip_suffix(s));
        if let Some(stem) = stem {
            self.set(&["architectures"], json!([format!("{stem}{suffix}")]));
        }
        let labels = self.config.get("id2label").and_then(Value::as_object).map_or(2, |m| m.len() as u64);
        if suffix != "ForQuestionAnswering" && labels != head.shape[0] {
            let name = |i: u64| format!("LABEL_{i}");
            let ids: serde_json::Map<String, Value> =
                (0..head.shape[0]).map(|i| (i.to_string(), json!(name(i)))).collect();
            let back: serde_json::Map<String, Value> =
                (0..head.shape[0]).map(|i| (name(i), json!(i))).collect();
            self.set(&["id2label"], Value::Object(ids));
            self.set(&["label2id"], Value::Object(back));
        }
    }
}

fn find_dtypes(value: &Value, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    for (key, below) in value.as_object().into_iter().flatten() {
        at.push(key.clone());
        if matches!(key.as_str(), "dtype" | "torch_dtype") && below.is_string() {
            found.push(at.clone());
        }
        find_dtypes(below, at, found);
        at.pop();
    }
}
