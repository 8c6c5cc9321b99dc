//! The chat server, driven from outside by real clients.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;
mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use server::{Client, PATIENCE, Server, reset};

#[test]
fn a_line_goes_to_everyone_but_its_sender() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    let mut eve = Client::join(&server, "eve");
    ann.expect("* bob joined");
    ann.expect("* eve joined");
    bob.expect("* eve joined");
    ann.say("hello");
    bob.expect("ann: hello");
    eve.expect("ann: hello");
    bob.say("hello yourself");
    ann.expect("bob: hello yourself");
    eve.expect("bob: hello yourself");
    drop(bob);
    ann.expect("* bob left");
    eve.expect("* bob left");
}

#[test]
fn two_hundred_clients_read_every_line_of_each_other_in_order() {
    const CLIENTS: usize = 200;
    const LINES: usize = 5;
    let server = Server::start();
    let everyone_is_in = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for me in 0..CLIENTS {
            let (server, everyone_is_in) = (&server, &everyone_is_in);
            scope.spawn(move || {
                let mut client = Client::join(server, &format!("client{me}"));
                everyone_is_in.wait();
                for line in 0..LINES {
                    client.say(&format!("line {line}"));
                }
                let mut heard = [0; CLIENTS];
                heard[me] = LINES;
                while heard.iter().any(|&lines| lines < LINES) {
                    let line = client.line();
                    if line.starts_with("* ") {
                        continue;
                    }
                    let (name, text) = line.split_once(": ").unwrap();
                    let other: usize = name.strip_prefix("client").unwrap().parse().unwrap();
                    assert_eq!(text, format!("line {}", heard[other]), "from {name}");
                    heard[other] += 1;
                }
            });
        }
    });
}

#[test]
fn clients_killed_in_the_middle_of_a_line_disturb_nobody() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    for round in 0..20 {
        let mut victim = Client::join(&server, "victim");
        ann.expect("* victim joined");
        bob.expect("* victim joined");
        victim.write(b"half a li");
        if round % 2 == 0 {
            drop(victim);
        } else {
            victim.reset();
        }
        // The half line is not passed on, and everyone hears of the loss.
        assert!(ann.line().starts_with("* victim "));
        assert!(bob.line().starts_with("* victim "));
        ann.say("still here");
        bob.expect("ann: still here");
    }
}

#[test]
fn connections_reset_before_anything_was_said_disturb_nobody() {
    let server = Server::start();
    for _ in 0..50 {
        reset(TcpStream::connect(server.address).unwrap());
    }
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    ann.say("hello");
    bob.expect("ann: hello");
}

#[test]
fn names_that_cannot_be_had_are_asked_for_again() {
    let server = Server::start();
    let _ann = Client::join(&server, "ann");
    let mut other = Client::connect(&server);
    other.expect("* Welcome! What is your name?");
    for name in ["ann", "", "a name of more than twenty bytes"] {
        other.say(name);
        other.expect("* That name is taken, empty or too long. Another one?");
    }
    other.say("bob");
    other.expect("* You are bob, one of 2 here");
}

#[test]
fn a_line_that_is_not_utf8_is_refused_and_the_next_one_is_not() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    ann.write(b"caf\xe9\n");
    ann.expect("* a line is not UTF-8 text (at its byte 3), so nobody saw it");
    ann.say("café");
    bob.expect("ann: café");
}

#[test]
fn a_line_of_ten_megabytes_is_refused_and_the_next_one_is_not() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    let megabyte = vec![b'x'; 1 << 20];
    for _ in 0..10 {
        ann.write(&megabyte);
    }
    ann.expect("* a line is longer than 1000 bytes, so nobody saw it");
    ann.say("");
    ann.say("short");
    bob.expect("ann: short");
}

#[test]
fn control_characters_are_left_out() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    ann.say("red \x1b[31malert\x07");
    bob.expect("ann: red [31malert");
}

#[test]
fn a_client_that_does_not_read_holds_up_nobody_and_is_dropped() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    let mut slow = Client::join(&server, "slow");
    ann.expect("* bob joined");
    ann.expect("* slow joined");
    bob.expect("* slow joined");
    let text = "x".repeat(900);
    // What the kernel holds for a socket comes on top of the server's own patience.
    let limit = (PATIENCE + (64 << 20)) / text.len();
    let mut sent = 0;
    let dropped = 'talk: loop {
        assert!(sent < limit, "the slow client is still there");
        for _ in 0..100 {
            ann.say(&text);
        }
        sent += 100;
        for _ in 0..100 {
            let line = bob.line();
            if line.starts_with("* ") {
                break 'talk line;
            }
            assert_eq!(line, format!("ann: {text}"));
        }
    };
    assert_eq!(dropped, "* slow fell too far behind");
    ann.expect("* slow fell too far behind");
    // Its connection ends, cleanly or not, after whatever was on its way.
    let _ = slow.stream.read_to_end(&mut Vec::new());
}

#[test]
fn a_flood_from_one_client_does_not_starve_the_others() {
    let server = Server::start();
    let mut flood = TcpStream::connect(server.address).unwrap();
    let stop = Instant::now() + Duration::from_secs(2);
    thread::scope(|scope| {
        // One line without an end, as fast as the server takes it.
        scope.spawn(move || {
            let part = vec![b'x'; 64 * 1024];
            while Instant::now() < stop {
                flood.write_all(&part).unwrap();
            }
        });
        let mut ann = Client::join(&server, "ann");
        let mut bob = Client::join(&server, "bob");
        ann.expect("* bob joined");
        while Instant::now() < stop {
            ann.say("hello");
            let said = Instant::now();
            bob.expect("ann: hello");
            assert!(said.elapsed() < Duration::from_secs(1), "it took {:?}", said.elapsed());
        }
    });
}

#[test]
fn a_port_in_use_is_a_clear_error_and_exit_code_1() {
    let first = Server::start();
    let (code, stderr) = Server::refused(&first.address.to_string());
    assert_eq!(code, Some(1));
    assert!(stderr.contains(&first.address.to_string()), "{stderr}");
    assert!(stderr.to_lowercase().contains("in use"), "{stderr}");
}

#[test]
fn an_argument_that_is_not_an_address_is_a_clear_error() {
    let (code, stderr) = Server::refused("nonsense");
    assert_eq!(code, Some(1));
    assert!(stderr.contains("\"nonsense\" is not an address"), "{stderr}");
}

#[test]
fn running_out_of_descriptors_keeps_newcomers_waiting_and_nothing_else() {
    let server = Server::start_with_descriptors(24);
    let mut ann = Client::join(&server, "ann");
    let mut bob = Client::join(&server, "bob");
    ann.expect("* bob joined");
    let crowd: Vec<TcpStream> =
        (0..40).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    ann.say("crowded");
    bob.expect("ann: crowded");
    drop(crowd);
    let mut eve = Client::join(&server, "eve");
    ann.expect("* eve joined");
    eve.say("at last");
    ann.expect("eve: at last");
}

#[test]
fn ctrl_c_says_goodbye_and_ends_with_exit_code_0() {
    let server = Server::start();
    let mut ann = Client::join(&server, "ann");
    let _unnamed = Client::connect(&server);
    let (code, stdout) = server.interrupt();
    assert_eq!(code, Some(0));
    assert!(stdout.contains("chat: stopping"), "{stdout}");
    ann.expect("* The server stops. Goodbye!");
    assert_eq!(ann.line(), "");
}
