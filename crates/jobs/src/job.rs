//! What the outside sees of a job.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use weldlm_messages::{Message, Problem, catalogue::jobs as says};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for its turn.
    #[default]
    Queued,
    /// Its worker reads headers and decides.
    Planning,
    /// Its worker writes.
    Running,
    /// Its worker reads back what it wrote.
    Verifying,
    /// The result is in its place.
    Done,
    /// The result is in its place, with layers left out.
    Partial,
    /// It cannot be done, or came out wrong.
    Failed,
    /// Given up on request.
    Cancelled,
    /// Stopped on the way; can be resumed.
    Interrupted,
}

impl State {
    /// Every state, in the order of a job's life.
    pub const ALL: [State; 9] = [
        State::Queued,
        State::Planning,
        State::Running,
        State::Verifying,
        State::Done,
        State::Partial,
        State::Failed,
        State::Cancelled,
        State::Interrupted,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Planning => "planning",
            State::Running => "running",
            State::Verifying => "verifying",
            State::Done => "done",
            State::Partial => "partial",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
            State::Interrupted => "interrupted",
        }
    }

    /// The state of that name.
    pub fn of(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Its name for people.
    pub fn words(self) -> Problem {
        let message: &'static Message = match self {
            State::Queued => &says::STATE_QUEUED,
            State::Planning => &says::STATE_PLANNING,
            State::Running => &says::STATE_RUNNING,
            State::Verifying => &says::STATE_VERIFYING,
            State::Done => &says::STATE_DONE,
            State::Partial => &says::STATE_PARTIAL,
            State::Failed => &says::STATE_FAILED,
            State::Cancelled => &says::STATE_CANCELLED,
            State::Interrupted => &says::STATE_INTERRUPTED,
        };
        Problem::new(message)
    }

    /// Whether a worker is at it.
    pub fn is_active(self) -> bool {
        matches!(self, State::Planning | State::Running | State::Verifying)
    }

    /// Whether nothing will happen to it by itself.
    pub fn is_ended(self) -> bool {
        !self.is_active() && self != State::Queued
    }
}

/// Why a job is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The user pressed pause.
    Paused,
    /// The worker vanished.
    Crash,
    /// A signal that nobody here sent.
    Stopped,
    /// The disk was full.
    Disk,
}

/// What can be done to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Stop cleanly and give the memory back.
    Pause,
    /// Give it up.
    Cancel,
    /// Go on where it stopped.
    Resume,
    /// Start over.
    Retry,
    /// Forget it; by [`crate::Jobs::delete`].
    Delete,
}

impl Action {
    /// Its name for people.
    pub fn words(self) -> Problem {
        Problem::new(match self {
            Action::Pause => &says::ACTION_PAUSE,
            Action::Cancel => &says::ACTION_CANCEL,
            Action::Resume => &says::ACTION_RESUME,
            Action::Retry => &says::ACTION_RETRY,
            Action::Delete => &says::ACTION_DELETE,
        })
    }
}

/// A stage that a job went through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobStage {
    /// `plan`, `run`, `verify`, `publish`.
    pub name: String,
    /// Bytes done.
    pub done_bytes: u64,
    /// Bytes of the whole stage.
    pub total_bytes: u64,
    /// How long it took; of the current stage, how long it has taken.
    pub seconds: Option<f64>,
}

/// A job, as JSON shows it. A list leaves out `request`, `problems` and `warnings`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Job {
    /// Its id; sorts by time.
    pub id: String,
    /// `merge` or `export`.
    pub task: String,
    /// Base and adapters in short.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Why it is interrupted.
    pub cause: Option<Cause>,
    /// What a queued job waits for, other than its turn: `memory`.
    pub waiting_for: Option<&'static str>,
    /// Its place in the queue, from 1.
    pub position: Option<u64>,
    /// How often it was started or queued again, from 1.
    pub attempt: u64,
    /// When it was submitted.
    pub created: String,
    /// When the last attempt began.
    pub started: Option<String>,
    /// When it ended.
    pub ended: Option<String>,
    /// The stage at hand.
    pub stage: Option<String>,
    /// Bytes done of the stage at hand.
    pub done_bytes: u64,
    /// Bytes of the stage at hand.
    pub total_bytes: u64,
    /// How much of the whole job is done, 0 to 1.
    pub overall: f64,
    /// Bytes a second, over the last seconds.
    pub rate: f64,
    /// What is left of the stage, in seconds, once it can be told.
    pub eta_seconds: Option<u64>,
    /// The tensor at hand.
    pub tensor: Option<String>,
    /// The stages so far.
    pub stages: Vec<JobStage>,
    /// The base model, as the request names it.
    pub base: String,
    /// The adapters, as the request names them.
    pub adapters: Vec<String>,
    /// The output folder.
    pub output: String,
    /// The formats that are written.
    pub formats: Vec<String>,
    /// The request's fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Map<String, Value>>,
    /// Why it failed or stopped; each is a problem as JSON with texts in both languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<Value>>,
    /// What is worth knowing, in the same form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Value>>,
    /// The plan's totals.
    pub totals: Option<Value>,
    /// The receipt's counts.
    pub counts: Option<Value>,
    /// Whether there is a plan.
    pub has_plan: bool,
    /// Whether there is a receipt.
    pub has_receipt: bool,
    /// What can be done to it now.
    pub actions: Vec<Action>,
}

/// Which jobs are listed, newest first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these states; all when empty.
    pub states: Vec<State>,
    /// Only jobs with this in their id, title or paths, whatever the case.
    pub text: Option<String>,
    /// At most so many; 100 when 0.
    pub limit: usize,
    /// After so many.
    pub offset: usize,
}

/// A part of the list.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// How many the filter lets through.
    pub total: u64,
    /// How many there are in each state, whatever the filter.
    pub counts: std::collections::BTreeMap<State, u64>,
}

/// Something happened to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The job.
    pub id: String,
    /// Bytes of its event file that hold whole lines.
    pub events_len: u64,
    /// Whether its state changed, and not only its progress.
    pub state_changed: bool,
    /// Whether it was deleted.
    pub removed: bool,
}
