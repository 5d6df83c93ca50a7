//! Matrices in memory: row-major, or a few elements of them.

use crate::kernels::multiversion;

multiversion! {
/// out += factor · values
pub fn add_scaled(out: &mut [f64], factor: f64, values: &[f32]) {
    for (o, v) in out.iter_mut().zip(values) {
        *o += factor * f64::from(*v);
    }
}
}

multiversion! {
/// The product of two vectors, summed up in eight lanes and the lanes in order: vectors are fast, and every processor
/// gives the same bits.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0f64; LANES];
    let (a, rest_a) = a.as_chunks::<LANES>();
    let (b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + rest
}
}

/// left · right in f64, rounded to f32: left is (rows, rank), right (rank, columns).
pub fn multiply(left: &[f32], right: &[f32], rank: usize) -> Vec<f32> {
    let columns = right.len() / rank.max(1);
    let mut out = Vec::with_capacity(left.len() / rank.max(1) * columns);
    let mut line = vec![0f64; columns];
    for left in left.chunks_exact(rank.max(1)) {
        line.fill(0.0);
        for (factor, right) in left.iter().zip(right.chunks_exact(columns.max(1))) {
            add_scaled(&mut line, f64::from(*factor), right);
        }
        out.extend(line.iter().map(|v| *v as f32));
    }
    out
}

/// The transpose of a row-major matrix with `rows` rows.
pub fn transpose(values: &[f32], rows: usize) -> Vec<f32> {
    let columns = values.len() / rows.max(1);
    let mut out = vec![0f32; values.len()];
    for (i, row) in values.chunks_exact(columns.max(1)).enumerate() {
        for (j, v) in row.iter().enumerate() {
            out[j * rows + i] = *v;
        }
    }
    out
}

/// The few elements of a matrix, by row.
pub struct Sparse {
    starts: Vec<usize>,
    elements: Vec<(usize, f64)>,
}

impl Sparse {
    /// `elements` are (row, column, value) in any order; all rows are below `rows`.
    pub fn new(rows: usize, mut elements: Vec<(usize, usize, f64)>) -> Sparse {
        elements.sort_by_key(|e| (e.0, e.1));
        let starts = (0..=rows).map(|row| elements.partition_point(|e| e.0 < row)).collect();
        Sparse { starts, elements: elements.into_iter().map(|(_, column, value)| (column, value)).collect() }
    }

    /// (column, value) of a row, by column.
    pub fn row(&self, row: usize) -> &[(usize, f64)] {
        &self.elements[self.starts[row]..self.starts[row + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_matrices() {
        assert_eq!(transpose(&[1., 2., 3., 4., 5., 6.], 2), [1., 4., 2., 5., 3., 6.]);
        assert_eq!(multiply(&[1., 2., 3., 4.], &[5., 6., 7., 8.], 2), [19., 22., 43., 50.]);
        let (ones, numbers) = (vec![1.0; 19], (0..19).map(f64::from).collect::<Vec<_>>());
        assert_eq!(dot(&ones, &numbers), 171.0);
        let sparse = Sparse::new(3, vec![(2, 1, 5.0), (0, 3, 1.0), (2, 0, 4.0)]);
        assert_eq!(sparse.row(2), [(0, 4.0), (1, 5.0)]);
        assert!(sparse.row(1).is_empty());
    }
}
