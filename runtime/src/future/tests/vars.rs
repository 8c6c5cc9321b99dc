use super::{Log, settle};
use crate::error::FutureErrorKind;
use crate::future::and;
use crate::{Error, Future, FutureVar};

fn awaiting(var: &FutureVar<String>) -> Future<String> {
    let var = var.clone();
    Future::from_std(async move { var.await })
}

#[test]
fn it_has_its_value_whether_pending_or_complete() {
    let var = FutureVar::new("v", 1);
    var.with(|value| *value += 1);
    assert!(!var.finished());
    var.complete().unwrap();
    assert_eq!(var.with(|value| *value), 2);
    var.clean();
    assert!(!var.finished());
    assert_eq!((var.replace(3), var.take(), var.take()), (2, 3, 0));
}

#[test]
fn completing_it_twice_is_an_error_that_names_it_and_changes_nothing() {
    let line = line!() + 1;
    let var = FutureVar::new("answer", 1);
    var.complete_with(2).unwrap();
    for error in [var.complete().unwrap_err(), var.complete_with(3).unwrap_err()] {
        assert_eq!(error.kind(), FutureErrorKind::AlreadyFinished);
        assert_eq!((error.name(), error.created().line()), ("answer", line));
        assert_eq!(error.created().file(), file!());
    }
    assert_eq!(var.read().unwrap(), 2);
    var.clean();
    var.complete_with(3).unwrap();
    assert_eq!(var.read().unwrap(), 3);
}

#[test]
fn reading_it_while_it_is_pending_is_an_error_value() {
    let line = line!() + 1;
    let var = FutureVar::<String>::default();
    let error = var.read().unwrap_err();
    let error = error.downcast_ref::<crate::FutureError>().unwrap();
    assert_eq!((error.kind(), error.created().line()), (FutureErrorKind::Pending, line));
}

#[test]
fn any_number_await_it_and_go_on_in_order_from_the_queue() {
    let log = Log::default();
    let var = FutureVar::new("v", String::new());
    let procs: Vec<_> = (0..3).map(|_| awaiting(&var)).collect();
    for (n, proc) in procs.iter().enumerate() {
        let log = log.clone();
        proc.add_callback(move |proc| log.note(format!("{n}:{}", proc.read().unwrap())));
    }
    var.complete_with("there".to_owned()).unwrap();
    log.note("completed");
    settle();
    assert_eq!(log.take(), ["completed", "0:there", "1:there", "2:there"]);
    assert_eq!(awaiting(&var).read().unwrap(), "there", "at once");
}

#[test]
fn who_waited_goes_on_also_if_it_is_cleaned_meanwhile() {
    let var = FutureVar::new("v", String::new());
    let proc = awaiting(&var);
    var.complete_with("first".to_owned()).unwrap();
    var.clean();
    let next = awaiting(&var);
    settle();
    assert_eq!(proc.read().unwrap(), "first");
    assert!(!next.finished());
    var.complete_with("second".to_owned()).unwrap();
    settle();
    assert_eq!(next.read().unwrap(), "second");
}

#[test]
fn cancelling_who_waits_leaves_it_and_the_others_alone() {
    let var = FutureVar::new("v", String::new());
    let alone = awaiting(&var);
    alone.cancel();
    let (one, other) = (awaiting(&var), awaiting(&var));
    one.cancel();
    var.complete_with("there".to_owned()).unwrap();
    settle();
    assert_eq!(other.read().unwrap(), "there");
}

#[test]
fn its_completion_can_be_combined() {
    let (a, b) = (FutureVar::new("a", ()), FutureVar::new("b", ()));
    let both = and(a.completion(), b.completion());
    a.complete().unwrap();
    settle();
    assert!(!both.finished());
    b.complete().unwrap();
    settle();
    both.read().unwrap();
}

#[test]
fn using_it_inside_of_its_own_use_panics_and_says_what_is_in_use() {
    let var = FutureVar::new("busy", 0);
    let inner = var.clone();
    let proc: Future<()> = Future::from_std(async move {
        var.with(|_| inner.with(|_| ()));
        Ok::<_, Error>(())
    });
    assert!(proc.read_error().unwrap().to_string().contains("`busy` is in use"));
}
