//! An HTTP/1.1 client: hyper on the dispatcher. Prints what is at a URL, and says how it came on
//! stderr.
//!
//! ```text
//! cargo run --release --example http_client -- http://127.0.0.1:8080/
//! cargo run --release --example http_client -- --ca authority.pem https://localhost:8443/
//! ```

use std::io::Write;
use std::process::ExitCode;

use async_proc::net::AsyncSocket;
use async_proc::net::tls::new_context;
use async_proc::prelude::*;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, Uri, header};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut authority, mut url) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--ca" => authority = arguments.next(),
            _ => url = Some(argument),
        }
    }
    let Some(url) = url else {
        eprintln!("usage: http_client [--ca FILE] URL");
        return ExitCode::FAILURE;
    };
    match wait_for(fetch(url, authority)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("http_client: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what is at a URL; gives whether the server had it.
#[async_proc]
fn fetch(url: String, authority: Option<String>) -> Future<bool> {
    let url: Uri = url.parse()?;
    let socket = connect(url.clone(), authority).await?;
    // Over TLS an end that comes too early is to be noticed.
    let (mut requests, connection) = handshake(socket.strict()).await?;
    let connection = Future::from_std(async move { Ok(connection.await?) });

    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let host = url.authority().map_or("", |authority| authority.as_str());
    let request = Request::get(path).header(header::HOST, host).body(Empty::<Bytes>::new())?;
    let answer = requests.send_request(request).await?;
    let status = answer.status();
    eprintln!("{:?} {status}", answer.version());

    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        if let Some(piece) = frame?.data_ref() {
            std::io::stdout().write_all(piece)?;
        }
    }
    // With nothing more to ask for, the connection ends by itself.
    drop(requests);
    connection.await?;
    Ok(status.is_success())
}

#[async_proc]
fn connect(url: Uri, authority: Option<String>) -> Future<AsyncSocket> {
    let tls = url.scheme_str() == Some("https");
    let host = url.host().ok_or_else(|| Error::new(format!("{url} names no host")))?;
    // An address of IPv6 stands in brackets, which are no part of it.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_u16().unwrap_or(if tls { 443 } else { 80 });
    if !tls {
        return AsyncSocket::dial((host, port)).await;
    }
    let mut context = new_context().alpn(["http/1.1"]);
    if let Some(file) = authority {
        context = context.root_file(file);
    }
    let socket = context.client()?.dial((host, port)).await?;
    let (version, suite) = (socket.tls_version(), socket.cipher_suite().unwrap_or_default());
    eprintln!("{version:?}, {suite}");
    Ok(socket)
}
