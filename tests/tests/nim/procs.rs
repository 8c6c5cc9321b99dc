//! Procs: how they start, end, nest and are written.

use std::collections::HashMap;
use std::fmt::Display;
use std::marker::PhantomData;
use std::time::Duration;

use async_proc::prelude::*;

use crate::Log;

/// Writes a proc of any name.
macro_rules! proc_that_says {
    ($name:ident, $text:literal) => {
        #[async_proc]
        fn $name() -> Future<&'static str> {
            sleep_async(Duration::ZERO).await?;
            Ok($text)
        }
    };
}

proc_that_says!(written_by_a_macro, "by a macro");

#[async_proc]
fn soon<T>(value: T) -> Future<T>
where
    T: 'static,
{
    sleep_async(Duration::ZERO).await?;
    Ok(value)
}

#[test]
fn the_last_expression_is_the_value_and_so_is_what_is_returned() {
    #[async_proc]
    fn last() -> Future<String> {
        sleep_async(Duration::ZERO).await?;
        Ok("Hello".to_owned())
    }
    #[async_proc]
    #[allow(clippy::needless_return, reason = "it is about `return`")]
    fn returned() -> Future<u8> {
        let result = 9;
        sleep_async(Duration::ZERO).await?;
        return Ok(result);
    }
    #[async_proc]
    #[allow(clippy::needless_return, reason = "it is about `return`")]
    fn awaited() -> Future<u8> {
        return returned().await;
    }
    assert_eq!(wait_for(last()).unwrap(), "Hello");
    assert_eq!((wait_for(returned()).unwrap(), wait_for(awaited()).unwrap()), (9, 9));
}

#[test]
fn one_runs_in_its_call_to_its_first_wait_and_one_that_need_not_wait_to_its_end() {
    #[async_proc]
    fn runs(gate: Future<()>, log: Log) {
        log.note("started");
        gate.await?;
        log.note("went on");
    }
    let (log, gate) = (Log::default(), Future::new("gate"));
    let proc = runs(gate.clone(), log.clone());
    assert_eq!(log.take(), ["started"]);
    gate.complete(()).unwrap();
    let at_once = runs(gate, log.clone());
    assert_eq!(log.take(), ["started", "went on"]);
    assert!(at_once.finished() && !proc.finished());
    wait_for(proc).unwrap();
}

#[test]
fn no_error_of_one_leaves_its_call() {
    #[async_proc]
    fn fails_at_once(panics: bool) {
        assert!(!panics, "a defect");
        Err(Error::new("an error"))?;
        sleep_async(Duration::ZERO).await?;
    }
    let errors = [false, true].map(|panics| fails_at_once(panics).read_error().unwrap());
    assert_eq!(errors.map(|error| error.kind()), [ErrorKind::Other, ErrorKind::Panicked]);
}

#[test]
fn nested_ones_run_in_the_order_of_their_awaits() {
    #[async_proc]
    fn main_task(log: Log) {
        #[async_proc]
        fn f(log: Log) -> Future<u32> {
            log.note("1");
            let _ = soon(0).await?;
            Ok(2)
        }
        #[async_proc]
        fn g(log: Log) -> Future<u32> {
            log.note("4");
            let unused = f(log.clone()).await?;
            log.note(unused);
            let _ = f(log.clone()).await?;
            Ok(6)
        }
        log.note(f(log.clone()).await?);
        log.note("3");
        let g = g(log.clone());
        log.note(g.await?);
    }
    let log = Log::default();
    wait_for(main_task(log.clone())).unwrap();
    assert_eq!(log.take(), ["1", "2", "3", "4", "1", "2", "1", "6"]);
}

#[test]
fn a_nested_one_gives_a_list_and_calls_what_gives_a_future() {
    #[async_proc]
    fn outer(count: u32, make: fn(u32) -> Future<u32>) -> Future<Vec<u32>> {
        #[async_proc]
        fn inner(count: u32, make: impl Fn(u32) -> Future<u32> + 'static) -> Future<Vec<u32>> {
            let mut all = Vec::new();
            for n in 0..count {
                all.push(make(n).await?);
            }
            Ok(all)
        }
        inner(count, move |n| make(n + 1)).await
    }
    assert_eq!(wait_for(outer(3, soon)).unwrap(), [1, 2, 3]);
}

#[test]
fn ten_thousand_finished_futures_are_awaited_without_recursion_and_without_the_loop() {
    #[async_proc]
    fn sum(to: u64) -> Future<u64> {
        let mut sum = 0;
        for n in 1..=to {
            sum += Future::ready(n).await?;
        }
        Ok(sum)
    }
    let proc = sum(10_000);
    assert!(proc.finished());
    assert_eq!(proc.read().unwrap(), 50_005_000);
}

#[test]
fn one_finished_future_is_awaited_a_million_times() {
    #[async_proc]
    fn sum(one: Future<u64>) -> Future<u64> {
        let mut sum = 0;
        while sum < 1_000_000 {
            sum += (&one).await?;
        }
        Ok(sum)
    }
    assert_eq!(sum(Future::ready(1)).read().unwrap(), 1_000_000);
}

#[test]
fn generic_ones_are_compiled_for_each_type_and_constant() {
    #[async_proc]
    fn shown<T: Display + 'static, const N: usize>(values: [T; N]) -> Future<String> {
        let mut text = String::new();
        for value in values {
            text += &soon(value).await?.to_string();
        }
        Ok(text)
    }
    #[async_proc]
    fn made<T: Default + 'static>(_: PhantomData<T>) -> Future<T> {
        soon(T::default()).await
    }
    assert_eq!(wait_for(shown([1, 2])).unwrap(), "12");
    assert_eq!(wait_for(shown(["a", "b", "c"])).unwrap(), "abc");
    assert_eq!(wait_for(made(PhantomData::<u8>)).unwrap(), 0);
    assert_eq!(wait_for(made(PhantomData::<Option<String>>)).unwrap(), None);
}

#[test]
fn closures_start_them_and_are_kept_in_fields_of_generic_types() {
    struct Handler<T> {
        handle: Box<dyn Fn(T) -> Future<bool>>,
    }
    #[async_proc]
    fn is_long(text: String, than: usize) -> Future<bool> {
        Ok(soon(text).await?.len() > than)
    }
    #[async_proc]
    fn ask(handler: Handler<String>) -> Future<(bool, bool)> {
        let long = (handler.handle)("a long text".to_owned()).await?;
        Ok((long, (handler.handle)("short".to_owned()).await?))
    }
    let handler = Handler { handle: Box::new(|text| is_long(text, 6)) };
    assert_eq!(wait_for(ask(handler)).unwrap(), (true, false));

    type Handle = Box<dyn Fn(u32) -> Future<u32>>;
    let handlers: HashMap<&str, Handle> = HashMap::from([
        ("double", Box::new(|n: u32| soon(n * 2)) as Handle),
        ("block", Box::new(|n: u32| Future::from_std(async move { Ok(soon(n).await? + 1) }))),
    ]);
    assert_eq!(wait_for(handlers["double"](4)).unwrap(), 8);
    assert_eq!(wait_for(handlers["block"](4)).unwrap(), 5);
}

#[test]
fn they_are_methods_called_before_they_are_written_and_keep_their_attributes() {
    struct Counter(u32);
    impl Counter {
        #[async_proc]
        fn count(mut self, to: u32) -> Future<u32> {
            while self.0 < to {
                self.0 = self.up().await?;
            }
            Ok(self.0)
        }

        fn up(&self) -> Future<u32> {
            later(self.0)
        }
    }
    #[async_proc]
    #[inline(never)]
    #[allow(non_snake_case, improper_ctypes_definitions)]
    extern "C" fn later(N: u32) -> Future<u32> {
        soon(N + 1).await
    }
    assert_eq!(wait_for(Counter(2).count(5)).unwrap(), 5);
    let _: extern "C" fn(u32) -> Future<u32> = later;
}

#[test]
fn macros_write_them_under_names_and_types_of_their_own() {
    type Nothing = ();
    macro_rules! adders {
        ($($name:ident $by:literal),*) => {$(
            #[async_proc]
            fn $name(n: u32, done: Future<Nothing>) -> Future<u32> {
                done.await?;
                Ok(n + $by)
            }
        )*};
    }
    adders!(plus_one 1, plus_ten 10);
    fn generic<T: Into<u32> + 'static>(n: T) -> Future<u32> {
        #[async_proc]
        fn inside(n: u32) -> Future<u32> {
            Ok(plus_ten(n, soon(())).await? + plus_one(n, soon(())).await?)
        }
        inside(n.into())
    }
    assert_eq!(wait_for(generic(5_u8)).unwrap(), 21);
    assert_eq!(wait_for(written_by_a_macro()).unwrap(), "by a macro");
}

#[test]
fn one_that_never_ends_by_itself_can_be_left() {
    #[async_proc]
    fn serves(log: Log) -> Future<std::convert::Infallible> {
        loop {
            sleep_async(Duration::ZERO).await?;
            log.note("served");
            if log.0.borrow().len() == 3 {
                quit()?;
            }
        }
    }
    fn quit() -> Result<(), Error> {
        Err(Error::new("quit"))
    }
    let log = Log::default();
    assert_eq!(wait_for(serves(log.clone())).unwrap_err().to_string(), "quit");
    assert_eq!(log.take().len(), 3);
}

#[test]
fn waiting_for_one_inside_of_another_goes_on_with_the_loop() {
    #[async_proc]
    fn blocks() -> Future<u32> {
        let inner = wait_for(soon(1))?;
        Ok(inner + soon(1).await?)
    }
    assert_eq!(wait_for(blocks()).unwrap(), 2);
}
