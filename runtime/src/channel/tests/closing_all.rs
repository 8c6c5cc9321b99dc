//! Closing every channel of a map, some of which refuse.

use std::cell::Cell;
use std::io;
use std::os::unix::net::UnixStream;

use crate::Error;
use crate::channel::run::close_each;
use crate::channel::{Channel, ChannelHandler, ChannelMap};

struct Quiet;
impl ChannelHandler for Quiet {}

fn map_of(channels: usize) -> ChannelMap {
    let map = ChannelMap::new();
    for _ in 0..channels {
        Channel::from_socket_in(&map, UnixStream::pair().unwrap().0, Quiet).unwrap();
    }
    map
}

/// Errors as closing may give them: of the system, of others, and what leaves loops.
fn errors() -> Vec<Error> {
    let of_system = [libc::EIO, libc::ENOSPC, libc::EPERM].map(io::Error::from_raw_os_error);
    let mut errors: Vec<Error> = of_system.map(Error::from).into();
    errors.push(Error::new("of the program"));
    errors
}

#[test]
fn the_first_refusal_ends_it_and_leaves_the_rest_open() {
    for error in errors() {
        let (map, closed) = (map_of(5), Cell::new(0));
        let refused = close_each(&map, false, |channel| {
            if closed.replace(closed.get() + 1) == 2 { Err(error.clone()) } else { channel.close() }
        });
        assert_eq!(refused.unwrap_err().to_string(), error.to_string());
        assert_eq!((closed.get(), map.len()), (3, 3));
    }
}

#[test]
fn refusals_are_ignored_if_asked_for() {
    for error in errors() {
        let (map, closed) = (map_of(5), Cell::new(0));
        let all = close_each(&map, true, |_| {
            closed.set(closed.get() + 1);
            Err(error.clone())
        });
        assert!(all.is_ok());
        assert_eq!((closed.get(), map.len()), (5, 0));
    }
}
