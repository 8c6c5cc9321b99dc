//! An echo server over TCP that uses every core: what a client sends comes back.
//!
//! ```text
//! cargo run --release --example echo                    # 127.0.0.1:7007, a thread for each core
//! cargo run --release --example echo 0.0.0.0:7007 4     # or where you like, and how many
//! nc 127.0.0.1 7007
//! ```
//!
//! Each thread has a dispatcher and a listener of its own; the operating system shares the connections
//! out. Ctrl-C stops them together. If one fails, the others stop too, and the program says why.

use std::process::ExitCode;
use std::time::Duration;

use async_proc::dispatch::Worker;
#[cfg(unix)]
use async_proc::dispatch::ctrl_c;
use async_proc::net::{AsyncSocket, serve_threads};
use async_proc::prelude::*;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7007".into());
    let threads = match arguments.next() {
        Some(threads) => threads.parse()?,
        None => 0,
    };
    let (workers, address) = serve_threads(&address, threads, serve)?;
    // Before anyone can know of it: from here on Ctrl-C ends the server in due form.
    #[cfg(unix)]
    let interrupted = ctrl_c();
    println!("echo: listening on {address} with {} threads", workers.count());

    // Whichever comes first. A failure is told by `join`.
    #[cfg(unix)]
    wait_for(or(interrupted, workers.ended()))?;
    #[cfg(not(unix))]
    wait_for(workers.ended())?;
    println!("echo: stopping");
    workers.stop();
    workers.join()?;
    Ok(())
}

#[async_proc]
fn serve(listener: AsyncSocket, _worker: Worker) -> Future<()> {
    loop {
        match listener.accept().await {
            Ok(client) => async_check(attend(client)),
            // Too many open files, say: those who are in go on, the others can wait.
            Err(error) => {
                eprintln!("echo: {error}");
                sleep_async(Duration::from_millis(100)).await?;
            }
        }
    }
}

/// Looks after one client until it is gone, for whatever reason.
#[async_proc]
fn attend(client: AsyncSocket) -> Future<()> {
    let client = client.unbuffered();
    // What is wrong with one connection is of no interest to the others.
    let _ = echo(&client).await;
    client.close();
}

#[async_proc]
async fn echo(client: &AsyncSocket) -> Result<(), Error> {
    let mut room = vec![0; 16 * 1024];
    loop {
        match client.recv_ref(&mut room).await? {
            0 => return Ok(()),
            count => client.send_ref(&room[..count]).await?,
        }
    }
}
