//! Events that threads trigger.

use std::time::Duration;

use async_proc::dispatch::{
    AsyncEvent, EventError, add_event, drain, has_pending_operations, poll, run_forever,
};
use async_proc::prelude::*;

use super::Log;

#[test]
fn a_hundred_triggered_events_are_a_hundred_callbacks_of_one_drain() {
    let log = Log::default();
    let events: Vec<_> = (0..100).map(|_| AsyncEvent::new()).collect();
    for (number, event) in events.iter().enumerate() {
        let log = log.clone();
        add_event(event, move || {
            log.note(number);
            true
        })
        .unwrap();
    }
    for event in &events {
        event.trigger().unwrap();
    }
    drain(Duration::from_secs(3600)).unwrap();
    let in_order: Vec<_> = (0..100).map(|number: usize| number.to_string()).collect();
    assert_eq!(log.take(), in_order);
    assert!(!has_pending_operations());
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
}

#[test]
fn an_event_triggered_twice_is_told_once_and_one_that_was_taken_back_not_at_all() {
    let log = Log::default();
    let (event, told) = (AsyncEvent::new(), log.clone());
    event
        .add(move || {
            told.note("told");
            false
        })
        .unwrap();
    event.trigger().unwrap();
    event.trigger().unwrap();
    poll(None).unwrap();
    assert_eq!(log.take(), ["told"]);

    event.trigger().unwrap();
    event.unregister().unwrap();
    run_forever().unwrap();
    assert!(log.take().is_empty());
    assert_eq!(event.unregister(), Err(EventError::NotRegistered));
    // What nobody was told of is kept for the next.
    let told = log.clone();
    event
        .add(move || {
            told.note("kept");
            true
        })
        .unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["kept"]);
    assert_eq!(event.unregister(), Err(EventError::NotRegistered), "it had enough");
}

#[async_proc]
fn wait_a_while(event: AsyncEvent) -> Future<bool> {
    let waiting = event.wait();
    let in_time = with_timeout(&waiting, Duration::from_millis(5)).await?;
    if !in_time {
        waiting.cancel();
    }
    Ok(in_time)
}

#[test]
fn an_event_is_waited_for_no_longer_than_a_limit() {
    let event = AsyncEvent::new();
    let waiting = wait_a_while(event.clone());
    assert!(!wait_for(waiting).unwrap());
    assert!(!event.is_registered() && !has_pending_operations());
    event.trigger().unwrap();
    assert!(wait_for(wait_a_while(event)).unwrap());
    assert!(!has_pending_operations());
}

#[test]
fn a_callback_takes_its_own_event_back_and_closes_it() {
    let log = Log::default();
    let event = AsyncEvent::new();
    let (own, told) = (event.clone(), log.clone());
    event
        .add(move || {
            own.unregister().unwrap();
            own.close();
            told.note("closed");
            false
        })
        .unwrap();
    event.trigger().unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["closed"]);
    assert_eq!(event.trigger(), Err(EventError::Closed));
}
