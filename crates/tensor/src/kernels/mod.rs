//! The kernels. Each exists plainly (the reference, one element at a time) and fast; both give the same bits,
//! which the tests demand. `unsafe` is allowed here for the calls into code compiled for newer processors.

mod convert;
mod finish;
mod lowrank;

pub use convert::{decode, decode_f64, encode, f16_to_f32, f32_to_bf16, f32_to_f16};
pub use finish::{Cell, RowStats, count_non_finite, finish};
pub use lowrank::{lowrank, lowrank_plain};

/// Compiles one function body three times (AVX-512, AVX2 + FMA, baseline) and picks at run time.
/// The body is ordinary safe code without processor-specific meaning, so all three give the same bits.
macro_rules! multiversion {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn body($($arg: $ty),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")]
                fn wide($($arg: $ty),*) $(-> $ret)? { body($($arg),*) }
                #[target_feature(enable = "avx2,fma")]
                fn middle($($arg: $ty),*) $(-> $ret)? { body($($arg),*) }
                #[allow(unsafe_code, reason = "the processor was asked just before")]
                match crate::kernels::level() {
                    crate::kernels::Level::Avx512 => return unsafe { wide($($arg),*) },
                    crate::kernels::Level::Avx2 => return unsafe { middle($($arg),*) },
                    crate::kernels::Level::Baseline => {}
                }
            }
            body($($arg),*)
        }
    };
}
pub(crate) use multiversion;

/// Which instruction set the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 512-bit vectors.
    Avx512,
    /// 256-bit vectors and fused multiply-add.
    Avx2,
    /// Whatever the target has by default. Fused multiply-adds may be emulated: slow, same bits.
    Baseline,
}

/// The instruction set in use on this processor.
pub fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        use std::sync::OnceLock;
        static LEVEL: OnceLock<Level> = OnceLock::new();
        *LEVEL.get_or_init(|| {
            let fma = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq");
            match (fma, wide) {
                (true, true) => Level::Avx512,
                (true, false) => Level::Avx2,
                _ => Level::Baseline,
            }
        })
    }
    #[cfg(not(target_arch = "x86_64"))]
    Level::Baseline
}
