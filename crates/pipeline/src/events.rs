//! What happens during a job: the one vocabulary of progress bar, log, event stream and callbacks.

use crate::report::{Report, TensorReport};
use weldlm_messages::{Problem, catalogue::report as says};

/// The stages of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Headers are read and everything is decided.
    Plan,
    /// Tensors are merged and written.
    Run,
    /// The result is read back.
    Verify,
    /// The result takes its place.
    Publish,
}

impl Stage {
    /// Its name in a language.
    pub fn words(self) -> Problem {
        Problem::new(match self {
            Stage::Plan => &says::STAGE_PLAN,
            Stage::Run => &says::STAGE_RUN,
            Stage::Verify => &says::STAGE_VERIFY,
            Stage::Publish => &says::STAGE_PUBLISH,
        })
    }

    /// Its name in event streams.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Plan => "plan",
            Stage::Run => "run",
            Stage::Verify => "verify",
            Stage::Publish => "publish",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A stage began, with the bytes that it will go through.
    Stage(Stage, u64),
    /// So many bytes of the stage are done; the tensor at hand.
    Progress(u64, String),
    /// A tensor is complete.
    Tensor(TensorReport),
    /// Worth knowing.
    Warning(Problem),
    /// The job ended well.
    Done(Box<Report>),
}
