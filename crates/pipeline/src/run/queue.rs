//! Tiles handed out in order, results taken back in order, with a bounded number in between.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State<T> {
    /// Number of the next result that the writer takes.
    next: u64,
    ready: BTreeMap<u64, T>,
    closed: bool,
}

/// The meeting point of workers and writer.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    window: u64,
}

impl<T> Queue<T> {
    /// At most `window` results wait to be written.
    pub(crate) fn new(window: u64) -> Queue<T> {
        let state = State { next: 0, ready: BTreeMap::new(), closed: false };
        Queue { state: Mutex::new(state), changed: Condvar::new(), window }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A thread that panicked while it held the lock left the state whole: every change is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, guard: MutexGuard<'a, State<T>>) -> MutexGuard<'a, State<T>> {
        self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until result `n` may be computed; false when the queue was closed.
    pub(crate) fn admit(&self, n: u64) -> bool {
        let mut state = self.lock();
        while !state.closed && n >= state.next + self.window {
            state = self.wait(state);
        }
        !state.closed
    }

    /// Hands in result `n`.
    pub(crate) fn put(&self, n: u64, value: T) {
        self.lock().ready.insert(n, value);
        self.changed.notify_all();
    }

    /// Waits for the next result in order; `None` when the queue was closed.
    pub(crate) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let next = state.next;
            if let Some(value) = state.ready.remove(&next) {
                state.next += 1;
                drop(state);
                self.changed.notify_all();
                return Some(value);
            }
            state = self.wait(state);
        }
    }

    /// Ends all waiting.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_order_of_work() {
        let queue = Queue::new(3);
        let taken = std::thread::scope(|scope| {
            for worker in 0..3u64 {
                let queue = &queue;
                scope.spawn(move || {
                    for n in (0..50).filter(|n| n % 3 == worker) {
                        if queue.admit(n) {
                            queue.put(n, n);
                        }
                    }
                });
            }
            let taken: Vec<u64> = (0..50).filter_map(|_| queue.take()).collect();
            queue.close();
            taken
        });
        assert_eq!(taken, (0..50).collect::<Vec<_>>());
        assert!(!queue.admit(0));
        assert_eq!(queue.take(), None);
    }
}
