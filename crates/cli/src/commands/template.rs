//! `template`: renders one chat template for the server, in a process that may die of it.

use crate::screen::Screen;
use crate::{End, Ended};
use std::io::Read;
use weldlm_inspect::template::{Template, render};
use weldlm_messages::{Problem, catalogue::server as says};

/// Most of what the server sends.
const ASKED_MAX: u64 = 64 << 20;
const MEMORY: u64 = 512 << 20;
const SECONDS: u64 = 3;

/// Runs the command: a template as JSON on standard input, what came out as JSON on standard output.
pub fn run(screen: &Screen) -> Ended {
    weldlm_output::limit_self(MEMORY, SECONDS);
    let bad = |reason: &dyn std::fmt::Display| Problem::new(&says::BAD_BODY).arg("reason", reason);
    let mut text = String::new();
    std::io::stdin().take(ASKED_MAX).read_to_string(&mut text).map_err(|e| bad(&e))?;
    let template: Template = serde_json::from_str(&text).map_err(|e| bad(&e))?;
    let rendered = serde_json::to_string(&render(&template)).map_err(|e| bad(&e))?;
    screen.line(&rendered);
    Ok(End::Done)
}
