//! Live events for many clients: one reading of a file for all that stand at the same place, one lookup of a job for
//! all that watch the list, and nothing kept for a client that does not read.

use crate::app::{App, blocking};
use crate::errors::Answer;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use weldlm_jobs::{Change, Cursor, Jobs, LogQuery};
use weldlm_messages::Problem;

/// Changes of one job that come faster than this are told as one.
const PACE: Duration = Duration::from_millis(250);
/// News that a client of all jobs may be behind.
const BEHIND: usize = 256;

/// News of the list of jobs: the kind of event and its data.
pub type News = (&'static str, Arc<str>);

/// Lines of a job's events, each with the cursor behind it.
#[derive(Debug)]
pub struct Batch {
    /// The lines.
    pub lines: Vec<(u64, Arc<str>)>,
    /// The cursor that goes on.
    pub next: u64,
    /// Whether the job has ended and there is no more.
    pub end: bool,
}

/// One job that is being watched.
struct Watched {
    /// How many changes there were.
    changes: watch::Sender<u64>,
    /// What was read last.
    last: tokio::sync::Mutex<Option<Last>>,
}

/// A reading: from where, after how many changes, with which query, and what it gave.
type Last = (u64, u64, LogQuery, Arc<Batch>);

/// All that is watched.
pub struct Feeds {
    jobs: Mutex<HashMap<String, Weak<Watched>>>,
    all: broadcast::Sender<News>,
    /// Jobs that changed and were not told yet; whether they were removed.
    changed: Mutex<BTreeMap<String, bool>>,
    wake: Notify,
}

impl Feeds {
    /// Listens to the jobs.
    pub fn new(jobs: &Jobs) -> Arc<Feeds> {
        let feeds = Arc::new(Feeds {
            jobs: Mutex::default(),
            all: broadcast::channel(BEHIND).0,
            changed: Mutex::default(),
            wake: Notify::new(),
        });
        let heard = feeds.clone();
        jobs.watch(move |change| heard.hear(change));
        feeds
    }

    fn hear(&self, change: &Change) {
        if let Ok(mut jobs) = self.jobs.lock()
            && let Some(watched) = jobs.get(&change.id)
        {
            match watched.upgrade() {
                Some(watched) => {
                    watched.changes.send_modify(|changes| *changes += 1);
                }
                None => {
                    jobs.remove(&change.id);
                }
            }
        }
        if let Ok(mut changed) = self.changed.lock() {
            changed.insert(change.id.clone(), change.removed);
            self.wake.notify_one();
        }
    }

    /// The news of all jobs from now on.
    pub fn all(&self) -> broadcast::Receiver<News> {
        self.all.subscribe()
    }

    /// Tells the news of all jobs; runs until the server stops.
    pub async fn tell(self: Arc<Feeds>, jobs: Jobs) {
        loop {
            self.wake.notified().await;
            tokio::time::sleep(PACE).await;
            let changed = self.changed.lock().map(|mut c| std::mem::take(&mut *c)).unwrap_or_default();
            if self.all.receiver_count() == 0 {
                continue;
            }
            let jobs = jobs.clone();
            let news = blocking(move || Ok::<_, Problem>(news(&jobs, changed))).await.unwrap_or_default();
            for one in news {
                // Nobody listening is no error.
                let _ = self.all.send(one);
            }
        }
    }

    fn watched(&self, id: &str) -> Arc<Watched> {
        let fresh =
            || Arc::new(Watched { changes: watch::channel(0).0, last: tokio::sync::Mutex::new(None) });
        let Ok(mut jobs) = self.jobs.lock() else { return fresh() };
        if let Some(there) = jobs.get(id).and_then(Weak::upgrade) {
            return there;
        }
        jobs.retain(|_, watched| watched.strong_count() > 0);
        let watched = fresh();
        jobs.insert(id.to_string(), Arc::downgrade(&watched));
        watched
    }
}

fn news(jobs: &Jobs, changed: BTreeMap<String, bool>) -> Vec<News> {
    let one = |(id, removed): (String, bool)| -> Option<News> {
        if removed {
            return Some(("removed", serde_json::json!({"id": id}).to_string().into()));
        }
        let mut job = jobs.get(&id).ok()?;
        (job.request, job.problems, job.warnings) = (None, None, None);
        Some(("job", serde_json::to_string(&job).ok()?.into()))
    };
    changed.into_iter().filter_map(one).collect()
}

/// Reads the events of one job for one client.
pub struct Reader {
    jobs: Jobs,
    id: String,
    at: u64,
    query: LogQuery,
    watched: Arc<Watched>,
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    more: bool,
}

impl Reader {
    /// A reader that begins behind a cursor.
    pub fn new(app: &App, id: String, at: u64, query: LogQuery) -> Reader {
        let watched = app.feeds.watched(&id);
        let changes = watched.changes.subscribe();
        Reader {
            jobs: app.jobs.clone(),
            id,
            at,
            query,
            watched,
            changes,
            stopping: app.stopping.clone(),
            more: true,
        }
    }

    /// What is there now, behind the last batch.
    ///
    /// # Errors
    /// When there is no such job, or its events cannot be read.
    pub async fn next(&mut self) -> Answer<Arc<Batch>> {
        let changes = *self.changes.borrow_and_update();
        // Clients that stand at the same place wait for one of them to read.
        let mut last = self.watched.last.lock().await;
        let batch = match &*last {
            Some((at, of, query, batch)) if (*at, *of) == (self.at, changes) && *query == self.query => {
                batch.clone()
            }
            _ => {
                let (jobs, id, at, query) = (self.jobs.clone(), self.id.clone(), self.at, self.query.clone());
                let batch = blocking(move || read(&jobs, &id, at, &query)).await?;
                // A change that comes while this is read is told afterwards, and makes it stale.
                *last = Some((self.at, changes, self.query.clone(), batch.clone()));
                batch
            }
        };
        drop(last);
        self.more = batch.next > self.at;
        self.at = batch.next;
        Ok(batch)
    }

    /// Waits until there may be more; false when the server stops.
    pub async fn wait(&mut self) -> bool {
        if *self.stopping.borrow() {
            return false;
        }
        if self.more {
            return true;
        }
        tokio::select! {
            changed = self.changes.changed() => changed.is_ok(),
            _ = self.stopping.changed() => false,
        }
    }
}

fn read(jobs: &Jobs, id: &str, at: u64, query: &LogQuery) -> Result<Arc<Batch>, Problem> {
    let found = jobs.events(id, Cursor::After(at), query)?;
    let lines = found.lines.into_iter().map(|(at, line)| (at, Arc::from(line))).collect();
    Ok(Arc::new(Batch { lines, next: found.next, end: found.end }))
}

/// The type of an event, as its line says it.
pub fn kind(line: &str) -> &'static str {
    #[derive(serde::Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: &'a str,
    }
    const KINDS: &[&str] = &["state", "stage", "progress", "tensor", "warning", "log", "end"];
    let kind = serde_json::from_str::<Kind<'_>>(line).map_or("", |k| k.kind);
    KINDS.iter().find(|known| **known == kind).copied().unwrap_or("log")
}
