//! Callbacks that wait for what happens once.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use super::watch::{self, Watched};

/// Keeps a callback that is to be called once where that is found out. Dropped before, it ends the
/// callback: nobody would call it any more.
pub(super) struct Expected<W: Watched + 'static> {
    watched: Rc<W>,
    notified: Cell<bool>,
}

impl<W: Watched> Expected<W> {
    pub(super) fn new(watched: Rc<W>) -> Expected<W> {
        Expected { watched, notified: Cell::new(false) }
    }

    pub(super) fn notify(&self) {
        self.notified.set(true);
        watch::notify(self.watched.clone());
    }
}

impl<W: Watched> Deref for Expected<W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.watched
    }
}

impl<W: Watched> Drop for Expected<W> {
    fn drop(&mut self) {
        if !self.notified.get() {
            watch::end(&*self.watched);
        }
    }
}
