//! Descriptors that are registered by hand, and what watches them.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use crate::dispatch::{
    AsyncFd, Dispatcher, add_read, add_write, close_socket, has_pending_operations, poll, register,
    register_borrowed, run_forever, set_inheritable, unregister,
};
use crate::{DispatchError, ErrorKind};

type Log = Rc<RefCell<Vec<u8>>>;

/// A registered end of a connection, a handle of the same to read from, and the other end.
fn pair() -> (AsyncFd, UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let reader = ours.try_clone().unwrap();
    (register(ours).unwrap(), reader, theirs)
}

fn read_byte(mut reader: &UnixStream) -> Option<u8> {
    let mut byte = [0];
    (reader.read(&mut byte).ok()? == 1).then_some(byte[0])
}

#[test]
fn a_callback_is_called_in_a_turn_and_not_as_it_is_added() {
    let (fd, _reader, mut peer) = pair();
    peer.write_all(b"x").unwrap();
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    add_read(fd, move |_| {
        counted.set(counted.get() + 1);
        true
    })
    .unwrap();
    assert_eq!(calls.get(), 0);
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
    close_socket(fd).unwrap();
}

#[test]
fn what_a_callback_leaves_unread_calls_it_again_and_costs_nothing_when_it_is_gone() {
    let (fd, reader, mut peer) = pair();
    let log = Log::default();
    let seen = log.clone();
    let watch = add_read(fd, move |_| {
        seen.borrow_mut().push(read_byte(&reader).unwrap_or(b'?'));
        false
    })
    .unwrap();
    for text in [&b"ab"[..], b"c", b"def"] {
        peer.write_all(text).unwrap();
        let end = log.borrow().len() + text.len();
        while log.borrow().len() < end {
            poll(None).unwrap();
        }
    }
    assert_eq!(*log.borrow(), b"abcdef");
    // Everything is read: the next turns wait for an event, and none calls it.
    let turns = Dispatcher::current().turns();
    poll(Duration::from_millis(1)).unwrap();
    poll(Duration::from_millis(1)).unwrap();
    poll(Duration::from_millis(1)).unwrap();
    assert_eq!((Dispatcher::current().turns() - turns, log.borrow().len()), (3, 6));
    assert!(watch.remove() && !has_pending_operations());
    close_socket(fd).unwrap();
}

#[test]
fn callbacks_have_their_turns_in_order_until_one_asks_to_stay() {
    let (fd, reader, mut peer) = pair();
    let reader = Rc::new(reader);
    let log = Log::default();
    for (name, times) in [(b'1', 1), (b'2', 2), (b'3', 1)] {
        let (log, reader, mut left) = (log.clone(), reader.clone(), times);
        add_read(fd, move |_| {
            read_byte(&reader).unwrap();
            log.borrow_mut().push(name);
            left -= 1;
            left == 0
        })
        .unwrap();
    }
    peer.write_all(b"....").unwrap();
    run_forever().unwrap();
    assert_eq!(*log.borrow(), b"1223");
    close_socket(fd).unwrap();
}

#[test]
fn reading_and_writing_are_watched_at_once() {
    let (fd, reader, mut peer) = pair();
    let log = Log::default();
    let (reads, writes) = (log.clone(), log.clone());
    add_write(fd, move |_| {
        writes.borrow_mut().push(b'w');
        true
    })
    .unwrap();
    add_read(fd, move |_| {
        reads.borrow_mut().push(read_byte(&reader).unwrap());
        true
    })
    .unwrap();
    poll(None).unwrap();
    peer.write_all(b"r").unwrap();
    run_forever().unwrap();
    assert_eq!(*log.borrow(), b"wr");
    close_socket(fd).unwrap();
}

#[test]
fn a_callback_that_panics_is_done_and_loses_no_other_of_its_descriptor() {
    let (fd, reader, mut peer) = pair();
    add_read(fd, |_| panic!("in a callback")).unwrap();
    let log = Log::default();
    let seen = log.clone();
    add_read(fd, move |_| {
        seen.borrow_mut().push(read_byte(&reader).unwrap());
        true
    })
    .unwrap();
    peer.write_all(b"x").unwrap();
    let error = run_forever().unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Panicked, "panicked: in a callback")
    );
    run_forever().unwrap();
    assert_eq!(*log.borrow(), b"x");
    close_socket(fd).unwrap();
}

#[test]
fn closing_a_descriptor_calls_what_watches_it_once_more() {
    let (fd, _reader, _peer) = pair();
    let log = Log::default();
    for answer in [false, true] {
        let log = log.clone();
        add_read(fd, move |fd| {
            assert!(!Dispatcher::current().contains(fd));
            log.borrow_mut().push(u8::from(answer));
            answer
        })
        .unwrap();
    }
    close_socket(fd).unwrap();
    assert!(log.borrow().is_empty(), "not inside the call");
    run_forever().unwrap();
    assert_eq!(*log.borrow(), [0, 1]);
}

#[test]
fn a_callback_that_closes_its_own_descriptor_is_not_called_again() {
    let (fd, _reader, mut peer) = pair();
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    add_read(fd, move |fd| {
        counted.set(counted.get() + 1);
        close_socket(fd).unwrap();
        true
    })
    .unwrap();
    peer.write_all(b"x").unwrap();
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
    assert!(!has_pending_operations());
}

#[test]
fn unregistering_gives_the_descriptor_back_open_and_forgets_what_watched_it() {
    let (fd, _reader, mut peer) = pair();
    add_read(fd, |_| unreachable!("it is forgotten")).unwrap();
    let mut ours = UnixStream::from(unregister(fd).unwrap().unwrap());
    peer.write_all(b"x").unwrap();
    run_forever().unwrap();
    let mut byte = [0];
    ours.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"x");
    // It can be registered again, as another.
    let again = register(ours).unwrap();
    assert_ne!(again, fd);
    close_socket(again).unwrap();
}

#[test]
fn a_number_that_was_closed_is_not_taken_for_a_later_descriptor() {
    // The system gives out the smallest number that is free, unless another thread was faster.
    let ((fd, reader, peer), (again, _reader, _peer)) = loop {
        let first = pair();
        close_socket(first.0).unwrap();
        let second = pair();
        if first.0.as_raw_fd() == second.0.as_raw_fd() {
            break (first, second);
        }
        close_socket(second.0).unwrap();
    };
    assert_ne!(fd, again);
    drop((reader, peer));
    let not_registered = |error: crate::Error| match error.downcast_ref() {
        Some(DispatchError::NotRegistered { operation, .. }) => *operation,
        other => panic!("{other:?}"),
    };
    assert_eq!(not_registered(add_read(fd, |_| true).unwrap_err()), "add_read");
    assert_eq!(not_registered(add_write(fd, |_| true).unwrap_err()), "add_write");
    assert_eq!(not_registered(unregister(fd).unwrap_err()), "unregister");
    assert_eq!(not_registered(close_socket(fd).unwrap_err()), "close_socket");
    assert_eq!(not_registered(set_inheritable(fd, true).unwrap_err()), "set_inheritable");
    close_socket(again).unwrap();
}

#[test]
fn a_descriptor_is_registered_once_and_a_lent_one_stays_open() {
    let (mut ours, mut peer) = UnixStream::pair().unwrap();
    let fd = register_borrowed(ours.as_raw_fd()).unwrap();
    let error = register_borrowed(ours.as_raw_fd()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dispatch);
    assert!(error.to_string().ends_with("is registered with a dispatcher already"), "{error}");
    close_socket(fd).unwrap();
    peer.write_all(b"x").unwrap();
    let mut byte = [0];
    ours.read_exact(&mut byte).unwrap();
}

#[test]
fn what_cannot_be_waited_for_is_refused() {
    let file = std::fs::File::open("/dev/null").unwrap();
    let error = register(file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("cannot wait for events on descriptor "), "{error}");
    assert!(register_borrowed(-1).is_err());
    assert!(!has_pending_operations());
}

#[test]
fn whether_a_descriptor_is_inherited_can_be_chosen() {
    use rustix::io::{FdFlags, fcntl_getfd};
    let (fd, reader, _peer) = pair();
    let inherited = || {
        // A duplicate has a flag of its own, so the registered number itself is asked.
        // SAFETY: it is registered, and so open.
        let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd.as_raw_fd()) };
        !fcntl_getfd(fd).unwrap().contains(FdFlags::CLOEXEC)
    };
    assert!(!inherited());
    set_inheritable(fd, true).unwrap();
    assert!(inherited());
    set_inheritable(fd, false).unwrap();
    assert!(!inherited());
    drop(reader);
    close_socket(fd).unwrap();
}
