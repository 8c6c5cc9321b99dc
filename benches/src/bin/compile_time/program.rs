//! The program that is compiled.

use std::fmt::Write;

/// How the functions of the program are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flavour {
    /// rustc's own.
    Plain,
    /// `#[async_proc] async fn`.
    Ours,
    /// `#[async_proc] fn … -> Future<…>`.
    Procs,
}

impl Flavour {
    pub(crate) const ALL: [Flavour; 3] = [Flavour::Plain, Flavour::Ours, Flavour::Procs];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Flavour::Plain => "plain",
            Flavour::Ours => "ours",
            Flavour::Procs => "procs",
        }
    }

    /// What stands around a function's name and its parameters.
    fn signature(self) -> [&'static str; 3] {
        match self {
            Flavour::Plain => ["", "async fn", "Result<u64, Error>"],
            Flavour::Ours => ["#[async_proc]\n", "async fn", "Result<u64, Error>"],
            Flavour::Procs => ["#[async_proc]\n", "fn", "Future<u64>"],
        }
    }
}

/// How many functions call each other, one the next.
const CHAIN: usize = 10;

/// What every flavour begins with: futures that are pending once.
const PRELUDE: &str = "\
#![allow(unused_imports)]
use async_proc::prelude::*;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

struct Number { value: u64, waited: bool }

impl std::future::Future for Number {
    type Output = Result<u64, Error>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::replace(&mut self.waited, true) {
            return Poll::Ready(Ok(self.value));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

fn number(value: u64) -> Number {
    Number { value, waited: false }
}

fn run<F: std::future::Future<Output = Result<u64, Error>>>(future: F) -> Result<u64, Error> {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}
";

/// The body of a function; `CALL` stands for the call of the next one. The bodies take turns.
const BODIES: [&str; 3] = [
    "{
    let mut sum = n;
    let label = format!(\"{text}-{sum}\");
    for step in 0..2 {
        sum += number(step).await?;
    }
    let found = if sum % 2 == 0 { number(sum).await? } else { 1 };
    let numbers = vec![sum, found];
    let first = &numbers[0];
    sum += number(3).await? + first;
    match text.len() {
        0 => sum += number(2).await?,
        len => sum += len as u64,
    }
    let deeper = CALL.await?;
    number(deeper).await?;
    Ok(sum + label.len() as u64 + deeper)
}",
    "{
    if n > 1_000_000 {
        return Ok(n);
    }
    let mut parts: Vec<String> = Vec::new();
    let mut left = 3;
    while left > 0 {
        let part = number(left).await?;
        parts.push(format!(\"{part}\"));
        left -= 1;
    }
    let a = number(n).await?;
    let b = number(a + 1).await?;
    let total = a + number(b).await?;
    let result = CALL.await;
    let deeper = match result {
        Ok(value) if value > 0 => value,
        Ok(_) => number(1).await?,
        Err(error) => return Err(error),
    };
    Ok(total + deeper + parts.len() as u64)
}",
    "{
    let owned = text.clone();
    let wanted = owned.len() as u64 + n;
    let mut tries = 0;
    let value = loop {
        let value = number(tries).await?;
        if value >= 2 || wanted == 0 {
            break value;
        }
        tries += 1;
    };
    let pair = (number(value).await?, number(n).await?);
    let (left, right) = pair;
    if let Some(first) = owned.chars().next() {
        number(u64::from(first)).await?;
    }
    let deeper = CALL.await?;
    let last = number(deeper).await?;
    Ok(left + right + last)
}",
];

/// The whole program.
pub(crate) fn write(flavour: Flavour, functions: usize) -> String {
    let mut text = PRELUDE.to_owned();
    let [attribute, keyword, result] = flavour.signature();
    for index in 0..functions {
        let last = index % CHAIN == CHAIN - 1 || index + 1 == functions;
        let call = match last {
            true => "number(n)".to_owned(),
            false => format!("f{}(n + 1, text.clone())", index + 1),
        };
        let body = BODIES[index % BODIES.len()].replace("CALL", &call);
        let _ = writeln!(
            text,
            "\n{attribute}{keyword} f{index}(n: u64, text: String) -> {result} {body}"
        );
    }
    text.push_str("\nfn main() -> Result<(), Error> {\n    let mut sum = 0;\n");
    for index in (0..functions).step_by(CHAIN) {
        let call = format!("f{index}({index}, String::from(\"text\"))");
        let run = if flavour == Flavour::Procs { "wait_for" } else { "run" };
        let _ = writeln!(text, "    sum += {run}({call})?;");
    }
    text.push_str("    println!(\"{sum}\");\n    Ok(())\n}\n");
    text
}
