//! Every way of using the crate, in one run over real sockets: `cargo run --release --example tour`

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use async_proc::ErrorKind;
use async_proc::net::{AsyncSocket, SockOpt};
use async_proc::prelude::*;

fn main() -> Result<(), Error> {
    let listener = AsyncSocket::listener("127.0.0.1:0")?;
    listener.set_sock_opt(SockOpt::KeepAlive, true)?;
    let address = listener.local_addr()?;
    let serving = serve(listener);

    wait_for(begin_and_await(address))?;
    wait_for(go_on_after_a_failure())?;
    wait_for(call_back(address))?;
    wait_for(set_a_time_limit(address))?;
    wait_for(combine(address))?;
    wait_for(borrow(address))?;
    wait_for(trace())?;
    check()?;
    cancel(serving)?;
    println!("\nThat was the tour. The chat server is next: cargo run --release --example chat");
    Ok(())
}

/// The server of this tour: it sends back every line.
#[async_proc]
fn serve(listener: AsyncSocket) -> Future<()> {
    loop {
        let client = listener.accept().await?;
        async_check(echo(client));
    }
}

#[async_proc]
fn echo(client: AsyncSocket) -> Future<()> {
    while let Some(line) = client.read_line().await? {
        client.send(format!("{line}\n")).await?;
    }
}

fn step(what: &str) {
    println!("\n== {what}");
}

/// Sends a line and gives what comes back.
#[async_proc]
fn ask(socket: AsyncSocket, question: &'static str) -> Future<String> {
    println!("   asking {question:?}");
    socket.send(format!("{question}\n")).await?;
    socket.recv_line().await
}

#[async_proc]
fn begin_and_await(address: SocketAddr) -> Future<()> {
    step("A call begins; `.await?` waits for the end");
    let socket = AsyncSocket::dial(address).await?;
    let one = ask(socket.clone(), "one");
    let two = ask(socket, "two");
    assert!(!one.finished() && !two.finished());
    println!("   both are on their way, and neither has been awaited");
    println!("   {:?} and {:?} came back", (&one).await?, (&two).await?);
    assert_eq!(one.read()?, "one");
    assert_eq!(two.await?, "two");
    println!("   `&future` clones the value; the future itself gives it away");
}

#[async_proc]
fn go_on_after_a_failure() -> Future<()> {
    step("`yield_fut!` waits and never raises");
    let closed = AsyncSocket::listener("127.0.0.1:0")?.local_addr()?;
    let attempt = yield_fut!(AsyncSocket::dial(closed));
    assert!(attempt.failed());
    println!("   as expected: {}", attempt.read_error()?);
    let Err(error) = AsyncSocket::dial(closed).await else { unreachable!("nobody listens there") };
    println!("   without it, `.await` gives a `Result` as ever: {:?}", error.io_kind());
}

#[async_proc]
fn call_back(address: SocketAddr) -> Future<()> {
    step("Callbacks run from the queue, in order");
    let socket = AsyncSocket::dial(address).await?;
    let order = Rc::new(RefCell::new(Vec::new()));
    let answer = ask(socket, "anyone there?");
    for name in ["first", "second"] {
        let order = order.clone();
        answer.add_callback(move |answer| {
            println!("   the {name} callback sees {:?}", answer.read());
            order.borrow_mut().push(name);
        });
    }
    answer.await?;
    assert_eq!(*order.borrow(), ["first", "second"]);
}

#[async_proc]
fn set_a_time_limit(address: SocketAddr) -> Future<()> {
    step("`with_timeout` gives up waiting, and `cancel` gives up the operation");
    let socket = AsyncSocket::dial(address).await?;
    let silence = socket.recv_line();
    let in_time = with_timeout(&silence, Duration::from_millis(20)).await?;
    assert!(!in_time && !silence.finished());
    println!("   nothing came in 20 ms; the read is still waiting");
    silence.cancel();
    assert_eq!(silence.read_error()?.kind(), ErrorKind::Cancelled);
    assert_eq!(ask(socket, "now?").await?, "now?");
    println!("   it was cancelled, and took nothing from the next read");
}

#[async_proc]
fn combine(address: SocketAddr) -> Future<()> {
    step("`and`, `or` and `all`");
    let mut questions = Vec::new();
    for question in ["red", "green", "blue"] {
        questions.push(ask(AsyncSocket::dial(address).await?, question));
    }
    let answers = all(questions).await?;
    assert_eq!(answers, ["red", "green", "blue"]);
    println!("   all: {answers:?}, in the order they were given");

    let quick = ask(AsyncSocket::dial(address).await?, "quick");
    let slow = sleep_async(Duration::from_secs(3600));
    or(&quick, &slow).await?;
    assert!(quick.finished() && !slow.finished());
    println!("   or: the answer came before the hour was over");
    slow.cancel();

    let nap = sleep_async(Duration::from_millis(1));
    (&nap & &quick).await?;
    assert!(nap.finished());
    println!("   and: both are there");
}

/// An `async fn` may borrow what it is given. It does nothing until it is awaited.
#[async_proc]
async fn collect(socket: &AsyncSocket, lines: &mut Vec<String>) -> Result<usize, Error> {
    while let Some(line) = socket.read_line().await? {
        lines.push(line);
    }
    Ok(lines.len())
}

#[async_proc]
fn borrow(address: SocketAddr) -> Future<()> {
    step("`async fn` borrows its arguments");
    let socket = AsyncSocket::dial(address).await?;
    let mut lines = vec!["already here".to_owned()];
    socket.send("one\ntwo\n").await?;
    socket.shutdown(std::net::Shutdown::Write)?;
    let count = collect(&socket, &mut lines).await?;
    assert_eq!((count, lines.len()), (3, 3));
    println!("   collected {lines:?}");
}

#[async_proc]
fn trace() -> Future<()> {
    step("An error knows its way");
    let error = yield_fut!(outer()).read_error()?;
    let procs: Vec<&str> = error.traceback().map(|frame| frame.name()).collect();
    assert_eq!(procs, ["inner", "outer"]);
    println!("   {{}}   {error}");
    println!("   {{:?}} {error:?}");
}

#[async_proc]
fn outer() -> Future<()> {
    inner("nonsense").await?;
}

#[async_proc]
fn inner(address: &'static str) -> Future<()> {
    AsyncSocket::dial(address).await?;
}

fn check() -> Result<(), Error> {
    step("`async_check`: what nobody awaits cannot fail in silence");
    async_check(outer());
    let nap = sleep_async(Duration::from_millis(5));
    let error = wait_for(nap.clone()).expect_err("the proc in the background has failed");
    println!("   waiting for a nap, we hear: {error}");
    wait_for(nap)?;
    println!("   and can go on waiting");
    Ok(())
}

fn cancel(serving: Future<()>) -> Result<(), Error> {
    step("A proc is cancelled where it waits");
    assert!(serving.cancel());
    assert_eq!(serving.read_error()?.kind(), ErrorKind::Cancelled);
    println!("   the server is gone, and its listener with it");
    run_forever()?;
    println!("   nothing is pending any more");
    Ok(())
}
