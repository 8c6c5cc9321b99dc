//! The use of channels, in each family of addresses and each style of polling: the tests that the
//! original repeats so. A handler that is called without being expected fails the test.

use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_proc::channel::{
    Channel, ChannelHandler, ChannelMap, SockAddr, Socket, Style, Type, close_all,
};
use async_proc::{Error, ErrorKind};

use crate::families::{Family, each_family_and_style, each_internet_family_and_style, remove_path};
use crate::script::{Log, Script, pass, until};

each_family_and_style!(
    a_client_is_told_that_it_is_connected,
    a_listener_is_told_of_a_connection,
    by_default_a_listener_accepts_and_is_given_the_socket,
    a_client_is_told_that_there_is_something_to_read,
    a_client_is_told_that_it_can_write,
    a_client_is_told_that_its_peer_has_closed,
    a_client_that_goes_on_sending_to_a_closed_peer_is_told_of_the_end,
    a_panic_in_a_handler_is_given_to_handle_error,
    what_a_channel_says_of_its_connection,
    the_socket_that_is_created,
);

each_internet_family_and_style!(
    a_client_is_told_of_data_out_of_band,
    an_address_in_use_cannot_be_bound,
    an_address_can_be_made_reusable,
    a_connection_that_is_reset_at_once_is_no_error,
);

/// A listener that expects a connection, and does `then` with it.
struct Server<F> {
    then: F,
}

impl<F: FnMut(Socket) + 'static> ChannelHandler for Server<F> {
    fn handle_accepted(&mut self, _: &Channel, socket: Socket, _: SockAddr) -> Result<(), Error> {
        (self.then)(socket);
        Ok(())
    }

    fn handle_error(&mut self, _: &Channel, error: &Error) -> Result<(), Error> {
        Err(error.clone())
    }
}

fn strict(log: &Log) -> Script {
    Script::strict("client", log)
}

/// Runs until `event` was noted, and closes everything.
fn run(style: Style, log: &Log, event: &str) {
    until(style, || log.has(event));
    finish();
}

fn finish() {
    for channel in ChannelMap::global().channels().iter().filter(|channel| channel.is_accepting()) {
        remove_path(channel.address());
    }
    close_all(None, false).unwrap();
}

fn a_client_is_told_that_it_is_connected(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Server { then: drop });
    let connect = strict(&log).writing().on("connect", |_| Ok(())).on("write", |_| Ok(()));
    family.client(&listener, connect.on("read", |_| Ok(())));
    run(style, &log, "client: connect");
}

fn a_listener_is_told_of_a_connection(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Script::strict("server", &log).on("accept", |_| Ok(())));
    family.client(&listener, strict(&log).on("connect", |_| Ok(())));
    run(style, &log, "server: accept");
}

fn by_default_a_listener_accepts_and_is_given_the_socket(family: Family, style: Style) {
    let log = Log::default();
    let noted = log.clone();
    let listener = family.listener(Server {
        then: move |socket: Socket| {
            assert!(socket.peer_addr().is_ok());
            noted.note("accepted");
        },
    });
    let client = strict(&log).on("connect", |_| Ok(())).on("read", |_| Ok(()));
    family.client(&listener, client);
    run(style, &log, "accepted");
}

/// What a server makes of a connection, for the tests that need a peer in the same map.
fn served<F>(log: &Log, script: F) -> Server<impl FnMut(Socket) + use<F>>
where
    F: Fn(Script) -> Script + 'static,
{
    let log = log.clone();
    Server {
        then: move |socket| {
            Channel::from_socket(socket, script(Script::strict("peer", &log))).unwrap();
        },
    }
}

fn a_client_is_told_that_there_is_something_to_read(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Server {
        then: |socket: Socket| {
            let peer = Channel::from_socket(socket, Script::new("peer", &Log::default())).unwrap();
            assert_eq!(peer.send(&[b'x'; 1024]).unwrap(), 1024);
        },
    });
    family.client(&listener, strict(&log).on("connect", |_| Ok(())).on("read", |_| Ok(())));
    run(style, &log, "client: read");
}

fn a_client_is_told_that_it_can_write(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(served(&log, |script| script.on("read", |_| Ok(()))));
    let client = strict(&log).writing().on("connect", |_| Ok(())).on("write", |_| Ok(()));
    family.client(&listener, client);
    run(style, &log, "client: write");
}

fn a_client_is_told_that_its_peer_has_closed(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Server { then: drop });
    let client = strict(&log).on("connect", |_| Ok(())).on("close", |channel| channel.close());
    family.client(&listener, client.on("read", |channel| channel.recv(1).map(drop)));
    run(style, &log, "client: close");
    assert_eq!(log.count("client: close"), 1);
}

fn a_client_that_goes_on_sending_to_a_closed_peer_is_told_of_the_end(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(served(&log, |script| {
        script.on("read", |channel| {
            channel.recv(1)?;
            channel.close()
        })
    }));
    let client = strict(&log).writing().not_reading().on("connect", |_| Ok(()));
    let client = client.on("write", |channel| channel.send(&[b'x'; 128]).map(drop));
    family.client(&listener, client.on("close", |channel| channel.close()));
    run(style, &log, "client: close");
    assert_eq!(log.count("client: close"), 1);
}

fn a_client_is_told_of_data_out_of_band(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Server {
        then: |socket: Socket| {
            let peer = Channel::from_socket(socket, Script::new("peer", &Log::default())).unwrap();
            assert_eq!(peer.send_out_of_band(&[244]).unwrap(), 1);
        },
    });
    let client = strict(&log).on("connect", |_| Ok(())).on("read", |_| Ok(()));
    let client = client.on("expt", |channel| {
        assert_eq!(channel.recv_out_of_band(1)?, [244]);
        Ok(())
    });
    family.client(&listener, client);
    run(style, &log, "client: expt");
}

fn a_panic_in_a_handler_is_given_to_handle_error(family: Family, style: Style) {
    struct Divider(Rc<Cell<Option<Error>>>);
    impl ChannelHandler for Divider {
        fn handle_write(&mut self, _: &Channel) -> Result<(), Error> {
            let zero = std::hint::black_box(0);
            Err(Error::new(1 / zero))
        }

        fn handle_error(&mut self, _: &Channel, error: &Error) -> Result<(), Error> {
            self.0.set(Some(error.clone()));
            Ok(())
        }
    }
    let error = Rc::new(Cell::new(None));
    let listener = family.listener(Server { then: drop });
    let has_failed = Rc::new(Cell::new(false));
    family.client(&listener, Divider(error.clone()));
    until(style, || {
        let found = error.take();
        has_failed.set(found.is_some());
        error.set(found);
        has_failed.get()
    });
    let error = error.take().unwrap();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.to_string().contains("divide by zero"), "{error}");
    finish();
}

fn what_a_channel_says_of_its_connection(family: Family, style: Style) {
    let log = Log::default();
    let listener = family.listener(Server { then: std::mem::forget });
    let is_listening =
        |listener: &Channel| (listener.is_connected(), listener.is_accepting()) == (false, true);
    assert!(is_listening(&listener));
    let writing = strict(&log).writing().on("connect", |_| Ok(())).on("write", |_| Ok(()));
    let client = family.client(&listener, writing);
    assert!(is_listening(&listener));
    assert!(!client.is_accepting() && !client.is_connected() && client.is_connecting());
    until(style, || client.is_connected());
    assert!(is_listening(&listener));
    assert!(!client.is_accepting() && !client.is_connecting());
    client.close().unwrap();
    assert!(!client.is_connected() && !client.is_accepting() && !client.is_connecting());
    let address = listener.address();
    listener.close().unwrap();
    assert!(!listener.is_connected() && !listener.is_accepting() && !listener.is_connecting());
    remove_path(address);
}

fn the_socket_that_is_created(family: Family, _: Style) {
    let channel = Channel::new(Script::new("", &Log::default()));
    channel.create_socket(family.domain(), Type::STREAM).unwrap();
    assert_eq!(channel.family_and_type(), Some((family.domain(), Type::STREAM)));
    channel
        .with_socket(|socket| {
            assert_eq!(socket.r#type().unwrap(), Type::STREAM);
            assert_eq!(socket.domain_of(), family.domain());
            assert!(socket.nonblocking().unwrap());
            let flags = rustix::io::fcntl_getfd(socket).unwrap();
            assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
        })
        .unwrap();
    finish();
}

trait DomainOf {
    fn domain_of(&self) -> async_proc::channel::Domain;
}

impl DomainOf for Socket {
    fn domain_of(&self) -> async_proc::channel::Domain {
        self.local_addr().unwrap().domain()
    }
}

fn an_address_in_use_cannot_be_bound(family: Family, _: Style) {
    let bind = |address| {
        let channel = Channel::new(Script::new("", &Log::default()));
        channel.create_socket(family.domain(), Type::STREAM).unwrap();
        channel.bind(address).map(|()| channel)
    };
    let first = bind(family.free_address()).unwrap();
    let error = bind(first.address().unwrap()).unwrap_err();
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::AddrInUse));
    finish();
}

fn an_address_can_be_made_reusable(family: Family, _: Style) {
    let channel = Channel::new(Script::new("", &Log::default()));
    channel.create_socket(family.domain(), Type::STREAM).unwrap();
    let is_reusable = || channel.with_socket(|socket| socket.reuse_address().unwrap()).unwrap();
    assert!(!is_reusable());
    channel.set_reuse_addr();
    assert!(is_reusable());
    finish();
}

fn a_connection_that_is_reset_at_once_is_no_error(family: Family, style: Style) {
    let listener = family.listener(served(&Log::default(), |script| {
        script
            .on("read", |channel| channel.recv(1).map(drop))
            .on("close", |channel| channel.close())
    }));
    let address = listener.address().unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let done = is_over.clone();
    let client = std::thread::spawn(move || {
        for _ in 0..20 {
            let mut client = Socket::new(address.domain(), Type::STREAM, None).unwrap();
            client.set_linger(Some(Duration::ZERO)).unwrap();
            client.connect(&address).unwrap();
            client.write_all(b"x").unwrap();
        }
        done.store(true, Ordering::Release);
    });
    while !is_over.load(Ordering::Acquire) {
        pass(style, Duration::from_millis(20)).unwrap();
    }
    client.join().unwrap();
    pass(style, Duration::ZERO).unwrap();
    assert!(listener.is_accepting());
    finish();
}
