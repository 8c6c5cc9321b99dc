//! How connections end: nothing that was received is lost, the end is told once, and nothing is
//! told after it.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use async_proc::channel::{Channel, ChannelMap, Socket, Style, close_all};

use crate::families::{Family, STYLES, each_family_and_style};
use crate::script::{Log, Script, pass, until, until_empty};

each_family_and_style!(
    all_that_was_sent_before_the_peer_closed_is_read,
    all_that_came_before_a_hang_up_is_read_also_when_it_is_read_late,
    a_channel_closed_by_its_reading_is_not_told_to_write,
    a_channel_that_does_not_close_can_go_on_sending,
    a_reset_is_told_once,
);

/// Reads 100 bytes at a time, and keeps them.
fn reading(log: &Log) -> (Script, Rc<RefCell<Vec<u8>>>) {
    let kept: Rc<RefCell<Vec<u8>>> = Rc::default();
    let keep = kept.clone();
    let script = Script::new("it", log).on("read", move |channel| {
        keep.borrow_mut().extend(channel.recv(100)?);
        Ok(())
    });
    (script, kept)
}

fn all_that_was_sent_before_the_peer_closed_is_read(family: Family, style: Style) {
    // The peer ends its own direction; both are ended; it closes.
    for both_ended in [false, true] {
        let log = Log::default();
        let (ours, mut theirs) = family.pair();
        if both_ended {
            ours.shutdown(Shutdown::Write).unwrap();
        }
        theirs.write_all(&[b'x'; 1000]).unwrap();
        drop(theirs);
        let (script, kept) = reading(&log);
        Channel::from_socket(ours, script).unwrap();
        until_empty(style);
        assert_eq!(kept.borrow().len(), 1000);
        assert_eq!((log.count("it: read"), log.count("it: close")), (11, 1));
    }
}

fn all_that_came_before_a_hang_up_is_read_also_when_it_is_read_late(family: Family, style: Style) {
    let log = Log::default();
    let (ours, mut theirs) = family.pair();
    ours.shutdown(Shutdown::Write).unwrap();
    theirs.write_all(b"late").unwrap();
    drop(theirs);
    let wanted = Rc::new(std::cell::Cell::new(false));
    let (script, kept) = reading(&log);
    Channel::from_socket(ours, script.reading_while(&wanted).writing()).unwrap();
    pass(style, Duration::from_millis(20)).unwrap();
    pass(style, Duration::from_millis(20)).unwrap();
    assert_eq!((log.count("it: read"), log.count("it: close")), (0, 0), "{style:?}");
    wanted.set(true);
    until_empty(style);
    assert_eq!(*kept.borrow(), b"late");
    assert_eq!(log.count("it: close"), 1);
}

fn a_channel_closed_by_its_reading_is_not_told_to_write(family: Family, style: Style) {
    let log = Log::default();
    let (ours, mut theirs) = family.pair();
    theirs.write_all(b"x").unwrap();
    let script = Script::new("it", &log).writing().on("read", |channel| channel.close());
    Channel::from_socket(ours, script).unwrap();
    until_empty(style);
    assert_eq!(log.take(), ["it: read"]);
}

fn a_channel_that_does_not_close_can_go_on_sending(family: Family, style: Style) {
    let log = Log::default();
    let (ours, mut theirs) = family.pair();
    theirs.shutdown(Shutdown::Write).unwrap();
    let (script, _) = reading(&log);
    let has_ended = Rc::new(std::cell::Cell::new(false));
    let (ended, mut left) = (has_ended.clone(), 3);
    let script = script.writing_while(&has_ended).on("close", move |_| {
        ended.set(true);
        Ok(())
    });
    let script = script.on("write", move |channel| {
        assert_eq!(channel.send(b"x").unwrap(), 1);
        left -= 1;
        if left == 0 { channel.close() } else { Ok(()) }
    });
    Channel::from_socket(ours, script).unwrap();
    until_empty(style);
    assert_eq!(
        log.take(),
        ["it: read", "it: close", "it: write", "it: write", "it: write"],
        "{style:?}"
    );
    let mut received = Vec::new();
    theirs.read_to_end(&mut received).unwrap();
    assert_eq!(received, b"xxx");
}

fn reset(socket: Socket) {
    socket.set_linger(Some(Duration::ZERO)).unwrap();
}

fn a_reset_is_told_once(family: Family, style: Style) {
    let log = Log::default();
    let (ours, mut theirs) = family.pair();
    theirs.write_all(&[b'x'; 250]).unwrap();
    let (script, kept) = reading(&log);
    Channel::from_socket(ours, script).unwrap();
    until(style, || kept.borrow().len() == 250);
    // With something unread a unix socket is reset too.
    Channel::send(&ChannelMap::global().channels()[0], b"unread").unwrap();
    reset(theirs);
    until_empty(style);
    assert_eq!(log.count("it: close"), 1);
    assert!(!log.has("it: error"));
}

#[test]
fn an_end_that_sending_finds_is_told_when_the_handler_has_returned() {
    for style in STYLES {
        let log = Log::default();
        let (ours, theirs) = Family::Unix.pair();
        drop(theirs);
        let noted = log.clone();
        let script = Script::new("it", &log).not_reading().writing().on("write", move |channel| {
            assert_eq!(channel.send(b"x")?, 0);
            assert!(!channel.is_closed());
            noted.note("still writing");
            Ok(())
        });
        Channel::from_socket(ours, script).unwrap();
        until_empty(style);
        assert_eq!(log.take(), ["it: write", "still writing", "it: close"]);
    }
}

#[test]
fn an_end_that_is_found_outside_of_handlers_is_told_in_the_next_pass_which_does_not_wait() {
    for style in STYLES {
        let log = Log::default();
        let (ours, theirs) = Family::Unix.pair();
        drop(theirs);
        let channel = Channel::from_socket(ours, Script::new("it", &log).not_reading()).unwrap();
        assert_eq!(channel.recv(10).unwrap(), b"");
        assert_eq!(log.len(), 0);
        pass(style, Duration::from_secs(3600)).unwrap();
        assert_eq!(log.take(), ["it: close"]);
        assert!(ChannelMap::global().is_empty());
    }
}

#[test]
fn a_handler_that_does_not_close_is_told_again_only_when_it_cannot_send() {
    for style in STYLES {
        let log = Log::default();
        let (ours, theirs) = Family::Unix.pair();
        drop(theirs);
        let script = Script::new("it", &log).on("close", |_| Ok(()));
        let script = script.on("read", |channel| channel.recv(1).map(drop));
        let channel = Channel::from_socket(ours, script).unwrap();
        for _ in 0..5 {
            pass(style, Duration::ZERO).unwrap();
        }
        assert_eq!(log.take(), ["it: read", "it: close"]);
        assert_eq!(channel.send(b"x").unwrap(), 0);
        for _ in 0..5 {
            pass(style, Duration::ZERO).unwrap();
        }
        assert_eq!(log.take(), ["it: close"]);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_closed_channel_fails_and_can_have_another_socket() {
    let log = Log::default();
    let (ours, _theirs) = Family::Unix.pair();
    let channel = Channel::from_socket(ours, Script::new("it", &log)).unwrap();
    channel.close().unwrap();
    channel.close().unwrap();
    assert!(channel.recv(1).is_err() && channel.send(b"x").is_err());
    assert!(ChannelMap::global().is_empty() && log.len() == 0);
    let (ours, mut theirs) = Family::Unix.pair();
    channel.set_socket(ours).unwrap();
    theirs.write_all(b"x").unwrap();
    pass(Style::Poll, Duration::from_secs(30)).unwrap();
    assert_eq!(log.take(), ["it: read"]);
    close_all(None, false).unwrap();
}
