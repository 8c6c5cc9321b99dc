//! Several threads with a dispatcher each: one port, one end, and nobody fails unheard.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use async_proc::dispatch::{Worker, Workers};
use async_proc::net::{AsyncSocket, SocketError, serve_threads};
use async_proc::prelude::*;

#[cfg(unix)]
#[async_proc]
fn tell_name(listener: AsyncSocket, worker: Worker) -> Future<()> {
    loop {
        let client = listener.accept().await?;
        client.send(format!("{}\n", worker.name())).await?;
        client.close();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn connections_to_one_port_are_shared_out_among_all_threads() {
    let (workers, address) = serve_threads("127.0.0.1:0", 3, tell_name).unwrap();
    assert_eq!(workers.count(), 3);
    let mut names = HashSet::new();
    // It is by chance which one it is; that one of them never is, has odds of 1 to 10^50.
    for _ in 0..300 {
        let mut name = String::new();
        BufReader::new(TcpStream::connect(address).unwrap()).read_line(&mut name).unwrap();
        names.insert(name.trim().to_owned());
    }
    assert_eq!(names, ["serve-0", "serve-1", "serve-2"].map(String::from).into());
    workers.stop();
    workers.stop();
    workers.join().unwrap();
    assert!(TcpStream::connect(address).is_err(), "the listeners are closed");
}

#[test]
fn work_that_asked_is_told_to_stop_and_other_work_is_cancelled() {
    static IN_ORDER: AtomicUsize = AtomicUsize::new(0);
    let workers = Workers::start("tidy", 2, |worker| {
        Future::from_std(async move {
            worker.stopped().await?;
            sleep_async(std::time::Duration::from_millis(1)).await?;
            IN_ORDER.fetch_add(1 + worker.index(), Ordering::Relaxed);
            Ok(())
        })
    })
    .unwrap();
    let stopper = workers.stopper();
    std::thread::spawn(move || stopper.stop()).join().unwrap();
    workers.join().unwrap();
    assert_eq!(IN_ORDER.load(Ordering::Relaxed), 3);

    let endless = Workers::start("endless", 2, |worker| {
        Future::from_std(async move {
            let _worker = worker;
            std::future::pending::<()>().await;
            Ok(())
        })
    })
    .unwrap();
    endless.stop();
    endless.join().unwrap();
}

#[test]
fn the_failure_of_one_is_named_and_stops_the_others() {
    let ready = Arc::new(Barrier::new(3));
    let workers = Workers::start("part", 3, move |worker| {
        ready.wait();
        Future::from_std(async move {
            if worker.index() == 1 {
                return Err(Error::new("out of paper"));
            }
            worker.stopped().await
        })
    })
    .unwrap();
    wait_for(workers.ended()).unwrap();
    let error = workers.join().unwrap_err();
    assert_eq!((error.thread(), error.error().to_string().as_str()), ("part-1", "out of paper"));
    assert_eq!(error.to_string(), "the thread `part-1` has failed: out of paper");
}

#[test]
fn a_panic_is_a_failure_wherever_it_happens() {
    let in_proc = Workers::start("proc", 1, |_| Future::from_std(async { panic!("in a proc") }));
    let in_call = Workers::start("call", 1, |_| panic!("in the call"));
    let checked = Workers::start("checked", 1, |worker| {
        async_check(Future::<()>::from_std(async { panic!("under async_check") }));
        worker.stopped()
    });
    for (workers, text) in
        [(in_proc, "in a proc"), (in_call, "in the call"), (checked, "under async_check")]
    {
        let error = workers.unwrap().join().unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Panicked);
        assert!(error.to_string().ends_with(text), "{error}");
    }
}

#[test]
fn each_thread_gets_its_part() {
    static SUM: AtomicUsize = AtomicUsize::new(0);
    let workers = Workers::start_each("sum", vec![1, 20, 300], |part, worker| {
        assert_eq!(worker.count(), 3);
        SUM.fetch_add(part, Ordering::Relaxed);
        Future::ready(())
    })
    .unwrap();
    wait_for(workers.ended()).unwrap();
    workers.join().unwrap();
    assert_eq!(SUM.load(Ordering::Relaxed), 321);
}

#[cfg(unix)]
#[test]
fn a_port_in_use_is_an_error_before_any_thread_is_started() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = serve_threads(taken.local_addr().unwrap(), 2, tell_name).map(drop).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(SocketError::Os { .. })), "{error}");
}

#[cfg(unix)]
#[test]
fn dropping_them_stops_them() {
    let (workers, address) = serve_threads("127.0.0.1:0", 1, tell_name).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    let ended = workers.ended();
    drop(workers);
    wait_for(ended).unwrap();
}
