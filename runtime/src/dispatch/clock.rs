//! What time it is, for timers.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Deadlines that the clock cannot express are moved here: thirty years from now.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The monotonic clock, or one that stands still.
#[derive(Debug, Default)]
pub(super) struct Clock(Cell<Option<Instant>>);

impl Clock {
    pub(super) fn now(&self) -> Instant {
        self.0.get().unwrap_or_else(Instant::now)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.0.get().is_some()
    }

    pub(super) fn pause(&self) {
        self.0.set(Some(self.now()));
    }

    pub(super) fn resume(&self) {
        self.0.set(None);
    }

    /// Moves a paused clock on.
    pub(super) fn advance(&self, by: Duration) {
        self.0.set(Some(add(self.now(), by)));
    }

    pub(super) fn after(&self, delay: Duration) -> Instant {
        add(self.now(), delay)
    }
}

/// `start + by`, or a moment so far off that no program lives to see it.
pub(super) fn add(start: Instant, by: Duration) -> Instant {
    start.checked_add(by).or_else(|| start.checked_add(FAR)).unwrap_or(start)
}
