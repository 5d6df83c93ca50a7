//! Random numbers that are the same on every machine: integers, and divisions that IEEE 754 defines. Logarithms
//! and cosines, which Box and Muller would take, differ between C libraries in their last place.

/// xoshiro256++ by Blackman and Vigna, <https://prng.di.unimi.it/>.
pub struct Random([u64; 4]);

impl Random {
    /// The numbers that belong to a name, so that tensors do not depend on the order in which they are made.
    pub fn of(name: &str) -> Random {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let mut seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
        Random([(); 4].map(|()| split_mix(&mut seed)))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Evenly distributed in [-1, 1).
    pub fn even(&mut self) -> f32 {
        let top = (self.next() >> 40) as f32;
        top / (1 << 23) as f32 - 1.0
    }

    /// Close to a normal distribution with mean 0 and deviation 1: the sum of eight even ones.
    pub fn normal(&mut self) -> f32 {
        const MEAN: i32 = 8 * 65535 / 2;
        const DEVIATION: f32 = 53_509.85;
        let lanes = |x: u64| (x & 0xffff) + (x >> 16 & 0xffff) + (x >> 32 & 0xffff) + (x >> 48);
        let sum = (lanes(self.next()) + lanes(self.next())) as i32;
        (sum - MEAN) as f32 / DEVIATION
    }
}

fn split_mix(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_as_promised() {
        let n = 100_000;
        let moments = |draw: &mut dyn FnMut() -> f32| {
            let values: Vec<f64> = (0..n).map(|_| f64::from(draw())).collect();
            let mean = values.iter().sum::<f64>() / f64::from(n);
            (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / f64::from(n)).sqrt())
        };
        let mut random = Random::of("a");
        let (mean, deviation) = moments(&mut || random.normal());
        assert!(mean.abs() < 0.01 && (deviation - 1.0).abs() < 0.01, "{mean} {deviation}");
        let (mean, deviation) = moments(&mut || random.even());
        assert!(mean.abs() < 0.01 && (deviation - 3f64.sqrt().recip()).abs() < 0.01, "{mean} {deviation}");
    }

    #[test]
    fn names_decide() {
        let first = |name: &str| Random::of(name).next();
        assert_eq!(first("model.norm.weight"), first("model.norm.weight"));
        assert_ne!(first("model.norm.weight"), first("model.norm.bias"));
        assert_eq!(split_mix(&mut 0), 0xe220_a839_7b1d_cdaf, "as published");
    }
}
