//! From what a channel is ready for to what its handler is told.

use super::error::{is_nothing_there, tells_of_disconnection};
use super::events::Event;
use super::map::{Inner, Owed};
use super::state::Ended;
use super::{Channel, ExitNow, Operation, Style};
use crate::Error;

/// What a channel is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Read,
    Write,
    Expt,
    Close,
}

/// Tells a channel what it is ready for.
///
/// # Errors
///
/// What leaves the loop: [`ExitNow`], or what came out of `handle_error`.
pub(super) fn tell(channel: &Channel, style: Style, step: Step) -> Result<(), Error> {
    let told = match step {
        Step::Read => read(channel),
        Step::Write => write(channel),
        Step::Expt => expt(channel),
        Step::Close => hang_up(channel),
    };
    settle_result(channel, style, told)
}

fn read(channel: &Channel) -> Result<(), Error> {
    if channel.is_accepting() {
        return channel.tell(Event::Accept);
    }
    if connect(channel)? { channel.tell(Event::Read) } else { Ok(()) }
}

fn write(channel: &Channel) -> Result<(), Error> {
    if channel.is_accepting() {
        return Ok(());
    }
    if connect(channel)? { channel.tell(Event::Write) } else { Ok(()) }
}

/// If a connection was on its way, it has arrived. Whether the channel is still what it was, and
/// may be told more.
fn connect(channel: &Channel) -> Result<bool, Error> {
    if channel.is_connected() || !channel.is_connecting() {
        return Ok(true);
    }
    let serial = channel.serial();
    channel.finish_connecting()?;
    Ok(channel.serial() == serial)
}

fn expt(channel: &Channel) -> Result<(), Error> {
    match channel.io(Operation::Receive)?.take_error() {
        Ok(()) => channel.tell(Event::Expt),
        Err(_) => hang_up(channel),
    }
}

/// The connection is gone, in both directions.
fn hang_up(channel: &Channel) -> Result<(), Error> {
    channel.state().ended.set(Ended::Everything);
    tell_of_end(channel)
}

fn tell_of_end(channel: &Channel) -> Result<(), Error> {
    let state = channel.state();
    let ended = state.ended.get();
    if state.told.replace(ended) >= ended { Ok(()) } else { channel.tell(Event::Close) }
}

/// What becomes of an error.
fn settle_result(channel: &Channel, style: Style, told: Result<(), Error>) -> Result<(), Error> {
    let Err(error) = told else { return Ok(()) };
    if ExitNow::is(&error) {
        return Err(error);
    }
    if is_nothing_there(&error) {
        return Ok(());
    }
    if style == Style::Poll && tells_of_disconnection(&error) {
        channel.state().ended.set(Ended::Everything);
        return match tell_of_end(channel) {
            Err(error) if !ExitNow::is(&error) => channel.tell(Event::Error(error)),
            told => told,
        };
    }
    channel.tell(Event::Error(error))
}

impl Inner {
    /// Tells handlers what methods of channels have brought about, but for those that are running.
    /// Whether any was told.
    ///
    /// # Errors
    ///
    /// As [`tell`]. The others are told the next time.
    pub(super) fn settle(&self, style: Style) -> Result<bool, Error> {
        let (mut any, mut later) = (false, Vec::new());
        let mut result = Ok(());
        while result.is_ok() {
            // Bound to a name, so that the queue is not borrowed while a handler runs.
            let next = self.owed.borrow_mut().pop_front();
            let Some(owed) = next else { break };
            if owed.channel.serial() != Some(owed.serial) {
                continue;
            }
            if owed.channel.is_busy() {
                later.push(owed);
                continue;
            }
            any = true;
            let Owed { channel, event, .. } = owed;
            let told = match event {
                Event::Close => tell_of_end(&channel),
                Event::Connect => connect(&channel).map(drop),
                event => channel.tell(event),
            };
            result = settle_result(&channel, style, told);
        }
        let mut owed = self.owed.borrow_mut();
        later.into_iter().rev().for_each(|one| owed.push_front(one));
        result.map(|()| any)
    }
}
