//! More than one dispatcher on a thread, and closing them.

use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::dispatch::fd::recv;
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::{
    Dispatcher, active_descriptors, call_soon, global_dispatcher, has_pending_operations,
    max_descriptors, poll, register, run_forever, set_global_dispatcher, sleep_async, wait_for,
    with_timeout,
};
use crate::{DispatchError, ErrorKind, Future};

const SHORT: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(3600);

#[test]
fn the_global_dispatcher_is_made_by_the_first_use_and_can_be_replaced() {
    let first = global_dispatcher();
    assert_eq!(first, Dispatcher::current());
    let second = Dispatcher::new();
    assert_eq!(set_global_dispatcher(&second).unwrap(), first);
    assert_eq!(Dispatcher::current(), second);
    assert_ne!(first, second);
}

#[test]
fn the_global_dispatcher_is_not_replaced_while_callbacks_are_queued() {
    call_soon(|| ());
    let error = set_global_dispatcher(&Dispatcher::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dispatch);
    assert_eq!(error.downcast_ref(), Some(&DispatchError::CallbacksQueued));
    run_forever().unwrap();
    set_global_dispatcher(&Dispatcher::new()).unwrap();
}

#[test]
fn timers_stay_with_the_dispatcher_they_were_made_on() {
    let nap = sleep_async(SHORT);
    let old = set_global_dispatcher(&Dispatcher::new()).unwrap();
    assert!(!has_pending_operations());
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
    old.wait_for(nap).unwrap();
    // Taking one back finds it where it is.
    let hour = sleep_async(LONG);
    let second = set_global_dispatcher(&old).unwrap();
    assert_eq!((old.timers(), second.timers()), (0, 1));
    assert!(hour.cancel());
    assert_eq!(second.timers(), 0);
}

#[test]
fn operations_stay_with_the_dispatcher_of_their_source() {
    let (ours, mut peer) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let source = Source::new(ours.as_raw_fd()).unwrap();
    let read = source.submit(Direction::Read, move || {
        let mut byte = [0];
        std::io::Read::read(&mut &ours, &mut byte)
    });
    let old = set_global_dispatcher(&Dispatcher::new()).unwrap();
    assert_eq!((active_descriptors(), old.active_descriptors()), (0, 1));
    assert_eq!((old.operations(), Dispatcher::current().operations()), (1, 0));
    std::io::Write::write_all(&mut peer, b"x").unwrap();
    assert_eq!(old.wait_for(read).unwrap(), 1);
}

#[test]
fn other_threads_reach_whichever_dispatcher_waits() {
    let first = Dispatcher::current();
    let second = Dispatcher::new();
    for dispatcher in [&first, &second, &first] {
        let old = set_global_dispatcher(dispatcher).unwrap();
        let hour = sleep_async(LONG);
        set_global_dispatcher(&old).unwrap();
        let heard = Arc::new(AtomicBool::new(false));
        let (remote, hear) = (dispatcher.remote(), heard.clone());
        let helper = thread::spawn(move || {
            remote.call_soon(move || hear.store(true, Ordering::Relaxed));
        });
        while !heard.load(Ordering::Relaxed) {
            dispatcher.poll(None).unwrap();
            assert!(!hour.finished(), "nobody has rung");
        }
        helper.join().unwrap();
        hour.cancel();
    }
}

#[test]
fn closing_a_dispatcher_fails_everything_that_is_pending_on_it() {
    let (ours, _peer) = UnixStream::pair().unwrap();
    let fd = register(ours).unwrap();
    let read = recv(fd, 1);
    let hour = sleep_async(LONG);
    let race = with_timeout(Future::<()>::new("never"), LONG);
    let dispatcher = Dispatcher::current();
    dispatcher.close();
    assert!(dispatcher.is_closed() && !dispatcher.contains(fd));
    for error in [read.error().unwrap(), hour.error().unwrap()] {
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert!(error.to_string().ends_with("its dispatcher is closed"), "{error}");
    }
    // What is queued is run still.
    run_forever().unwrap();
    assert_eq!(race.error().unwrap().kind(), ErrorKind::Closed);
    assert_eq!((dispatcher.timers(), dispatcher.operations()), (0, 0));
    // Nothing begins on it any more.
    assert_eq!(sleep_async(SHORT).error().unwrap().kind(), ErrorKind::Closed);
    let (ours, _peer) = UnixStream::pair().unwrap();
    assert!(register(ours).is_err());
    assert_eq!(
        set_global_dispatcher(&dispatcher).unwrap_err().downcast_ref(),
        Some(&DispatchError::Closed)
    );
    dispatcher.close();
    set_global_dispatcher(&Dispatcher::new()).unwrap();
    wait_for(sleep_async(SHORT)).unwrap();
}

#[test]
fn dropping_the_last_handle_closes_a_dispatcher() {
    let (ours, peer) = UnixStream::pair().unwrap();
    let fd = register(ours).unwrap();
    let hour = sleep_async(LONG);
    drop(set_global_dispatcher(&Dispatcher::new()).unwrap());
    assert_eq!(hour.error().unwrap().kind(), ErrorKind::Closed);
    assert!(!Dispatcher::current().contains(fd));
    // The descriptor was closed: its peer reads the end of the stream.
    assert_eq!(std::io::Read::read(&mut &peer, &mut [0]).unwrap(), 0);
}

#[test]
fn the_event_queue_can_be_watched_from_outside() {
    let (ours, mut peer) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let source = Source::new(ours.as_raw_fd()).unwrap();
    let read = source.submit(Direction::Read, move || std::io::Read::read(&mut &ours, &mut [0]));
    // Once, so that the event of its being writable is taken.
    poll(Duration::ZERO).unwrap();
    let queue = Dispatcher::current().io_handler().unwrap();
    assert!(!is_readable(queue));
    std::io::Write::write_all(&mut peer, b"x").unwrap();
    assert!(is_readable(queue));
    assert_eq!(wait_for(read).unwrap(), 1);
}

fn is_readable(fd: std::os::fd::RawFd) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    // SAFETY: the dispatcher that owns it is alive.
    let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&now)).unwrap() == 1
}

#[test]
fn there_is_room_for_more_descriptors() {
    assert!(max_descriptors() > active_descriptors());
}
