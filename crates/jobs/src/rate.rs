//! How fast a stage goes and how long it will take, calm enough to be looked at.

use std::collections::VecDeque;

/// The rate is that of so many milliseconds.
const WINDOW: u64 = 15_000;
/// Nothing is foretold from less than this.
const FIRST: u64 = 3_000;
/// How slowly an estimate follows what is measured.
const CALM: f64 = 4_000.0;
/// Without news for so long, nothing is known.
const STALE: u64 = 30_000;

/// Bytes over time, of one stage.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    samples: VecDeque<(u64, u64)>,
    eta: Option<(u64, f64)>,
}

impl Rate {
    /// At this time (in milliseconds) so many bytes of `total` were done.
    pub(crate) fn add(&mut self, at: u64, done: u64, total: u64) {
        if self.samples.back().is_some_and(|last| last.0 > at || last.1 > done) {
            *self = Rate::default();
        }
        self.samples.push_back((at, done));
        // The sample before the window stays, so that the window is always full.
        while self.samples.get(1).is_some_and(|second| second.0 + WINDOW <= at) {
            self.samples.pop_front();
        }
        let first = self.samples.front().map_or(at, |s| s.0);
        let rate = self.per_second(at);
        if at - first < FIRST || rate <= 0.0 {
            return;
        }
        let measured = total.saturating_sub(done) as f64 / rate;
        let next = match self.eta {
            None => measured,
            Some((before, eta)) => {
                let passed = (at - before) as f64;
                let expected = (eta - passed / 1000.0).max(0.0);
                expected + (measured - expected) * (1.0 - (-passed / CALM).exp())
            }
        };
        self.eta = Some((at, next));
    }

    /// Bytes a second.
    pub(crate) fn per_second(&self, now: u64) -> f64 {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else { return 0.0 };
        // Silence counts as slowness once it is longer than the usual distance between two samples.
        let until = if now > last.0 + 2_000 { now } else { last.0 };
        if until <= first.0 { 0.0 } else { (last.1 - first.1) as f64 * 1000.0 / (until - first.0) as f64 }
    }

    /// Seconds that are left.
    pub(crate) fn eta(&self, now: u64) -> Option<u64> {
        let last = self.samples.back()?.0;
        let (at, eta) = self.eta?;
        let left = eta - now.saturating_sub(at) as f64 / 1000.0;
        (now.saturating_sub(last) < STALE).then_some(left.max(0.0).round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_foretold_at_once() {
        let mut rate = Rate::default();
        for i in 0..6 {
            rate.add(i * 500, i * 50, 1000);
            assert_eq!(rate.eta(i * 500), None, "{i}");
        }
        rate.add(3000, 300, 1000);
        assert_eq!((rate.per_second(3000), rate.eta(3000)), (100.0, Some(7)));
    }

    #[test]
    fn an_estimate_does_not_jump() {
        let mut rate = Rate::default();
        let (mut done, mut last) = (0u64, None::<u64>);
        for i in 0..400u64 {
            // Bursts and pauses around 10 MB/s.
            done += if i % 8 < 4 { 9_000_000 } else { 1_000_000 };
            rate.add(i * 500, done, 2_200_000_000);
            if let (Some(now), Some(before)) = (rate.eta(i * 500), last) {
                let most = 2 + before / 10;
                assert!(now.abs_diff(before) <= most, "at {i}: {before} then {now}");
            }
            last = rate.eta(i * 500);
        }
        assert!((rate.per_second(399 * 500) - 10e6).abs() < 2e6);
    }

    #[test]
    fn silence_and_starting_over() {
        let mut rate = Rate::default();
        (0..20).for_each(|i| rate.add(i * 500, i * 500, 1 << 20));
        assert!(rate.per_second(9_500) > 900.0 && rate.per_second(100_000) < 100.0);
        assert!(rate.eta(9_500).is_some() && rate.eta(100_000).is_none());
        rate.add(101_000, 0, 1 << 20);
        assert_eq!(rate.eta(101_000), None);
    }
}
