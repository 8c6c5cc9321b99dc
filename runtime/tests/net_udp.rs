//! Datagrams: what arrives, what is cut off, and what is told of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod counting;
mod peer;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use async_proc::Error;
use async_proc::dispatch::Dispatcher;
use async_proc::net::{
    AsyncSocket, Datagram, Domain, Interface, Operation, SockOpt, SocketError, Type,
};
use counting::counted;
use peer::run;

fn bound() -> (AsyncSocket, SocketAddr) {
    let socket = AsyncSocket::udp_bound("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

#[track_caller]
fn refused(error: &Error) -> Operation {
    match error.downcast_ref() {
        Some(
            SocketError::NotDatagrams { operation }
            | SocketError::NotStream { operation }
            | SocketError::Os { operation, .. },
        ) => *operation,
        _ => panic!("{error}"),
    }
}

#[test]
fn a_datagram_arrives_as_it_was_sent_with_the_address_of_its_sender() {
    run(async {
        let ((one, from), (other, to)) = (bound(), bound());
        let waiting = other.recv_from(100);
        assert!(!waiting.finished());
        one.send_to(to, "first").await?;
        one.send_to(("127.0.0.1", to.port()), vec![7; 9]).await?;
        one.send_to(("localhost", to.port()), "by name").await?;
        let whole = |data: &[u8]| Datagram { data: data.to_vec(), from, truncated: false };
        assert_eq!(waiting.await?, whole(b"first"));
        assert_eq!(other.recv_from(9).await?, whole(&[7; 9]));
        assert_eq!(other.recv_from(100).await?, whole(b"by name"));
        Ok(())
    });
}

#[test]
fn what_is_longer_than_was_asked_for_is_cut_off_and_that_is_told() {
    run(async {
        let ((one, from), (other, to)) = (bound(), bound());
        for _ in 0..4 {
            one.send_to(to, "12345678").await?;
        }
        one.send_to(to, "next").await?;
        let datagram = other.recv_from(5).await?;
        assert_eq!(datagram, Datagram { data: b"12345".to_vec(), from, truncated: true });
        assert!(!other.recv_from(8).await?.truncated);
        assert_eq!(other.recv_from(0).await?, Datagram { data: vec![], from, truncated: true });
        let mut room = [0; 3];
        let arrival = other.recv_from_ref(&mut room).await?;
        assert_eq!((arrival.length, arrival.from, arrival.truncated), (3, from, true));
        assert_eq!(&room, b"123");
        assert_eq!(other.recv_from(100).await?.data, b"next");
        Ok(())
    });
}

#[test]
fn an_empty_datagram_is_one() {
    run(async {
        let ((one, from), (other, to)) = (bound(), bound());
        one.send_to(to, "").await?;
        one.connect(to).await?;
        one.send("").await?;
        one.send_ref(b"").await?;
        one.send_to(to, "not empty").await?;
        for _ in 0..3 {
            let empty = Datagram { data: vec![], from, truncated: false };
            assert_eq!(other.recv_from(10).await?, empty);
        }
        assert_eq!(other.recv_from(10).await?.data, b"not empty");
        Ok(())
    });
}

#[test]
fn a_connected_socket_sends_and_receives_whole_datagrams_and_hears_nobody_else() {
    run(async {
        let ((one, from), (other, to), (stranger, _)) = (bound(), bound(), bound());
        one.connect(to).await?;
        other.connect(from).await?;
        assert_eq!(other.peer_addr()?, from);
        stranger.send_to(to, "let me in").await?;
        for text in ["one", "two", "three", "four", "five"] {
            one.send(text).await?;
        }
        // A stream with a buffer would wait for more, or give parts of several.
        assert_eq!(other.recv(1000).await?, b"one");
        assert_eq!(other.recv(1).await?, b"t", "the rest is lost");
        assert_eq!(other.peek(100).await?, b"three");
        assert_eq!(other.peek(2).await?, b"th");
        assert_eq!(other.recv_into(vec![0; 100]).await?.0, 5);
        let mut room = [0; 100];
        assert_eq!(other.recv(0).await?, b"", "nothing was asked for, and nothing is lost");
        assert_eq!(other.recv_ref(&mut room).await?, 4);
        assert_eq!(other.recv(100).await?, b"five");
        assert!(!other.has_data_buffered());
        one.send_all(["several ", "pieces, ", "one datagram"]).await?;
        assert_eq!(other.recv(100).await?, b"several pieces, one datagram");
        Ok(())
    });
}

#[test]
fn the_largest_datagram_goes_through_and_a_larger_one_is_refused() {
    run(async {
        let ((one, _), (other, to)) = (bound(), bound());
        let largest: Vec<u8> = (0..65_507_u32).map(|at| at as u8).collect();
        other.set_recv_buffer_size(256 * 1024)?;
        one.send_to(to, &largest).await?;
        assert!(other.recv_from(usize::MAX).await?.data == largest);
        let error = one.send_to(to, vec![0; 65_508]).await.unwrap_err();
        assert_eq!(refused(&error), Operation::SendTo(to));
        Ok(())
    });
}

#[test]
fn nobody_there_is_an_error_of_a_later_operation_and_the_socket_goes_on() {
    let gone = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    run(async move {
        let (socket, address) = bound();
        socket.connect(gone).await?;
        socket.send("anyone?").await?;
        let error = socket.recv(10).await.unwrap_err();
        assert_eq!(error.io_kind(), Some(ErrorKind::ConnectionRefused));
        let there = UdpSocket::bind(gone).unwrap();
        there.send_to(b"now I am", address).unwrap();
        assert_eq!(socket.recv(10).await?, b"now I am");
        Ok(())
    });
}

#[test]
fn operations_of_the_other_sort_of_socket_say_so() {
    run(async {
        let (udp, address) = bound();
        let tcp = AsyncSocket::tcp()?;
        let error = tcp.send_to(address, "x").await.unwrap_err();
        assert_eq!(refused(&error), Operation::SendTo(address));
        assert!(error.to_string().ends_with("the socket carries a stream and no datagrams"));
        let error = tcp.recv_from(1).await.unwrap_err();
        assert_eq!(refused(&error), Operation::ReceiveFrom);
        let mut room = [0];
        assert!(tcp.recv_from_ref(&mut room).await.is_err());
        assert!(tcp.send_to_ref(address, b"x").await.is_err());
        let error = udp.recv_line().await.unwrap_err();
        assert_eq!(refused(&error), Operation::ReceiveLine);
        assert!(udp.read_line().await.is_err() && udp.recv_exact(1).await.is_err());
        assert!(udp.read_line_ref(&mut String::new()).await.is_err());
        assert!(udp.recv_exact_ref(&mut room).await.is_err());
        Ok(())
    });
}

#[test]
fn a_broadcast_needs_the_option() {
    run(async {
        let (socket, _) = bound();
        let everyone = SocketAddr::from((Ipv4Addr::BROADCAST, 9));
        let error = socket.send_to(everyone, "hello").await.unwrap_err();
        assert_eq!(error.io_kind(), Some(ErrorKind::PermissionDenied));
        socket.set_sock_opt(SockOpt::Broadcast, true)?;
        // Whether there is a network to send it to is another question.
        if let Err(error) = socket.send_to(everyone, "hello").await {
            assert_ne!(error.io_kind(), Some(ErrorKind::PermissionDenied), "{error}");
        }
        Ok(())
    });
}

#[test]
fn a_group_is_heard_by_its_members_until_they_leave() {
    run(async {
        let group = Ipv4Addr::new(239, 255, 43, 21);
        let interface = Interface::Address(Ipv4Addr::LOCALHOST);
        let members = [AsyncSocket::udp()?, AsyncSocket::udp()?];
        members[0].set_sock_opt(SockOpt::ReuseAddr, true)?;
        members[0].bind_addr(0)?;
        let port = members[0].local_addr()?.port();
        members[1].set_sock_opt(SockOpt::ReuseAddr, true)?;
        members[1].bind_addr(port)?;
        for member in &members {
            member.join_multicast(group, interface)?;
        }
        let sender = AsyncSocket::udp()?;
        sender.set_multicast_interface(interface)?;
        sender.set_multicast_ttl(2)?;
        assert_eq!((sender.multicast_ttl()?, sender.multicast_loop()?), (2, true));
        sender.send_to((group, port), "to all").await?;
        for member in &members {
            assert_eq!(member.recv_from(100).await?.data, b"to all");
        }
        members[1].leave_multicast(group, interface)?;
        assert!(members[1].leave_multicast(group, interface).is_err(), "it was left already");
        sender.set_multicast_loop(false)?;
        assert!(!sender.multicast_loop()?);
        // What is sent to oneself overtakes nothing: the group's would have come before it.
        sender.send_to((group, port), "not for this machine").await?;
        sender.send_to((Ipv4Addr::LOCALHOST, port), "last").await?;
        Ok(())
    });
}

#[test]
fn ipv6_datagrams_and_options_where_there_is_ipv6() {
    let Ok(one) = AsyncSocket::udp_bound("[::1]:0") else { return };
    run(async move {
        let other = AsyncSocket::udp6()?;
        other.bind_addr("")?;
        let to = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, other.local_addr()?.port()));
        one.send_to(to, "six").await?;
        assert_eq!(other.recv_from(10).await?.from, one.local_addr()?);
        one.set_ttl(3)?;
        one.set_multicast_ttl(4)?;
        one.set_multicast_loop(false)?;
        assert_eq!((one.ttl()?, one.multicast_ttl()?, one.multicast_loop()?), (3, 4, false));
        let by_address = Interface::Address(Ipv4Addr::LOCALHOST);
        assert!(one.set_multicast_interface(by_address).is_err());
        Ok(())
    });
}

#[test]
fn neither_a_datagram_nor_a_wait_for_one_allocates_in_borrowed_memory() {
    run(async {
        let ((one, _), (other, to)) = (bound(), bound());
        let mut room = [0; 100];
        for _ in 0..300 {
            one.send_to_ref(to, b"ping").await?;
            other.recv_from_ref(&mut room).await?;
        }
        let before = counting::count();
        for _ in 0..1000 {
            one.send_to_ref(to, b"ping").await?;
            assert_eq!(other.recv_from_ref(&mut room).await?.length, 4);
        }
        assert_eq!(counting::count() - before, 0);
        let (allocations, sent) = counted(|| one.send_to(to, b"ping"));
        assert_eq!(allocations, 1, "the future");
        sent.await?;
        Ok(())
    });
    assert_eq!(Dispatcher::current().operations(), 0);
}

#[test]
fn a_socket_is_made_from_numbers_as_in_the_original() {
    run(async {
        let socket = AsyncSocket::new(Domain::IPV4, Type::DGRAM, None)?;
        socket.bind_addr(("", 0))?;
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, socket.local_addr()?.port()));
        socket.send_to(to, "to myself").await?;
        assert_eq!(socket.recv_from(100).await?.from, to);
        Ok(())
    });
}
