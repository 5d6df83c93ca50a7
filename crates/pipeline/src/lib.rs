//! The story of weldlm: a request becomes a plan, the plan is carried out, the result is read back and
//! checked, and a receipt says what happened. [`weld`] tells it in one function; read that first.
//!
//! This crate knows neither terminal nor HTTP, and opens no file but through `source`, `formats` and `output`.

#![forbid(unsafe_code)]

pub mod callback;
pub mod events;
pub mod rebuild;
pub mod report;
pub mod run;
pub mod verify;

pub use callback::{MergeCallback, plan_json};
pub use events::{Event, Stage};
pub use report::Report;
pub use run::Context;
pub use weldlm_plan::{self as plan, Plan, Request, request};

use weldlm_messages::{Problem, catalogue::merge as says, catalogue::output as output_says};
use weldlm_output::{RECEIPT, Situation, Staging};
use weldlm_source::Folder;

/// Carries out a plan: run, verify, report, publish. The result appears whole or not at all.
///
/// # Errors
/// When vetoed or stopped, when a value is not finite, when the disk is full, when the result is not what was
/// planned. What was written is kept where a later run can resume from it, and removed otherwise.
pub fn weld(plan: &Plan, callbacks: &[&dyn MergeCallback], context: &Context<'_>) -> Result<Report, Problem> {
    if plan.situation == Situation::Finished {
        return recheck(plan, context);
    }
    callbacks.iter().try_for_each(|callback| callback.before_merge(plan))?;
    let heard = |event: Event| {
        callbacks.iter().for_each(|callback| callback::forward(*callback, &event));
        context.say(event);
    };
    let context = &Context { stop: context.stop, events: &heard, sync_bytes: context.sync_bytes };
    let mut staging = Staging::begin(&plan.request.output, plan.situation == Situation::Partial)?;
    match make(plan, &mut staging, context) {
        Ok(report) => {
            context.say(Event::Stage(Stage::Publish, 0));
            staging.publish()?;
            callbacks.iter().for_each(|callback| callback.after_merge(&report));
            Ok(report)
        }
        Err(problem) => {
            if !can_resume(&problem) {
                staging.discard();
            }
            Err(problem)
        }
    }
}

/// Everything up to the receipt, in the staging folder.
fn make(plan: &Plan, staging: &mut Staging, context: &Context<'_>) -> Result<Report, Problem> {
    let mut outcome = run::run(plan, staging, context)?;
    let files = verify::staged(plan, &mut outcome, staging, context)?;
    let report = report::make(plan, &outcome, &files);
    check_effect(plan, &report)?;
    staging.write(RECEIPT, report::text(&report.receipt).as_bytes())?;
    let known = |name: &str| name == RECEIPT || files.iter().any(|f| f.0 == name);
    staging.keep_only(&known);
    Ok(report)
}

/// What a later run can continue from: everything but results that would come out wrong again.
fn can_resume(problem: &Problem) -> bool {
    let lasting = [
        output_says::INTERRUPTED.code,
        output_says::DISK_FULL.code,
        output_says::WRITE_FAILED.code,
        output_says::OTHER_REQUEST.code,
        output_says::LOCKED.code,
    ];
    lasting.contains(&problem.code())
}

/// A merge that changes nothing is a mistake, whatever its reason.
fn check_effect(plan: &Plan, report: &Report) -> Result<(), Problem> {
    if plan.adapters.is_empty() || report.counts.values_changed > 0 || report.counts.added > 0 {
        return Ok(());
    }
    let resized = plan.entries.iter().any(|e| plan.source(e).is_some_and(|t| t.shape != e.shape));
    if resized {
        return Ok(());
    }
    let cause = if report.counts.lost_to_rounding > 0 { &says::CAUSE_ROUNDING } else { &says::CAUSE_SAME };
    Err(Problem::new(&says::CHANGES_NOTHING).words("cause", cause.into()).at(plan.request.output.display()))
}

/// A finished result under the same request is checked again instead of made again.
fn recheck(plan: &Plan, context: &Context<'_>) -> Result<Report, Problem> {
    let folder = Folder::at(&plan.request.output);
    let receipt = verify::receipt(&folder)?;
    if receipt["request_blake3"] != plan.digest.as_str() {
        return Err(Problem::new(&output_says::OTHER_REQUEST)
            .arg("path", plan.request.output.display())
            .arg("difference", "its inputs or options differ")
            .at(plan.request.output.display()));
    }
    verify::inputs(plan, &receipt)?;
    let check = verify::result(&folder, context)?;
    if let Some(problem) = check.problems.into_iter().next() {
        return Err(problem);
    }
    context.say(Event::Warning(
        Problem::new(&output_says::ALREADY_DONE).arg("path", plan.request.output.display()),
    ));
    Ok(report::of_receipt(&receipt))
}
