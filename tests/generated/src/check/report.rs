//! A survey of many programs, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::judge::unnamed;
use super::{Judge, Verdict};
use crate::grammar::Grammar;
use crate::program::Program;

/// How many programs are compiled at once.
const BATCH: usize = 100;

/// What became of the programs of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// All of them.
    pub programs: usize,
    /// Those that do the same as rustc's.
    pub equal: usize,
    /// The runs in which they did.
    pub runs: usize,
    /// Those that drop in another order after a panic.
    pub reordered: Vec<usize>,
    /// Those that were too large to be run.
    pub large: usize,
    /// Those that rustc does not compile, by message, with the number of one.
    pub rejected: BTreeMap<String, Vec<usize>>,
    /// Those that our compiler does not compile, by message.
    pub refused: BTreeMap<String, Vec<usize>>,
    /// Those that are wrong.
    pub failures: Vec<(usize, Program, Verdict)>,
}

/// Judges the programs with these numbers, on so many threads.
pub fn survey(
    judge: &Judge,
    grammar: Grammar,
    seed: u64,
    numbers: &[usize],
    threads: usize,
) -> Report {
    let batches: Vec<&[usize]> = numbers.chunks(BATCH).collect();
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (batches, next, report) = (&batches, &next, &report);
            let judge = Judge { folder: format!("{}-{thread}", judge.folder), ..judge.clone() };
            scope.spawn(move || {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let programs: Vec<Program> =
                        batch.iter().map(|&number| grammar.program(seed, number)).collect();
                    let verdicts = judge.judge(&programs);
                    let mut report = report.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    for ((&number, program), verdict) in batch.iter().zip(programs).zip(verdicts) {
                        report.add(number, program, verdict);
                    }
                    eprintln!("{report}");
                }
            });
        }
    });
    report.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Report {
    fn add(&mut self, number: usize, program: Program, verdict: Verdict) {
        self.programs += 1;
        match verdict {
            Verdict::Equal(runs) => {
                self.equal += 1;
                self.runs += runs;
            }
            Verdict::Reordered(runs) => {
                self.reordered.push(number);
                self.runs += runs;
            }
            Verdict::Large => self.large += 1,
            Verdict::Rejected(message) => {
                self.rejected.entry(unnamed(&message)).or_default().push(number);
            }
            Verdict::Refused(message) => {
                self.refused.entry(message).or_default().push(number);
            }
            failure => self.failures.push((number, program, failure)),
        }
    }

    /// Those refused, by rustc and by us, with the numbers of some of each kind.
    pub fn refusals(&self) -> String {
        let mut text = String::new();
        for (by, messages) in [("rustc", &self.rejected), ("ours", &self.refused)] {
            for (message, numbers) in messages {
                let some = &numbers[..numbers.len().min(5)];
                text.push_str(&format!("{by}: {} of {message} {some:?}\n", numbers.len()));
            }
        }
        text
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |of: &BTreeMap<_, Vec<usize>>| of.values().map(Vec::len).sum::<usize>();
        write!(
            f,
            "{} programs: {} equal in {} runs, {} failures, {} reordered after a panic, \
             {} refused, {} rejected by rustc, {} too large",
            self.programs,
            self.equal,
            self.runs,
            self.failures.len(),
            self.reordered.len(),
            count(&self.refused),
            count(&self.rejected),
            self.large,
        )
    }
}
