//! torch's CPU generator and `randperm`, bit for bit: a 32-bit Mersenne Twister (Matsumoto and Nishimura 1998) and a
//! Fisher-Yates shuffle. Some adapters name only the seed of their places.
//!
//! Only the beginning of a permutation is asked for, so the shuffle keeps what it has moved and not the whole.

use std::collections::HashMap;

const N: usize = 624;
const M: usize = 397;

/// The generator behind `torch.Generator().manual_seed(seed)`.
pub struct TorchRandom {
    state: Vec<u32>,
    next: usize,
}

impl TorchRandom {
    /// From its seed.
    pub fn new(seed: u64) -> TorchRandom {
        // The seed of a Mersenne Twister has 32 bits; torch drops the others.
        let mut state = vec![seed as u32; N];
        for i in 1..N {
            let before = state[i - 1];
            state[i] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        TorchRandom { state, next: N }
    }

    fn refill(&mut self) {
        for i in 0..N {
            let (here, after) = (self.state[i], self.state[(i + 1) % N]);
            let mixed = (here & 0x8000_0000) | (after & 0x7fff_ffff);
            let twist = if after & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ (mixed >> 1) ^ twist;
        }
        self.next = 0;
    }

    /// The next 32 bits.
    pub fn number(&mut self) -> u32 {
        if self.next == N {
            self.refill();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn number64(&mut self) -> u64 {
        let high = u64::from(self.number());
        high << 32 | u64::from(self.number())
    }

    /// The first `count` elements of `torch.randperm(n)`.
    pub fn permutation_start(&mut self, n: u64, count: u64) -> Vec<u64> {
        // Beyond that many elements torch draws 64 bits and shuffles from the inside out.
        if n >= u64::from(u32::MAX) / 20 {
            return self.inside_out(n, count.min(n));
        }
        let mut moved: HashMap<u64, u64> = HashMap::new();
        let mut start = Vec::new();
        for i in 0..count.min(n) {
            // The last element has no partner left, and nothing is drawn for it.
            let with = if i + 1 == n { i } else { i + u64::from(self.number()) % (n - i) };
            let here = moved.get(&i).copied().unwrap_or(i);
            let there = moved.get(&with).copied().unwrap_or(with);
            moved.insert(with, here);
            start.push(there);
        }
        start
    }

    /// Every draw can still change the beginning, so all are made: seconds for a large head, and no memory.
    fn inside_out(&mut self, n: u64, count: u64) -> Vec<u64> {
        let mut start: Vec<u64> = Vec::new();
        for i in 0..n {
            let with = self.number64() % (i + 1);
            if i < count {
                let moved = start.get(with as usize).copied().unwrap_or(i);
                start.push(moved);
            }
            if with < count {
                start[with as usize] = i;
            }
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `crates/testkit/golden/make_randperm.py`.
    const GOLDEN: &str = include_str!("../../../testkit/golden/randperm.json");

    #[test]
    fn permutations_are_torchs() {
        let cases: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        let cases = cases["cases"].as_array().unwrap();
        assert!(cases.len() >= 12);
        for case in cases {
            let number = |key: &str| case[key].as_u64().unwrap();
            let expected: Vec<u64> =
                case["start"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
            let found =
                TorchRandom::new(number("seed")).permutation_start(number("n"), expected.len() as u64);
            assert_eq!(found, expected, "seed {} n {}", number("seed"), number("n"));
        }
    }
}
