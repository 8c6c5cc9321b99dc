//! The states of a compiled function as a picture.
//!
//! ```text
//! cargo run --example diagram                          # in Graphviz's language
//! cargo run --example diagram mermaid                  # in Mermaid's
//! cargo run --example diagram 127.0.0.1:7              # not drawn, but run
//! cargo run --example diagram | dot -Tsvg > diagram.svg
//! ```
//!
//! The last, with Graphviz, has drawn `diagram.svg` beside this file:
//!
//! ![The states of `hear`: it waits for a line in line 23, and between two in line 32](diagram.svg)

use std::time::Duration;

use async_proc::net::AsyncSocket;
use async_proc::prelude::*;

/// The first line that is not empty, from a socket that may have nothing to say yet.
#[async_proc(diagram)]
fn hear(socket: AsyncSocket, patience: u32) -> Future<Option<String>> {
    let mut silent = 0;
    while let Some(line) = socket.read_line().await? {
        if !line.is_empty() {
            return Ok(Some(line));
        }
        silent += 1;
        if silent > patience {
            break;
        }
        println!("diagram: nothing so far");
        sleep_async(Duration::from_millis(10)).await?;
    }
    Ok(None)
}

fn main() -> Result<(), Error> {
    match std::env::args().nth(1).as_deref() {
        None | Some("dot") => print!("{}", HEAR_DIAGRAM.dot()),
        Some("mermaid") => print!("{}", HEAR_DIAGRAM.mermaid()),
        Some(address) => {
            let socket = wait_for(AsyncSocket::dial(address))?;
            println!("diagram: heard {:?}", wait_for(hear(socket, 3))?);
        }
    }
    Ok(())
}
