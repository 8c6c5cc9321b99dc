//! What the module promises, with exact counts.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod blocking;
mod events;
mod intervals;
mod limits;
mod remote;
mod several;
mod timer_callbacks;
mod timers;
mod turns;

#[cfg(unix)]
mod descriptors;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod sources;
