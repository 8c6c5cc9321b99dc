//! Where a machine was when it unwound: what a panic's traceback says of it.

use std::cell::Cell;

use super::Function;

thread_local! {
    /// The last machine that unwound on this thread, and the state it had gone on from.
    static LAST: Cell<Option<(&'static Function, u16)>> = const { Cell::new(None) };
}

/// Notes that a machine unwinds. Forgotten where it does not, so that it costs nothing there.
pub(super) struct Unwinding {
    pub(super) function: &'static Function,
    pub(super) state: u16,
}

impl Drop for Unwinding {
    #[cold]
    fn drop(&mut self) {
        LAST.set(Some((self.function, self.state)));
    }
}

/// The line after which a machine of `function` has just unwound: that of the await that it had gone
/// on from, or that of its name. Machines inside of it unwind before it, so it is the last. None
/// if rustc has compiled it.
pub(crate) fn unwound_after(function: &'static Function) -> Option<u32> {
    let (last, state) = LAST.take()?;
    let line = function.suspension(state).map_or(function.line, |suspension| suspension.line);
    (last.is(function) && line > 0).then_some(line)
}
