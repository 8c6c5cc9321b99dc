//! What a channel is: its handler, its socket, and how far they have come.

use std::cell::{Cell, Ref, RefCell};
use std::fmt;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::{Rc, Weak};

use rustix::event::PollFlags;
use socket2::{Domain, SockAddr, Type};

use super::events::Events;
use super::io::Io;
use super::map::Inner as MapInner;
use super::{ChannelError, ChannelMap, Operation, address};
use crate::dispatch::level::Level;
use crate::{Error, Future};

/// How many bytes are received or sent at a time by what does so on its own.
const BUFFER_SIZE: usize = 65_536;

/// A channel: a socket (or a file) with a handler, in a map. The handle is cheap to clone; all
/// clones are one channel, and an open one is kept by its map.
///
/// [`new`](Channel::new) makes one without a socket, [`from_socket`](Channel::from_socket) takes
/// one over. The handler is called by [passes](super::run_loop) over the map, never from inside a
/// method of a channel.
#[doc(alias = "dispatcher")]
#[derive(Clone)]
pub struct Channel(Rc<State>);

pub(super) struct State {
    pub(super) events: RefCell<Box<dyn Events>>,
    /// The name of the handler's type.
    name: &'static str,
    map: RefCell<Weak<MapInner>>,
    io: RefCell<Option<Rc<Io>>>,
    registration: RefCell<Option<Registration>>,
    pub(super) connected: Cell<bool>,
    pub(super) connecting: Cell<bool>,
    pub(super) accepting: Cell<bool>,
    pub(super) ended: Cell<Ended>,
    /// Of which end the handler has been told.
    pub(super) told: Cell<Ended>,
    pub(super) family_and_type: Cell<Option<(Domain, Type)>>,
    pub(super) address: RefCell<Option<SockAddr>>,
    /// Finishes when there may be room for another connection.
    pub(super) rest: RefCell<Option<Future<()>>>,
    /// The last round in which it was served.
    pub(super) served: Cell<u64>,
    pub(super) last_event: Cell<&'static str>,
    pub(super) in_buffer_size: Cell<usize>,
    pub(super) out_buffer_size: Cell<usize>,
}

/// What has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ended {
    Nothing,
    /// There is nothing more to receive.
    Reading,
    Everything,
}

/// That a channel is in a map.
pub(super) struct Registration {
    /// Tells it from earlier ones, of this channel and of others.
    serial: u64,
    level: Level,
}

thread_local!(static SERIAL: Cell<u64> = const { Cell::new(0) });

impl Channel {
    pub(super) fn make(name: &'static str, map: &ChannelMap, events: Box<dyn Events>) -> Channel {
        Channel(Rc::new(State {
            events: RefCell::new(events),
            name,
            map: RefCell::new(map.downgrade()),
            io: RefCell::default(),
            registration: RefCell::default(),
            connected: Cell::new(false),
            connecting: Cell::new(false),
            accepting: Cell::new(false),
            ended: Cell::new(Ended::Nothing),
            told: Cell::new(Ended::Nothing),
            family_and_type: Cell::new(None),
            address: RefCell::default(),
            rest: RefCell::default(),
            served: Cell::new(0),
            last_event: Cell::new("no handler"),
            in_buffer_size: Cell::new(BUFFER_SIZE),
            out_buffer_size: Cell::new(BUFFER_SIZE),
        }))
    }

    pub(super) fn state(&self) -> &State {
        &self.0
    }

    /// The socket or file, for `operation`.
    pub(super) fn io(&self, operation: Operation) -> Result<Rc<Io>, Error> {
        let io = self.0.io.borrow();
        io.clone().ok_or_else(|| ChannelError::NotOpen { operation }.into())
    }

    /// Takes the place of what the channel had, which is closed, and enters it in the map.
    pub(super) fn set_io(&self, io: Io) -> Result<(), Error> {
        self.close()?;
        let state = &self.0;
        state.ended.set(Ended::Nothing);
        state.told.set(Ended::Nothing);
        *state.io.borrow_mut() = Some(Rc::new(io));
        self.register()
    }

    /// Takes the socket or file from the channel, which is in no map then.
    pub(super) fn take_io(&self) -> Option<Rc<Io>> {
        self.unregister();
        let state = &self.0;
        state.connected.set(false);
        state.connecting.set(false);
        state.accepting.set(false);
        drop(state.rest.take());
        state.io.take()
    }

    pub(super) fn register(&self) -> Result<(), Error> {
        let map = self.map().ok_or(ChannelError::NoMap)?;
        let fd = self.io(Operation::Register)?.as_raw_fd();
        let refused =
            |source| ChannelError::os(Operation::Register, format_args!("descriptor {fd}"), source);
        let level = Level::new(&map.bind(), fd).map_err(refused)?;
        let serial = SERIAL.get() + 1;
        SERIAL.set(serial);
        self.unregister();
        *self.0.registration.borrow_mut() = Some(Registration { serial, level });
        map.insert(serial, self.clone());
        Ok(())
    }

    pub(super) fn unregister(&self) {
        let Some(registration) = self.0.registration.take() else { return };
        if let Some(map) = self.map() {
            map.remove(registration.serial);
        }
    }

    /// What tells its present registration from others. `None` if it is in no map.
    pub(super) fn serial(&self) -> Option<u64> {
        self.0.registration.borrow().as_ref().map(|registration| registration.serial)
    }

    pub(super) fn level(&self) -> Option<Ref<'_, Level>> {
        Ref::filter_map(self.0.registration.borrow(), |registration| {
            registration.as_ref().map(|registration| &registration.level)
        })
        .ok()
    }

    /// The map that the channel is or will be in. `None` if that was dropped.
    pub fn map(&self) -> Option<ChannelMap> {
        ChannelMap::upgrade(&self.0.map.borrow())
    }

    /// Enters the channel in `map`, and takes it out of the one it is in.
    ///
    /// # Errors
    ///
    /// [`ChannelError::NotOpen`]: it has no socket, so there is nothing to watch.
    pub fn add_channel(&self, map: &ChannelMap) -> Result<(), Error> {
        self.io(Operation::Register)?;
        self.unregister();
        *self.0.map.borrow_mut() = map.downgrade();
        self.register()
    }

    /// Takes the channel out of its map. The socket stays open, and is not watched. `false` if it
    /// was in none.
    pub fn del_channel(&self) -> bool {
        let was_in = self.serial().is_some();
        self.unregister();
        was_in
    }

    /// The descriptor; `None` if the channel is closed. It stays the channel's own.
    #[doc(alias = "fileno")]
    pub fn fd(&self) -> Option<RawFd> {
        self.0.io.borrow().as_ref().map(|io| io.as_raw_fd())
    }

    /// Whether the connection is made, and not closed since.
    pub fn is_connected(&self) -> bool {
        self.0.connected.get()
    }

    /// Whether a connection is on its way.
    pub fn is_connecting(&self) -> bool {
        self.0.connecting.get()
    }

    /// Whether it listens for connections.
    pub fn is_accepting(&self) -> bool {
        self.0.accepting.get()
    }

    /// Whether it has no socket: none yet, or none any more.
    pub fn is_closed(&self) -> bool {
        self.0.io.borrow().is_none()
    }

    /// Family and type of the socket that was made or taken over last.
    pub fn family_and_type(&self) -> Option<(Domain, Type)> {
        self.0.family_and_type.get()
    }

    /// The address it was bound or connected to last, also after it was closed.
    #[doc(alias = "addr")]
    pub fn address(&self) -> Option<SockAddr> {
        self.0.address.borrow().clone()
    }

    pub(super) fn address_text(&self) -> String {
        self.0.address.borrow().as_ref().map(address::text).unwrap_or_default()
    }

    /// Whether it waits for room for another connection.
    pub(super) fn is_resting(&self) -> bool {
        self.0.rest.borrow().as_ref().is_some_and(|rest| !rest.finished())
    }

    /// Whether there are bytes to receive, and not only the end.
    pub(super) fn has_unread(&self) -> bool {
        self.0.io.borrow().as_ref().is_some_and(|io| io.has_unread())
    }

    pub(super) fn last_event(&self) -> &'static str {
        self.0.last_event.get()
    }

    /// How many bytes `chat` receives at a time: 65,536 unless changed. (The
    /// documentation of the original says 4096, its code has been saying this.)
    #[doc(alias = "ac_in_buffer_size")]
    pub fn in_buffer_size(&self) -> usize {
        self.0.in_buffer_size.get()
    }

    /// Sets how many bytes `chat` receives at a time. At least one.
    pub fn set_in_buffer_size(&self, bytes: usize) {
        self.0.in_buffer_size.set(bytes.max(1));
    }

    /// How many bytes `chat` and [`ChannelWithSend`](super::ChannelWithSend) send at
    /// a time: 65,536 unless changed.
    #[doc(alias = "ac_out_buffer_size")]
    pub fn out_buffer_size(&self) -> usize {
        self.0.out_buffer_size.get()
    }

    /// Sets how many bytes are sent at a time. At least one.
    pub fn set_out_buffer_size(&self, bytes: usize) {
        self.0.out_buffer_size.set(bytes.max(1));
    }

    /// Which of `flags` are wanted for reading and writing, before the handler is asked.
    pub(super) fn allowed(&self) -> PollFlags {
        match self.0.ended.get() {
            Ended::Nothing if self.is_resting() => PollFlags::empty(),
            Ended::Nothing => PollFlags::IN | PollFlags::PRI | PollFlags::OUT,
            Ended::Reading => PollFlags::OUT,
            Ended::Everything => PollFlags::empty(),
        }
    }
}

/// Whether two handles are of one channel.
impl PartialEq for Channel {
    fn eq(&self, other: &Channel) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Channel {}

/// `<Echo connected 127.0.0.1:80 at 0x5581…>`: the handler's type, whether it listens or is
/// connected, with which address, and where it is, which tells it from others.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.0.name)?;
        if self.is_accepting() && self.0.address.borrow().is_some() {
            f.write_str(" listening")?;
        } else if self.is_connected() {
            f.write_str(" connected")?;
        }
        let address = self.address_text();
        if !address.is_empty() {
            write!(f, " {address}")?;
        }
        write!(f, " at {:p}>", Rc::as_ptr(&self.0))
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // The event queue forgets the descriptor before it is closed.
        drop(self.registration.take());
    }
}
