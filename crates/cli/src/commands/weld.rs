//! `merge` and `export`: the same story, told for two kinds of request.

use crate::args::{ExportArgs, MergeArgs};
use crate::screen::Screen;
use crate::{End, Ended, fields, words};
use std::sync::atomic::{AtomicBool, Ordering};
use weldlm_messages::Problem;
use weldlm_messages::catalogue::{report as says, usage};
use weldlm_pipeline::callback::{CommandCallback, MergeCallback, plan_json};
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Event, Request, plan, weld};

/// Set by Ctrl-C and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs `merge`.
pub fn merge(args: MergeArgs, screen: &Screen) -> Ended {
    let (fields, origin) = fields::merge(&args)?;
    let request = Request::check(Task::Merge, &fields, &origin)?;
    carry_out(&request, args.common.dry_run, screen)
}

/// Runs `export`.
pub fn export(args: ExportArgs, screen: &Screen) -> Ended {
    let (fields, origin) = fields::export(&args)?;
    let request = Request::check(Task::Export, &fields, &origin)?;
    carry_out(&request, args.common.dry_run, screen)
}

/// Plan, and unless it is a dry run: weld, and show the receipt.
pub fn carry_out(request: &Request, dry_run: bool, screen: &Screen) -> Ended {
    if request.trust_remote_code {
        screen.warning(&Problem::new(&usage::REMOTE_CODE));
    }
    let plan = plan::make(request)?;
    plan.warnings.iter().for_each(|w| screen.warning(w));
    if dry_run {
        if screen.json {
            screen.value(&plan_json(&plan, screen.lang));
        } else {
            words::plan(&plan, screen);
        }
        return Ok(ending(!plan.skipped.is_empty()));
    }
    let command = request.on_event.as_deref().map(CommandCallback::start).transpose()?;
    let callbacks: Vec<&dyn MergeCallback> = command.iter().map(|c| c as &dyn MergeCallback).collect();
    stop_on_signals();
    let events = |event: Event| screen.event(&event);
    let context = Context::new(&STOP, &events);
    let began = std::time::Instant::now();
    let result = weld(&plan, &callbacks, &context);
    screen.end_progress();
    if let Some(warning) = command.as_ref().and_then(CommandCallback::warning) {
        screen.warning(&warning);
    }
    let report = result?;
    if screen.json {
        screen.value(&report.receipt);
    } else {
        words::report(&plan, &report, screen);
        screen.line(
            &screen.words(&says::TOOK, &[("seconds", format!("{:.1}", began.elapsed().as_secs_f64()))]),
        );
    }
    Ok(ending(report.partial))
}

fn ending(partial: bool) -> End {
    if partial { End::Partial } else { End::Done }
}

/// The first signal asks the job to end cleanly; a second one ends the process at once.
pub fn stop_on_signals() {
    let handler = || {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(weldlm_messages::Class::Interrupted.exit_code()));
        }
    };
    // A handler that is there already (a second job of this process) does the same.
    let _ = ctrlc::set_handler(handler);
}

/// The flag that signals set.
pub fn stop_flag() -> &'static AtomicBool {
    &STOP
}
