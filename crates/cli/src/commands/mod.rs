//! One file per subcommand.

pub mod demo;
pub mod diff;
pub mod doctor;
pub mod inspect;
pub mod jobs;
pub mod shell;
pub mod template;
pub mod ui;
pub mod verify;
pub mod weld;
pub mod worker;
