use crate::{ALL, Checkpoint, Format, safetensors, torch};
use std::collections::BTreeSet;
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::Folder;

/// An index is small; a larger one is not one.
const INDEX_BYTES_MAX: u64 = 64 << 20;

/// The files of a model in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSet {
    /// Weight files, sorted by name.
    pub files: Vec<String>,
    /// The index that names them, if there is one, with what it says: tensor → file.
    pub index: Option<(String, Vec<(String, String)>)>,
}

/// Opens the model in a folder, or the file that the user named.
///
/// # Errors
/// When there is none, or it is damaged or incomplete.
pub fn open(folder: &Folder) -> Result<Checkpoint, Problem> {
    for format in ALL {
        let Some(set) = format.find(folder)? else { continue };
        let checkpoint = Checkpoint::read(*format, folder, &set.files)?;
        if let Some((index, map)) = &set.index {
            check_index(&checkpoint, index, map)?;
        }
        return Ok(checkpoint);
    }
    Err(no_weights(folder))
}

/// Opens one weight file of a folder, e.g. an adapter's.
///
/// # Errors
/// When it is not there, damaged, or of no known format.
pub fn open_file(folder: &Folder, name: &str) -> Result<Checkpoint, Problem> {
    match ALL.iter().find(|f| f.owns(name)) {
        Some(format) => Checkpoint::read(*format, folder, &[name.to_string()]),
        None => Err(no_weights(folder)),
    }
}

fn no_weights(folder: &Folder) -> Problem {
    let expected: Vec<&str> = vec![safetensors::SINGLE, safetensors::INDEX, torch::SINGLE, torch::INDEX];
    let shown = folder.only().map_or_else(|| folder.path().to_path_buf(), |f| folder.file_path(f));
    Problem::new(&says::NO_WEIGHTS)
        .arg("path", shown.display())
        .arg("expected", expected.join(", "))
        .at(shown.display())
}

fn check_index(checkpoint: &Checkpoint, index: &str, map: &[(String, String)]) -> Result<(), Problem> {
    for (tensor, file) in map {
        let found = checkpoint.get(tensor).map(|t| checkpoint.file_of(t).name.as_str());
        if found != Some(file) {
            return Err(Problem::new(&says::TENSOR_NOT_IN_SHARD)
                .arg("index", index)
                .arg("tensor", tensor)
                .arg("shard", file)
                .at(checkpoint.folder.file_path(index).display()));
        }
    }
    Ok(())
}

/// The search that safetensors and torch files share: the file that the user named; a single file of the
/// usual name; an index; the only file of the format; a complete `-of-` series.
pub(crate) fn find(
    format: &dyn Format,
    folder: &Folder,
    names: (&str, &str),
) -> Result<Option<FileSet>, Problem> {
    let (single, index) = names;
    if let Some(only) = folder.only() {
        if only.ends_with(".index.json") {
            return if format.owns(only.trim_end_matches(".index.json")) {
                read_index(folder, only).map(Some)
            } else {
                Ok(None)
            };
        }
        return Ok(format.owns(only).then(|| FileSet { files: vec![only.to_string()], index: None }));
    }
    let has_index = folder.has(index);
    if folder.has(single) {
        let set = FileSet { files: vec![single.to_string()], index: None };
        if has_index {
            let indexed = read_index(folder, index)?;
            if indexed.files != set.files {
                return Err(several(folder, &[single, index]));
            }
            return Ok(Some(indexed));
        }
        return Ok(Some(set));
    }
    if has_index {
        return read_index(folder, index).map(Some);
    }
    let files: Vec<String> = folder.files()?.into_iter().map(|f| f.name).collect();
    let suffix = &index[index.find('.').unwrap_or(0)..];
    if let Some(other) = files.iter().find(|f| f.ends_with(suffix) && !f.starts_with("adapter")) {
        return read_index(folder, other).map(Some);
    }
    let candidates: Vec<String> =
        files.into_iter().filter(|f| format.owns(f) && !is_beside_model(f)).collect();
    match candidates.as_slice() {
        [] => Ok(None),
        [_] => Ok(Some(FileSet { files: candidates, index: None })),
        many if is_series(many) => Ok(Some(FileSet { files: candidates, index: None })),
        many => Err(several(folder, &many.iter().map(String::as_str).collect::<Vec<_>>())),
    }
}

fn several(folder: &Folder, names: &[&str]) -> Problem {
    Problem::new(&says::TWO_WEIGHT_SETS).arg("path", folder.path().display()).arg("files", names.join(", "))
}

/// Files that lie beside a model's weights but are not its weights.
fn is_beside_model(name: &str) -> bool {
    const STARTS: &[&str] = &[
        "adapter_",
        "adapters.",
        "optimizer",
        "scheduler",
        "rng_state",
        "training_args",
        "scaler",
        "value_head",
        "v_head",
        "consolidated",
        "random_states",
        "custom_checkpoint",
    ];
    STARTS.iter().any(|s| name.starts_with(s))
}

/// `x-00001-of-00003`, `x-00002-of-00003`, … complete.
fn is_series(names: &[String]) -> bool {
    let of = |name: &str| -> Option<(String, u64, u64)> {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let (rest, total) = stem.rsplit_once("-of-")?;
        let (prefix, n) = rest.rsplit_once('-')?;
        Some((prefix.to_string(), n.parse().ok()?, total.parse().ok()?))
    };
    let parts: Option<Vec<_>> = names.iter().map(|n| of(n)).collect();
    let Some(parts) = parts else { return false };
    let numbers: BTreeSet<u64> = parts.iter().map(|p| p.1).collect();
    let same = parts.iter().all(|p| p.0 == parts[0].0 && p.2 == names.len() as u64);
    same && numbers.len() == names.len() && numbers.iter().next() <= Some(&1)
}

fn read_index(folder: &Folder, name: &str) -> Result<FileSet, Problem> {
    let path = folder.file_path(name);
    let text = weldlm_source::read_text(&path, INDEX_BYTES_MAX)?;
    let bad = |reason: &dyn std::fmt::Display| {
        Problem::new(&says::BAD_JSON).arg("file", path.display()).arg("reason", reason).at(path.display())
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| bad(&e))?;
    let map =
        value.get("weight_map").and_then(|m| m.as_object()).ok_or_else(|| bad(&"it has no weight_map"))?;
    let mut pairs = Vec::with_capacity(map.len());
    for (tensor, file) in map {
        let file = file.as_str().ok_or_else(|| bad(&format!("weight_map[{tensor:?}] is not a file name")))?;
        pairs.push((tensor.clone(), file.to_string()));
    }
    if pairs.is_empty() {
        return Err(bad(&"its weight_map is empty"));
    }
    let files: BTreeSet<&String> = pairs.iter().map(|(_, file)| file).collect();
    for file in &files {
        folder.open_named(file, name).map_err(|p| {
            if p.code() != says::NOT_FOUND.code {
                return p;
            }
            Problem::new(&says::SHARD_MISSING).arg("index", name).arg("shard", file).at(path.display())
        })?;
    }
    let files = files.into_iter().cloned().collect();
    Ok(FileSet { files, index: Some((name.to_string(), pairs)) })
}

/// Whether a file name is that of weights in any format, ours or not: such files are never copied along,
/// since they would still hold the weights from before the merge.
pub fn is_foreign_weights(name: &str) -> bool {
    const ENDS: &[&str] = &[
        ".safetensors",
        ".safetensors.index.json",
        ".bin",
        ".bin.index.json",
        ".pt",
        ".pth",
        ".ckpt",
        ".gguf",
        ".ggml",
        ".onnx",
        ".onnx_data",
        ".onnx.data",
        ".h5",
        ".msgpack",
        ".npz",
        ".npy",
        ".tflite",
        ".mlmodel",
        ".pkl",
        ".pickle",
        ".distcp",
        ".engine",
        ".nemo",
        ".llamafile",
        ".ot",
    ];
    let name = name.to_ascii_lowercase();
    ENDS.iter().any(|e| name.ends_with(e))
}

/// Names of the files in a folder that hold weights in formats that weldlm does not read.
///
/// # Errors
/// When the folder cannot be read.
pub fn foreign_files(folder: &Folder) -> Result<Vec<String>, Problem> {
    let files = folder.files()?;
    let foreign = files.into_iter().map(|f| f.name);
    Ok(foreign.filter(|n| is_foreign_weights(n) && !ALL.iter().any(|f| f.owns(n))).collect())
}

#[cfg(test)]
mod tests {
    use super::is_series;

    #[test]
    fn series_must_be_complete() {
        let names = |list: &[&str]| list.iter().map(|s| (*s).to_string()).collect::<Vec<_>>();
        assert!(is_series(&names(&["m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"])));
        assert!(!is_series(&names(&["m-00001-of-00003.safetensors", "m-00002-of-00003.safetensors"])));
        assert!(!is_series(&names(&["a.safetensors", "b.safetensors"])));
        assert!(!is_series(&names(&["m-00001-of-00002.safetensors", "x-00002-of-00002.safetensors"])));
    }
}
