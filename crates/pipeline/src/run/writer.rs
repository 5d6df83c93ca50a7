//! One weight file: its tiles computed by workers, put down in order, hashed, made durable, journalled.

use super::journal::{self, FileDone, TensorDone};
use super::tile::{Cut, Done, EntryWork, Scratch, Tile};
use super::{Context, Queue, interrupted, worker_died};
use crate::events::Event;
use crate::report::TensorReport;
use std::sync::{Arc, Mutex, PoisonError};
use weldlm_formats::{Piece, Place};
use weldlm_messages::Problem;
use weldlm_output::{FileSink, Gate, Staging};
use weldlm_plan::hash::Checksum;
use weldlm_plan::{OutFile, Plan};
use weldlm_tensor::kernels::RowStats;
use xxhash_rust::xxh3::Xxh3;

/// A file to be written.
pub(crate) struct Job<'a> {
    pub plan: &'a Plan,
    pub file: &'a OutFile,
    pub context: &'a Context<'a>,
    pub progress: &'a (dyn Fn(u64, &str) + Sync),
    pub gate: &'a Gate,
    /// The base file that is read from front to back on the way, and so can be hashed on the way.
    pub input: Option<usize>,
}

/// A tile with its place in the file.
struct Ticket {
    number: u64,
    tensor: usize,
    tile: Tile,
    work: Arc<EntryWork>,
}

/// Hands out the tiles of a file, tensor after tensor.
struct Tickets<'a> {
    job: &'a Job<'a>,
    tensor: usize,
    first: u64,
    number: u64,
    work: Option<Arc<EntryWork>>,
}

impl Tickets<'_> {
    fn next(&mut self) -> Option<Ticket> {
        while self.tensor < self.job.file.entries.len() {
            let entry = self.job.file.entries[self.tensor];
            if let Some(tile) = Cut::of(&self.job.plan.entries[entry]).tile(self.first) {
                let work = self.work.get_or_insert_with(|| Arc::new(EntryWork::new(entry))).clone();
                let ticket = Ticket { number: self.number, tensor: self.tensor, tile, work };
                self.number += 1;
                self.first += tile.count;
                return Some(ticket);
            }
            self.tensor += 1;
            self.first = 0;
            self.work = None;
        }
        None
    }
}

type Result<T> = std::result::Result<T, Problem>;

/// What writing a file gave.
pub(crate) struct Written {
    /// Its tensors.
    pub tensors: Vec<TensorDone>,
    /// Bytes that were there already.
    pub resumed: u64,
    /// blake3 of the base file that went by.
    pub input: Option<String>,
}

/// Writes a file, or the rest of it.
pub(crate) fn write(job: &Job<'_>, staging: &mut Staging, earlier: FileDone) -> Result<Written> {
    let file = &job.file.plan;
    if earlier.complete && earlier.tensors.len() == file.tensors.len() {
        return Ok(Written { tensors: earlier.tensors, resumed: file.len, input: None });
    }
    let have = earlier.tensors.len();
    let from = have.checked_sub(1).map_or(0, |last| file.offsets[last] + file.tensors[last].bytes());
    let sink = staging.sink(&file.name, file.len, from)?;
    let queue: Queue<Result<(usize, Done)>> = Queue::new(2 * job.plan.request.threads() as u64 + 2);
    let rooms = Mutex::new(Vec::new());
    let tickets = Mutex::new(Tickets { job, tensor: have, first: 0, number: 0, work: None });
    let input = input_hasher(job)?.filter(|_| have == 0);
    let mut down =
        Down { job, rooms: &rooms, sink, tensors: earlier.tensors, recorded: have, synced: from, input };
    std::thread::scope(|scope| -> Result<()> {
        for _ in 0..job.plan.request.threads() {
            scope.spawn(|| work(job, &tickets, &queue, &rooms));
        }
        let result = down.all(&queue, staging, from);
        queue.close();
        result
    })?;
    let Down { sink, tensors, recorded, input, .. } = down;
    sink.finish()?;
    let crcs: Vec<u32> = tensors.iter().map(|t| t.crc).collect();
    if let Some(patches) = job.file.format.late_bytes(file, &crcs) {
        staging.patch(&file.name, &patches)?;
    }
    let lines = (recorded..tensors.len()).map(|i| journal::tensor_line(&file.name, i, &tensors[i]));
    staging.record(&lines.chain([journal::file_line(&file.name)]).collect::<Vec<_>>())?;
    Ok(Written { tensors, resumed: from, input: input.map(|h| h.finalize().to_hex().to_string()) })
}

/// A hasher that has seen the header of the base file at hand.
fn input_hasher(job: &Job<'_>) -> Result<Option<blake3::Hasher>> {
    let base = &job.plan.base.checkpoint;
    let Some(file) = job.input else { return Ok(None) };
    let first = base.tensors.iter().find(|t| t.file == file).map(|t| &t.place);
    let Some(Place::Dense(start)) = first else { return Ok(None) };
    let mut hasher = blake3::Hasher::new();
    hasher.update(&base.files[file].blob.read_vec(0, *start)?);
    Ok(Some(hasher))
}

/// Buffers that were written and can be filled again.
type Rooms = Mutex<Vec<Vec<u8>>>;

fn work(job: &Job<'_>, tickets: &Mutex<Tickets<'_>>, queue: &Queue<Result<(usize, Done)>>, rooms: &Rooms) {
    let mut scratch = Scratch::default();
    loop {
        let ticket = tickets.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(ticket) = ticket else { return };
        if job.context.is_stopped() || !queue.admit(ticket.number) {
            return queue.put(ticket.number, Err(interrupted(job.plan, job.file.plan.len, 0)));
        }
        let pop = || rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let room = pop();
        let keep = job.input.is_some() && !job.plan.entries[ticket.work.entry].edits.is_empty();
        if keep {
            scratch.put_input(pop());
        }
        let compute = || {
            let mut done = ticket.work.compute(job.plan, ticket.tile, &mut scratch, room)?;
            done.input = keep.then(|| scratch.take_input());
            Ok((ticket.tensor, done))
        };
        // A panic must not leave the writer waiting for this tile for ever.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compute));
        let failed = !matches!(outcome, Ok(Ok(_)));
        queue.put(ticket.number, outcome.unwrap_or_else(|_| Err(worker_died("merging"))));
        if failed {
            return;
        }
    }
}

/// The writing end.
struct Down<'a> {
    job: &'a Job<'a>,
    rooms: &'a Rooms,
    sink: FileSink,
    tensors: Vec<TensorDone>,
    recorded: usize,
    synced: u64,
    input: Option<blake3::Hasher>,
}

impl Down<'_> {
    /// Puts down every piece of the file from byte `from` on.
    fn all(&mut self, queue: &Queue<Result<(usize, Done)>>, staging: &mut Staging, from: u64) -> Result<()> {
        let file = &self.job.file.plan;
        let mut at = 0;
        for piece in &file.pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    let skip = from.saturating_sub(at).min(bytes.len() as u64);
                    self.sink.append(&bytes[skip as usize..])?;
                    at += bytes.len() as u64;
                }
                Piece::Tensor(i) => {
                    at += file.tensors[*i].bytes();
                    if *i >= self.tensors.len() {
                        self.tensor(*i, queue)?;
                        self.keep(staging)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn tensor(&mut self, index: usize, queue: &Queue<Result<(usize, Done)>>) -> Result<()> {
        let entry_index = self.job.file.entries[index];
        let entry = &self.job.plan.entries[entry_index];
        let end = self.job.file.plan.offsets[index] + self.job.file.plan.tensors[index].bytes();
        let mut hasher = Xxh3::new();
        let mut crc = crc32fast::Hasher::new();
        let mut stats = (!entry.edits.is_empty()).then(RowStats::default);
        let mut checked = 0;
        while self.sink.position() < end {
            let Some(taken) = queue.take() else { return Err(worker_died("writing")) };
            let (tensor, done) = taken?;
            debug_assert_eq!(tensor, index, "tiles come in order");
            hasher.update(&done.bytes);
            if let Some(input) = &mut self.input {
                input.update(done.input.as_ref().unwrap_or(&done.bytes));
            }
            if self.job.file.format.needs_crc() {
                crc.update(&done.bytes);
            }
            if let Some(stats) = &mut stats {
                done.rows.iter().for_each(|row| stats.add(row));
            }
            checked += done.checked;
            self.sink.append(&done.bytes)?;
            (self.job.progress)(self.sink.position(), &entry.name);
            let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
            rooms.extend(std::iter::once(done.bytes).chain(done.input));
        }
        let done = TensorDone { check: Checksum::seen_by(&hasher), crc: crc.finalize(), stats, checked };
        self.job.context.say(Event::Tensor(TensorReport::of(
            self.job.plan,
            (entry_index, &self.job.file.plan.name),
            &done,
        )));
        self.tensors.push(done);
        Ok(())
    }

    /// Makes the tensors so far durable when enough came together, and only then writes them into the journal.
    fn keep(&mut self, staging: &mut Staging) -> Result<()> {
        if self.sink.position() - self.synced < self.job.context.sync_bytes {
            return Ok(());
        }
        let durable = self.sink.sync()?;
        self.synced = durable;
        self.job.gate.advance(durable);
        let file = &self.job.file.plan;
        let safe = |i: &usize| file.offsets[*i] + file.tensors[*i].bytes() <= durable;
        let lines: Vec<String> = (self.recorded..self.tensors.len())
            .take_while(safe)
            .map(|i| journal::tensor_line(&file.name, i, &self.tensors[i]))
            .collect();
        self.recorded += lines.len();
        if lines.is_empty() { Ok(()) } else { staging.record(&lines) }
    }
}
