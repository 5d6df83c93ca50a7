//! What a plan costs.

use crate::Plan;
use weldlm_adapters::Stage;
use weldlm_tensor::as_matrix;

/// Bytes, memory and time of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Bytes read from the inputs.
    pub bytes_read: u64,
    /// Bytes of the result.
    pub bytes_written: u64,
    /// Estimate of the peak memory in bytes.
    pub peak_memory: u64,
    /// Free bytes where the result goes.
    pub free_disk: u64,
    /// Rough estimate of the time in seconds.
    pub seconds: f64,
}

/// Elements of a tile, the piece of a tensor that is computed at once; a tile has at least one row.
pub const TILE_ELEMENTS: u64 = 1 << 20;
/// Memory that a worker needs for its tiles: input, output, the ones waiting to be written, all as f32 at most.
const MEMORY_PER_WORKER: u64 = TILE_ELEMENTS * 4 * 5;

/// Rates of an ordinary NVMe disk, for a first guess: the run itself measures.
const WRITE_PER_SECOND: f64 = 1.5e9;
const READ_PER_SECOND: f64 = 1.2e9;
/// Program, file buffers, hash buffers.
const FIXED_MEMORY: u64 = 60 << 20;

pub(crate) fn of(plan: &Plan) -> Totals {
    let adapters: u64 = plan.adapters.iter().map(|a| a.checkpoint.total_bytes()).sum();
    let sets = plan.files.iter().filter(|f| f.entries.contains(&0)).count().max(1) as u64;
    let bytes_read = plan.base.checkpoint.total_bytes() * sets + adapters;
    let weights: u64 = plan.files.iter().map(|f| f.plan.len).sum();
    let side: u64 = plan.side.iter().map(|f| f.len).sum();
    let bytes_written = weights + side;
    let threads = plan.request.threads() as u64;
    Totals {
        bytes_read,
        bytes_written,
        peak_memory: FIXED_MEMORY + MEMORY_PER_WORKER * threads + heaviest(plan) * threads.min(2),
        free_disk: weldlm_output::free_bytes(&plan.request.output).unwrap_or(0),
        seconds: bytes_written as f64 / WRITE_PER_SECOND + bytes_written as f64 / READ_PER_SECOND,
    }
}

/// Memory of the entry whose changes need most: factors as f32, and the whole matrix where a change must see it.
fn heaviest(plan: &Plan) -> u64 {
    let cost = |entry: &super::Entry| -> u64 {
        let updates = entry.edits.iter().map(|a| plan.edit(a)).filter(|e| e.recipe.stage() == Stage::Update);
        updates
            .map(|edit| {
                let (rows, columns) = as_matrix(&entry.shape);
                let factors = edit.rank.unwrap_or(0) * (rows + columns) * 4;
                let whole = edit.recipe.needs_whole_matrix();
                factors * 2 + if whole { rows * columns * 12 } else { 0 }
            })
            .sum()
    };
    plan.entries.iter().map(cost).max().unwrap_or(0)
}
