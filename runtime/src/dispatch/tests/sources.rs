use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::rc::Rc;
use std::time::Duration;

use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::{Dispatcher, has_pending_operations, poll, run_forever, wait_for};
use crate::{ErrorKind, Future};

/// One end of a connection as a source, and the other as it is.
struct End {
    source: Source,
    stream: Rc<UnixStream>,
    calls: Rc<Cell<usize>>,
}

fn pair() -> (End, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let source = Source::new(ours.as_raw_fd()).unwrap();
    (End { source, stream: Rc::new(ours), calls: Rc::default() }, theirs)
}

impl End {
    /// Reads up to `size` bytes, and counts the calls.
    fn read(&self, size: usize) -> Future<Vec<u8>> {
        let (stream, calls) = (self.stream.clone(), self.calls.clone());
        self.source.submit(Direction::Read, move || {
            calls.set(calls.get() + 1);
            let mut bytes = vec![0; size];
            let count = (&*stream).read(&mut bytes)?;
            bytes.truncate(count);
            Ok(bytes)
        })
    }
}

#[test]
fn an_operation_that_need_not_wait_has_finished_at_once() {
    let (end, mut peer) = pair();
    peer.write_all(b"abc").unwrap();
    assert_eq!(end.read(9).read().unwrap(), b"abc");
    assert_eq!((end.calls.get(), Dispatcher::current().operations()), (1, 0));
}

#[test]
fn operations_that_wait_are_done_in_order_with_one_call_each_and_one_more() {
    let (end, mut peer) = pair();
    let reads: Vec<_> = (0..3).map(|_| end.read(1)).collect();
    assert_eq!(end.calls.get(), 1, "the later ones are not tried");
    assert_eq!(Dispatcher::current().operations(), 3);
    peer.write_all(b"xyz").unwrap();
    poll(None).unwrap();
    let got: Vec<_> = reads.iter().map(|read| read.read().unwrap()).collect();
    assert_eq!(got, [b"x", b"y", b"z"]);
    assert_eq!((end.calls.get(), Dispatcher::current().operations()), (4, 0));
}

#[test]
fn the_directions_do_not_wait_for_each_other() {
    let (end, mut peer) = pair();
    let read = end.read(1);
    let stream = end.stream.clone();
    let write = end.source.submit(Direction::Write, move || (&*stream).write(b"w"));
    assert_eq!(write.read().unwrap(), 1);
    assert!(!read.finished());
    peer.write_all(b"r").unwrap();
    assert_eq!(wait_for(read).unwrap(), b"r");
}

#[test]
fn a_write_waits_until_there_is_room() {
    let (end, mut peer) = pair();
    let big = vec![7; 4 << 20];
    let (stream, sent) = (end.stream.clone(), Cell::new(0));
    let write = end.source.submit(Direction::Write, move || {
        while sent.get() < big.len() {
            sent.set(sent.get() + (&*stream).write(&big[sent.get()..])?);
        }
        Ok(sent.get())
    });
    assert!(!write.finished());
    peer.set_nonblocking(true).unwrap();
    let mut got = 0;
    let mut room = vec![0; 1 << 16];
    while !write.finished() {
        match peer.read(&mut room) {
            Ok(count) => got += count,
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                poll(None).unwrap();
            }
        }
    }
    peer.set_nonblocking(false).unwrap();
    peer.read_exact(&mut vec![0; (4 << 20) - got]).unwrap();
    assert_eq!(write.read().unwrap(), 4 << 20);
}

#[test]
fn closing_fails_what_waits_and_what_comes_later() {
    let (end, mut peer) = pair();
    let waiting = [end.read(1), end.read(1)];
    end.source.close();
    let later = end.read(1);
    for read in waiting.iter().chain([&later]) {
        assert_eq!(read.read_error().unwrap().kind(), ErrorKind::Closed);
    }
    assert_eq!((end.calls.get(), Dispatcher::current().operations()), (1, 0));
    peer.write_all(b"late").unwrap();
    run_forever().unwrap();
    end.source.close();
}

#[test]
fn dropping_the_last_handle_closes_it() {
    let (end, _peer) = pair();
    let read = end.read(1);
    drop(end);
    assert_eq!(read.read_error().unwrap().kind(), ErrorKind::Closed);
}

#[test]
fn a_cancelled_operation_takes_nothing_from_the_next() {
    let (end, mut peer) = pair();
    let (first, second) = (end.read(1), end.read(1));
    assert!(first.cancel());
    assert_eq!(Dispatcher::current().operations(), 1);
    peer.write_all(b"q").unwrap();
    assert_eq!(wait_for(second).unwrap(), b"q");
    assert!(!has_pending_operations());
}

#[test]
fn a_source_with_no_operation_is_nothing_to_wait_for() {
    let path = std::env::temp_dir().join(format!("async-proc-idle-{}", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let _source = Source::new(listener.as_raw_fd()).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!has_pending_operations());
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
}

#[test]
fn a_panicking_operation_fails_alone() {
    let (end, mut peer) = pair();
    let calls = Cell::new(0);
    let bad: Future<()> = end.source.submit(Direction::Read, move || {
        calls.set(calls.get() + 1);
        assert_eq!(calls.get(), 1, "bad operation");
        Err(io::ErrorKind::WouldBlock.into())
    });
    let good = end.read(1);
    peer.write_all(b"g").unwrap();
    assert_eq!(wait_for(good).unwrap(), b"g");
    assert_eq!(bad.read_error().unwrap().kind(), ErrorKind::Panicked);
}

#[test]
fn an_interrupted_call_is_repeated() {
    let (end, mut peer) = pair();
    peer.write_all(b"i").unwrap();
    let (stream, calls) = (end.stream.clone(), Rc::new(Cell::new(0)));
    let count = calls.clone();
    let read = end.source.submit(Direction::Read, move || {
        count.set(count.get() + 1);
        if count.get() < 3 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        (&*stream).read(&mut [0])
    });
    assert_eq!((read.read().unwrap(), calls.get()), (1, 3));
}

#[test]
fn events_for_a_closed_source_do_not_reach_the_one_that_has_its_descriptor_now() {
    // A callback in the same turn closes one of two ready sources and reuses its descriptor.
    let (first, mut first_peer) = pair();
    let (second, mut second_peer) = pair();
    let reads = [first.read(1), second.read(1)];
    let replaced: Rc<RefCell<Option<(End, UnixStream)>>> = Rc::default();
    let (put, source) = (replaced.clone(), second.source.clone());
    let stream = first.stream.clone();
    let closing = first.source.submit(Direction::Read, move || {
        let _ = (&*stream).read(&mut [0])?;
        source.close();
        put.replace(Some(pair()));
        Ok(())
    });
    first_peer.write_all(b"ab").unwrap();
    second_peer.write_all(b"c").unwrap();
    wait_for(closing).unwrap();
    let (other, _peer) = replaced.take().unwrap();
    let read = other.read(1);
    poll(Duration::ZERO).unwrap();
    assert!(!read.finished());
    assert_eq!(other.calls.get(), 1, "no event was for it");
    assert_eq!(reads[0].read().unwrap(), b"a");
    // Its event may have come before that of the first, or have been too late.
    assert!(reads[1].finished());
    let _ = reads[1].failed();
    read.cancel();
}

#[test]
fn an_operation_may_submit_cancel_and_close_on_its_own_source() {
    let (end, mut peer) = pair();
    peer.write_all(b"12").unwrap();
    let inner: Rc<RefCell<Option<Future<Vec<u8>>>>> = Rc::default();
    let (put, source, stream) = (inner.clone(), end.source.clone(), end.stream.clone());
    let outer = end.source.submit(Direction::Read, move || {
        let stream = stream.clone();
        put.replace(Some(source.submit(Direction::Read, move || {
            let mut byte = vec![0];
            (&*stream).read_exact(&mut byte)?;
            Ok(byte)
        })));
        Ok(())
    });
    outer.read().unwrap();
    assert_eq!(wait_for(inner.take().unwrap()).unwrap(), b"1");
    let source = end.source.clone();
    let closing = end.source.submit(Direction::Read, move || {
        source.close();
        Ok(5)
    });
    assert_eq!(closing.read_error().unwrap().kind(), ErrorKind::Closed);
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn a_file_on_disk_cannot_be_waited_for() {
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    assert!(Source::new(file.as_raw_fd()).is_err());
}

/// Reads one byte as code does that is polled: it attempts by itself, and is woken.
fn polled(end: &End) -> Future<u8> {
    let (source, stream, calls) = (end.source.clone(), end.stream.clone(), end.calls.clone());
    Future::from_std(std::future::poll_fn(move |cx| {
        if !source.poll_idle(Direction::Read, cx.waker()) {
            return std::task::Poll::Pending;
        }
        calls.set(calls.get() + 1);
        let mut byte = [0];
        match (&*stream).read(&mut byte) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && !source.is_closed() => {
                source.wake_when_ready(Direction::Read, cx.waker());
                std::task::Poll::Pending
            }
            read => std::task::Poll::Ready(read.map(|_| byte[0]).map_err(Into::into)),
        }
    }))
}

#[test]
fn who_polls_is_woken_by_events_and_by_closing_and_waits_behind_operations() {
    let (end, mut peer) = pair();
    let two = [polled(&end), polled(&end)];
    assert_eq!(end.calls.get(), 2);
    peer.write_all(b"xy").unwrap();
    let [one, other] = two.map(|read| wait_for(read).unwrap());
    assert_eq!([one.min(other), one.max(other)], *b"xy");

    let first = end.read(1);
    let second = polled(&end);
    let calls = end.calls.get();
    peer.write_all(b"12").unwrap();
    assert_eq!(wait_for(second).unwrap(), b'2');
    assert_eq!(first.read().unwrap(), b"1");
    // One for each that had something to read, and one for each that found nothing.
    assert!(end.calls.get() - calls <= 4, "{}", end.calls.get() - calls);

    let third = polled(&end);
    end.source.close();
    assert_eq!(wait_for(third).unwrap_err().io_kind(), Some(io::ErrorKind::WouldBlock));
}

#[test]
fn who_polls_without_end_has_its_share_of_a_turn_and_no_more() {
    let (end, mut peer) = pair();
    peer.write_all(&[7; 1000]).unwrap();
    let reading = {
        let end = End {
            source: end.source.clone(),
            stream: end.stream.clone(),
            calls: end.calls.clone(),
        };
        Future::from_std(async move {
            for _ in 0..1000 {
                polled(&end).await?;
            }
            Ok(())
        })
    };
    assert!(!reading.finished());
    while !reading.finished() {
        let before = end.calls.get();
        poll(None).unwrap();
        assert!(end.calls.get() - before <= 256, "{}", end.calls.get() - before);
    }
    assert_eq!(end.calls.get(), 1000);
}
