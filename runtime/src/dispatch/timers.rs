//! Timers, in the order of their deadlines.

use std::collections::BTreeMap;
use std::time::Instant;

use super::timer::Timer;

/// When a timer is due. Of two with one deadline, the one made first comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimerKey {
    pub(super) deadline: Instant,
    serial: u64,
}

/// Every timer that has not fired. Adding and removing take logarithmic time.
#[derive(Default)]
pub(super) struct Timers {
    waiting: BTreeMap<TimerKey, Timer>,
    made: u64,
}

impl Timers {
    /// The key of a new timer, which is then to be [added](Timers::add).
    pub(super) fn key(&mut self, deadline: Instant) -> TimerKey {
        self.made += 1;
        TimerKey { deadline, serial: self.made }
    }

    pub(super) fn add(&mut self, key: TimerKey, timer: Timer) {
        self.waiting.insert(key, timer);
    }

    pub(super) fn remove(&mut self, key: TimerKey) -> Option<Timer> {
        self.waiting.remove(&key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|(key, _)| key.deadline)
    }

    /// How many timers have been made: a timer made later than this is not due in this turn.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Takes out the first timer that is due at `now` and was among the first `made`.
    pub(super) fn pop_due(&mut self, now: Instant, made: u64) -> Option<(TimerKey, Timer)> {
        let first = self.waiting.first_entry()?;
        let due = first.key().deadline <= now && first.key().serial <= made;
        due.then(|| first.remove_entry())
    }

    /// All timers, earliest deadline first.
    pub(super) fn into_timers(self) -> impl Iterator<Item = Timer> {
        self.waiting.into_values()
    }
}
