//! A place where jobs are run: a model, a data folder, and ways to hold a worker still.

use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use weldlm_jobs::{Job, Jobs, Options, State};
use weldlm_messages::Problem;
use weldlm_testkit::random;

pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    /// With so many tensors that a command which does not read its events stops the run.
    pub fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        random::write_model(dir.path(), 16, 200, 1);
        Place { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    pub fn options(&self) -> Options {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_weldlm"));
        Options { program, commands: true, ..Options::default() }
    }

    pub fn open(&self) -> Jobs {
        self.try_open().unwrap()
    }

    pub fn try_open(&self) -> Result<Jobs, Problem> {
        Jobs::open(&self.path("data"), self.options())
    }

    /// A merge to a place.
    pub fn merge(&self, out: &str) -> Map<String, Value> {
        let text = |name: &str| self.path(name).display().to_string();
        let fields = json!({"base_model_path": text("base"), "adapter_path": text("adapter"), "output_path": text(out)});
        fields.as_object().unwrap().clone()
    }

    /// The same, held in the middle of its run until [`Place::go`].
    pub fn held(&self, out: &str) -> Map<String, Value> {
        let mut fields = self.merge(out);
        let go = self.path("go").display().to_string();
        let script = format!("read plan; echo 0; while [ ! -e {go} ]; do sleep 0.02; done; cat >/dev/null");
        fields.insert("on_event".to_string(), json!(format!("sh -c '{script}'")));
        fields
    }

    pub fn go(&self) {
        fs::write(self.path("go"), "").unwrap();
    }

    pub fn job_file(&self, id: &str, name: &str) -> PathBuf {
        self.path("data/jobs").join(id).join(name)
    }

    pub fn worker(&self, id: &str) -> i64 {
        let text = fs::read_to_string(self.job_file(id, "worker.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["pid"].as_i64().unwrap()
    }

    pub fn kill(&self, id: &str, signal: &str) {
        let pid = self.worker(id).to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// What the command line makes of the same request.
    pub fn by_hand(&self) -> PathBuf {
        let out = self.path("by-hand");
        if !out.exists() {
            let [base, adapter, text] =
                ["base", "adapter", "by-hand"].map(|n| self.path(n).display().to_string());
            let arguments = ["merge", "--base", &base, "--adapter", &adapter, "--output", &text];
            let run = crate::support::run(self.dir.path(), &arguments);
            assert_eq!(run.code, 0, "{}", run.err);
        }
        out
    }

    pub fn same_as_by_hand(&self, out: &str) {
        let (a, b) = (files(&self.by_hand()), files(&self.path(out)));
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        assert_eq!(names(&a), names(&b));
        for (a, b) in a.iter().zip(&b) {
            assert!(a.1 == b.1, "{} differs", a.0);
        }
        assert!(!self.path(&format!("{out}.partial")).exists());
    }
}

pub fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(dir)
        .unwrap()
        .flatten()
        .map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// Waits until a job is as wished.
pub fn until(jobs: &Jobs, id: &str, wished: impl Fn(&Job) -> bool) -> Job {
    let began = Instant::now();
    loop {
        let job = jobs.get(id).unwrap();
        if wished(&job) {
            return job;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "still {job:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn until_state(jobs: &Jobs, id: &str, state: State) -> Job {
    until(jobs, id, |job| {
        let other = job.state.is_ended() && job.state != state;
        assert!(!other, "{:?} {:?} {:?}", job.state, job.cause, job.problems);
        job.state == state
    })
}

/// Waits until its worker is in the middle of writing.
pub fn until_held(place: &Place, jobs: &Jobs, id: &str) -> Job {
    let job = until_state(jobs, id, State::Running);
    let partial = PathBuf::from(format!("{}.partial", job.output));
    let began = Instant::now();
    while !partial.join("model.safetensors").exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", place.path("").display());
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(jobs.get(id).unwrap().state, State::Running);
    job
}
