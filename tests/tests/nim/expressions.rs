//! Awaits in the middle of expressions.

use std::rc::Rc;

use async_proc::prelude::*;

use crate::Log;

#[async_proc]
fn number(n: u32, log: Log) -> Future<u32> {
    sleep_async(std::time::Duration::ZERO).await?;
    log.note(n);
    Ok(n)
}

fn digits(a: u32, b: u32, c: u32) -> u32 {
    a * 100 + b * 10 + c
}

#[test]
fn awaits_in_a_list_are_done_from_left_to_right() {
    #[async_proc]
    fn list(log: Log) -> Future<Vec<u32>> {
        let n = |n| number(n, log.clone());
        Ok(vec![n(1).await?, n(2).await?, 3, n(4).await?])
    }
    let log = Log::default();
    assert_eq!(wait_for(list(log.clone())).unwrap(), [1, 2, 3, 4]);
    assert_eq!(log.take(), ["1", "2", "4"]);
}

#[test]
fn awaits_in_arguments_are_done_from_left_to_right() {
    #[async_proc]
    fn arguments(log: Log) -> Future<u32> {
        let n = |n| number(n, log.clone());
        Ok(digits(n(1).await?, n(digits(0, 0, n(2).await?)).await?, n(3).await?))
    }
    let log = Log::default();
    assert_eq!(wait_for(arguments(log.clone())).unwrap(), 123);
    assert_eq!(log.take(), ["1", "2", "2", "3"]);
}

#[test]
fn awaits_choose_and_are_chosen() {
    #[async_proc]
    fn chosen(n: u32, log: Log) -> Future<String> {
        let number = |n| number(n, log.clone());
        let chosen = match number(n).await? {
            0 => "none".to_owned(),
            1 if number(5).await? == 6 => unreachable!("5 is not 6"),
            1 => number(10).await?.to_string(),
            n => match number(n + 1).await? {
                3 => "three".to_owned(),
                n => format!("{n}"),
            },
        };
        Ok(chosen)
    }
    let log = Log::default();
    let chosen = |n| wait_for(chosen(n, log.clone())).unwrap();
    assert_eq!([chosen(0), chosen(1), chosen(2), chosen(3)], ["none", "10", "three", "4"]);
    assert_eq!(log.take(), ["0", "1", "5", "10", "2", "3", "3", "4"]);
}

#[test]
fn a_field_of_what_was_awaited_is_used_in_arithmetic() {
    #[derive(Clone)]
    struct Point {
        x: u32,
        y: [u32; 2],
    }
    #[async_proc]
    fn point(n: u32, log: Log) -> Future<Point> {
        Ok(Point { x: number(n, log).await?, y: [n + 1, n + 2] })
    }
    #[async_proc]
    fn sum(log: Log) -> Future<u32> {
        let index = number(1, log.clone()).await? as usize;
        Ok(point(1, log.clone()).await?.x * 10 + point(5, log.clone()).await?.y[index])
    }
    assert_eq!(wait_for(sum(Log::default())).unwrap(), 17);
}

#[test]
fn conditions_and_operators_wait_only_for_what_they_need() {
    #[async_proc]
    fn needed(log: Log) -> Future<bool> {
        let n = |n| number(n, log.clone());
        let mut rounds = 0;
        while n(rounds).await? < 2 && (rounds == 1 || n(10).await? == 10) {
            rounds += 1;
        }
        Ok(n(7).await? == 8 || n(9).await? == 9)
    }
    let log = Log::default();
    assert!(wait_for(needed(log.clone())).unwrap());
    assert_eq!(log.take(), ["0", "10", "1", "2", "7", "9"]);
}

#[test]
fn the_value_of_a_try_in_an_expression_waits_in_every_branch() {
    #[async_proc]
    fn parsed(text: &'static str, log: Log) -> Future<u32> {
        let value = 1 + match text.parse::<u32>() {
            Ok(n) => number(n, log.clone()).await?,
            Err(_) => {
                let fallback = number(41, log.clone()).await?;
                log.note("fell back");
                fallback
            }
        };
        log.note("in any case");
        Ok(value)
    }
    let log = Log::default();
    assert_eq!(wait_for(parsed("1", log.clone())).unwrap(), 2);
    assert_eq!(wait_for(parsed("one", log.clone())).unwrap(), 42);
    assert_eq!(log.take(), ["1", "in any case", "41", "fell back", "in any case"]);
}

#[test]
fn constants_and_shared_values_are_where_they_belong() {
    #[async_proc]
    fn constants() -> Future<(Vec<u8>, bool)> {
        const LETTERS: [u8; 1] = [b'a'];
        let mut seen = Vec::new();
        for letter in LETTERS {
            sleep_async(std::time::Duration::ZERO).await?;
            seen.push(letter);
        }
        let shared = Rc::new(seen);
        Ok((shared.to_vec(), LETTERS.len() == shared.len()))
    }
    assert_eq!(wait_for(constants()).unwrap(), (vec![97], true));
}
