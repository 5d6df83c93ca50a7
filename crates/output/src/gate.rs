use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State {
    ready: u64,
    /// Set at the end: whether the file is whole.
    ended: Option<bool>,
}

/// How much of a growing file is safely on the disk, for those who read it behind its writer.
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate { state: Mutex::new(State { ready: 0, ended: None }), changed: Condvar::new() }
    }
}

impl Gate {
    /// A gate before a file that is whole already.
    pub fn open() -> Gate {
        let gate = Gate::default();
        gate.end(true);
        gate
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many bytes from the front are durable.
    pub fn advance(&self, ready: u64) {
        self.lock().ready = ready;
        self.changed.notify_all();
    }

    /// The writer ended: with a whole file, or without.
    pub fn end(&self, whole: bool) {
        let mut state = self.lock();
        state.ended = state.ended.or(Some(whole));
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until `bytes` from the front can be read; false when they never will.
    pub(crate) fn wait(&self, bytes: u64) -> bool {
        let mut state = self.lock();
        loop {
            match state.ended {
                Some(whole) => return whole,
                None if state.ready >= bytes => return true,
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[test]
    fn waits_for_bytes_and_for_the_end() {
        let gate = Gate::default();
        gate.advance(10);
        assert!(gate.wait(10));
        std::thread::scope(|scope| {
            let more = scope.spawn(|| gate.wait(11));
            gate.end(false);
            assert!(!more.join().unwrap());
        });
        gate.end(true);
        assert!(!gate.wait(1), "the first end counts");
        assert!(Gate::open().wait(u64::MAX));
    }
}
