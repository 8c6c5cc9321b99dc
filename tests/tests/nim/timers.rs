//! Procs that wait for time to pass.

use std::time::Duration;

use async_proc::prelude::*;
use async_proc::{Dispatcher, interval};

use crate::Log;

const MS: Duration = Duration::from_millis(1);

#[async_proc]
fn noted(ms: u32, log: Log) {
    sleep_async(ms * MS).await?;
    log.note(ms);
}

#[test]
fn what_sleeps_is_pending_until_it_has_slept() {
    assert!(!has_pending_operations());
    let nap = noted(1, Log::default());
    assert!(has_pending_operations());
    wait_for(nap).unwrap();
    assert!(!has_pending_operations());
}

#[test]
fn short_polls_do_not_spin_while_a_sleep_is_waited_for() {
    let nap = sleep_async(40 * MS);
    let mut polls = 0;
    while !nap.finished() {
        poll(10 * MS).unwrap();
        polls += 1;
    }
    // None is shorter than its timeout but the one in which the sleep ends.
    assert!(polls <= 5, "{polls}");
}

#[test]
fn a_loop_over_a_finished_chain_does_not_wait_for_its_timeout() {
    #[async_proc]
    fn link(n: u32) -> Future<u32> {
        if n == 0 { Ok(0) } else { Ok(link(n - 1).await? + 1) }
    }
    let chain = link(20);
    let (mut ran, log) = (0, Log::default());
    let l = log.clone();
    chain.add_callback(move |chain| l.note(chain.read().unwrap()));
    while has_pending_operations() {
        // An hour, if it did.
        poll(Duration::from_secs(3600)).unwrap();
        ran += 1;
    }
    assert_eq!((ran, log.take()), (1, vec!["20".to_owned()]));
}

#[test]
fn sleeps_end_in_the_order_of_their_deadlines_however_late_the_loop_is() {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    let log = Log::default();
    for ms in [30, 10, 20, 0] {
        async_check(noted(ms, log.clone()));
    }
    dispatcher.advance(60 * MS);
    run_forever().unwrap();
    assert_eq!(log.take(), ["0", "10", "20", "30"]);
}

#[test]
fn what_calls_itself_for_ever_lets_a_sleep_end() {
    #[async_proc]
    fn busy(stop: Future<()>) -> Future<u64> {
        let mut rounds = 0;
        while !stop.finished() {
            let next = Future::<()>::new("next");
            let complete = next.clone();
            call_soon(move || complete.complete(()).unwrap());
            next.await?;
            rounds += 1;
        }
        Ok(rounds)
    }
    assert!(wait_for(busy(sleep_async(MS))).unwrap() > 0);
}

#[test]
fn an_interval_ticks_without_drifting_while_a_proc_works() {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    #[async_proc]
    fn beats(log: Log, dispatcher: Dispatcher) {
        let (ticks, start) = (interval(10 * MS)?, dispatcher.now());
        for work in [3, 25, 0, 0] {
            let missed = ticks.tick().await? - 1;
            let at = (dispatcher.now() - start).as_millis();
            log.note(format_args!("{at} ({missed} missed)"));
            sleep_async(work * MS).await?;
        }
    }
    let log = Log::default();
    let proc = beats(log.clone(), dispatcher.clone());
    while !proc.finished() {
        run_forever().unwrap();
        dispatcher.advance(MS);
    }
    proc.read().unwrap();
    assert_eq!(log.take(), ["10 (0 missed)", "20 (0 missed)", "45 (1 missed)", "50 (0 missed)"]);
    assert_eq!(dispatcher.timers(), 0);
}
