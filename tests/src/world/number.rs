//! A type with overloaded operators, each of them an event.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Index, IndexMut, Neg, Not};

use super::{D, event};

/// A number that is a value too.
#[derive(Debug)]
pub struct Num {
    /// What is created and dropped.
    pub d: D,
    /// The number.
    pub value: usize,
}

impl Num {
    /// Makes one.
    pub fn new(name: &str, value: usize) -> Num {
        Num { d: D::new(name), value }
    }
}

impl Add for Num {
    type Output = Num;

    fn add(self, other: Num) -> Num {
        event(format!("{} + {}", self.d, other.d));
        let sum = Num::new(&format!("{}+{}", self.d, other.d), self.value + other.value);
        // Before the end, as in `D::with`.
        drop((self, other));
        sum
    }
}

impl AddAssign<usize> for Num {
    fn add_assign(&mut self, other: usize) {
        event(format!("{} += {other}", self.d));
        self.value += other;
    }
}

impl Neg for Num {
    type Output = Num;

    fn neg(self) -> Num {
        event(format!("-{}", self.d));
        let negative = Num::new(&format!("-{}", self.d), self.value);
        drop(self);
        negative
    }
}

impl Not for Num {
    type Output = bool;

    fn not(self) -> bool {
        event(format!("!{}", self.d));
        self.value == 0
    }
}

impl PartialEq for Num {
    fn eq(&self, other: &Num) -> bool {
        event(format!("{} == {}", self.d, other.d));
        self.value == other.value
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Num) -> Option<Ordering> {
        event(format!("{} <> {}", self.d, other.d));
        self.value.partial_cmp(&other.value)
    }
}

impl Index<usize> for Num {
    type Output = usize;

    fn index(&self, at: usize) -> &usize {
        event(format!("{}[{at}]", self.d));
        &self.value
    }
}

impl IndexMut<usize> for Num {
    fn index_mut(&mut self, at: usize) -> &mut usize {
        event(format!("&mut {}[{at}]", self.d));
        &mut self.value
    }
}
