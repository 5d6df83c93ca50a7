//! What a checkpoint or an adapter is: a model from its headers alone; of an adapter, which is small, the
//! numbers are looked at as well, since zeros and NaN decide whether it can be merged.

mod adapter;
mod json;
mod model;

pub use adapter::{AdapterView, Candidate, Group, candidate};
pub use json::to_json;
pub use model::{ModelView, Types};

use serde_json::Value;
use std::collections::BTreeMap;
use weldlm_formats::Checkpoint;
use weldlm_messages::Problem;
use weldlm_messages::catalogue::{inspect as says, merge, source};
use weldlm_plan::request::AdapterRequest;
use weldlm_plan::{Adapter, Base, adapter as adapters};
use weldlm_source::Folder;
use weldlm_tensor::Dtype;

/// What was found at a path.
pub enum View {
    /// A model.
    Model(Box<ModelView>),
    /// An adapter, of any family.
    Adapter(Box<AdapterView>),
    /// A folder without weights of its own, and what lies below.
    Below(Folder, Vec<Below>),
}

/// Something in a folder below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// The folder's name.
    pub name: String,
    /// Whether it holds an adapter; a model otherwise.
    pub is_adapter: bool,
}

/// The folder, or the file when the user named a file.
pub fn place(folder: &Folder) -> String {
    let path = folder.only().map_or_else(|| folder.path().to_path_buf(), |file| folder.file_path(file));
    path.display().to_string()
}

impl View {
    /// Where it lies.
    pub fn folder(&self) -> &Folder {
        match self {
            View::Model(model) => model.base.folder(),
            View::Adapter(adapter) => &adapter.folder,
            View::Below(folder, _) => folder,
        }
    }
}

/// The config as it stands in the folder: `config.json` of a model, `adapter_config.json` of an adapter; null when
/// there is none, or it is no JSON.
pub fn config(view: &View) -> Value {
    let name = match view {
        View::Model(_) => "config.json",
        View::Adapter(_) => adapters::CONFIG,
        View::Below(..) => return Value::Null,
    };
    let text = view.folder().text(name, weldlm_plan::base::CONFIG_BYTES_MAX).ok().flatten();
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

/// Looks at a folder, a file, or a model in the local hub cache. `PATH::NAME` means one of several adapters
/// of a file.
///
/// # Errors
/// When nothing is there that this program reads, or it is damaged.
pub fn look(named: &str) -> Result<View, Problem> {
    let (path, name) = named.split_once("::").map_or((named, None), |(p, n)| (p, Some(n.to_string())));
    let folder = Folder::open(path)?;
    let request = AdapterRequest { path: path.to_string(), name, scale: 1.0 };
    if is_adapter(&folder) {
        return adapter::view(&folder, &request).map(|v| View::Adapter(Box::new(v)));
    }
    match Base::look(path) {
        Ok((base, quantised)) => model::view(base, quantised).map(|v| View::Model(Box::new(v))),
        Err(problem) => otherwise(folder, &request, problem),
    }
}

/// What a folder without a model of ours is.
fn otherwise(folder: Folder, request: &AdapterRequest, problem: Problem) -> Result<View, Problem> {
    let empty = [source::NO_WEIGHTS.code, source::LOOK_BELOW.code].contains(&problem.code());
    let only_adapter = empty && folder.only().is_none() && adapters::open_weights(&folder).is_ok();
    if problem.code() == merge::EXPORT_NEEDS_BASE.code || only_adapter {
        return adapter::view(&folder, request).map(|v| View::Adapter(Box::new(v)));
    }
    if !empty {
        return Err(problem);
    }
    if let Some(only) = folder.only() {
        return Err(unknown_file(&folder, only));
    }
    let below = below(&folder);
    if !below.is_empty() {
        return Ok(View::Below(folder, below));
    }
    let foreign = weldlm_formats::foreign_files(&folder)?;
    if foreign.is_empty() { Err(problem) } else { Err(other_format(&folder, &foreign.join(", "))) }
}

fn other_format(folder: &Folder, files: &str) -> Problem {
    let path = folder.path().display();
    Problem::new(&says::OTHER_FORMAT).arg("path", path).arg("files", files).at(folder.path().display())
}

fn unknown_file(folder: &Folder, name: &str) -> Problem {
    let path = folder.file_path(name);
    let gguf = folder.blob(name).and_then(|b| b.read_vec(0, 4)).is_ok_and(|magic| magic == *b"GGUF");
    if gguf || weldlm_formats::is_foreign_weights(name) {
        return Problem::new(&says::OTHER_FORMAT)
            .arg("path", folder.path().display())
            .arg("files", if gguf { format!("{name} (GGUF)") } else { name.to_string() })
            .at(path.display());
    }
    Problem::new(&says::NOT_A_CHECKPOINT).arg("path", path.display()).at(path.display())
}

/// Folders below that hold a model or an adapter: checkpoints by their number, then the others.
fn below(folder: &Folder) -> Vec<Below> {
    let mut names = adapters::checkpoints(folder);
    let others = folder.folders().unwrap_or_default();
    names.extend(others.into_iter().filter(|n| !n.starts_with("checkpoint") && !n.starts_with('.')));
    let what = |name: String| {
        let sub = folder.sub(&name)?;
        let is_adapter = is_adapter(&sub) || sub.has(adapters::CONFIG);
        let found = is_adapter || weldlm_formats::open(&sub).is_ok();
        found.then_some(Below { name, is_adapter })
    };
    names.into_iter().filter_map(what).collect()
}

/// Whether what the user named is an adapter rather than a model.
fn is_adapter(folder: &Folder) -> bool {
    // A folder with both configs is decided by its weights.
    if folder.only().is_none() && folder.has(adapters::CONFIG) && !folder.has("config.json") {
        return true;
    }
    let opened = match folder.only() {
        Some(adapters::CONFIG) => return true,
        Some(only) if only.to_lowercase().ends_with(".gguf") => return false,
        Some(only) => weldlm_formats::open_file(folder, only),
        None => weldlm_formats::open(folder),
    };
    let Ok(checkpoint) = opened else { return false };
    let name_says = folder.only().is_some_and(|n| n.starts_with("adapter_model"));
    name_says || has_adapter_names(&checkpoint)
}

/// Whether nothing but adapter tensors is in it. A model that was saved with them inside is still a model.
fn has_adapter_names(checkpoint: &Checkpoint) -> bool {
    let names = || checkpoint.tensors.iter().map(|t| t.name.as_str());
    let foreign = weldlm_adapters::recognise(names()).is_some() && names().any(|n| n.contains("lora"));
    let (sites, _) = weldlm_adapters::sites(&adapters::heads(checkpoint), None);
    let parts = || sites.iter().flat_map(|s| &s.parts);
    let adapted = parts().filter(|p| p.part != "full").count();
    foreign || adapted * 2 > parts().count()
}

/// The local hub cache's models that an adapter fits, and how many there are.
pub fn fitting_in_cache(adapter: &Adapter) -> (Vec<Candidate>, usize) {
    let ids = weldlm_source::cached_models();
    let fits = |id: &String| Some(candidate(id, adapter)).filter(|c| c.outcome.is_ok());
    (ids.iter().filter_map(fits).collect(), ids.len())
}

/// Tensors, values and bytes by type, the largest first.
pub(crate) fn types(checkpoint: &Checkpoint) -> Vec<Types> {
    let mut by_type: BTreeMap<Dtype, Types> = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        let entry = by_type.entry(tensor.dtype).or_insert(Types {
            dtype: tensor.dtype,
            tensors: 0,
            values: 0,
            bytes: 0,
        });
        entry.tensors += 1;
        entry.values += tensor.bytes() / tensor.dtype.size() as u64;
        entry.bytes += tensor.bytes();
    }
    let mut list: Vec<Types> = by_type.into_values().collect();
    list.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.dtype.cmp(&b.dtype)));
    list
}
