//! Timing contenders in turn.

use std::fmt;
use std::time::{Duration, Instant};

/// How long to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// Long enough for figures to be compared.
    Full,
    /// Once: do the contenders still work?
    Once,
}

impl Effort {
    /// What cargo asks for: it calls a benchmark with `--bench`, and a test without.
    pub fn of_this_run() -> Effort {
        if std::env::args().any(|arg| arg == "--bench") { Effort::Full } else { Effort::Once }
    }

    fn rounds(self) -> usize {
        match self {
            Effort::Full => 41,
            Effort::Once => 1,
        }
    }

    /// How long a contender runs in one round.
    fn round(self) -> Duration {
        match self {
            Effort::Full => Duration::from_millis(4),
            Effort::Once => Duration::ZERO,
        }
    }
}

/// What one contender needed, in nanoseconds an operation, a round each.
#[derive(Clone, Debug)]
pub struct Times(Vec<f64>);

impl Times {
    /// The time that a given share of the rounds stayed below; one half is the median.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len() - 1;
        self.0[(last as f64 * share).round() as usize]
    }
}

/// The median, and the quartiles around it.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!(
            "{:.1} ({:.1}..{:.1})",
            self.quantile(0.5),
            self.quantile(0.25),
            self.quantile(0.75)
        );
        f.pad(&text)
    }
}

/// Measures contenders, each of which runs as many operations as it is told.
///
/// All run the same number of operations a round, found with the first.
pub fn in_turn<const N: usize>(effort: Effort, contenders: [&mut dyn FnMut(u64); N]) -> [Times; N] {
    let mut operations = 1;
    while time(contenders[0], operations) < effort.round() {
        operations *= 2;
    }
    let mut times = [const { Vec::new() }; N];
    for round in 0..effort.rounds() {
        // Nobody is always the one that comes after a given other.
        for turn in 0..N {
            let contender = (turn + round) % N;
            let nanoseconds = time(contenders[contender], operations).as_nanos() as f64;
            times[contender].push(nanoseconds / operations as f64);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        Times(times)
    })
}

fn time(contender: &mut dyn FnMut(u64), operations: u64) -> Duration {
    let began = Instant::now();
    contender(operations);
    began.elapsed()
}
