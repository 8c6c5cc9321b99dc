//! What the tests of TLS and HTTP have in common: certificates, made on the spot, and loops with an
//! end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod certificates;
mod peers;
mod served;

pub use certificates::{Authority, Identity};
pub use peers::{TIMEOUT, connected, fds, listener, run};
pub use served::{Served, is_served};
