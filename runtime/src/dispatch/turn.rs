//! An operation that borrows, and so is tried by its own future and by nobody else.
//!
//! An operation of a [`Future`](crate::Future) goes on by itself, so all it works on must be its
//! own. One that works on borrowed memory may be gone, or forgotten, at any time; it can only go on
//! inside its own `poll`. What it leaves in the lane of its source is therefore nothing but a number
//! and a waker: the place that keeps the order, and what has it polled when it is its turn. Neither
//! is allocated: the lane keeps its memory, and the waker is cloned.

use std::task::{Context, Waker};

use super::source::{Direction, Home, Source};

/// An operation's place among those of its source and direction.
///
/// Its future asks [`is_next`](Turn::is_next) first, then tries the system call, and says how that
/// went: [`wait`](Turn::wait) or [`end`](Turn::end). Dropping it gives the place up.
pub(crate) struct Turn {
    direction: Direction,
    /// Where it waits, and under which number; `None` before and after that.
    place: Option<(Home, u64)>,
}

impl Turn {
    pub(crate) const fn new(direction: Direction) -> Turn {
        Turn { direction, place: None }
    }

    pub(crate) fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether the operation may be tried now. If not, `cx` is woken when it may. A source that was
    /// closed has everyone try, and find that out.
    pub(crate) fn is_next(&mut self, source: &Source, cx: &mut Context<'_>) -> bool {
        let Some((home, number)) = &self.place else {
            if source.is_closed() || source.is_idle(self.direction) {
                return true;
            }
            // If nobody is before it, its source has had its share of this turn.
            let share_used = source.is_free(self.direction);
            self.enter(source, cx.waker());
            if share_used {
                source.again(self.direction);
            }
            return false;
        };
        let Some(shared) = home.upgrade() else { return true };
        let lane = shared.lane(self.direction);
        match lane.place_of(*number) {
            None => {
                self.place = None;
                true
            }
            Some(0) if !lane.busy.get() => true,
            Some(place) => {
                drop(lane.set_waker(place, cx.waker().clone()));
                false
            }
        }
    }

    /// The operation was tried and would block: `cx` is woken when it can be tried again.
    pub(crate) fn wait(&mut self, source: &Source, cx: &mut Context<'_>) {
        match &self.place {
            Some((home, number)) => {
                let waker = cx.waker().clone();
                if let Some(shared) = home.upgrade() {
                    let lane = shared.lane(self.direction);
                    if let Some(place) = lane.place_of(*number) {
                        drop(lane.set_waker(place, waker));
                    }
                }
            }
            None => self.enter(source, cx.waker()),
        }
    }

    /// The operation could go on, and lets others go first: it is woken in the next turn of the
    /// dispatcher.
    pub(crate) fn again(&self, source: &Source) {
        source.again(self.direction);
    }

    /// The operation has ended: the next one has its turn.
    pub(crate) fn end(&mut self) {
        if let Some((home, number)) = self.place.take()
            && let Some(shared) = home.upgrade()
        {
            shared.remove_turn(self.direction, number);
            shared.retry(self.direction);
        }
    }

    fn enter(&mut self, source: &Source, waker: &Waker) {
        let waker = waker.clone();
        self.place = Some(source.enter(self.direction, waker));
    }
}

/// It is given up: what comes after it is tried in the next turn of the dispatcher.
impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((home, number)) = self.place.take()
            && let Some(shared) = home.upgrade()
            && shared.remove_turn(self.direction, number) == Some(0)
        {
            shared.again(self.direction);
        }
    }
}
