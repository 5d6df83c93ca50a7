//! Writing the events of a job. Whoever holds the job's lock may do so.

use crate::clock;
use crate::folder::JobFolder;
use crate::{events, files};
use serde_json::{Map, Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};
use weldlm_messages::{Lang, Problem, catalogue::jobs as says};
use weldlm_output::human;

/// From this size on, a log takes only what the job's history cannot do without.
pub(crate) const BYTES_MAX: u64 = 32 << 20;
/// Progress is told no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// The open log of a job.
pub(crate) struct Log {
    file: File,
    len: u64,
    shortened: bool,
    told: Option<Instant>,
    untold: Option<(u64, String)>,
}

impl Log {
    /// Opens the log for adding to it. A line that was being written when its writer died is taken away, so that
    /// the next one begins at its beginning.
    pub(crate) fn open(folder: &JobFolder) -> Result<Log, Problem> {
        let path = folder.events();
        let open = || -> std::io::Result<(File, u64)> {
            let file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&path)?;
            let whole = events::whole(&file)?;
            if whole != file.metadata()?.len() {
                file.set_len(whole)?;
            }
            Ok((file, whole))
        };
        let (file, len) = open().map_err(|e| files::failed(&path, &e))?;
        Ok(Log { file, len, shortened: len >= BYTES_MAX, told: None, untold: None })
    }

    /// Adds an event that is always kept, durably.
    pub(crate) fn say(&mut self, kind: &str, fields: Value) -> std::io::Result<()> {
        self.flush_progress();
        self.line(kind, fields)?;
        self.file.sync_data()
    }

    /// Adds an event that is left out once the log is large. A full disk is no reason to stop a job that writes
    /// elsewhere, so a failure is not told.
    pub(crate) fn detail(&mut self, kind: &str, fields: Value) {
        if self.shortened {
            return;
        }
        if self.len >= BYTES_MAX {
            self.shortened = true;
            let note = Problem::new(&says::LOG_SHORTENED).arg("size", human(BYTES_MAX));
            let _ = self.line("log", note_fields("info", &note));
            return;
        }
        let _ = self.line(kind, fields);
    }

    /// So much of the stage is done; told now and then.
    pub(crate) fn progress(&mut self, done: u64, tensor: String) {
        self.untold = Some((done, tensor));
        if self.told.is_none_or(|told| told.elapsed() >= PROGRESS_EVERY) {
            self.told = Some(Instant::now());
            self.flush_progress();
        }
    }

    fn flush_progress(&mut self) {
        if let Some((done, tensor)) = self.untold.take() {
            self.detail("progress", json!({"done_bytes": done, "tensor": tensor}));
        }
    }

    fn line(&mut self, kind: &str, fields: Value) -> std::io::Result<()> {
        let mut event = Map::new();
        event.insert("t".to_string(), clock::text(clock::now()).into());
        event.insert("type".to_string(), kind.into());
        if let Value::Object(fields) = fields {
            event.extend(fields);
        }
        let line = format!("{}\n", Value::Object(event));
        let written = self.file.write_all(line.as_bytes());
        match written {
            Ok(()) => self.len += line.len() as u64,
            // Half a line must not be glued to the next one.
            Err(_) => {
                let _ = self.file.set_len(self.len);
            }
        }
        written
    }
}

/// A note of the catalogue as a log event's fields.
pub(crate) fn note_fields(level: &str, note: &Problem) -> Value {
    json!({"level": level, "text": note.what(Lang::En), "texts": note.to_json(Lang::En)["texts"]})
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_torn_line_is_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let folder = JobFolder::at(dir.path());
        Log::open(&folder).unwrap().say("state", json!({"state": "queued"})).unwrap();
        let whole = fs::read(folder.events()).unwrap();
        for tail in [&b"{\"t\":\"20"[..], &[0; 100]] {
            fs::write(folder.events(), [&whole, tail].concat()).unwrap();
            Log::open(&folder).unwrap();
            assert_eq!(fs::read(folder.events()).unwrap(), whole);
        }
    }

    #[test]
    fn a_large_log_keeps_states() {
        let dir = tempfile::tempdir().unwrap();
        let folder = JobFolder::at(dir.path());
        let mut log = Log::open(&folder).unwrap();
        log.len = BYTES_MAX - 10;
        for _ in 0..5 {
            log.detail("tensor", json!({"name": "x"}));
        }
        log.say("end", json!({"state": "done"})).unwrap();
        let text = fs::read_to_string(folder.events()).unwrap();
        let kinds: Vec<Value> =
            text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["type"].clone()).collect();
        assert_eq!(kinds, ["tensor", "log", "end"]);
        assert!(text.contains("33.6 MB") && text.contains("日志已达"), "{text}");
    }

    #[test]
    fn progress_is_told_now_and_then_and_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let folder = JobFolder::at(dir.path());
        let mut log = Log::open(&folder).unwrap();
        (0..100).for_each(|i| log.progress(i, "x".to_string()));
        log.say("stage", json!({"stage": "verify"})).unwrap();
        let text = fs::read_to_string(folder.events()).unwrap();
        let done: Vec<&str> = text.lines().filter(|l| l.contains("progress")).collect();
        assert_eq!(done.len(), 2);
        assert!(done[1].contains("\"done_bytes\":99"));
    }
}
