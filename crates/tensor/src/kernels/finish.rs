use super::{decode, encode, multiversion};
use crate::Dtype;

/// What the merge did to one row, or to several added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RowStats {
    /// Σ Δ², in f64.
    pub delta_sq: f64,
    /// Σ W², in f64.
    pub weight_sq: f64,
    /// Elements whose stored value differs from the base.
    pub changed: u64,
    /// Elements whose delta is not zero but whose stored value is the base's again.
    pub lost: u64,
}

impl RowStats {
    /// Adds another row. Callers add rows in row order, so that the sums do not depend on threads or tiles.
    pub fn add(&mut self, other: &RowStats) {
        self.delta_sq += other.delta_sq;
        self.weight_sq += other.weight_sq;
        self.changed += other.changed;
        self.lost += other.lost;
    }
}

/// Lanes of a sum: enough independent chains to keep the adders busy, and the same on every processor.
const LANES: usize = 32;

multiversion! {
    /// Σ a² and Σ b² in f64 lanes with a fixed order of additions.
    fn squares(a: &[f32], b: &[f32]) -> (f64, f64) {
        let mut sums = [[0f64; LANES]; 2];
        let (a_whole, a_rest) = a.as_chunks::<LANES>();
        let (b_whole, b_rest) = b.as_chunks::<LANES>();
        for (x, y) in a_whole.iter().zip(b_whole) {
            for l in 0..LANES {
                let (x, y) = (f64::from(x[l]), f64::from(y[l]));
                sums[0][l] += x * x;
                sums[1][l] += y * y;
            }
        }
        for (l, (x, y)) in a_rest.iter().zip(b_rest).enumerate() {
            let (x, y) = (f64::from(*x), f64::from(*y));
            sums[0][l] += x * x;
            sums[1][l] += y * y;
        }
        let fold = |mut s: [f64; LANES]| {
            let mut width = LANES;
            while width > 1 {
                width /= 2;
                for l in 0..width {
                    s[l] += s[l + width];
                }
            }
            s[0]
        };
        (fold(sums[0]), fold(sums[1]))
    }
}

multiversion! {
    fn add_rows(old: &[f32], delta: &[f32], new: &mut [f32]) {
        for ((o, d), n) in old.iter().zip(delta).zip(new) {
            *n = o + d;
        }
    }
}

multiversion! {
    fn compare2(before: &[u8], after: &[u8], delta: &[f32]) -> (u64, u64) {
        let (mut changed, mut lost) = (0u32, 0u32);
        for ((a, b), d) in before.as_chunks::<2>().0.iter().zip(after.as_chunks::<2>().0).zip(delta) {
            let differs = u16::from_le_bytes(*a) != u16::from_le_bytes(*b);
            changed += u32::from(differs);
            lost += u32::from(!differs & (*d != 0.0));
        }
        (u64::from(changed), u64::from(lost))
    }
}

fn compare(size: usize, before: &[u8], after: &[u8], delta: &[f32]) -> (u64, u64) {
    if size == 2 {
        return compare2(before, after, delta);
    }
    let pairs = before.chunks_exact(size).zip(after.chunks_exact(size)).zip(delta);
    pairs.fold((0, 0), |(changed, lost), ((a, b), d)| {
        let differs = a != b;
        (changed + u64::from(differs), lost + u64::from(!differs && *d != 0.0))
    })
}

multiversion! {
    fn non_finite2(bytes: &[u8], exponent: u16) -> u64 {
        let mut count = 0u32;
        for b in bytes.as_chunks::<2>().0 {
            count += u32::from(u16::from_le_bytes(*b) & exponent == exponent);
        }
        u64::from(count)
    }
}

/// How many stored values are NaN or infinite; zero for types that have none.
pub fn count_non_finite(dtype: Dtype, bytes: &[u8]) -> u64 {
    match dtype {
        // 2^31 elements at a time keep the 32-bit counters of the kernel from overflowing.
        Dtype::Bf16 => bytes.chunks(1 << 31).map(|b| non_finite2(b, 0x7f80)).sum(),
        Dtype::F16 => bytes.chunks(1 << 31).map(|b| non_finite2(b, 0x7c00)).sum(),
        Dtype::F32 => {
            bytes.as_chunks::<4>().0.iter().filter(|b| !f32::from_le_bytes(**b).is_finite()).count() as u64
        }
        Dtype::F64 => {
            bytes.as_chunks::<8>().0.iter().filter(|b| !f64::from_le_bytes(**b).is_finite()).count() as u64
        }
        _ => 0,
    }
}

/// One row between its decoded old values and its stored new ones.
pub struct Cell<'a> {
    /// Stored type and bytes of the base row.
    pub base: (Dtype, &'a [u8]),
    /// The base row as f32.
    pub old: &'a [f32],
    /// Room for, or already, the new row as f32.
    pub new: &'a mut [f32],
    /// Room for, or already, the change as f32.
    pub delta: &'a mut [f32],
}

/// Ends a row: rounds it once into `out` (of type `dtype`) and measures the change.
///
/// With `additive`, `cell.delta` is given and the new row is `old + delta` in f32 (f64 for an f64 base);
/// otherwise `cell.new` is given and the change is measured as `new - old`.
pub fn finish(cell: &mut Cell<'_>, additive: bool, dtype: Dtype, out: &mut [u8]) -> RowStats {
    let (base_dtype, base) = cell.base;
    if additive {
        add_rows(cell.old, cell.delta, cell.new);
    } else {
        for ((n, o), d) in cell.new.iter().zip(cell.old).zip(cell.delta.iter_mut()) {
            *d = n - o;
        }
    }
    if additive && base_dtype == Dtype::F64 && dtype == Dtype::F64 {
        let pairs = base.as_chunks::<8>().0.iter().zip(cell.delta.iter());
        for ((b, d), o) in pairs.zip(out.chunks_exact_mut(8)) {
            o.copy_from_slice(&(f64::from_le_bytes(*b) + f64::from(*d)).to_le_bytes());
        }
    } else {
        encode(dtype, cell.new, out);
    }
    let (delta_sq, weight_sq) = squares(cell.delta, cell.old);
    let (changed, lost) = if base_dtype == dtype {
        compare(dtype.size(), base, out, cell.delta)
    } else {
        // Compared with what the base row itself would be in the output type; its f32 room is free now.
        let mut plain = vec![0u8; out.len()];
        decode(base_dtype, base, cell.new);
        encode(dtype, cell.new, &mut plain);
        compare(dtype.size(), &plain, out, cell.delta)
    };
    RowStats { delta_sq, weight_sq, changed, lost }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(dtype: Dtype, base: &[f32], delta: &[f32]) -> (RowStats, Vec<f32>) {
        let mut bytes = vec![0u8; base.len() * dtype.size()];
        encode(dtype, base, &mut bytes);
        let mut old = vec![0f32; base.len()];
        decode(dtype, &bytes, &mut old);
        let (mut new, mut delta, mut out) = (vec![0f32; base.len()], delta.to_vec(), bytes.clone());
        let mut cell = Cell { base: (dtype, &bytes), old: &old, new: &mut new, delta: &mut delta };
        let stats = finish(&mut cell, true, dtype, &mut out);
        let mut back = vec![0f32; base.len()];
        decode(dtype, &out, &mut back);
        (stats, back)
    }

    #[test]
    fn counts_changed_and_lost() {
        let (s, out) = stats(Dtype::Bf16, &[1.0, 1.0, 1.0, 2.0], &[0.5, 1e-9, 0.0, -2.0]);
        assert_eq!(out, [1.5, 1.0, 1.0, 0.0]);
        assert_eq!((s.changed, s.lost), (2, 1));
        assert_eq!(s.weight_sq, 7.0);
        assert!((s.delta_sq - 4.25).abs() < 1e-12);
    }

    #[test]
    fn every_float_type_is_covered() {
        for dtype in [Dtype::F16, Dtype::Bf16, Dtype::F32, Dtype::F64] {
            let (s, out) = stats(dtype, &[1.0; 11], &[0.25; 11]);
            assert_eq!(out, [1.25; 11], "{dtype}");
            assert_eq!((s.changed, s.lost), (11, 0), "{dtype}");
        }
    }

    #[test]
    fn non_finite_values_are_counted() {
        for dtype in [Dtype::F16, Dtype::Bf16, Dtype::F32, Dtype::F64] {
            let mut bytes = vec![0u8; 5 * dtype.size()];
            encode(dtype, &[1.0, f32::NAN, f32::INFINITY, -2.0, f32::NEG_INFINITY], &mut bytes);
            assert_eq!(count_non_finite(dtype, &bytes), 3, "{dtype}");
        }
        assert_eq!(count_non_finite(Dtype::U8, &[255; 4]), 0);
    }
}
