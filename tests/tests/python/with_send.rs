//! Channels that buffer what they send.

use std::io::Read;
use std::time::Duration;

use async_proc::channel::{ChannelMap, ChannelWithSend, Domain, Type, close_all};

use crate::families::{Family, STYLES};
use crate::script::{Log, Script, pass, until, until_empty};

fn buffering(log: &Log) -> Script<ChannelWithSend> {
    // Its `handle_write` is the script's, which is not the default: what it does is the same.
    Script::of("it", log)
        .writing_by_default()
        .on("write", |channel: &ChannelWithSend| channel.initiate_send())
}

#[test]
fn what_is_sent_in_pieces_arrives_in_order() {
    for style in STYLES {
        let (socket, mut peer) = Family::V4.pair();
        let reading = std::thread::spawn(move || {
            let mut received = Vec::new();
            let mut byte = [0];
            while received.last() != Some(&b'\n') {
                assert_eq!(peer.read(&mut byte).unwrap(), 1);
                received.push(byte[0]);
            }
            received
        });
        let log = Log::default();
        let channel = ChannelWithSend::from_socket(socket, buffering(&log).not_reading()).unwrap();
        let data = b"Suppose there isn't a 16-ton weight?";
        channel.send(data).unwrap();
        channel.send(data).unwrap();
        channel.send(b"\n").unwrap();
        for _ in 0..1000 {
            if channel.buffered() == 0 {
                break;
            }
            pass(style, Duration::from_millis(20)).unwrap();
        }
        assert_eq!(reading.join().unwrap(), [&data[..], data, b"\n"].concat());
        close_all(None, false).unwrap();
    }
}

#[test]
fn one_call_sends_once_and_the_rest_goes_as_there_is_room() {
    const SIZE: usize = 8_000_000;
    for style in STYLES {
        let (socket, mut peer) = Family::V4.pair();
        let log = Log::default();
        let channel = ChannelWithSend::from_socket(socket, buffering(&log)).unwrap();
        let data: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
        channel.send(&data).unwrap();
        assert_eq!(channel.buffered(), SIZE - 65_536);
        channel.set_out_buffer_size(512);
        channel.initiate_send().unwrap();
        assert_eq!(channel.buffered(), SIZE - 65_536 - 512);
        channel.set_out_buffer_size(1 << 20);
        let reading = std::thread::spawn(move || {
            let mut received = vec![0; SIZE];
            peer.read_exact(&mut received).unwrap();
            (received, peer)
        });
        until(style, || channel.buffered() == 0);
        let (received, peer) = reading.join().unwrap();
        assert!(received == data);
        // It does not want to write any more, and so is not called.
        assert!(log.count("it: write") > 2);
        drop(log.take());
        pass(style, Duration::ZERO).unwrap();
        assert_eq!(log.len(), 0);
        drop(peer);
        close_all(None, false).unwrap();
    }
}

#[test]
fn what_is_sent_before_the_connection_is_made_goes_when_it_is() {
    for style in STYLES {
        let log = Log::default();
        let listener = Family::V4.listener(Script::new("server", &log));
        let address = listener.address().unwrap();
        let _ = listener.del_channel();
        let client = ChannelWithSend::new(buffering(&log));
        client.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        client.connect(address).unwrap();
        client.send(b"early").unwrap();
        until(style, || client.is_connected() && client.buffered() == 0);
        let (mut peer, _) = listener.accept().unwrap().unwrap();
        peer.set_nonblocking(false).unwrap();
        let mut received = [0; 5];
        peer.read_exact(&mut received).unwrap();
        assert_eq!(&received, b"early");
        close_all(None, false).unwrap();
        listener.close().unwrap();
    }
}

#[test]
fn sending_without_a_connection_is_the_end_and_keeps_the_buffer() {
    for style in STYLES {
        let log = Log::default();
        let channel = ChannelWithSend::new(buffering(&log));
        channel.create_socket(Domain::IPV4, Type::STREAM).unwrap();
        channel.send(b"to nobody").unwrap();
        assert_eq!(channel.buffered(), 9);
        until_empty(style);
        assert_eq!(log.take(), ["it: close"]);
        assert_eq!(channel.buffered(), 9);
    }
    assert!(ChannelMap::global().is_empty());
}
