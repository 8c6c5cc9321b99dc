//! Guards: values with a lifetime, a destructor and a `Deref` that is an event.

use std::ops::{Deref, DerefMut};

use super::{D, event};

/// Something that is locked to be used.
#[derive(Debug)]
pub struct Lock(Inside);

/// What is behind the lock.
#[derive(Debug)]
pub struct Inside {
    /// Its name.
    pub d: D,
    /// A number.
    pub count: usize,
}

impl Lock {
    /// Makes one.
    pub fn new(name: &str) -> Lock {
        Lock(Inside { d: D::new(name), count: 1 })
    }

    /// Locks it for reading.
    pub fn lock(&self) -> Guard<'_> {
        event(format!("lock {}", self.0.d));
        Guard(&self.0)
    }

    /// Locks it for writing.
    pub fn lock_mut(&mut self) -> GuardMut<'_> {
        event(format!("lock_mut {}", self.0.d));
        GuardMut(&mut self.0)
    }
}

impl Inside {
    /// Itself: a link of a chain of calls.
    pub fn get(&self) -> &Inside {
        event(format!("get {}", self.d));
        self
    }

    /// Its number plus `n`.
    pub fn query(&self, n: usize) -> usize {
        event(format!("query {} {n}", self.d));
        self.count + n
    }

    /// Adds to its number.
    pub fn add(&mut self, n: usize) -> &mut Inside {
        event(format!("add {} {n}", self.d));
        self.count += n;
        self
    }
}

/// A lock held for reading.
#[derive(Debug)]
pub struct Guard<'a>(&'a Inside);

impl Deref for Guard<'_> {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        event(format!("deref {}", self.0.d));
        self.0
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        event(format!("unlock {}", self.0.d));
    }
}

/// A lock held for writing.
#[derive(Debug)]
pub struct GuardMut<'a>(&'a mut Inside);

impl Deref for GuardMut<'_> {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        event(format!("deref {}", self.0.d));
        self.0
    }
}

impl DerefMut for GuardMut<'_> {
    fn deref_mut(&mut self) -> &mut Inside {
        event(format!("deref_mut {}", self.0.d));
        self.0
    }
}

impl Drop for GuardMut<'_> {
    fn drop(&mut self) {
        event(format!("unlock_mut {}", self.0.d));
    }
}
