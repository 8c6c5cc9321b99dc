//! What the tests of Python's `asyncore` and `asynchat` assert, asserted of channels and
//! conversations here, and what those tests leave open. Each test is named after the behaviour;
//! `tests/README.md` says which of Python's it stands for.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod ends;
mod errors;
mod events;
mod families;
mod files;
mod helpers;
mod interplay;
mod loops;
mod matrix;
#[path = "../../../runtime/tests/own_process/mod.rs"]
mod own_process;
mod report;
mod scale;
mod script;
mod sockets;
mod with_send;
