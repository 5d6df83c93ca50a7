//! Changes that are computed row by row in f64 and rounded once to f32.
//!
//! Most types cost little per row next to reading it, so the plain computation is also the one that runs; what is
//! a product of factors goes through the low-rank kernel instead.

use crate::low_rank::LowRank;
use crate::{Bounded, Change, Delta, Done, Rewrite, Target};
use weldlm_tensor::{MatrixRead, ReadFailed, as_matrix, math::transpose};

/// W + Δ, where `row` adds up row `o` of Δ in a row of zeros.
pub(crate) fn sum<F>(target: &Target, row: F) -> Change
where
    F: Fn(usize, &mut [f64]) + Send + Sync + 'static,
{
    let (rows, columns) = matrix(target);
    let scale = target.scale;
    if !target.transposed {
        return Change::Add(Box::new(Summed { row, columns, scale }));
    }
    // Stored across, a row of Δ is a column: it is computed as a whole and turned. Only small models store so.
    let mut stored = vec![0f32; rows * columns];
    let mut line = vec![0f64; rows];
    for output in 0..columns {
        line.fill(0.0);
        row(output, &mut line);
        for (input, value) in line.iter().enumerate() {
            stored[input * columns + output] = (value * scale) as f32;
        }
    }
    Change::Add(Box::new(Dense { stored, columns }))
}

/// W' = f(W), where `row` turns an old row, in place, into the new one.
pub(crate) fn map<F>(target: &Target, row: F) -> Change
where
    F: Fn(usize, &mut [f64]) + Send + Sync + 'static,
{
    Change::Rewrite(Box::new(Mapped { row, columns: matrix(target).1 }))
}

/// Rows and columns of a target as it is stored.
pub(crate) fn matrix(target: &Target) -> (usize, usize) {
    let (rows, columns) = as_matrix(&target.shape);
    (rows as usize, columns as usize)
}

/// The target without the user's factor, which means nothing to a change that is no sum.
pub(crate) fn unscaled(target: &Target) -> Target {
    Target { scale: 1.0, ..target.clone() }
}

/// Outputs and inputs of a target, however it is stored.
pub(crate) fn outputs_inputs(target: &Target) -> (usize, usize) {
    let (rows, columns) = matrix(target);
    if target.transposed { (columns, rows) } else { (rows, columns) }
}

/// scale · left · right, with left (outputs, rank) and right (rank, inputs), as the target is stored.
pub(crate) fn product(
    target: &Target,
    (left, right): (Vec<f32>, Vec<f32>),
    rank: usize,
    scale: f64,
) -> LowRank {
    let (left, right) = if target.transposed {
        (transpose(&right, rank), transpose(&left, left.len() / rank.max(1)))
    } else {
        (left, right)
    };
    LowRank { left, right, rank, columns: matrix(target).1, scale: (scale * target.scale) as f32 }
}

struct Summed<F> {
    row: F,
    columns: usize,
    scale: f64,
}

impl<F: Fn(usize, &mut [f64]) + Send + Sync> Summed<F> {
    fn fill(&self, row: usize, out: &mut [f64]) {
        out.fill(0.0);
        (self.row)(row, out);
        out.iter_mut().for_each(|v| *v *= self.scale);
    }
}

impl<F: Fn(usize, &mut [f64]) + Send + Sync> Delta for Summed<F> {
    fn delta(&self, row: usize, out: &mut [f32]) {
        let mut line = vec![0f64; self.columns];
        for (i, out) in out.chunks_exact_mut(self.columns.max(1)).enumerate() {
            self.fill(row + i, &mut line);
            narrow(&line, out);
        }
    }

    fn exact(&self, row: usize) -> Vec<Bounded> {
        let mut line = vec![0f64; self.columns];
        self.fill(row, &mut line);
        line.into_iter().map(rounded).collect()
    }
}

fn narrow(line: &[f64], out: &mut [f32]) {
    out.iter_mut().zip(line).for_each(|(o, v)| *o = *v as f32);
}

/// A value that was rounded once to f32.
fn rounded(value: f64) -> Bounded {
    (value, value.abs() * 2f64.powi(-24))
}

/// Δ as a matrix.
struct Dense {
    stored: Vec<f32>,
    columns: usize,
}

impl Delta for Dense {
    fn delta(&self, row: usize, out: &mut [f32]) {
        out.copy_from_slice(&self.stored[row * self.columns..row * self.columns + out.len()]);
    }

    fn exact(&self, row: usize) -> Vec<Bounded> {
        let stored = &self.stored[row * self.columns..(row + 1) * self.columns];
        stored.iter().map(|v| (f64::from(*v), 0.0)).collect()
    }
}

struct Mapped<F> {
    row: F,
    columns: usize,
}

impl<F: Fn(usize, &mut [f64]) + Send + Sync> Rewrite for Mapped<F> {
    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        let mut line = vec![0f64; self.columns];
        let columns = self.columns.max(1);
        for (i, (old, new)) in old.chunks_exact(columns).zip(new.chunks_exact_mut(columns)).enumerate() {
            line.iter_mut().zip(old).for_each(|(l, o)| *l = f64::from(*o));
            (self.row)(row + i, &mut line);
            narrow(&line, new);
        }
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let mut line = old.to_vec();
        (self.row)(row, &mut line);
        Ok(line.into_iter().map(rounded).collect())
    }
}
