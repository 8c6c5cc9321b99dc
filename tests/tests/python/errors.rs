//! What becomes of errors: those of connecting, of handlers, of the handler of errors, and of a
//! process that has no descriptors left.

use std::cell::Cell;
use std::io;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use async_proc::channel::{
    Channel, ChannelHandler, ChannelMap, Domain, ExitNow, Style, Type, close_all, run_loop,
};
use async_proc::{Error, ErrorKind};

use crate::families::{Family, STYLES, free_path};
use crate::script::{Log, Script, pass, until, until_empty};

/// An address where nobody listens.
fn nobody() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_connection_that_is_refused_is_an_error_and_then_the_end_and_never_made() {
    for style in STYLES {
        let log = Log::default();
        let channel = Channel::new(Script::new("it", &log).writing());
        channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        let address = nobody();
        channel.connect(address).unwrap();
        until_empty(style);
        let [message, error, close] = &log.take()[..] else { panic!("not three events") };
        assert!(message.starts_with(&format!("it: cannot connect ({address}): ")), "{message}");
        assert_eq!((error.as_str(), close.as_str()), ("it: error", "it: close"));
    }
}

#[test]
fn a_refused_connection_that_the_handler_of_errors_does_not_close_is_still_never_made() {
    for style in STYLES {
        let log = Log::default();
        let channel = Channel::new(Script::new("it", &log).writing().on("error", |_| Ok(())));
        channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        channel.connect(nobody()).unwrap();
        until_empty(style);
        let events = log.take();
        assert_eq!(events[1..], ["it: error", "it: close"]);
    }
}

#[test]
fn a_connection_that_cannot_be_begun_is_an_error_of_connect_and_tells_nobody() {
    let log = Log::default();
    let channel = Channel::new(Script::new("it", &log).writing());
    channel.create_socket(Domain::UNIX, Type::STREAM).unwrap();
    let error = channel.connect(&free_path()).unwrap_err();
    assert_eq!(error.io_kind(), Some(io::ErrorKind::NotFound));
    assert!(channel.is_closed() && !channel.is_connecting() && ChannelMap::global().is_empty());
    assert_eq!(log.len(), 0);
}

#[test]
fn an_error_that_says_that_the_peer_is_gone_is_an_end_with_poll_and_an_error_with_select() {
    for (style, told) in STYLES.into_iter().zip([
        &["it: read", "it: connection reset", "it: error", "it: close"][..],
        &["it: read", "it: close"],
    ]) {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let reset = || rustix::io::Errno::CONNRESET.raw_os_error();
        let script = Script::new("it", &log)
            .on("read", move |_| Err(io::Error::from_raw_os_error(reset()).into()));
        Channel::from_socket(ours, script).unwrap();
        until_empty(style);
        let mut events = log.take();
        if style == Style::Select {
            assert!(events[1].starts_with("it: Connection reset"), "{events:?}");
            events[1] = "it: connection reset".into();
        }
        assert_eq!(events, told);
    }
}

#[test]
fn what_leaves_the_handler_of_errors_or_of_the_end_leaves_the_loop() {
    for style in STYLES {
        for fails in ["error", "close"] {
            let log = Log::default();
            let (ours, mut theirs) = Family::V4.pair();
            theirs.write_all(b"x").unwrap();
            let script = Script::new("it", &log)
                .on("read", |_| Err(Error::new("first")))
                .on(fails, |_| Err(Error::new("second")));
            Channel::from_socket(ours, script).unwrap();
            let left = run_loop(None, style == Style::Poll, None, None).unwrap_err();
            assert_eq!(left.to_string(), "second");
            assert_eq!(ChannelMap::global().len(), 1, "the channel is as it was");
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn an_error_of_handle_close_is_given_to_handle_error() {
    for style in STYLES {
        let log = Log::default();
        let (ours, theirs) = Family::Unix.pair();
        drop(theirs);
        let script = Script::new("it", &log)
            .on("read", |channel| channel.recv(1).map(drop))
            .on("close", |_| Err(Error::new("of the end")))
            .on("error", |channel| channel.close());
        Channel::from_socket(ours, script).unwrap();
        until_empty(style);
        assert_eq!(log.take(), ["it: read", "it: close", "it: of the end", "it: error"]);
    }
}

#[test]
fn exit_now_from_an_event_that_was_owed_leaves_the_loop() {
    for style in STYLES {
        for event in ["close", "connect", "error"] {
            let log = Log::default();
            let (ours, theirs) = Family::Unix.pair();
            let script = Script::new("it", &log)
                .on(event, |_| Err(ExitNow.into()))
                .on("read", |channel| channel.recv(1).map(drop))
                .on("write", |_| Err(Error::new("of writing")));
            let script = if event == "error" { script.writing() } else { script };
            if event == "connect" {
                let listener = Family::Unix.listener(Script::new("server", &log));
                let address = listener.address().unwrap();
                let client = Channel::new(script);
                client.create_socket(Domain::UNIX, Type::STREAM).unwrap();
                client.connect(address.clone()).unwrap();
                crate::families::remove_path(Some(address));
            } else {
                Channel::from_socket(ours, script).unwrap();
            }
            if event == "close" {
                drop(theirs);
            }
            let left = run_loop(None, style == Style::Poll, None, None).unwrap_err();
            assert!(ExitNow::is(&left), "{left}");
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn a_panic_as_a_channel_is_asked_leaves_the_loop_and_the_map_as_it_was() {
    struct Panics(&'static str);
    impl ChannelHandler for Panics {
        fn readable(&mut self, _: &Channel) -> bool {
            assert_ne!(self.0, "readable");
            true
        }
        fn writable(&mut self, _: &Channel) -> bool {
            assert_ne!(self.0, "writable");
            true
        }
    }
    for style in STYLES {
        for question in ["readable", "writable"] {
            let (ours, _theirs) = Family::Unix.pair();
            Channel::from_socket(ours, Panics(question)).unwrap();
            let left = pass(style, Duration::from_secs(30)).unwrap_err();
            assert_eq!(left.kind(), ErrorKind::Panicked);
            assert_eq!(ChannelMap::global().len(), 1);
            close_all(None, false).unwrap();
        }
    }
}

#[test]
fn an_error_in_accepting_closes_the_listener() {
    for style in STYLES {
        let log = Log::default();
        let script = Script::new("server", &log).on("accepted", |_| Err(Error::new("not him")));
        let listener = Family::V4.listener(script);
        let _peer = std::net::TcpStream::connect(listener.address().unwrap().as_socket().unwrap());
        until_empty(style);
        let told = ["server: accepted", "server: not him", "server: error", "server: close"];
        assert_eq!(log.take(), told);
    }
}

/// Tells a child of this test that it is one: it lowers the limit of descriptors of its process.
const CHILD: &str = "ASYNC_PROC_FEW_DESCRIPTORS";

#[test]
fn a_listener_outlives_that_there_are_no_descriptors_and_goes_on_when_there_are() {
    if std::env::var_os(CHILD).is_none() {
        let name =
            "errors::a_listener_outlives_that_there_are_no_descriptors_and_goes_on_when_there_are";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let status = child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").status().unwrap();
        assert!(status.success());
        return;
    }
    struct Server(Rc<Cell<(u32, u32)>>);
    impl ChannelHandler for Server {
        fn handle_accepted(
            &mut self,
            _: &Channel,
            _: async_proc::channel::Socket,
            _: async_proc::channel::SockAddr,
        ) -> Result<(), Error> {
            let (accepted, failed) = self.0.get();
            self.0.set((accepted + 1, failed));
            Ok(())
        }
        fn log_info(&mut self, kind: &str, _: &str) {
            if kind == "error" {
                let (accepted, failed) = self.0.get();
                self.0.set((accepted, failed + 1));
            }
        }
    }
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(64), maximum: Some(64) };
    setrlimit(Resource::Nofile, limit).unwrap();
    for style in STYLES {
        let counts = Rc::new(Cell::new((0, 0)));
        let listener = Family::V4.listener(Server(counts.clone()));
        let address = listener.address().unwrap().as_socket().unwrap();
        pass(style, Duration::ZERO).unwrap();
        let _peer = std::net::TcpStream::connect(address).unwrap();
        let mut hoard = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            hoard.push(file);
        }
        until(style, || counts.get().1 == 1);
        // It rests: not every pass is an error.
        for _ in 0..3 {
            pass(style, Duration::ZERO).unwrap();
        }
        assert!(counts.get().0 == 0 && counts.get().1 <= 2, "{:?}", counts.get());
        drop(hoard);
        until(style, || counts.get().0 == 1);
        assert!(listener.is_accepting());
        close_all(None, false).unwrap();
    }
}
