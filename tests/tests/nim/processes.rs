//! Processes that exit.

use std::cell::Cell;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use async_proc::dispatch::{
    Dispatcher, add_process, has_pending_operations, process_exit, run_forever,
};
use async_proc::prelude::*;

/// A child that exits when its input ends.
fn child() -> Child {
    Command::new("cat").stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn the_exit_of_one_child_is_told_to_who_watches_that_one() {
    let mut children = [child(), child()];
    let told = [0, 1].map(|_| Rc::new(Cell::new(0)));
    for (child, told) in children.iter().zip(&told) {
        let told = told.clone();
        add_process(child.id(), move |pid| told.set(pid)).unwrap();
    }
    drop(children[1].stdin.take());
    while told[1].get() == 0 {
        poll(None).unwrap();
    }
    assert_eq!((told[0].get(), told[1].get()), (0, children[1].id()));
    assert!(has_pending_operations(), "the other one goes on");
    drop(children[0].stdin.take());
    run_forever().unwrap();
    assert_eq!(told[0].get(), children[0].id());
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
    for child in &mut children {
        assert!(child.wait().unwrap().success(), "its exit was left to it");
    }
}

#[async_proc]
fn run(mut command: Command) -> Future<Option<i32>> {
    let mut child = command.spawn()?;
    process_exit(child.id()).await?;
    Ok(child.wait()?.code())
}

#[test]
fn a_child_is_awaited_and_its_code_read() {
    let mut command = Command::new("sh");
    command.args(["-c", "exit 3"]);
    assert_eq!(wait_for(run(command)).unwrap(), Some(3));
}
