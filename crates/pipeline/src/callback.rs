//! Code that is told what a merge does and may veto it: as a trait, and as a command.

use crate::events::Event;
use crate::report::{Report, TensorReport};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use weldlm_messages::{Lang, Problem, catalogue::merge as says, catalogue::usage};
use weldlm_plan::Plan;

/// Hears of a merge. All methods are called from the job's own threads; a slow one slows the job down.
pub trait MergeCallback: Sync {
    /// The plan is complete and nothing was written yet.
    ///
    /// # Errors
    /// An error vetoes the merge.
    fn before_merge(&self, _plan: &Plan) -> Result<(), Problem> {
        Ok(())
    }

    /// A tensor was merged (or copied) and written.
    fn tensor_merged(&self, _tensor: &TensorReport) {}

    /// The result was verified and is in its place.
    fn after_merge(&self, _report: &Report) {}
}

/// How long a command may be silent about the plan before silence counts as consent.
const ANSWER_SECONDS: u64 = 10;

/// A command that gets one JSON event a line on its standard input (`--on-event`).
///
/// After the `plan` event it may answer with a line on its standard output: `0` to go on, another number,
/// optionally with a reason, to veto, `wait` to be given more time. Ending with a non-zero status vetoes as
/// well. Text that is no such answer is ignored.
pub struct CommandCallback {
    inner: Mutex<Inner>,
    silent: Mutex<Option<Problem>>,
}

struct Inner {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: mpsc::Receiver<String>,
}

impl CommandCallback {
    /// Starts the command. It is split into words as a shell does, but no shell runs it.
    ///
    /// # Errors
    /// When it cannot be split or started.
    pub fn start(command: &str) -> Result<CommandCallback, Problem> {
        let failed = |reason: &dyn std::fmt::Display| {
            Problem::new(&says::CALLBACK_FAILED).arg("reason", reason).at("on_event")
        };
        let words = shlex::split(command).filter(|w| !w.is_empty());
        let Some(words) = words else {
            return Err(Problem::new(&usage::BAD_VALUE)
                .arg("value", command)
                .arg("field", "on_event")
                .arg("expected", "a command")
                .at("on_event"));
        };
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| failed(&format!("{}: {e}", words[0])))?;
        let (send, answers) = mpsc::channel();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        if let Some(stdout) = stdout {
            std::thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                lines.take_while(|line| send.send(line.clone()).is_ok()).for_each(drop);
            });
        }
        Ok(CommandCallback { inner: Mutex::new(Inner { child, stdin, answers }), silent: Mutex::new(None) })
    }

    /// A warning that came up while the plan was shown.
    pub fn warning(&self) -> Option<Problem> {
        self.silent.lock().map(|mut s| s.take()).unwrap_or(None)
    }

    fn send(&self, event: &Value) {
        let Ok(mut inner) = self.inner.lock() else { return };
        let sent = inner.stdin.as_mut().map(|stdin| writeln!(stdin, "{event}").and_then(|()| stdin.flush()));
        // A command that has closed its input wants no more events.
        if !matches!(sent, Some(Ok(()))) {
            inner.stdin = None;
        }
    }

    fn answer(&self) -> Result<(), Problem> {
        let veto = |reason: &str| {
            Err(Problem::new(&says::VETO)
                .arg("reason", if reason.is_empty() { "-" } else { reason })
                .at("on_event"))
        };
        let Ok(mut inner) = self.inner.lock() else { return Ok(()) };
        let mut until = Some(Instant::now() + Duration::from_secs(ANSWER_SECONDS));
        loop {
            match inner.answers.recv_timeout(Duration::from_millis(20)) {
                Ok(line) => match read_answer(&line) {
                    Answer::Go => return Ok(()),
                    Answer::Veto(reason) => return veto(&reason),
                    Answer::Wait => until = None,
                    Answer::Chatter => {}
                },
                Err(mpsc::RecvTimeoutError::Disconnected | mpsc::RecvTimeoutError::Timeout) => {
                    if let Ok(Some(status)) = inner.child.try_wait() {
                        // Answers that are still in the pipe go before the status.
                        let last = inner.answers.try_iter().find_map(|l| match read_answer(&l) {
                            Answer::Veto(reason) => Some(reason),
                            _ => None,
                        });
                        return match last {
                            Some(reason) => veto(&reason),
                            None if status.success() => Ok(()),
                            None => veto(&status.to_string()),
                        };
                    }
                }
            }
            if until.is_some_and(|until| Instant::now() > until) {
                if let Ok(mut silent) = self.silent.lock() {
                    *silent = Some(Problem::new(&says::CALLBACK_SILENT).arg("seconds", ANSWER_SECONDS));
                }
                return Ok(());
            }
        }
    }
}

enum Answer {
    Go,
    Veto(String),
    Wait,
    Chatter,
}

fn read_answer(line: &str) -> Answer {
    let line = line.trim();
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match (first, first.parse::<i64>()) {
        ("wait", _) => Answer::Wait,
        (_, Ok(0)) => Answer::Go,
        (_, Ok(_)) => Answer::Veto(rest.trim().to_string()),
        _ => Answer::Chatter,
    }
}

impl MergeCallback for CommandCallback {
    fn before_merge(&self, plan: &Plan) -> Result<(), Problem> {
        self.send(&json!({"event": "plan", "plan": plan_json(plan, Lang::En)}));
        self.answer()
    }

    fn tensor_merged(&self, tensor: &TensorReport) {
        self.send(&json!({"event": "tensor", "tensor": tensor.to_json()}));
    }

    fn after_merge(&self, report: &Report) {
        self.send(&json!({"event": "done", "receipt": report.receipt}));
    }
}

impl Drop for CommandCallback {
    fn drop(&mut self) {
        let Ok(inner) = self.inner.get_mut() else { return };
        inner.stdin = None;
        // The end of its input tells the command to end; one that does not is stopped.
        for _ in 0..100 {
            if !matches!(inner.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = inner.child.kill();
        let _ = inner.child.wait();
    }
}

/// The plan as JSON: for `--dry-run --json`, the plan event and the web's preflight panel.
pub fn plan_json(plan: &Plan, lang: Lang) -> Value {
    let entries: Vec<Value> = plan
        .entries
        .iter()
        .map(|e| {
            let by: Vec<&str> = e.edits.iter().map(|a| plan.edit(a).kind).collect();
            json!({"name": e.name, "dtype": e.dtype.name(), "shape": e.shape, "changed_by": by, "new": e.source.is_none()})
        })
        .collect();
    let t = &plan.totals;
    json!({
        "base": plan.base.folder().label(),
        "adapters": plan.adapters.iter().map(|a| a.folder().label()).collect::<Vec<_>>(),
        "names": plan.rules.iter().map(|r| r.what(lang)).collect::<Vec<_>>(),
        "output": plan.request.output.display().to_string(),
        "files": plan.files.iter().map(|f| json!({"name": f.plan.name, "bytes": f.plan.len, "tensors": f.entries.len()})).collect::<Vec<_>>(),
        "side_files": plan.side.iter().map(|f| json!({"name": f.name, "bytes": f.len})).collect::<Vec<_>>(),
        "config_edits": plan.config_edits.iter().map(|e| json!({"key": e.path.join("."), "value": e.value})).collect::<Vec<_>>(),
        "tensors": entries,
        "skipped": plan.skipped.iter().map(|s| json!({"module": s.module, "problem": s.problem.to_json(lang)})).collect::<Vec<_>>(),
        "warnings": plan.warnings.iter().map(|w| w.to_json(lang)).collect::<Vec<_>>(),
        "totals": {
            "bytes_read": t.bytes_read, "bytes_written": t.bytes_written, "peak_memory": t.peak_memory,
            "free_disk": t.free_disk, "seconds": (t.seconds * 10.0).round() / 10.0,
        },
    })
}

/// Tells a callback the events that concern it.
pub(crate) fn forward(callback: &dyn MergeCallback, event: &Event) {
    if let Event::Tensor(tensor) = event {
        callback.tensor_merged(tensor);
    }
}
