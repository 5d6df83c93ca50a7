//! Small square matrices in f64: the blocks of orthogonal adapters.

use crate::kernels::multiversion;

/// A square matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    size: usize,
    values: Vec<f64>,
}

impl Square {
    /// The identity.
    pub fn identity(size: usize) -> Square {
        let mut values = vec![0.0; size * size];
        values.iter_mut().step_by(size + 1).for_each(|v| *v = 1.0);
        Square { size, values }
    }

    /// The skew-symmetric matrix with that strict upper triangle, row by row.
    pub fn skew(triangle: &[f32], size: usize) -> Square {
        let mut values = vec![0.0; size * size];
        let places = (0..size).flat_map(|i| (i + 1..size).map(move |j| (i, j)));
        for ((i, j), v) in places.zip(triangle) {
            values[i * size + j] = f64::from(*v);
            values[j * size + i] = -f64::from(*v);
        }
        Square { size, values }
    }

    /// ½(A − Aᵀ)
    pub fn skew_part(full: &[f32], size: usize) -> Square {
        let at = |i: usize, j: usize| f64::from(full[i * size + j]);
        let places = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        Square { size, values: places.map(|(i, j)| (at(i, j) - at(j, i)) * 0.5).collect() }
    }

    /// The Frobenius norm.
    pub fn norm(&self) -> f64 {
        self.values.iter().map(|v| v * v).sum::<f64>().sqrt()
    }

    /// Multiplies every element.
    pub fn scale(&mut self, factor: f64) {
        self.values.iter_mut().for_each(|v| *v *= factor);
    }

    /// Adds a multiple of another.
    pub fn add(&mut self, other: &Square, factor: f64) {
        self.values.iter_mut().zip(&other.values).for_each(|(v, o)| *v += o * factor);
    }

    /// Its transpose.
    pub fn transpose(&self) -> Square {
        let places = (0..self.size).flat_map(|i| (0..self.size).map(move |j| (i, j)));
        Square { size: self.size, values: places.map(|(i, j)| self.values[j * self.size + i]).collect() }
    }

    /// The product self · other.
    pub fn times(&self, other: &Square) -> Square {
        let mut values = vec![0.0; self.values.len()];
        for (left, out) in self.values.chunks_exact(self.size).zip(values.chunks_exact_mut(self.size)) {
            for (factor, right) in left.iter().zip(other.values.chunks_exact(self.size)) {
                out.iter_mut().zip(right).for_each(|(o, r)| *o += factor * r);
            }
        }
        Square { size: self.size, values }
    }

    /// (I − Q)·(I + Q)⁻¹, which is orthogonal for a skew-symmetric Q; `None` when it is beyond f64.
    pub fn cayley(&self) -> Option<Square> {
        let (mut plus, mut minus) = (Square::identity(self.size), Square::identity(self.size));
        plus.add(self, 1.0);
        minus.add(self, -1.0);
        // X·(I + Q) = I − Q is solved as (I + Q)ᵀ·Xᵀ = (I − Q)ᵀ.
        let solved = solve(plus.transpose(), minus.transpose())?;
        Some(solved.transpose())
    }
}

/// Gaussian elimination with row pivots: the X of A·X = B.
fn solve(mut a: Square, mut b: Square) -> Option<Square> {
    let n = a.size;
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a.values[i * n + k].abs().total_cmp(&a.values[j * n + k].abs()))?;
        for matrix in [&mut a, &mut b] {
            for j in 0..n {
                matrix.values.swap(k * n + j, pivot * n + j);
            }
        }
        let head = a.values[k * n + k];
        if head == 0.0 || !head.is_finite() {
            return None;
        }
        for i in (0..n).filter(|i| *i != k) {
            let factor = a.values[i * n + k] / head;
            for matrix in [&mut a, &mut b] {
                for j in 0..n {
                    matrix.values[i * n + j] -= factor * matrix.values[k * n + j];
                }
            }
        }
        for matrix in [&mut a, &mut b] {
            matrix.values[k * n..(k + 1) * n].iter_mut().for_each(|v| *v /= head);
        }
    }
    Some(b)
}

multiversion! {
/// Multiplies each stretch of a row, from the right, by its block, or all of them by the only one.
pub fn rotate(values: &mut [f64], blocks: &[Square]) {
    let Some(size) = blocks.first().map(|b| b.size) else { return };
    let mut turned = vec![0.0; size];
    for (values, block) in values.chunks_exact_mut(size).zip(blocks.iter().cycle()) {
        turned.fill(0.0);
        for (value, row) in values.iter().zip(block.values.chunks_exact(size)) {
            turned.iter_mut().zip(row).for_each(|(t, r)| *t += value * r);
        }
        values.copy_from_slice(&turned);
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cayley_is_orthogonal() {
        let q = Square::skew(&[0.3, -0.7, 1.1, 0.2, 0.9, -0.4], 4);
        let r = q.cayley().unwrap();
        let mut rest = r.times(&r.transpose());
        rest.add(&Square::identity(4), -1.0);
        assert!(rest.norm() < 1e-12);
    }

    #[test]
    fn rows_times_blocks() {
        let mut row = [1.0, 2.0, 3.0, 4.0];
        rotate(&mut row, &[Square { size: 2, values: vec![0.0, 1.0, -1.0, 0.5] }]);
        assert_eq!(row, [-2.0, 2.0, -4.0, 5.0]);
    }
}
