//! Everything beside the weights: what is carried over from the base, what the adapter's folder overrides, and
//! what is left behind.

use super::adapter::Adapter;
use super::base::Base;
use super::tensors::Entry;
use super::{card, config::ConfigEdit};
use crate::request::{Request, Task};
use serde_json::Value;
use weldlm_messages::{Problem, catalogue::merge as says};
use weldlm_source::{Folder, ListedFile};

/// A small file of the output.
#[derive(Debug, Clone, PartialEq)]
pub struct SideFile {
    /// Its name, with `/` for folders.
    pub name: String,
    /// Where its bytes come from.
    pub content: Content,
    /// Its length in bytes.
    pub len: u64,
}

/// The bytes of a side file.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A file that is copied byte for byte.
    Copy(std::path::PathBuf),
    /// Bytes made by the plan.
    Bytes(Vec<u8>),
}

const VOCABULARIES: &[&str] = &[
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tekken.json",
    "tiktoken.model",
];
const TOKENIZER_REST: &[&str] = &[
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "bpe.codes",
    "tokenizer.model.v3",
];
const TEMPLATES: &[&str] = &["chat_template.jinja", "chat_template.json"];
const TEMPLATE_FOLDERS: &[&str] = &["chat_templates/", "additional_chat_templates/"];

/// Files of training runs and other tools that describe something else than the result.
const LEFTOVERS: &[&str] = &[
    "trainer_state.json",
    "all_results.json",
    "train_results.json",
    "eval_results.json",
    "predict_results.json",
    "trainer_log.jsonl",
    "logging.jsonl",
    "args.json",
    "additional_config.json",
    "adapter_config.json",
    "latest",
    "zero_to_fp32.py",
    "weldlm.json",
    "README.md",
    "running_log.txt",
    "export_metadata.json",
];
const LEFTOVER_STARTS: &[&str] = &[
    "optimizer",
    "scheduler",
    "rng_state",
    "training_",
    "events.out.tfevents",
    "adapter_model",
    "scaler",
    "random_states",
];
const LEFTOVER_FOLDERS: &[&str] = &[
    "checkpoint",
    "global_step",
    "runs",
    "original",
    "onnx",
    "openvino",
    "coreml",
    "gguf",
    "logs",
    "wandb",
    "__pycache__",
    "eval",
];
/// Folders of models (sentence-transformers' modules, templates) are never deeper.
const DEPTH_MAX: usize = 3;

fn is_vocabulary(name: &str) -> bool {
    VOCABULARIES.contains(&name) || name.ends_with(".tiktoken") || name.ends_with(".spm")
}

fn is_template(name: &str) -> bool {
    TEMPLATES.contains(&name) || TEMPLATE_FOLDERS.iter().any(|f| name.starts_with(f))
}

fn is_tokenizer(name: &str) -> bool {
    is_vocabulary(name) || is_template(name) || TOKENIZER_REST.contains(&name)
}

fn is_leftover(name: &str) -> bool {
    LEFTOVERS.contains(&name) || LEFTOVER_STARTS.iter().any(|s| name.starts_with(s)) || name.starts_with('.')
}

struct Listing {
    folder: Folder,
    files: Vec<ListedFile>,
}

impl Listing {
    /// The files of a model folder that are not weights and not leftovers.
    fn of(folder: &Folder) -> Result<Listing, Problem> {
        let mut files = Vec::new();
        // The weights of sentence-transformers' further modules are part of the model as they are.
        let modules = folder.text("modules.json", super::base::CONFIG_BYTES_MAX)?.unwrap_or_default();
        walk(folder, "", &modules, &mut files)?;
        Ok(Listing { folder: Folder::at(folder.path()), files })
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.files.retain(|f| keep(&f.name));
    }

    fn has(&self, test: impl Fn(&str) -> bool) -> bool {
        self.files.iter().any(|f| test(&f.name))
    }

    fn side_files(self) -> impl Iterator<Item = SideFile> {
        let folder = self.folder;
        self.files.into_iter().map(move |f| SideFile {
            content: Content::Copy(folder.file_path(&f.name)),
            name: f.name,
            len: f.len,
        })
    }
}

fn walk(folder: &Folder, below: &str, modules: &str, files: &mut Vec<ListedFile>) -> Result<(), Problem> {
    let module = !below.is_empty() && modules.contains(&format!("\"{}\"", below.trim_end_matches('/')));
    for file in folder.files()? {
        let plain = !weldlm_formats::is_foreign_weights(&file.name) && !is_leftover(&file.name);
        if plain || (module && !file.name.starts_with('.')) {
            files.push(ListedFile { name: format!("{below}{}", file.name), len: file.len });
        }
    }
    if below.matches('/').count() + 1 >= DEPTH_MAX {
        return Ok(());
    }
    for name in folder.folders()? {
        let skipped = name.starts_with('.') || LEFTOVER_FOLDERS.iter().any(|f| name.starts_with(f));
        if let Some(sub) = folder.sub(&name).filter(|_| !skipped) {
            walk(&sub, &format!("{below}{name}/"), modules, files)?;
        }
    }
    Ok(())
}

/// What the side files of a plan are, and what is worth saying about them.
pub(crate) struct Side {
    pub files: Vec<SideFile>,
    pub warnings: Vec<Problem>,
}

/// Collects the side files.
///
/// # Errors
/// When a folder cannot be read, or the tokenizer that the user named has no place.
pub(crate) fn collect(
    request: &Request,
    base: &Base,
    adapters: &[Adapter],
    entries: &[Entry],
    edits: &[ConfigEdit],
) -> Result<Side, Problem> {
    let mut side = Side { files: Vec::new(), warnings: Vec::new() };
    // A lone weight file has no folder of its own unless a config lies beside it.
    let lone = base.folder().only().is_some() && base.config_text.is_none();
    let mut listing = if lone {
        Listing { folder: base.folder().clone(), files: Vec::new() }
    } else {
        Listing::of(base.folder())?
    };
    let rows = entries.iter().find(|e| Some(&e.name) == base.ends.embedding.as_ref()).map(|e| e.shape[0]);
    if let Some(tokenizer) = choose_tokenizer(request, adapters, rows, &mut side.warnings)? {
        let (vocabulary, template) = (tokenizer.has(is_vocabulary), brings_template(&tokenizer)?);
        let overridden = |n: &str| if is_template(n) { template } else { vocabulary && is_tokenizer(n) };
        listing.retain(|n| !overridden(n));
        listing.retain(|n| !tokenizer.has(|t| t == n));
        side.files.extend(tokenizer.side_files());
    }
    if !request.include_tokenizer {
        listing.retain(|n| !is_tokenizer(n));
        side.files.retain(|f| !is_tokenizer(&f.name));
    } else if let (Some(rows), Some(tokens)) = (rows, vocabulary_size(&listing.folder)?)
        && side.files.is_empty()
        && tokens > rows
    {
        side.warnings.push(too_large(&says::TOKENIZER_TOO_LARGE, &listing.folder, tokens, rows));
    }
    side.files.extend(listing.side_files());
    if let (Some(text), false) = (&base.config_text, edits.is_empty()) {
        let file = base.folder().file_path("config.json").display().to_string();
        let bytes = super::config::apply(text, edits, &file)?.into_bytes();
        side.files.retain(|f| f.name != "config.json");
        side.files.push(SideFile {
            name: "config.json".to_string(),
            len: bytes.len() as u64,
            content: Content::Bytes(bytes),
        });
    }
    let readme = if request.task == Task::Export && adapters.is_empty() {
        base.folder().has("README.md").then(|| Content::Copy(base.folder().file_path("README.md")))
    } else {
        Some(Content::Bytes(card::text(base, adapters)?.into_bytes()))
    };
    if let Some(content) = readme {
        let len = match &content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Copy(path) => weldlm_source::Blob::open(path)?.len(),
        };
        side.files.push(SideFile { name: "README.md".to_string(), content, len });
    }
    side.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(side)
}

/// The tokenizer files that go before the base's: those of the folder that the user named, or of the last
/// adapter folder that has a vocabulary which fits.
fn choose_tokenizer(
    request: &Request,
    adapters: &[Adapter],
    rows: Option<u64>,
    warnings: &mut Vec<Problem>,
) -> Result<Option<Listing>, Problem> {
    if let Some(named) = &request.tokenizer {
        let folder = Folder::open(named)?;
        let mut listing = Listing::of(&folder)?;
        listing.retain(is_tokenizer);
        if !listing.has(|n| is_vocabulary(n) || n == "tokenizer_config.json") {
            return Err(Problem::new(&says::NO_TOKENIZER)
                .arg("path", folder.path().display())
                .at("tokenizer_path"));
        }
        return match (rows, vocabulary_size(&folder)?) {
            (Some(rows), Some(tokens)) if tokens > rows => {
                Err(too_large(&says::TOKENIZER_REFUSED, &folder, tokens, rows))
            }
            _ => Ok(Some(listing)),
        };
    }
    for adapter in adapters.iter().rev() {
        let mut listing = Listing::of(adapter.folder())?;
        listing.retain(is_tokenizer);
        if listing.files.is_empty() {
            continue;
        }
        match (rows, vocabulary_size(adapter.folder())?) {
            (Some(rows), Some(tokens)) if tokens > rows => {
                warnings.push(too_large(&says::TOKENIZER_TOO_LARGE, adapter.folder(), tokens, rows));
            }
            _ => {
                warnings.push(Problem::new(&says::TOKENIZER_FROM_ADAPTER));
                return Ok(Some(listing));
            }
        }
    }
    Ok(None)
}

fn too_large(message: &'static weldlm_messages::Message, folder: &Folder, tokens: u64, rows: u64) -> Problem {
    let path = folder.path().display();
    Problem::new(message).arg("path", path).arg("tokens", tokens).arg("rows", rows).at("tokenizer_path")
}

/// Whether the folder of a model or an adapter brings a chat template.
pub fn has_template(folder: &Folder) -> Result<bool, Problem> {
    brings_template(&Listing::of(folder)?)
}

/// Files and folders of a model folder that a training run left there.
pub fn leftovers(folder: &Folder) -> Result<Vec<String>, Problem> {
    const OURS: &[&str] = &["README.md", weldlm_output::RECEIPT];
    let is_file =
        |name: &String| is_leftover(name) && !name.starts_with('.') && !OURS.contains(&name.as_str());
    let is_folder = |name: &String| {
        ["checkpoint", "global_step", "runs", "wandb", "logs"].iter().any(|f| name.starts_with(f))
    };
    let mut found: Vec<String> = folder.files()?.into_iter().map(|f| f.name).filter(is_file).collect();
    found.extend(folder.folders()?.iter().filter(|n| is_folder(n)).map(|n| format!("{n}/")));
    Ok(found)
}

fn brings_template(listing: &Listing) -> Result<bool, Problem> {
    let config =
        listing.folder.text("tokenizer_config.json", super::base::CONFIG_BYTES_MAX)?.unwrap_or_default();
    Ok(listing.has(is_template) || config.contains("\"chat_template\""))
}

/// The largest token id plus one, from tokenizer.json or vocab.json with added_tokens.json; `None` when the
/// folder has neither.
pub fn vocabulary_size(folder: &Folder) -> Result<Option<u64>, Problem> {
    const TOKENIZER_BYTES_MAX: u64 = 512 << 20;
    let json = |name: &str| -> Result<Option<Value>, Problem> {
        let text = folder.text(name, TOKENIZER_BYTES_MAX)?;
        // A tokenizer that is not JSON is the loader's business; it says nothing here.
        Ok(text.and_then(|t| serde_json::from_str(&t).ok()))
    };
    let top =
        |map: Option<&Value>| -> Option<u64> { map?.as_object()?.values().filter_map(Value::as_u64).max() };
    let added = top(json("added_tokens.json")?.as_ref());
    let vocabulary = if let Some(tokenizer) = json("tokenizer.json")? {
        let vocab = tokenizer.pointer("/model/vocab");
        let list = vocab.and_then(Value::as_array).map(|l| l.len() as u64).and_then(|n| n.checked_sub(1));
        let ids = tokenizer.get("added_tokens").and_then(Value::as_array).into_iter().flatten();
        let added = ids.filter_map(|t| t.get("id").and_then(Value::as_u64)).max();
        top(vocab).or(list).max(added)
    } else {
        top(json("vocab.json")?.as_ref())
    };
    Ok(vocabulary.max(added.filter(|_| vocabulary.is_some())).map(|id| id + 1))
}
