//! Counts failed sign-ins, so that secrets cannot be guessed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures of one address that are let through in a window.
const TRIES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses that are remembered; beyond that, strangers wait as if they had failed.
const ADDRESSES: usize = 4096;

/// The failures of the last minute, by address.
#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<IpAddr, (u32, Instant)>>);

/// An IPv6 client owns a whole network; it counts as one.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Tries {
    /// Seconds until an address may try again; 0 when it may now.
    pub fn wait(&self, address: IpAddr) -> u64 {
        let Ok(mut tries) = self.0.lock() else { return WINDOW.as_secs() };
        let left = |since: Instant| WINDOW.saturating_sub(since.elapsed()).as_secs() + 1;
        match tries.get(&counted(address)) {
            Some((count, since)) if *count >= TRIES && since.elapsed() < WINDOW => left(*since),
            Some(_) => 0,
            None if tries.len() >= ADDRESSES => {
                tries.retain(|_, (_, since)| since.elapsed() < WINDOW);
                if tries.len() >= ADDRESSES { WINDOW.as_secs() } else { 0 }
            }
            None => 0,
        }
    }

    /// Notes a failure.
    pub fn failed(&self, address: IpAddr) {
        let Ok(mut tries) = self.0.lock() else { return };
        let entry = tries.entry(counted(address)).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= WINDOW {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_are_enough() {
        let tries = Tries::default();
        let (one, other): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        for _ in 0..TRIES {
            assert_eq!(tries.wait(one), 0);
            tries.failed(one);
        }
        assert!(tries.wait(one) > 0 && tries.wait(other) == 0);
        let near = |n: u8| format!("2001:db8::{n}").parse::<IpAddr>().unwrap();
        (0..TRIES).for_each(|n| tries.failed(near(n as u8)));
        assert!(tries.wait(near(200)) > 0);
    }
}
