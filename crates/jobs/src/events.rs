//! Reading the events of a job: by place, forwards and backwards, whatever the size of the file.
//!
//! An event's id is the offset of the end of its line. Lines that are still being written are not there yet.

use crate::files;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use weldlm_messages::Problem;

const BLOCK: usize = 64 << 10;
/// No event is as long; what is, is damage and is passed over.
const LINE_MAX: usize = 4 << 20;
/// At most so many events, or so many bytes of them, at once.
const LIMIT_MAX: usize = 10_000;
const ANSWER_MAX: usize = 8 << 20;

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// With the first event after this one.
    After(u64),
    /// With the last events before this place, which is the `previous` of an earlier answer.
    Before(u64),
    /// With the last events there are.
    Tail,
}

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Single tensors and progress.
    Debug,
    /// States, stages and notes.
    Info,
    /// Warnings.
    Warn,
    /// Endings that nobody wished for.
    Error,
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// At most so many.
    pub limit: usize,
    /// Only those that matter at least as much.
    pub level: Option<Level>,
    /// Only those with this text, whatever the case.
    pub text: Option<String>,
    /// Whether progress is wanted.
    pub progress: bool,
}

impl Default for LogQuery {
    fn default() -> LogQuery {
        LogQuery { limit: 500, level: None, text: None, progress: true }
    }
}

/// A part of the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// Id and line of each, oldest first. The line is an object of JSON.
    pub lines: Vec<(u64, String)>,
    /// For [`Cursor::After`]: goes on after what was looked at.
    pub next: u64,
    /// For [`Cursor::Before`]: goes on before what was looked at; 0 at the beginning.
    pub previous: u64,
    /// Whether the job has ended and nothing comes after `next`.
    pub end: bool,
}

impl LogQuery {
    fn takes(&self, line: &str) -> bool {
        if !line.starts_with('{') || !line.ends_with('}') {
            return false;
        }
        if self.progress && self.level.is_none() && self.text.is_none() {
            return true;
        }
        let Ok(head) = serde_json::from_str::<Head>(line) else { return false };
        (self.progress || head.kind != "progress")
            && self.level.is_none_or(|least| head.level() >= least)
            && self.text.as_ref().is_none_or(|text| line.to_lowercase().contains(&text.to_lowercase()))
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    level: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Option<Cow<'a, str>>,
}

impl Head<'_> {
    fn level(&self) -> Level {
        match (&*self.kind, self.level.as_deref(), self.state.as_deref()) {
            ("tensor" | "progress", ..) | ("log", Some("debug"), _) => Level::Debug,
            ("warning", ..) | ("log", Some("warn"), _) => Level::Warn,
            ("log", Some("error"), _) | ("end", _, Some("failed")) => Level::Error,
            ("end", _, Some("interrupted" | "partial")) => Level::Warn,
            _ => Level::Info,
        }
    }
}

/// Reads events.
pub(crate) fn read(path: &Path, from: Cursor, query: &LogQuery) -> Result<Events, Problem> {
    let failed = |e: io::Error| files::failed(path, &e);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Events::default()),
        Err(e) => return Err(failed(e)),
    };
    match from {
        Cursor::After(id) => after(&file, id, query),
        Cursor::Before(id) => before(&file, Some(id), query),
        Cursor::Tail => before(&file, None, query),
    }
    .map_err(failed)
}

fn limit(query: &LogQuery) -> usize {
    query.limit.clamp(1, LIMIT_MAX)
}

fn after(file: &File, id: u64, query: &LogQuery) -> io::Result<Events> {
    let from = line_start(file, id)?;
    let mut found = Events { next: from, previous: from, ..Events::default() };
    let mut bytes = 0;
    forwards(file, from, &mut |end, line| {
        found.next = end;
        if query.takes(line) {
            bytes += line.len();
            found.lines.push((end, line.to_string()));
        }
        found.lines.len() < limit(query) && bytes < ANSWER_MAX
    })?;
    Ok(found)
}

fn before(file: &File, id: Option<u64>, query: &LogQuery) -> io::Result<Events> {
    let len = file.metadata()?.len();
    let until = match id {
        Some(id) => line_start(file, id.min(len))?.min(len),
        None => whole(file)?,
    };
    let mut found = Events { next: until, previous: until, ..Events::default() };
    let mut bytes = 0;
    backwards(file, until, &mut |start, end, line| {
        found.previous = start;
        if query.takes(line) {
            bytes += line.len();
            found.lines.push((end, line.to_string()));
        }
        found.lines.len() < limit(query) && bytes < ANSWER_MAX
    })?;
    found.lines.reverse();
    Ok(found)
}

/// How many bytes of a file hold whole lines.
pub(crate) fn whole(file: &File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut block = vec![0; BLOCK];
    while end > 0 {
        let start = end.saturating_sub(BLOCK as u64);
        let part = &mut block[..(end - start) as usize];
        file.read_exact_at(part, start)?;
        if let Some(at) = part.iter().rposition(|b| *b == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The first beginning of a line at or after a place, since anybody may ask for any place.
fn line_start(file: &File, at: u64) -> io::Result<u64> {
    let len = file.metadata()?.len();
    if at == 0 || at > len {
        return Ok(if at == 0 { 0 } else { whole(file)? });
    }
    let mut byte = [0];
    file.read_exact_at(&mut byte, at - 1)?;
    if byte[0] == b'\n' {
        return Ok(at);
    }
    let (mut start, mut block) = (at, vec![0; BLOCK]);
    loop {
        let n = file.read_at(&mut block, start)?;
        if n == 0 {
            return whole(file);
        }
        if let Some(newline) = block[..n].iter().position(|b| *b == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        start += n as u64;
    }
}

/// Tells every whole line from a beginning of a line on, with the place of its end, until `each` has enough.
pub(crate) fn forwards(file: &File, from: u64, each: &mut dyn FnMut(u64, &str) -> bool) -> io::Result<()> {
    let (mut at, mut block, mut line) = (from, vec![0; BLOCK], Vec::new());
    let mut too_long = false;
    loop {
        let n = file.read_at(&mut block, at)?;
        if n == 0 {
            return Ok(());
        }
        let mut rest = &block[..n];
        while let Some(newline) = rest.iter().position(|b| *b == b'\n') {
            line.extend_from_slice(&rest[..newline]);
            rest = &rest[newline + 1..];
            let end = at + (n - rest.len()) as u64;
            let text = if too_long { None } else { std::str::from_utf8(&line).ok() };
            let go_on = text.filter(|t| !t.is_empty()).is_none_or(|text| each(end, text));
            line.clear();
            too_long = false;
            if !go_on {
                return Ok(());
            }
        }
        if line.len() + rest.len() > LINE_MAX {
            too_long = true;
            line.clear();
        } else if !too_long {
            line.extend_from_slice(rest);
        }
        at += n as u64;
    }
}

/// Tells every line before a beginning of a line, the last one first, with its beginning and end.
fn backwards(file: &File, until: u64, each: &mut dyn FnMut(u64, u64, &str) -> bool) -> io::Result<()> {
    // `tail` is what of a line was read already, and ends at `end`.
    let (mut start, mut end, mut tail) = (until, until, Vec::<u8>::new());
    let (mut block, mut too_long) = (vec![0; BLOCK], false);
    let mut tell = |start: u64, end: u64, line: &[u8]| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let text = std::str::from_utf8(line).ok().filter(|t| !t.is_empty());
        text.is_none_or(|text| each(start, end, text))
    };
    while start > 0 {
        let from = start.saturating_sub(BLOCK as u64);
        let part = &mut block[..(start - from) as usize];
        file.read_exact_at(part, from)?;
        let mut rest = &part[..];
        // A newline at the very end of `rest` ends the line before the one in `tail`.
        while let Some(newline) = rest.iter().rposition(|b| *b == b'\n') {
            let begins = from + newline as u64 + 1;
            if begins < end && !too_long {
                let line = [&rest[newline + 1..], &tail].concat();
                if !tell(begins, end, &line) {
                    return Ok(());
                }
            }
            tail.clear();
            too_long = false;
            end = begins;
            rest = &rest[..newline];
            // The newline belongs to the line that it ends.
            tail.push(b'\n');
        }
        if tail.len() + rest.len() > LINE_MAX {
            (tail, too_long) = (Vec::new(), true);
        } else if !too_long {
            tail.splice(0..0, rest.iter().copied());
        }
        start = from;
    }
    if end > 0 && !too_long {
        tell(0, end, &tail);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(lines: impl Iterator<Item = String>) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        fs::write(&path, lines.map(|l| l + "\n").collect::<String>()).unwrap();
        (dir, path)
    }

    fn numbered(n: usize, long: usize) -> impl Iterator<Item = String> {
        (0..n).map(move |i| {
            let (kind, pad) = (if i % 10 == 0 { "warning" } else { "progress" }, "x".repeat(i % 7 * long));
            format!("{{\"type\":\"{kind}\",\"n\":{i},\"pad\":\"{pad}\"}}")
        })
    }

    fn numbers(events: &Events) -> Vec<u64> {
        let number =
            |l: &(u64, String)| serde_json::from_str::<serde_json::Value>(&l.1).unwrap()["n"].as_u64();
        events.lines.iter().filter_map(number).collect()
    }

    #[test]
    fn both_ways_give_every_line_once() {
        for long in [0, 1, 9_000, 40_000] {
            let (_dir, path) = file(numbered(100, long));
            let all: Vec<u64> = (0..100).collect();
            let query = LogQuery { limit: 7, ..LogQuery::default() };
            let (mut forth, mut at) = (Vec::new(), 0);
            loop {
                let part = read(&path, Cursor::After(at), &query).unwrap();
                if part.lines.is_empty() {
                    break;
                }
                forth.extend(numbers(&part));
                at = part.next;
            }
            assert_eq!(forth, all, "{long}");
            let mut part = read(&path, Cursor::Tail, &query).unwrap();
            assert_eq!(part.next, at);
            let mut back = Vec::new();
            while !part.lines.is_empty() {
                back.splice(0..0, numbers(&part));
                part = read(&path, Cursor::Before(part.previous), &query).unwrap();
            }
            assert_eq!(back, all, "{long}");
        }
    }

    #[test]
    fn an_id_leads_to_the_next_line_and_odd_places_do_too() {
        let (_dir, path) = file(numbered(50, 100));
        let query = LogQuery { limit: 3, ..LogQuery::default() };
        let first = read(&path, Cursor::After(0), &query).unwrap();
        let id = first.lines[1].0;
        assert_eq!(numbers(&read(&path, Cursor::After(id), &query).unwrap()), [2, 3, 4]);
        assert_eq!(numbers(&read(&path, Cursor::After(id + 1), &query).unwrap()), [3, 4, 5]);
        assert_eq!(numbers(&read(&path, Cursor::Before(id), &query).unwrap()), [0, 1]);
        for far in [u64::MAX, 1 << 40] {
            assert!(read(&path, Cursor::After(far), &query).unwrap().lines.is_empty());
            assert_eq!(numbers(&read(&path, Cursor::Before(far), &query).unwrap()), [47, 48, 49]);
        }
    }

    #[test]
    fn filters() {
        let (_dir, path) = file(numbered(100, 10));
        let quiet = LogQuery { limit: 4, progress: false, ..LogQuery::default() };
        assert_eq!(numbers(&read(&path, Cursor::Tail, &quiet).unwrap()), [60, 70, 80, 90]);
        let level = LogQuery { level: Some(Level::Warn), ..LogQuery::default() };
        assert_eq!(read(&path, Cursor::After(0), &level).unwrap().lines.len(), 10);
        let text = LogQuery { text: Some("\"N\":77".to_string()), ..LogQuery::default() };
        assert_eq!(numbers(&read(&path, Cursor::After(0), &text).unwrap()), [77]);
        let levels = [
            (r#"{"type":"end","state":"failed"}"#, Level::Error),
            (r#"{"type":"end","state":"done"}"#, Level::Info),
            (r#"{"type":"log","level":"error"}"#, Level::Error),
            (r#"{"type":"tensor","name":"a\"b"}"#, Level::Debug),
        ];
        for (line, level) in levels {
            assert_eq!(serde_json::from_str::<Head>(line).unwrap().level(), level, "{line}");
        }
    }

    #[test]
    fn torn_and_damaged_lines() {
        let (_dir, path) = file(numbered(3, 0));
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend(b"\xff\xfe\n\n{\"type\":\"log\",\"n\":3}\n{\"type\":\"lo");
        fs::write(&path, &bytes).unwrap();
        let query = LogQuery::default();
        for from in [Cursor::After(0), Cursor::Tail, Cursor::Before(u64::MAX)] {
            let found = read(&path, from, &query).unwrap();
            assert_eq!(numbers(&found), [0, 1, 2, 3], "{from:?}");
            assert_eq!(found.next, bytes.len() as u64 - 11, "{from:?}");
        }
        bytes.extend(b"g\",\"n\":4}\n");
        fs::write(&path, &bytes).unwrap();
        assert_eq!(numbers(&read(&path, Cursor::Tail, &query).unwrap()), [0, 1, 2, 3, 4]);
        assert_eq!(read(&path.join("not"), Cursor::Tail, &query).err().map(|p| p.code()), Some("J103"));
        assert_eq!(read(&path.with_extension("x"), Cursor::Tail, &query).unwrap(), Events::default());
    }

    #[test]
    fn a_large_file_costs_as_little_as_a_small_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let lines: String = numbered(7_000, 100).map(|l| l + "\n").collect();
        let mut file = fs::File::create(&path).unwrap();
        for _ in 0..(100 << 20) / lines.len() + 1 {
            std::io::Write::write_all(&mut file, lines.as_bytes()).unwrap();
        }
        let len = fs::metadata(&path).unwrap().len();
        assert!(len > 100 << 20);
        let query = LogQuery { limit: 200, ..LogQuery::default() };
        let began = std::time::Instant::now();
        for from in [Cursor::Tail, Cursor::After(len / 2), Cursor::Before(len / 2), Cursor::After(0)] {
            assert_eq!(read(&path, from, &query).unwrap().lines.len(), 200);
        }
        assert!(began.elapsed().as_millis() < 200, "{:?}", began.elapsed());
    }
}
