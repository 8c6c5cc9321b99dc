//! Out-parameters, which a proc completes however it ends.

use std::panic::panic_any;

use async_proc::prelude::*;

use crate::Log;

/// The ways a proc may end.
#[derive(Clone, Copy, Debug)]
enum End {
    FallsOff,
    Returns,
    Fails,
    Panics,
    CompletesIt,
    CompletesItWith,
}

const ENDS: [(End, &str); 6] = [
    (End::FallsOff, "filled"),
    (End::Returns, "filled"),
    (End::Fails, "filled"),
    (End::Panics, "filled"),
    (End::CompletesIt, "filled"),
    (End::CompletesItWith, "another"),
];

#[async_proc]
fn fill(out: FutureVar<String>, gate: Future<()>, end: End) -> Future<()> {
    gate.await?;
    out.with(|out| out.push_str("filled"));
    match end {
        End::FallsOff => {}
        End::Returns => return,
        End::Fails => Err(Error::new("failed"))?,
        End::Panics => panic_any("in a test"),
        End::CompletesIt => out.complete()?,
        End::CompletesItWith => out.complete_with("another".to_owned())?,
    }
}

#[test]
fn a_parameter_is_completed_by_every_way_out_of_the_proc_also_at_once() {
    for (end, value) in ENDS {
        let out = FutureVar::new("out", String::new());
        let proc = fill(out.clone(), Future::ready(()), end);
        assert!(proc.finished() && out.finished(), "{end:?}");
        assert_eq!(out.read().unwrap(), value, "{end:?}");
        assert_eq!(proc.failed(), matches!(end, End::Fails | End::Panics));
    }
}

#[test]
fn a_parameter_is_completed_by_every_way_out_of_a_proc_that_waited() {
    for (end, value) in ENDS {
        let (out, gate) = (FutureVar::new("out", String::new()), Future::new("gate"));
        let proc = fill(out.clone(), gate.clone(), end);
        assert!(!out.finished());
        gate.complete(()).unwrap();
        run_forever().unwrap();
        assert!(proc.finished());
        assert_eq!(out.read().unwrap(), value, "{end:?}");
        assert_eq!(proc.failed(), matches!(end, End::Fails | End::Panics));
    }
}

#[test]
fn a_parameter_is_completed_when_the_proc_is_cancelled() {
    let out = FutureVar::new("out", String::from("as it was"));
    let proc = fill(out.clone(), Future::new("gate"), End::FallsOff);
    assert!(proc.cancel());
    assert_eq!(out.read().unwrap(), "as it was");
}

#[test]
fn who_awaits_the_variable_goes_on_before_who_awaits_the_proc() {
    #[async_proc]
    fn watch(proc: Future<()>, out: Out, log: Log) {
        proc.await?;
        log.note(format_args!("the proc, completed: {}", out.0.finished()));
    }
    #[async_proc]
    fn read(out: Out, log: Log) {
        log.note(format_args!("the variable, {}", (&out.0).await?));
    }
    /// Not completed by the procs that have it as a parameter.
    #[derive(Clone)]
    struct Out(FutureVar<String>);
    let log = Log::default();
    let (out, gate) = (Out(FutureVar::default()), Future::new("gate"));
    let proc = fill(out.0.clone(), gate.clone(), End::FallsOff);
    async_check(watch(proc, out.clone(), log.clone()));
    async_check(read(out, log.clone()));
    gate.complete(()).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["the variable, filled", "the proc, completed: true"]);
}

#[test]
fn a_parameter_is_completed_however_it_is_named() {
    #[async_proc]
    fn changed(mut out: async_proc::FutureVar<u8>) {
        out = FutureVar::new("another", out.take() + 1);
        out.complete()?;
    }
    #[async_proc]
    fn ignored(_: FutureVar<u8>, _unused: FutureVar<u8>) {}
    #[async_proc]
    fn borrowed(ref first: FutureVar<u8>, ref mut second: FutureVar<u8>) {
        sleep_async(std::time::Duration::ZERO).await?;
        second.replace(first.read().unwrap_or(7));
    }
    #[async_proc]
    #[allow(clippy::redundant_pattern, reason = "a parameter that has to be taken apart")]
    fn whole(out @ _: FutureVar<u8>) {
        out.complete_with(3)?;
    }
    #[async_proc]
    fn of_any<T>(out: FutureVar<T>) -> Future<()>
    where
        T: Default + 'static,
    {
        sleep_async(std::time::Duration::ZERO).await?;
        out.take();
    }
    let vars: [FutureVar<u8>; 7] = std::array::from_fn(|n| FutureVar::new("out", n as u8));
    let [a, b, c, d, e, f, g] = vars.clone();
    let procs = [changed(a), ignored(b, c), borrowed(d, e), whole(f), of_any(g)];
    run_forever().unwrap();
    for proc in &procs {
        proc.read().unwrap();
    }
    let values: Vec<u8> = vars.iter().map(|var| var.read().unwrap()).collect();
    assert_eq!(values, [0, 1, 2, 3, 7, 3, 0]);
}

#[test]
fn one_variable_serves_many_calls() {
    let line = FutureVar::new("line", String::with_capacity(32));
    let place = line.with(|line| line.as_ptr());
    for _ in 0..3 {
        line.clean();
        line.with(String::clear);
        wait_for(fill(line.clone(), Future::ready(()), End::FallsOff)).unwrap();
        assert_eq!(line.read().unwrap(), "filled");
    }
    assert_eq!(line.with(|line| line.as_ptr()), place);
}
