//! What can go wrong with an event.

use std::fmt;

/// An event was used in a way its state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventError {
    /// A callback or a future waits for the event already. It is on this thread or on another.
    AlreadyRegistered,
    /// Nothing waits for the event, so nothing can be unregistered.
    NotRegistered,
    /// The event was unregistered while a future waited for it.
    Unregistered,
    /// The event was closed, or its last handle was dropped while a future waited for it.
    Closed,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyRegistered => {
                "the event has a callback already: unregister that, or use an event of its own"
            }
            Self::NotRegistered => "the event has no callback that could be unregistered",
            Self::Unregistered => "the event was unregistered while this waited for it",
            Self::Closed => "the event is closed",
        })
    }
}

impl std::error::Error for EventError {}
