//! `ui`: the web server.

use crate::args::UiArgs;
use crate::home::data_folder;
use crate::screen::Screen;
use crate::{End, Ended};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use weldlm_messages::{Problem, catalogue::server as says};
use weldlm_server::{Options, Said, Secret};

/// Largest password file.
const PASSWORD_MAX: u64 = 4096;
/// The page that brings a browser to the server; it holds the token, so only its user may read it.
const OPENER: &str = "open.html";

/// Runs the command.
pub fn run(args: &UiArgs, screen: &Screen) -> Ended {
    let program = std::env::current_exe()
        .map_err(|e| Problem::new(&says::CANNOT_LISTEN).arg("address", &args.host).arg("reason", e))?;
    let data = data_folder(args.data.as_deref());
    let options = Options {
        host: args.host.clone(),
        port: args.port,
        roots: roots(&args.root),
        secret: secret(args)?,
        allow_hosts: args.allow_host.clone(),
        data: data.clone(),
        workers: args.workers,
        lang: screen.lang,
        program,
    };
    weldlm_server::run(options, &|said| match said {
        Said::At(address) => {
            if screen.json {
                screen.line(&json!({"address": address}).to_string());
            } else {
                screen.line(&screen.words(&says::UI_AT, &[("address", address.clone())]));
            }
            if args.open {
                open(&address, &data, screen);
            }
        }
        Said::Note(note) => screen.aside(&note.what(screen.lang)),
        Said::Warning(warning) => screen.warning(&warning),
    })?;
    Ok(End::Done)
}

/// Those given, or the user's home, the current folder and the hub caches.
fn roots(given: &[PathBuf]) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let home = std::env::var_os("HOME").filter(|h| !h.is_empty()).map(PathBuf::from);
    let all = home.into_iter().chain(std::env::current_dir()).chain(weldlm_source::cache_folders());
    let mut roots: Vec<PathBuf> = Vec::new();
    for root in all.filter_map(|r| r.canonicalize().ok()) {
        if !roots.iter().any(|known| root.starts_with(known)) {
            roots.retain(|known| !known.starts_with(&root));
            roots.push(root);
        }
    }
    roots
}

/// What clients must know. A password comes from a file or from the environment, never from the command line, which
/// every user of the machine can read.
fn secret(args: &UiArgs) -> Result<Option<Secret>, Problem> {
    let env = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let both = |first: &str, second: &str| {
        Problem::new(&says::TWO_SECRETS).arg("first", first).arg("second", second)
    };
    match (&args.token, &args.password_file, args.no_token) {
        (Some(_), Some(_), _) => Err(both("--token", "--password-file")),
        (Some(_), None, true) => Err(both("--token", "--no-token")),
        (None, Some(_), true) => Err(both("--password-file", "--no-token")),
        (None, None, true) => Ok(Some(Secret::None)),
        (Some(token), None, false) => filled("--token", token).map(|t| Some(Secret::Token(t))),
        (None, Some(file), false) => {
            let text = weldlm_source::read_text(file, PASSWORD_MAX)?;
            filled("--password-file", text.lines().next().unwrap_or_default())
                .map(|p| Some(Secret::Password(p)))
        }
        (None, None, false) => {
            let token = env("WELDLM_TOKEN").map(Secret::Token);
            Ok(token.or_else(|| env("WELDLM_PASSWORD").map(Secret::Password)))
        }
    }
}

fn filled(option: &'static str, text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::new(&says::SHORT_SECRET).arg("limit", 1).at(option));
    }
    Ok(text.to_string())
}

/// Opens the browser, through a page of this user's, so that the token does not stand in a command line.
fn open(address: &str, data: &Path, screen: &Screen) {
    let page = data.join(OPENER);
    let address: String = address.chars().filter(|c| !"<>\"&'".contains(*c)).collect();
    let text = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>weldlm</title>\
         <meta http-equiv=\"refresh\" content=\"0; url={address}\"><a href=\"{address}\">weldlm</a>\n"
    );
    let opened = weldlm_output::write_private(&page, text.as_bytes()).and_then(|()| {
        let started = Command::new("xdg-open").arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        started.map_err(|e| Problem::new(&says::BROWSER_NOT_OPENED).arg("reason", format!("xdg-open: {e}")))
    });
    match opened {
        // It ends by itself; waiting for it keeps no dead process around.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(problem) => screen.warning(&problem),
    }
}
