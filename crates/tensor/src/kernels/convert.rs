use super::multiversion;
use crate::Dtype;

/// Rounds to bf16, to nearest, ties to even; NaN stays NaN.
#[inline(always)]
pub fn f32_to_bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
    // Rounding could carry a NaN's mantissa away, so NaN is made apart, quiet and with its sign.
    let nan = (bits >> 16) | 0x40;
    let is_nan = bits & 0x7fff_ffff > 0x7f80_0000;
    (if is_nan { nan } else { rounded }) as u16
}

/// Rounds to f16, to nearest, ties to even; beyond 65504 + half a step it becomes infinite.
///
/// Branch-free form: a float addition with a chosen exponent makes the hardware round at the right bit.
#[inline(always)]
pub fn f32_to_f16(x: f32) -> u16 {
    let bits = x.to_bits();
    let sign = (bits >> 16) & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    // Normal f16 numbers: rebias the exponent, round in integers.
    let odd = (magnitude >> 13) & 1;
    let normal = magnitude.wrapping_sub(112 << 23).wrapping_add(0xfff + odd) >> 13;
    // Subnormal f16 numbers: adding 0.5 aligns the mantissa to 2^-24, the last place of f16's subnormals.
    let subnormal = (f32::from_bits(magnitude) + 0.5).to_bits().wrapping_sub(0.5f32.to_bits());
    let special = if magnitude > 0x7f80_0000 { 0x7e00 } else { 0x7c00 };
    let finite = if magnitude < 113 << 23 { subnormal } else { normal };
    let value = if magnitude >= 143 << 23 { special } else { finite };
    (sign | value) as u16
}

/// The value of an f16, exact.
#[inline(always)]
pub fn f16_to_f32(h: u16) -> f32 {
    let h = u32::from(h);
    let sign = (h & 0x8000) << 16;
    let magnitude = (h & 0x7fff) << 13;
    // Multiplying by 2^112 moves the exponent from f16's bias to f32's, and is exact for subnormals too.
    let scaled = f32::from_bits(magnitude) * f32::from_bits((127 + 112) << 23);
    let special = f32::from_bits(magnitude | 0x7f80_0000);
    let value = if h & 0x7c00 == 0x7c00 { special } else { scaled };
    f32::from_bits(value.to_bits() | sign)
}

multiversion! {
    fn decode_bf16(bytes: &[u8], out: &mut [f32]) {
        for (b, o) in bytes.chunks_exact(2).zip(out) {
            *o = f32::from_bits(u32::from(u16::from_le_bytes([b[0], b[1]])) << 16);
        }
    }
}

multiversion! {
    fn decode_f16(bytes: &[u8], out: &mut [f32]) {
        for (b, o) in bytes.chunks_exact(2).zip(out) {
            *o = f16_to_f32(u16::from_le_bytes([b[0], b[1]]));
        }
    }
}

multiversion! {
    fn encode_bf16(values: &[f32], out: &mut [u8]) {
        for (v, o) in values.iter().zip(out.chunks_exact_mut(2)) {
            o.copy_from_slice(&f32_to_bf16(*v).to_le_bytes());
        }
    }
}

multiversion! {
    fn encode_f16(values: &[f32], out: &mut [u8]) {
        for (v, o) in values.iter().zip(out.chunks_exact_mut(2)) {
            o.copy_from_slice(&f32_to_f16(*v).to_le_bytes());
        }
    }
}

/// Stored little-endian values as f32: exact for f16, bf16 and f32, rounded for f64.
/// `bytes.len() == out.len() * dtype.size()`; types that are not floats leave `out` as it is.
pub fn decode(dtype: Dtype, bytes: &[u8], out: &mut [f32]) {
    debug_assert_eq!(bytes.len(), out.len() * dtype.size());
    match dtype {
        Dtype::Bf16 => decode_bf16(bytes, out),
        Dtype::F16 => decode_f16(bytes, out),
        Dtype::F32 => {
            for (b, o) in bytes.chunks_exact(4).zip(out) {
                *o = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            }
        }
        Dtype::F64 => {
            for (b, o) in bytes.as_chunks::<8>().0.iter().zip(out) {
                *o = f64::from_le_bytes(*b) as f32;
            }
        }
        _ => debug_assert!(false, "decode of {dtype}"),
    }
}

/// Stored little-endian values as f64, exact. For the verifier and for `diff`.
pub fn decode_f64(dtype: Dtype, bytes: &[u8], out: &mut [f64]) {
    if dtype == Dtype::F64 {
        for (b, o) in bytes.as_chunks::<8>().0.iter().zip(out) {
            *o = f64::from_le_bytes(*b);
        }
        return;
    }
    let mut narrow = vec![0f32; out.len()];
    decode(dtype, bytes, &mut narrow);
    for (n, o) in narrow.iter().zip(out) {
        *o = f64::from(*n);
    }
}

/// f32 values in a stored type, rounded once to nearest even.
pub fn encode(dtype: Dtype, values: &[f32], out: &mut [u8]) {
    debug_assert_eq!(out.len(), values.len() * dtype.size());
    match dtype {
        Dtype::Bf16 => encode_bf16(values, out),
        Dtype::F16 => encode_f16(values, out),
        Dtype::F32 => {
            for (v, o) in values.iter().zip(out.chunks_exact_mut(4)) {
                o.copy_from_slice(&v.to_le_bytes());
            }
        }
        Dtype::F64 => {
            for (v, o) in values.iter().zip(out.chunks_exact_mut(8)) {
                o.copy_from_slice(&f64::from(*v).to_le_bytes());
            }
        }
        _ => debug_assert!(false, "encode to {dtype}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_f16_decodes_as_half_says() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (f16_to_f32(bits), half::f16::from_bits(bits).to_f32());
            assert!(ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan()), "{bits:#06x}");
        }
    }

    #[test]
    fn rounding_agrees_with_half_near_every_value() {
        // Every representable f16/bf16 pattern, its neighbours in f32 and the ties between.
        for high in 0..=u16::MAX {
            for low in [0u32, 1, 0x0fff, 0x1000, 0x1001, 0x7fff, 0x8000, 0x8001, 0xffff] {
                let x = f32::from_bits(u32::from(high) << 16 | low);
                let bf = (f32_to_bf16(x), half::bf16::from_f32(x));
                let hf = (f32_to_f16(x), half::f16::from_f32(x));
                if x.is_nan() {
                    assert!(half::bf16::from_bits(bf.0).is_nan() && half::f16::from_bits(hf.0).is_nan());
                } else {
                    assert_eq!(bf.0, bf.1.to_bits(), "bf16 of {x:e}");
                    assert_eq!(hf.0, hf.1.to_bits(), "f16 of {x:e}");
                }
            }
        }
    }

    #[test]
    fn slices_agree_with_scalars() {
        let values: Vec<f32> =
            (0..1003).map(|i| (i as f32 - 500.0) * 0.37e-3 * (1 << (i % 20)) as f32).collect();
        let mut bytes = vec![0u8; values.len() * 2];
        encode(Dtype::F16, &values, &mut bytes);
        for (b, v) in bytes.chunks_exact(2).zip(&values) {
            assert_eq!(u16::from_le_bytes([b[0], b[1]]), f32_to_f16(*v));
        }
        encode(Dtype::Bf16, &values, &mut bytes);
        let mut back = vec![0f32; values.len()];
        decode(Dtype::Bf16, &bytes, &mut back);
        for (b, v) in back.iter().zip(&values) {
            assert_eq!(b.to_bits() >> 16, u32::from(f32_to_bf16(*v)));
        }
    }
}
