//! The async traceback: which procs an error crossed.

use std::fmt;

use crate::machine::Function;

/// A proc that an error left, and where.
#[derive(Clone, Copy)]
pub struct TraceFrame {
    pub(super) function: &'static Function,
    pub(super) line: u32,
    pub(super) panicked: bool,
}

impl TraceFrame {
    /// The proc's name, as written.
    pub fn name(&self) -> &'static str {
        self.function.name
    }

    /// The module the proc stands in.
    pub fn module(&self) -> &'static str {
        self.function.module
    }

    /// The source file.
    pub fn file(&self) -> &'static str {
        self.function.file
    }

    /// The line the error left the proc at, from 1. Of a proc that [panicked](TraceFrame::panicked),
    /// the line of the await that it had last gone on from, or that of its name.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether the proc panicked: a proc knows where it waits, so all that is known is what it had
    /// got to before. The panic's own message, on stderr, tells the rest.
    pub fn panicked(&self) -> bool {
        self.panicked
    }

    fn is(&self, other: &TraceFrame) -> bool {
        self.line == other.line && self.function.is(other.function)
    }
}

/// `at <proc> (<file>:<line>)`, or `at <proc> (<file>, after line <line>)` if it panicked.
impl fmt::Display for TraceFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, file, line) = (self.name(), self.file(), self.line);
        match self.panicked {
            true => write!(f, "at {name} ({file}, after line {line})"),
            false => write!(f, "at {name} ({file}:{line})"),
        }
    }
}

impl fmt::Debug for TraceFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The frames of an error's traceback, from where it arose outwards.
#[derive(Debug, Clone)]
pub struct Traceback<'a> {
    /// The parts of the traceback, the innermost last.
    parts: Vec<&'a [TraceFrame]>,
    current: std::slice::Iter<'a, TraceFrame>,
}

impl<'a> Traceback<'a> {
    pub(super) fn new(outermost_first: Vec<&'a [TraceFrame]>) -> Traceback<'a> {
        Traceback { parts: outermost_first, current: [].iter() }
    }

    /// The frames, with those that repeat the one before told by their number.
    pub(crate) fn runs(self) -> impl Iterator<Item = Run<'a>> {
        let mut frames = self.peekable();
        std::iter::from_fn(move || {
            let frame = frames.next()?;
            let mut count = 1;
            while frames.next_if(|next| next.is(frame)).is_some() {
                count += 1;
            }
            Some(Run { frame, count })
        })
    }
}

/// A frame, and how often it comes in a row: a proc that calls itself.
pub(crate) struct Run<'a> {
    frame: &'a TraceFrame,
    count: usize,
}

impl fmt::Display for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.frame, f)?;
        match self.count {
            1 => Ok(()),
            count => write!(f, ", {count} times"),
        }
    }
}

impl<'a> Iterator for Traceback<'a> {
    type Item = &'a TraceFrame;

    fn next(&mut self) -> Option<&'a TraceFrame> {
        loop {
            if let Some(frame) = self.current.next() {
                return Some(frame);
            }
            self.current = self.parts.pop()?.iter();
        }
    }
}
