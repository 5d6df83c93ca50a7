//! What users do to jobs. All of it happens under the supervisor's lock, and whatever touches a job's folder also
//! holds the job's own lock, so that no worker can be at it.

use crate::folder::{JobFolder, Mode, Order};
use crate::job::{Action, Cause, Job, State};
use crate::keeper::{Active, Keeper, PATIENCE, end_with};
use crate::record::Record;
use crate::worker::{end_fields, queue_for};
use crate::{clock, files, outputs, reconcile};
use rustix::process::Signal;
use serde_json::{Map, Value};
use std::fs::File;
use std::time::Instant;
use weldlm_messages::{Problem, catalogue::jobs as says, catalogue::output as output_says};
use weldlm_pipeline::Request;
use weldlm_pipeline::request::Task;

fn no_such(id: &str) -> Problem {
    Problem::new(&says::NO_SUCH_JOB).arg("id", id).at("id")
}

fn not_now(action: Problem, state: State) -> Problem {
    Problem::new(&says::NOT_NOW).words("action", action).words("state", state.words())
}

impl Keeper {
    pub(crate) fn submit(&mut self, fields: &Map<String, Value>) -> Result<Job, Problem> {
        if !self.options.commands && fields.get("on_event").is_some_and(|v| !v.is_null()) {
            return Err(Problem::new(&says::NO_COMMANDS).at("on_event"));
        }
        let task = Task::of(fields, "request")?;
        Request::check(task, fields, "request")?;
        let jobs = self.home.join("jobs");
        let failed = |e: std::io::Error| files::failed(&jobs, &e);
        let now = clock::now();
        let mut id = clock::id(now);
        while jobs.join(&id).exists() {
            id = clock::id(now);
        }
        let order = Order {
            id: id.clone(),
            task: task.name().to_string(),
            created: clock::text(now),
            folder: std::env::current_dir().map_err(failed)?,
            roots: self.options.roots.clone(),
            commands: self.options.commands,
            attempt: 1,
            mode: Mode::First,
        };
        // It appears whole or not at all.
        let made = JobFolder::at(&jobs.join(format!(".new-{id}")));
        files::folder(made.dir())?;
        made.set_request(fields)?;
        made.set_order(&order)?;
        queue_for(&made, &order)?;
        std::fs::rename(made.dir(), jobs.join(&id)).and_then(|()| files::sync(&jobs)).map_err(failed)?;
        let record = reconcile::record(&self.folder(&id))?;
        self.store.put(&record)?;
        self.changed(&id, record.heard, false);
        self.get(&id)
    }

    /// What is known of a job.
    fn record(&self, id: &str) -> Result<Record, Problem> {
        if let Some(active) = self.active.get(id) {
            return Ok(active.record.clone());
        }
        self.store.get(id)?.ok_or_else(|| no_such(id))
    }

    pub(crate) fn get(&self, id: &str) -> Result<Job, Problem> {
        let record = self.record(id)?;
        let mut job = self.view(&record, &self.store.queue()?);
        job.request = self.folder(id).request().ok();
        (job.problems, job.warnings) = (Some(record.problems), Some(record.warnings));
        Ok(job)
    }

    pub(crate) fn views(&self, records: Vec<Record>) -> Result<Vec<Job>, Problem> {
        let queue = self.store.queue()?;
        Ok(records.iter().map(|record| self.view(record, &queue)).collect())
    }

    /// Up to which byte the events go, when the job has ended.
    pub(crate) fn is_over(&self, id: &str) -> Result<Option<u64>, Problem> {
        let record = self.record(id)?;
        Ok((record.state.is_ended() && !self.active.contains_key(id)).then_some(record.heard))
    }

    pub(crate) fn act(&mut self, id: &str, action: Action) -> Result<Job, Problem> {
        self.look(id);
        self.stuck.remove(id);
        let record = self.record(id)?;
        if action == Action::Delete || !record.actions().contains(&action) {
            return Err(not_now(action.words(), record.state));
        }
        match action {
            Action::Pause | Action::Cancel => self.stop(record, action)?,
            _ => self.again(record, action)?,
        }
        self.get(id)
    }

    /// The lock of a job that has no worker. One that nobody knew of may have it: it is then taken up.
    fn hold(&mut self, record: &Record, action: Problem) -> Result<File, Problem> {
        let folder = self.folder(&record.id);
        if let Some(lock) = folder.lock()? {
            return Ok(lock);
        }
        self.active.insert(record.id.clone(), Active::found(folder, record.clone()));
        Err(not_now(action, State::Planning))
    }

    fn stop(&mut self, mut record: Record, action: Action) -> Result<(), Problem> {
        let cancel = action == Action::Cancel;
        let id = record.id.clone();
        if !self.active.contains_key(&id) {
            let folder = self.folder(&id);
            if let Ok(_lock) = self.hold(&record, action.words()) {
                let (state, cause) = match cancel {
                    true => (State::Cancelled, None),
                    false => (State::Interrupted, Some(Cause::Paused)),
                };
                end_with(&folder, &mut record, end_fields(state, cause, &[], Value::Null));
                self.store.put(&record)?;
                self.estimates.remove(&id);
                self.changed(&id, record.heard, false);
                return Ok(());
            }
        }
        let Some(active) = self.active.get_mut(&id) else { return Ok(()) };
        // Who gave a job up does not pause it any more.
        if cancel || active.folder.asked().as_deref() != Some("cancel") {
            let word = if cancel { "cancel" } else { "pause" };
            files::write(&active.folder.control(), word.as_bytes())?;
        }
        active.signal(Signal::TERM);
        if cancel && active.kill_at.is_none() {
            active.kill_at = Some(Instant::now() + PATIENCE);
        }
        Ok(())
    }

    fn again(&mut self, mut record: Record, action: Action) -> Result<(), Problem> {
        let id = record.id.clone();
        let folder = self.folder(&id);
        if self.active.contains_key(&id) {
            return Err(not_now(action.words(), record.state));
        }
        let _lock = self.hold(&record, action.words())?;
        let mut order = folder.order()?;
        order.attempt = record.attempt + 1;
        order.mode = if action == Action::Resume { Mode::Resume } else { Mode::Retry };
        let _ = std::fs::remove_file(folder.control());
        folder.set_order(&order)?;
        queue_for(&folder, &order)?;
        reconcile::catch_up(&folder, &mut record, &mut crate::rate::Rate::default())?;
        self.estimates.remove(&id);
        self.store.put(&record)?;
        self.changed(&id, record.heard, false);
        Ok(())
    }

    pub(crate) fn reorder(&mut self, id: &str, before: Option<&str>) -> Result<Job, Problem> {
        let mut queue = self.store.queue()?;
        for moved in before.into_iter().chain([id]) {
            let record = self.record(moved)?;
            if record.state != State::Queued || !queue.iter().any(|q| q == moved) {
                return Err(not_now(Problem::new(&says::ACTION_MOVE), record.state));
            }
        }
        if before != Some(id) {
            queue.retain(|q| q != id);
            let at = before.and_then(|b| queue.iter().position(|q| q == b)).unwrap_or(queue.len());
            queue.insert(at, id.to_string());
            self.store.set_queue(&queue)?;
            queue.iter().for_each(|id| self.moved(id));
        }
        self.get(id)
    }

    pub(crate) fn delete(&mut self, id: &str, output: bool) -> Result<(), Problem> {
        let record = self.record(id)?;
        if self.active.contains_key(id) {
            return Err(not_now(Action::Delete.words(), record.state));
        }
        let folder = self.folder(id);
        if folder.dir().is_dir() {
            let _lock = self.hold(&record, Action::Delete.words())?;
            if output {
                outputs::remove(&folder).map_err(|e| {
                    let problem = Problem::new(&output_says::NOT_WRITABLE).arg("path", &record.output);
                    problem.arg("reason", e).at(&record.output)
                })?;
            }
            let gone = self.home.join("jobs").join(format!(".gone-{id}"));
            std::fs::rename(folder.dir(), &gone).map_err(|e| files::failed(folder.dir(), &e))?;
            // What is left of it is removed at the next opening.
            let _ = std::fs::remove_dir_all(&gone);
        }
        self.store.remove(id)?;
        self.estimates.remove(id);
        self.changed(id, 0, true);
        Ok(())
    }
}
