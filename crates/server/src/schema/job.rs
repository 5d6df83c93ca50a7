//! Jobs and their events.

use super::{Fields, PlanTotals, Problem, Texts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Base + adapters become a model.
    Merge,
    /// A model, or base + adapters, become a format.
    Export,
}

/// The states of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// The plan is being made.
    Planning,
    /// Tensors are being merged and written.
    Running,
    /// The result is being read back.
    Verifying,
    /// The result is in its place.
    Done,
    /// The same, with layers left out by `safe_merge`.
    Partial,
    /// It ended with an error.
    Failed,
    /// The user ended it.
    Cancelled,
    /// It stopped on the way and can be resumed.
    Interrupted,
}

/// Why a job is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The user paused it.
    Paused,
    /// Its process vanished.
    Crash,
    /// Its process was told to stop.
    Stopped,
    /// The disk is full.
    Disk,
}

/// The stages of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// The plan is made.
    Plan,
    /// Tensors are merged and written.
    Run,
    /// What was written is read back and checked.
    Verify,
    /// The result is put in its place.
    Publish,
}

/// One stage of a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobStage {
    /// Which one.
    pub name: StageName,
    /// Bytes done.
    pub done_bytes: u64,
    /// Bytes to do; 0 when the stage has no bytes.
    pub total_bytes: u64,
    /// How long it took, once it is over.
    #[schema(required = true)]
    pub seconds: Option<f64>,
}

/// What can be done with a job now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobAction {
    /// Stop, keep everything, free the memory.
    Pause,
    /// Stop for good.
    Cancel,
    /// Go on where it stopped.
    Resume,
    /// Start over.
    Retry,
    /// Forget it.
    Delete,
}

/// A job. Lists leave out `request`, `problems` and `warnings`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Sortable by time: `YYYYMMDD-HHMMSS-xxxx`.
    pub id: String,
    /// What it does.
    pub task: Task,
    /// A name for people.
    pub title: String,
    /// Its state.
    pub state: JobState,
    /// Why it is interrupted.
    #[schema(required = true)]
    pub cause: Option<Cause>,
    /// What a queued job waits for besides its turn, e.g. `memory`.
    #[schema(required = true)]
    pub waiting_for: Option<String>,
    /// Its place in the queue.
    #[schema(required = true)]
    pub position: Option<i64>,
    /// How often it was started.
    pub attempt: u64,
    /// When it was submitted (RFC 3339, UTC).
    pub created: String,
    /// When it was last started.
    #[schema(required = true)]
    pub started: Option<String>,
    /// When it ended.
    #[schema(required = true)]
    pub ended: Option<String>,
    /// The stage it is in.
    #[schema(required = true)]
    pub stage: Option<StageName>,
    /// Bytes done in this stage.
    pub done_bytes: u64,
    /// Bytes to do in this stage.
    pub total_bytes: u64,
    /// How far the whole job is, from 0 to 1.
    pub overall: f64,
    /// Bytes a second.
    pub rate: f64,
    /// Seconds left.
    #[schema(required = true)]
    pub eta_seconds: Option<f64>,
    /// The tensor at work.
    #[schema(required = true)]
    pub tensor: Option<String>,
    /// All stages.
    pub stages: Vec<JobStage>,
    /// The base model, or the model to be exported.
    pub base: String,
    /// The adapters.
    pub adapters: Vec<String>,
    /// The output folder.
    pub output: String,
    /// The formats that are written.
    pub formats: Vec<String>,
    /// The request's fields.
    pub request: Option<Fields>,
    /// Why it failed.
    pub problems: Option<Vec<Problem>>,
    /// What is worth knowing.
    pub warnings: Option<Vec<Problem>>,
    /// The plan's totals.
    #[schema(required = true)]
    pub totals: Option<PlanTotals>,
    /// The receipt's counts.
    #[schema(required = true)]
    pub counts: Option<Counts>,
    /// Whether it has a plan.
    pub has_plan: bool,
    /// Whether it has a receipt.
    pub has_receipt: bool,
    /// What can be done with it now.
    pub actions: Vec<JobAction>,
}

/// A page of the list of jobs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobPage {
    /// The jobs, the newest first.
    pub jobs: Vec<Job>,
    /// How many there are that match.
    pub total: u64,
    /// How many there are in each state, whether they match or not.
    pub counts: BTreeMap<String, u64>,
}

/// How many tensors and values were treated how.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Tensors of the result.
    pub tensors: u64,
    /// Changed by adding to them or transforming them.
    pub applied: u64,
    /// Replaced as a whole, or row by row.
    pub replaced: u64,
    /// Not in the base.
    pub added: u64,
    /// Left as they were.
    pub untouched: u64,
    /// Layers left out by `safe_merge`.
    pub skipped: u64,
    /// Values that differ from the base.
    pub values_changed: u64,
    /// Values whose change was lost to rounding.
    pub lost_to_rounding: u64,
    /// Rows that were recomputed in f64 and agreed.
    pub rows_recomputed: u64,
}

/// One event of a job. Which keys it has depends on its `type`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The cursor behind it.
    pub id: u64,
    /// When (RFC 3339 with milliseconds).
    pub t: String,
    /// `state`, `stage`, `progress`, `tensor`, `warning`, `log` or `end`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of `state` and `end`.
    pub state: Option<JobState>,
    /// Of `state` and `end`, when interrupted.
    pub cause: Option<Cause>,
    /// Of `state`.
    pub attempt: Option<u64>,
    /// Of `state`, once there is a plan: its totals.
    pub totals: Option<PlanTotals>,
    /// Of `stage`.
    pub stage: Option<StageName>,
    /// Of `stage`.
    pub total_bytes: Option<u64>,
    /// Of `progress`.
    pub done_bytes: Option<u64>,
    /// Of `progress`: the tensor at work.
    pub tensor: Option<String>,
    /// Of `tensor`.
    pub name: Option<String>,
    /// Of `tensor`.
    pub file: Option<String>,
    /// Of `tensor`.
    pub dtype: Option<String>,
    /// Of `tensor`.
    pub shape: Option<Vec<u64>>,
    /// Of `tensor`: what changed, as in the receipt.
    pub change: Option<BTreeMap<String, Value>>,
    /// Of `tensor`: the checksum of its data.
    pub xxh3: Option<String>,
    /// Of `warning`.
    pub problem: Option<Problem>,
    /// Of `end`.
    pub problems: Option<Vec<Problem>>,
    /// Of `end`: the receipt's counts.
    pub counts: Option<Counts>,
    /// Of `log`: `debug`, `info`, `warn` or `error`.
    pub level: Option<String>,
    /// Of `log`, in the language of the request.
    pub text: Option<String>,
    /// Of `log`: its words in every language, where it is one of the catalogue's.
    pub texts: Option<Texts>,
}

/// A page of events.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPage {
    /// The events, in order.
    pub events: Vec<Event>,
    /// The cursor for `after` that goes on.
    pub next: u64,
    /// The cursor for `before` that goes back; 0 at the beginning.
    pub previous: u64,
    /// Whether the job has ended and there is no more.
    pub end: bool,
}
