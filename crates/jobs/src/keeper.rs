//! Queue, workers and index, under one lock.

use crate::folder::{JobFolder, start_of};
use crate::job::{Action, Cause, Change, Job, State};
use crate::rate::Rate;
use crate::record::Record;
use crate::settings::Settings;
use crate::store::Store;
use crate::worker::{end_fields, end_for, keep_short};
use crate::{Options, clock, files, folder, reconcile};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use weldlm_messages::{Problem, catalogue::jobs as says};
use weldlm_pipeline::Request;
use weldlm_pipeline::request::Task;

/// How often running jobs are looked at.
const WATCH_EVERY: Duration = Duration::from_millis(200);
/// How often memory is looked at while a job waits for it.
const MEMORY_EVERY: Duration = Duration::from_secs(2);
/// With nothing to do, somebody rings.
const IDLE: Duration = Duration::from_secs(60);
/// How long a cancelled worker may take before it is killed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A job that has a worker.
pub(crate) struct Active {
    pub folder: JobFolder,
    pub record: Record,
    pub rate: Rate,
    /// The process, when this program started it; a worker found again is known by its lock alone.
    child: Option<Child>,
    exit: Option<ExitStatus>,
    peak: Option<u64>,
    pub kill_at: Option<Instant>,
}

impl Active {
    pub(crate) fn found(folder: JobFolder, record: Record) -> Active {
        let cancelled = folder.asked().as_deref() == Some("cancel");
        let peak = record.totals.as_ref().and_then(|t| t["peak_memory"].as_u64());
        let kill_at = cancelled.then(|| Instant::now() + PATIENCE);
        Active { folder, record, rate: Rate::default(), child: None, exit: None, peak, kill_at }
    }

    /// The leader of the worker's process group, as long as it lives.
    fn pid(&self) -> Option<i32> {
        if let Some(child) = &self.child {
            return i32::try_from(child.id()).ok();
        }
        let worker = self.folder.worker();
        (worker.pid > 1 && start_of(worker.pid) == Some(worker.start)).then_some(worker.pid)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid().and_then(Pid::from_raw) {
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Whether the worker is gone. The lock tells, not a process number, which may be another's by now.
    fn is_gone(&mut self) -> bool {
        if let Some(child) = &mut self.child {
            match child.try_wait() {
                Ok(None) => return false,
                Ok(Some(status)) => self.exit = Some(status),
                Err(_) => {}
            }
            self.child = None;
        }
        !matches!(self.folder.lock(), Ok(None))
    }
}

/// Memory that a queued job will take.
pub(crate) enum Estimate {
    /// Someone is finding out.
    Asked,
    /// Found out, unless there is no plan; its worker then says why.
    Known(Option<u64>),
}

/// Everything that is known and done.
pub(crate) struct Keeper {
    pub home: PathBuf,
    pub options: Options,
    pub store: Store,
    pub settings: Settings,
    pub active: BTreeMap<String, Active>,
    pub changes: Vec<Change>,
    pub notices: Vec<Problem>,
    /// Requests whose memory is to be found out.
    pub to_estimate: Vec<(String, Request)>,
    pub estimates: HashMap<String, Estimate>,
    /// The job that waits for memory.
    waiting: Option<String>,
    /// Jobs that could neither be started nor be said to have failed; they are left alone until somebody acts.
    pub stuck: BTreeSet<String>,
    /// Whether the folder was given free.
    pub closed: bool,
}

impl Keeper {
    pub(crate) fn open(home: &Path, options: Options) -> Result<Keeper, Problem> {
        let settings = Settings::load(home)?;
        let (store, notice) = Store::open(&home.join("index.sqlite"))?;
        let mut keeper = Keeper {
            home: home.to_path_buf(),
            options,
            store,
            settings,
            active: BTreeMap::new(),
            changes: Vec::new(),
            notices: notice.into_iter().collect(),
            to_estimate: Vec::new(),
            estimates: HashMap::new(),
            waiting: None,
            stuck: BTreeSet::new(),
            closed: false,
        };
        keeper.find_again()?;
        Ok(keeper)
    }

    pub(crate) fn folder(&self, id: &str) -> JobFolder {
        JobFolder::at(&self.home.join("jobs").join(id))
    }

    /// Brings the index in line with the folders, and finds the workers that are still at work.
    fn find_again(&mut self) -> Result<(), Problem> {
        let jobs = self.home.join("jobs");
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&jobs).map_err(|e| files::failed(&jobs, &e))?.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if clock::is_id(&name) {
                ids.push(name);
            } else if name.starts_with(".new-") || name.starts_with(".gone-") {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        ids.sort();
        for id in self.store.ids()? {
            if ids.binary_search(&id).is_err() {
                self.store.remove(&id)?;
            }
        }
        for id in ids {
            let folder = self.folder(&id);
            match self.found(&id, &folder) {
                Ok((record, stale)) => self.take_up(folder, record, stale)?,
                Err(problem) => self.notices.push(problem),
            }
        }
        Ok(())
    }

    /// A job by its folder, and whether the index does not know all of that yet.
    fn found(&self, id: &str, folder: &JobFolder) -> Result<(Record, bool), Problem> {
        let len = std::fs::metadata(folder.events()).map_or(0, |m| m.len());
        match self.store.get(id).ok().flatten() {
            Some(record) if record.heard == len => Ok((record, false)),
            Some(mut record) if record.heard < len => {
                reconcile::catch_up(folder, &mut record, &mut Rate::default())?;
                Ok((record, true))
            }
            _ => Ok((reconcile::record(folder)?, true)),
        }
    }

    fn take_up(&mut self, folder: JobFolder, mut record: Record, mut stale: bool) -> Result<(), Problem> {
        let mut at_work = false;
        if !record.state.is_ended() {
            match folder.lock()? {
                None => at_work = true,
                Some(_lock) if record.state.is_active() => {
                    end_vanished(&folder, &mut record, None);
                    stale = true;
                }
                Some(_) => {}
            }
        }
        if stale {
            self.store.put(&record)?;
        }
        if at_work {
            self.active.insert(record.id.clone(), Active::found(folder, record));
        }
        Ok(())
    }

    pub(crate) fn workers(&self) -> usize {
        self.options.workers.unwrap_or(self.settings.workers)
    }

    pub(crate) fn set_settings(&mut self, settings: Settings) {
        // Who changes the number later means it; the option was for the start.
        if settings.workers != self.settings.workers {
            self.options.workers = None;
        }
        self.settings = settings;
    }

    /// Looks at everything once; says when to look again.
    pub(crate) fn tick(&mut self) -> Duration {
        let ids: Vec<String> = self.active.keys().cloned().collect();
        ids.iter().for_each(|id| self.look(id));
        self.start_next();
        match (self.active.is_empty(), &self.waiting) {
            (false, _) => WATCH_EVERY,
            (true, Some(_)) => MEMORY_EVERY,
            (true, None) => IDLE,
        }
    }

    /// Listens to a worker, and notices its end.
    pub(crate) fn look(&mut self, id: &str) {
        let Some(active) = self.active.get_mut(id).filter(|_| !self.closed) else { return };
        // Being gone is asked for first, so that everything it told is heard after it.
        let gone = active.is_gone();
        let heard =
            reconcile::catch_up(&active.folder, &mut active.record, &mut active.rate).unwrap_or_default();
        if heard.any {
            self.changes.push(Change {
                id: id.to_string(),
                events_len: active.record.heard,
                state_changed: heard.state,
                removed: false,
            });
        }
        if heard.state && !gone {
            let _ = self.store.put(&active.record);
        }
        if gone {
            self.over(id);
        } else if active.kill_at.is_some_and(|at| Instant::now() >= at) {
            active.signal(Signal::KILL);
            active.kill_at = Some(Instant::now() + PATIENCE);
        }
    }

    fn over(&mut self, id: &str) {
        let Some(mut active) = self.active.remove(id) else { return };
        self.estimates.remove(id);
        if !active.folder.dir().is_dir() {
            let _ = self.store.remove(id);
            self.changed(id, 0, true);
            return;
        }
        // Nobody else adds to the events now: workers start by this thread alone, and this one is gone.
        if let (Ok(Some(_lock)), false) = (active.folder.lock(), active.record.state.is_ended()) {
            end_vanished(&active.folder, &mut active.record, active.exit);
        }
        let _ = self.store.put(&active.record);
        self.changed(id, active.record.heard, false);
    }

    pub(crate) fn changed(&mut self, id: &str, events_len: u64, removed: bool) {
        self.changes.push(Change { id: id.to_string(), events_len, state_changed: true, removed });
    }

    /// Tells that a job stands otherwise in the queue.
    pub(crate) fn moved(&mut self, id: &str) {
        if let Some(record) = self.store.get(id).ok().flatten() {
            self.changed(id, record.heard, false);
        }
    }

    /// Whether a job told its end, but its worker is still there.
    pub(crate) fn is_ending(&mut self, id: &str) -> bool {
        self.look(id);
        self.active.get(id).is_some_and(|a| a.record.state.is_ended())
    }

    fn start_next(&mut self) {
        let waited = self.waiting.take();
        while self.active.len() < self.workers() {
            let queue = self.store.queue().unwrap_or_default();
            let Some(id) = queue.into_iter().find(|id| self.may_start(id)) else { break };
            match self.estimates.get(&id) {
                Some(Estimate::Known(memory)) => {
                    let memory = *memory;
                    if !self.fits(memory) {
                        self.waiting = Some(id);
                        break;
                    }
                    self.start(&id, memory);
                }
                Some(Estimate::Asked) => break,
                None => {
                    let request = self.request(&id);
                    let estimate = if request.is_some() { Estimate::Asked } else { Estimate::Known(None) };
                    self.estimates.insert(id.clone(), estimate);
                    self.to_estimate.extend(request.map(|r| (id, r)));
                }
            }
        }
        if waited != self.waiting {
            let changed: Vec<String> = waited.into_iter().chain(self.waiting.clone()).collect();
            changed.iter().for_each(|id| self.moved(id));
        }
    }

    fn may_start(&self, id: &String) -> bool {
        !self.active.contains_key(id) && !self.stuck.contains(id)
    }

    fn request(&self, id: &str) -> Option<Request> {
        let fields = self.folder(id).request().ok()?;
        Request::check(Task::of(&fields, id).ok()?, &fields, id).ok()
    }

    pub(crate) fn estimated(&mut self, id: &str, memory: Option<u64>) {
        if let Some(estimate) = self.estimates.get_mut(id) {
            *estimate = Estimate::Known(memory);
        }
    }

    /// Whether a job of this need may start beside those that run.
    fn fits(&self, memory: Option<u64>) -> bool {
        let Some(need) = memory else { return true };
        let planned: u64 = self.active.values().filter_map(|a| a.peak).sum();
        if self.settings.memory_limit.is_some_and(|limit| planned + need > limit) {
            return false;
        }
        // What running jobs will still take is not free, although it looks so.
        let to_come = self.active.values().filter_map(|a| {
            let held = a.pid().and_then(folder::memory_of).unwrap_or(0);
            Some(a.peak?.saturating_sub(held))
        });
        weldlm_output::memory_available().is_none_or(|free| to_come.sum::<u64>() + need <= free)
    }

    fn start(&mut self, id: &str, peak: Option<u64>) {
        let folder = self.folder(id);
        let Ok(Some(mut record)) = self.store.get(id) else { return };
        match self.spawn(&folder) {
            Ok(child) => {
                let (rate, child) = (Rate::default(), Some(child));
                let active = Active { folder, record, rate, child, exit: None, peak, kill_at: None };
                self.active.insert(id.to_string(), active);
            }
            Err(problem) => {
                let fields = end_fields(State::Failed, None, &[problem], Value::Null);
                end_with(&folder, &mut record, fields);
                self.estimates.remove(id);
                if self.store.put(&record).is_err() {
                    self.stuck.insert(id.to_string());
                }
                self.changed(id, record.heard, false);
            }
        }
    }

    fn spawn(&self, folder: &JobFolder) -> Result<Child, Problem> {
        let mut order = folder.order()?;
        if order.roots != self.options.roots {
            order.roots.clone_from(&self.options.roots);
            folder.set_order(&order)?;
        }
        let path = folder.log();
        keep_short(&path);
        let log = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let log = log.map_err(|e| files::failed(&path, &e))?;
        let place = if order.folder.is_dir() { order.folder.as_path() } else { self.home.as_path() };
        let mut command = Command::new(&self.options.program);
        // A group of its own: what ends the server, Ctrl-C for one, does not end its workers.
        command.arg("worker").arg(folder.dir()).current_dir(place).process_group(0);
        command.env_remove("WELDLM_TOKEN").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().map_err(|e| {
            let program = self.options.program.display();
            Problem::new(&says::CANNOT_START).arg("reason", format!("{program}: {e}"))
        })
    }

    /// A job with what only the supervisor knows of it.
    pub(crate) fn view(&self, record: &Record, queue: &[String]) -> Job {
        let mut job = match self.active.get(&record.id) {
            Some(active) => active.record.view(Some(&active.rate)),
            None => record.view(None),
        };
        if job.state == State::Queued {
            let waiting = queue.iter().filter(|id| !self.active.contains_key(*id));
            let place = waiting.into_iter().position(|id| *id == job.id);
            job.position = place.map(|p| p as u64 + 1);
            job.waiting_for = (self.waiting.as_ref() == Some(&job.id)).then_some("memory");
            if self.active.contains_key(&job.id) {
                job.actions.retain(|a| *a != Action::Delete);
            }
        }
        job
    }
}

/// Writes down that a worker vanished. The caller holds the job's lock.
fn end_vanished(folder: &JobFolder, record: &mut Record, exit: Option<ExitStatus>) {
    let reason = match exit {
        Some(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => format!("signal {signal}"),
            (None, code) => format!("exit code {}", code.unwrap_or(1)),
        },
        None => "-".to_string(),
    };
    let fields = match folder.asked().as_deref() {
        Some("cancel") => end_fields(State::Cancelled, None, &[], Value::Null),
        Some("pause") => end_fields(State::Interrupted, Some(Cause::Paused), &[], Value::Null),
        _ => {
            let vanished = Problem::new(&says::WORKER_VANISHED).arg("reason", reason);
            end_fields(State::Interrupted, Some(Cause::Crash), &[vanished], Value::Null)
        }
    };
    end_with(folder, record, fields);
}

/// Adds an ending and takes it in. When the disk is full the index alone knows of it, until the next time.
pub(crate) fn end_with(folder: &JobFolder, record: &mut Record, fields: Value) {
    match end_for(folder, fields.clone()) {
        Ok(()) => drop(reconcile::catch_up(folder, record, &mut Rate::default())),
        Err(_) => {
            let mut event = fields;
            event["type"] = "end".into();
            event["t"] = clock::text(clock::now()).into();
            record.hear(record.heard, &event.to_string(), &mut Rate::default());
        }
    }
}
