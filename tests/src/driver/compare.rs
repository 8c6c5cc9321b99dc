//! All runs of a pair.

use super::{Difference, Trace, run};
use crate::allocations;

/// One way to run a function: its source text, and what drives the future.
pub type Scenario = (&'static str, fn());

/// More suspensions than any function of the corpus has.
const ENDLESS: usize = 200;

/// How often ours may allocate where rustc's does not: a frame that does not fit into its handle lies
/// in a box. To become none, as every frame comes to fit.
const BOXES: usize = 1;

/// Interpreted runs are some thousand times slower: Miri sees every poll count, and of the
/// panics one in so many, other ones at each poll count.
fn panic_stride() -> usize {
    if cfg!(miri) { 16 } else { 1 }
}

/// What was compared.
#[derive(Debug, Default)]
pub struct Compared {
    /// Pairs of runs.
    pub cases: usize,
    /// For each scenario and number of polls, the panics that were injected.
    pub panic_points: Vec<usize>,
    /// The pairs that differed.
    pub different: usize,
    /// Those of them that differ in nothing but the order of what a panic drops.
    pub reordered: usize,
    /// The first that differs in more, or else the first: the one with the fewest polls, without a
    /// panic if there is one.
    pub first: Option<Difference>,
    /// The first run without a panic in which ours allocated more often: its source, the number of
    /// polls, and how often rustc's allocated and ours.
    pub allocates: Option<(&'static str, usize, usize, usize)>,
}

/// Compares `real` with `ours` in every run there is.
///
/// # Panics
///
/// When they differ, with the first difference; and when nothing was compared.
pub fn compare(name: &str, real: &[Scenario], ours: &[Scenario]) {
    let compared = run_all(name, real, ours);
    if let Some(first) = &compared.first {
        panic!("{first}\n{} of {} runs differ", compared.different, compared.cases);
    }
    if let Some((source, polls, real, ours)) = compared.allocates {
        panic!("{name}: `{source}`, {polls} polls: {ours} allocations, {real} of rustc's");
    }
    let points = &compared.panic_points;
    println!("{name}: {} runs equal, {} poll counts", compared.cases, points.len());
    assert!(compared.cases > 0, "{name}: nothing was compared");
    assert_eq!(compared.cases, points.iter().map(|panics| 1 + panics).sum::<usize>());
}

/// Compares `real` with `ours` in every run there is, and counts.
///
/// # Panics
///
/// When the two have different scenarios, or when the real one does not end.
pub fn run_all(name: &str, real: &[Scenario], ours: &[Scenario]) -> Compared {
    assert_eq!(real.len(), ours.len(), "{name}: the same scenarios on both sides");
    let mut compared = Compared::default();
    for (&(source, real), &(_, ours)) in real.iter().zip(ours) {
        for polls in 0.. {
            assert!(polls < ENDLESS, "{name}: `{source}` does not end");
            let whole = compared.pair(name, source, (real, ours), polls, None);
            let stride = panic_stride();
            let panics = whole.points.iter().skip(polls % stride).step_by(stride);
            compared.panic_points.push(panics.len());
            for &panic_at in panics {
                compared.pair(name, source, (real, ours), polls, Some(panic_at));
            }
            if whole.finished {
                break;
            }
        }
    }
    compared
}

impl Compared {
    /// Runs both and returns the real one's trace.
    fn pair(
        &mut self,
        name: &str,
        source: &'static str,
        (real, ours): (fn(), fn()),
        polls: usize,
        panic_at: Option<usize>,
    ) -> Trace {
        let began = allocations();
        let real = run(real, polls, panic_at);
        let between = allocations();
        let ours = run(ours, polls, panic_at);
        let (of_real, of_ours) = (between - began, allocations() - between);
        if panic_at.is_none() && of_ours > of_real + BOXES {
            self.allocates.get_or_insert((source, polls, of_real, of_ours));
        }
        self.cases += 1;
        if real != ours {
            let difference = Difference {
                name: name.to_owned(),
                source,
                polls,
                panic_at,
                real: real.clone(),
                ours,
            };
            self.different += 1;
            self.reordered += usize::from(difference.is_reordering());
            let known = self.first.as_ref().map(Difference::is_reordering);
            if known.is_none_or(|known| known && !difference.is_reordering()) {
                self.first = Some(difference);
            }
        }
        real
    }
}
