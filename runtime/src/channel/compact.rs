//! Errors in one line.

use std::fmt::Write;

use super::Channel;
use crate::Error;

/// An error in one line: what sort it is, its message, and which procs it crossed, innermost last,
/// as `[file|proc|line]`.
///
/// ```
/// use async_proc::Error;
/// use async_proc::channel::compact_traceback;
///
/// let error = Error::from(std::io::Error::from(std::io::ErrorKind::NotFound));
/// assert_eq!(compact_traceback(&error), "NotFound: entity not found");
/// ```
pub fn compact_traceback(error: &Error) -> String {
    let sort = match error.io_kind() {
        Some(kind) => format!("{kind:?}"),
        None => format!("{:?}", error.kind()),
    };
    let mut line = format!("{sort}: {error}").replace('\n', " ");
    // From the outside inwards, as the original has it.
    let frames: Vec<_> = error.traceback().collect();
    for frame in frames.iter().rev() {
        let _ = write!(line, " [{}|{}|{}]", frame.file(), frame.name(), frame.line());
    }
    line
}

/// What the default of `handle_error` logs.
pub(crate) fn report(channel: &Channel, error: &Error) -> String {
    let during = channel.last_event();
    let what = if channel.is_resting() { "channel" } else { "closing channel" };
    format!("uncaught error, {what} {channel} ({} [{during}])", compact_traceback(error))
}
