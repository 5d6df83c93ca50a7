//! Being built.
use crate::screen::Screen;
use crate::{Ended, Failure};
/// Being built.
pub fn run(_args: &crate::args::DiffArgs, _screen: &Screen) -> Ended { Err(Failure::Shown(1)) }
