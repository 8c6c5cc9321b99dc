use std::cell::Cell;
use std::rc::Rc;

use super::{Log, many, settle};
use crate::error::FutureErrorKind;
use crate::future::set_unread_error_hook;
use crate::{Error, ErrorKind, Future, FutureError, FutureStream};

fn written(stream: &FutureStream<u32>, values: impl IntoIterator<Item = u32>) {
    for value in values {
        let write = stream.write(value);
        assert!(write.finished());
        write.read().unwrap();
    }
}

/// The next value, which is there.
fn next<T: 'static>(stream: &FutureStream<T>) -> Option<T> {
    let read = stream.read();
    assert!(read.finished());
    read.take().unwrap()
}

#[test]
fn values_come_out_in_the_order_written_and_then_the_end() {
    let stream = FutureStream::new("s");
    written(&stream, 0..3);
    stream.complete().unwrap();
    assert_eq!((stream.len(), stream.is_empty(), stream.finished()), (3, false, false));
    assert_eq!([(); 3].map(|()| next(&stream)), [Some(0), Some(1), Some(2)]);
    assert_eq!((stream.len(), stream.is_empty(), stream.finished()), (0, true, true));
    assert_eq!([next(&stream), next(&stream)], [None, None], "as often as one asks");
    assert!(!stream.failed());
}

#[test]
fn readers_are_served_in_the_order_in_which_they_asked() {
    let stream = FutureStream::new("s");
    let reads: Vec<_> = (0..3).map(|_| stream.read()).collect();
    assert!(reads.iter().all(|read| !read.finished()));
    written(&stream, [10, 11]);
    assert_eq!([&reads[0], &reads[1]].map(|read| read.read().unwrap()), [Some(10), Some(11)]);
    assert!(!reads[2].finished() && stream.is_empty());
    stream.complete().unwrap();
    assert_eq!(reads[2].read().unwrap(), None);
}

#[test]
fn a_full_one_has_writers_wait_and_serves_them_in_order() {
    let stream = FutureStream::with_capacity("s", 2);
    written(&stream, [0, 1]);
    let waiting: Vec<_> = (2..5).map(|n| stream.write(n)).collect();
    assert_eq!((stream.len(), stream.capacity()), (2, Some(2)));
    for n in 0..3 {
        let finished: Vec<_> = waiting.iter().map(Future::finished).collect();
        assert_eq!(finished, [n > 0, n > 1, n > 2]);
        assert_eq!(next(&stream), Some(n));
    }
    assert!(waiting.iter().all(|write| write.read().is_ok()));
    assert_eq!([next(&stream), next(&stream)], [Some(3), Some(4)]);
    assert!(stream.is_empty());
}

#[test]
fn one_without_room_gives_each_value_from_hand_to_hand() {
    let stream = FutureStream::with_capacity("s", 0);
    let (first, second) = (stream.write(1), stream.write(2));
    assert!(!first.finished() && stream.is_empty());
    assert_eq!(next(&stream), Some(1));
    assert!(first.finished() && !second.finished());
    stream.complete().unwrap();
    assert!(!stream.finished(), "the second value is still to come");
    assert_eq!([next(&stream), next(&stream)], [Some(2), None]);
    let read = FutureStream::with_capacity("s", 0);
    let waiting = read.read();
    written(&read, [3]);
    assert_eq!(waiting.read().unwrap(), Some(3));
}

#[test]
fn a_failure_comes_after_what_was_written_and_to_every_later_read() {
    let stream = FutureStream::new("s");
    written(&stream, [1, 2]);
    stream.fail(Error::new("broken")).unwrap();
    assert!(stream.failed() && !stream.finished());
    assert_eq!([next(&stream), next(&stream)], [Some(1), Some(2)]);
    assert!(stream.finished());
    for _ in 0..2 {
        assert_eq!(stream.read().read_error().unwrap().to_string(), "broken");
    }
}

#[test]
fn a_failure_goes_to_every_reader_that_waits() {
    let stream = FutureStream::<u8>::new("s");
    let reads = [stream.read(), stream.read()];
    stream.fail(Error::new("broken")).unwrap();
    for read in reads {
        assert_eq!(read.read_error().unwrap().to_string(), "broken");
    }
}

#[test]
fn writers_that_waited_when_it_ended_still_get_in() {
    for fails in [false, true] {
        let stream = FutureStream::with_capacity("s", 1);
        written(&stream, [1]);
        let waiting = stream.write(2);
        match fails {
            false => stream.complete().unwrap(),
            true => stream.fail(Error::new("broken")).unwrap(),
        }
        assert_eq!([next(&stream), next(&stream)], [Some(1), Some(2)]);
        waiting.read().unwrap();
        assert_eq!(stream.read().failed(), fails);
    }
}

#[test]
fn writing_to_one_that_has_ended_is_a_failed_future_that_names_it() {
    let line = line!() + 1;
    let stream = FutureStream::new("lines");
    stream.complete().unwrap();
    let error = stream.write(1).read_error().unwrap();
    let error = *error.downcast_ref::<FutureError>().unwrap();
    for error in [
        error,
        stream.complete().unwrap_err(),
        stream.fail("x".parse::<u8>().unwrap_err()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), FutureErrorKind::Ended);
        assert_eq!((error.name(), error.created().line()), ("lines", line));
        assert!(error.to_string().starts_with("the stream `lines` created at "), "{error}");
    }
    assert!(!stream.failed());
}

#[test]
fn a_cancelled_read_is_skipped() {
    let stream = FutureStream::new("s");
    let (first, second) = (stream.read(), stream.read());
    assert!(first.cancel());
    written(&stream, [1]);
    assert_eq!(second.read().unwrap(), Some(1));
    assert_eq!(first.error().unwrap().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_cancelled_write_takes_its_value_back() {
    let stream = FutureStream::with_capacity("s", 1);
    let token = Rc::new(());
    assert!(stream.write(Some(Rc::clone(&token))).finished());
    let (first, second) = (stream.write(Some(Rc::clone(&token))), stream.write(None));
    assert_eq!(Rc::strong_count(&token), 3);
    assert!(first.cancel());
    assert_eq!(Rc::strong_count(&token), 2);
    assert!(next(&stream).flatten().is_some());
    assert!(second.finished());
    assert!(next(&stream).unwrap().is_none());
    assert!(!first.cancel() && stream.is_empty());
}

#[test]
fn a_value_that_nobody_took_goes_back_to_its_place() {
    let stream = FutureStream::new("s");
    let early: Vec<_> = (0..3).map(|_| stream.read()).collect();
    written(&stream, 0..5);
    // In another order than they were given.
    let mut early = early.into_iter();
    let (first, second, third) = (early.next(), early.next(), early.next());
    drop(second);
    drop(first);
    assert_eq!(stream.len(), 4);
    assert_eq!([next(&stream), next(&stream)], [Some(0), Some(1)]);
    assert_eq!(third.unwrap().read().unwrap(), Some(2), "this one was looked at");
    assert_eq!(next(&stream), Some(3));
    drop(stream.read());
    assert_eq!(next(&stream), Some(4));
}

#[test]
fn a_value_that_nobody_took_goes_to_the_next_reader_that_waits() {
    let stream = FutureStream::new("s");
    let (first, second) = (stream.read(), stream.read());
    written(&stream, [1]);
    drop(first);
    assert_eq!(second.read().unwrap(), Some(1));
    assert!(stream.is_empty());
}

#[test]
fn a_proc_cancelled_between_the_value_and_its_turn_loses_nothing() {
    let stream = FutureStream::new("s");
    let reader = stream.clone();
    let proc: Future<()> = Future::from_std(async move {
        let value = reader.read().await?;
        unreachable!("it was cancelled, and has {value:?}")
    });
    written(&stream, [1]);
    proc.cancel();
    settle();
    assert_eq!(next(&stream), Some(1));
}

#[test]
fn readers_whose_futures_are_gone_get_nothing_and_leave_nothing_behind() {
    let stream = FutureStream::new("s");
    for _ in 0..100 {
        drop(stream.read());
    }
    assert_eq!(stream.waiting_readers(), 1);
    let waiting = stream.read();
    assert_eq!(stream.waiting_readers(), 1);
    drop(stream.read());
    written(&stream, [1, 2]);
    assert_eq!(waiting.read().unwrap(), Some(1));
    assert_eq!(next(&stream), Some(2));
}

#[test]
fn its_callback_is_queued_once_for_what_is_there_for_each_value_and_for_the_end() {
    let log = Log::default();
    let stream = FutureStream::new("s");
    written(&stream, [0, 1]);
    stream.set_callback(|_| unreachable!("it is replaced before its turn"));
    let l = log.clone();
    stream.set_callback(move |stream: &FutureStream<u32>| {
        l.note(format!("{} to read, finished: {}", stream.len(), stream.finished()));
    });
    log.note("set");
    settle();
    assert_eq!(log.take(), ["set", "2 to read, finished: false"]);
    written(&stream, [2]);
    assert_eq!([next(&stream), next(&stream)], [Some(0), Some(1)]);
    settle();
    assert_eq!(log.take(), ["1 to read, finished: false"]);
    assert_eq!(next(&stream), Some(2));
    let read = stream.read();
    written(&stream, [3]);
    stream.complete().unwrap();
    settle();
    assert_eq!(log.take(), ["0 to read, finished: true"], "3 went to the reader");
    assert_eq!(read.read().unwrap(), Some(3));
}

#[test]
fn an_error_that_no_reader_saw_is_reported_with_the_stream() {
    let log = Log::default();
    let reports = log.clone();
    set_unread_error_hook(move |unread| {
        reports.note(format!("{} {}", unread.name(), unread.error()))
    });
    let stream = FutureStream::<u8>::new("lost");
    stream.fail(Error::new("gone")).unwrap();
    drop(stream);
    assert_eq!(log.take(), ["lost gone"]);
    for look in [
        |stream: &FutureStream<u8>| assert!(stream.failed()),
        |stream: &FutureStream<u8>| {
            assert!(stream.read().failed());
        },
    ] {
        let stream = FutureStream::new("seen");
        stream.fail(Error::new("gone")).unwrap();
        look(&stream);
    }
    let stream = FutureStream::<u8>::new("read");
    let read = stream.read();
    stream.fail(Error::new("gone")).unwrap();
    assert!(read.failed());
    drop((stream, read));
    assert_eq!(log.take().len(), 0);
}

#[test]
fn dropping_every_handle_drops_what_is_in_it() {
    let token = Rc::new(());
    let stream = FutureStream::with_capacity("s", 1);
    let (_in, _waits) = (stream.write(token.clone()), stream.write(token.clone()));
    let read = FutureStream::<u8>::new("r").read();
    assert_eq!(Rc::strong_count(&token), 3);
    drop(stream);
    assert_eq!(Rc::strong_count(&token), 1);
    assert!(!read.finished());
    assert!(read.cancel());
}

#[test]
fn a_million_values_take_linear_time() {
    let count = many(1_000_000) as u32;
    let stream = FutureStream::with_capacity("s", 8);
    let sum = Rc::new(Cell::new(0));
    let (reader, total) = (stream.clone(), sum.clone());
    let read = Future::from_std(async move {
        while let Some(value) = reader.read().await? {
            total.set(total.get() + u64::from(value));
        }
        Ok(())
    });
    let write = Future::from_std(async move {
        for value in 0..count {
            stream.write(value).await?;
        }
        Ok(stream.complete()?)
    });
    settle();
    write.read().unwrap();
    read.read().unwrap();
    assert_eq!(sum.get(), u64::from(count) * u64::from(count - 1) / 2);
}
