//! Generates programs, compares what rustc and we make of them, and shrinks what differs.
//!
//! ```sh
//! cargo run -p async-proc-generated -- --seed 7 --count 5000 --edition 2021
//! ```

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_proc_generated::check::{Copies, Judge, Toolchain, survey};
use async_proc_generated::grammar::Grammar;

const USAGE: &str = "\
usage: cargo run -p async-proc-generated -- [OPTION…]
  --seed N         other programs for another seed (1)
  --count N        how many (500)
  --first N        the number of the first (0)
  --edition YEAR   2021 or 2024 (2024)
  --threads N      how many compile and run (2)
  --shrink N       how many failures to shrink (5)
  --refused        count a refusal by our compiler as a failure
  --beyond         generate also what the README lists as refused or different
  --print          print the programs instead";

struct Options {
    seed: u64,
    count: usize,
    first: usize,
    edition: u16,
    threads: usize,
    shrink: usize,
    refused: bool,
    beyond: bool,
    print: bool,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let grammar = Grammar { edition: options.edition, beyond: options.beyond };
    let numbers: Vec<usize> = (options.first..options.first + options.count).collect();
    if options.print {
        for number in numbers {
            println!("{}", grammar.program(options.seed, number));
        }
        return ExitCode::SUCCESS;
    }
    let judge = Judge {
        toolchain: Toolchain::find(),
        edition: options.edition,
        copies: Copies::Ours,
        folder: format!("{}-{}", options.edition, std::process::id()),
    };
    let mut report = survey(&judge, grammar, options.seed, &numbers, options.threads);
    report.failures.sort_by_key(|(number, ..)| *number);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..options.threads {
            let judge = Judge { folder: format!("{}-{thread}", judge.folder), ..judge.clone() };
            let (next, failures) =
                (&next, &report.failures[..options.shrink.min(report.failures.len())]);
            scope.spawn(move || {
                while let Some((number, program, verdict)) =
                    failures.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let (program, verdict) = judge.shrink(program, verdict);
                    println!("---- program {number}\n\n{program}\n{}\n", verdict.text());
                }
            });
        }
    });
    for (number, _, verdict) in report.failures.iter().skip(options.shrink) {
        println!("---- program {number}: {}", verdict.text().lines().next().unwrap_or_default());
    }
    print!("{}", report.refusals());
    println!("seed {}, edition {}: {report}", options.seed, options.edition);
    let refused = options.refused && !report.refused.is_empty();
    if report.failures.is_empty() && !refused { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn options() -> Option<Options> {
    let mut options = Options {
        seed: 1,
        count: 500,
        first: 0,
        edition: 2024,
        threads: 2,
        shrink: 5,
        refused: false,
        beyond: false,
        print: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "--refused" => options.refused = true,
            "--beyond" => options.beyond = true,
            "--print" => options.print = true,
            "--seed" => options.seed = arguments.next()?.parse().ok()?,
            "--edition" => options.edition = arguments.next()?.parse().ok()?,
            _ => {
                let number = arguments.next()?.parse().ok()?;
                match option.as_str() {
                    "--count" => options.count = number,
                    "--first" => options.first = number,
                    "--threads" => options.threads = number,
                    "--shrink" => options.shrink = number,
                    _ => return None,
                }
            }
        }
    }
    Some(options)
}
