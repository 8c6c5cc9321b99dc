//! An HTTP/1.1 server: hyper on the dispatcher, over TLS if it is given a certificate.
//!
//! ```text
//! cargo run --release --example http_server                        # http://127.0.0.1:8080/
//! cargo run --release --example http_server -- 127.0.0.1:8443 --cert server.pem --key server.key
//! curl http://127.0.0.1:8080/
//! ```
//!
//! | path | answer |
//! |---|---|
//! | `/` | a greeting |
//! | `/echo` | the body of the request |
//! | `/bytes/N` | N bytes |
//!
//! Connections are kept alive. Ctrl-C stops the server: requests that are being answered are, and
//! every connection is ended in due form.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use async_proc::dispatch::ctrl_c;
use async_proc::hyper::DispatcherTimer;
use async_proc::net::AsyncSocket;
use async_proc::net::tls::{TlsError, new_context};
use async_proc::prelude::*;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};

/// How long connections may take to end once the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes that `/bytes/N` gives.
const MOST: usize = 1 << 30;

fn main() -> ExitCode {
    let outcome = Options::read().and_then(|options| wait_for(serve(options)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("http_server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was asked for on the command line.
#[derive(Default)]
struct Options {
    address: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl Options {
    fn read() -> Result<Self, Error> {
        let mut options = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let option = match argument.as_str() {
                "--cert" => &mut options.certificate,
                "--key" => &mut options.key,
                _ => {
                    options.address = Some(argument);
                    continue;
                }
            };
            let file = arguments.next();
            *option = Some(file.ok_or_else(|| Error::new(format!("{argument} needs a file")))?);
        }
        Ok(options)
    }
}

#[async_proc]
fn serve(options: Options) -> Future<()> {
    let Options { address, certificate, key } = options;
    let address = address.unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = AsyncSocket::listener(address)?;
    let scheme = match (certificate, key) {
        (None, None) => "http",
        (Some(certificate), Some(key)) => {
            let context = new_context().certificate_files(certificate, key).alpn(["http/1.1"]);
            context.server()?.wrap_socket(&listener)?;
            "https"
        }
        _ => return Err(Error::new("--cert and --key belong together")),
    };
    // Before anyone can know of it: from here on Ctrl-C ends the server in due form.
    let interrupted = ctrl_c();
    println!("http_server: listening on {scheme}://{}/", listener.local_addr()?);

    let stop = Future::new("stop");
    let open = Rc::new(Open::default());
    async_check(welcome(listener.clone(), stop.clone(), open.clone()));
    interrupted.await?;

    println!("http_server: stopping");
    listener.close();
    stop.complete(())?;
    if !open.wait_for_none(PATIENCE).await? {
        println!("http_server: {} connections did not end", open.count.get());
    }
}

/// Accepts connections, each served by a proc of its own.
#[async_proc]
fn welcome(listener: AsyncSocket, stop: Future<()>, open: Rc<Open>) -> Future<()> {
    while !listener.is_closed() {
        match listener.accept().await {
            Ok(socket) => async_check(attend(socket, stop.clone(), open.enter())),
            Err(_) if listener.is_closed() => break,
            Err(error) => {
                // Too many open files, say: those who are in go on, the others can wait.
                eprintln!("http_server: {error}");
                sleep_async(Duration::from_millis(100)).await?;
            }
        }
    }
}

/// Serves one connection until it ends, or until the server stops.
#[async_proc]
fn attend(socket: AsyncSocket, stop: Future<()>, open: Entered) -> Future<()> {
    let mut serving = Box::pin(
        http1::Builder::new()
            .timer(DispatcherTimer)
            .header_read_timeout(Duration::from_secs(30))
            .serve_connection(socket, service_fn(answer)),
    );
    let mut stop = Some(stop);
    let ended = poll_fn(|cx| {
        if let Some(stopping) = &mut stop
            && Pin::new(stopping).poll(cx).is_ready()
        {
            stop = None;
            // What is being answered still is.
            serving.as_mut().graceful_shutdown();
        }
        serving.as_mut().poll(cx)
    });
    if let Err(error) = ended.await {
        complain(&error);
    }
    drop(open);
}

/// Says what is wrong with a connection, if it is TLS: that it is gone is of no interest.
fn complain(error: &hyper::Error) {
    if let Some(error) = Error::find_in(error)
        && error.downcast_ref::<TlsError>().is_some()
    {
        eprintln!("http_server: {error}");
    }
}

type Answer = Response<BoxBody<Bytes, hyper::Error>>;

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let path = request.uri().path();
    let bytes = path.strip_prefix("/bytes/").and_then(|count| count.parse().ok());
    Ok(match (request.method(), path, bytes) {
        (&Method::GET, "/", _) => text(StatusCode::OK, "Hello from a dispatcher.\n"),
        (&Method::POST, "/echo", _) => Response::new(request.into_body().boxed()),
        (&Method::GET, _, Some(0..=MOST)) => {
            Response::new(full(vec![b'.'; bytes.unwrap_or_default()]))
        }
        _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    })
}

fn text(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = Response::new(full(text));
    *answer.status_mut() = status;
    answer
}

fn full(bytes: impl Into<Bytes>) -> BoxBody<Bytes, hyper::Error> {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// How many connections there are.
#[derive(Default)]
struct Open {
    count: Cell<usize>,
    waiting: Cell<Option<Future<()>>>,
}

/// One connection, as long as it is there.
struct Entered(Rc<Open>);

impl Open {
    fn enter(self: &Rc<Self>) -> Entered {
        self.count.set(self.count.get() + 1);
        Entered(self.clone())
    }

    /// Waits until there is none; `false` if that takes too long.
    fn wait_for_none(&self, limit: Duration) -> Future<bool> {
        let none = Future::new("no connection");
        match self.count.get() {
            0 => drop(none.complete(())),
            _ => self.waiting.set(Some(none.clone())),
        }
        with_timeout(&none, limit)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get() - 1);
        if self.0.count.get() == 0
            && let Some(none) = self.0.waiting.take()
        {
            // Nobody else completes it.
            let _ = none.complete(());
        }
    }
}
