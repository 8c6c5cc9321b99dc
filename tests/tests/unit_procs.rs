//! The ways in which a proc without a value may end: with nothing, with an expression that has no
//! value, or with a `Result`.

use std::cell::RefCell;
use std::rc::Rc;

use async_proc::prelude::*;

type Log = Rc<RefCell<Vec<u32>>>;

fn note(log: &Log, n: u32) {
    log.borrow_mut().push(n);
}

fn check(n: u32) -> Result<(), Error> {
    if n == 0 { Err(Error::new("nothing")) } else { Ok(()) }
}

fn stop() -> ! {
    unreachable!("no test takes this branch")
}

#[async_proc]
fn method(mut log: Vec<u32>) {
    log.push(await_fut!(Future::ready(1)));
    log.push(2)
}

#[async_proc]
fn call(log: Log) -> Future<()> {
    await_fut!(Future::ready(()));
    note(&log, 1)
}

#[async_proc]
fn branches(log: Log, n: u32) -> Future<()> {
    await_fut!(Future::ready(()));
    if n == 0 {
        note(&log, 10)
    } else {
        match n {
            1 => log.borrow_mut().push(11),
            2 => {
                await_fut!(Future::ready(()));
                check(0)
            }
            3 => return,
            4 => unreachable!("no test takes this branch"),
            5 => stop(),
            _ => check(1)?,
        }
    }
}

#[async_proc]
fn awaited(log: Log) -> Future<()> {
    await_fut!(call(log.clone()));
    call(log).await
}

#[async_proc]
fn awaited_without_a_value() -> Future<()> {
    std::future::ready(()).await
}

#[async_proc]
fn macros(log: Log) -> Future<()> {
    await_fut!(Future::ready(()));
    assert_eq!(log.borrow().len(), 0)
}

#[async_proc]
fn question() -> Future<()> {
    check(await_fut!(Future::ready(0)))?
}

#[async_proc]
fn converted() -> Future<()> {
    await_fut!(Future::ready(()));
    "12".parse::<u32>().map(|_| ()).map_err(Into::into)
}

#[test]
fn a_tail_without_a_value_is_a_success() -> Result<(), Error> {
    let log = Log::default();
    wait_for(method(Vec::new()))?;
    wait_for(macros(log.clone()))?;
    wait_for(call(log.clone()))?;
    wait_for(awaited(log.clone()))?;
    wait_for(awaited_without_a_value())?;
    wait_for(converted())?;
    assert_eq!(*log.borrow(), [1, 1, 1]);
    Ok(())
}

#[test]
fn each_branch_ends_in_its_own_way() -> Result<(), Error> {
    for (n, noted) in [(0, &[10][..]), (1, &[11]), (3, &[]), (6, &[])] {
        let log = Log::default();
        wait_for(branches(log.clone(), n))?;
        assert_eq!(*log.borrow(), noted);
    }
    Ok(())
}

#[test]
fn a_tail_that_is_an_error_is_one() {
    assert!(wait_for(question()).is_err_and(|error| error.to_string() == "nothing"));
    assert!(
        wait_for(branches(Log::default(), 2)).is_err_and(|error| error.to_string() == "nothing")
    );
}
