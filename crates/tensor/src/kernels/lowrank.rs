/// `out = scale · (left · right)`, the low-rank update of LoRA.
///
/// `left` is m×r, `right` r×n, `out` m×n, all row-major. Each element is a chain of fused multiply-adds over
/// the rank in ascending order from zero, then one multiplication by `scale`: the order in which torch's CPU
/// kernels work for ranks up to 192, so that merges agree with PEFT bit for bit there.
pub fn lowrank(left: &[f32], right: &[f32], rank: usize, scale: f32, out: &mut [f32]) {
    if rank == 0 {
        out.fill(0.0);
        return;
    }
    let n = right.len() / rank;
    debug_assert_eq!(out.len() * rank, left.len() * n);
    #[cfg(target_arch = "x86_64")]
    {
        #[allow(unsafe_code, reason = "the processor was asked just before")]
        match super::level() {
            super::Level::Avx512 => return unsafe { x86::avx512(left, right, rank, scale, out) },
            super::Level::Avx2 => return unsafe { x86::avx2(left, right, rank, scale, out) },
            super::Level::Baseline => {}
        }
    }
    lowrank_plain(left, right, rank, scale, out);
}

/// The reference of [`lowrank`].
pub fn lowrank_plain(left: &[f32], right: &[f32], rank: usize, scale: f32, out: &mut [f32]) {
    let n = right.len().checked_div(rank).unwrap_or(0);
    if n == 0 {
        out.fill(0.0);
        return;
    }
    for (row, out) in left.chunks_exact(rank).zip(out.chunks_exact_mut(n)) {
        for (j, o) in out.iter_mut().enumerate() {
            *o = element(row, right, n, j) * scale;
        }
    }
}

#[inline(always)]
fn element(row: &[f32], right: &[f32], n: usize, j: usize) -> f32 {
    row.iter().enumerate().fold(0f32, |acc, (k, &b)| b.mul_add(right[k * n + j], acc))
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(
        unsafe_code,
        reason = "vector loads and stores; every index is bounded by the loops' conditions"
    )]
    use std::arch::x86_64::*;

    /// Generates one kernel: ROWS rows by COLS vectors of LANES floats are kept in registers over the rank.
    macro_rules! kernel {
        ($name:ident, $features:literal, $rows:literal, $cols:literal, $lanes:literal,
         $zero:ident, $load:ident, $set:ident, $fma:ident, $mul:ident, $store:ident) => {
            #[target_feature(enable = $features)]
            pub fn $name(left: &[f32], right: &[f32], rank: usize, scale: f32, out: &mut [f32]) {
                const WIDTH: usize = $cols * $lanes;
                let n = right.len() / rank;
                let m = left.len() / rank;
                assert!(out.len() >= m * n);
                let whole = n - n % WIDTH;
                let mut i = 0;
                while i + $rows <= m {
                    let mut j = 0;
                    while j < whole {
                        // SAFETY: k < rank, row < m, j + WIDTH <= n, so each pointer stays in its slice.
                        unsafe {
                            let mut acc = [[$zero(); $cols]; $rows];
                            for k in 0..rank {
                                let base = right.as_ptr().add(k * n + j);
                                for c in 0..$cols {
                                    let a = $load(base.add(c * $lanes));
                                    for r in 0..$rows {
                                        let b = $set(*left.get_unchecked((i + r) * rank + k));
                                        acc[r][c] = $fma(b, a, acc[r][c]);
                                    }
                                }
                            }
                            let s = $set(scale);
                            for r in 0..$rows {
                                let base = out.as_mut_ptr().add((i + r) * n + j);
                                for c in 0..$cols {
                                    $store(base.add(c * $lanes), $mul(acc[r][c], s));
                                }
                            }
                        }
                        j += WIDTH;
                    }
                    i += $rows;
                }
                // What the blocks left over: the last columns of every row, then the last rows.
                for r in 0..m {
                    let from = if r < i { whole } else { 0 };
                    let row = &left[r * rank..(r + 1) * rank];
                    for j in from..n {
                        out[r * n + j] = super::element(row, right, n, j) * scale;
                    }
                }
            }
        };
    }

    kernel!(
        avx512,
        "avx512f,avx2,fma",
        4,
        4,
        16,
        _mm512_setzero_ps,
        _mm512_loadu_ps,
        _mm512_set1_ps,
        _mm512_fmadd_ps,
        _mm512_mul_ps,
        _mm512_storeu_ps
    );
    kernel!(
        avx2,
        "avx2,fma",
        4,
        2,
        8,
        _mm256_setzero_ps,
        _mm256_loadu_ps,
        _mm256_set1_ps,
        _mm256_fmadd_ps,
        _mm256_mul_ps,
        _mm256_storeu_ps
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn fast_and_plain_give_the_same_bits() {
        for (m, n, r) in
            [(4, 64, 16), (7, 131, 3), (1, 1, 1), (9, 200, 64), (5, 16, 8), (4, 63, 2), (3, 300, 0)]
        {
            let (left, right) = (noise(m * r, 1), noise(r * n, 2));
            let (mut fast, mut plain) = (vec![1f32; m * n], vec![0f32; m * n]);
            lowrank(&left, &right, r, 0.7, &mut fast);
            lowrank_plain(&left, &right, r, 0.7, &mut plain);
            assert!(fast.iter().zip(&plain).all(|(a, b)| a.to_bits() == b.to_bits()), "{m}x{n}, rank {r}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_avx2_kernel_gives_the_same_bits() {
        if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
            return;
        }
        let (left, right) = (noise(9 * 16, 3), noise(16 * 100, 4));
        let (mut fast, mut plain) = (vec![0f32; 900], vec![0f32; 900]);
        #[allow(unsafe_code, reason = "the processor was asked just before")]
        unsafe {
            x86::avx2(&left, &right, 16, 1.5, &mut fast)
        };
        lowrank_plain(&left, &right, 16, 1.5, &mut plain);
        assert_eq!(fast, plain);
    }
}
