//! The other side: what it says, and when it is gone, is written down beforehand.

use std::cell::RefCell;
use std::collections::VecDeque;

use async_proc_tests::world::*;

/// A connection whose peer says the lines of a script. A line `!` is a failure of the network.
#[derive(Debug)]
pub struct Peer {
    own: D,
    script: RefCell<VecDeque<&'static str>>,
}

impl Peer {
    /// A connection with a script.
    pub fn new(name: &str, script: &[&'static str]) -> Peer {
        Peer { own: D::new(name), script: RefCell::new(script.iter().copied().collect()) }
    }

    fn next(&self) -> Result<Option<&'static str>, Small> {
        match self.script.borrow_mut().pop_front() {
            Some("!") => Err(Small(D::new("network"))),
            line => Ok(line),
        }
    }

    /// The next line, at once; none at the end.
    pub async fn line(&self) -> Result<Option<&'static str>, Small> {
        let line = self.next();
        now("line", line).await
    }

    /// The next line, after a while.
    pub async fn slow_line(&self) -> Result<Option<&'static str>, Small> {
        let line = self.next();
        later("line", line).await
    }

    /// Says something.
    pub async fn say(&self, text: &str) -> Result<(), Small> {
        event(format!("{} <- {text}", self.own));
        now("said", Ok(())).await
    }

    /// Whether it is still there.
    pub fn is_open(&self) -> bool {
        !self.script.borrow().is_empty()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.own.name()
    }
}
