//! Carrying out a plan: workers compute tiles in any order, one writer puts them down in plan order.

pub(crate) mod again;
pub(crate) mod journal;
mod queue;
pub(crate) mod tile;
mod writer;

pub use again::stopped;
pub use journal::TensorDone;

use crate::events::{Event, Stage};
use crate::verify::{self, ReadBack};
use queue::Queue;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use weldlm_adapters::Stage as EditStage;
use weldlm_formats::{Place, WeightFile};
use weldlm_messages::{
    Problem, catalogue::merge as says, catalogue::output as output_says, catalogue::source,
};
use weldlm_output::{Gate, Staging, human};
use weldlm_plan::{Content, Plan};
use weldlm_source::Blob;

/// What a job can be told and where it tells what happens.
pub struct Context<'a> {
    /// Set from outside to stop the job.
    pub stop: &'a AtomicBool,
    /// Hears every event, from several threads.
    pub events: &'a (dyn Fn(Event) + Sync),
    /// Bytes between two points that a killed run can resume from.
    pub sync_bytes: u64,
}

/// Often enough that little is lost, seldom enough that the device is not kept waiting.
const SYNC_BYTES: u64 = 128 << 20;

impl<'a> Context<'a> {
    /// A context with the usual distance between points to resume from.
    pub fn new(stop: &'a AtomicBool, events: &'a (dyn Fn(Event) + Sync)) -> Context<'a> {
        Context { stop, events, sync_bytes: SYNC_BYTES }
    }

    /// Whether the job was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Tells an event.
    pub fn say(&self, event: Event) {
        (self.events)(event);
    }
}

/// What a run did: the tensors of every weight file, and the hashes of the base's files.
#[derive(Debug, Default)]
pub struct Outcome {
    /// By output file, in the order of its tensors.
    pub files: HashMap<String, Vec<TensorDone>>,
    /// blake3 of each base file, in order.
    pub inputs: Vec<String>,
    /// Bytes of the weights that an earlier run had already written.
    pub resumed: u64,
    /// Output files that share the blocks of a base file.
    pub shared: Vec<String>,
    /// Output files that were read back while others were still being written.
    pub(crate) read_back: HashMap<String, ReadBack>,
}

/// How far the hashing of inputs may run ahead of the merge: it then reads the disk first, and the workers
/// find the bytes in the page cache.
const AHEAD_BYTES_MAX: u64 = 512 << 20;

/// Writes all files of a plan into the staging folder.
///
/// # Errors
/// When stopped, or when an input cannot be read, a value is not finite, or the disk is full.
pub fn run(plan: &Plan, staging: &mut Staging, context: &Context<'_>) -> Result<Outcome, Problem> {
    let mut done = resume(plan, staging)?;
    let total: u64 = plan.files.iter().map(|f| f.plan.len).sum();
    context.say(Event::Stage(Stage::Run, total));
    let mut outcome = Outcome { shared: share_blocks(plan, staging, &done)?, ..Outcome::default() };
    let written = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let stop_hashing = || context.is_stopped() || failed.load(Ordering::Relaxed);
    let mirrored: Vec<Option<usize>> = plan.files.iter().map(|file| mirrors(plan, file)).collect();
    let apart: Vec<bool> =
        (0..plan.base.checkpoint.files.len()).map(|f| !mirrored.contains(&Some(f))).collect();
    let mut inputs: Vec<Option<String>> = vec![None; apart.len()];
    std::thread::scope(|scope| -> Result<(), Problem> {
        let hashes = scope.spawn(|| hash_inputs(plan, &apart, &written, &stop_hashing));
        let mut before = 0;
        let mut behind = Vec::new();
        let mut write_all = || -> Result<(), Problem> {
            for (n, file) in
                plan.files.iter().enumerate().filter(|(_, f)| !outcome.shared.contains(&f.plan.name))
            {
                let earlier = done.remove(&file.plan.name).unwrap_or_default();
                let progress = |bytes: u64, tensor: &str| {
                    written.store(before + bytes, Ordering::Relaxed);
                    context.say(Event::Progress(before + bytes, tensor.to_string()));
                };
                let gate = Arc::new(Gate::default());
                // Bytes that are filled in at the end cannot be compared before it.
                if !file.format.needs_crc() {
                    let (gate, path) = (gate.clone(), staging.path(&file.plan.name));
                    staging.touch(&file.plan.name)?;
                    behind.push((
                        file,
                        scope.spawn(move || verify::behind_writer(plan, file, (&path, &gate), context)),
                    ));
                }
                let job =
                    writer::Job { plan, file, context, progress: &progress, gate: &gate, input: mirrored[n] };
                let written = writer::write(&job, staging, earlier);
                gate.end(written.is_ok());
                let written = written?;
                outcome.resumed += written.resumed;
                outcome.files.insert(file.plan.name.clone(), written.tensors);
                if let (Some(input), Some(hash)) = (mirrored[n], written.input) {
                    inputs[input] = Some(hash);
                }
                before += file.plan.len;
            }
            Ok(())
        };
        let result = write_all();
        failed.store(result.is_err(), Ordering::Relaxed);
        written.store(u64::MAX / 2, Ordering::Relaxed);
        let hashes = hashes.join().map_err(|_| worker_died("hashing"))?;
        for (file, reader) in behind {
            let found = reader.join().map_err(|_| worker_died("reading back"))?;
            if result.is_ok() {
                outcome.read_back.insert(file.plan.name.clone(), found?);
            }
        }
        result?;
        let hashes = hashes?.ok_or_else(|| interrupted(plan, total, before))?;
        inputs.iter_mut().zip(hashes).for_each(|(known, hash)| *known = known.take().or(hash));
        Ok(())
    })?;
    outcome.inputs = all_inputs(plan, inputs, context)?;
    unchanged(plan)?;
    write_side_files(plan, staging)?;
    Ok(outcome)
}

/// Lets output files that equal a base file share its blocks, where the file system can; returns their names.
fn share_blocks(
    plan: &Plan,
    staging: &mut Staging,
    done: &HashMap<String, journal::FileDone>,
) -> Result<Vec<String>, Problem> {
    let mut shared = Vec::new();
    for file in plan.files.iter().filter(|f| f.copy_of.is_some() && !done.contains_key(&f.plan.name)) {
        if reflink(plan, staging, file)? {
            shared.push(file.plan.name.clone());
        }
    }
    Ok(shared)
}

/// The hashes of all base files: what neither went by as a whole nor was hashed apart (the base of a resumed
/// file) is hashed now.
fn all_inputs(
    plan: &Plan,
    known: Vec<Option<String>>,
    context: &Context<'_>,
) -> Result<Vec<String>, Problem> {
    let hash = |(file, known): (&WeightFile, Option<String>)| match known {
        Some(hash) => Ok(hash),
        None => {
            let found = weldlm_plan::hash::blob(&file.blob, &mut |_| !context.is_stopped())?;
            found.ok_or_else(|| interrupted(plan, file.blob.len(), 0))
        }
    };
    plan.base.checkpoint.files.iter().zip(known).map(hash).collect()
}

fn write_side_files(plan: &Plan, staging: &Staging) -> Result<(), Problem> {
    for file in &plan.side {
        match &file.content {
            Content::Bytes(bytes) => staging.write(&file.name, bytes)?,
            Content::Copy(path) => {
                let blob = Blob::open(path)?;
                staging.write(&file.name, &blob.read_vec(0, blob.len())?)?;
            }
        }
    }
    Ok(())
}

/// The inputs must still be the files that the plan looked at.
fn unchanged(plan: &Plan) -> Result<(), Problem> {
    let adapters = plan.adapters.iter().flat_map(|a| &a.checkpoint.files);
    for file in plan.base.checkpoint.files.iter().chain(adapters) {
        if Blob::open(file.blob.path())?.stamp() != file.blob.stamp() {
            let path = file.blob.path().display();
            return Err(Problem::new(&source::CHANGED_WHILE_READ)
                .arg("file", path)
                .at(file.blob.path().display()));
        }
    }
    Ok(())
}

/// Takes over what the journal of an earlier run vouches for, or starts a new journal.
fn resume(plan: &Plan, staging: &mut Staging) -> Result<HashMap<String, journal::FileDone>, Problem> {
    if staging.journal().is_empty() {
        staging.restart()?;
        staging.record(&[journal::first_line(&plan.run_id)])?;
        return Ok(HashMap::new());
    }
    let Some(mut done) = journal::read(staging.journal(), &plan.run_id) else {
        return Err(Problem::new(&output_says::OTHER_REQUEST)
            .arg("path", staging.folder().display())
            .arg("difference", "its inputs or options differ")
            .at(staging.folder().display()));
    };
    done.retain(|name, _| plan.files.iter().any(|f| f.plan.name == *name && staging.has(name, f.plan.len)));
    Ok(done)
}

fn reflink(plan: &Plan, staging: &mut Staging, file: &weldlm_plan::OutFile) -> Result<bool, Problem> {
    let Some(origin) = file.copy_of.map(|i| &plan.base.checkpoint.files[i]) else { return Ok(false) };
    if !staging.reflink(origin.blob.path(), &file.plan.name) {
        return Ok(false);
    }
    staging.record(&[journal::file_line(&file.plan.name)])?;
    Ok(true)
}

/// The base file whose bytes all go by, in order, while an output file is written.
fn mirrors(plan: &Plan, file: &weldlm_plan::OutFile) -> Option<usize> {
    let entry = |i: &usize| &plan.entries[*i];
    let base = &plan.base.checkpoint;
    let index = plan.source(entry(file.entries.first()?))?.file;
    let own: Vec<usize> = (0..base.tensors.len()).filter(|t| base.tensors[*t].file == index).collect();
    let same = own.len() == file.entries.len()
        && file.entries.iter().map(entry).zip(&own).all(|(entry, own)| {
            let replaced = entry.edits.iter().any(|a| plan.edit(a).recipe.stage() == EditStage::Replace);
            let kept = !entry.edits.is_empty() || plan.is_untouched(entry);
            entry.source == Some(*own) && entry.shape == base.tensors[*own].shape && !replaced && kept
        });
    let mut at = None;
    let dense = own.iter().all(|t| {
        let tensor = &base.tensors[*t];
        let starts = matches!(tensor.place, Place::Dense(start) if at.is_none_or(|at| at == start));
        if let Place::Dense(start) = tensor.place {
            at = Some(start + tensor.bytes());
        }
        starts
    });
    (same && dense && at == Some(base.files[index].blob.len())).then_some(index)
}

/// Hashes the base's files that are to be hashed apart, in order; `None` when told to stop.
fn hash_inputs(
    plan: &Plan,
    apart: &[bool],
    written: &AtomicU64,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Vec<Option<String>>>, Problem> {
    let mut hashes = Vec::new();
    let mut before = 0;
    for (file, apart) in plan.base.checkpoint.files.iter().zip(apart) {
        if !apart {
            hashes.push(None);
            before += file.blob.len();
            continue;
        }
        let mut go_on = |bytes: u64| {
            while before + bytes > written.load(Ordering::Relaxed).saturating_add(AHEAD_BYTES_MAX) && !stop()
            {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            !stop()
        };
        match weldlm_plan::hash::blob(&file.blob, &mut go_on)? {
            Some(hash) => hashes.push(Some(hash)),
            None => return Ok(None),
        }
        before += file.blob.len();
    }
    Ok(Some(hashes))
}

/// The problem of a thread that ended before its time.
pub fn worker_died(what: &str) -> Problem {
    Problem::new(&says::WORKER_DIED).arg("reason", what)
}

pub(crate) fn interrupted(plan: &Plan, total: u64, written: u64) -> Problem {
    Problem::new(&output_says::INTERRUPTED)
        .arg("written", human(written))
        .arg("total", human(total))
        .fix("if_exists", "resume".into(), "--if-exists resume".to_string())
        .at(plan.request.output.display())
}
