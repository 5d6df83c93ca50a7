//! An orthogonal basis with the signs that LAPACK gives it.

/// The Q of the QR decomposition of a matrix with `columns` columns and at least as many rows, in its shape.
///
/// By Householder reflections, each of which sends a column to the side opposite of its leading element: whoever
/// trained a matrix in that basis relies on these signs.
pub fn thin_q(matrix: &[f32], columns: usize) -> Vec<f64> {
    let rows = matrix.len() / columns.max(1);
    let mut a: Vec<f64> = matrix.iter().map(|v| f64::from(*v)).collect();
    let mut mirrors: Vec<Vec<f64>> = Vec::with_capacity(columns);
    for k in 0..columns.min(rows) {
        let mut mirror: Vec<f64> = (0..rows).map(|i| if i < k { 0.0 } else { a[i * columns + k] }).collect();
        let below: f64 = mirror[k + 1..].iter().map(|v| v * v).sum();
        if below == 0.0 {
            mirror.fill(0.0);
        } else {
            let norm = (mirror[k] * mirror[k] + below).sqrt();
            mirror[k] += norm.copysign(mirror[k]);
        }
        reflect(&mirror, &mut a, columns);
        mirrors.push(mirror);
    }
    let mut q = vec![0.0; rows * columns];
    q.iter_mut().step_by(columns + 1).take(columns).for_each(|v| *v = 1.0);
    for mirror in mirrors.iter().rev() {
        reflect(mirror, &mut q, columns);
    }
    q
}

/// (I − 2·v·vᵀ/|v|²)·A
fn reflect(mirror: &[f64], a: &mut [f64], columns: usize) {
    let norm: f64 = mirror.iter().map(|v| v * v).sum();
    if norm == 0.0 {
        return;
    }
    for j in 0..columns {
        let along: f64 = mirror.iter().enumerate().map(|(i, m)| m * a[i * columns + j]).sum();
        mirror.iter().enumerate().for_each(|(i, m)| a[i * columns + j] -= 2.0 * along / norm * m);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_lapack() {
        // torch.linalg.qr([[3, 1], [4, 2], [0, -2]])
        let q = thin_q(&[3., 1., 4., 2., 0., -2.], 2);
        let expected = [-0.6, 0.156_892_88, -0.8, -0.117_669_65, 0.0, 0.980_580_68];
        let worst = q.iter().zip(expected).map(|(a, b): (&f64, f64)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-7, "{q:?}");
    }

    #[test]
    fn tall_bases_are_orthonormal() {
        let matrix: Vec<f32> = (0..60).map(|i| ((i * i) as f32 * 0.7).sin()).collect();
        let q = thin_q(&matrix, 3);
        for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
            let dot: f64 = q.chunks_exact(3).map(|row| row[i] * row[j]).sum();
            assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
        }
    }
}
