//! Several futures as one.

use std::time::Duration;

use async_proc::prelude::*;
use async_proc::{Dispatcher, future};

use crate::Log;

const MS: Duration = Duration::from_millis(1);

#[async_proc]
fn after(ms: u32, value: u32) -> Future<u32> {
    sleep_async(ms * MS).await?;
    Ok(value)
}

#[async_proc]
fn signal_after(ms: u32) {
    sleep_async(ms * MS).await?;
}

#[async_proc]
fn fails_after(ms: u32) {
    sleep_async(ms * MS).await?;
    Err(Error::new(ms))?;
}

fn paused() -> Dispatcher {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    dispatcher
}

/// Runs the loop on a paused clock, from one millisecond to the next, until `future` has finished.
/// Gives how many that took.
fn elapsed<T: 'static>(dispatcher: &Dispatcher, future: &Future<T>) -> u32 {
    let start = dispatcher.now();
    run_forever().unwrap();
    while !future.finished() {
        dispatcher.advance(MS);
        run_forever().unwrap();
    }
    (dispatcher.now() - start).as_millis() as u32
}

#[test]
fn all_of_several_run_at_once_and_give_their_values_in_order() {
    let dispatcher = paused();
    let values = all((0..10).map(|n| after(20 - n, n)));
    assert_eq!(elapsed(&dispatcher, &values), 20, "as long as the longest");
    assert_eq!(values.take().unwrap(), (0..10).collect::<Vec<_>>());
    let signals = all((1..=10).map(signal_after));
    assert_eq!(elapsed(&dispatcher, &signals), 10);
    signals.take().unwrap();
}

#[test]
fn all_of_the_same_and_of_none() {
    let dispatcher = paused();
    let one = after(5, 7);
    let same = all([one.clone(), one.clone(), one]);
    assert_eq!(elapsed(&dispatcher, &same), 5);
    assert_eq!(same.take().unwrap(), [7, 7, 7]);
    let signal = signal_after(3);
    let signals = all([&signal, &signal]);
    assert_eq!(elapsed(&dispatcher, &signals), 3);
    let (no_values, no_signals) = (all(Vec::<Future<u32>>::new()), all(Vec::<Future<()>>::new()));
    assert!(no_values.finished() && no_signals.finished());
    assert_eq!((no_values.take().unwrap().len(), no_signals.take().unwrap().len()), (0, 0));
}

#[test]
fn timers_are_raced_by_their_deadlines_also_if_the_thread_was_blocked_meanwhile() {
    let dispatcher = paused();
    #[async_proc]
    fn blocks(dispatcher: Dispatcher, block: u32, sleep: u32) {
        sleep_async(sleep * MS).await?;
        // As if the thread did something else for so long.
        dispatcher.advance(block * MS);
    }
    let blocked = |block, sleep| blocks(dispatcher.clone(), block, sleep);
    assert_eq!(elapsed(&dispatcher, &and(sleep_async(100 * MS), blocked(50, 100))), 150);
    assert_eq!(elapsed(&dispatcher, &and(blocked(0, 50), sleep_async(200 * MS))), 200);
    assert_eq!(elapsed(&dispatcher, &and(blocked(200, 100), sleep_async(150 * MS))), 300);
    assert_eq!(elapsed(&dispatcher, &or(sleep_async(150 * MS), sleep_async(300 * MS))), 150);
    assert_eq!(elapsed(&dispatcher, &sleep_async(300 * MS)), 300);
}

#[test]
fn a_failure_that_comes_after_a_race_is_over_disturbs_nobody() {
    let dispatcher = paused();
    let reports = Log::default();
    let log = reports.clone();
    future::set_unread_error_hook(move |unread| log.note(unread.error()));
    #[async_proc]
    fn raced() -> Future<&'static str> {
        let failing = fails_after(500);
        or(&failing, sleep_async(100 * MS)).await?;
        Ok(if failing.finished() { "failed" } else { "timeout" })
    }
    let proc = raced();
    assert_eq!(elapsed(&dispatcher, &proc), 100);
    assert_eq!(proc.read().unwrap(), "timeout");
    dispatcher.advance(400 * MS);
    run_forever().unwrap();
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
    assert_eq!(reports.take(), ["500"], "it is not lost either");
}

#[test]
fn the_first_failure_decides_and_the_others_go_on() {
    let dispatcher = paused();
    let (slow, log) = (signal_after(30), Log::default());
    let l = log.clone();
    slow.add_callback(move |_| l.note("went on"));
    type Combine = fn(&Future<()>, Future<()>) -> Future<()>;
    let combine: [Combine; 3] = [
        |slow, failing| and(slow, failing),
        |slow, failing| or(failing, slow),
        |slow, failing| {
            let both = all([slow.clone(), failing]);
            Future::from_std(async move { both.await.map(drop) })
        },
    ];
    for combine in combine {
        let combined = combine(&slow, fails_after(2));
        assert_eq!(elapsed(&dispatcher, &combined), 2);
        assert_eq!(combined.read_error().unwrap().to_string(), "2");
    }
    assert_eq!(elapsed(&dispatcher, &slow), 24);
    assert_eq!(log.take(), ["went on"]);
}

#[test]
fn futures_of_any_types_are_combined_and_one_with_itself() {
    let dispatcher = paused();
    let (number, signal) = (after(4, 1), signal_after(6));
    assert_eq!(elapsed(&dispatcher, &(&number | &signal)), 4);
    assert_eq!(elapsed(&dispatcher, &(&number & &signal)), 2);
    assert_eq!(elapsed(&dispatcher, &(&number & &number)), 0);
    assert_eq!(elapsed(&dispatcher, &(&signal | &signal)), 0);
    assert_eq!(number.read().unwrap(), 1);
}

#[test]
fn a_race_tells_who_was_first_and_can_be_gone_on_with() {
    let dispatcher = paused();
    #[async_proc]
    fn by_speed(naps: Vec<Future<u32>>) -> Future<Vec<(usize, u32)>> {
        let (mut order, mut rest) = (Vec::new(), naps);
        while !rest.is_empty() {
            let raced = race(rest).await?;
            order.push((raced.index, raced.finished.await?));
            rest = raced.rest;
        }
        Ok(order)
    }
    let proc = by_speed(vec![after(9, 0), after(3, 1), after(6, 2)]);
    assert_eq!(elapsed(&dispatcher, &proc), 9);
    assert_eq!(proc.take().unwrap(), [(1, 1), (1, 2), (0, 0)]);
}

#[test]
fn waiting_for_all_to_end_loses_no_failure() {
    let dispatcher = paused();
    #[async_proc]
    fn settled() -> Future<Vec<Option<String>>> {
        let all = settle([fails_after(3), signal_after(9), fails_after(6)]).await?;
        Ok(all.iter().map(|one| one.error().map(|error| error.to_string())).collect())
    }
    let proc = settled();
    assert_eq!(elapsed(&dispatcher, &proc), 9);
    assert_eq!(proc.take().unwrap(), [Some("3".to_owned()), None, Some("6".to_owned())]);
}

#[test]
fn a_time_limit_tells_whether_it_was_kept_and_leaves_the_future_alone() {
    let dispatcher = paused();
    let slow = after(20, 5);
    let limited = with_timeout(&slow, 10 * MS);
    assert_eq!(elapsed(&dispatcher, &limited), 10);
    assert!(!limited.read().unwrap() && !slow.finished());
    let limited = with_timeout(&slow, 100 * MS);
    assert_eq!(elapsed(&dispatcher, &limited), 10);
    assert!(limited.read().unwrap());
    assert_eq!((slow.read().unwrap(), dispatcher.timers()), (5, 0));
    let failing = with_timeout(fails_after(3), 100 * MS);
    assert_eq!(elapsed(&dispatcher, &failing), 3);
    assert_eq!(failing.read_error().unwrap().to_string(), "3");
    assert_eq!(dispatcher.timers(), 0, "those of races that are over are gone");
}

#[test]
fn a_time_limit_that_cancels_gives_the_value_or_an_error_that_names_what_was_late() {
    let dispatcher = paused();
    #[async_proc]
    fn limited(ms: u32) -> Future<u32> {
        with_timeout_cancel(after(ms, 5), 10 * MS).await
    }
    assert_eq!(
        {
            let limited = limited(9);
            elapsed(&dispatcher, &limited);
            limited.read()
        }
        .unwrap(),
        5
    );
    let late = limited(11);
    assert_eq!(elapsed(&dispatcher, &late), 10);
    let error = late.read_error().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.to_string().starts_with(&format!("`after` created at {}:", file!())), "{error}");
    assert_eq!(error.traceback().next().map(|frame| frame.name()), Some("limited"));
    assert_eq!(dispatcher.timers(), 0, "what was late is cancelled, with its timer");
}
