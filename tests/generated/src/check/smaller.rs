//! Shrinking: cuts, for as long as the same is wrong.

use super::{Judge, Verdict};
use crate::program::Program;

/// How many cuts are tried at once.
const AT_ONCE: usize = 40;

impl Judge {
    /// The smallest program found of which `judge` says the same, and what it says.
    pub fn shrink(&self, program: &Program, verdict: &Verdict) -> (Program, Verdict) {
        let (mut smallest, mut verdict) = (program.clone(), verdict.clone());
        'smaller: loop {
            let mut cuts = smallest.smaller();
            for (at, cut) in cuts.iter_mut().enumerate() {
                cut.name = format!("c{at}");
            }
            for cuts in cuts.chunks(AT_ONCE) {
                let verdicts = self.judge(cuts);
                let found = cuts.iter().zip(verdicts).find(|(_, cut)| cut.is_like(&verdict));
                if let Some((cut, like)) = found {
                    (smallest, verdict) = (cut.clone(), like);
                    smallest.name.clone_from(&program.name);
                    continue 'smaller;
                }
            }
            return (smallest, verdict);
        }
    }
}
