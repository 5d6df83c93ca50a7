//! The worker: one job, in a process of its own. It takes the job's lock, tells what happens in the job's events,
//! and ends; whoever started it may be long gone by then.

use crate::clock;
use crate::files;
use crate::folder::{JobFolder, Mode, Order, Worker, start_of};
use crate::job::{Cause, State};
use crate::log::{Log, note_fields};
use crate::outputs;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use weldlm_messages::{
    Class, Lang, Problem, catalogue::jobs as says, catalogue::merge as merge_says,
    catalogue::output as output_says, catalogue::usage,
};
use weldlm_output::IfExists;
use weldlm_pipeline::callback::{CommandCallback, MergeCallback, plan_json};
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Event, Plan, Report, Request, Stage, plan, weld};

/// Exit code of a job whose layers were skipped in part.
const EXIT_PARTIAL: u8 = 6;
/// How often the wish to pause or cancel is looked for, should its signal be lost.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// From this size on, the worker's own messages go to a new file.
const TEXT_MAX: u64 = 1 << 20;
/// How long a worker tries to take the lock: the supervisor holds it for an instant now and then.
const LOCK_TRIES: u32 = 40;

/// Does the job in a folder, and returns the exit code of its ending: that of the command line for the same ending.
/// `stop` is set by signals, which this crate does not catch.
///
/// # Errors
/// When it was not even begun: no job is there, or it has a worker, or does not wait for one.
pub fn run(dir: &Path, stop: &AtomicBool) -> Result<u8, Problem> {
    let folder = JobFolder::at(dir);
    folder.order()?;
    let _lock = take(&folder)?;
    let order = folder.order()?;
    let record = crate::reconcile::record(&folder)?;
    if record.state != State::Queued {
        let not_now = Problem::new(&says::NOT_NOW).words("action", Problem::new(&says::ACTION_RESUME));
        return Err(not_now.words("state", record.state.words()).at(dir.display()));
    }
    let mut worker = folder.worker();
    let pid = std::process::id() as i32;
    (worker.pid, worker.start) = (pid, start_of(pid).unwrap_or(0));
    worker.started = clock::text(clock::now());
    folder.set_worker(&worker)?;
    let job = Working { log: Mutex::new(Log::open(&folder)?), folder: &folder, order: &order, stop };
    job.enter(State::Planning, json!({}))?;
    let over = AtomicBool::new(false);
    let ended = std::thread::scope(|scope| {
        let look = scope.spawn(|| job.look(&over));
        let outcome = job.carry_out(worker);
        over.store(true, Ordering::Relaxed);
        look.thread().unpark();
        outcome
    });
    job.end(ended)
}

fn take(folder: &JobFolder) -> Result<File, Problem> {
    for _ in 0..LOCK_TRIES {
        if let Some(lock) = folder.lock()? {
            return Ok(lock);
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    let path = folder.dir().display();
    Err(Problem::new(&says::HAS_WORKER).arg("path", &path).at(path))
}

struct Working<'a> {
    log: Mutex<Log>,
    folder: &'a JobFolder,
    order: &'a Order,
    stop: &'a AtomicBool,
}

impl Working<'_> {
    /// Adds an event that the job's history needs.
    fn say(&self, kind: &str, fields: Value) -> Result<(), Problem> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.say(kind, fields).map_err(|e| files::failed(&self.folder.events(), &e))
    }

    fn detail(&self, kind: &str, fields: Value) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).detail(kind, fields);
    }

    fn enter(&self, state: State, more: Value) -> Result<(), Problem> {
        let mut fields = json!({"state": state, "attempt": self.order.attempt});
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        self.say("state", fields)
    }

    /// Tells an event of the pipeline.
    fn hear(&self, event: Event) {
        let told = match event {
            Event::Stage(stage, total) => {
                let entered = match stage {
                    Stage::Verify => self.enter(State::Verifying, json!({})),
                    _ => Ok(()),
                };
                entered.and_then(|()| self.say("stage", json!({"stage": stage.name(), "total_bytes": total})))
            }
            Event::Progress(done, tensor) => {
                self.log.lock().unwrap_or_else(PoisonError::into_inner).progress(done, tensor);
                Ok(())
            }
            Event::Tensor(tensor) => {
                self.detail("tensor", tensor.to_json());
                Ok(())
            }
            Event::Warning(problem) if problem.class() == Class::Note => {
                self.detail("log", note_fields("info", &problem));
                Ok(())
            }
            Event::Warning(problem) => self.warn(&problem),
            Event::Done(_) => Ok(()),
        };
        if let Err(problem) = told {
            self.note(&problem);
        }
    }

    fn warn(&self, problem: &Problem) -> Result<(), Problem> {
        self.say("warning", json!({"problem": problem.to_json(Lang::En)}))
    }

    /// What cannot be told in the events is told in the worker's log, which its standard error is.
    fn note(&self, problem: &Problem) {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "{} {problem}", clock::text(clock::now()));
    }

    /// Looks for what the user asks, until the job is over.
    fn look(&self, over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            if self.folder.asked().is_some() {
                self.stop.store(true, Ordering::Relaxed);
            }
            keep_short(&self.folder.log());
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    fn stopped(&self) -> Option<Problem> {
        let written = Problem::new(&output_says::INTERRUPTED).arg("written", "0 B").arg("total", "-");
        (self.stop.load(Ordering::Relaxed) || self.folder.asked().is_some()).then_some(written)
    }

    /// As the command line does it: check, plan, weld.
    fn carry_out(&self, worker: Worker) -> Result<Report, Vec<Problem>> {
        let one = |problem: Problem| vec![problem];
        // Before the first file of the user is opened.
        if !self.order.roots.is_empty() {
            weldlm_source::confine(&self.order.roots).map_err(one)?;
        }
        let fields = self.folder.request().map_err(one)?;
        let request = self.request(&fields, &worker).map_err(one)?;
        self.say("stage", json!({"stage": "plan", "total_bytes": 0})).map_err(one)?;
        if request.trust_remote_code {
            self.detail("log", note_fields("info", &Problem::new(&usage::REMOTE_CODE)));
        }
        let plan = plan::make(&request)?;
        self.planned(&plan, worker).map_err(one)?;
        if let Some(stopped) = self.stopped() {
            return Err(one(stopped));
        }
        let command = request.on_event.as_deref().map(CommandCallback::start).transpose().map_err(one)?;
        let callbacks: Vec<&dyn MergeCallback> = command.iter().map(|c| c as &dyn MergeCallback).collect();
        let events = |event: Event| self.hear(event);
        let result = weld(&plan, &callbacks, &Context::new(self.stop, &events));
        if let Some(warning) = command.as_ref().and_then(CommandCallback::warning) {
            self.hear(Event::Warning(warning));
        }
        result.map_err(one)
    }

    /// The request, with what the attempt adds to it.
    fn request(&self, fields: &Map<String, Value>, worker: &Worker) -> Result<Request, Problem> {
        let origin = self.folder.dir().join("request.json");
        let task = Task::of(fields, &origin.display().to_string())?;
        let mut request = Request::check(task, fields, &origin.display().to_string())?;
        if request.on_event.is_some() && !self.order.commands {
            return Err(Problem::new(&says::NO_COMMANDS).at("on_event"));
        }
        let left = outputs::left(self.folder, worker);
        request.if_exists = match (self.order.mode, request.if_exists) {
            (Mode::First, wished) => wished,
            // The old result is still to be replaced; what was begun beside it is begun anew.
            (Mode::Resume, IfExists::Replace) if left.foreign_result => IfExists::Replace,
            (Mode::Resume, _) => IfExists::Resume,
            (Mode::Retry, _) if left.own_result || left.own_partial => IfExists::Replace,
            (Mode::Retry, wished) => wished,
        };
        Ok(request)
    }

    /// Keeps the plan, and its identity by which its traces on the disk are known again.
    fn planned(&self, plan: &Plan, mut worker: Worker) -> Result<(), Problem> {
        worker.output = std::path::absolute(&plan.request.output).unwrap_or_default();
        if !worker.runs.contains(&plan.run_id) {
            worker.runs.push(plan.run_id.clone());
        }
        self.folder.set_worker(&worker)?;
        let value = plan_value(plan, Lang::En);
        files::write(&self.folder.plan(), value.to_string().as_bytes())?;
        plan.warnings.iter().try_for_each(|warning| self.warn(warning))?;
        self.enter(State::Running, json!({"totals": value["totals"]}))
    }

    /// Tells how it ended.
    fn end(&self, outcome: Result<Report, Vec<Problem>>) -> Result<u8, Problem> {
        let (state, cause, problems, counts) = match outcome {
            Ok(report) => {
                let text = report.receipt.to_string();
                files::write(&self.folder.report(), text.as_bytes())?;
                let state = if report.partial { State::Partial } else { State::Done };
                (state, None, Vec::new(), report.receipt["counts"].clone())
            }
            Err(problems) => {
                problems.iter().for_each(|p| self.note(p));
                let (state, cause) = ending(&problems, self.folder.asked().as_deref());
                // Having done what was asked is no problem.
                let wanted = state == State::Cancelled || cause == Some(Cause::Paused);
                (state, cause, if wanted { Vec::new() } else { problems }, Value::Null)
            }
        };
        let code = match state {
            State::Done => 0,
            State::Partial => EXIT_PARTIAL,
            State::Cancelled | State::Interrupted => Class::Interrupted.exit_code(),
            _ => problems.iter().map(|p| p.class().exit_code()).find(|c| *c != 0).unwrap_or(1),
        };
        self.say("end", end_fields(state, cause, &problems, counts))?;
        Ok(code)
    }
}

/// The fields of an `end` event.
pub(crate) fn end_fields(state: State, cause: Option<Cause>, problems: &[Problem], counts: Value) -> Value {
    let list: Vec<Value> = problems.iter().map(|p| p.to_json(Lang::En)).collect();
    let mut fields = json!({"state": state, "problems": list});
    if let Some(cause) = cause {
        fields["cause"] = json!(cause);
    }
    if counts.is_object() {
        fields["counts"] = counts;
    }
    fields
}

fn ending(problems: &[Problem], asked: Option<&str>) -> (State, Option<Cause>) {
    let has = |code: &str| problems.iter().any(|p| p.code() == code);
    let interrupted = |cause| (State::Interrupted, Some(cause));
    if has(output_says::DISK_FULL.code) {
        return interrupted(Cause::Disk);
    }
    // The signal that asks the worker to stop also ends the command that it was waiting for.
    let vetoed = asked.is_some() && has(merge_says::VETO.code);
    if !vetoed && !problems.iter().any(|p| p.class() == Class::Interrupted) {
        return (State::Failed, None);
    }
    match asked {
        Some("cancel") => (State::Cancelled, None),
        Some("pause") => interrupted(Cause::Paused),
        _ => interrupted(Cause::Stopped),
    }
}

/// A plan as JSON, as the command line shows it, with problems in both languages, and `rules`: how the names of each
/// adapter were matched, in the same form.
pub fn plan_value(plan: &Plan, lang: Lang) -> Value {
    let mut value = plan_json(plan, lang);
    value["rules"] = plan.rules.iter().map(|r| r.to_json(lang)).collect();
    value["warnings"] = plan.warnings.iter().map(|w| w.to_json(lang)).collect();
    value["skipped"] = plan
        .skipped
        .iter()
        .map(|s| json!({"module": s.module, "problem": s.problem.to_json(lang)}))
        .collect();
    value
}

/// Moves the worker's messages aside once they are long; the process writes on at the beginning of the same file.
pub(crate) fn keep_short(path: &Path) {
    if std::fs::metadata(path).is_ok_and(|m| m.len() > TEXT_MAX) {
        let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
        name.push(".1");
        let kept = std::fs::copy(path, path.with_file_name(name));
        if kept.is_ok() {
            let _ = File::options().write(true).open(path).and_then(|f| f.set_len(0));
        }
    }
}

/// Adds an ending to the events of a job whose worker cannot any more. The caller holds the job's lock.
pub(crate) fn end_for(folder: &JobFolder, fields: Value) -> Result<(), Problem> {
    let said = Log::open(folder)?.say("end", fields);
    said.map_err(|e| files::failed(&folder.events(), &e))
}

/// Adds the event that queues a job again. The caller holds the job's lock.
pub(crate) fn queue_for(folder: &JobFolder, order: &Order) -> Result<(), Problem> {
    let fields = json!({"state": State::Queued, "attempt": order.attempt});
    let said = Log::open(folder)?.say("state", fields);
    said.map_err(|e| files::failed(&folder.events(), &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings() {
        let stopped = [Problem::new(&output_says::INTERRUPTED)];
        let full = [Problem::new(&output_says::DISK_FULL)];
        let refused = [Problem::new(&output_says::EXISTS)];
        let interrupted = |cause| (State::Interrupted, Some(cause));
        assert_eq!(ending(&stopped, None), interrupted(Cause::Stopped));
        assert_eq!(ending(&stopped, Some("pause")), interrupted(Cause::Paused));
        assert_eq!(ending(&stopped, Some("cancel")), (State::Cancelled, None));
        assert_eq!(ending(&full, Some("cancel")), interrupted(Cause::Disk));
        assert_eq!(ending(&refused, Some("cancel")), (State::Failed, None));
        let vetoed = [Problem::new(&merge_says::VETO)];
        assert_eq!(ending(&vetoed, Some("pause")), interrupted(Cause::Paused));
        assert_eq!(ending(&vetoed, None), (State::Failed, None));
    }

    #[test]
    fn long_messages_go_to_a_second_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("worker.log");
        std::fs::write(&path, vec![b'x'; TEXT_MAX as usize + 1]).unwrap();
        keep_short(&path);
        keep_short(&path);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
        assert_eq!(std::fs::metadata(dir.path().join("worker.log.1")).unwrap().len(), TEXT_MAX + 1);
    }
}
