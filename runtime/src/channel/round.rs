//! One time around a map: who wants what, who is ready, and telling them.

use std::cell::Cell;

use rustix::event::PollFlags;

use super::map::Inner;
use super::route::{self, Step};
use super::{Channel, ChannelError, Operation, Style};
use crate::Error;
use crate::dispatch::attend::Attendant;
use crate::dispatch::level;

/// Channels that want something, and what they are ready for.
pub(super) struct Round {
    number: u64,
    style: Style,
    entries: Vec<Entry>,
    /// Some channel wants something.
    watches: bool,
    /// Handlers were told of what methods of channels had brought about.
    settled: bool,
}

struct Entry {
    channel: Channel,
    serial: u64,
    wanted: PollFlags,
    steps: Steps,
}

/// What a channel is to be told of.
#[derive(Default)]
struct Steps {
    read: bool,
    write: bool,
    expt: bool,
    close: bool,
}

thread_local!(static ROUNDS: Cell<u64> = const { Cell::new(0) });

impl Inner {
    /// Asks every channel what it wants, and the system what they are ready for.
    ///
    /// # Errors
    ///
    /// A handler panicked as it was asked; or something went wrong in settling what was owed.
    pub(super) fn look_around(&self, style: Style) -> Result<Round, Error> {
        let settled = self.settle(style)?;
        ROUNDS.set(ROUNDS.get() + 1);
        let number = ROUNDS.get();
        let mut round = Round { number, style, entries: Vec::new(), watches: false, settled };
        for (serial, channel) in self.channels() {
            // Answering may close channels.
            if channel.serial() != Some(serial) {
                continue;
            }
            let Some((readable, writable)) = channel.ask()? else { continue };
            let wanted = wanted(&channel, style, readable, writable) & channel.allowed();
            if !wanted.is_empty() {
                round.entries.push(Entry { channel, serial, wanted, steps: Steps::default() });
            }
        }
        round.entries.retain(|entry| entry.channel.serial() == Some(entry.serial));
        round.watches = !round.entries.is_empty();
        round.find_ready()?;
        Ok(round)
    }
}

/// What a channel is to be watched for. A listener is not asked for room to write.
fn wanted(channel: &Channel, style: Style, readable: bool, writable: bool) -> PollFlags {
    let mut wanted = PollFlags::empty();
    wanted.set(PollFlags::IN, readable);
    wanted.set(PollFlags::OUT, writable && !channel.is_accepting());
    let urgent = match style {
        Style::Select => readable || writable,
        Style::Poll => readable,
    };
    wanted.set(PollFlags::PRI, urgent);
    wanted
}

impl Round {
    fn find_ready(&mut self) -> Result<(), Error> {
        let levels: Vec<_> = self.entries.iter().map(|entry| entry.channel.level()).collect();
        let asked = levels.iter().zip(&self.entries);
        // Each is in a map, as nothing has run since the entries were made.
        let asked = asked.filter_map(|(level, entry)| Some((&**level.as_ref()?, entry.wanted)));
        let mut found = Vec::new();
        let looked = level::look(asked, &mut found);
        drop(levels);
        looked.map_err(|error| ChannelError::os(Operation::Wait, "", error))?;
        let style = self.style;
        for (entry, found) in self.entries.iter_mut().zip(found) {
            entry.steps = steps(&entry.channel, style, entry.wanted, found);
        }
        self.entries.retain(|entry| entry.steps.any());
        Ok(())
    }

    /// Whether no channel wants anything.
    pub(super) fn watches_nothing(&self) -> bool {
        !self.watches
    }

    /// Whether there is something to be told, or something was.
    pub(super) fn is_ready(&self) -> bool {
        self.settled || !self.entries.is_empty()
    }

    /// Tells every channel what it is ready for.
    ///
    /// # Errors
    ///
    /// What a handler leaves the loop with. What was not told yet will be found again.
    pub(super) fn serve(self, map: &Inner) -> Result<(), Error> {
        const READ: (Step, fn(&Steps) -> bool) = (Step::Read, |steps| steps.read);
        const WRITE: (Step, fn(&Steps) -> bool) = (Step::Write, |steps| steps.write);
        const EXPT: (Step, fn(&Steps) -> bool) = (Step::Expt, |steps| steps.expt);
        const CLOSE: (Step, fn(&Steps) -> bool) = (Step::Close, |steps| steps.close);
        match self.style {
            Style::Select => {
                for (step, is_due) in [READ, WRITE, EXPT, CLOSE] {
                    for entry in self.entries.iter().filter(|entry| is_due(&entry.steps)) {
                        self.tell(map, entry, step)?;
                    }
                }
            }
            Style::Poll => {
                for entry in &self.entries {
                    for (step, is_due) in [READ, WRITE, EXPT, CLOSE] {
                        if is_due(&entry.steps) {
                            self.tell(map, entry, step)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn tell(&self, map: &Inner, entry: &Entry, step: Step) -> Result<(), Error> {
        let (channel, served) = (&entry.channel, &entry.channel.state().served);
        // It was closed since, and may be another connection by now; or a loop inside a handler
        // has served it, and what was found is no longer so.
        if channel.serial() != Some(entry.serial) || served.get() > self.number {
            return Ok(());
        }
        if channel.is_busy() {
            return Ok(());
        }
        served.set(self.number);
        let told = route::tell(channel, self.style, step);
        // Whatever has become of it, its consequences are told.
        let settled = map.settle(self.style);
        told.and(settled.map(drop))
    }
}

impl Steps {
    fn any(&self) -> bool {
        self.read || self.write || self.expt || self.close
    }
}

/// What a channel is to be told, by what it wants and what is so.
fn steps(channel: &Channel, style: Style, wanted: PollFlags, found: PollFlags) -> Steps {
    use PollFlags as P;
    let if_wanted = |flag: P, found_as: P| wanted.contains(flag) && found.intersects(found_as);
    // What was received before the end comes first, be it wanted now or later. And the end of a
    // connection that is on its way is why it could not be made.
    let has_hung_up = found.intersects(P::HUP | P::ERR) && !channel.is_connecting();
    let is_read_first =
        || found.contains(P::IN) && (wanted.contains(P::IN) || channel.has_unread());
    match style {
        Style::Select => Steps {
            read: if_wanted(P::IN, P::IN | P::HUP | P::ERR),
            write: if_wanted(P::OUT, P::OUT | P::ERR),
            expt: if_wanted(P::PRI, P::PRI),
            close: found.contains(P::NVAL),
        },
        Style::Poll => Steps {
            read: if_wanted(P::IN, P::IN),
            write: if_wanted(P::OUT, P::OUT),
            expt: if_wanted(P::PRI, P::PRI),
            close: found.contains(P::NVAL) || has_hung_up && !is_read_first(),
        },
    }
}

impl Attendant for Inner {
    fn is_pending(&self) -> bool {
        self.attached().is_some() && !self.is_empty() && !self.in_pass.get()
    }

    fn prepare(&self) -> Result<bool, Error> {
        // Only for this turn: those that may be run inside of it serve the map.
        let leave = self.in_pass.take() || self.is_empty();
        let style = self.attached().filter(|_| !leave);
        let round = style.map(|style| self.look_around(style)).transpose()?;
        let is_ready = round.as_ref().is_some_and(Round::is_ready);
        self.rounds.borrow_mut().push(round);
        Ok(is_ready)
    }

    fn serve(&self, failed: bool) -> Result<(), Error> {
        // Turns inside of turns are over before those around them.
        let round = self.rounds.borrow_mut().pop().flatten();
        let Some(mut round) = round.filter(|_| !failed) else { return Ok(()) };
        if !round.is_ready() {
            // The wait may have been for this.
            round = self.look_around(round.style)?;
        }
        round.serve(self)
    }
}
