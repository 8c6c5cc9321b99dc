//! hyper on the dispatcher: its streams, its executor and its timer, with TLS and without.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use async_proc::hyper::{DispatcherExecutor, DispatcherTimer};
use async_proc::net::AsyncSocket;
use async_proc::prelude::*;
use async_proc_tls_tests::{Authority, connected, listener, run};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Executor, Timer};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};

/// Sends a body back, and counts.
async fn answer(
    request: Request<Incoming>,
    count: Rc<Cell<usize>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    count.set(count.get() + 1);
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let mut response = Response::new(if path == "/echo" {
        Full::new(body)
    } else {
        Full::new(Bytes::from(format!("you asked for {path}")))
    });
    if path == "/missing" {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

/// A connection, served in the background, and what sends requests over it.
async fn client(
    tls: bool,
    count: &Rc<Cell<usize>>,
) -> Result<(SendRequest<Full<Bytes>>, Future<()>), Error> {
    let (near, far) = if tls {
        let authority = Authority::new();
        let listener = listener(&authority.server("localhost").alpn(["http/1.1"]).server()?)?;
        let client = authority.client().alpn(["http/1.1"]).client()?;
        connected(&listener, &client).await?
    } else {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let near = AsyncSocket::dial(listener.local_addr()?).await?;
        (near, listener.accept().await?)
    };
    let count = count.clone();
    let served = Future::from_std(async move {
        let service = service_fn(move |request| answer(request, count.clone()));
        Ok(http1::Builder::new().timer(DispatcherTimer).serve_connection(far, service).await?)
    });
    let (sender, connection) = handshake(near).await?;
    async_check(Future::from_std(async move { Ok(connection.await?) }));
    Ok((sender, served))
}

fn request(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let request = Request::post(path).header("host", "localhost");
    request.body(Full::new(body.into())).unwrap()
}

async fn body(response: Response<Incoming>) -> Result<Bytes, Error> {
    Ok(response.into_body().collect().await?.to_bytes())
}

#[test]
fn many_requests_go_over_one_connection() {
    run(async {
        for tls in [false, true] {
            let count = Rc::new(Cell::new(0));
            let (mut sender, served) = client(tls, &count).await?;
            for number in 0..100 {
                sender.ready().await?;
                let response = sender.send_request(request(&format!("/{number}"), "")).await?;
                assert_eq!(response.status(), StatusCode::OK);
                assert_eq!(body(response).await?, format!("you asked for /{number}"));
            }
            let response = sender.send_request(request("/missing", "")).await?;
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            drop(response);
            drop(sender);
            served.await?;
            assert_eq!(count.get(), 101);
        }
        Ok(())
    });
}

#[test]
fn megabytes_go_there_and_back() {
    run(async {
        for tls in [false, true] {
            let (mut sender, _served) = client(tls, &Rc::default()).await?;
            let sent = Bytes::from(vec![42; 8 << 20]);
            let response = sender.send_request(request("/echo", sent.clone())).await?;
            assert!(body(response).await? == sent);
        }
        Ok(())
    });
}

#[test]
fn a_request_that_does_not_come_is_given_up_by_the_dispatchers_clock() {
    run(async {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let slow = AsyncSocket::dial(listener.local_addr()?).await?;
        let socket = listener.accept().await?;
        let service = service_fn(async |_: Request<Incoming>| {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
        });
        slow.send("GET / HTTP/1.1\r\nHost: ").await?;
        let served = http1::Builder::new()
            .timer(DispatcherTimer)
            .header_read_timeout(Duration::from_millis(20))
            .serve_connection(socket, service);
        let error = served.await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        Ok(())
    });
}

#[test]
fn a_connection_is_ended_gracefully_after_the_request_that_is_being_answered() {
    run(async {
        let listener = AsyncSocket::listener("127.0.0.1:0")?;
        let socket = AsyncSocket::dial(listener.local_addr()?).await?;
        let far = listener.accept().await?;
        let stop = Future::<()>::new("stop");
        let (stopping, stopped) = (stop.clone(), stop.clone());
        let served = Future::from_std(async move {
            let service = service_fn(move |_: Request<Incoming>| {
                let _ = stopping.complete(());
                async {
                    let _ = sleep_async(Duration::from_millis(5)).await;
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("answered"))))
                }
            });
            let mut serving = std::pin::pin!(http1::Builder::new().serve_connection(far, service));
            let mut stopped = Some(stopped);
            std::future::poll_fn(|cx| {
                if let Some(stop) = &mut stopped
                    && std::pin::Pin::new(stop).poll(cx).is_ready()
                {
                    stopped = None;
                    serving.as_mut().graceful_shutdown();
                }
                serving.as_mut().poll(cx)
            })
            .await?;
            Ok(())
        });
        socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        let mut lines = Vec::new();
        while let Some(line) = socket.read_line().await? {
            lines.push(line);
        }
        assert_eq!(lines[0], "HTTP/1.1 200 OK");
        assert!(lines.iter().any(|line| line == "connection: close"), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("answered"));
        served.await
    });
}

#[test]
fn tasks_and_timers_are_the_dispatchers() {
    run(async {
        let done = Rc::new(Cell::new(false));
        let of_task = done.clone();
        DispatcherExecutor.execute(async move {
            DispatcherTimer.sleep(Duration::from_millis(2)).await;
            of_task.set(true);
        });
        assert!(!done.get());
        while !done.get() {
            sleep_async(Duration::from_millis(1)).await?;
        }
        Ok(())
    });
    // A timer that is dropped is taken back, and one that is set anew waits for the new time.
    let dispatcher = async_proc::Dispatcher::current();
    dispatcher.pause_clock();
    let timers = dispatcher.timers();
    let timer = DispatcherTimer;
    let mut sleep = timer.sleep(Duration::from_secs(1));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    assert_eq!(dispatcher.timers(), timers + 1);
    timer.reset(&mut sleep, timer.now() + Duration::from_secs(100));
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    assert_eq!(dispatcher.timers(), timers + 1);
    dispatcher.advance(Duration::from_secs(99));
    let _ = poll(Duration::ZERO);
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    dispatcher.advance(Duration::from_secs(1));
    let _ = poll(Duration::ZERO);
    assert!(sleep.as_mut().poll(&mut cx).is_ready());
    drop(sleep);
    let other = timer.sleep(Duration::from_secs(1));
    drop(other);
    assert_eq!(dispatcher.timers(), timers);
}

#[test]
fn a_timer_may_be_dropped_and_polled_on_another_thread() {
    let mut sleep = DispatcherTimer.sleep(Duration::from_secs(3600));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    let dispatcher = async_proc::Dispatcher::current();
    assert_eq!(dispatcher.timers(), 1);
    std::thread::spawn(move || {
        DispatcherTimer.reset(&mut sleep, DispatcherTimer.now() + Duration::from_millis(2));
        let slept = Future::from_infallible(sleep);
        wait_for(slept).unwrap();
    })
    .join()
    .unwrap();
    run_forever().unwrap();
    assert_eq!(dispatcher.timers(), 0);
}
