//! The program as a user runs it. One binary, a module a topic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod demo;
mod diff;
mod doctor;
mod inspect;
mod jobs;
mod jobs_history;
mod place;
mod robust;
mod story;
mod support;
mod verify;
