//! One tile: a range of rows of one output tensor, computed from the base's rows and the changes.
//!
//! A tile depends on nothing but its inputs, so tiles can be computed in any order and by any number of
//! threads; their size has no influence on their bytes.

use std::sync::OnceLock;
use weldlm_adapters::{Bounded, Change, Target};
use weldlm_formats::{Checkpoint, TensorInfo};
use weldlm_messages::{
    Problem, catalogue::merge as says, catalogue::name as names, catalogue::source, catalogue::verify,
};
use weldlm_plan::{Entry, Plan, TILE_ELEMENTS};
use weldlm_tensor::{Dtype, MatrixRead, ReadFailed, as_matrix, kernels};

/// Rows that are computed together: the low-rank kernel keeps four in registers.
const BLOCK_ROWS: usize = 8;

/// A range of rows of a tensor that is computed at once. Untouched tensors are cut by elements, not by rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tile {
    /// First row (first element for untouched tensors).
    pub first: u64,
    /// Number of rows (elements).
    pub count: u64,
}

/// How a tensor is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Elements per row.
    pub columns: u64,
    /// Rows.
    pub rows: u64,
    per_tile: u64,
}

impl Cut {
    pub(crate) fn of(entry: &Entry) -> Cut {
        let (rows, columns) =
            if entry.edits.is_empty() { (entry.shape.iter().product(), 1) } else { as_matrix(&entry.shape) };
        Cut { columns, rows, per_tile: (TILE_ELEMENTS / columns.max(1)).max(1) }
    }

    pub(crate) fn tile(&self, first: u64) -> Option<Tile> {
        (first < self.rows && self.columns > 0)
            .then(|| Tile { first, count: self.per_tile.min(self.rows - first) })
    }
}

/// The result of a tile.
#[derive(Default)]
pub(crate) struct Done {
    /// Its bytes in the output.
    pub bytes: Vec<u8>,
    /// What changed, row by row.
    pub rows: Vec<kernels::RowStats>,
    /// Rows that were recomputed in f64 and agree.
    pub checked: u64,
    /// The base's bytes that it was computed from, when they were asked for and differ from `bytes`.
    pub input: Option<Vec<u8>>,
}

/// The changes of one entry, loaded by whichever worker comes first and dropped after the last tile.
pub(crate) struct EntryWork {
    pub entry: usize,
    loaded: OnceLock<Result<Vec<(usize, Change)>, Problem>>,
}

impl EntryWork {
    pub(crate) fn new(entry: usize) -> EntryWork {
        EntryWork { entry, loaded: OnceLock::new() }
    }

    fn changes(&self, plan: &Plan) -> Result<&[(usize, Change)], Problem> {
        let loaded = self.loaded.get_or_init(|| load(plan, &plan.entries[self.entry]));
        loaded.as_deref().map_err(Clone::clone)
    }

    /// Computes a tile. `room` is used for the output's bytes.
    ///
    /// # Errors
    /// When inputs cannot be read, or a value is not finite or does not fit into the output's type.
    pub(crate) fn compute(
        &self,
        plan: &Plan,
        tile: Tile,
        scratch: &mut Scratch,
        room: Vec<u8>,
    ) -> Result<Done, Problem> {
        let entry = &plan.entries[self.entry];
        if entry.edits.is_empty() {
            return untouched(plan, entry, tile, room);
        }
        touched(plan, entry, self.changes(plan)?, tile, (scratch, room))
    }
}

fn load(plan: &Plan, entry: &Entry) -> Result<Vec<(usize, Change)>, Problem> {
    let source = plan.source(entry);
    let dtype = source.map_or(entry.dtype, |t| t.dtype);
    let mut changes = Vec::with_capacity(entry.edits.len());
    for applied in &entry.edits {
        let adapter = &plan.adapters[applied.adapter];
        let target = Target {
            shape: entry.shape.clone(),
            dtype,
            transposed: applied.transposed,
            scale: adapter.scale,
        };
        let change = plan.edit(applied).recipe.load(&target, adapter)?;
        changes.push((applied.adapter, change));
    }
    // Sums are made in an order that does not depend on the request's.
    changes.sort_by(|a, b| plan.adapters[a.0].hashes.cmp(&plan.adapters[b.0].hashes));
    let rows = BaseRows { plan, entry, replaced: replacement(&changes) };
    let mut prepared: Result<(), Problem> = Ok(());
    for (adapter, mut change) in std::mem::take(&mut changes) {
        if let Change::Rewrite(rewrite) = &mut change {
            let other = rewrite.looks_at().map(|param| sibling(plan, entry, param)).transpose()?;
            let seen = other.as_ref().unwrap_or(&rows);
            prepared = prepared.and(rewrite.prepare(seen).map_err(|e| seen.failed(e)));
        }
        changes.push((adapter, change));
    }
    prepared.map(|()| changes)
}

/// The base's rows of another parameter of an entry's module.
fn sibling<'a>(plan: &'a Plan, entry: &Entry, param: &str) -> Result<BaseRows<'a>, Problem> {
    let module = entry.name.rsplit_once('.').map_or("", |(module, _)| module);
    let name = if module.is_empty() { param.to_string() } else { format!("{module}.{param}") };
    let found = plan.entries.iter().find(|e| e.name == name);
    let missing = || Problem::new(&names::NO_SUCH_TENSOR).arg("name", &name).at(&name);
    Ok(BaseRows { plan, entry: found.ok_or_else(missing)?, replaced: None })
}

fn replacement(changes: &[(usize, Change)]) -> Option<(usize, String)> {
    changes.iter().find_map(|(adapter, change)| match change {
        Change::Replace(tensor) => Some((*adapter, tensor.clone())),
        _ => None,
    })
}

/// The matrix that updates start from: the base's, or what replaces it.
struct BaseRows<'a> {
    plan: &'a Plan,
    entry: &'a Entry,
    replaced: Option<(usize, String)>,
}

impl BaseRows<'_> {
    fn origin(&self) -> Option<(&Checkpoint, &TensorInfo)> {
        match &self.replaced {
            Some((adapter, tensor)) => {
                let checkpoint = &self.plan.adapters[*adapter].checkpoint;
                checkpoint.get(tensor).map(|t| (checkpoint, t))
            }
            None => self.plan.source(self.entry).map(|t| (&self.plan.base.checkpoint, t)),
        }
    }

    fn failed(&self, reason: ReadFailed) -> Problem {
        let name = &self.entry.name;
        Problem::new(&source::CANNOT_READ).arg("path", name).arg("reason", reason).at(name)
    }

    /// Reads the stored bytes of rows; returns their type.
    fn bytes(&self, row: u64, count: u64, out: &mut Vec<u8>) -> Result<Dtype, Problem> {
        match self.origin() {
            Some((checkpoint, tensor)) => {
                read_rows(checkpoint, tensor, row, count, out).map(|()| tensor.dtype)
            }
            None => {
                out.clear();
                out.resize((count * as_matrix(&self.entry.shape).1 * 4) as usize, 0);
                Ok(Dtype::F32)
            }
        }
    }
}

impl MatrixRead for BaseRows<'_> {
    fn shape(&self) -> (usize, usize) {
        let (rows, columns) = as_matrix(&self.entry.shape);
        (rows as usize, columns as usize)
    }

    fn rows(&self, row: usize, out: &mut [f32]) -> Result<(), ReadFailed> {
        let count = out.len() / self.shape().1.max(1);
        let mut bytes = Vec::new();
        let dtype =
            self.bytes(row as u64, count as u64, &mut bytes).map_err(|p| ReadFailed(p.to_string()))?;
        kernels::decode(dtype, &bytes, out);
        Ok(())
    }
}

fn read_rows(
    checkpoint: &Checkpoint,
    tensor: &TensorInfo,
    row: u64,
    count: u64,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    let row_bytes = as_matrix(&tensor.shape).1 * tensor.dtype.size() as u64;
    // Only growth is zeroed; what was there is overwritten.
    out.resize((count * row_bytes) as usize, 0);
    checkpoint.read_at(tensor, row * row_bytes, out)
}

/// A tile that no adapter touches: copied, or cast.
fn untouched(plan: &Plan, entry: &Entry, tile: Tile, room: Vec<u8>) -> Result<Done, Problem> {
    let Some(tensor) = plan.source(entry) else { return Ok(Done::default()) };
    let size = tensor.dtype.size() as u64;
    let mut bytes = room;
    bytes.resize((tile.count * size) as usize, 0);
    plan.base.checkpoint.read_at(tensor, tile.first * size, &mut bytes)?;
    if tensor.dtype == entry.dtype {
        return Ok(Done { bytes, ..Done::default() });
    }
    let mut values = vec![0f32; tile.count as usize];
    kernels::decode(tensor.dtype, &bytes, &mut values);
    let mut out = vec![0u8; values.len() * entry.dtype.size()];
    kernels::encode(entry.dtype, &values, &mut out);
    // Values that were not finite before stay so; that a finite one becomes infinite is an overflow.
    let before = kernels::count_non_finite(tensor.dtype, &bytes);
    if kernels::count_non_finite(entry.dtype, &out) > before {
        return Err(overflow(entry, &values));
    }
    Ok(Done { bytes: out, ..Done::default() })
}

fn overflow(entry: &Entry, values: &[f32]) -> Problem {
    let mut one = vec![0u8; entry.dtype.size()];
    let bad = values.iter().filter(|v| v.is_finite()).filter(|v| {
        kernels::encode(entry.dtype, std::slice::from_ref(v), &mut one);
        kernels::count_non_finite(entry.dtype, &one) > 0
    });
    let (count, largest) =
        bad.fold((0u64, 0f32), |(n, max), v| (n + 1, if v.abs() > max.abs() { *v } else { max }));
    Problem::new(&says::OVERFLOW)
        .arg("tensor", &entry.name)
        .arg("count", count)
        .arg("dtype", entry.dtype)
        .arg("value", largest)
        .at(&entry.name)
}

/// Room that a worker keeps from tile to tile: fresh memory costs more than the arithmetic on it.
#[derive(Default)]
pub(crate) struct Scratch {
    from: Vec<u8>,
    base: Vec<u8>,
    old: Vec<f32>,
    new: Vec<f32>,
    delta: Vec<f32>,
    one: Vec<f32>,
    sum: Vec<f64>,
}

impl Scratch {
    /// Gives room for the base's bytes, to be taken out again after the tile.
    pub(crate) fn put_input(&mut self, room: Vec<u8>) {
        self.from = room;
    }

    /// Takes out the base's bytes of the last touched tile.
    pub(crate) fn take_input(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.from)
    }

    fn block(&mut self, len: usize) {
        for room in [&mut self.old, &mut self.new, &mut self.delta] {
            if room.len() < len {
                room.resize(len, 0.0);
            }
        }
    }
}

fn touched(
    plan: &Plan,
    entry: &Entry,
    changes: &[(usize, Change)],
    tile: Tile,
    (scratch, room): (&mut Scratch, Vec<u8>),
) -> Result<Done, Problem> {
    let columns = as_matrix(&entry.shape).1 as usize;
    let rows = BaseRows { plan, entry, replaced: replacement(changes) };
    let (mut from, mut other) = (std::mem::take(&mut scratch.from), std::mem::take(&mut scratch.base));
    let from_dtype = rows.bytes(tile.first, tile.count, &mut from)?;
    let base = if rows.replaced.is_some() {
        Rows { dtype: base_rows(plan, entry, tile, &mut other)?, bytes: &other }
    } else {
        Rows { dtype: from_dtype, bytes: &from }
    };
    let out_row = columns * entry.dtype.size();
    let mut done =
        Done { bytes: room, rows: Vec::with_capacity(tile.count as usize), checked: 0, input: None };
    done.bytes.resize(tile.count as usize * out_row, 0);
    scratch.block(BLOCK_ROWS * columns);
    let from_row = columns * from_dtype.size();
    let base_row = columns * base.dtype.size();
    for at in (0..tile.count as usize).step_by(BLOCK_ROWS) {
        let n = BLOCK_ROWS.min(tile.count as usize - at);
        let stored = (from_dtype, &from[at * from_row..(at + n) * from_row]);
        let additive = update(changes, tile.first as usize + at, stored, &rows, scratch)?;
        for i in 0..n {
            let here = i * columns..(i + 1) * columns;
            let stored = (base.dtype, &base.bytes[(at + i) * base_row..(at + i + 1) * base_row]);
            let out = (entry.dtype, &mut done.bytes[(at + i) * out_row..(at + i + 1) * out_row]);
            done.rows.push(match &rows.replaced {
                Some(_) => finish_replaced(scratch, here, stored, additive, out),
                None => finish_row(scratch, here, stored, additive, out),
            });
        }
    }
    set_rows(plan, entry, changes, tile, &mut done)?;
    check_finite(entry, tile, &done, &base)?;
    done.checked = check_sample(plan, entry, changes, tile, (from_dtype, &from), &done)?;
    (scratch.from, scratch.base) = (from, other);
    Ok(done)
}

/// A row whose matrix was replaced: its change is measured from the base, not from what replaced it.
fn finish_replaced(
    scratch: &mut Scratch,
    here: std::ops::Range<usize>,
    base: (Dtype, &[u8]),
    additive: bool,
    out: (Dtype, &mut [u8]),
) -> kernels::RowStats {
    if additive {
        let sums = scratch.old[here.clone()].iter().zip(&scratch.delta[here.clone()]);
        scratch.new[here.clone()].iter_mut().zip(sums).for_each(|(n, (o, d))| *n = o + d);
    }
    kernels::decode(base.0, base.1, &mut scratch.old[here.clone()]);
    finish_row(scratch, here, base, false, out)
}

fn finish_row(
    scratch: &mut Scratch,
    here: std::ops::Range<usize>,
    base: (Dtype, &[u8]),
    additive: bool,
    (dtype, out): (Dtype, &mut [u8]),
) -> kernels::RowStats {
    let mut cell = kernels::Cell {
        base,
        old: &scratch.old[here.clone()],
        new: &mut scratch.new[here.clone()],
        delta: &mut scratch.delta[here],
    };
    kernels::finish(&mut cell, additive, dtype, out)
}

/// Stored rows and their type.
struct Rows<'a> {
    dtype: Dtype,
    bytes: &'a [u8],
}

/// The base's own rows, to measure a replacement against; rows that the base does not have count as zero.
fn base_rows(plan: &Plan, entry: &Entry, tile: Tile, out: &mut Vec<u8>) -> Result<Dtype, Problem> {
    let elements = (tile.count * as_matrix(&entry.shape).1) as usize;
    let Some(tensor) = plan.source(entry) else {
        out.clear();
        out.resize(elements * entry.dtype.size(), 0);
        return Ok(entry.dtype);
    };
    let have = as_matrix(&tensor.shape).0.saturating_sub(tile.first).min(tile.count);
    out.clear();
    if have > 0 {
        read_rows(&plan.base.checkpoint, tensor, tile.first, have, out)?;
    }
    out.resize(elements * tensor.dtype.size(), 0);
    Ok(tensor.dtype)
}

/// Computes the updates of a block of rows: into `delta` (then the result is true), or into `new`.
fn update(
    changes: &[(usize, Change)],
    row: usize,
    (dtype, from): (Dtype, &[u8]),
    base: &BaseRows<'_>,
    scratch: &mut Scratch,
) -> Result<bool, Problem> {
    let len = from.len() / dtype.size();
    kernels::decode(dtype, from, &mut scratch.old[..len]);
    let rewrite = changes.iter().find_map(|(_, c)| if let Change::Rewrite(r) = c { Some(r) } else { None });
    if let Some(rewrite) = rewrite {
        let done = rewrite.rewrite(row, &scratch.old[..len], &mut scratch.new[..len], base);
        return done.map(|()| false).map_err(|e| base.failed(e));
    }
    let mut deltas = changes.iter().filter_map(|(_, c)| if let Change::Add(d) = c { Some(d) } else { None });
    let Some(first) = deltas.next() else {
        scratch.delta[..len].fill(0.0);
        return Ok(true);
    };
    first.delta(row, &mut scratch.delta[..len]);
    let mut more = deltas.peekable();
    if more.peek().is_none() {
        return Ok(true);
    }
    // Several are added up in f64 and narrowed once.
    scratch.sum.clear();
    scratch.sum.extend(scratch.delta[..len].iter().map(|d| f64::from(*d)));
    scratch.one.resize(len, 0.0);
    for delta in more {
        delta.delta(row, &mut scratch.one);
        scratch.sum.iter_mut().zip(&scratch.one).for_each(|(s, d)| *s += f64::from(*d));
    }
    scratch.delta[..len].iter_mut().zip(&scratch.sum).for_each(|(d, s)| *d = *s as f32);
    Ok(true)
}

/// Puts trained rows in place.
fn set_rows(
    plan: &Plan,
    entry: &Entry,
    changes: &[(usize, Change)],
    tile: Tile,
    done: &mut Done,
) -> Result<(), Problem> {
    let columns = as_matrix(&entry.shape).1 as usize;
    for (adapter, change) in changes {
        let Change::Rows(ids, tensor) = change else { continue };
        let checkpoint = &plan.adapters[*adapter].checkpoint;
        let Some(info) = checkpoint.get(tensor) else { continue };
        for (i, id) in
            ids.iter().enumerate().filter(|(_, id)| (tile.first..tile.first + tile.count).contains(id))
        {
            let (mut bytes, mut before) = (Vec::new(), vec![0; columns * entry.dtype.size()]);
            read_rows(checkpoint, info, i as u64, 1, &mut bytes)?;
            let mut values = vec![0f32; columns];
            kernels::decode(info.dtype, &bytes, &mut values);
            let at = (id - tile.first) as usize;
            let out_row = columns * entry.dtype.size();
            let out = &mut done.bytes[at * out_row..(at + 1) * out_row];
            let stored = plan.source(entry).filter(|t| *id < as_matrix(&t.shape).0);
            let dtype = stored.map_or(entry.dtype, |t| t.dtype);
            if let Some(tensor) = stored {
                read_rows(&plan.base.checkpoint, tensor, *id, 1, &mut before)?;
            }
            let (mut old, mut delta) = (vec![0f32; columns], vec![0f32; columns]);
            kernels::decode(dtype, &before, &mut old);
            let mut cell =
                kernels::Cell { base: (dtype, &before), old: &old, new: &mut values, delta: &mut delta };
            done.rows[at] = kernels::finish(&mut cell, false, entry.dtype, out);
        }
    }
    Ok(())
}

fn check_finite(entry: &Entry, tile: Tile, done: &Done, base: &Rows<'_>) -> Result<(), Problem> {
    let count = kernels::count_non_finite(entry.dtype, &done.bytes);
    if count == 0 {
        return Ok(());
    }
    let size = entry.dtype.size();
    let first = done
        .bytes
        .chunks_exact(size)
        .position(|v| kernels::count_non_finite(entry.dtype, v) > 0)
        .unwrap_or(0);
    let mut value = [0f32];
    kernels::decode(entry.dtype, &done.bytes[first * size..(first + 1) * size], &mut value);
    let in_base = kernels::count_non_finite(base.dtype, base.bytes);
    let narrower = entry.dtype == Dtype::F16 && value[0].is_infinite() && in_base == 0;
    if narrower {
        return Err(Problem::new(&says::OVERFLOW)
            .arg("tensor", &entry.name)
            .arg("count", count)
            .arg("dtype", entry.dtype)
            .arg("value", "beyond 65504")
            .at(&entry.name));
    }
    let cause = if in_base > 0 {
        Problem::new(&says::CAUSE_BASE).arg("count", in_base)
    } else {
        Problem::new(&says::CAUSE_ADAPTER)
    };
    Err(Problem::new(&says::NOT_FINITE)
        .arg("tensor", &entry.name)
        .arg("count", count)
        .arg("index", tile.first * as_matrix(&entry.shape).1 + first as u64)
        .arg("value", value[0])
        .words("cause", cause)
        .at(&entry.name))
}

/// Rows of a tensor that are recomputed: its first, its last, and one by its name.
fn samples(entry: &Entry) -> [u64; 3] {
    let rows = as_matrix(&entry.shape).0.max(1);
    let hash = blake3::hash(entry.name.as_bytes());
    let number = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
    [0, number % rows, rows - 1]
}

/// Recomputes sampled rows plainly in f64 and compares.
fn check_sample(
    plan: &Plan,
    entry: &Entry,
    changes: &[(usize, Change)],
    tile: Tile,
    from: (Dtype, &[u8]),
    done: &Done,
) -> Result<u64, Problem> {
    if plan.request.verify == weldlm_plan::request::VerifyLevel::None
        || changes.iter().any(|(_, c)| matches!(c, Change::Rows(..)))
    {
        return Ok(0);
    }
    let columns = as_matrix(&entry.shape).1 as usize;
    let base = BaseRows { plan, entry, replaced: replacement(changes) };
    let mut rows: Vec<u64> =
        samples(entry).into_iter().filter(|r| (tile.first..tile.first + tile.count).contains(r)).collect();
    rows.sort_unstable();
    rows.dedup();
    for row in &rows {
        let at = (row - tile.first) as usize;
        let row_bytes = |dtype: Dtype, bytes: &[u8]| {
            let n = columns * dtype.size();
            let mut values = vec![0f64; columns];
            kernels::decode_f64(dtype, &bytes[at * n..(at + 1) * n], &mut values);
            values
        };
        let (old, found) = (row_bytes(from.0, from.1), row_bytes(entry.dtype, &done.bytes));
        let truth = exact(changes, *row as usize, &old, &base)?;
        for (j, ((truth, bound), found)) in truth.iter().zip(&found).enumerate() {
            let size = truth.abs().max(found.abs()).max(old[j].abs());
            let allowed =
                bound + entry.dtype.ulp(truth.abs().max(found.abs())) * 0.5001 + Dtype::F32.ulp(size) * 2.0;
            if (truth - found).abs() > allowed {
                return Err(Problem::new(&verify::VALUE_DIFFERS)
                    .arg("tensor", &entry.name)
                    .arg("index", row * columns as u64 + j as u64)
                    .arg("found", found)
                    .arg("expected", truth)
                    .at(&entry.name));
            }
        }
    }
    Ok(rows.len() as u64)
}

fn exact(
    changes: &[(usize, Change)],
    row: usize,
    old: &[f64],
    base: &BaseRows<'_>,
) -> Result<Vec<Bounded>, Problem> {
    let mut truth: Vec<Bounded> = old.iter().map(|w| (*w, 0.0)).collect();
    for (_, change) in changes {
        match change {
            Change::Add(delta) => {
                truth.iter_mut().zip(delta.exact(row)).for_each(|(t, d)| *t = (t.0 + d.0, t.1 + d.1));
            }
            Change::Rewrite(rewrite) => {
                truth = rewrite.exact(row, old, base).map_err(|e| base.failed(e))?;
            }
            Change::Replace(_) | Change::Rows(..) => {}
        }
    }
    Ok(truth)
}
