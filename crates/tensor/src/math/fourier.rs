//! The inverse Fourier transform of a row of any length, in f64.

use std::f64::consts::TAU;

/// Real and imaginary part.
pub type Complex = (f64, f64);

/// e^(2πi·j/n)
pub fn unit(i: usize, n: usize) -> Complex {
    let angle = TAU * i as f64 / n as f64;
    (angle.cos(), angle.sin())
}

fn times(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// Σ xₖ·e^(2πi·jk/n) for any n: one step for each of its prime factors.
pub struct InverseTransform {
    roots: Vec<Complex>,
}

impl InverseTransform {
    /// For rows of that length.
    pub fn new(n: usize) -> InverseTransform {
        InverseTransform { roots: (0..n).map(|i| unit(i, n)).collect() }
    }

    /// The transform of `input`, which has that length.
    pub fn apply(&self, input: &[Complex]) -> Vec<Complex> {
        let (mut out, mut scratch) = (vec![(0.0, 0.0); input.len()], vec![(0.0, 0.0); input.len()]);
        self.step(input, 1, &mut out, &mut scratch);
        out
    }

    /// Transforms every `stride`-th element of `input`, as many as `out` has.
    fn step(&self, input: &[Complex], stride: usize, out: &mut [Complex], scratch: &mut [Complex]) {
        let n = out.len();
        if n <= 1 {
            out.iter_mut().zip(input).for_each(|(o, i)| *o = *i);
            return;
        }
        let p = (2..).take_while(|p| p * p <= n).find(|p| n.is_multiple_of(*p)).unwrap_or(n);
        let m = n / p;
        for (q, out) in out.chunks_exact_mut(m).enumerate() {
            self.step(&input[q * stride..], stride * p, out, scratch);
        }
        let (whole, turn) = (self.roots.len(), self.roots.len() / n);
        if p == 2 {
            let (even, odd) = out.split_at_mut(m);
            for (k, (even, odd)) in even.iter_mut().zip(odd).enumerate() {
                let turned = times(*odd, self.roots[k * turn]);
                (*even, *odd) =
                    ((even.0 + turned.0, even.1 + turned.1), (even.0 - turned.0, even.1 - turned.1));
            }
            return;
        }
        for k in 0..m {
            for q in 0..p {
                scratch[q] = times(out[q * m + k], self.roots[q * k * turn]);
            }
            for j in 0..p {
                let terms = scratch[..p].iter().enumerate();
                out[j * m + k] = terms.fold((0.0, 0.0), |total, (q, value)| {
                    let term = times(*value, self.roots[q * j * m * turn % whole]);
                    (total.0 + term.0, total.1 + term.1)
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_of_any_length() {
        for n in [1, 2, 3, 12, 43, 49, 60] {
            let input: Vec<Complex> = (0..n).map(|i| ((i * i) as f64 * 0.3, (i % 5) as f64 - 2.0)).collect();
            let found = InverseTransform::new(n).apply(&input);
            for (j, found) in found.iter().enumerate() {
                let plain = input.iter().enumerate().fold((0.0, 0.0), |total, (k, value)| {
                    let term = times(*value, unit(j * k % n, n));
                    (total.0 + term.0, total.1 + term.1)
                });
                assert!((plain.0 - found.0).abs() + (plain.1 - found.1).abs() < 1e-9, "{n} {j}");
            }
        }
    }
}
