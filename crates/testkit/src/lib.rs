//! Golden files and small helpers for the tests of weldlm. Never part of the program.

pub mod golden;
pub mod model;
pub mod random;
