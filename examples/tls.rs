//! Lines over TLS: a server that sends them back, and a client that sends those of its standard
//! input.
//!
//! ```text
//! cargo run --release --example tls -- serve 127.0.0.1:4433 --cert server.pem --key server.key
//! cargo run --release --example tls -- talk localhost:4433 --ca authority.pem < lines
//! openssl s_client -connect localhost:4433 -CAfile authority.pem
//! ```
//!
//! `send` in place of `talk` does not wait for answers: it sends everything and closes. A server
//! that is given `--client-ca` wants to see a certificate of its clients; they show the one of
//! `--cert` and `--key`.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use async_proc::dispatch::ctrl_c;
use async_proc::net::AsyncSocket;
use async_proc::net::tls::{ClientCertificates, ContextBuilder, new_context};
use async_proc::prelude::*;

const USAGE: &str = "usage: tls serve|talk|send ADDRESS [--cert FILE --key FILE] [--ca FILE] \
                     [--client-ca FILE]";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(command), Some(address)) = (arguments.next(), arguments.next()) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let mut options = HashMap::new();
    while let (Some(option), Some(file)) = (arguments.next(), arguments.next()) {
        options.insert(option, file);
    }
    let done = match command.as_str() {
        "serve" => serve(address, options),
        "talk" => talk(address, options, true),
        "send" => talk(address, options, false),
        _ => Future::failed_with(Error::new(USAGE)),
    };
    match wait_for(done) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tls: {error}");
            ExitCode::FAILURE
        }
    }
}

type Options = HashMap<String, String>;

/// What both sides may have.
fn context(options: &Options) -> ContextBuilder {
    match (options.get("--cert"), options.get("--key")) {
        (Some(certificate), Some(key)) => new_context().certificate_files(certificate, key),
        _ => new_context(),
    }
}

#[async_proc]
fn serve(address: String, options: Options) -> Future<()> {
    let mut context = context(&options);
    if let Some(file) = options.get("--client-ca") {
        context = context.root_file(file).client_certificates(ClientCertificates::Required);
    }
    let listener = AsyncSocket::listener(&address)?;
    context.server()?.wrap_socket(&listener)?;
    println!("tls: listening on {}", listener.local_addr()?);
    async_check(welcome(listener.clone()));
    ctrl_c().await?;
    listener.close();
}

#[async_proc]
fn welcome(listener: AsyncSocket) -> Future<()> {
    while !listener.is_closed() {
        match listener.accept().await {
            Ok(socket) => async_check(attend(socket)),
            Err(_) if listener.is_closed() => break,
            Err(error) => {
                eprintln!("tls: {error}");
                sleep_async(Duration::from_millis(100)).await?;
            }
        }
    }
}

/// Looks after one client; that it fails concerns nobody else.
#[async_proc]
fn attend(socket: AsyncSocket) -> Future<()> {
    if let Err(error) = echo(socket.clone()).await {
        eprintln!("tls: {error}");
    }
    socket.close();
}

#[async_proc]
fn echo(socket: AsyncSocket) -> Future<()> {
    // A handshake that takes longer than this does not come about.
    if !with_timeout(socket.handshake(), Duration::from_secs(10)).await? {
        return Err(Error::timed_out("the handshake takes too long"));
    }
    while let Some(line) = socket.read_line().await? {
        socket.send(line + "\n").await?;
    }
}

#[async_proc]
fn talk(address: String, options: Options, wait: bool) -> Future<()> {
    let mut context = context(&options);
    if let Some(file) = options.get("--ca") {
        context = context.root_file(file);
    }
    let socket = context.client()?.dial(&address).await?.strict();
    let resumed = if socket.is_resumed() { ", resumed" } else { "" };
    let version = socket.tls_version().map_or("none".into(), |version| format!("{version:?}"));
    eprintln!("tls: {version}, {}{resumed}", socket.cipher_suite().unwrap_or_default());

    let printing = match wait {
        true => print(socket.clone()),
        false => Future::ready(()),
    };
    // Reading the standard input may block, which is of no matter here: it is a file.
    for line in std::io::stdin().lines() {
        socket.send(line? + "\n").await?;
    }
    if wait {
        socket.shutdown(std::net::Shutdown::Write)?;
        printing.await?;
    }
    // Whatever was sent is there when this is done.
    socket.close_gracefully().await?;
}

#[async_proc]
fn print(socket: AsyncSocket) -> Future<()> {
    while let Some(line) = socket.read_line().await? {
        println!("{line}");
    }
}
