//! The `weldlm` program: one file per subcommand, one place for exit codes.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod demo;
mod fields;
mod home;
mod screen;
mod words;

use args::{Cli, Command};
use clap::Parser;
use screen::Screen;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;
use weldlm_messages::catalogue::report as says;
use weldlm_messages::{Class, Lang, Problem};

/// Exit code of a merge that skipped layers.
const EXIT_PARTIAL: u8 = 6;

/// How a command ended well.
enum End {
    /// All of it.
    Done,
    /// With layers skipped.
    Partial,
}

/// How a command ended badly.
enum Failure {
    /// Reasons to be shown.
    Problems(Vec<Problem>),
    /// Everything was shown already; only the exit code is left.
    Shown(u8),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problems(vec![problem])
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Failure {
        Failure::Problems(problems)
    }
}

type Ended = Result<End, Failure>;

/// glibc reserves 64 MB of address space for every thread that allocates, which a memory limit (`ulimit -v`) counts
/// although it is never used. One heap for all is enough here, but can only be asked for before a process starts; so
/// the program replaces itself once with that setting. Where that fails it simply goes on.
fn with_one_heap() {
    const SETTING: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(SETTING).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    if let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) {
        let _ = std::process::Command::new(program).arg0(name).args(arguments).env(SETTING, "1").exec();
    }
}

fn main() -> ExitCode {
    with_one_heap();
    let arguments = match fields::with_bare_file(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(problem) => return fail(&Screen::new(language(None), false), &[problem]),
    };
    let cli = Cli::parse_from(arguments);
    let screen = Screen::new(language(cli.lang.as_deref()), cli.json);
    match run(cli.command, &screen) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Partial) => ExitCode::from(EXIT_PARTIAL),
        Err(Failure::Shown(code)) => ExitCode::from(code),
        Err(Failure::Problems(problems)) => fail(&screen, &problems),
    }
}

fn run(command: Command, screen: &Screen) -> Ended {
    match command {
        Command::Merge(args) => commands::weld::merge(args, screen),
        Command::Export(args) => commands::weld::export(args, screen),
        Command::Inspect(args) => commands::inspect::run(&args, screen),
        Command::Diff(args) => commands::diff::run(&args, screen),
        Command::Verify(args) => commands::verify::run(&args, screen),
        Command::Demo(args) => commands::demo::run(&args, screen),
        Command::Ui(args) => commands::ui::run(&args, screen),
        Command::Jobs(args) => commands::jobs::run(&args, screen),
        Command::Doctor => commands::doctor::run(screen),
        Command::Completions(args) => commands::shell::completions(&args),
        Command::Man => commands::shell::man(),
        Command::Template => commands::template::run(screen),
        Command::Worker(args) => commands::worker::run(&args),
    }
}

fn fail(screen: &Screen, problems: &[Problem]) -> ExitCode {
    screen.problems(problems);
    let code = problems.iter().map(|p| p.class().exit_code()).find(|c| *c != 0).unwrap_or(1);
    let resumable = problems
        .iter()
        .any(|p| p.class() == Class::Interrupted && p.fixes().iter().any(|f| f.field == "if_exists"));
    if resumable {
        screen.aside(&format!(
            "  -> {}",
            screen.words(&says::CONTINUE_WITH, &[("command", same_command_resumed())])
        ));
    }
    ExitCode::from(code)
}

/// The command line of this process with `--if-exists resume`, ready to paste.
fn same_command_resumed() -> String {
    let mut words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|w| w == "--if-exists") {
        words.drain(at..(at + 2).min(words.len()));
    }
    words.retain(|w| !w.starts_with("--if-exists="));
    words.extend(["--if-exists".to_string(), "resume".to_string()]);
    let plain = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || "-_./=:,+@%".contains(c));
    let quoted =
        words.iter().map(|w| if plain(w) { w.clone() } else { format!("'{}'", w.replace('\'', "'\\''")) });
    quoted.collect::<Vec<_>>().join(" ")
}

/// `--lang`, then `WELDLM_LANG`, then the locale of messages.
fn language(option: Option<&str>) -> Lang {
    let from = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let tag = option
        .map(str::to_string)
        .or_else(|| ["WELDLM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| from(n)));
    Lang::from_tag(tag.as_deref().unwrap_or("en"))
}
