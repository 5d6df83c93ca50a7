//! Where a result goes: a folder that appears whole or not at all.
//!
//! A [`Staging`] is the folder `<output>.partial`: locked by one owner, filled file by file, with a journal of
//! what is safely on the disk, and at the end renamed in one step. Big files go through [`FileSink`], which
//! writes around the page cache where the file system allows it (buffered writing is bound by memory there,
//! see `bench/README.md`), and are read back with [`stream`], which then reads the device and not the cache.
//!
//! This crate knows no model and no format; it is one of the few that may use `std::fs`.

#![forbid(unsafe_code)]

mod aligned;
mod direct;
mod gate;
mod plain;
mod probe;
mod sink;
mod space;
mod staging;

pub use direct::{stream, stream_behind};
pub use gate::Gate;
pub use plain::{put, write_private};
pub use probe::{Probe, probe};
pub use sink::FileSink;
pub use space::{disk_bytes, free_bytes, human, limit_self, memory_available, memory_total, resident_bytes};
pub use staging::{IfExists, RECEIPT, Situation, Staging, examine, unfinished};

use std::path::Path;
use weldlm_messages::{Problem, catalogue::output as says};

/// A failed write as a problem: a full disk is told apart, since it can be mended and resumed.
fn write_failed(path: &Path, written: u64, error: &std::io::Error) -> Problem {
    let full = matches!(
        error.kind(),
        std::io::ErrorKind::StorageFull
            | std::io::ErrorKind::QuotaExceeded
            | std::io::ErrorKind::FileTooLarge
    );
    let problem = if full { Problem::new(&says::DISK_FULL) } else { Problem::new(&says::WRITE_FAILED) };
    problem.arg("path", path.display()).arg("written", human(written)).arg("reason", error).at(path.display())
}
