//! Signals of the operating system, as callbacks and futures of the dispatcher.
//!
//! A handler may do next to nothing, so the one that the library `signal-hook` installs writes a
//! byte into a pipe. Each dispatcher has one such pipe for each signal it watches, and the other end
//! of it among its descriptors. No thread blocks the signal: which of them the system interrupts
//! makes no difference.

mod add;
mod error;
mod hub;

pub use add::{add_signal, ctrl_c, signal};
pub use error::SignalError;
pub(super) use hub::Hubs;
