//! A handler of a forgotten type, and calling it.

use std::any::{Any, type_name};
use std::panic::{self, AssertUnwindSafe};

use super::kind::ChannelKind;
use super::{Channel, ChannelHandler};
use crate::Error;

/// What a handler is told.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Read,
    Write,
    Expt,
    Connect,
    Close,
    Accept,
    Error(Error),
}

impl Event {
    /// The name of the method that is called.
    fn name(&self) -> &'static str {
        match self {
            Self::Read => "handle_read",
            Self::Write => "handle_write",
            Self::Expt => "handle_expt",
            Self::Connect => "handle_connect",
            Self::Close => "handle_close",
            Self::Accept => "handle_accept",
            Self::Error(_) => "handle_error",
        }
    }
}

/// What a channel knows of its handler.
pub(crate) trait Events {
    fn readable(&mut self, channel: &Channel) -> bool;
    fn writable(&mut self, channel: &Channel) -> bool;
    fn call(&mut self, event: Event, channel: &Channel) -> Result<(), Error>;
    fn handler(&mut self) -> &mut dyn Any;
}

/// A handler, and what its sort of channel keeps.
pub(super) struct Bound<H, C: ChannelKind> {
    handler: H,
    parts: C::Parts,
}

impl<H: ChannelHandler<C>, C: ChannelKind> Bound<H, C> {
    pub(super) fn boxed(handler: H, parts: C::Parts) -> Box<dyn Events> {
        Box::new(Bound::<H, C> { handler, parts })
    }
}

impl<H: ChannelHandler<C>, C: ChannelKind> Events for Bound<H, C> {
    fn readable(&mut self, channel: &Channel) -> bool {
        self.handler.readable(&C::assemble(channel, &self.parts))
    }

    fn writable(&mut self, channel: &Channel) -> bool {
        self.handler.writable(&C::assemble(channel, &self.parts))
    }

    fn call(&mut self, event: Event, channel: &Channel) -> Result<(), Error> {
        let channel = &C::assemble(channel, &self.parts);
        match event {
            Event::Read => self.handler.handle_read(channel),
            Event::Write => self.handler.handle_write(channel),
            Event::Expt => self.handler.handle_expt(channel),
            Event::Connect => self.handler.handle_connect(channel),
            Event::Close => self.handler.handle_close(channel),
            Event::Accept => self.handler.handle_accept(channel),
            Event::Error(error) => self.handler.handle_error(channel, &error),
        }
    }

    fn handler(&mut self) -> &mut dyn Any {
        &mut self.handler
    }
}

/// The name of a handler's type, without the modules it is in.
pub(super) fn short_name<H>() -> &'static str {
    let name = type_name::<H>();
    let end = name.find('<').unwrap_or(name.len());
    let start = name[..end].rfind("::").map_or(0, |at| at + 2);
    &name[start..]
}

impl Channel {
    /// Tells the handler of an event. Nothing happens if it is busy with one, further up the stack.
    ///
    /// # Errors
    ///
    /// The handler's own, or that it panicked.
    pub(super) fn tell(&self, event: Event) -> Result<(), Error> {
        if !matches!(event, Event::Error(_)) {
            self.state().last_event.set(event.name());
        }
        self.with_events(|events| events.call(event, self)).unwrap_or(Ok(Ok(())))?
    }

    /// Whether it wants to read, and to write. `None` if the handler is busy.
    ///
    /// # Errors
    ///
    /// The handler panicked.
    pub(super) fn ask(&self) -> Result<Option<(bool, bool)>, Error> {
        let asked = self.with_events(|events| {
            let readable = events.readable(self);
            (readable, events.writable(self))
        });
        asked.transpose()
    }

    fn with_events<R>(&self, f: impl FnOnce(&mut dyn Events) -> R) -> Option<Result<R, Error>> {
        let mut events = self.state().events.try_borrow_mut().ok()?;
        let result = panic::catch_unwind(AssertUnwindSafe(|| f(&mut **events)));
        Some(result.map_err(Error::panicked))
    }

    /// Whether the handler is being called, further up the stack.
    pub(super) fn is_busy(&self) -> bool {
        self.state().events.try_borrow_mut().is_err()
    }

    /// Gives `f` the handler, to look at it or change it from outside. `None` if it is no `H`, or
    /// is being called just now.
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler};
    ///
    /// struct Counter(u32);
    /// impl ChannelHandler for Counter {}
    ///
    /// let channel = Channel::new(Counter(7));
    /// assert_eq!(channel.with_handler(|counter: &mut Counter| counter.0), Some(7));
    /// ```
    pub fn with_handler<H: 'static, R>(&self, f: impl FnOnce(&mut H) -> R) -> Option<R> {
        let mut events = self.state().events.try_borrow_mut().ok()?;
        events.handler().downcast_mut().map(f)
    }
}
