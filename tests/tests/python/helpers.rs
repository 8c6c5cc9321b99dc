//! How events become calls: each kind of readiness, what an error in a handler becomes, and what
//! leaves the loop. Also closing everything, and errors in one line.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::time::Duration;

use async_proc::channel::{
    Channel, ChannelHandler, ChannelMap, ExitNow, FileChannel, close_all, compact_traceback,
};
use async_proc::{Error, Future, async_proc, run_forever, wait_for};

use crate::families::{Family, STYLES};
use crate::script::{Log, Script, pass};

/// A way for a channel to be ready for one thing.
struct Readiness {
    /// What is told in select style, and in poll style.
    told: [&'static str; 2],
    make: fn(Script, Script<FileChannel>) -> Vec<Box<dyn std::any::Any>>,
}

/// A pair of sockets, of which one is a channel and the other is not.
fn connected(
    script: Script,
    before: impl FnOnce(&async_proc::channel::Socket),
) -> Vec<Box<dyn std::any::Any>> {
    let (ours, theirs) = Family::V4.pair();
    before(&theirs);
    Channel::from_socket(ours, script).unwrap();
    vec![Box::new(theirs)]
}

const READINESS: [Readiness; 6] = [
    Readiness {
        told: ["read", "read"],
        make: |script, _| connected(script, |mut peer| peer.write_all(b"x").unwrap()),
    },
    Readiness {
        told: ["write", "write"],
        make: |script, _| connected(script.not_reading().writing(), |_| ()),
    },
    Readiness {
        told: ["expt", "expt"],
        make: |script, _| {
            connected(script, |peer| assert_eq!(peer.send_out_of_band(b"!").unwrap(), 1))
        },
    },
    // What can neither be written nor read, as the other end of the pipe is gone and it is full:
    // with select one finds out by reading.
    Readiness {
        told: ["read", "close"],
        make: |_, script| {
            let (reader, mut writer) = io::pipe().unwrap();
            rustix::io::ioctl_fionbio(&writer, true).unwrap();
            while writer.write(&[0; 4096]).is_ok() {}
            drop(reader);
            FileChannel::new(&writer, script).unwrap();
            vec![]
        },
    },
    // A pipe that is read to its end.
    Readiness {
        told: ["read", "close"],
        make: |_, script| {
            let (reader, writer) = io::pipe().unwrap();
            drop(writer);
            FileChannel::new(&reader, script).unwrap();
            vec![]
        },
    },
    // A descriptor that was closed behind the channel's back.
    Readiness {
        told: ["close", "close"],
        make: |_, script| {
            let (reader, writer) = io::pipe().unwrap();
            let channel = FileChannel::new(&reader, script).unwrap();
            close_behind_its_back(&channel);
            vec![Box::new(writer)]
        },
    },
];

/// Closes the descriptor of a channel, which does not know.
fn close_behind_its_back(channel: &Channel) {
    use std::os::fd::FromRawFd;
    // SAFETY: nothing: this is the misuse that the test is about. The channel closes nothing but
    // by `close(2)`, whose error it takes.
    drop(unsafe { OwnedFd::from_raw_fd(channel.fd().unwrap()) });
}

#[test]
fn each_kind_of_readiness_calls_one_handler() {
    crate::own_process::in_own_process(
        "helpers::each_kind_of_readiness_calls_one_handler",
        call_one_handler,
    );
}

fn call_one_handler() {
    for readiness in READINESS {
        for (style, told) in STYLES.into_iter().zip(readiness.told) {
            let log = Log::default();
            let peers = (readiness.make)(Script::new("it", &log), Script::of("it", &log));
            pass(style, Duration::from_secs(30)).unwrap();
            assert_eq!(log.take(), [format!("it: {told}")], "{style:?}");
            drop(peers);
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn exit_now_leaves_the_loop_from_every_handler_and_closes_nothing() {
    for readiness in READINESS {
        for (style, told) in STYLES.into_iter().zip(readiness.told) {
            let log = Log::default();
            let peers = (readiness.make)(
                Script::of("it", &log).on(told, |_| Err(ExitNow.into())),
                Script::of("it", &log).on(told, |_| Err(ExitNow.into())),
            );
            let left = pass(style, Duration::from_secs(30)).unwrap_err();
            assert!(ExitNow::is(&left), "{left}");
            assert_eq!(log.take(), [format!("it: {told}")]);
            assert_eq!(ChannelMap::global().len(), 1);
            drop(peers);
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn any_other_error_of_a_handler_goes_to_handle_error_once() {
    for readiness in READINESS {
        for (style, told) in STYLES.into_iter().zip(readiness.told) {
            let log = Log::default();
            let failing = || -> Result<(), Error> { Err(Error::new("of a handler")) };
            let peers = (readiness.make)(
                Script::new("it", &log).on(told, move |_| failing()).on("error", |_| Ok(())),
                Script::of("it", &log).on(told, move |_| failing()).on("error", |_| Ok(())),
            );
            pass(style, Duration::from_secs(30)).unwrap();
            let told = format!("it: {told}");
            assert_eq!(log.take(), [&told, "it: of a handler", "it: error"], "{style:?}");
            drop(peers);
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn closing_all_closes_every_channel_of_a_map_and_tells_none() {
    for own in [None, Some(ChannelMap::new())] {
        let log = Log::default();
        let map = own.clone().unwrap_or_else(ChannelMap::global);
        let channels: Vec<Channel> = (0..10)
            .map(|_| {
                let (socket, _) = Family::Unix.pair();
                Channel::from_socket_in(&map, socket, Script::new("", &log)).unwrap()
            })
            .collect();
        assert_eq!(map.len(), 10);
        close_all(own.as_ref(), false).unwrap();
        assert!(map.is_empty() && channels.iter().all(Channel::is_closed));
        assert_eq!(log.len(), 0);
    }
}

#[test]
fn closing_all_ignores_that_a_descriptor_is_closed_already() {
    crate::own_process::in_own_process(
        "helpers::closing_all_ignores_that_a_descriptor_is_closed_already",
        close_first,
    );
}

fn close_first() {
    let (reader, _writer) = io::pipe().unwrap();
    let log = Log::default();
    let channel = FileChannel::new(&reader, Script::of("", &log)).unwrap();
    close_behind_its_back(&channel);
    close_all(None, false).unwrap();
    assert!(channel.is_closed() && ChannelMap::global().is_empty());
}

#[test]
fn a_compact_traceback_names_the_error_and_every_proc_from_the_outside_inwards() {
    #[async_proc]
    fn inner() -> Future<()> {
        async_proc::call_soon(|| ());
        Err(io::Error::from(io::ErrorKind::NotFound))?;
    }
    #[async_proc]
    fn outer() -> Future<()> {
        inner().await?;
    }
    let error = wait_for(outer()).unwrap_err();
    let line = compact_traceback(&error);
    let (message, frames) = line.split_once(" [").unwrap();
    assert_eq!(message, "NotFound: entity not found");
    let frames: Vec<&str> = frames.trim_end_matches(']').split("] [").collect();
    let [outermost, innermost] = frames[..] else { panic!("{line}") };
    for (frame, name) in [(outermost, "outer"), (innermost, "inner")] {
        let parts: Vec<&str> = frame.split('|').collect();
        assert!(parts[0].ends_with("helpers.rs") && parts[1] == name, "{line}");
        assert!(parts[2].parse::<u32>().is_ok(), "{line}");
    }
}

#[test]
fn exit_now_leaves_run_forever_too() {
    let log = Log::default();
    let (ours, mut theirs) = Family::Unix.pair();
    Channel::from_socket(ours, Script::new("it", &log).on("read", |_| Err(ExitNow.into())))
        .unwrap();
    theirs.write_all(b"x").unwrap();
    assert!(ExitNow::is(&run_forever().unwrap_err()));
    assert_eq!(ChannelMap::global().len(), 1);
    close_all(None, false).unwrap();
    run_forever().unwrap();
}

#[test]
fn by_default_every_channel_is_watched_for_both() {
    struct Default;
    impl ChannelHandler for Default {}
    let (socket, _peer) = Family::V4.pair();
    let channel = Channel::from_socket(socket, Default).unwrap();
    assert_eq!(
        channel.with_handler(|handler: &mut Default| {
            (handler.readable(&channel), handler.writable(&channel))
        }),
        Some((true, true))
    );
    assert!(channel.fd().is_some_and(|fd| fd >= 0));
}
