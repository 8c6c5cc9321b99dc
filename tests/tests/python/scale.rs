//! Many channels in one map, and a map that changes all the time.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use async_proc::Error;
use async_proc::channel::{
    Channel, ChannelHandler, ChannelMap, Domain, Socket, Style, Type, close_all, run_loop,
};

use crate::families::STYLES;
use crate::script::{pass, until_empty};

/// Allows this process as many descriptors as the system lets it have.
fn allow(descriptors: u64) -> bool {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= descriptors) {
        return true;
    }
    let enough = limit.maximum.is_none_or(|maximum| maximum >= descriptors)
        && setrlimit(Resource::Nofile, Rlimit { current: Some(descriptors), ..limit }).is_ok();
    if !enough {
        eprintln!("SKIPPED: this process may not have {descriptors} descriptors");
    }
    enough
}

/// Counts the bytes it reads.
struct Count(Rc<Cell<usize>>);

impl ChannelHandler for Count {
    fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
        self.0.set(self.0.get() + channel.recv(1)?.len());
        Ok(())
    }

    fn writable(&mut self, _: &Channel) -> bool {
        false
    }

    fn handle_close(&mut self, channel: &Channel) -> Result<(), Error> {
        channel.close()
    }
}

fn unix_pair() -> (Socket, Socket) {
    Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap()
}

#[test]
fn five_thousand_channels_in_one_map_each_hear_of_every_byte_and_of_their_end() {
    const CHANNELS: usize = 5000;
    if !allow(2 * CHANNELS as u64 + 500) {
        return;
    }
    for style in STYLES {
        let count = Rc::new(Cell::new(0));
        let mut peers: Vec<Socket> = (0..CHANNELS)
            .map(|_| {
                let (ours, theirs) = unix_pair();
                Channel::from_socket(ours, Count(count.clone())).unwrap();
                theirs
            })
            .collect();
        assert_eq!(ChannelMap::global().len(), CHANNELS);
        for round in 1..=3 {
            peers.iter_mut().for_each(|peer| peer.write_all(b"x").unwrap());
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(count.get(), round * CHANNELS);
        }
        // One among them is found at once.
        peers[CHANNELS / 2].write_all(b"x").unwrap();
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(count.get(), 3 * CHANNELS + 1);
        drop(peers);
        until_empty(style);
    }
}

/// As it reads, it closes others and adds others, as a generator of a fixed seed has it.
struct Churn {
    shared: Rc<Shared>,
    /// Which one it is, in the order in which they were made.
    number: usize,
}

struct Shared {
    random: Cell<u64>,
    /// How many channels are still to be made.
    left: Cell<usize>,
    /// For each channel, whether it is open, and what its peer has written and it has not read.
    state: RefCell<Vec<(bool, usize)>>,
    peers: RefCell<Vec<Option<Socket>>>,
}

impl Shared {
    fn below(&self, limit: usize) -> usize {
        let next =
            self.random.get().wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.random.set(next);
        (next >> 33) as usize % limit
    }

    /// Adds a channel that has something to read.
    fn add(self: &Rc<Self>) {
        if self.left.get() == 0 {
            return;
        }
        self.left.set(self.left.get() - 1);
        let (ours, mut theirs) = unix_pair();
        let bytes = 1 + self.below(3);
        theirs.write_all(&vec![b'x'; bytes]).unwrap();
        let number = self.state.borrow().len();
        self.state.borrow_mut().push((true, bytes));
        self.peers.borrow_mut().push(Some(theirs));
        Channel::from_socket(ours, Churn { shared: self.clone(), number }).unwrap();
    }
}

impl ChannelHandler for Churn {
    fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
        let shared = self.shared.clone();
        assert!(shared.state.borrow()[self.number].0, "it is told after it was closed");
        let read = channel.recv(1)?.len();
        // No event without something to read: it would be one that was meant for another.
        assert_eq!(read, shared.state.borrow()[self.number].1.min(1));
        if read == 0 {
            return Ok(());
        }
        shared.state.borrow_mut()[self.number].1 -= read;
        if shared.state.borrow()[self.number].1 == 0 {
            shared.peers.borrow_mut()[self.number] = None;
        }
        let others = ChannelMap::global().channels();
        let victim = &others[shared.below(others.len())];
        let number = victim.with_handler(|churn: &mut Churn| churn.number).unwrap_or(self.number);
        if shared.below(3) == 0 {
            victim.close()?;
            shared.state.borrow_mut()[number] = (false, 0);
            shared.peers.borrow_mut()[number] = None;
        }
        for _ in 0..shared.below(3) {
            shared.add();
        }
        Ok(())
    }

    fn handle_close(&mut self, channel: &Channel) -> Result<(), Error> {
        let state = &mut self.shared.state.borrow_mut()[self.number];
        assert_eq!(*state, (true, 0), "the end is told once, and after everything is read");
        state.0 = false;
        channel.close()
    }

    fn handle_error(&mut self, _: &Channel, error: &Error) -> Result<(), Error> {
        Err(error.clone())
    }

    fn writable(&mut self, _: &Channel) -> bool {
        false
    }
}

#[test]
fn a_map_that_handlers_change_as_it_is_served_loses_no_event_and_makes_up_none() {
    for style in STYLES {
        for seed in 0..20 {
            let shared = Rc::new(Shared {
                random: Cell::new(seed),
                left: Cell::new(400),
                state: RefCell::default(),
                peers: RefCell::default(),
            });
            for _ in 0..50 {
                shared.add();
            }
            run_loop(Duration::from_secs(30), style == Style::Poll, None, None).unwrap();
            // Each was closed by another, or has read everything and heard of its end.
            assert!(shared.state.borrow().iter().all(|&state| state == (false, 0)), "seed {seed}");
        }
        close_all(None, false).unwrap();
    }
}
