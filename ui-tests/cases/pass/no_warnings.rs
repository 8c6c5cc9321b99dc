//! Correct code brings no warning of any kind.

#![deny(
    warnings,
    unused,
    nonstandard_style,
    future_incompatible,
    rust_2018_idioms,
    rust_2024_compatibility,
    let_underscore,
    keyword_idents,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_debug_implementations,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use async_proc::prelude::*;
use std::future::ready;

#[derive(Debug)]
enum Step {
    Add(u32),
    Rename { name: String, times: u32 },
    Stop,
}

#[derive(Debug, Default)]
struct State {
    name: String,
    sum: u32,
}

impl State {
    #[async_proc]
    async fn run(&mut self, steps: Vec<Step>) -> Result<u32, std::num::ParseIntError> {
        let mut left = steps.len();
        for step in steps {
            left -= 1;
            match step {
                Step::Add(number) => self.sum += ready(number).await,
                Step::Rename { name, times } if times > 0 => {
                    ready(()).await;
                    self.name = name.repeat(ready(times).await as usize);
                }
                Step::Rename { .. } => continue,
                Step::Stop => break,
            }
        }
        let parsed: u32 = ready(" 7 ").await.trim().parse()?;
        let Some(more) = ready(Some(left)).await else { return Ok(0) };
        Ok(self.sum + parsed + u32::try_from(more).unwrap_or(0))
    }
}

#[async_proc]
fn proc(first: u32, (second, mut third): (u32, u32)) -> Future<u32> {
    let mut state = State::default();
    let text;
    let steps = vec![
        Step::Add(first),
        Step::Rename { name: String::from("ab"), times: 2 },
        Step::Rename { name: String::new(), times: 0 },
        Step::Add(second),
        Step::Stop,
        Step::Add(1000),
    ];
    let sum = state.run(steps).await?;
    text = format!("{}-{sum}", state.name);
    while third > 0 {
        third -= ready(1).await;
    }
    let double = |number: u32| number * 2;
    let failed = yield_fut!(Future::<()>::failed_with(Error::new("no")));
    assert!(failed.failed());
    assert_eq!(ready(&text).await, "abab-11");
    println!("{text}: {}", ready(third).await);
    Ok(double(sum))
}

#[async_proc]
fn nothing(wait: Future<u32>) {
    if wait.await? > 2 {
        return;
    }
    ready(()).await;
}

fn main() {
    assert_eq!(wait_for(proc(1, (2, 3))).unwrap(), 22);
    wait_for(nothing(Future::ready(3))).unwrap();
}
