//! The directory of a zip file, as far as torch uses zip: stored entries, with or without zip64 records.

use crate::bad_header;
use std::collections::HashMap;
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::Blob;

/// No checkpoint has as many storages.
const ENTRIES_MAX: u64 = 1 << 20;
/// Enough for the entries above with names of usual length.
const DIRECTORY_BYTES_MAX: u64 = 128 << 20;
/// torch's names are `<file name>/data/<number>`.
const ENTRY_NAME_BYTES_MAX: usize = 4096;

pub(super) const FORMAT: &str = "torch";

pub(super) const LOCAL: u32 = 0x0403_4b50;
pub(super) const DESCRIPTOR: u32 = 0x0807_4b50;
pub(super) const CENTRAL: u32 = 0x0201_4b50;
pub(super) const END64: u32 = 0x0606_4b50;
pub(super) const LOCATOR64: u32 = 0x0706_4b50;
pub(super) const END: u32 = 0x0605_4b50;

pub(super) const LOCAL_BYTES: u64 = 30;
pub(super) const CENTRAL_BYTES: usize = 46;
pub(super) const END64_BYTES: u64 = 56;
pub(super) const LOCATOR64_BYTES: u64 = 20;
pub(super) const END_BYTES: u64 = 22;

/// The extra field with the numbers that do not fit into 32 bits.
pub(super) const EXTRA_ZIP64: u16 = 1;

const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;

/// The entries of a torch file, by their names below the archive's folder.
pub(super) struct Zip {
    prefix: Vec<u8>,
    entries: HashMap<Vec<u8>, Entry>,
    directory: u64,
}

struct Entry {
    flags: u16,
    method: u16,
    packed: u64,
    size: u64,
    header: u64,
}

struct Directory {
    start: u64,
    bytes: u64,
    entries: u64,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

impl Zip {
    pub(super) fn open(blob: &Blob) -> Result<Zip, Problem> {
        let directory = find_directory(blob)?;
        let bytes = blob.read_vec(directory.start, directory.bytes)?;
        let mut entries = HashMap::new();
        let mut prefix = None;
        let mut at = 0usize;
        for n in 0..directory.entries {
            let (name, entry, end) = entry(&bytes, at)
                .map_err(|reason| bad_header(FORMAT, blob, format!("entry {n}: {reason}")))?;
            at = end;
            // torch takes the folder of the first entry as the archive's.
            let first = || {
                name.iter().position(|&b| b == b'/').map_or_else(Vec::new, |slash| name[..=slash].to_vec())
            };
            prefix.get_or_insert_with(first);
            if entries.insert(name.to_vec(), entry).is_some() {
                return Err(bad_header(FORMAT, blob, format!("{} stands in it twice", shown(name))));
            }
        }
        if at != bytes.len() {
            return Err(bad_header(FORMAT, blob, "its zip directory is longer than its entries"));
        }
        Ok(Zip { prefix: prefix.unwrap_or_default(), entries, directory: directory.start })
    }

    /// Whether there is an entry of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(&[&self.prefix, name.as_bytes()].concat())
    }

    /// First byte and length of an entry's data, which is checked to lie before the directory.
    pub(super) fn data(&self, blob: &Blob, name: &str) -> Result<(u64, u64), Problem> {
        let bad = |reason: &str| bad_header(FORMAT, blob, format!("entry {}: {reason}", name.escape_debug()));
        let entry = self.entry(name).ok_or_else(|| bad("there is no such entry"))?;
        if entry.method != STORED {
            return Err(bad("it is compressed; torch stores tensors uncompressed"));
        }
        if entry.flags & ENCRYPTED != 0 {
            return Err(bad("it is encrypted"));
        }
        if entry.packed != entry.size {
            return Err(bad("it is stored, but its two sizes differ"));
        }
        let full_name = [&self.prefix, name.as_bytes()].concat();
        let head_bytes = LOCAL_BYTES + full_name.len() as u64;
        let head_end = entry.header.checked_add(head_bytes).filter(|&end| end <= self.directory);
        let head_end = head_end.ok_or_else(|| bad("its header lies outside of the file"))?;
        let head = blob.read_vec(entry.header, head_bytes)?;
        if u32_at(&head, 0) != LOCAL
            || usize::from(u16_at(&head, 26)) != full_name.len()
            || !head.ends_with(&full_name)
        {
            return Err(bad("there is no header of that name where the directory says"));
        }
        if u16_at(&head, 8) != STORED {
            return Err(bad("its header says that it is compressed"));
        }
        let start = head_end + u64::from(u16_at(&head, 28));
        match start.checked_add(entry.size) {
            Some(end) if end <= self.directory => Ok((start, entry.size)),
            _ => Err(bad(&format!(
                "its {} bytes from byte {start} on do not lie before the zip directory",
                entry.size
            ))),
        }
    }

    /// An entry's data, when it has not more than `limit` bytes.
    pub(super) fn read(&self, blob: &Blob, name: &str, limit: u64) -> Result<Vec<u8>, Problem> {
        let (start, size) = self.data(blob, name)?;
        if size > limit {
            return Err(too_large(blob, &format!("size of {name}"), size, limit));
        }
        blob.read_vec(start, size)
    }
}

pub(super) fn too_large(blob: &Blob, what: &str, found: u64, limit: u64) -> Problem {
    Problem::new(&says::TOO_LARGE)
        .arg("file", blob.path().display())
        .arg("what", what)
        .arg("found", found)
        .arg("limit", limit)
        .at(blob.path().display())
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().to_string()
}

/// Reads the records at the end of the file.
fn find_directory(blob: &Blob) -> Result<Directory, Problem> {
    let bad = |reason: &str| bad_header(FORMAT, blob, reason);
    let tail_bytes = blob.len().min(END_BYTES + u64::from(u16::MAX));
    let tail_start = blob.len() - tail_bytes;
    let tail = blob.read_vec(tail_start, tail_bytes)?;
    let is_end = |at: usize| {
        u32_at(&tail, at) == END
            && at + END_BYTES as usize + usize::from(u16_at(&tail, at + 20)) == tail.len()
    };
    let last = tail.len().checked_sub(END_BYTES as usize);
    let at = last.and_then(|last| (0..=last).rev().find(|&at| is_end(at)));
    let at = at.ok_or_else(|| bad("its zip directory is missing: the file is cut short or damaged"))?;
    let end = &tail[at..];
    let mut limit = tail_start + at as u64;
    let small = [u64::from(u16_at(end, 10)), u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16))];
    let [mut entries, mut bytes, mut start] = small;
    if let Some(record_at) = locate64(blob, limit)? {
        let record_end = record_at.checked_add(END64_BYTES).filter(|&end| end <= limit - LOCATOR64_BYTES);
        record_end.ok_or_else(|| bad("its zip64 record lies outside of the file"))?;
        let record = blob.read_vec(record_at, END64_BYTES)?;
        if u32_at(&record, 0) != END64 || u64_at(&record, 24) != u64_at(&record, 32) {
            return Err(bad("its zip64 record is damaged"));
        }
        [entries, bytes, start] = [u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48)];
        limit = record_at;
        let agree = |small: u64, large: u64, max: u64| small == max || small == large;
        let max = u64::from(u32::MAX);
        if !agree(small[0], entries, 0xffff) || !agree(small[1], bytes, max) || !agree(small[2], start, max) {
            return Err(bad("its zip64 record and its zip record disagree"));
        }
    }
    if entries > ENTRIES_MAX {
        return Err(too_large(blob, "number of zip entries", entries, ENTRIES_MAX));
    }
    if bytes > DIRECTORY_BYTES_MAX {
        return Err(too_large(blob, "size of the zip directory", bytes, DIRECTORY_BYTES_MAX));
    }
    if start.checked_add(bytes).is_none_or(|end| end > limit) {
        return Err(bad("its zip directory lies outside of the file"));
    }
    Ok(Directory { start, bytes, entries })
}

fn locate64(blob: &Blob, end_at: u64) -> Result<Option<u64>, Problem> {
    let Some(at) = end_at.checked_sub(LOCATOR64_BYTES) else { return Ok(None) };
    let locator = blob.read_vec(at, LOCATOR64_BYTES)?;
    Ok((u32_at(&locator, 0) == LOCATOR64).then(|| u64_at(&locator, 8)))
}

/// One entry of the directory: its name, itself, and where the next one starts.
fn entry(bytes: &[u8], at: usize) -> Result<(&[u8], Entry, usize), String> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.len() < CENTRAL_BYTES || u32_at(rest, 0) != CENTRAL {
        return Err("it is missing from the zip directory".into());
    }
    let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(u16_at(rest, field)));
    if name > ENTRY_NAME_BYTES_MAX {
        return Err(format!("its name has {name} bytes, the limit is {ENTRY_NAME_BYTES_MAX}"));
    }
    let extra_start = CENTRAL_BYTES + name;
    let end = extra_start + extra + comment;
    if rest.len() < end {
        return Err("it is cut short".into());
    }
    let small = [24, 20, 42].map(|field| u64::from(u32_at(rest, field)));
    let [size, packed, header] = wide(small, &rest[extra_start..extra_start + extra])?;
    let entry = Entry { flags: u16_at(rest, 8), method: u16_at(rest, 10), packed, size, header };
    Ok((&rest[CENTRAL_BYTES..extra_start], entry, at + end))
}

/// Size, stored size and header offset, each taken from the zip64 field when its 32 bits are all ones.
fn wide(mut numbers: [u64; 3], extra: &[u8]) -> Result<[u64; 3], String> {
    if numbers.iter().all(|&n| n != u64::from(u32::MAX)) {
        return Ok(numbers);
    }
    let mut rest = extra;
    while rest.len() >= 4 {
        let (id, len) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let field = rest.get(4..4 + len).ok_or("its extra field is damaged")?;
        rest = &rest[4 + len..];
        if id != EXTRA_ZIP64 {
            continue;
        }
        let mut values = field.chunks_exact(8);
        for number in numbers.iter_mut().filter(|n| **n == u64::from(u32::MAX)) {
            *number = u64_at(values.next().ok_or("its zip64 field is too short")?, 0);
        }
        return Ok(numbers);
    }
    Err("its zip64 field is missing".into())
}
