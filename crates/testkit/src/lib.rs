//! Golden files and small helpers for the tests of weldlm. Never part of the program.

pub mod golden;
pub mod model;
pub mod random;

/// The Rust code of the guide compiles.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../../../docs/guide/en/events.md")]
    mod events_en {}
    #[doc = include_str!("../../../docs/guide/zh/events.md")]
    mod events_zh {}
}
