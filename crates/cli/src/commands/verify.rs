//! `verify`: a result against its receipt, and against what it was made from.

use crate::args::VerifyArgs;
use crate::commands::weld::{stop_flag, stop_on_signals};
use crate::screen::Screen;
use crate::{End, Ended, Failure};
use serde_json::{Value, json};
use weldlm_messages::{Class, Problem, catalogue::verify as says};
use weldlm_pipeline::verify::Check;
use weldlm_pipeline::{Context, Event, plan, rebuild, verify};
use weldlm_source::Folder;

/// Runs the command.
pub fn run(args: &VerifyArgs, screen: &Screen) -> Ended {
    let folder = Folder::open(&args.path)?;
    stop_on_signals();
    let events = |event: Event| screen.event(&event);
    let context = Context::new(stop_flag(), &events);
    let mut check = intact(&folder, &context)?;
    let rebuilt = match &args.base {
        Some(base) => recompute(args, base, &folder, &context)?,
        None => None,
    };
    screen.end_progress();
    let rebuilt_tensors = rebuilt.as_ref().filter(|c| c.problems.is_empty()).map(|c| c.tensors);
    check.problems.extend(rebuilt.into_iter().flat_map(|c| c.problems));
    show(args, &check, rebuilt_tensors, screen);
    let codes = check.problems.iter().map(|p| p.class().exit_code());
    // What failed its check goes before what could not be checked.
    let code = if check.problems.iter().any(|p| p.class() == Class::Failed) {
        Some(Class::Failed.exit_code())
    } else {
        codes.max()
    };
    code.map_or(Ok(End::Done), |code| Err(Failure::Shown(code)))
}

/// The files against the receipt. A receipt that was altered is a finding like the others.
fn intact(folder: &Folder, context: &Context<'_>) -> Result<Check, Problem> {
    match verify::result(folder, context) {
        Err(problem) if problem.class() == Class::Failed => {
            Ok(Check { problems: vec![problem], ..Check::default() })
        }
        other => other,
    }
}

/// Everything computed again; `None` without a receipt that can be trusted.
fn recompute(
    args: &VerifyArgs,
    base: &str,
    folder: &Folder,
    context: &Context<'_>,
) -> Result<Option<Check>, Failure> {
    let Ok(receipt) = verify::receipt(folder) else { return Ok(None) };
    let request = rebuild::request(&receipt, &args.path, base, &args.adapter)?;
    match plan::without_output(&request) {
        Ok(plan) => Ok(Some(rebuild::compare(&plan, &receipt, context)?)),
        Err(problems) => Ok(Some(Check { problems, ..Check::default() })),
    }
}

fn show(args: &VerifyArgs, check: &Check, rebuilt: Option<u64>, screen: &Screen) {
    if screen.json {
        let problems: Vec<Value> = check.problems.iter().map(|p| p.to_json(screen.lang)).collect();
        screen.value(&json!({
            "intact": check.problems.is_empty(),
            "problems": problems,
            "files": check.files,
            "tensors": check.tensors,
            "rebuilt": rebuilt.is_some(),
        }));
        return;
    }
    if !check.problems.is_empty() {
        screen.problems(&check.problems);
        let count = check.problems.len().to_string();
        screen.line(&screen.words(&says::PROBLEMS, &[("count", count), ("path", args.path.clone())]));
        return;
    }
    let facts = [
        ("path", args.path.clone()),
        ("files", check.files.to_string()),
        ("tensors", check.tensors.to_string()),
    ];
    screen.line(&screen.words(&says::INTACT, &facts));
    if let Some(tensors) = rebuilt {
        screen.line(&screen.words(&says::REBUILT, &[("tensors", tensors.to_string())]));
    }
}
