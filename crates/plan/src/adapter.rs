//! An adapter: found, opened, taken apart, and its numbers looked at once (they are small): finite? all zero?

use crate::request::AdapterRequest;
use std::collections::HashSet;
use weldlm_adapters::{AdapterData, Config, Edit, TensorHead};
use weldlm_formats::{Checkpoint, TensorInfo};
use weldlm_messages::{Problem, catalogue::adapter as says, catalogue::name, catalogue::source};
use weldlm_source::Folder;
use weldlm_tensor::{Dtype, kernels};

/// PEFT's file names.
pub const CONFIG: &str = "adapter_config.json";
const WEIGHTS: &[&str] = &["adapter_model.safetensors", "adapter_model.bin"];

/// An adapter, ready to be planned with.
pub struct Adapter {
    /// Its files.
    pub checkpoint: Checkpoint,
    /// Its config.
    pub config: Config,
    /// The user's factor.
    pub scale: f64,
    /// What it changes.
    pub edits: Vec<Edit>,
    /// What is wrong with single sites, found from headers.
    pub site_problems: Vec<Problem>,
    /// Tensors that play no part in a merge by design.
    pub ignored: Vec<String>,
    /// Tensors whose values are all zero.
    pub zeros: HashSet<String>,
    /// blake3 of the weights file and of the config.
    pub hashes: Vec<(String, String)>,
}

impl Adapter {
    /// Opens an adapter.
    ///
    /// # Errors
    /// When it is not there, is of another family or of a type that cannot be merged, or holds NaN or infinity.
    pub fn open(request: &AdapterRequest) -> Result<Adapter, Problem> {
        let (folder, config) = find(request)?;
        weldlm_adapters::check_supported(&config)?;
        let checkpoint = open_weights(&folder)?;
        let file = &checkpoint.files[0];
        let heads = heads(&checkpoint);
        if heads.is_empty() {
            return Err(Problem::new(&says::EMPTY)
                .arg("file", file.blob.path().display())
                .at(file.blob.path().display()));
        }
        if let Some(foreign) = weldlm_adapters::recognise(heads.iter().map(|h| h.name.as_str())) {
            return Err(foreign_problem(
                &file.blob.path().display().to_string(),
                foreign.family,
                foreign.remedy,
            ));
        }
        let name = choose(request, &heads, &checkpoint)?;
        let (sites, ignored) = weldlm_adapters::sites(&heads, name.as_deref());
        let (edits, site_problems) = weldlm_adapters::edits(&sites, &config);
        let mut adapter = Adapter {
            hashes: vec![
                (CONFIG.to_string(), hash_file(&folder, CONFIG)?),
                (file.name.clone(), hash_file(&folder, &file.name)?),
            ],
            checkpoint,
            config,
            scale: request.scale,
            edits,
            site_problems,
            ignored,
            zeros: HashSet::new(),
        };
        adapter.scan()?;
        Ok(adapter)
    }

    /// Where it lies.
    pub fn folder(&self) -> &Folder {
        &self.checkpoint.folder
    }

    /// Whether an edit leaves every value as it is, as far as the adapter alone can tell.
    pub fn is_zero(&self, edit: &Edit) -> bool {
        (self.scale == 0.0 || edit.scaling == 0.0) && edit.recipe.is_sum()
            || edit.zero_if.iter().any(|t| self.zeros.contains(t))
    }

    fn scan(&mut self) -> Result<(), Problem> {
        const PIECE: u64 = 1 << 22;
        let ignored: HashSet<&str> = self.ignored.iter().map(String::as_str).collect();
        for tensor in self
            .checkpoint
            .tensors
            .iter()
            .filter(|t| t.dtype.is_float() && !ignored.contains(t.name.as_str()))
        {
            let (mut bad, mut zero) = (0, true);
            let mut first = None;
            let mut offset = 0;
            while offset < tensor.bytes() {
                let mut bytes = vec![0u8; PIECE.min(tensor.bytes() - offset) as usize];
                self.checkpoint.read_at(tensor, offset, &mut bytes)?;
                let here = kernels::count_non_finite(tensor.dtype, &bytes);
                if here > 0 && first.is_none() {
                    first = first_non_finite(tensor, &bytes).map(|i| i + offset / tensor.dtype.size() as u64);
                }
                bad += here;
                zero = zero
                    && bytes
                        .chunks_exact(tensor.dtype.size())
                        .all(|v| v[..v.len() - 1].iter().all(|b| *b == 0) && v[v.len() - 1] & 0x7f == 0);
                offset += bytes.len() as u64;
            }
            if bad > 0 {
                return Err(Problem::new(&says::NOT_FINITE)
                    .arg("tensor", &tensor.name)
                    .arg("count", bad)
                    .arg("index", first.unwrap_or(0))
                    .at(self.checkpoint.file_of(tensor).blob.path().display()));
            }
            if zero {
                self.zeros.insert(tensor.name.clone());
            }
        }
        Ok(())
    }
}

impl AdapterData for Adapter {
    fn values(&self, tensor: &str) -> Result<Vec<f32>, Problem> {
        let Some(info) = self.checkpoint.get(tensor) else { return Ok(Vec::new()) };
        let bytes = self.checkpoint.read_all(info)?;
        let mut values = vec![0f32; bytes.len() / info.dtype.size()];
        kernels::decode(info.dtype, &bytes, &mut values);
        Ok(values)
    }

    fn indices(&self, tensor: &str) -> Result<Vec<i64>, Problem> {
        let Some(info) = self.checkpoint.get(tensor) else { return Ok(Vec::new()) };
        if info.dtype.is_float() {
            return Ok(self.values(tensor)?.into_iter().map(|v| v as i64).collect());
        }
        let bytes = self.checkpoint.read_all(info)?;
        Ok(bytes.chunks_exact(info.dtype.size()).map(|v| integer(info.dtype, v)).collect())
    }
}

/// A stored little-endian integer.
fn integer(dtype: Dtype, bytes: &[u8]) -> i64 {
    let signed = matches!(dtype, Dtype::I8 | Dtype::I16 | Dtype::I32 | Dtype::I64);
    let negative = signed && bytes.last().is_some_and(|b| b & 0x80 != 0);
    let mut wide = if negative { [0xff; 8] } else { [0; 8] };
    wide.iter_mut().zip(bytes).for_each(|(w, b)| *w = *b);
    i64::from_le_bytes(wide)
}

fn first_non_finite(tensor: &TensorInfo, bytes: &[u8]) -> Option<u64> {
    let size = tensor.dtype.size();
    bytes.chunks_exact(size).position(|v| kernels::count_non_finite(tensor.dtype, v) > 0).map(|i| i as u64)
}

/// The blake3 of a file.
///
/// # Errors
/// When it cannot be read.
pub fn hash_file(folder: &Folder, name: &str) -> Result<String, Problem> {
    let blob = folder.blob(name)?;
    crate::hash::blob(&blob, &mut |_| true).map(|h| h.unwrap_or_default())
}

/// The headers of an adapter's tensors.
pub fn heads(checkpoint: &Checkpoint) -> Vec<TensorHead> {
    let head = |t: &TensorInfo| TensorHead { name: t.name.clone(), dtype: t.dtype, shape: t.shape.clone() };
    checkpoint.tensors.iter().map(head).collect()
}

fn foreign_problem(file: &str, family: &str, remedy: &'static weldlm_messages::Message) -> Problem {
    Problem::new(&says::FOREIGN_FORMAT)
        .arg("file", file)
        .arg("family", family)
        .words("remedy", remedy.into())
        .at(file)
}

/// The folder and config of what the user named.
pub fn find(request: &AdapterRequest) -> Result<(Folder, Config), Problem> {
    // A path that has `::` in itself is meant as it stands.
    let whole = request.name.as_ref().map(|name| Folder::open(&format!("{}::{name}", request.path)));
    let mut folder = match whole {
        Some(Ok(folder)) => folder,
        _ => Folder::open(&request.path)?,
    };
    if let Some(only) = folder.only().filter(|n| n.to_lowercase().ends_with(".gguf")) {
        return Err(foreign_problem(
            &folder.file_path(only).display().to_string(),
            "GGUF LoRA",
            &says::DO_GGUF,
        ));
    }
    if let Some(named) = request.name.as_deref().and_then(|n| folder.sub(n)).filter(|f| f.has(CONFIG)) {
        folder = named;
    }
    let Some(text) = folder.text(CONFIG, super::base::CONFIG_BYTES_MAX)? else {
        return Err(no_config(&folder));
    };
    let path = folder.file_path(CONFIG).display().to_string();
    let mlx = ["lora_parameters", "fine_tune_type", "lora_layers"]
        .iter()
        .any(|k| text.contains(&format!("\"{k}\"")));
    if mlx && !text.contains("\"peft_type\"") {
        return Err(foreign_problem(&path, "MLX-LM", &says::DO_PEFT_FORMAT));
    }
    Ok((folder, Config::parse(&text, &path)?))
}

/// Training outputs keep their checkpoints in `checkpoint-N`; these, by number.
pub fn checkpoints(folder: &Folder) -> Vec<String> {
    let number = |name: &String| name.rsplit('-').next().and_then(|n| n.parse::<u64>().ok());
    let mut found: Vec<String> = folder.folders().unwrap_or_default();
    found.retain(|name| name.starts_with("checkpoint") && number(name).is_some());
    found.sort_by_key(|name| number(name));
    found
}

fn no_config(folder: &Folder) -> Problem {
    if let Some(only) = folder.only()
        && let Ok(file) = weldlm_formats::open_file(folder, only)
        && let Some(found) = weldlm_adapters::recognise(file.tensors.iter().map(|t| t.name.as_str()))
    {
        return foreign_problem(&folder.file_path(only).display().to_string(), found.family, found.remedy);
    }
    let files: Vec<String> = folder.files().unwrap_or_default().into_iter().map(|f| f.name).collect();
    let path = |name: &str| folder.file_path(name).display().to_string();
    if let Some(gguf) = files.iter().find(|n| n.ends_with(".gguf")) {
        return foreign_problem(&path(gguf), "GGUF LoRA", &says::DO_GGUF);
    }
    for file in files.iter().filter(|n| n.ends_with(".safetensors")) {
        let names = weldlm_formats::open_file(folder, file).map(|c| c.tensors).unwrap_or_default();
        if let Some(found) = weldlm_adapters::recognise(names.iter().map(|t| t.name.as_str())) {
            return foreign_problem(&path(file), found.family, found.remedy);
        }
    }
    // The newest checkpoint of a training output, else any named adapter below.
    let mut below = folder.folders().unwrap_or_default();
    below.extend(checkpoints(folder));
    let found = below.iter().rev().find(|name| folder.sub(name).is_some_and(|sub| sub.has(CONFIG)));
    match found.filter(|_| folder.only().is_none()) {
        Some(name) => Problem::new(&source::LOOK_BELOW)
            .arg("path", folder.label())
            .arg("wanted", CONFIG)
            .arg("found", path(name))
            .arg("option", format!("--adapter {}", path(name)))
            .fix("adapter_path", path(name).into(), format!("--adapter {}", path(name)))
            .at(folder.path().display()),
        None => Problem::new(&says::NO_ADAPTER)
            .arg("path", folder.label())
            .arg("missing", CONFIG)
            .at(folder.path().display()),
    }
}

/// Opens the weights of an adapter folder.
///
/// # Errors
/// When there are none, or they are damaged.
pub fn open_weights(folder: &Folder) -> Result<Checkpoint, Problem> {
    let named = folder.only().filter(|n| *n != CONFIG);
    let name = named.or_else(|| WEIGHTS.iter().copied().find(|n| folder.has(n)));
    let Some(name) = name else {
        return Err(Problem::new(&says::NO_ADAPTER)
            .arg("path", folder.label())
            .arg("missing", WEIGHTS[0])
            .at(folder.path().display()));
    };
    weldlm_formats::open_file(folder, name)
}

/// Which adapter of the file is meant, when the keys name several.
fn choose(
    request: &AdapterRequest,
    heads: &[TensorHead],
    checkpoint: &Checkpoint,
) -> Result<Option<String>, Problem> {
    let names = weldlm_adapters::adapter_names(heads);
    if let Some(wanted) = request.name.as_ref().filter(|n| names.contains(*n)) {
        return Ok(Some(wanted.clone()));
    }
    if let Some(wanted) = request
        .name
        .as_ref()
        .filter(|_| !checkpoint.folder.path().ends_with(request.name.as_deref().unwrap_or("")))
    {
        let list: Vec<&str> = names.iter().map(String::as_str).collect();
        let list = if list.is_empty() { "-".to_string() } else { list.join(", ") };
        return Err(Problem::new(&name::NO_SUCH_ADAPTER)
            .arg("path", &request.path)
            .arg("name", wanted)
            .arg("names", list)
            .at(checkpoint.folder.path().display()));
    }
    if names.len() < 2 {
        return Ok(None);
    }
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let option = |name: &str| format!("--adapter {}::{name}", request.path);
    let mut problem = Problem::new(&name::SEVERAL_ADAPTER_NAMES)
        .arg("file", checkpoint.files[0].blob.path().display())
        .arg("names", list.join(", "))
        .arg("option", option(list[0]))
        .at(checkpoint.files[0].blob.path().display());
    for name in list {
        problem = problem.fix("adapter_path", format!("{}::{name}", request.path).into(), option(name));
    }
    Err(problem)
}
