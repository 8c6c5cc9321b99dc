//! Sending all of something, by as many attempts as it takes.

use super::stream::Stream;
use super::{Stop, os};

/// How much one attempt sends before others have their turn.
const SHARE: usize = 1024 * 1024;

/// Sends what comes after the first `sent` bytes, and counts on. A connection that is lost counts as
/// success if that is wanted.
pub(crate) fn send_rest(
    stream: &impl Stream,
    safe_disconn: bool,
    bytes: &[u8],
    sent: &mut usize,
) -> Result<(), Stop> {
    let share = sent.saturating_add(SHARE);
    loop {
        let rest = &bytes[*sent..];
        if *sent >= share && !rest.is_empty() {
            return Err(Stop::Again);
        }
        let done = if rest.is_empty() { stream.flush().map(|()| 0) } else { stream.send(rest) };
        match done {
            Ok(_) if rest.is_empty() => return Ok(()),
            Ok(count) => *sent += count,
            Err(error) if safe_disconn && os::is_disconnection(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
