//! What channels do to sockets: addresses, families, sockets that exist already.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::Duration;

use async_proc::Dispatcher;
use async_proc::channel::{
    Channel, ChannelError, ChannelMap, Domain, Socket, Style, Type, close_all,
};

use crate::families::{Family, free_path};
use crate::script::{Log, Script, pass};

fn quiet() -> Script {
    Script::new("it", &Log::default())
}

#[test]
fn addresses_are_given_in_many_forms() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let connect = |how: &dyn Fn(&Channel)| {
        let channel = Channel::new(quiet());
        channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        how(&channel);
        assert_eq!(channel.address().unwrap().as_socket(), Some(address));
        channel.close().unwrap();
    };
    connect(&|channel| channel.connect(address).unwrap());
    connect(&|channel| channel.connect(("127.0.0.1", address.port())).unwrap());
    connect(&|channel| channel.connect((Ipv4Addr::LOCALHOST, address.port())).unwrap());
    connect(&|channel| channel.connect(address.to_string()).unwrap());
    // A name is looked up for the family of the socket.
    connect(&|channel| channel.connect(("localhost", address.port())).unwrap());
    let path = free_path();
    let listener = Channel::new(quiet());
    listener.create_socket(Domain::UNIX, Type::STREAM).unwrap();
    listener.bind(&path).unwrap();
    listener.listen(1).unwrap();
    let client = Channel::new(quiet());
    client.create_socket(Domain::UNIX, Type::STREAM).unwrap();
    client.connect(path.as_path()).unwrap();
    close_all(None, false).unwrap();
    std::fs::remove_file(path).unwrap();
}

#[test]
fn an_address_of_another_family_is_refused() {
    let channel = Channel::new(quiet());
    channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
    let error = channel.connect((Ipv6Addr::LOCALHOST, 1)).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(ChannelError::Os { .. })), "{error}");
    let channel = Channel::new(quiet());
    channel.create_socket(Domain::IPV6, Type::STREAM).unwrap();
    let error = channel.connect("127.0.0.1:1").unwrap_err();
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::AddrNotAvailable));
    close_all(None, false).unwrap();
}

#[test]
fn a_bound_channel_says_which_port_it_was_given() {
    let channel = Channel::new(quiet());
    channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
    channel.bind("127.0.0.1:0").unwrap();
    let address = channel.address().unwrap().as_socket().unwrap();
    assert_ne!(address.port(), 0);
    channel.close().unwrap();
    assert_eq!(channel.address().unwrap().as_socket(), Some(address), "also after it is closed");
}

#[test]
fn a_socket_that_exists_is_taken_over_connected_or_not() {
    let (ours, theirs) = Family::V4.pair();
    let peer = theirs.local_addr().unwrap();
    let channel = Channel::from_socket(ours, quiet()).unwrap();
    assert!(channel.is_connected());
    assert_eq!(channel.address().unwrap().as_socket(), peer.as_socket());
    assert!(channel.with_socket(|socket| socket.nonblocking().unwrap()).unwrap());
    let lone = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let channel = Channel::from_socket(lone, quiet()).unwrap();
    assert!(!channel.is_connected() && channel.address().is_none());
    assert_eq!(ChannelMap::global().len(), 2);
    close_all(None, false).unwrap();
}

#[test]
fn what_is_no_socket_is_refused_and_in_no_map() {
    let (reader, _writer) = std::io::pipe().unwrap();
    assert!(Channel::from_socket(reader, quiet()).is_err());
    assert!(ChannelMap::global().is_empty());
}

#[test]
fn a_channel_without_a_socket_can_do_nothing() {
    let channel = Channel::new(quiet());
    assert!(channel.is_closed() && channel.fd().is_none());
    for error in [
        channel.send(b"x").map(drop).unwrap_err(),
        channel.recv(1).map(drop).unwrap_err(),
        channel.listen(1).unwrap_err(),
        channel.accept().map(drop).unwrap_err(),
        channel.connect("127.0.0.1:1").unwrap_err(),
        channel.add_channel(&ChannelMap::new()).unwrap_err(),
    ] {
        assert!(matches!(error.downcast_ref(), Some(ChannelError::NotOpen { .. })), "{error}");
    }
    channel.set_reuse_addr(); // is no error, as in the original
}

#[test]
fn a_channel_whose_map_was_dropped_says_so() {
    let map = ChannelMap::new();
    let channel = Channel::new_in(&map, quiet());
    drop(map);
    let error = channel.create_socket(Domain::IPV4, Type::STREAM).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(ChannelError::NoMap)), "{error}");
}

#[test]
fn dropping_a_private_map_closes_its_channels() {
    use std::io::Read;
    let map = ChannelMap::new();
    let (ours, mut theirs) = Family::V4.pair();
    Channel::from_socket_in(&map, ours, quiet()).unwrap();
    drop(map);
    assert_eq!(theirs.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_channel_is_registered_with_the_dispatcher_while_it_is_in_a_map() {
    let registered = || Dispatcher::current().active_descriptors();
    let before = registered();
    let (ours, _theirs) = Family::V4.pair();
    let channel = Channel::from_socket(ours, quiet()).unwrap();
    assert_eq!(registered(), before + 1);
    assert!(channel.del_channel());
    assert_eq!(registered(), before);
    channel.add_channel(&ChannelMap::global()).unwrap();
    assert_eq!(registered(), before + 1);
    channel.close().unwrap();
    assert_eq!(registered(), before);
}

#[test]
fn a_listener_that_wants_to_write_is_never_told_to() {
    let log = Log::default();
    Family::V4.listener(Script::new("it", &log).writing());
    for style in [Style::Select, Style::Poll] {
        pass(style, Duration::from_millis(1)).unwrap();
    }
    assert_eq!(log.len(), 0);
    close_all(None, false).unwrap();
}
