//! One run of one function.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use crate::world::{Injected, begin, end, note, polls, runs, wakes};

thread_local! {
    /// Where the last panic happened, as its hook saw it.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What happened in a run, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The events and the driver's notes.
    pub events: Vec<String>,
    /// Which of them can panic, counted from 1.
    pub points: Vec<usize>,
    /// Whether the function came to its end.
    pub finished: bool,
}

/// Runs `scenario`, whose future is polled `polls` times, with a panic at event `panic_at`.
pub fn run(scenario: fn(), polls: usize, panic_at: Option<usize>) -> Trace {
    silence_panics();
    begin(polls, panic_at);
    let result = catch_unwind(scenario);
    if let Err(payload) = result {
        note(format!("the run unwinds: {}", describe(payload)));
    }
    let run = end();
    Trace { events: run.events, points: run.points, finished: run.finished }
}

/// Polls `future` as often as the current run says, and drops it.
///
/// When it has ended, or panicked, it is polled once more: it has to refuse.
pub fn drive<F>(future: F)
where
    F: Future,
    F::Output: Debug,
{
    let waker = wakes::waker();
    let mut cx = Context::from_waker(&waker);
    let mut future = Box::pin(future);
    for _ in 0..polls() {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx))) {
            Ok(Poll::Pending) => {
                note(format!("pending, wakes: {}", wakes::take()));
                continue;
            }
            Ok(Poll::Ready(value)) => {
                runs::finish();
                note(format!("ready: {value:?}"));
                drop(value);
            }
            Err(payload) => {
                runs::finish();
                note(format!("panics: {}", describe(payload)));
            }
        }
        refuses(future.as_mut(), &mut cx);
        break;
    }
    note("the future is dropped");
    drop(future);
    note("the run ends");
}

fn refuses<F: Future>(future: Pin<&mut F>, cx: &mut Context<'_>) {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx).is_ready())) {
        Ok(ready) => note(format!("polled again: ready: {ready}")),
        Err(_) => note("polled again: panics"),
    }
}

/// A panic in words: an injected one by its event, another by its message and place.
fn describe(payload: Box<dyn Any + Send>) -> String {
    if let Some(Injected(event)) = payload.downcast_ref() {
        return format!("injected at event {event}");
    }
    let message = if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else if let Some(message) = payload.downcast_ref::<&str>() {
        message
    } else {
        "a payload that is not a string"
    };
    format!("{message:?} at {}", PANICKED_AT.take())
}

/// Panics inside a run are part of what is compared; the others are printed as ever.
fn silence_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if runs::active() {
                PANICKED_AT.set(info.location().map(ToString::to_string).unwrap_or_default());
            } else {
                print(info);
            }
        }));
    });
}
