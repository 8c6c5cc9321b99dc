//! Which slots need their storage when, and which hold a value at which suspension: worked out on
//! the graph of what the machine does.
//!
//! Two slots may share their bytes unless one is written while the other still needs its own. What
//! a slot needs depends on its type, which the macro does not know: so everything is worked out
//! twice, for a type that has a destructor and for one that has none.

use crate::flow::{Machine, SlotId};
use crate::graph::{Event, Graph};

/// What is known of one slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    /// The slots written while it needs its storage, if its type has a destructor; `None` if it
    /// needs none at any suspension.
    pub(crate) dropped: Option<Slots>,
    /// The same for a type without one.
    pub(crate) plain: Option<Slots>,
    /// At some suspension it depends on the path taken whether it holds a value.
    pub(crate) varies: bool,
}

/// What is known of all slots.
pub(crate) struct Storage {
    pub(crate) needs: Vec<Need>,
    /// For each state that waits, the slots that hold a value there, by number, and after them the
    /// flags that are set; but for those that vary.
    pub(crate) live: Vec<(usize, Vec<usize>)>,
    /// Which flags the state does not tell.
    pub(crate) varying_flags: Vec<bool>,
}

pub(crate) fn storage(machine: &Machine, graph: &Graph) -> Storage {
    let count = machine.slots.len();
    let all = Slots::all(count);
    let borrowed = Slots::from(count, &graph.events, |event| match event {
        Event::Borrow(slot) | Event::Touch(slot) | Event::Refill(slot) => Some(slot),
        _ => None,
    });
    let backwards = reversed(&graph.next);
    // Forward: what may be so before each event.
    let live =
        solve(graph, &graph.next, &backwards, Slots::none(count), |event, set| match event {
            Event::Put(slot) | Event::Hold(slot) => set.add(slot),
            Event::Take(slot) | Event::Kill(slot) => set.remove(slot),
            _ => {}
        });
    let dead = solve(graph, &graph.next, &backwards, all, |event, set| match event {
        Event::Put(slot) | Event::Hold(slot) => set.remove(slot),
        Event::Take(slot) | Event::Kill(slot) | Event::Touch(slot) | Event::Match(slot) => {
            set.add(slot);
        }
        _ => {}
    });
    let written = |ends: &dyn Fn(Event) -> Option<SlotId>| {
        solve(graph, &graph.next, &backwards, Slots::none(count), |event, set| match event {
            Event::Put(slot) | Event::Fill(slot) => set.add(slot),
            event => ends(event).into_iter().for_each(|slot| set.remove(slot)),
        })
    };
    let owned = written(&|event| match event {
        Event::Take(slot) | Event::Kill(slot) => Some(slot),
        _ => None,
    });
    let there = written(&|event| match event {
        Event::Kill(slot) => Some(slot),
        _ => None,
    });
    // Backward: what may be used after each event.
    let used =
        solve(graph, &backwards, &graph.next, Slots::none(count), |event, set| match event {
            Event::Take(slot)
            | Event::Copy(slot)
            | Event::Match(slot)
            | Event::Suspend(slot, _) => set.add(slot),
            Event::Put(slot) | Event::Fill(slot) => set.remove(slot),
            _ => {}
        });

    let flags = flags(machine, graph, &backwards);
    let mut varying_flags = vec![false; machine.parts.len()];

    let mut needs = vec![Need::default(); count];
    let mut at_suspensions = Vec::new();
    let mut dropped = vec![Slots::none(count); count];
    let mut plain = vec![Slots::none(count); count];
    let reached = reached(graph);
    for (node, event) in graph.events.iter().enumerate() {
        if !reached[node] {
            // What stands after a `return` needs nothing.
            if let Event::Suspend(_, state) = *event {
                at_suspensions.push((state, Slots::none(count), Vec::new()));
            }
            continue;
        }
        // A value without a destructor is needed while it is used, or may be borrowed.
        let in_use = |used: &Slots| {
            let mut needed = borrowed.clone();
            needed.unite(used);
            needed.intersect(&there[node]);
            needed
        };
        match *event {
            Event::Put(slot) | Event::Fill(slot) => {
                owned[node].each(|other| dropped[other.0].add(slot));
                in_use(&used[node]).each(|other| plain[other.0].add(slot));
            }
            Event::Suspend(slot, state) => {
                owned[node].each(|slot| needs[slot.0].dropped = Some(Slots::none(count)));
                let mut needed = in_use(&used[node]);
                needed.add(slot);
                needed.each(|slot| needs[slot.0].plain = Some(Slots::none(count)));
                let mut varies = live[node].clone();
                varies.intersect(&dead[node]);
                varies.each(|slot| needs[slot.0].varies = true);
                let mut set = Vec::new();
                for (flag, varies) in varying_flags.iter_mut().enumerate() {
                    let (may_be_set, may_be_clear) = (&flags.set[node], &flags.clear[node]);
                    let is_set = may_be_set.has(SlotId(flag));
                    *varies |= is_set && may_be_clear.has(SlotId(flag));
                    set.extend(is_set.then_some(flag));
                }
                at_suspensions.push((state, live[node].clone(), set));
            }
            _ => {}
        }
    }
    for (index, need) in needs.iter_mut().enumerate() {
        for (meets, need) in [(&dropped, &mut need.dropped), (&plain, &mut need.plain)] {
            if let Some(meets_all) = need {
                meets_all.unite(&meets[index]);
                meets_all.remove(SlotId(index));
            }
        }
    }
    let live = at_suspensions.into_iter().map(|(state, live, flags)| {
        let mut numbers = Vec::new();
        live.each(|slot| numbers.extend((!needs[slot.0].varies).then_some(slot.0)));
        numbers.extend(flags.iter().filter(|flag| !varying_flags[**flag]).map(|flag| count + flag));
        (state, numbers)
    });
    let mut live: Vec<_> = live.collect();
    live.sort_by_key(|(state, _)| *state);
    Storage { live, needs, varying_flags }
}

/// Which flags may be set before each event, and which may be clear.
struct Flags {
    set: Vec<Slots>,
    clear: Vec<Slots>,
}

fn flags(machine: &Machine, graph: &Graph, backwards: &[Vec<usize>]) -> Flags {
    let count = machine.parts.len();
    let of = |slot: SlotId| {
        let parts = machine.parts.iter().enumerate();
        parts.filter(move |(_, part)| part.slot == slot).map(|(flag, _)| SlotId(flag))
    };
    let set = solve(graph, &graph.next, backwards, Slots::none(count), |event, set| match event {
        Event::TakePart(flag) => set.add(SlotId(flag)),
        Event::Put(slot) | Event::Kill(slot) => of(slot).for_each(|flag| set.remove(flag)),
        _ => {}
    });
    let clear = solve(graph, &graph.next, backwards, Slots::all(count), |event, set| match event {
        Event::Put(slot) | Event::Kill(slot) | Event::Refill(slot) => {
            of(slot).for_each(|flag| set.add(flag));
        }
        // Taking a part, too: its flag is left alone where what is moved has no destructor.
        _ => {}
    });
    Flags { set, clear }
}

/// Which events control may come to from the first.
fn reached(graph: &Graph) -> Vec<bool> {
    let mut reached = vec![false; graph.events.len()];
    let mut queue = vec![0];
    while let Some(node) = queue.pop() {
        if !std::mem::replace(&mut reached[node], true) {
            queue.extend(&graph.next[node]);
        }
    }
    reached
}

fn reversed(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); next.len()];
    for (from, to) in next.iter().enumerate() {
        for to in to {
            reversed[*to].push(from);
        }
    }
    reversed
}

/// What may be so when control comes to each event: on some path to it along `next`, given what is
/// so at the beginning and what each event changes.
fn solve(
    graph: &Graph,
    next: &[Vec<usize>],
    before: &[Vec<usize>],
    first: Slots,
    change: impl Fn(Event, &mut Slots),
) -> Vec<Slots> {
    let empty = Slots::none(first.count);
    let mut at: Vec<Slots> = before
        .iter()
        .map(|from| if from.is_empty() { first.clone() } else { empty.clone() })
        .collect();
    let mut queued = vec![true; at.len()];
    let mut queue: std::collections::VecDeque<usize> = (0..at.len()).collect();
    while let Some(node) = queue.pop_front() {
        queued[node] = false;
        let mut after = at[node].clone();
        change(graph.events[node], &mut after);
        for to in &next[node] {
            if at[*to].unite(&after) && !std::mem::replace(&mut queued[*to], true) {
                queue.push_back(*to);
            }
        }
    }
    at
}

/// A set of slots.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Slots {
    words: Vec<u64>,
    count: usize,
}

impl Slots {
    fn none(count: usize) -> Slots {
        Slots { words: vec![0; count.div_ceil(64)], count }
    }

    fn all(count: usize) -> Slots {
        let mut all = Slots::none(count);
        (0..count).for_each(|slot| all.add(SlotId(slot)));
        all
    }

    fn from(count: usize, events: &[Event], of: impl Fn(Event) -> Option<SlotId>) -> Slots {
        let mut slots = Slots::none(count);
        events.iter().filter_map(|event| of(*event)).for_each(|slot| slots.add(slot));
        slots
    }

    fn add(&mut self, SlotId(slot): SlotId) {
        self.words[slot / 64] |= 1 << (slot % 64);
    }

    fn remove(&mut self, SlotId(slot): SlotId) {
        self.words[slot / 64] &= !(1 << (slot % 64));
    }

    fn has(&self, SlotId(slot): SlotId) -> bool {
        self.words[slot / 64] & 1 << (slot % 64) != 0
    }

    /// Adds all of another set; says whether that was anything new.
    fn unite(&mut self, other: &Slots) -> bool {
        let mut new = false;
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            new |= *other & !*word != 0;
            *word |= other;
        }
        new
    }

    fn intersect(&mut self, other: &Slots) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    fn each(&self, mut visit: impl FnMut(SlotId)) {
        for (index, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                visit(SlotId(index * 64 + rest.trailing_zeros() as usize));
                rest &= rest - 1;
            }
        }
    }

    /// The set as ranges of numbers, the ends included.
    pub(crate) fn ranges(&self) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        self.each(|SlotId(slot)| match ranges.last_mut() {
            Some((_, to)) if *to + 1 == slot => *to = slot,
            _ => ranges.push((slot, slot)),
        });
        ranges
    }
}
