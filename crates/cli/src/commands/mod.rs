//! One file per subcommand.

pub mod demo;
pub mod diff;
pub mod doctor;
pub mod inspect;
pub mod shell;
pub mod verify;
pub mod weld;
pub mod worker;
