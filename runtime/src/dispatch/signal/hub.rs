//! Where a signal arrives, and from where it goes to everyone who watches it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, Read};
use std::mem;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::ptr;
use std::rc::{Rc, Weak};
use std::task::Poll;

use signal_hook::SigId;
use signal_hook::low_level::{pipe, unregister};

use crate::Future;
use crate::dispatch::dispatcher::{Dispatcher, WeakDispatcher};
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::watch::{self, Callback, Watched};

/// The signals that a dispatcher watches.
#[derive(Default)]
pub(in crate::dispatch) struct Hubs(RefCell<HashMap<i32, Rc<Hub>>>);

/// One signal.
pub(super) struct Hub {
    signal: i32,
    /// Before the descriptor that it is of, so that it is dropped first.
    source: Source,
    received: UnixStream,
    handler: SigId,
    /// The operation that reads from the pipe. It ends with the hub.
    reading: Cell<Option<Future<()>>>,
    /// In the order they came.
    watchers: RefCell<Vec<Rc<Watcher>>>,
}

/// A callback that watches a signal.
pub(super) struct Watcher {
    hub: Weak<Hub>,
    dispatcher: WeakDispatcher,
    callback: Callback,
}

impl Hubs {
    /// Adds a callback, and starts to watch its signal if nobody did.
    pub(super) fn add(
        &self,
        dispatcher: &Dispatcher,
        signal: i32,
        callback: Callback,
    ) -> io::Result<Rc<Watcher>> {
        let known = self.0.borrow().get(&signal).cloned();
        let hub = match known {
            Some(hub) => hub,
            None => {
                let hub = Hub::new(signal)?;
                self.0.borrow_mut().insert(signal, hub.clone());
                hub
            }
        };
        let watcher = Rc::new(Watcher {
            hub: Rc::downgrade(&hub),
            dispatcher: dispatcher.downgrade(),
            callback,
        });
        hub.watchers.borrow_mut().push(watcher.clone());
        Ok(watcher)
    }

    /// The dispatcher was closed: drops every callback.
    pub(in crate::dispatch) fn close(&self) {
        let hubs = mem::take(&mut *self.0.borrow_mut());
        for hub in hubs.values() {
            for watcher in hub.watchers.take() {
                watch::end(&*watcher);
            }
        }
    }
}

impl Hub {
    fn new(signal: i32) -> io::Result<Rc<Hub>> {
        let (received, sent) = UnixStream::pair()?;
        received.set_nonblocking(true)?;
        let source = Source::new(received.as_raw_fd())?;
        let hub = Rc::new(Hub {
            signal,
            source,
            received,
            // Last, so that it is undone if something fails.
            handler: pipe::register(signal, sent)?,
            reading: Cell::new(None),
            watchers: RefCell::default(),
        });
        let weak = Rc::downgrade(&hub);
        let reading = hub.source.submit_as("add_signal", Direction::Read, move || {
            let Some(hub) = weak.upgrade() else { return Poll::Ready(Ok(())) };
            if hub.has_received() {
                // It may be changed by a callback, but those run later.
                hub.watchers.borrow().iter().for_each(|watcher| watch::notify(watcher.clone()));
            }
            Poll::Pending
        });
        hub.reading.set(Some(reading));
        Ok(hub)
    }

    /// Empties the pipe. The number of bytes says nothing: the system may deliver signals as one.
    fn has_received(&self) -> bool {
        let mut bytes = [0; 64];
        let mut any = false;
        loop {
            match (&self.received).read(&mut bytes) {
                Ok(0) => return any,
                Ok(_) => any = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return any,
            }
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Closes the sending end too.
        unregister(self.handler);
        self.source.close();
        // That it was closed is no news.
        let _ = self.reading.take().is_some_and(|reading| reading.failed());
    }
}

impl Watched for Watcher {
    fn callback(&self) -> &Callback {
        &self.callback
    }

    fn release(&self) {
        let Some(hub) = self.hub.upgrade() else { return };
        let (watcher, last) = {
            let mut watchers = hub.watchers.borrow_mut();
            let place = watchers.iter().position(|watcher| ptr::eq(&**watcher, self));
            (place.map(|place| watchers.remove(place)), watchers.is_empty())
        };
        if last && let Some(dispatcher) = self.dispatcher.upgrade() {
            let mut hubs = dispatcher.signals().0.borrow_mut();
            let gone = hubs.remove(&hub.signal);
            drop(hubs);
            drop(gone);
        }
        drop(watcher);
    }
}
