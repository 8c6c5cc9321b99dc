//! The channels that are served together.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::{Rc, Weak};

use super::events::Event;
use super::round::Round;
use super::{Channel, Style};
use crate::Dispatcher;
use crate::dispatch::WeakDispatcher;
use crate::dispatch::attend::Attendant;

/// A map of channels: those that are open, in the order they were entered, which is the order in
/// which they are served. The handle is cheap to clone; all clones are one map.
///
/// A thread has one without asking ([`global`](ChannelMap::global)), in which channels are unless
/// something else is said. [`run_loop`](super::run_loop) serves any map. Whatever else runs the
/// thread's dispatcher, such as [`run_forever`](crate::run_forever), serves the thread's map, and
/// others that were [attached](ChannelMap::attach).
///
/// A map belongs to the dispatcher that was the thread's when it got its first channel.
#[doc(alias = "socket_map")]
#[derive(Clone)]
pub struct ChannelMap(Rc<Inner>);

pub(super) struct Inner {
    channels: RefCell<BTreeMap<u64, Channel>>,
    dispatcher: RefCell<WeakDispatcher>,
    /// How it is served by whatever runs the dispatcher. `None` if it is not.
    attached: Cell<Option<Style>>,
    /// What handlers are to be told when none is running.
    pub(super) owed: RefCell<VecDeque<Owed>>,
    /// A pass is about to have the dispatcher wait, which is to leave this map to it.
    pub(super) in_pass: Cell<bool>,
    /// Rounds of the dispatcher's turns that are not over.
    pub(super) rounds: RefCell<Vec<Option<Round>>>,
}

/// An event that a method of a channel brought about.
pub(super) struct Owed {
    pub(super) channel: Channel,
    pub(super) serial: u64,
    pub(super) event: Event,
}

thread_local!(static GLOBAL: ChannelMap = {
    let map = ChannelMap::new();
    map.0.attached.set(Some(Style::Poll));
    map
});

impl ChannelMap {
    /// An empty map, which only loops over it serve.
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler, ChannelMap, close_all};
    /// use std::os::unix::net::UnixStream;
    ///
    /// struct Quiet;
    /// impl ChannelHandler for Quiet {}
    ///
    /// let map = ChannelMap::new();
    /// let (one, other) = UnixStream::pair()?;
    /// Channel::from_socket_in(&map, one, Quiet)?;
    /// Channel::from_socket_in(&map, other, Quiet)?;
    /// assert_eq!((map.len(), ChannelMap::global().len()), (2, 0));
    /// close_all(Some(&map), false)?;
    /// assert!(map.is_empty());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[allow(clippy::new_without_default, reason = "the default is the thread's own: `global`")]
    pub fn new() -> ChannelMap {
        ChannelMap(Rc::new(Inner {
            channels: RefCell::default(),
            dispatcher: RefCell::default(),
            attached: Cell::new(None),
            owed: RefCell::default(),
            in_pass: Cell::new(false),
            rounds: RefCell::default(),
        }))
    }

    /// The current thread's map.
    pub fn global() -> ChannelMap {
        // While the thread's own is being dropped, destructors get one that nobody serves.
        GLOBAL.try_with(ChannelMap::clone).unwrap_or_else(|_| ChannelMap::new())
    }

    /// How many channels are in it.
    pub fn len(&self) -> usize {
        self.0.channels.borrow().len()
    }

    /// Whether no channel is in it.
    pub fn is_empty(&self) -> bool {
        self.0.channels.borrow().is_empty()
    }

    /// The channels, in the order they were entered.
    pub fn channels(&self) -> Vec<Channel> {
        self.0.channels.borrow().values().cloned().collect()
    }

    /// Whether a channel is in it.
    pub fn contains(&self, channel: &Channel) -> bool {
        channel.serial().is_some_and(|serial| self.0.channels.borrow().contains_key(&serial))
    }

    /// Has whatever runs the thread's dispatcher serve this map too, in the given style. While
    /// there are channels in it, that is something pending: [`run_forever`](crate::run_forever) goes
    /// on. The thread's own map is attached from the start, in poll style.
    ///
    /// An attached map is kept by the dispatcher. Each turn asks every channel whether it wants to
    /// read or write, so what a turn costs grows with the map.
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler, ChannelMap, Style};
    /// use std::os::unix::net::UnixStream;
    ///
    /// struct Reader;
    /// impl ChannelHandler for Reader {
    ///     fn handle_read(&mut self, channel: &Channel) -> Result<(), async_proc::Error> {
    ///         channel.recv(100).map(drop)
    ///     }
    ///     fn writable(&mut self, _: &Channel) -> bool {
    ///         false
    ///     }
    /// }
    ///
    /// let map = ChannelMap::new();
    /// map.attach(Style::Select);
    /// let (ours, theirs) = UnixStream::pair()?;
    /// Channel::from_socket_in(&map, ours, Reader)?;
    /// drop(theirs);
    /// async_proc::run_forever()?; // until its last channel is closed
    /// assert!(map.is_empty());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn attach(&self, style: Style) {
        self.0.attached.set(Some(style));
        if let Some(dispatcher) = self.dispatcher() {
            dispatcher.attend(self.0.clone());
        }
    }

    /// Takes back [`attach`](ChannelMap::attach): only loops over it serve the map.
    pub fn detach(&self) {
        self.0.attached.set(None);
        let attendant: Rc<dyn Attendant> = self.0.clone();
        if let Some(dispatcher) = self.dispatcher() {
            dispatcher.leave(&attendant);
        }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(super) fn downgrade(&self) -> Weak<Inner> {
        Rc::downgrade(&self.0)
    }

    pub(super) fn upgrade(map: &Weak<Inner>) -> Option<ChannelMap> {
        map.upgrade().map(ChannelMap)
    }

    /// The dispatcher it belongs to, if there is one already.
    pub(super) fn dispatcher(&self) -> Option<Dispatcher> {
        self.0.dispatcher.borrow().upgrade()
    }

    /// The dispatcher it belongs to, from now on if it is empty.
    pub(super) fn bind(&self) -> Dispatcher {
        let own = self.dispatcher();
        if let Some(own) = own.clone().filter(|_| !self.is_empty()) {
            return own;
        }
        let current = Dispatcher::current();
        if own.as_ref() != Some(&current) {
            let attendant: Rc<dyn Attendant> = self.0.clone();
            if let Some(own) = own {
                own.leave(&attendant);
            }
            *self.0.dispatcher.borrow_mut() = current.downgrade();
        }
        if self.0.attached.get().is_some() {
            current.attend(self.0.clone());
        }
        current
    }

    pub(super) fn insert(&self, serial: u64, channel: Channel) {
        self.0.channels.borrow_mut().insert(serial, channel);
    }

    pub(super) fn remove(&self, serial: u64) {
        // Bound to a name, so that the map is not borrowed while the handler is dropped.
        let removed = self.0.channels.borrow_mut().remove(&serial);
        drop(removed);
    }

    pub(super) fn owe(&self, channel: Channel, serial: u64, event: Event) {
        self.0.owed.borrow_mut().push_back(Owed { channel, serial, event });
    }
}

impl Inner {
    /// How it is served by whatever runs the dispatcher.
    pub(super) fn attached(&self) -> Option<Style> {
        self.attached.get()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.channels.borrow().is_empty()
    }

    pub(super) fn channels(&self) -> Vec<(u64, Channel)> {
        let channels = self.channels.borrow();
        channels.iter().map(|(&serial, channel)| (serial, channel.clone())).collect()
    }
}

/// Whether two handles are of one map.
impl PartialEq for ChannelMap {
    fn eq(&self, other: &ChannelMap) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ChannelMap {}

impl fmt::Debug for ChannelMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.channels()).finish()
    }
}
