//! Stands in for the crate `jobs` until its branch is merged.
#![allow(missing_docs, unused_variables, clippy::unused_self)]
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use weldlm_messages::{Problem, catalogue::server::FAULT};

#[derive(Clone)]
pub struct Jobs;
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Queued,
}
impl State {
    pub fn of(name: &str) -> Option<State> {
        None
    }
    pub fn is_active(self) -> bool {
        false
    }
    pub fn is_ended(self) -> bool {
        false
    }
}
#[derive(Clone, Copy)]
pub enum Action {
    Pause,
    Cancel,
    Resume,
    Retry,
}
#[derive(Serialize)]
pub struct Job {
    pub id: String,
    pub state: State,
    pub request: Option<Map<String, Value>>,
    pub problems: Option<Vec<Value>>,
    pub warnings: Option<Vec<Value>>,
}
#[derive(Default)]
pub struct Filter {
    pub states: Vec<State>,
    pub text: Option<String>,
    pub limit: usize,
    pub offset: usize,
}
#[derive(Serialize)]
pub struct Page {
    pub jobs: Vec<Job>,
    pub total: u64,
    pub counts: std::collections::BTreeMap<State, u64>,
}
#[derive(Clone)]
pub struct Change {
    pub id: String,
    pub events_len: u64,
    pub state_changed: bool,
    pub removed: bool,
}
pub enum Cursor {
    After(u64),
    Before(u64),
    Tail,
}
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogQuery {
    pub limit: usize,
    pub level: Option<String>,
    pub text: Option<String>,
    pub progress: bool,
}
pub struct Events {
    pub lines: Vec<(u64, String)>,
    pub next: u64,
    pub previous: Option<u64>,
    pub end: bool,
}
pub struct Options {
    pub workers: Option<usize>,
    pub program: PathBuf,
    pub roots: Vec<PathBuf>,
}
#[derive(Serialize, serde::Deserialize, Clone)]
pub struct Settings {
    pub lang: String,
    pub theme: String,
    pub workers: u64,
    pub memory_limit: Option<u64>,
}
fn no<T>() -> Result<T, Problem> {
    Err(Problem::new(&FAULT))
}
impl Jobs {
    pub fn open(home: &Path, options: Options) -> Result<Jobs, Problem> {
        Ok(Jobs)
    }
    pub fn submit(&self, fields: &Map<String, Value>) -> Result<Job, Problem> {
        no()
    }
    pub fn list(&self, filter: &Filter) -> Result<Page, Problem> {
        no()
    }
    pub fn get(&self, id: &str) -> Result<Job, Problem> {
        no()
    }
    pub fn act(&self, id: &str, action: Action) -> Result<Job, Problem> {
        no()
    }
    pub fn reorder(&self, id: &str, before: Option<&str>) -> Result<Job, Problem> {
        no()
    }
    pub fn delete(&self, id: &str, output: bool) -> Result<(), Problem> {
        no()
    }
    pub fn plan(&self, id: &str) -> Result<Option<Value>, Problem> {
        no()
    }
    pub fn receipt(&self, id: &str) -> Result<Option<Value>, Problem> {
        no()
    }
    pub fn events(&self, id: &str, from: Cursor, query: &LogQuery) -> Result<Events, Problem> {
        no()
    }
    pub fn log_path(&self, id: &str) -> Result<PathBuf, Problem> {
        no()
    }
    pub fn watch(&self, listener: impl Fn(&Change) + Send + Sync + 'static) {}
    pub fn settings(&self) -> Settings {
        Settings { lang: "auto".into(), theme: "auto".into(), workers: 1, memory_limit: None }
    }
    pub fn set(&self, settings: Settings) -> Result<(), Problem> {
        no()
    }
    pub fn close(&self) {}
}
