//! Looking without touching: what a checkpoint or an adapter is ([`view`]), and what differs between two
//! checkpoints ([`diff`]).
//!
//! This crate writes nothing and knows neither terminal nor HTTP.

#![forbid(unsafe_code)]

pub mod diff;
pub mod template;
pub mod view;
