//! Pipes to processes and chains of them: everything in, everything out, and nothing left behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod left_behind;
mod own_process;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use async_proc::dispatch;
use async_proc::future;
use async_proc::prelude::*;
use async_proc::process::{AsyncPipe, Child, Command, CommandError, Communicated, Input};
use left_behind::leaves_nothing;

const MIB: usize = 1 << 20;

/// A shell's script with the given ends (of `i`, `o`, `e`) piped, and the others closed.
fn script(ends: &str, text: &str) -> Child {
    let end = |name| if ends.contains(name) { Stdio::piped() } else { Stdio::null() };
    let command = Command::new("sh").args(["-c", text]).kill_on_drop(true);
    command.stdin(end('i')).stdout(end('o')).stderr(end('e')).spawn().unwrap()
}

fn communicate(ends: &str, text: &str, input: impl Into<Input>) -> Communicated {
    let pipe = AsyncPipe::new(script(ends, text), None).unwrap();
    wait_for(pipe.communicate(input)).unwrap()
}

/// Bytes that repeat after a prime number.
fn pattern(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

#[test]
fn what_goes_in_and_comes_out_of_each_combination_of_piped_ends() {
    leaves_nothing("what_goes_in_and_comes_out_of_each_combination_of_piped_ends", || {
        let text = "read line; printf 'banana'; printf 'pineapple' >&2; [ \"$line\" = pear ]";
        for ends in ["", "i", "o", "e", "io", "ie", "oe", "ioe"] {
            let ended = communicate(ends, text, "pear\n");
            let expected = |name: char, text: &str| ends.contains(name).then(|| text.into());
            assert_eq!(ended.stdout, expected('o', "banana"), "{ends}");
            assert_eq!(ended.stderr, expected('e', "pineapple"), "{ends}");
            assert_eq!(ended.statuses.len(), 1);
            assert_eq!(ended.statuses[0].success(), ends.contains('i'), "{ends}");
        }
    });
}

#[test]
fn nothing_and_no_bytes_close_the_stdin() {
    leaves_nothing("nothing_and_no_bytes_close_the_stdin", || {
        for input in [Input::from(None), Input::from("")] {
            let ended = communicate("io", "cat; echo end", input);
            assert_eq!(ended.stdout.unwrap(), b"end\n");
        }
    });
}

#[test]
fn sixty_four_mib_go_in_and_out_while_the_errors_fill_their_pipe() {
    leaves_nothing("sixty_four_mib_go_in_and_out_while_the_errors_fill_their_pipe", || {
        let input = pattern(64 * MIB);
        let text = "head -c 4194304 /dev/zero >&2; cat; head -c 4194304 /dev/zero >&2";
        let ended = communicate("ioe", text, input.clone());
        assert!(ended.stdout.unwrap() == input);
        assert_eq!(ended.stderr.unwrap().len(), 8 * MIB);
        assert!(ended.statuses[0].success());
    });
}

#[test]
fn a_process_that_reads_nothing_or_stops_in_the_middle_is_no_error() {
    leaves_nothing("a_process_that_reads_nothing_or_stops_in_the_middle_is_no_error", || {
        for (text, expected) in [("true", 0), ("head -c 10", 10), ("exec <&-; sleep 0.1", 0)] {
            let ended = communicate("io", text, pattern(4 * MIB));
            assert_eq!(ended.stdout.unwrap(), pattern(expected), "{text}");
            assert!(ended.statuses[0].success(), "{text}");
        }
        // It has ended, and was waited for, before anything is written.
        let child = script("i", "exit 3");
        let pipe = AsyncPipe::new(child.clone(), None).unwrap();
        wait_for(child.wait()).unwrap();
        let ended = wait_for(pipe.communicate(pattern(MIB))).unwrap();
        assert_eq!(ended.statuses[0].code(), Some(3));
    });
}

#[test]
fn the_loop_goes_on_while_a_process_lives_without_its_stdout() {
    leaves_nothing("the_loop_goes_on_while_a_process_lives_without_its_stdout", || {
        // It lives until the other end of its stdin is closed, which a timer does.
        let (reader, writer) = io::pipe().unwrap();
        let command = Command::new("sh").args(["-c", "exec >&-; cat >/dev/null; exit 7"]);
        let child = command.stdin(reader).stdout(Stdio::piped()).spawn().unwrap();
        let pipe = AsyncPipe::new(child, None).unwrap();
        let (ticks, writer) = (Rc::new(Cell::new(0)), Cell::new(Some(writer)));
        let count = ticks.clone();
        dispatch::add_timer(Duration::from_millis(1), false, move || {
            count.set(count.get() + 1);
            if count.get() == 50 {
                drop(writer.take());
            }
            count.get() == 50
        });
        let ended = wait_for(pipe.communicate(None)).unwrap();
        assert_eq!((ended.stdout.as_deref(), ticks.get()), (Some(&[][..]), 50));
        assert_eq!(ended.statuses[0].code(), Some(7));
    });
}

#[test]
fn a_file_is_read_from_where_it_stands() {
    leaves_nothing("a_file_is_read_from_where_it_stands", || {
        let path = std::env::temp_dir().join(format!("async-proc-{}", std::process::id()));
        let mut options = File::options();
        let mut file = options.create_new(true).read(true).write(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let bytes = pattern(3 * MIB + 17);
        file.write_all(&bytes).unwrap();
        file.seek(SeekFrom::Start(10)).unwrap();
        let ended = communicate("io", "cat", file.try_clone().unwrap());
        assert!(ended.stdout.unwrap() == bytes[10..]);
        // What is not read is not missed.
        file.seek(SeekFrom::Start(0)).unwrap();
        let ended = communicate("io", "head -c 3", file);
        assert_eq!(ended.stdout.unwrap(), bytes[..3]);

        let directory = File::open("/").unwrap();
        let pipe = AsyncPipe::new(script("io", "cat"), None).unwrap();
        let error = wait_for(pipe.communicate(directory)).unwrap_err();
        assert_eq!(error.io_kind(), Some(io::ErrorKind::IsADirectory));
        assert!(wait_for(pipe.wait()).unwrap()[0].success(), "its stdin was closed");
    });
}

#[test]
fn a_chain_has_every_member_reaped_and_their_statuses_in_order() {
    leaves_nothing("a_chain_has_every_member_reaped_and_their_statuses_in_order", || {
        let shell = |text| Command::new("sh").args(["-c", text]).stderr(Stdio::piped());
        let chain = shell("cat; echo a >&2; exit 1")
            .pipe(shell("tr a-z A-Z; echo b >&2; exit 2"))
            .pipe(shell("rev; echo c >&2; exit 3"));
        let pipe = chain.spawn().unwrap();
        assert_eq!(pipe.poll().unwrap(), None);
        let ended = wait_for(pipe.communicate("abc\n")).unwrap();
        assert_eq!(ended.stdout.unwrap(), b"CBA\n");
        assert_eq!(ended.stderr.unwrap(), b"a\nb\nc\n");
        let codes: Vec<_> = ended.statuses.iter().map(|status| status.code().unwrap()).collect();
        assert_eq!(codes, [1, 2, 3]);
        assert_eq!(pipe.poll().unwrap().unwrap().code(), Some(3));
    });
}

#[test]
fn the_first_of_a_chain_is_told_that_the_last_has_ended() {
    leaves_nothing("the_first_of_a_chain_is_told_that_the_last_has_ended", || {
        let yes = Command::new("yes").stdin(Stdio::null());
        let pipe = yes.pipe(Command::new("head").args(["-n", "2"])).spawn().unwrap();
        let ended = wait_for(pipe.communicate(None)).unwrap();
        assert_eq!(ended.stdout.unwrap(), b"y\ny\n");
        assert_eq!(ended.statuses[0].signal(), Some(libc::SIGPIPE));
        assert!(ended.statuses[1].success());
    });
}

#[test]
fn a_chain_of_which_a_program_is_missing_leaves_nothing() {
    leaves_nothing("a_chain_of_which_a_program_is_missing_leaves_nothing", || {
        let chain = Command::new("sleep").arg("1000").pipe(Command::new("/no/such/program"));
        let error = chain.spawn().unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(CommandError::Spawn { program, .. })
            if program == "/no/such/program"));
    });
}

#[test]
fn a_hundred_chains_at_once() {
    leaves_nothing("a_hundred_chains_at_once", || {
        let input = pattern(200_000);
        let pipes: Vec<_> = (0..100)
            .map(|_| Command::new("cat").pipe(Command::new("cat")).spawn().unwrap())
            .collect();
        let all: Vec<_> = pipes.iter().map(|pipe| pipe.communicate(input.clone())).collect();
        for ended in wait_for(future::all(all)).unwrap() {
            assert!(ended.stdout.unwrap() == input);
            assert!(ended.statuses.len() == 2 && ended.statuses.iter().all(|s| s.success()));
        }
    });
}

#[test]
fn twenty_that_take_a_while_go_on_together() {
    leaves_nothing("twenty_that_take_a_while_go_on_together", || {
        // Each waits for the others: in turn they would never end.
        let (mut reader, writer) = io::pipe().unwrap();
        let pipes: Vec<_> = (0..20)
            .map(|_| {
                let text = "printf x >&2; read line; echo done";
                let command = Command::new("sh").args(["-c", text]).stdin(Stdio::piped());
                let stderr = writer.try_clone().unwrap();
                let child = command.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
                AsyncPipe::new(child, None).unwrap()
            })
            .collect();
        drop(writer);
        let mut all_are_there = [0; 20];
        reader.read_exact(&mut all_are_there).unwrap();
        let all: Vec<_> = pipes.iter().map(|pipe| pipe.communicate("\n")).collect();
        for ended in wait_for(future::all(all)).unwrap() {
            assert_eq!(ended.stdout.unwrap(), b"done\n");
        }
    });
}

#[test]
fn closing_fails_who_communicates_and_what_is_closed_is_an_error() {
    leaves_nothing("closing_fails_who_communicates_and_what_is_closed_is_an_error", || {
        let pipe = AsyncPipe::new(script("ioe", "exec sleep 1000"), None).unwrap();
        let pending = pipe.communicate(pattern(MIB));
        dispatch::poll(Duration::ZERO).unwrap();
        assert!(!pending.finished());
        pipe.kill().unwrap();
        pipe.close();
        pipe.close();
        assert_eq!(wait_for(pending).unwrap_err().kind(), ErrorKind::Closed);
        let again = wait_for(pipe.communicate("late")).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Closed);
        assert!(pipe.poll().unwrap().is_none() && pipe.members().is_empty());
        dispatch::run_forever().unwrap();
    });
}

#[test]
fn who_gives_up_closes_the_ends_and_the_process_finds_out() {
    leaves_nothing("who_gives_up_closes_the_ends_and_the_process_finds_out", || {
        let pipe = AsyncPipe::new(script("io", "cat; true"), None).unwrap();
        let pending = pipe.communicate(pattern(16 * MIB));
        assert!(pending.cancel());
        assert!(!has_pending_operations());
        // It has come to the end of its stdin, or to that of its stdout.
        wait_for(pipe.wait()).unwrap();
    });
}

#[test]
fn the_output_is_everything_unless_it_goes_elsewhere() {
    leaves_nothing("the_output_is_everything_unless_it_goes_elsewhere", || {
        let shell = || Command::new("sh").args(["-c", "cat; echo out; echo err >&2; exit 4"]);
        let ended = wait_for(shell().output()).unwrap();
        assert_eq!(ended.stdout.as_deref(), Some(&b"out\n"[..]));
        assert_eq!(ended.stderr.as_deref(), Some(&b"err\n"[..]));
        assert_eq!(ended.statuses[0].code(), Some(4));
        let ended = wait_for(shell().stderr(Stdio::null()).output()).unwrap();
        assert_eq!((ended.stdout.unwrap().len(), ended.stderr), (4, None));
        assert!(wait_for(Command::new("/no/such/program").output()).is_err());
    });
}
