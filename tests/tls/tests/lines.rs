//! Where lines end, whatever pieces they come in: the rules hold over TLS as they do without.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, connected, listener, run};

/// One input, and what `recv_line` and `read_line` give for it until the end of the stream.
struct Row {
    input: &'static [u8],
    recv_line: &'static [Result<&'static str, &'static str>],
    read_line: &'static [Result<&'static str, &'static str>],
}

const fn row(
    input: &'static [u8],
    recv_line: &'static [Result<&'static str, &'static str>],
    read_line: &'static [Result<&'static str, &'static str>],
) -> Row {
    Row { input, recv_line, read_line }
}

const LIMIT: usize = 3;
const TOO_LONG: Result<&str, &str> = Err("a line is longer than 3 bytes");

const TABLE: &[Row] = &[
    row(b"", &[], &[]),
    row(b"a\r\nb\r\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"a\nb\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"\r\n\r\n", &[Ok("\r\n"), Ok("\r\n")], &[Ok(""), Ok("")]),
    row(b"\n\n", &[Ok("\r\n"), Ok("\r\n")], &[Ok(""), Ok("")]),
    row(b"abc", &[], &[Ok("abc")]),
    row(b"x\r\nyz", &[Ok("x")], &[Ok("x"), Ok("yz")]),
    row(b"a\rb\r\n", &[Ok("a"), Ok("b")], &[Ok("a"), Ok("b")]),
    row(b"\rb\r\n", &[Ok("\r\n"), Ok("b")], &[Ok(""), Ok("b")]),
    row(b"a\r\r\n", &[Ok("a"), Ok("\r\n")], &[Ok("a"), Ok("")]),
    row(b"a\r", &[], &[Ok("a")]),
    row(b"\r", &[], &[Ok("")]),
    row(b"abcd\r\nb\n", &[TOO_LONG, Ok("b")], &[TOO_LONG, Ok("b")]),
    row(b"\xc3\xa9\n", &[Ok("é")], &[Ok("é")]),
];

/// Every way to cut `input` into pieces.
fn cuts(input: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    let places = input.len().saturating_sub(1);
    (0..1_u32 << places).map(move |cut| {
        let mut pieces = Vec::new();
        let mut start = 0;
        for place in 0..places {
            if cut & (1 << place) != 0 {
                pieces.push(&input[start..=place]);
                start = place + 1;
            }
        }
        pieces.push(&input[start..]);
        pieces
    })
}

/// A read of a line; `None` at the end of the stream.
async fn next(socket: &AsyncSocket, original: bool) -> Option<Result<String, String>> {
    if !original {
        return socket.read_line().await.map_err(|error| error.to_string()).transpose();
    }
    match socket.recv_line().await {
        Ok(line) if line.is_empty() => None,
        Ok(line) => Some(Ok(line)),
        Err(error) => Some(Err(error.to_string())),
    }
}

async fn given(socket: &AsyncSocket, original: bool) -> Vec<Result<String, String>> {
    let mut given = Vec::new();
    while let Some(line) = next(socket, original).await {
        given.push(line);
    }
    given
}

#[test]
fn the_table_holds_for_every_way_to_cut_the_input_into_records() {
    run(async {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").server()?)?;
        let context = authority.client().client()?;
        for row in TABLE {
            for pieces in cuts(row.input) {
                for (original, buffered) in
                    [(true, true), (true, false), (false, true), (false, false)]
                {
                    let (client, server) = connected(&listener, &context).await?;
                    let server = if buffered { server } else { server.unbuffered() };
                    server.set_line_limit(LIMIT);
                    let reading = {
                        let server = server.clone();
                        Future::from_infallible(async move { given(&server, original).await })
                    };
                    for piece in &pieces {
                        client.send(*piece).await?;
                        // Each is a record of its own, and read before the next one comes.
                        poll_once().await?;
                    }
                    client.close();
                    let expected = if original { row.recv_line } else { row.read_line };
                    let expected: Vec<_> = expected
                        .iter()
                        .map(|line| line.map(str::to_owned).map_err(str::to_owned))
                        .collect();
                    assert_eq!(reading.await?, expected, "{pieces:?}, buffered: {buffered}");
                }
            }
        }
        Ok(())
    });
}

/// A turn of the dispatcher, in which what has come in is read.
async fn poll_once() -> Result<(), Error> {
    sleep_async(std::time::Duration::ZERO).await
}
