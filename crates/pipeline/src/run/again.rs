//! Computes every tensor of a plan once more, writes nothing, and hashes what came out.

use super::queue::Queue;
use super::tile::{Cut, Done, EntryWork, Scratch, Tile};
use super::{Context, worker_died};
use crate::events::Event;
use std::sync::{Arc, Mutex, PoisonError};
use weldlm_messages::{Problem, catalogue::inspect as says};
use weldlm_output::human;
use weldlm_plan::Plan;
use weldlm_plan::hash::Checksum;
use xxhash_rust::xxh3::Xxh3;

type Numbered = (u64, Arc<EntryWork>, Tile);
type Outcome = Result<(usize, Done), Problem>;

fn tiles(plan: &Plan) -> impl Iterator<Item = (Arc<EntryWork>, Tile)> {
    plan.entries.iter().enumerate().flat_map(|(index, entry)| {
        let (work, cut) = (Arc::new(EntryWork::new(index)), Cut::of(entry));
        let of_entry = std::iter::successors(cut.tile(0), move |tile| cut.tile(tile.first + tile.count));
        of_entry.map(move |tile| (work.clone(), tile))
    })
}

/// The checksum of every entry's data, in the order of the plan.
///
/// # Errors
/// When stopped, when an input cannot be read or a value is not finite.
pub(crate) fn hashes(plan: &Plan, context: &Context<'_>) -> Result<Vec<Checksum>, Problem> {
    let total: u64 = plan.entries.iter().filter_map(|e| e.dtype.bytes(&e.shape)).sum();
    let n_threads = plan.request.threads();
    let queue: Queue<Outcome> = Queue::new(2 * n_threads as u64 + 2);
    let numbered = tiles(plan).zip(0u64..).map(|((work, tile), number)| (number, work, tile));
    let tickets = Mutex::new(numbered);
    let mut hashes = vec![Checksum::of(&[]); plan.entries.len()];
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                let next = || tickets.lock().unwrap_or_else(PoisonError::into_inner).next();
                work(plan, context, &next, &queue);
            });
        }
        let result = take_all(plan, context, &queue, (&mut hashes, total));
        queue.close();
        result
    })?;
    Ok(hashes)
}

fn take_all(
    plan: &Plan,
    context: &Context<'_>,
    queue: &Queue<Outcome>,
    (hashes, total): (&mut [Checksum], u64),
) -> Result<(), Problem> {
    let (mut at, mut hasher, mut bytes) = (0, Xxh3::new(), 0);
    for _ in 0..tiles(plan).count() {
        if context.is_stopped() {
            return Err(stopped(bytes, total));
        }
        let (entry, done) = queue.take().ok_or_else(|| worker_died("computing again"))??;
        if at != entry {
            hashes[at] = Checksum::seen_by(&hasher);
            hasher.reset();
            at = entry;
        }
        hasher.update(&done.bytes);
        bytes += done.bytes.len() as u64;
        let name = &plan.entries[entry].name;
        context.say(Event::Progress(bytes, name.clone()));
    }
    if let Some(last) = hashes.get_mut(at) {
        *last = Checksum::seen_by(&hasher);
    }
    Ok(())
}

fn work(plan: &Plan, context: &Context<'_>, next: &dyn Fn() -> Option<Numbered>, queue: &Queue<Outcome>) {
    let mut scratch = Scratch::default();
    while let Some((number, entry, tile)) = next() {
        if context.is_stopped() || !queue.admit(number) {
            return queue.put(number, Err(stopped(0, 0)));
        }
        let compute = || entry.compute(plan, tile, &mut scratch, Vec::new()).map(|done| (entry.entry, done));
        // A panic must not leave the other end waiting for this tile for ever.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compute));
        let failed = !matches!(outcome, Ok(Ok(_)));
        queue.put(number, outcome.unwrap_or_else(|_| Err(worker_died("computing again"))));
        if failed {
            return;
        }
    }
}

/// The problem of a check that was stopped on the way.
pub fn stopped(done: u64, total: u64) -> Problem {
    Problem::new(&says::STOPPED).arg("done", human(done)).arg("total", human(total))
}
