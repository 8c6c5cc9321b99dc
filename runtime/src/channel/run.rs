//! Loops over a map, and single passes.

use std::time::{Duration, Instant};

use super::map::Inner;
use super::{Channel, ChannelMap};
use crate::error::NothingPending;
use crate::{Dispatcher, Error};

/// How long a pass waits unless something else is said.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The two orders of service of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// As `select`: first all channels that can be read, then all that can be written, then all
    /// with data out of band. Every error goes to `handle_error`. The end of a connection shows when
    /// it is read.
    Select,
    /// As `poll`: one channel after the other, each with all it is ready for. Errors which say that
    /// the peer is gone are told as `handle_close`, and so is a hang-up once everything is read.
    Poll,
}

impl Style {
    fn of(use_poll: bool) -> Style {
        if use_poll { Style::Poll } else { Style::Select }
    }
}

/// Serves the channels of `map` until all are closed, or `count` passes were made. `None` for the
/// map means [the thread's](ChannelMap::global), for the count that there is no limit.
///
/// A pass asks every channel whether it wants to read and to write, waits until one is ready, but no
/// longer than `timeout` ([`DEFAULT_TIMEOUT`] is what the original takes; `None` waits as long as it
/// takes), and tells those that are. It ends also if nothing happens. `use_poll` says in which
/// [style](Style).
///
/// Meanwhile the thread's dispatcher is run: procs, timers and other maps go on. If they change what
/// a channel wants, it is asked again. Handlers may call this themselves, also for the same map:
/// channels whose handlers are running are left out then.
///
/// # Errors
///
/// [`ExitNow`](super::ExitNow) from a handler; what `handle_error` returns; a panic in
/// `handle_error`, `readable` or `writable`; what a turn of the dispatcher fails with. Of kind
/// [`NothingPending`](crate::ErrorKind::NothingPending) if there is no limit of time, no channel
/// wants anything, and nothing is pending that could change that. In every case the map is as it was,
/// and the loop can be entered again.
///
/// ```
/// use async_proc::channel::{DEFAULT_TIMEOUT, run_loop};
///
/// run_loop(DEFAULT_TIMEOUT, true, None, None)?; // no channels: over at once
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "loop")]
pub fn run_loop(
    timeout: impl Into<Option<Duration>>,
    use_poll: bool,
    map: Option<&ChannelMap>,
    count: Option<usize>,
) -> Result<(), Error> {
    let (timeout, map) = (timeout.into(), or_global(map));
    let mut left = count;
    while !map.is_empty() && left != Some(0) {
        map.pass(timeout, Style::of(use_poll))?;
        left = left.map(|left| left - 1);
    }
    Ok(())
}

/// One pass in [select style](Style::Select); see [`run_loop`].
///
/// # Errors
///
/// As [`run_loop`].
pub fn poll(timeout: impl Into<Option<Duration>>, map: Option<&ChannelMap>) -> Result<(), Error> {
    or_global(map).pass(timeout.into(), Style::Select)
}

/// One pass in [poll style](Style::Poll); see [`run_loop`].
///
/// # Errors
///
/// As [`run_loop`].
#[doc(alias = "poll3")]
pub fn poll2(timeout: impl Into<Option<Duration>>, map: Option<&ChannelMap>) -> Result<(), Error> {
    or_global(map).pass(timeout.into(), Style::Poll)
}

/// Closes every channel of `map` (`None`: [the thread's](ChannelMap::global)). Handlers are not told.
///
/// # Errors
///
/// The first error of closing a file; the channels after it are still open then. `ignore_all`
/// ignores such errors.
pub fn close_all(map: Option<&ChannelMap>, ignore_all: bool) -> Result<(), Error> {
    close_each(&or_global(map), ignore_all, Channel::close)
}

pub(super) fn close_each(
    map: &ChannelMap,
    ignore_all: bool,
    close: impl Fn(&Channel) -> Result<(), Error>,
) -> Result<(), Error> {
    for channel in map.channels() {
        match close(&channel) {
            Err(error) if !ignore_all => return Err(error),
            _ => drop(channel.del_channel()),
        }
    }
    Ok(())
}

fn or_global(map: Option<&ChannelMap>) -> ChannelMap {
    map.cloned().unwrap_or_else(ChannelMap::global)
}

impl ChannelMap {
    fn pass(&self, timeout: Option<Duration>, style: Style) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        let inner = self.inner();
        let start = Instant::now();
        // So that procs and timers go on however busy the channels are.
        self.turn(Some(Duration::ZERO))?;
        let mut round = inner.look_around(style)?;
        while !round.is_ready() && !self.is_empty() {
            let left = timeout.map(|timeout| timeout.saturating_sub(start.elapsed()));
            if left == Some(Duration::ZERO) {
                break;
            }
            if left.is_none() && round.watches_nothing() {
                self.must_be_pending()?;
            }
            self.turn(left)?;
            round = inner.look_around(style)?;
        }
        round.serve(inner)
    }

    /// One turn of the dispatcher, which leaves this map to us.
    fn turn(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.in_pass(|dispatcher| dispatcher.turn(timeout))
    }

    /// Refuses to wait for ever for nothing.
    fn must_be_pending(&self) -> Result<(), Error> {
        if self.in_pass(Dispatcher::has_pending_operations) {
            return Ok(());
        }
        let what =
            "no channel wants to read or write, and nothing is pending that could change that";
        Err(NothingPending(what.to_owned()).into())
    }

    fn in_pass<R>(&self, f: impl FnOnce(&Dispatcher) -> R) -> R {
        struct Reset<'a>(&'a Inner);
        impl Drop for Reset<'_> {
            fn drop(&mut self) {
                self.0.in_pass.set(false);
            }
        }
        let dispatcher = self.bind();
        self.inner().in_pass.set(true);
        let _reset = Reset(self.inner());
        f(&dispatcher)
    }
}
