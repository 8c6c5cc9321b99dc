//! Events: what any thread may trigger, and one thread waits for.
//!
//! An event is a flag and the place of the one callback that waits for it. Triggering sets the flag
//! and, if it was not set, sends the callback's thread a letter: through the queue if that is the
//! current thread, through the inbox if not. There the flag is taken down and the callback called,
//! with no lock held. So any number of triggers before that make one call, and a trigger that finds
//! nobody stays set for whoever comes.

mod error;
mod handle;
mod registered;
mod shared;

pub use error::EventError;
pub use handle::{AsyncEvent, add_event};
