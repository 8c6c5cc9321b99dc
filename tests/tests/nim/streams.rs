//! Streams between procs.

use std::time::Duration;

use async_proc::prelude::*;

use crate::Log;

#[async_proc]
fn produce(numbers: FutureStream<u32>, log: Log) {
    for n in 0..6 {
        sleep_async(Duration::ZERO).await?;
        numbers.write(n).await?;
    }
    log.note("produced");
    numbers.complete()?;
}

#[async_proc]
fn consume(numbers: FutureStream<u32>, log: Log) {
    while let Some(n) = numbers.read().await? {
        log.note(n);
    }
    log.note("finished");
}

#[test]
fn a_consumer_gets_what_a_producer_writes_and_then_the_end() {
    let (log, numbers) = (Log::default(), FutureStream::new("numbers"));
    let consumer = consume(numbers.clone(), log.clone());
    async_check(produce(numbers, log.clone()));
    wait_for(consumer).unwrap();
    assert_eq!(log.take(), ["0", "1", "2", "3", "4", "produced", "5", "finished"]);
}

#[test]
fn a_slow_consumer_slows_the_producer_down() {
    #[async_proc]
    fn fast(numbers: FutureStream<u32>, log: Log) {
        for n in 0..4 {
            numbers.write(n).await?;
            log.note(format_args!("wrote {n}"));
        }
        numbers.complete()?;
    }
    let (log, numbers) = (Log::default(), FutureStream::with_capacity("numbers", 2));
    async_check(fast(numbers.clone(), log.clone()));
    run_forever().unwrap();
    assert_eq!(log.take(), ["wrote 0", "wrote 1"]);
    wait_for(consume(numbers, log.clone())).unwrap();
    let got = log.take();
    let read: Vec<_> = got.iter().filter(|line| !line.starts_with("wrote")).collect();
    assert_eq!(read, ["0", "1", "2", "3", "finished"]);
    assert_eq!(got.len(), 7);
}

#[test]
fn everything_is_read_by_a_call_that_came_before_the_first_value() {
    #[async_proc]
    fn spell(text: &'static str, letters: FutureStream<String>) {
        for letter in text.chars() {
            sleep_async(Duration::ZERO).await?;
            letters.write(letter.to_string()).await?;
        }
        letters.complete()?;
    }
    let letters = FutureStream::new("letters");
    let all = letters.read_all();
    async_check(spell("hello", letters));
    assert_eq!(wait_for(all).unwrap(), "hello");

    let bytes = FutureStream::<Vec<u8>>::new("bytes");
    for piece in [&b"ab"[..], b"", b"c"] {
        async_check(bytes.write(piece.to_vec()));
    }
    bytes.complete().unwrap();
    assert_eq!(wait_for(bytes.read_all()).unwrap(), b"abc");
}

#[test]
fn reading_everything_of_one_that_fails_fails_with_its_error() {
    let pieces = FutureStream::new("pieces");
    let all = pieces.read_all();
    async_check(pieces.write(String::from("in vain")));
    pieces.fail(Error::new("broken")).unwrap();
    assert_eq!(wait_for(all).unwrap_err().to_string(), "broken");
}

#[test]
fn reads_that_two_procs_began_are_served_in_their_order() {
    #[async_proc]
    fn one(who: char, numbers: FutureStream<u32>, log: Log) {
        let n = numbers.read().await?;
        log.note(format_args!("{who} {n:?}"));
    }
    let (log, numbers) = (Log::default(), FutureStream::new("numbers"));
    for who in ['a', 'b'] {
        async_check(one(who, numbers.clone(), log.clone()));
    }
    for n in [1, 2] {
        async_check(numbers.write(n));
    }
    run_forever().unwrap();
    assert_eq!(log.take(), ["a Some(1)", "b Some(2)"]);
}

#[test]
fn a_read_that_timed_out_takes_no_value_with_it() {
    #[async_proc]
    fn impatient(numbers: FutureStream<u32>) -> Future<(bool, Option<u32>)> {
        let in_time = with_timeout(numbers.read(), Duration::ZERO).await?;
        async_check(numbers.write(7));
        Ok((in_time, numbers.read().await?))
    }
    assert_eq!(wait_for(impatient(FutureStream::new("numbers"))).unwrap(), (false, Some(7)));
}
