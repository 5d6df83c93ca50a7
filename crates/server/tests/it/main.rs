//! The server from outside: in-process where a request says it all, through a real connection where time and
//! sockets matter.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests")]

mod connections;
mod routes;
mod security;
mod support;
