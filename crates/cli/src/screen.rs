//! What a person sees: progress on standard error, results on standard output, problems in words.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use weldlm_messages::{Lang, Message, Problem};
use weldlm_output::human;
use weldlm_pipeline::Event;

/// Plain progress lines come no faster than this.
const LINE_EVERY: Duration = Duration::from_secs(5);

struct Progress {
    bar: Option<ProgressBar>,
    stage: String,
    total: u64,
    began: Instant,
    said: Instant,
}

/// The terminal, or what stands in its place.
pub struct Screen {
    /// Language of all texts.
    pub lang: Lang,
    /// Whether standard output gets JSON.
    pub json: bool,
    terminal: bool,
    progress: Mutex<Progress>,
}

impl Screen {
    /// A screen for this process.
    pub fn new(lang: Lang, json: bool) -> Screen {
        let now = Instant::now();
        let progress = Progress { bar: None, stage: String::new(), total: 0, began: now, said: now };
        Screen { lang, json, terminal: std::io::stderr().is_terminal(), progress: Mutex::new(progress) }
    }

    /// A line of the result.
    pub fn line(&self, text: &str) {
        // A reader that went away (`| head`) is no reason to fail.
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// The result as JSON.
    pub fn value(&self, value: &Value) {
        self.line(&format!("{value:#}"));
    }

    /// A line beside the result.
    pub fn aside(&self, text: &str) {
        let bar = self.progress.lock().ok().and_then(|p| p.bar.clone());
        let write = || {
            let _ = writeln!(std::io::stderr(), "{text}");
        };
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Words of the catalogue with their facts filled in.
    pub fn words(&self, message: &'static Message, facts: &[(&'static str, String)]) -> String {
        facts.iter().fold(Problem::new(message), |p, (name, value)| p.arg(name, value)).what(self.lang)
    }

    /// A warning.
    pub fn warning(&self, problem: &Problem) {
        let hint = problem.hint(self.lang);
        let tail = if hint.is_empty() { String::new() } else { format!(" ({hint})") };
        self.aside(&format!("! {}: {}{tail}", problem.code(), problem.what(self.lang)));
    }

    /// Problems that ended a command.
    pub fn problems(&self, problems: &[Problem]) {
        self.end_progress();
        if self.json {
            let list: Vec<Value> = problems.iter().map(|p| p.to_json(self.lang)).collect();
            self.value(&json!({"error": list.first(), "errors": list}));
        }
        for problem in problems {
            self.aside(&format!("error {}: {}", problem.code(), problem.what(self.lang)));
            if let Some(place) = problem.place() {
                self.aside(&format!("  at: {place}"));
            }
            let hint = problem.hint(self.lang);
            if !hint.is_empty() {
                self.aside(&format!("  -> {hint}"));
            }
        }
    }

    /// Shows an event of a job.
    pub fn event(&self, event: &Event) {
        match event {
            Event::Stage(stage, total) => self.begin_stage(&stage.words().what(self.lang), *total),
            Event::Progress(done, what) => self.progress(*done, what),
            Event::Warning(problem) => self.warning(problem),
            Event::Tensor(_) | Event::Done(_) => {}
        }
    }

    fn begin_stage(&self, stage: &str, total: u64) {
        self.end_progress();
        let Ok(mut progress) = self.progress.lock() else { return };
        progress.stage = stage.to_string();
        progress.total = total;
        progress.began = Instant::now();
        progress.said = Instant::now();
        if self.terminal && total > 0 {
            let bar = ProgressBar::new(total);
            let template = "{prefix} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} ETA {eta} {wide_msg}";
            bar.set_style(
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.set_prefix(stage.to_string());
            progress.bar = Some(bar);
        }
    }

    fn progress(&self, done: u64, what: &str) {
        let Ok(mut progress) = self.progress.lock() else { return };
        if let Some(bar) = &progress.bar {
            bar.set_position(done);
            bar.set_message(what.to_string());
            return;
        }
        if progress.said.elapsed() < LINE_EVERY || progress.total == 0 {
            return;
        }
        progress.said = Instant::now();
        let seconds = progress.began.elapsed().as_secs_f64().max(1e-3);
        let rate = done as f64 / seconds;
        let left = if rate > 0.0 { (progress.total.saturating_sub(done)) as f64 / rate } else { 0.0 };
        let percent = 100.0 * done as f64 / progress.total as f64;
        let text = format!(
            "{} {percent:.0} % {}/{} {}/s ETA {left:.0}s {what}",
            progress.stage,
            human(done),
            human(progress.total),
            human(rate as u64),
        );
        drop(progress);
        self.aside(&text);
    }

    /// Takes the bar away.
    pub fn end_progress(&self) {
        if let Some(bar) = self.progress.lock().ok().and_then(|mut p| p.bar.take()) {
            bar.finish_and_clear();
        }
    }
}
