use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use weldlm_formats::{Checkpoint, TensorInfo};
use weldlm_messages::Problem;
use weldlm_pipeline::events::Event;
use weldlm_pipeline::run::{Context, stopped, worker_died};
use weldlm_tensor::{Dtype, kernels};

/// Elements compared at once, by each thread.
const TILE: u64 = 1 << 18;

/// How the values of one tensor differ.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueChange {
    /// Its name.
    pub name: String,
    /// Its type in A.
    pub dtype: Dtype,
    /// Its values.
    pub of: u64,
    /// Values that differ.
    pub differing: u64,
    /// Largest |a - b|; none for types that are compared byte by byte.
    pub max_abs: Option<f64>,
    /// ‖a - b‖ / ‖a‖; none for such types, and when ‖a‖ is zero.
    pub relative: Option<f64>,
    /// Differences that are NaN or infinite, which the two numbers leave out.
    pub not_finite: u64,
}

type Outcome = Result<Option<ValueChange>, Problem>;
type TwoTiles = (Vec<u8>, Vec<u8>);
type Pair<'a> = (&'a TensorInfo, &'a TensorInfo);
type Sides<'a> = (&'a Checkpoint, &'a Checkpoint);

/// Compares tensors of the same shape, several at a time; the result is in their order.
pub(super) fn compare(
    sides: Sides<'_>,
    pairs: &[Pair<'_>],
    context: &Context<'_>,
) -> Result<Vec<ValueChange>, Problem> {
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let found: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let total = pairs.iter().map(|p| p.0.bytes()).sum();
    let work = || {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(pair) = pairs.get(n) else { return };
            let is_stopped = || context.is_stopped().then(|| stopped(done.load(Ordering::Relaxed), total));
            let outcome = one(sides, *pair, &is_stopped);
            let failed = outcome.is_err();
            found.lock().unwrap_or_else(PoisonError::into_inner).push((n, outcome));
            let bytes = done.fetch_add(pair.0.bytes(), Ordering::Relaxed) + pair.0.bytes();
            context.say(Event::Progress(bytes, pair.0.name.clone()));
            if failed {
                // The others find nothing left to do.
                next.store(pairs.len(), Ordering::Relaxed);
            }
        }
    };
    let threads =
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(pairs.len().max(1));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().all(|w| w.join().is_ok())
    })
    .then_some(())
    .ok_or_else(|| worker_died("comparing"))?;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|f| f.0);
    found.into_iter().filter_map(|f| f.1.transpose()).collect()
}

/// A tile of both, as stored.
struct Tiles<'a> {
    sides: Sides<'a>,
    pair: Pair<'a>,
    first: u64,
    elements: u64,
}

impl Tiles<'_> {
    fn next(&mut self) -> Result<Option<TwoTiles>, Problem> {
        if self.first >= self.elements {
            return Ok(None);
        }
        let count = TILE.min(self.elements - self.first);
        let read = |checkpoint: &Checkpoint, tensor: &TensorInfo| -> Result<Vec<u8>, Problem> {
            let size = tensor.dtype.size() as u64;
            let mut bytes = vec![0u8; (count * size) as usize];
            checkpoint.read_at(tensor, self.first * size, &mut bytes)?;
            Ok(bytes)
        };
        let both = (read(self.sides.0, self.pair.0)?, read(self.sides.1, self.pair.1)?);
        self.first += count;
        Ok(Some(both))
    }
}

fn one(
    sides: Sides<'_>,
    pair: Pair<'_>,
    is_stopped: &dyn Fn() -> Option<Problem>,
) -> Result<Option<ValueChange>, Problem> {
    let (a, b) = pair;
    let elements = a.bytes() / a.dtype.size() as u64;
    let tiles = || Tiles { sides, pair, first: 0, elements };
    let mut equal = a.dtype == b.dtype;
    let mut quick = tiles();
    while let Some((x, y)) = if equal { quick.next()? } else { None } {
        equal = x == y;
        if let Some(problem) = is_stopped() {
            return Err(problem);
        }
    }
    if equal {
        return Ok(None);
    }
    // ‖a‖ needs every value, also those before the first difference.
    let mut sums = Sums::default();
    let mut all = tiles();
    while let Some((x, y)) = all.next()? {
        if a.dtype.is_float() && b.dtype.is_float() {
            sums.numbers((a.dtype, &x), (b.dtype, &y));
        } else {
            sums.differing += stored(a.dtype.size(), &x, &y);
        }
        if let Some(problem) = is_stopped() {
            return Err(problem);
        }
    }
    let numeric = a.dtype.is_float();
    let change = ValueChange {
        name: a.name.clone(),
        dtype: a.dtype,
        of: elements,
        differing: sums.differing,
        max_abs: numeric.then_some(sums.max_abs),
        relative: (numeric && sums.square_a > 0.0).then(|| (sums.square_delta / sums.square_a).sqrt()),
        not_finite: sums.not_finite,
    };
    Ok(Some(change).filter(|c| c.differing > 0))
}

#[derive(Default)]
struct Sums {
    differing: u64,
    max_abs: f64,
    square_delta: f64,
    square_a: f64,
    not_finite: u64,
}

impl Sums {
    fn numbers(&mut self, (type_a, a): (Dtype, &[u8]), (type_b, b): (Dtype, &[u8])) {
        let n = a.len() / type_a.size();
        let (mut x, mut y) = (vec![0f64; n], vec![0f64; n]);
        kernels::decode_f64(type_a, a, &mut x);
        kernels::decode_f64(type_b, b, &mut y);
        self.differing += if type_a == type_b { stored(type_a.size(), a, b) } else { decoded(&x, &y) };
        let ((x8, x_rest), (y8, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
        let mut lanes = Lanes::default();
        x8.iter().zip(y8).for_each(|(x, y)| lanes.add(x, y));
        let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
        x[..x_rest.len()].copy_from_slice(x_rest);
        y[..y_rest.len()].copy_from_slice(y_rest);
        lanes.add(&x, &y);
        self.square_delta += lanes.square_delta.iter().sum::<f64>();
        self.square_a += lanes.square_a.iter().sum::<f64>();
        self.max_abs = lanes.max_abs.iter().fold(self.max_abs, |max, lane| max.max(*lane));
        self.not_finite += lanes.not_finite.iter().sum::<u64>();
    }
}

/// Stored values that differ: -0 from 0, and a NaN from another, but not from itself.
fn stored(size: usize, a: &[u8], b: &[u8]) -> u64 {
    fn count<const N: usize>(a: &[u8], b: &[u8]) -> u64 {
        a.as_chunks::<N>().0.iter().zip(b.as_chunks::<N>().0).map(|(x, y)| u64::from(x != y)).sum()
    }
    match size {
        2 => count::<2>(a, b),
        4 => count::<4>(a, b),
        8 => count::<8>(a, b),
        _ => count::<1>(a, b),
    }
}

fn decoded(x: &[f64], y: &[f64]) -> u64 {
    x.iter().zip(y).map(|(x, y)| u64::from(x.to_bits() != y.to_bits())).sum()
}

/// Sums are kept in lanes, so that the additions do not wait for each other.
const LANES: usize = 8;

#[derive(Default)]
struct Lanes {
    square_delta: [f64; LANES],
    square_a: [f64; LANES],
    max_abs: [f64; LANES],
    not_finite: [u64; LANES],
}

impl Lanes {
    fn add(&mut self, x: &[f64; LANES], y: &[f64; LANES]) {
        let finite = |v: f64| if v.abs() < f64::INFINITY { v } else { 0.0 };
        for l in 0..LANES {
            let difference = x[l] - y[l];
            let (delta, a) = (finite(difference).abs(), finite(x[l]));
            self.square_delta[l] += delta * delta;
            self.square_a[l] += a * a;
            self.max_abs[l] = if delta > self.max_abs[l] { delta } else { self.max_abs[l] };
            let other = x[l].to_bits() != y[l].to_bits();
            self.not_finite[l] += u64::from(other & !difference.is_finite());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(a: &[f32], b: &[f32]) -> Sums {
        let bytes = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let mut sums = Sums::default();
        sums.numbers((Dtype::F32, &bytes(a)), (Dtype::F32, &bytes(b)));
        sums
    }

    #[test]
    fn counts_and_norms() {
        let s = sums(&[3.0, 4.0, 1.0], &[3.0, 4.5, 1.0]);
        assert_eq!((s.differing, s.max_abs, s.not_finite), (1, 0.5, 0));
        assert_eq!((s.square_delta, s.square_a), (0.25, 26.0));
        let s = sums(&[f32::NAN, f32::NAN, 0.0, f32::INFINITY], &[f32::NAN, 1.0, -0.0, 1.0]);
        assert_eq!((s.differing, s.max_abs, s.not_finite), (3, 0.0, 2));
    }
}
