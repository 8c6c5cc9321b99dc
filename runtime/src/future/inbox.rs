//! The half of a schedule that other threads may touch.

use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::key::{Key, SCHEDULES};

/// What other threads send.
pub(crate) enum Letter {
    /// A proc's waker was woken.
    Wake(Key),
    /// A function to call.
    Call(Box<dyn FnOnce() + Send>),
}

/// Where other threads leave letters for a schedule.
pub(crate) struct Inbox {
    number: usize,
    content: Mutex<Content>,
    /// Whether there may be letters: spares an idle schedule the lock.
    flag: AtomicBool,
}

#[derive(Default)]
struct Content {
    letters: Vec<Letter>,
    bell: Option<Bell>,
    /// Nobody will read them: the schedule's thread has ended.
    closed: bool,
}

/// Interrupts the schedule's thread where it waits.
pub(crate) type Bell = Arc<dyn Fn() + Send + Sync>;

/// Every schedule's inbox, at its number.
static INBOXES: Mutex<Vec<Weak<Inbox>>> = Mutex::new(Vec::new());

impl Inbox {
    /// A new inbox under a number no living schedule has.
    ///
    /// # Panics
    ///
    /// If more threads have a schedule than a waker has bits to tell apart: 65 536, or 256 where
    /// addresses have 32 bits.
    pub(crate) fn new() -> Arc<Inbox> {
        let mut inboxes = INBOXES.lock().unwrap_or_else(PoisonError::into_inner);
        let free = inboxes.iter().position(|inbox| inbox.strong_count() == 0);
        let number = free.unwrap_or(inboxes.len());
        assert!(number < SCHEDULES, "no more than {SCHEDULES} threads can have a dispatcher");
        let inbox =
            Arc::new(Inbox { number, content: Mutex::default(), flag: AtomicBool::new(false) });
        match free {
            Some(_) => inboxes[number] = Arc::downgrade(&inbox),
            None => inboxes.push(Arc::downgrade(&inbox)),
        }
        inbox
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Sets what is rung from now on. To be called before [`take`](Inbox::take) and the wait that
    /// the bell ends: what was sent before has rung the old one, and is taken then.
    pub(crate) fn set_bell(&self, bell: Option<Bell>) {
        let old = mem::replace(&mut self.content().bell, bell);
        drop(old);
    }

    /// Leaves a letter. If the schedule's thread has ended, it is dropped.
    pub(crate) fn send(&self, letter: Letter) {
        let mut content = self.content();
        if content.closed {
            // Not while it is locked: a destructor may do anything.
            drop(content);
            return;
        }
        content.letters.push(letter);
        // The schedule takes all letters at once, so whoever sent the first one rings for all.
        let bell = content.bell.clone().filter(|_| content.letters.len() == 1);
        self.flag.store(true, Ordering::Release);
        drop(content);
        if let Some(bell) = bell {
            bell();
        }
    }

    /// Everything sent so far.
    pub(crate) fn take(&self) -> Vec<Letter> {
        if !self.flag.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut content = self.content();
        self.flag.store(false, Ordering::Release);
        mem::take(&mut content.letters)
    }

    /// Whether there is anything to take.
    #[cfg(test)]
    pub(crate) fn has_letters(&self) -> bool {
        self.flag.load(Ordering::Acquire)
    }

    /// The schedule's thread ends: what was sent is dropped, and what will be is too.
    pub(crate) fn close(&self) {
        let (letters, bell) = {
            let mut content = self.content();
            content.closed = true;
            (mem::take(&mut content.letters), content.bell.take())
        };
        drop((letters, bell));
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes a proc of another thread. Nothing happens if that thread has ended.
pub(crate) fn wake(key: Key) {
    let inbox = {
        let inboxes = INBOXES.lock().unwrap_or_else(PoisonError::into_inner);
        inboxes.get(key.schedule()).and_then(Weak::upgrade)
    };
    if let Some(inbox) = inbox {
        inbox.send(Letter::Wake(key));
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("number", &self.number).finish_non_exhaustive()
    }
}
