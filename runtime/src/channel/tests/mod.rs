//! What the module promises and cannot be seen from outside.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod closing_all;
