//! `worker`: the job of a folder, as the server orders it.

use crate::args::WorkerArgs;
use crate::{End, Ended, Failure};
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Runs `worker`. Signals only ask for a clean end, however many come: who wants it at once sends one that
/// cannot be caught.
pub fn run(args: &WorkerArgs) -> Ended {
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    match weldlm_jobs::worker::run(&args.dir, &STOP)? {
        0 => Ok(End::Done),
        code => Err(Failure::Shown(code)),
    }
}
