//! A handler that does what a test tells it to, and notes what it is told.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use async_proc::Error;
use async_proc::channel::{
    Channel, ChannelHandler, ChannelKind, ChannelMap, SockAddr, Socket, Style, poll, poll2,
};

/// Beyond this a test has failed. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, what: impl ToString) {
        self.0.borrow_mut().push(what.to_string());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.0.take()
    }

    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.borrow().iter().any(|noted| noted == what)
    }

    pub(crate) fn count(&self, what: &str) -> usize {
        self.0.borrow().iter().filter(|noted| *noted == what).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

type Action<C> = Box<dyn FnMut(&C) -> Result<(), Error>>;

/// Notes every event as `name: event`, and does what is to be done about it.
pub(crate) struct Script<C = Channel> {
    name: &'static str,
    log: Log,
    actions: HashMap<&'static str, Action<C>>,
    readable: Rc<Cell<bool>>,
    writable: Option<Rc<Cell<bool>>>,
    is_strict: bool,
}

impl Script {
    /// Does nothing about any event, but closes when it is told of the end or of an error.
    pub(crate) fn new(name: &'static str, log: &Log) -> Script {
        Script::of(name, log)
    }

    /// What it is not told to expect is an error, and an error leaves the loop. The original's
    /// tests are so.
    pub(crate) fn strict(name: &'static str, log: &Log) -> Script {
        Script { is_strict: true, ..Script::new(name, log) }
    }
}

impl<C: ChannelKind> Script<C> {
    /// As [`new`](Script::new), for any sort of channel.
    pub(crate) fn of(name: &'static str, log: &Log) -> Script<C> {
        Script {
            name,
            log: log.clone(),
            actions: HashMap::new(),
            readable: Rc::new(Cell::new(true)),
            writable: Some(Rc::new(Cell::new(false))),
            is_strict: false,
        }
    }

    pub(crate) fn on(
        mut self,
        event: &'static str,
        action: impl FnMut(&C) -> Result<(), Error> + 'static,
    ) -> Script<C> {
        self.actions.insert(event, Box::new(action));
        self
    }

    /// Wants to write, always.
    pub(crate) fn writing(self) -> Script<C> {
        self.writing_while(&Rc::new(Cell::new(true)))
    }

    pub(crate) fn writing_while(mut self, wanted: &Rc<Cell<bool>>) -> Script<C> {
        self.writable = Some(wanted.clone());
        self
    }

    /// Wants to write when its sort of channel does by default.
    pub(crate) fn writing_by_default(mut self) -> Script<C> {
        self.writable = None;
        self
    }

    pub(crate) fn reading_while(mut self, wanted: &Rc<Cell<bool>>) -> Script<C> {
        self.readable = wanted.clone();
        self
    }

    pub(crate) fn not_reading(self) -> Script<C> {
        self.reading_while(&Rc::new(Cell::new(false)))
    }

    fn event(&mut self, event: &'static str, channel: &C) -> Result<bool, Error> {
        self.log.note(format_args!("{}: {event}", self.name));
        match self.actions.get_mut(event) {
            Some(action) => action(channel).map(|()| true),
            None if self.is_strict => Err(Error::new(format!("unexpected: {event}"))),
            None => Ok(false),
        }
    }
}

impl<C: ChannelKind> ChannelHandler<C> for Script<C> {
    fn handle_read(&mut self, channel: &C) -> Result<(), Error> {
        self.event("read", channel).map(drop)
    }

    fn handle_write(&mut self, channel: &C) -> Result<(), Error> {
        self.event("write", channel).map(drop)
    }

    fn handle_expt(&mut self, channel: &C) -> Result<(), Error> {
        self.event("expt", channel).map(drop)
    }

    fn handle_connect(&mut self, channel: &C) -> Result<(), Error> {
        self.event("connect", channel).map(drop)
    }

    fn handle_close(&mut self, channel: &C) -> Result<(), Error> {
        if self.event("close", channel)? { Ok(()) } else { channel.channel().close() }
    }

    fn handle_error(&mut self, channel: &C, error: &Error) -> Result<(), Error> {
        if self.is_strict && !self.actions.contains_key("error") {
            return Err(error.clone());
        }
        self.log.note(format_args!("{}: {error}", self.name));
        if self.event("error", channel)? { Ok(()) } else { self.handle_close(channel) }
    }

    fn handle_accept(&mut self, channel: &C) -> Result<(), Error> {
        if self.actions.contains_key("accept") {
            return self.event("accept", channel).map(drop);
        }
        match channel.channel().accept()? {
            Some((socket, address)) => self.handle_accepted(channel, socket, address),
            None => Ok(()),
        }
    }

    fn handle_accepted(&mut self, channel: &C, _: Socket, _: SockAddr) -> Result<(), Error> {
        self.event("accepted", channel).map(drop)
    }

    fn readable(&mut self, _: &C) -> bool {
        self.readable.get()
    }

    fn writable(&mut self, channel: &C) -> bool {
        match &self.writable {
            Some(writable) => writable.get(),
            None => writable_by_default(channel),
        }
    }
}

/// What the default of `writable` says.
fn writable_by_default<C: ChannelKind>(channel: &C) -> bool {
    struct Default;
    impl<C: ChannelKind> ChannelHandler<C> for Default {}
    Default.writable(channel)
}

/// One pass over the thread's map.
pub(crate) fn pass(style: Style, timeout: Duration) -> Result<(), Error> {
    match style {
        Style::Select => poll(timeout, None),
        Style::Poll => poll2(timeout, None),
    }
}

/// Passes over the thread's map until something is so.
#[track_caller]
pub(crate) fn until(style: Style, condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "it does not come");
        assert!(!ChannelMap::global().is_empty(), "every channel is closed");
        pass(style, Duration::from_millis(100)).unwrap();
    }
}

/// Passes over the thread's map until it is empty.
#[track_caller]
pub(crate) fn until_empty(style: Style) {
    let end = Instant::now() + PATIENCE;
    while !ChannelMap::global().is_empty() {
        assert!(Instant::now() < end, "these stay open: {:?}", ChannelMap::global());
        pass(style, Duration::from_millis(100)).unwrap();
    }
}
