//! Diagrams of functions wherever they may stand, and no lints about those that nobody looks at.
#![deny(warnings, clippy::pedantic, missing_docs)]
#![allow(unexpected_cfgs, reason = "a case has no features")]
#![forbid(unsafe_code)]

use async_proc::prelude::*;

/// A function.
#[async_proc(diagram)]
pub async fn free(times: u32) -> u32 {
    for _ in 0..times {
        std::future::ready(1).await;
    }
    times
}

/// One whose name is a keyword, and that is configured.
#[async_proc(diagram)]
#[cfg(not(feature = "absent"))]
pub async fn r#match(#[cfg(all())] x: u32) -> u32 {
    std::future::ready(x).await
}

/// A type with a method.
pub struct Host<T>(T);

impl<T: Clone> Host<T> {
    /// A method.
    #[async_proc(diagram)]
    pub async fn method(&self) -> T {
        std::future::ready(self.0.clone()).await
    }
}

/// A trait with a method that has a body.
pub trait Greets {
    /// A method.
    #[async_proc(diagram)]
    fn greet() -> Future<u32> {
        Ok(await_fut!(Future::ready(1)) + 1)
    }
}

impl Greets for Host<u32> {}

mod inner {
    #[async_proc::async_proc(diagram)]
    pub(super) fn waits(other: async_proc::Future<()>) -> async_proc::Future<()> {
        let _ = async_proc::yield_fut!(other);
    }
}

fn main() {
    drop((free(1), r#match(1), Host(1).method(), Host::<u32>::greet()));
    drop(inner::waits(Future::new("forever")));
    assert!(FREE_DIAGRAM.dot().contains("line 11: for _ in 0..times"), "{}", FREE_DIAGRAM.dot());
    assert!(FREE_DIAGRAM.mermaid().starts_with("stateDiagram-v2\n"));
    assert!(MATCH_DIAGRAM.dot().contains("await std::future::ready(x)"));
    let method = Host::<u32>::METHOD_DIAGRAM.dot();
    assert!(method.contains("line 31: await std::future::ready(self.0.clone())"), "{method}");
    let greet = <Host<u32> as Greets>::GREET_DIAGRAM.dot();
    assert!(greet.contains("line 40: await Future::ready(1)"), "{greet}");
    let waits = inner::WAITS_DIAGRAM.dot();
    assert!(waits.contains("line 49: yield other"), "{waits}");
}
