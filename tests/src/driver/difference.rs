//! The first difference, for a person to read.

use std::fmt;

use super::Trace;

/// A run in which the two were not equal.
#[derive(Debug)]
pub struct Difference {
    /// The function.
    pub name: String,
    /// The call that was driven.
    pub source: &'static str,
    /// How often it was polled.
    pub polls: usize,
    /// The event at which a panic was injected.
    pub panic_at: Option<usize>,
    /// What rustc's function did.
    pub real: Trace,
    /// What ours did.
    pub ours: Trace,
}

impl Difference {
    /// The first event that is not the same, counted from 1.
    pub fn event(&self) -> usize {
        let (real, ours) = (&self.real.events, &self.ours.events);
        1 + real.iter().zip(ours).take_while(|(a, b)| a == b).count()
    }
}

impl Difference {
    /// Whether the two do the same until a panic is injected, and then the same in another order.
    pub fn is_reordering(&self) -> bool {
        let sorted = |events: &[String]| {
            let mut events = events.to_vec();
            events.sort();
            events
        };
        self.panic_at.is_some_and(|panic| self.event() > panic)
            && sorted(&self.real.events) == sorted(&self.ours.events)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: not equal to rustc's", self.name)?;
        writeln!(f, "  run:    {}", self.source)?;
        writeln!(f, "  polls:  {}", self.polls)?;
        match self.panic_at {
            Some(event) => writeln!(f, "  panic:  at event {event}")?,
            None => writeln!(f, "  panic:  none")?,
        }
        let first = self.event();
        writeln!(f, "  first difference: event {first}\n")?;

        let (real, ours) = (&self.real.events, &self.ours.events);
        let width = real.iter().map(|event| event.chars().count()).max().unwrap_or(0).clamp(5, 60);
        writeln!(f, "        {:width$}   ours", "rustc")?;
        for at in 0..real.len().max(ours.len()) {
            let side = |events: &[String]| events.get(at).cloned().unwrap_or_default();
            let (real, ours) = (side(real), side(ours));
            let mark = match (real == ours, at + 1 == first, self.panic_at == Some(at + 1)) {
                (_, true, _) => "=>",
                (_, _, true) => " !",
                (false, ..) => " ~",
                (true, ..) => "  ",
            };
            writeln!(f, "  {mark} {:3} {real:width$}   {ours}", at + 1)?;
        }
        Ok(())
    }
}
