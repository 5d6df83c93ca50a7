//! The folder of a job: what lies where, and what was ordered.

use crate::files;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::fs::File;
use std::path::{Path, PathBuf};
use weldlm_messages::{Problem, catalogue::jobs as says};

/// How an attempt treats what earlier ones left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// There was none.
    #[default]
    First,
    /// Goes on from it.
    Resume,
    /// Removes it.
    Retry,
}

/// What was ordered, beside the request: `job.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub id: String,
    /// `merge` or `export`.
    pub task: String,
    /// When it was submitted.
    pub created: String,
    /// Where relative paths of the request begin.
    pub folder: PathBuf,
    /// Below these folders the worker may read and write; anywhere when empty.
    #[serde(default)]
    pub roots: Vec<PathBuf>,
    /// Whether the request may name a command.
    #[serde(default)]
    pub commands: bool,
    pub attempt: u64,
    #[serde(default)]
    pub mode: Mode,
}

/// Who works on it, and what the attempts have made: `worker.json`.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
pub(crate) struct Worker {
    pub pid: i32,
    /// The process's start in the kernel's clock ticks, which tells it from a later one of the same number.
    pub start: u64,
    /// When it started.
    pub started: String,
    /// The identities of the runs of all attempts: journals with one of them are of this job.
    #[serde(default)]
    pub runs: Vec<String>,
    /// The output folder, as an absolute path.
    #[serde(default)]
    pub output: PathBuf,
}

/// The folder of a job.
#[derive(Debug, Clone)]
pub(crate) struct JobFolder {
    dir: PathBuf,
}

impl JobFolder {
    pub(crate) fn at(dir: &Path) -> JobFolder {
        JobFolder { dir: dir.to_path_buf() }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn events(&self) -> PathBuf {
        self.dir.join("events.jsonl")
    }

    pub(crate) fn plan(&self) -> PathBuf {
        self.dir.join("plan.json")
    }

    pub(crate) fn report(&self) -> PathBuf {
        self.dir.join("report.json")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("worker.log")
    }

    pub(crate) fn control(&self) -> PathBuf {
        self.dir.join("control")
    }

    /// Whoever holds it may add to the events: the worker while there is one, else the supervisor.
    pub(crate) fn lock(&self) -> Result<Option<File>, Problem> {
        files::lock(&self.dir.join("worker.lock"))
    }

    /// What the user asked of a running worker: `pause` or `cancel`.
    pub(crate) fn asked(&self) -> Option<String> {
        files::read(&self.control()).ok().flatten().map(|text| text.trim().to_string())
    }

    pub(crate) fn request(&self) -> Result<Map<String, Value>, Problem> {
        self.json("request.json")
    }

    pub(crate) fn set_request(&self, fields: &Map<String, Value>) -> Result<(), Problem> {
        self.set("request.json", fields)
    }

    pub(crate) fn order(&self) -> Result<Order, Problem> {
        self.json("job.json")
    }

    pub(crate) fn set_order(&self, order: &Order) -> Result<(), Problem> {
        self.set("job.json", order)
    }

    pub(crate) fn worker(&self) -> Worker {
        self.json("worker.json").unwrap_or_default()
    }

    pub(crate) fn set_worker(&self, worker: &Worker) -> Result<(), Problem> {
        self.set("worker.json", worker)
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, Problem> {
        let bad = |reason: &dyn std::fmt::Display| {
            Problem::new(&says::BAD_JOB_FOLDER)
                .arg("path", self.dir.display())
                .arg("reason", format!("{name}: {reason}"))
                .at(self.dir.display())
        };
        let text = files::read(&self.dir.join(name))?.ok_or_else(|| bad(&"is missing"))?;
        serde_json::from_str(&text).map_err(|e| bad(&e))
    }

    fn set<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Problem> {
        let path = self.dir.join(name);
        let text = serde_json::to_string_pretty(value).map_err(|e| files::failed(&path, &e))?;
        files::write(&path, format!("{text}\n").as_bytes())
    }
}

/// When the process of this number started, in the kernel's clock ticks.
pub(crate) fn start_of(pid: i32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; the fields after it are plain.
    let rest = text.rsplit_once(')')?.1;
    rest.split_whitespace().nth(19)?.parse().ok()
}

/// Memory that the process of this number holds.
pub(crate) fn memory_of(pid: i32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|l| l.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}
