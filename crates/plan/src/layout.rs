//! Which tensor goes into which output file.

use super::base::Base;
use super::tensors::Entry;
use crate::request::{Request, Serialization};
use weldlm_formats::{
    FilePlan, Format, Original, OutTensor, TensorInfo, safetensors::Safetensors, torch::Torch,
};
use weldlm_messages::Problem;

/// A weight file of the output.
pub struct OutFile {
    /// Its layout.
    pub plan: FilePlan,
    /// The entry of each of its tensors.
    pub entries: Vec<usize>,
    /// Its format.
    pub format: &'static dyn Format,
    /// The base file that it equals byte for byte, if it does.
    pub copy_of: Option<usize>,
}

/// Lays out all files of all formats.
pub(crate) fn lay_out(request: &Request, base: &Base, entries: &[Entry]) -> Result<Vec<OutFile>, Problem> {
    let formats: &[&'static dyn Format] = match request.serialization {
        Serialization::Safetensors => &[&Safetensors],
        Serialization::Torch => &[&Torch],
        Serialization::Both => &[&Safetensors, &Torch],
    };
    let groups = match request.max_shard_size {
        Some(max) => by_size(entries, max),
        None => by_base_file(base, entries),
    };
    let mut files = Vec::new();
    for format in formats {
        for (n, (origin, group)) in groups.iter().enumerate() {
            files.push(one_file(
                base,
                entries,
                *format,
                (origin.as_ref().copied(), group),
                (n + 1, groups.len()),
            )?);
        }
    }
    Ok(files)
}

type Group = (Option<usize>, Vec<usize>);

fn by_size(entries: &[Entry], max: u64) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut size = 0;
    for (i, entry) in entries.iter().enumerate() {
        let bytes = entry.dtype.bytes(&entry.shape).unwrap_or(u64::MAX);
        match groups.last_mut() {
            Some((_, group)) if size + bytes <= max => {
                group.push(i);
                size += bytes;
            }
            _ => {
                groups.push((None, vec![i]));
                size = bytes;
            }
        }
    }
    groups
}

/// The base's own files; a new head goes beside the matrix that it was tied to, other new tensors to the end.
fn by_base_file(base: &Base, entries: &[Entry]) -> Vec<Group> {
    let n = base.checkpoint.files.len();
    let mut groups: Vec<Group> = (0..n).map(|file| (Some(file), Vec::new())).collect();
    for (i, entry) in entries.iter().enumerate() {
        let file = entry.source.map_or(n - 1, |s| base.checkpoint.tensors[s].file);
        groups[file].1.push(i);
    }
    groups.retain(|(_, group)| !group.is_empty());
    groups
}

fn one_file(
    base: &Base,
    entries: &[Entry],
    format: &'static dyn Format,
    (origin, group): (Option<usize>, &[usize]),
    (n, of): (usize, usize),
) -> Result<OutFile, Problem> {
    let tensors: Vec<OutTensor> = group
        .iter()
        .map(|&i| OutTensor {
            name: entries[i].name.clone(),
            dtype: entries[i].dtype,
            shape: entries[i].shape.clone(),
        })
        .collect();
    let same_format = format.about() == base.checkpoint.format.about();
    let origin = origin.filter(|_| same_format);
    let file = origin.map(|f| &base.checkpoint.files[f]);
    // A model in several files keeps their names; loaders know a single one by its usual name only.
    let name = match file {
        Some(file) if of > 1 && base.checkpoint.files.len() == of => file.name.clone(),
        _ => format.file_name(n, of),
    };
    let own: Vec<&TensorInfo> = base.checkpoint.tensors.iter().filter(|t| Some(t.file) == origin).collect();
    let original = file.map(|file| Original { file: &file.blob, tensors: &own });
    let plan = format.lay_out(&name, tensors, original)?;
    let untouched = group.iter().all(|&i| {
        let source = entries[i].source.map(|s| &base.checkpoint.tensors[s]);
        entries[i].is_untouched(source.map(|t| t.dtype)) && source.is_some_and(|t| t.name == entries[i].name)
    });
    let same_length = file.is_some_and(|file| file.blob.len() == plan.len);
    let copy_of =
        origin.filter(|_| untouched && same_length && group.len() == own.len() && !format.needs_crc());
    Ok(OutFile { plan, entries: group.to_vec(), format, copy_of })
}
