//! What is known of a job: its request, and what its events say. Events are the truth; the index and the list are
//! what this makes of them, so a lost index is no loss.

use crate::clock;
use crate::folder::Order;
use crate::job::{Action, Cause, Job, JobStage, State};
use crate::rate::Rate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use weldlm_messages::catalogue::output as output_says;

/// More warnings than people read; the log has them all.
const WARNINGS_MAX: usize = 200;

/// A stage and when it began.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StageRecord {
    #[serde(flatten)]
    stage: JobStage,
    began: u64,
}

/// What is known of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub id: String,
    pub task: String,
    pub title: String,
    pub base: String,
    pub adapters: Vec<String>,
    pub output: String,
    pub formats: Vec<String>,
    pub created: String,
    pub state: State,
    pub cause: Option<Cause>,
    pub attempt: u64,
    started: Option<String>,
    ended: Option<String>,
    stages: Vec<StageRecord>,
    tensor: Option<String>,
    pub totals: Option<Value>,
    counts: Option<Value>,
    /// Bytes of the event file that this tells.
    pub heard: u64,
    #[serde(skip)]
    pub problems: Vec<Value>,
    #[serde(skip)]
    pub warnings: Vec<Value>,
}

fn short(path: &str) -> &str {
    let path = path.split("::").next().unwrap_or(path).trim_end_matches('/');
    path.rsplit('/').next().filter(|n| !n.is_empty()).unwrap_or(path)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(s)) if !s.is_empty() => vec![s.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_string).collect(),
        _ => Vec::new(),
    }
}

impl Record {
    /// A job before its first event.
    pub(crate) fn new(order: &Order, fields: &Map<String, Value>) -> Record {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        let merge = order.task == "merge";
        let base = text(if merge { "base_model_path" } else { "input_path" });
        let adapters = texts(fields.get("adapter_path"));
        let formats = if merge { vec!["hf".to_string()] } else { texts(fields.get("export_format")) };
        let mut title = short(&base).to_string();
        adapters.iter().for_each(|a| title.push_str(&format!(" + {}", short(a))));
        if !merge {
            title.push_str(&format!(" → {}", formats.join(", ")));
        }
        Record {
            id: order.id.clone(),
            task: order.task.clone(),
            title,
            base,
            adapters,
            output: text("output_path"),
            formats,
            created: order.created.clone(),
            state: State::Queued,
            cause: None,
            attempt: 1,
            started: None,
            ended: None,
            stages: Vec::new(),
            tensor: None,
            totals: None,
            counts: None,
            heard: 0,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Takes in the next event, whose line ends at `end`; says whether more than progress changed.
    pub(crate) fn hear(&mut self, end: u64, line: &str, rate: &mut Rate) -> bool {
        self.heard = end;
        let Ok(event) = serde_json::from_str::<Value>(line) else { return false };
        let at = event["t"].as_str().unwrap_or_default();
        let ms = clock::parse(at).unwrap_or(0);
        match event["type"].as_str() {
            Some("progress") => {
                self.progress(&event, ms, rate);
                false
            }
            Some("state") => {
                self.enter(&event, at);
                true
            }
            Some("stage") => {
                self.leave_stage(ms, true);
                self.tensor = None;
                *rate = Rate::default();
                self.stages.push(StageRecord {
                    stage: JobStage {
                        name: event["stage"].as_str().unwrap_or_default().to_string(),
                        done_bytes: 0,
                        total_bytes: event["total_bytes"].as_u64().unwrap_or(0),
                        seconds: None,
                    },
                    began: ms,
                });
                true
            }
            Some("warning") => {
                if self.warnings.len() < WARNINGS_MAX {
                    self.warnings.push(event["problem"].clone());
                }
                true
            }
            Some("end") => {
                self.end(&event, at, ms);
                true
            }
            _ => false,
        }
    }

    fn progress(&mut self, event: &Value, ms: u64, rate: &mut Rate) {
        let done = event["done_bytes"].as_u64().unwrap_or(0);
        self.tensor = event["tensor"].as_str().filter(|t| !t.is_empty()).map(str::to_string);
        if let Some(StageRecord { stage, .. }) = self.stages.last_mut() {
            stage.done_bytes = done.min(stage.total_bytes);
            rate.add(ms, stage.done_bytes, stage.total_bytes);
        }
    }

    fn enter(&mut self, event: &Value, at: &str) {
        let Some(state) = event["state"].as_str().and_then(State::of) else { return };
        self.state = state;
        self.cause = None;
        self.attempt = event["attempt"].as_u64().unwrap_or(self.attempt);
        if matches!(state, State::Queued | State::Planning) {
            (self.ended, self.tensor, self.totals, self.counts) = (None, None, None, None);
            (self.stages, self.problems, self.warnings) = (Vec::new(), Vec::new(), Vec::new());
            self.started = (state == State::Planning).then(|| at.to_string());
        }
        if event["totals"].is_object() {
            self.totals = Some(event["totals"].clone());
        }
    }

    fn leave_stage(&mut self, ms: u64, whole: bool) {
        if let Some(last) = self.stages.last_mut().filter(|s| s.stage.seconds.is_none()) {
            last.stage.seconds = Some(ms.saturating_sub(last.began) as f64 / 1000.0);
            if whole {
                last.stage.done_bytes = last.stage.total_bytes;
            }
        }
    }

    fn end(&mut self, event: &Value, at: &str, ms: u64) {
        self.state = event["state"].as_str().and_then(State::of).unwrap_or(State::Failed);
        self.cause = serde_json::from_value(event["cause"].clone()).unwrap_or(None);
        self.problems = event["problems"].as_array().cloned().unwrap_or_default();
        self.counts = Some(event["counts"].clone()).filter(Value::is_object);
        self.ended = Some(at.to_string());
        self.tensor = None;
        self.leave_stage(ms, matches!(self.state, State::Done | State::Partial));
    }

    /// Text that a search looks at.
    pub(crate) fn search(&self) -> String {
        let parts = [&self.id, &self.title, &self.base, &self.output, &self.adapters.join("\n")];
        parts.map(|p| p.to_lowercase()).join("\n")
    }

    /// What can be done to it.
    pub(crate) fn actions(&self) -> Vec<Action> {
        use Action::{Cancel, Delete, Pause, Resume, Retry};
        match self.state {
            State::Queued => vec![Pause, Cancel, Delete],
            State::Planning | State::Running | State::Verifying => vec![Pause, Cancel],
            State::Interrupted | State::Cancelled => vec![Resume, Retry, Delete],
            // Only what could not be written is still there to be gone on with; wrong results are removed.
            State::Failed if self.was_cut_short() => vec![Resume, Retry, Delete],
            State::Failed | State::Partial => vec![Retry, Delete],
            State::Done => vec![Delete],
        }
    }

    fn was_cut_short(&self) -> bool {
        let codes = [output_says::WRITE_FAILED.code, output_says::LOCKED.code];
        self.problems.iter().any(|p| codes.iter().any(|c| p["code"] == *c))
    }

    /// How much of the whole is done. Most of a result is read back behind its writer, so that little is left then.
    fn overall(&self) -> f64 {
        if matches!(self.state, State::Done | State::Partial) {
            return 1.0;
        }
        let Some(last) = self.stages.last().map(|s| &s.stage) else { return 0.0 };
        let part = if last.total_bytes == 0 { 0.0 } else { last.done_bytes as f64 / last.total_bytes as f64 };
        let (from, to) = match last.name.as_str() {
            "plan" => (0.0, 0.01),
            "run" => (0.01, 0.95),
            "verify" => (0.95, 0.99),
            _ => (0.99, 1.0),
        };
        ((from + (to - from) * part) * 10_000.0).round() / 10_000.0
    }

    /// The job as the outside sees it; `rate` is that of the stage at hand.
    pub(crate) fn view(&self, rate: Option<&Rate>) -> Job {
        let now = clock::now();
        let current = self.stages.last().filter(|_| self.state.is_active());
        let mut stages: Vec<JobStage> = self.stages.iter().map(|s| s.stage.clone()).collect();
        if let (Some(current), Some(last)) = (current, stages.last_mut()) {
            let passed = now.saturating_sub(current.began) as f64 / 1000.0;
            last.seconds = Some(last.seconds.unwrap_or(passed));
        }
        let done = |stage: fn(&JobStage) -> u64| current.map_or(0, |s| stage(&s.stage));
        Job {
            id: self.id.clone(),
            task: self.task.clone(),
            title: self.title.clone(),
            state: self.state,
            cause: self.cause,
            waiting_for: None,
            position: None,
            attempt: self.attempt,
            created: self.created.clone(),
            started: self.started.clone(),
            ended: self.ended.clone(),
            stage: current.map(|s| s.stage.name.clone()),
            done_bytes: done(|s| s.done_bytes),
            total_bytes: done(|s| s.total_bytes),
            overall: self.overall(),
            rate: rate.map_or(0.0, |r| r.per_second(now).round()),
            eta_seconds: rate.and_then(|r| r.eta(now)),
            tensor: self.tensor.clone(),
            stages,
            base: self.base.clone(),
            adapters: self.adapters.clone(),
            output: self.output.clone(),
            formats: self.formats.clone(),
            request: None,
            problems: None,
            warnings: None,
            totals: self.totals.clone(),
            counts: self.counts.clone(),
            has_plan: self.totals.is_some(),
            has_receipt: self.counts.is_some(),
            actions: self.actions(),
        }
    }

    /// What the index keeps apart from the rest, since lists do not show it.
    pub(crate) fn detail(&self) -> Value {
        serde_json::json!({"problems": self.problems, "warnings": self.warnings})
    }

    /// Puts back what [`Record::detail`] gave.
    pub(crate) fn set_detail(&mut self, detail: &Value) {
        let list = |name: &str| detail[name].as_array().cloned().unwrap_or_default();
        (self.problems, self.warnings) = (list("problems"), list("warnings"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Record {
        let order = json!({"id": "i", "task": "merge", "created": "c", "folder": "/", "attempt": 1});
        let fields = json!({"base_model_path": "/m/Qwen/", "adapter_path": ["a/kjv::x"], "output_path": "o"});
        Record::new(&serde_json::from_value(order).unwrap(), fields.as_object().unwrap())
    }

    #[test]
    fn a_life_from_its_events() {
        let (mut record, mut rate) = (record(), Rate::default());
        assert_eq!((record.title.as_str(), record.state), ("Qwen + kjv", State::Queued));
        let t = |s: u64| clock::text(1_700_000_000_000 + s * 1000);
        for event in [
            json!({"t": t(0), "type": "state", "state": "planning", "attempt": 1}),
            json!({"t": t(0), "type": "stage", "stage": "plan", "total_bytes": 0}),
            json!({"t": t(1), "type": "state", "state": "running", "attempt": 1, "totals": {"bytes_read": 1}}),
            json!({"t": t(1), "type": "stage", "stage": "run", "total_bytes": 100}),
            json!({"t": t(3), "type": "progress", "done_bytes": 50, "tensor": "x"}),
            json!({"t": t(3), "type": "warning", "problem": {"code": "M1"}}),
        ] {
            record.hear(1, &event.to_string(), &mut rate);
        }
        let job = record.view(Some(&rate));
        assert_eq!((job.stage.as_deref(), job.done_bytes, job.total_bytes), (Some("run"), 50, 100));
        assert_eq!((job.overall, job.tensor.as_deref(), job.has_plan), (0.48, Some("x"), true));
        record.hear(2, "not json", &mut rate);
        let end = json!({"t": t(5), "type": "end", "state": "interrupted", "cause": "disk", "problems": [{"code": "O106"}]});
        record.hear(3, &end.to_string(), &mut rate);
        let job = record.view(None);
        assert_eq!((job.state, job.cause, job.stage), (State::Interrupted, Some(Cause::Disk), None));
        assert_eq!(job.stages[1].seconds, Some(4.0));
        assert_eq!(job.stages[1].done_bytes, 50);
        assert_eq!((record.problems.len(), record.warnings.len()), (1, 1));
        let again = json!({"t": t(9), "type": "state", "state": "queued", "attempt": 2});
        record.hear(4, &again.to_string(), &mut rate);
        let job = record.view(None);
        assert_eq!((job.attempt, job.stages.len(), job.ended), (2, 0, None));
        assert!(record.problems.is_empty());
    }
}
