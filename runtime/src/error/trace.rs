//! The async traceback: which procs an error crossed.

use std::fmt;

use crate::machine::Function;

/// One await that an error left its proc through.
#[derive(Clone, Copy)]
pub struct TraceFrame {
    pub(super) function: &'static Function,
    pub(super) line: u32,
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

    /// The line the error left the proc at, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// `at <proc> (<file>:<line>)`.
impl fmt::Display for TraceFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} ({}:{})", self.name(), self.file(), self.line)
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
