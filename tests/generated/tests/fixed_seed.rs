//! The same programs in every run, compared in both editions.

use async_proc_generated::check::{Copies, Judge, Toolchain, survey};
use async_proc_generated::grammar::Grammar;

const SEED: u64 = 1;
const COUNT: usize = 100;

/// The programs of edition 2021 that our compiler does not compile, or not to the same, yet. The list
/// only ever gets shorter; to see one of them, shrunk:
/// `cargo run -p async-proc-generated -- --seed 1 --edition 2021 --first 29 --count 1`.
const KNOWN_2021: &[usize] = &[29, 84, 85];

/// The same of edition 2024.
const KNOWN_2024: &[usize] = &[93];

fn programs_are_equal(edition: u16, known: &[usize]) {
    let judge = Judge {
        toolchain: Toolchain::find(),
        edition,
        copies: Copies::Ours,
        folder: format!("fixed-{edition}-{}", std::process::id()),
    };
    let numbers: Vec<usize> = (0..COUNT).collect();
    let report = survey(&judge, Grammar { edition, beyond: false }, SEED, &numbers, 1);
    println!("{}{report}", report.refusals());
    for (number, program, verdict) in &report.failures {
        assert!(known.contains(number), "program {number}\n{program}\n{}", verdict.text());
    }
    assert!(report.equal > COUNT * 3 / 4, "most of the programs are compared: {report}");
}

#[test]
fn in_edition_2021() {
    programs_are_equal(2021, KNOWN_2021);
}

#[test]
fn in_edition_2024() {
    programs_are_equal(2024, KNOWN_2024);
}
