//! Loops: how many passes, how long they take, which maps, and loops inside of loops.

use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use async_proc::channel::{Channel, ChannelHandler, ChannelMap, FileChannel, close_all, run_loop};
use async_proc::{ErrorKind, Future, call_soon, sleep_async, wait_for};

use crate::families::{Family, STYLES};
use crate::script::{Log, Script, pass};

const TENTH: Duration = Duration::from_millis(100);

/// Counts how often it is asked.
#[derive(Clone, Default)]
struct Idle(Rc<Cell<u32>>);

impl ChannelHandler for Idle {
    fn readable(&mut self, _: &Channel) -> bool {
        self.0.set(self.0.get() + 1);
        false
    }

    fn writable(&mut self, _: &Channel) -> bool {
        false
    }
}

#[test]
fn an_empty_map_is_over_at_once_whatever_the_timeout() {
    for use_poll in [false, true] {
        run_loop(Duration::from_secs(3600), use_poll, None, None).unwrap();
        run_loop(None, use_poll, Some(&ChannelMap::new()), Some(7)).unwrap();
    }
}

#[test]
fn a_map_of_channels_that_want_nothing_paces_the_loop() {
    for use_poll in [false, true] {
        let (ours, _theirs) = Family::Unix.pair();
        let idle = Idle::default();
        Channel::from_socket(ours, idle.clone()).unwrap();
        let start = Instant::now();
        run_loop(TENTH, use_poll, None, Some(3)).unwrap();
        assert!(start.elapsed() >= 3 * TENTH);
        assert!(idle.0.get() >= 3);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_channel_is_asked_once_in_a_pass_that_does_not_wait() {
    for use_poll in [false, true] {
        let (ours, _theirs) = Family::Unix.pair();
        let idle = Idle::default();
        Channel::from_socket(ours, idle.clone()).unwrap();
        run_loop(Duration::ZERO, use_poll, None, Some(10)).unwrap();
        assert_eq!(idle.0.get(), 10);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_count_of_nought_makes_no_pass() {
    for use_poll in [false, true] {
        let (ours, _theirs) = Family::Unix.pair();
        let log = Log::default();
        Channel::from_socket(ours, Script::new("it", &log).writing()).unwrap();
        run_loop(None, use_poll, None, Some(0)).unwrap();
        assert_eq!(log.len(), 0);
        run_loop(None, use_poll, None, Some(2)).unwrap();
        assert_eq!(log.len(), 2);
        close_all(None, false).unwrap();
    }
}

#[test]
fn waiting_for_ever_for_nothing_is_an_error() {
    for use_poll in [false, true] {
        let (ours, _theirs) = Family::Unix.pair();
        Channel::from_socket(ours, Idle::default()).unwrap();
        let error = run_loop(None, use_poll, None, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NothingPending);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_private_map_is_served_by_its_own_loop_and_by_nothing_else() {
    for use_poll in [false, true] {
        let log = Log::default();
        let map = ChannelMap::new();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        Channel::from_socket_in(&map, ours, Script::new("private", &log)).unwrap();
        assert!(ChannelMap::global().is_empty());
        run_loop(None, use_poll, None, None).unwrap();
        let nothing_pending = async_proc::poll(TENTH).unwrap_err();
        assert_eq!(nothing_pending.kind(), ErrorKind::NothingPending);
        assert_eq!(log.len(), 0);
        run_loop(None, use_poll, Some(&map), Some(1)).unwrap();
        assert_eq!(log.take(), ["private: read"]);
        close_all(Some(&map), false).unwrap();
    }
}

#[test]
fn a_channel_can_go_from_one_map_to_another() {
    let log = Log::default();
    let (one, other) = (ChannelMap::new(), ChannelMap::new());
    let (ours, mut theirs) = Family::V4.pair();
    theirs.write_all(b"x").unwrap();
    let channel = Channel::from_socket_in(&one, ours, Script::new("it", &log)).unwrap();
    channel.add_channel(&other).unwrap();
    assert!(one.is_empty() && other.contains(&channel) && channel.map() == Some(other.clone()));
    run_loop(None, true, Some(&other), Some(1)).unwrap();
    assert_eq!(log.take(), ["it: read"]);
    assert!(channel.del_channel() && !channel.del_channel());
    assert!(other.is_empty() && !channel.is_closed());
}

#[test]
fn all_sorts_of_channels_mix_in_one_map() {
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let close = |channel: &Channel| channel.close();
        Channel::from_socket(ours, Script::new("socket", &log).on("read", close)).unwrap();
        let (ours, mut theirs_too) = Family::Unix.pair();
        theirs_too.write_all(b"x").unwrap();
        let script = Script::of("buffered", &log);
        let script =
            script.on("read", |channel: &async_proc::channel::ChannelWithSend| channel.close());
        async_proc::channel::ChannelWithSend::from_socket(ours, script).unwrap();
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"x").unwrap();
        let script = Script::of("file", &log).on("read", |channel: &FileChannel| channel.close());
        FileChannel::new(&reader, script).unwrap();
        assert_eq!(ChannelMap::global().len(), 3);
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(log.take(), ["socket: read", "buffered: read", "file: read"]);
    }
}

#[test]
fn a_handler_may_run_a_loop_over_another_map_and_its_own_goes_on_meanwhile() {
    for use_poll in [false, true] {
        let log = Log::default();
        let map = ChannelMap::new();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let close = |channel: &Channel| channel.close();
        Channel::from_socket_in(&map, ours, Script::new("inner", &log).on("read", close)).unwrap();
        let mut peers = vec![theirs];
        let noted = log.clone();
        let outer = Script::new("outer", &log).on("read", move |channel: &Channel| {
            run_loop(None, use_poll, Some(&map), None)?;
            noted.note("the inner loop is over");
            channel.close()
        });
        for script in [outer, Script::new("other", &log).on("read", close)] {
            let (ours, mut theirs) = Family::V4.pair();
            theirs.write_all(b"x").unwrap();
            Channel::from_socket(ours, script).unwrap();
            peers.push(theirs);
        }
        run_loop(None, use_poll, None, None).unwrap();
        let told = ["outer: read", "other: read", "inner: read", "the inner loop is over"];
        assert_eq!(log.take(), told);
    }
}

#[test]
fn a_loop_in_a_handler_has_nothing_to_wait_for_but_itself() {
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let script = Script::new("it", &log).on("read", move |channel: &Channel| {
            let error = run_loop(None, use_poll, None, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NothingPending);
            channel.close()
        });
        Channel::from_socket(ours, script).unwrap();
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(log.take(), ["it: read"]);
    }
}

#[test]
fn what_an_inner_loop_has_served_is_not_served_again_for_what_was_so_before() {
    for style in STYLES {
        let log = Log::default();
        let mut peers = Vec::new();
        let outer = Script::new("outer", &log).on("read", move |channel: &Channel| {
            channel.recv(1)?;
            pass(style, Duration::ZERO)
        });
        let inner = Script::new("inner", &log).on("read", |channel| {
            assert_eq!(channel.recv(10)?, b"x");
            Ok(())
        });
        for script in [outer, inner] {
            let (ours, mut theirs) = Family::V4.pair();
            theirs.write_all(b"x").unwrap();
            Channel::from_socket(ours, script).unwrap();
            peers.push(theirs);
        }
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), ["outer: read", "inner: read"]);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_pass_that_waits_asks_again_when_something_else_has_run() {
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, _theirs) = Family::V4.pair();
        let wanted = Rc::new(Cell::new(false));
        Channel::from_socket(ours, Script::new("it", &log).writing_while(&wanted)).unwrap();
        call_soon({
            let wanted = wanted.clone();
            move || {
                sleep_async(Duration::from_millis(5)).add_callback(move |_| wanted.set(true));
            }
        });
        run_loop(None, use_poll, None, Some(1)).unwrap();
        assert_eq!(log.take(), ["it: write"]);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_loop_ends_when_something_else_closes_the_last_channel() {
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, _theirs) = Family::V4.pair();
        let channel = Channel::from_socket(ours, Script::new("it", &log)).unwrap();
        sleep_async(Duration::from_millis(5)).add_callback(move |_| channel.close().unwrap());
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(log.len(), 0);
    }
}

#[test]
fn busy_channels_keep_timers_and_procs_from_nothing() {
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, _theirs) = Family::V4.pair();
        let channel = Channel::from_socket(ours, Script::new("it", &log).writing()).unwrap();
        let slept = sleep_async(Duration::from_millis(5));
        slept.add_callback(move |_| channel.close().unwrap());
        run_loop(None, use_poll, None, None).unwrap();
        assert!(slept.finished() && log.len() > 0);
    }
}

#[test]
fn a_dispatcher_that_is_run_inside_of_a_pass_serves_the_map() {
    for use_poll in [false, true] {
        let log = Log::default();
        let done = Future::new("done");
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let complete = done.clone();
        let script = Script::new("it", &log).on("read", move |channel: &Channel| {
            complete.complete(())?;
            channel.close()
        });
        Channel::from_socket(ours, script).unwrap();
        // In the turn that the pass begins with.
        call_soon(move || wait_for(done).unwrap());
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(log.take(), ["it: read"]);
    }
}
