//! Many pairs in one program, whose report another program reads.

use std::panic::catch_unwind;

use super::{Scenario, run, run_all};

/// A pair: its name, rustc's scenarios and ours.
pub type Pair = (&'static str, &'static [Scenario], &'static [Scenario]);

/// What has more events than this in one run takes too long to be run in all ways.
const LARGE: usize = 500;

/// Compares each pair and prints a report, from the pair whose number is the program's first
/// argument on: who reads it starts again behind a pair that ended the whole program.
///
/// A pair's report is a line `@begin NAME`, and `@end EVENT`, where the event is `equal RUNS`,
/// `large`, `reordered RUNS` (only what a panic drops is, in so many runs), or `different`. The text of a difference stands between.
pub fn batch(pairs: &[Pair]) {
    let from = std::env::args().nth(1).and_then(|from| from.parse().ok()).unwrap_or(0);
    for (name, real, ours) in pairs.iter().skip(from) {
        println!("@begin {name}");
        if real.iter().any(|(_, real)| is_large(*real)) {
            println!("@end large");
            continue;
        }
        match catch_unwind(|| run_all(name, real, ours)) {
            Ok(compared) => match compared.first {
                None => println!("@end equal {}", compared.cases),
                Some(_) if compared.reordered == compared.different => {
                    println!("@end reordered {}", compared.cases);
                }
                Some(first) => {
                    println!("{first}\n{} of {} runs differ", compared.different, compared.cases);
                    println!("@end different");
                }
            },
            Err(_) => println!("the comparison panics\n@end different"),
        }
    }
}

/// Whether one run to the end does too much.
fn is_large(scenario: fn()) -> bool {
    let trace = run(scenario, 100, None);
    !trace.finished || trace.events.len() > LARGE
}
