//! The thread that watches over jobs, and what it shares with those who ask.

use crate::Options;
use crate::files;
use crate::job::Change;
use crate::keeper::Keeper;
use crate::store::Store;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use weldlm_messages::{Problem, catalogue::jobs as says};

/// How long a caller waits for a worker that has told its end to be gone.
const SETTLE: Duration = Duration::from_secs(5);

type Listener = Arc<dyn Fn(&Change) + Send + Sync>;

#[derive(Default)]
struct Bell {
    rung: bool,
    closing: bool,
}

/// What the thread and the callers share.
pub(crate) struct Shared {
    pub home: PathBuf,
    keeper: Mutex<Keeper>,
    bell: Mutex<Bell>,
    ring: Condvar,
    listeners: RwLock<Vec<Listener>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    owner: Mutex<Option<File>>,
}

impl Shared {
    pub(crate) fn open(home: &Path, options: Options) -> Result<(Arc<Shared>, Store), Problem> {
        let home = std::path::absolute(home).map_err(|e| files::failed(home, &e))?;
        files::folder(&home.join("jobs"))?;
        let Some(owner) = files::lock(&home.join("lock"))? else {
            return Err(Problem::new(&says::DATA_IN_USE).arg("path", home.display()).at(home.display()));
        };
        let keeper = Keeper::open(&home, options)?;
        let reader = keeper.store.reader()?;
        let shared = Arc::new(Shared {
            home,
            keeper: Mutex::new(keeper),
            bell: Mutex::default(),
            ring: Condvar::new(),
            listeners: RwLock::default(),
            thread: Mutex::default(),
            owner: Mutex::new(Some(owner)),
        });
        let watched = shared.clone();
        let thread = std::thread::Builder::new().name("jobs".to_string()).spawn(move || watched.supervise());
        let thread = thread.map_err(|e| Problem::new(&says::CANNOT_START).arg("reason", e))?;
        *shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok((shared, reader))
    }

    fn supervise(self: Arc<Shared>) {
        loop {
            let (pause, asked) = self.with(|keeper| (keeper.tick(), std::mem::take(&mut keeper.to_estimate)));
            asked.into_iter().for_each(|(id, request)| self.estimate(id, request));
            let mut bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
            if !bell.rung && !bell.closing {
                bell = self.ring.wait_timeout(bell, pause).unwrap_or_else(PoisonError::into_inner).0;
            }
            bell.rung = false;
            if bell.closing {
                return;
            }
        }
    }

    /// Finds out what memory a job will take, aside, since headers may be slow to read.
    fn estimate(self: &Arc<Shared>, id: String, request: weldlm_pipeline::Request) {
        let shared = Arc::downgrade(self);
        let name = id.clone();
        let spawned = std::thread::Builder::new().name("estimate".to_string()).spawn(move || {
            let plan = weldlm_pipeline::plan::without_output(&request);
            let memory = plan.ok().map(|plan| plan.totals.peak_memory);
            if let Some(shared) = shared.upgrade() {
                shared.with(|keeper| keeper.estimated(&name, memory));
                shared.wake();
            }
        });
        if spawned.is_err() {
            self.with(|keeper| keeper.estimated(&id, None));
            self.wake();
        }
    }

    /// Does something with the jobs, and tells the listeners what came of it once the lock is free.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Keeper) -> T) -> T {
        let (outcome, changes) = {
            let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
            let outcome = act(&mut keeper);
            (outcome, std::mem::take(&mut keeper.changes))
        };
        if !changes.is_empty() {
            let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
            changes.iter().for_each(|change| listeners.iter().for_each(|listener| listener(change)));
        }
        outcome
    }

    /// The same for what changes something, which is over once the folder may be another's.
    pub(crate) fn change<T>(
        &self,
        act: impl FnOnce(&mut Keeper) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.with(|keeper| match keeper.closed {
            true => {
                let home = self.home.display();
                Err(Problem::new(&says::DATA_IN_USE).arg("path", &home).at(home))
            }
            false => act(keeper),
        })
    }

    /// Waits until a job whose end was told is really over, so that it can be acted on.
    pub(crate) fn settle(&self, id: &str) {
        let until = Instant::now() + SETTLE;
        while self.with(|keeper| keeper.is_ending(id)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn watch(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Has the thread look at once.
    pub(crate) fn wake(&self) {
        self.bell.lock().unwrap_or_else(PoisonError::into_inner).rung = true;
        self.ring.notify_all();
    }

    pub(crate) fn close(&self) {
        self.bell.lock().unwrap_or_else(PoisonError::into_inner).closing = true;
        self.ring.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread.filter(|t| t.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
