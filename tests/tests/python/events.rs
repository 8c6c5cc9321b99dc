//! Which handler is called when: levels, order, and maps that change while they are served.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use async_proc::channel::{Channel, ChannelMap, Domain, Socket, Style, Type, close_all};

use crate::families::{Family, STYLES, remove_path};
use crate::script::{Log, Script, pass, until};

#[test]
fn what_is_left_unread_calls_again_in_each_pass() {
    for style in STYLES {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(&[b'x'; 10]).unwrap();
        let script = Script::new("it", &log).on("read", |channel| {
            assert_eq!(channel.recv(2)?, b"xx");
            Ok(())
        });
        Channel::from_socket(ours, script).unwrap();
        for reads in 1..=5 {
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(log.len(), reads);
        }
        pass(style, Duration::from_millis(1)).unwrap();
        assert_eq!(log.len(), 5);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_channel_that_wants_to_write_is_told_in_each_pass() {
    for style in STYLES {
        let log = Log::default();
        let (ours, _theirs) = Family::V4.pair();
        Channel::from_socket(ours, Script::new("it", &log).writing()).unwrap();
        for writes in 1..=5 {
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(log.len(), writes);
        }
        close_all(None, false).unwrap();
    }
}

#[test]
fn data_out_of_band_are_told_until_what_came_after_them_is_read() {
    for style in STYLES {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        let script = Script::new("it", &log).on("read", |channel| channel.recv(100).map(drop));
        Channel::from_socket(ours, script).unwrap();
        theirs.send_out_of_band(b"!").unwrap();
        for told in 1..=3 {
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(log.count("it: expt"), told);
        }
        theirs.write_all(b"after").unwrap();
        until(style, || log.has("it: read"));
        drop(log.take());
        pass(style, Duration::from_millis(1)).unwrap();
        assert_eq!(log.len(), 0);
        close_all(None, false).unwrap();
    }
}

#[test]
fn data_out_of_band_reach_who_only_writes_in_select_style_alone() {
    for (style, told) in STYLES.into_iter().zip([1, 0]) {
        let log = Log::default();
        let (ours, theirs) = Family::V4.pair();
        theirs.send_out_of_band(b"!").unwrap();
        Channel::from_socket(ours, Script::new("it", &log).not_reading().writing()).unwrap();
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!((log.count("it: write"), log.count("it: expt")), (1, told));
        close_all(None, false).unwrap();
    }
}

/// Channels A, B and C, each with something to read and wanting to write, and their peers.
fn three(log: &Log, script: impl Fn(Script) -> Script) -> Vec<Socket> {
    let make = |name| {
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        Channel::from_socket(ours, script(Script::new(name, log).writing())).unwrap();
        theirs
    };
    ["A", "B", "C"].map(make).into()
}

#[test]
fn select_serves_all_readers_and_then_all_writers_and_poll_one_channel_after_the_other() {
    let by_kind = ["A: read", "B: read", "C: read", "A: write", "B: write", "C: write"];
    let by_channel = ["A: read", "A: write", "B: read", "B: write", "C: read", "C: write"];
    for (style, order) in STYLES.into_iter().zip([by_kind, by_channel]) {
        let log = Log::default();
        let _peers = three(&log, |script| script);
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), order);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_channel_that_another_closes_in_the_same_pass_hears_of_nothing() {
    for (style, told) in
        STYLES.into_iter().zip([&["A: read", "A: write"][..], &["A: read", "A: write"]])
    {
        let log = Log::default();
        let _peers = three(&log, |script| {
            script.on("read", |channel| {
                let others = ChannelMap::global().channels();
                others.iter().filter(|other| *other != channel).try_for_each(Channel::close)
            })
        });
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), told);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_channel_that_is_added_in_a_pass_is_served_in_the_next() {
    for style in STYLES {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let (noted, added) = (log.clone(), Rc::new(RefCell::new(None)));
        let keep = added.clone();
        let script = Script::new("old", &log).on("read", move |channel| {
            channel.recv(1)?;
            let (ours, mut theirs) = Family::V4.pair();
            theirs.write_all(b"y").unwrap();
            Channel::from_socket(ours, Script::new("new", &noted))?;
            *keep.borrow_mut() = Some(theirs);
            Ok(())
        });
        Channel::from_socket(ours, script).unwrap();
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), ["old: read"]);
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), ["new: read"]);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_channel_with_the_number_of_one_that_was_closed_in_the_pass_is_not_taken_for_it() {
    for style in STYLES {
        let log = Log::default();
        let numbers = Rc::new(RefCell::new(Vec::new()));
        let (noted, kept) = (log.clone(), numbers.clone());
        let _peers = three(&log, move |script| {
            let (noted, kept) = (noted.clone(), kept.clone());
            script.on("read", move |channel| {
                let map = ChannelMap::global();
                if let Some(next) = map.channels().into_iter().find(|other| other != channel) {
                    let number = next.fd();
                    next.close()?;
                    let (ours, theirs) = Family::V4.pair();
                    let other = Channel::from_socket(ours, Script::new("new", &noted).writing())?;
                    // One of the two has it, for the smallest that is free is given.
                    let has_it = [other.fd(), Some(std::os::fd::AsRawFd::as_raw_fd(&theirs))];
                    assert!(has_it.contains(&number));
                    kept.borrow_mut().push(theirs);
                }
                channel.close()
            })
        });
        pass(style, Duration::from_secs(30)).unwrap();
        assert!(!log.take().iter().any(|event| event.starts_with("new")));
        close_all(None, false).unwrap();
    }
}

#[test]
fn one_connection_is_accepted_in_a_pass() {
    for style in STYLES {
        let log = Log::default();
        let listener = Family::V4.listener(Script::new("server", &log));
        listener.listen(20).unwrap();
        let address = listener.address().unwrap().as_socket().unwrap();
        let _peers: Vec<_> =
            (0..10).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
        for accepted in 1..=10 {
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(log.len(), accepted);
        }
        pass(style, Duration::from_millis(1)).unwrap();
        assert_eq!(log.len(), 10);
        close_all(None, false).unwrap();
    }
}

#[test]
fn a_client_is_told_first_that_it_is_connected_then_to_read_and_to_write() {
    for style in STYLES {
        for is_greeted in [false, true] {
            let log = Log::default();
            let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let seen = Rc::new(RefCell::new(Vec::new()));
            let (in_connect, in_write) = (seen.clone(), seen.clone());
            let script = Script::new("it", &log)
                .writing()
                .on("connect", move |channel: &Channel| {
                    in_connect.borrow_mut().push((channel.is_connected(), channel.is_connecting()));
                    Ok(())
                })
                .on("read", |channel| channel.recv(100).map(drop))
                .on("write", move |channel| {
                    in_write.borrow_mut().push((channel.is_connected(), channel.is_connecting()));
                    Ok(())
                });
            let client = Channel::new(script);
            client.create_socket(Domain::IPV4, Type::STREAM).unwrap();
            client.connect(server.local_addr().unwrap()).unwrap();
            let (mut peer, _) = server.accept().unwrap();
            if is_greeted {
                peer.write_all(b"hello").unwrap();
                // Until it is there.
                let mut byte = [std::mem::MaybeUninit::uninit()];
                let peek = |socket: &Socket| socket.peek(&mut byte).is_ok();
                let mut peek = peek;
                while !client.with_socket(&mut peek).unwrap() {}
            }
            pass(style, Duration::from_secs(30)).unwrap();
            let told: &[_] = match is_greeted {
                false => &["it: connect", "it: write"],
                true => &["it: connect", "it: read", "it: write"],
            };
            assert_eq!(log.take(), told);
            assert_eq!(*seen.borrow(), [(false, true), (true, false)]);
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn closing_in_handle_connect_is_the_end_of_it() {
    for style in STYLES {
        let log = Log::default();
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Channel::new(
            Script::new("it", &log).writing().on("connect", |channel: &Channel| channel.close()),
        );
        client.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        client.connect(server.local_addr().unwrap()).unwrap();
        until_told(style, &log, "it: connect");
        assert!(client.is_closed() && !client.is_connected() && !client.is_connecting());
        assert_eq!(log.take(), ["it: connect"]);
    }
}

fn until_told(style: Style, log: &Log, event: &str) {
    while !log.has(event) {
        pass(style, Duration::from_secs(30)).unwrap();
    }
}

#[test]
fn a_connection_that_is_made_at_once_is_told_in_the_next_pass_which_does_not_wait() {
    for style in STYLES {
        let log = Log::default();
        let listener = Family::Unix.listener(Script::new("server", &log).not_reading());
        let client = Family::Unix.client(&listener, Script::new("it", &log));
        assert_eq!(log.len(), 0);
        pass(style, Duration::from_secs(3600)).unwrap();
        assert_eq!(log.take(), ["it: connect"]);
        assert!(client.is_connected());
        remove_path(listener.address());
        close_all(None, false).unwrap();
    }
}

#[test]
fn datagrams_are_channels_too_and_an_empty_one_is_not_the_end() {
    for style in STYLES {
        let log = Log::default();
        let noted = log.clone();
        let server = Channel::new(Script::new("server", &log).on("read", move |channel| {
            noted.note(format_args!("{:?}", channel.recv(100)?));
            Ok(())
        }));
        server.create_socket(Domain::IPV4, Type::DGRAM).unwrap();
        server.bind("127.0.0.1:0").unwrap();
        let client = Channel::new(Script::new("client", &log));
        client.create_socket(Domain::IPV4, Type::DGRAM).unwrap();
        client.connect(server.address().unwrap()).unwrap();
        assert_eq!(client.send(b"ab").unwrap(), 2);
        assert_eq!(client.send(b"").unwrap(), 0);
        assert_eq!(client.send(b"c").unwrap(), 1);
        until(style, || log.has("[99]"));
        let read = "server: read";
        let told = ["client: connect", read, "[97, 98]", read, "[]", read, "[99]"];
        assert_eq!(log.take(), told);
        close_all(None, false).unwrap();
    }
}

#[test]
fn receiving_when_nothing_is_there_is_no_error_of_a_handler() {
    for style in STYLES {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        let script =
            Script::new("it", &log).writing().on("write", |channel| channel.recv(10).map(drop));
        let channel = Channel::from_socket(ours, script).unwrap();
        pass(style, Duration::from_secs(30)).unwrap();
        assert_eq!(log.take(), ["it: write"]);
        assert!(!channel.is_closed());
        channel.send(b"x").unwrap();
        assert_eq!(theirs.read(&mut [0; 2]).unwrap(), 1);
        close_all(None, false).unwrap();
    }
}
