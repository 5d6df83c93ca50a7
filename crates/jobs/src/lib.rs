//! Jobs that survive anything. A job is a folder; its worker is a process of its own, which outlives whoever
//! started it; what happens is told in the folder's event file. [`Jobs`] keeps an index and a queue over the
//! folders, starts workers, notices how they end, and can be closed and opened again at any moment.
//!
//! This crate knows neither HTTP nor terminal. Everything blocks and may be called from any thread.

#![forbid(unsafe_code)]

mod actions;
mod clock;
mod events;
mod files;
mod folder;
mod job;
mod keeper;
mod log;
mod outputs;
mod rate;
pub mod recipes;
mod reconcile;
mod record;
mod settings;
mod store;
mod supervisor;
pub mod worker;

pub use events::{Cursor, Events, Level, LogQuery};
pub use job::{Action, Cause, Change, Filter, Job, JobStage, Page, State};
pub use settings::Settings;

use folder::JobFolder;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use store::Store;
use supervisor::Shared;
use weldlm_messages::{Problem, catalogue::jobs as says};

/// How jobs are run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How many at once; as the settings say when not given.
    pub workers: Option<usize>,
    /// The program whose `worker` command does a job.
    pub program: PathBuf,
    /// Below these folders workers may read and write; anywhere when empty.
    pub roots: Vec<PathBuf>,
    /// Whether a request may name a command (`on_event`). Never when requests come from the web.
    pub commands: bool,
}

/// The jobs of a data folder.
#[derive(Clone)]
pub struct Jobs {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    reader: Mutex<Store>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Jobs {
    /// Opens a data folder: brings its index up to date, finds running jobs again, and starts what is queued.
    ///
    /// # Errors
    /// When another process has it open, when a newer weldlm wrote it, or when it cannot be written.
    pub fn open(home: &Path, options: Options) -> Result<Jobs, Problem> {
        let (shared, reader) = Shared::open(home, options)?;
        Ok(Jobs { inner: Arc::new(Inner { shared, reader: Mutex::new(reader) }) })
    }

    /// The data folder.
    pub fn home(&self) -> &Path {
        &self.inner.shared.home
    }

    /// What is worth knowing about how the folder was found.
    pub fn notices(&self) -> Vec<Problem> {
        self.inner.shared.with(|keeper| keeper.notices.clone())
    }

    /// Checks a request, word by word, and queues it.
    ///
    /// # Errors
    /// The first field that will not do; or that it could not be written.
    pub fn submit(&self, fields: &Map<String, Value>) -> Result<Job, Problem> {
        let job = self.inner.shared.change(|keeper| keeper.submit(fields))?;
        self.inner.shared.wake();
        Ok(job)
    }

    /// The jobs that a filter lets through, newest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn list(&self, filter: &Filter) -> Result<Page, Problem> {
        let ((records, total), counts) = {
            let reader = self.inner.reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            (reader.list(filter)?, reader.counts()?)
        };
        let jobs = self.inner.shared.with(|keeper| keeper.views(records))?;
        Ok(Page { jobs, total, counts })
    }

    /// A job.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn get(&self, id: &str) -> Result<Job, Problem> {
        self.inner.shared.with(|keeper| keeper.get(id))
    }

    /// Pauses, cancels, resumes or retries a job. What a worker is asked for happens a moment later.
    ///
    /// # Errors
    /// When the job is not in a state for it.
    pub fn act(&self, id: &str, action: Action) -> Result<Job, Problem> {
        self.inner.shared.settle(id);
        let job = self.inner.shared.change(|keeper| keeper.act(id, action));
        self.inner.shared.wake();
        job
    }

    /// Moves a queued job before another one, or to the end of the queue.
    ///
    /// # Errors
    /// When one of them is not queued.
    pub fn reorder(&self, id: &str, before: Option<&str>) -> Result<Job, Problem> {
        let job = self.inner.shared.change(|keeper| keeper.reorder(id, before));
        self.inner.shared.wake();
        job
    }

    /// Forgets a job, and with `output` removes what it made: its result and its unfinished run, nothing else.
    ///
    /// # Errors
    /// When a worker is at it (cancel it first), or something cannot be removed.
    pub fn delete(&self, id: &str, output: bool) -> Result<(), Problem> {
        self.inner.shared.settle(id);
        let done = self.inner.shared.change(|keeper| keeper.delete(id, output));
        self.inner.shared.wake();
        done
    }

    /// The plan of a job, once there is one.
    ///
    /// # Errors
    /// When there is no such job, or the file cannot be read.
    pub fn plan(&self, id: &str) -> Result<Option<Value>, Problem> {
        value(&self.folder(id)?.plan())
    }

    /// The receipt of a job, once there is one.
    ///
    /// # Errors
    /// When there is no such job, or the file cannot be read.
    pub fn receipt(&self, id: &str) -> Result<Option<Value>, Problem> {
        value(&self.folder(id)?.report())
    }

    /// Events of a job.
    ///
    /// # Errors
    /// When there is no such job, or they cannot be read.
    pub fn events(&self, id: &str, from: Cursor, query: &LogQuery) -> Result<Events, Problem> {
        let path = self.folder(id)?.events();
        // The state is asked for first: events that come in between only make the answer less final.
        let ended = self.inner.shared.with(|keeper| keeper.is_over(id))?;
        let mut events = events::read(&path, from, query)?;
        events.end = ended.is_some_and(|heard| events.next >= heard);
        Ok(events)
    }

    /// The event file, for download.
    ///
    /// # Errors
    /// When there is no such job.
    pub fn log_path(&self, id: &str) -> Result<PathBuf, Problem> {
        Ok(self.folder(id)?.events())
    }

    /// Calls a listener whenever something happens to a job. It is called from several threads and must be quick.
    pub fn watch(&self, listener: impl Fn(&Change) + Send + Sync + 'static) {
        self.inner.shared.watch(Arc::new(listener));
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.inner.shared.with(|keeper| keeper.settings.clone())
    }

    /// Keeps settings.
    ///
    /// # Errors
    /// When one has no such value, or they cannot be written.
    pub fn set(&self, settings: Settings) -> Result<(), Problem> {
        let home = self.home().to_path_buf();
        let done = self.inner.shared.change(|keeper| {
            settings.save(&home)?;
            keeper.set_settings(settings);
            Ok(())
        });
        self.inner.shared.wake();
        done
    }

    /// How many jobs run at once.
    pub fn workers(&self) -> usize {
        self.inner.shared.with(|keeper| keeper.workers())
    }

    /// Stops supervising and gives the folder free. Workers go on, and are found again by the next one who opens it;
    /// from here on this handle only reads.
    pub fn close(&self) {
        self.inner.shared.close();
    }

    fn folder(&self, id: &str) -> Result<JobFolder, Problem> {
        let path = self.home().join("jobs").join(id);
        if !clock::is_id(id) || !path.is_dir() {
            return Err(Problem::new(&says::NO_SUCH_JOB).arg("id", id).at("id"));
        }
        Ok(JobFolder::at(&path))
    }
}

fn value(path: &Path) -> Result<Option<Value>, Problem> {
    let text = files::read(path)?;
    text.map(|t| serde_json::from_str(&t).map_err(|e| files::failed(path, &e))).transpose()
}
