//! The second look: what was written is read back from the disk and compared with the plan and with what the
//! run computed; and, later, a result is compared with its receipt.

use crate::events::{Event, Stage};
use crate::report::{self, FileHash};
use crate::run::again::stopped;
use crate::run::{Context, Outcome, TensorDone, interrupted};
use serde_json::Value;
use std::path::Path;
use weldlm_formats::{FilePlan, Piece};
use weldlm_messages::{Class, Problem, catalogue::source, catalogue::verify as says};
use weldlm_output::{Gate, RECEIPT, Staging};
use weldlm_plan::hash::Checksum;
use weldlm_plan::{Content, OutFile, Plan};
use weldlm_source::Folder;
use weldlm_tensor::{Dtype, kernels};
use xxhash_rust::xxh3::Xxh3;

/// A stretch of a file.
struct Stretch<'a> {
    end: u64,
    what: What<'a>,
}

enum What<'a> {
    /// Bytes that the plan knows.
    Known(&'a [u8]),
    /// The n-th tensor.
    Tensor(usize),
}

/// The problem of an I/O error on the way.
struct Failure(Problem);

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Failure {
        Failure(Problem::new(&source::CANNOT_READ).arg("path", "-").arg("reason", e))
    }
}

/// Hashes of a file that was read back: of the whole, and of each stretch.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadBack {
    file: String,
    tensors: Vec<Checksum>,
}

/// Reads a planned file and hashes it as a whole and tensor by tensor, comparing the bytes that are known and
/// counting values that are not finite in tensors for which `finite` says so.
fn read_back(
    (path, gate): (&Path, &Gate),
    plan: &FilePlan,
    patches: &[(u64, Vec<u8>)],
    finite: &dyn Fn(usize) -> bool,
    progress: &mut dyn FnMut(u64) -> Result<(), Problem>,
) -> Result<ReadBack, Problem> {
    let patched = patched(plan, patches);
    let mut stretches = Vec::new();
    let mut end = 0;
    for (n, piece) in plan.pieces.iter().enumerate() {
        let what = match piece {
            Piece::Bytes(_) => What::Known(&patched[n]),
            Piece::Tensor(i) => What::Tensor(*i),
        };
        end += match &what {
            What::Known(bytes) => bytes.len() as u64,
            What::Tensor(i) => plan.tensors[*i].bytes(),
        };
        stretches.push(Stretch { end, what });
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut state = State {
        plan,
        name: &name,
        stretches: &stretches,
        at: 0,
        now: 0,
        whole: blake3::Hasher::new(),
        part: Xxh3::new(),
        cut: Vec::new(),
        tensors: vec![Checksum::default(); plan.tensors.len()],
    };
    state.close_empty();
    weldlm_output::stream_behind::<Failure>(path, plan.len, gate, |chunk| {
        state.chunk(chunk, finite).map_err(Failure)?;
        progress(state.at).map_err(Failure)
    })
    .map_err(|f| f.0.at(path.display()))?;
    if state.at != plan.len {
        return Err(Problem::new(&says::SIZE_DIFFERS)
            .arg("file", &name)
            .arg("found", state.at)
            .arg("expected", plan.len)
            .at(path.display()));
    }
    Ok(ReadBack { file: state.whole.finalize().to_hex().to_string(), tensors: state.tensors })
}

/// Reads a file back behind its writer, so that the device is not idle while tensors are computed. Nothing is
/// said of it before the writer has ended.
pub(crate) fn behind_writer(
    plan: &Plan,
    file: &OutFile,
    (path, gate): (&Path, &Gate),
    context: &Context<'_>,
) -> Result<ReadBack, Problem> {
    let finite = |i: usize| !plan.entries[file.entries[i]].edits.is_empty();
    let mut stop = |at: u64| {
        if context.is_stopped() { Err(interrupted(plan, file.plan.len, at)) } else { Ok(()) }
    };
    read_back((path, gate), &file.plan, &[], &finite, &mut stop)
}

/// The plan's known bytes with the bytes that were filled in afterwards.
fn patched(plan: &FilePlan, patches: &[(u64, Vec<u8>)]) -> Vec<Vec<u8>> {
    let mut out = Vec::with_capacity(plan.pieces.len());
    let mut at = 0u64;
    for piece in &plan.pieces {
        let (mut bytes, len) = match piece {
            Piece::Bytes(bytes) => (bytes.clone(), bytes.len() as u64),
            Piece::Tensor(i) => (Vec::new(), plan.tensors[*i].bytes()),
        };
        for (offset, patch) in patches.iter().filter(|(o, _)| (at..at + len).contains(o)) {
            let start = (offset - at) as usize;
            if let Some(room) = bytes.get_mut(start..start + patch.len()) {
                room.copy_from_slice(patch);
            }
        }
        out.push(bytes);
        at += len;
    }
    out
}

struct State<'a> {
    plan: &'a FilePlan,
    name: &'a str,
    stretches: &'a [Stretch<'a>],
    at: u64,
    now: usize,
    whole: blake3::Hasher,
    part: Xxh3,
    /// The beginning of an element whose rest is in the next chunk.
    cut: Vec<u8>,
    tensors: Vec<Checksum>,
}

impl State<'_> {
    fn chunk(&mut self, chunk: &[u8], finite: &dyn Fn(usize) -> bool) -> Result<(), Problem> {
        self.whole.update(chunk);
        let mut rest = chunk;
        while !rest.is_empty() {
            let Some(stretch) = self.stretches.get(self.now) else { break };
            let n = (stretch.end - self.at).min(rest.len() as u64) as usize;
            let (here, after) = rest.split_at(n);
            match &stretch.what {
                What::Known(bytes) => {
                    let from = bytes.len() - (stretch.end - self.at) as usize;
                    if bytes[from..from + n] != *here {
                        return Err(self.differs("-", "header", "other bytes"));
                    }
                }
                What::Tensor(i) => {
                    self.part.update(here);
                    let tensor = &self.plan.tensors[*i];
                    let bad = if finite(*i) && tensor.dtype.is_float() {
                        non_finite(tensor.dtype, here, &mut self.cut)
                    } else {
                        0
                    };
                    if bad > 0 {
                        return Err(Problem::new(&says::NOT_FINITE)
                            .arg("file", self.name)
                            .arg("tensor", &tensor.name)
                            .arg("count", bad)
                            .at(&tensor.name));
                    }
                }
            }
            self.at += n as u64;
            rest = after;
            self.close_full();
        }
        self.at += rest.len() as u64;
        Ok(())
    }

    fn close_full(&mut self) {
        while let Some(stretch) = self.stretches.get(self.now).filter(|s| s.end == self.at) {
            if let What::Tensor(i) = stretch.what {
                self.tensors[i] = Checksum::seen_by(&self.part);
                self.part.reset();
            }
            self.now += 1;
        }
    }

    fn close_empty(&mut self) {
        self.close_full();
    }

    fn differs(&self, tensor: &str, found: &str, expected: &str) -> Problem {
        Problem::new(&says::HASH_DIFFERS)
            .arg("file", self.name)
            .arg("tensor", tensor)
            .arg("found", found)
            .arg("expected", expected)
            .at(self.name)
    }
}

/// Values that are not finite among the next bytes of a tensor. Chunks end where the disk likes it, also inside
/// an element; what is `cut` off waits for the next chunk. A tensor's last element is whole, so nothing is left.
fn non_finite(dtype: Dtype, bytes: &[u8], cut: &mut Vec<u8>) -> u64 {
    let missing = (dtype.size() - cut.len()) % dtype.size();
    let (rest_of_cut, bytes) = bytes.split_at(missing.min(bytes.len()));
    cut.extend_from_slice(rest_of_cut);
    if !cut.len().is_multiple_of(dtype.size()) {
        return 0;
    }
    let (whole, next_cut) = bytes.split_at(bytes.len() - bytes.len() % dtype.size());
    let found = kernels::count_non_finite(dtype, cut) + kernels::count_non_finite(dtype, whole);
    cut.clear();
    cut.extend_from_slice(next_cut);
    found
}

/// Reads the result of a run back, before it is published. Returns the files with their hashes, and fills in
/// what only reading can know (tensors of files that share the base's blocks).
///
/// # Errors
/// When anything differs from the plan or from what was written.
pub fn staged(
    plan: &Plan,
    outcome: &mut Outcome,
    staging: &Staging,
    context: &Context<'_>,
) -> Result<Vec<FileHash>, Problem> {
    let total: u64 = plan.files.iter().map(|f| f.plan.len).sum();
    context.say(Event::Stage(Stage::Verify, total));
    let mut files = Vec::new();
    let mut before = 0;
    for file in &plan.files {
        let found = one_file(plan, outcome, (file, staging), context, before)?;
        before += file.plan.len;
        files.push((file.plan.name.clone(), file.plan.len, found));
    }
    compare_headers(plan, staging)?;
    for side in &plan.side {
        let blob = weldlm_source::Blob::open(&staging.path(&side.name))?;
        let hash = weldlm_plan::hash::blob(&blob, &mut |_| true)?.unwrap_or_default();
        let expected = match &side.content {
            Content::Bytes(bytes) => weldlm_plan::hash::bytes(bytes),
            Content::Copy(path) => {
                weldlm_plan::hash::blob(&weldlm_source::Blob::open(path)?, &mut |_| true)?.unwrap_or_default()
            }
        };
        if hash != expected {
            return Err(file_differs(&side.name, &hash, &expected));
        }
        files.push((side.name.clone(), blob.len(), hash));
    }
    files.sort();
    Ok(files)
}

fn file_differs(file: &str, found: &str, expected: &str) -> Problem {
    Problem::new(&says::FILE_DIFFERS).arg("file", file).arg("found", found).arg("expected", expected).at(file)
}

fn one_file(
    plan: &Plan,
    outcome: &mut Outcome,
    (file, staging): (&OutFile, &Staging),
    context: &Context<'_>,
    before: u64,
) -> Result<String, Problem> {
    let name = &file.plan.name;
    let written = outcome.files.get(name).cloned().unwrap_or_default();
    let crcs: Vec<u32> = written.iter().map(|t| t.crc).collect();
    let patches = file
        .format
        .late_bytes(&file.plan, &crcs)
        .filter(|_| crcs.len() == file.plan.tensors.len())
        .unwrap_or_default();
    let finite = |i: usize| !plan.entries[file.entries[i]].edits.is_empty();
    let mut progress = |at: u64| {
        context.say(Event::Progress(before + at, name.clone()));
        if context.is_stopped() { Err(interrupted(plan, file.plan.len, at)) } else { Ok(()) }
    };
    let found = match outcome.read_back.remove(name) {
        Some(found) => found,
        None => {
            let path = staging.path(name);
            read_back((&path, &Gate::open()), &file.plan, &patches, &finite, &mut progress)?
        }
    };
    if outcome.shared.contains(name) {
        let input = file.copy_of.and_then(|i| outcome.inputs.get(i));
        if let Some(expected) = input.filter(|hash| **hash != found.file) {
            return Err(file_differs(name, &found.file, expected));
        }
        let tensors = found.tensors.into_iter().map(|check| TensorDone { check, ..TensorDone::default() });
        outcome.files.insert(name.clone(), tensors.collect());
        return Ok(found.file);
    }
    for ((tensor, found), done) in file.plan.tensors.iter().zip(&found.tensors).zip(&written) {
        if *found != done.check {
            return Err(Problem::new(&says::HASH_DIFFERS)
                .arg("file", name)
                .arg("tensor", &tensor.name)
                .arg("found", found)
                .arg("expected", done.check)
                .at(&tensor.name));
        }
    }
    Ok(found.file)
}

/// Opens the written files with our own reader and compares what it sees with the plan.
fn compare_headers(plan: &Plan, staging: &Staging) -> Result<(), Problem> {
    let folder = Folder::at(staging.folder());
    for file in &plan.files {
        let seen = weldlm_formats::open_file(&folder, &file.plan.name)?;
        for tensor in &file.plan.tensors {
            let found =
                seen.get(&tensor.name).map(|t| format!("{} {:?}", t.dtype, t.shape)).unwrap_or_default();
            let expected = format!("{} {:?}", tensor.dtype, tensor.shape);
            if found != expected || seen.tensors.len() != file.plan.tensors.len() {
                return Err(Problem::new(&says::HEADER_DIFFERS)
                    .arg("file", &file.plan.name)
                    .arg("tensor", &tensor.name)
                    .arg("found", found)
                    .arg("expected", expected)
                    .at(&tensor.name));
            }
        }
    }
    Ok(())
}

/// What a check of a finished result found.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// Everything that is wrong with it.
    pub problems: Vec<Problem>,
    /// Files that were looked at.
    pub files: u64,
    /// Tensors that were looked at.
    pub tensors: u64,
}

/// Reads the receipt of a result.
///
/// # Errors
/// When there is none, or it was altered.
pub fn receipt(folder: &Folder) -> Result<Value, Problem> {
    const RECEIPT_BYTES_MAX: u64 = 256 << 20;
    let path = folder.path().display();
    let Some(text) = folder.text(RECEIPT, RECEIPT_BYTES_MAX)? else {
        return Err(Problem::new(&says::NO_RECEIPT).arg("path", path).at(folder.path().display()));
    };
    let bad = |reason: &dyn std::fmt::Display| {
        Problem::new(&says::BAD_RECEIPT)
            .arg("path", folder.path().display())
            .arg("reason", reason)
            .at(folder.file_path(RECEIPT).display())
    };
    let value: Value = serde_json::from_str(&text).map_err(|e| bad(&e))?;
    if !report::is_genuine(&value) || report::text(&value) != text {
        return Err(bad(&"its own hash does not fit"));
    }
    Ok(value)
}

/// Checks every file of a finished result against its receipt.
///
/// # Errors
/// When the receipt itself cannot be used.
pub fn result(folder: &Folder, context: &Context<'_>) -> Result<Check, Problem> {
    let receipt = receipt(folder)?;
    let mut check = Check::default();
    let list = |key: &str| receipt[key].as_array().cloned().unwrap_or_default();
    let (files, tensors) = (list("files"), list("tensors"));
    let bytes = |file: &Value| file["bytes"].as_u64().unwrap_or(0);
    let total = files.iter().map(bytes).fold(0, u64::saturating_add);
    context.say(Event::Stage(Stage::Verify, total));
    let mut before = 0u64;
    for file in &files {
        let name = file["name"].as_str().unwrap_or("");
        check.files += 1;
        let end = before.saturating_add(bytes(file));
        if let Some(problem) = not_there(folder, name) {
            check.problems.push(problem);
            before = end;
            continue;
        }
        let of_file: Vec<&Value> = tensors.iter().filter(|t| t["file"] == file["name"]).collect();
        check.tensors += of_file.len() as u64;
        let mut progress = |at: u64| {
            let done = before.saturating_add(at);
            context.say(Event::Progress(done, name.to_string()));
            if context.is_stopped() { Err(stopped(done, total)) } else { Ok(()) }
        };
        check.problems.extend(against_receipt(folder, file, &of_file, &mut progress)?);
        before = end;
    }
    let known = |name: &str| files.iter().any(|f| f["name"] == name);
    for file in
        folder.files()?.into_iter().filter(|f| weldlm_formats::is_foreign_weights(&f.name) && !known(&f.name))
    {
        check.problems.push(
            Problem::new(&says::FILE_EXTRA)
                .arg("file", &file.name)
                .at(folder.file_path(&file.name).display()),
        );
    }
    Ok(check)
}

/// Why a file that a receipt names is not looked at. Anyone can write a receipt: its names may not lead out of
/// the folder.
fn not_there(folder: &Folder, name: &str) -> Option<Problem> {
    match folder.open_named(name, RECEIPT) {
        Ok(_) => None,
        Err(problem) if problem.code() == source::NOT_FOUND.code => {
            Some(Problem::new(&says::FILE_MISSING).arg("file", name).at(folder.file_path(name).display()))
        }
        Err(problem) => Some(problem),
    }
}

/// What is wrong with one file of a result; the error is that of being stopped.
fn against_receipt(
    folder: &Folder,
    file: &Value,
    tensors: &[&Value],
    progress: &mut dyn FnMut(u64) -> Result<(), Problem>,
) -> Result<Vec<Problem>, Problem> {
    let name = file["name"].as_str().unwrap_or("");
    let path = folder.file_path(name);
    let (expected, bytes) = (file["blake3"].as_str().unwrap_or(""), file["bytes"].as_u64().unwrap_or(0));
    let blob = match weldlm_source::Blob::open(&path) {
        Ok(blob) => blob,
        Err(problem) => return Ok(vec![problem]),
    };
    if blob.len() != bytes {
        return Ok(vec![
            Problem::new(&says::SIZE_DIFFERS)
                .arg("file", name)
                .arg("found", blob.len())
                .arg("expected", bytes)
                .at(path.display()),
        ]);
    }
    let (mut hasher, mut at) = (blake3::Hasher::new(), 0);
    let read = weldlm_output::stream::<Failure>(&path, |chunk| {
        hasher.update(chunk);
        at += chunk.len() as u64;
        progress(at).map_err(Failure)
    });
    match read {
        Err(Failure(problem)) if problem.class() == Class::Interrupted => return Err(problem),
        Err(Failure(problem)) => return Ok(vec![problem.at(path.display())]),
        Ok(()) => {}
    }
    let found = hasher.finalize().to_hex().to_string();
    if found == expected {
        return Ok(Vec::new());
    }
    // The file differs; its tensors say where.
    let Ok(seen) = weldlm_formats::open_file(folder, name) else {
        return Ok(vec![file_differs(name, &found, expected)]);
    };
    let mut problems = Vec::new();
    for tensor in tensors {
        let (name_t, hash) = (tensor["name"].as_str().unwrap_or(""), tensor["xxh3"].as_str().unwrap_or(""));
        let now = seen
            .get(name_t)
            .and_then(|t| seen.read_all(t).ok())
            .map(|b| Checksum::of(&b).to_string())
            .unwrap_or_default();
        if now != hash {
            problems.push(
                Problem::new(&says::HASH_DIFFERS)
                    .arg("file", name)
                    .arg("tensor", name_t)
                    .arg("found", now)
                    .arg("expected", hash)
                    .at(path.display()),
            );
        }
    }
    if problems.is_empty() {
        problems.push(file_differs(name, &found, expected));
    }
    Ok(problems)
}

/// Whether the base that a plan names is the one that a receipt names, by content.
///
/// # Errors
/// When it is another one.
pub fn inputs(plan: &Plan, receipt: &Value) -> Result<(), Problem> {
    let files = receipt["base"]["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = plan.base.checkpoint.files.len();
    if files.len() != found {
        return Err(Problem::new(&says::OTHER_INPUT_COUNT)
            .arg("found", found)
            .arg("expected", files.len())
            .at(plan.base.folder().path().display()));
    }
    for (file, known) in plan.base.checkpoint.files.iter().zip(files) {
        let found = weldlm_plan::hash::blob(&file.blob, &mut |_| true)?.unwrap_or_default();
        let expected = known["blake3"].as_str().unwrap_or("");
        if found != expected {
            let path = file.blob.path().display();
            return Err(Problem::new(&says::INPUT_DIFFERS)
                .arg("file", path)
                .arg("found", found)
                .arg("expected", expected)
                .at(file.blob.path().display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_receipt_does_not_lead_out_of_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("result");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(dir.path().join("secret"), "s").unwrap();
        let secret = dir.path().join("secret").display().to_string();
        let named = ["../secret", &secret, "", "gone"].map(|name| json!({"name": name, "bytes": u64::MAX}));
        let receipt = report::signed(serde_json::Map::from_iter([("files".to_string(), json!(named))]));
        std::fs::write(inside.join(RECEIPT), report::text(&receipt)).unwrap();
        let stop = AtomicBool::new(false);
        let check = result(&Folder::at(&inside), &Context::new(&stop, &|_| {})).unwrap();
        let codes: Vec<&str> = check.problems.iter().map(Problem::code).collect();
        assert_eq!(codes, ["S119", "S119", "S119", "V103"]);
    }

    #[test]
    fn elements_that_chunks_cut_in_two_are_read_whole() {
        // Read two bytes off, the pairs of neighbours look like NaN and infinity.
        let values = [1.5f32, f32::from_bits(0x7f80_ffff & 0x3fff_7fff), f32::from_bits(0x0000_7f80), -2.0];
        let mut bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let count = |bytes: &[u8], chunk: usize| {
            let mut cut = Vec::new();
            let found: u64 = bytes.chunks(chunk).map(|c| non_finite(Dtype::F32, c, &mut cut)).sum();
            assert!(cut.is_empty());
            found
        };
        (1..=16).for_each(|chunk| assert_eq!(count(&bytes, chunk), 0, "{chunk}"));
        bytes[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
        (1..=16).for_each(|chunk| assert_eq!(count(&bytes, chunk), 1, "{chunk}"));
    }
}
