//! What a machine does with its slots, as a graph: read off the code of its states.
//!
//! A node is one thing done to one slot. Code that may be skipped (a branch, what follows `&&`) has
//! a way around it, code that may run again a way back, so that a path in the graph stands for
//! everything the machine can do, and for some things it cannot.

mod reading;

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::flow::{Machine, Placeholder, SlotId};

/// What is done to a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// Nothing: paths meet here.
    Join,
    Put(SlotId),
    /// A value is written that nobody owns yet.
    Fill(SlotId),
    /// It owns the value that was filled in.
    Hold(SlotId),
    /// Its value is moved out, or copied for the last time.
    Take(SlotId),
    /// Its value is copied.
    Copy(SlotId),
    /// It is borrowed, or reached into.
    Borrow(SlotId),
    /// Borrowed, or moved: its type decides.
    Touch(SlotId),
    /// Taken apart, or looked at, by patterns that borrow nothing: its type decides.
    Match(SlotId),
    /// Its scope ends.
    Kill(SlotId),
    /// Something is assigned to a part of it.
    Refill(SlotId),
    /// The parts that a flag stands for are moved out.
    TakePart(usize),
    /// The machine is suspended here, while it polls what is in the slot.
    Suspend(SlotId, usize),
}

pub(crate) struct Graph {
    pub(crate) events: Vec<Event>,
    /// Where each event leads to.
    pub(crate) next: Vec<Vec<usize>>,
}

/// The graph of a machine. A suspension is known by the number of its state.
pub(crate) fn graph(machine: &Machine) -> Graph {
    let mut builder = Builder {
        machine,
        events: Vec::new(),
        next: Vec::new(),
        entries: HashMap::new(),
        loose: Vec::new(),
        takes_part: false,
    };
    for state in &machine.states {
        let entry = builder.node(Event::Join, &[]);
        builder.entries.insert(state.name.to_string(), entry);
    }
    for (index, state) in machine.states.iter().enumerate() {
        let mut ends = vec![builder.entries[&state.name.to_string()]];
        if index == 0 {
            for param in &machine.params {
                ends = vec![builder.node(Event::Put(*param), &ends)];
            }
        }
        builder.walk(state.code.clone(), ends);
        builder.loose.clear();
    }
    Graph { events: builder.events, next: builder.next }
}

/// Where a path has come to: the nodes it may come from.
type Ends = Vec<usize>;

struct Builder<'m> {
    machine: &'m Machine,
    events: Vec<Event>,
    next: Vec<Vec<usize>>,
    entries: HashMap<String, usize>,
    /// Where a loop that was left as it was written may be left or begun again.
    loose: Ends,
    /// These are the arguments of a flag that takes a part.
    takes_part: bool,
}

/// A stretch of tokens on its way through [`Builder::walk`].
struct Stretch {
    ends: Ends,
    /// Ways around what comes, up to the end of the statement.
    around: Ends,
    /// The statement does not come to its end.
    leaves: bool,
    /// The statement is a loop.
    repeats: bool,
}

impl Stretch {
    /// Where it may have come to so far.
    fn possible(&self) -> Ends {
        let mut ends = self.ends.clone();
        merge(&mut ends, &self.around);
        ends
    }

    fn end_statement(&mut self) {
        if self.leaves {
            self.ends.clear();
        }
        merge(&mut self.ends, &self.around);
        self.around.clear();
        self.leaves = false;
        self.repeats = false;
    }
}

impl Builder<'_> {
    fn node(&mut self, event: Event, ends: &[usize]) -> usize {
        self.events.push(event);
        self.next.push(Vec::new());
        let node = self.events.len() - 1;
        for end in ends {
            self.next[*end].push(node);
        }
        node
    }

    /// Follows a piece of code; gives where it ends.
    fn walk(&mut self, tokens: TokenStream, ends: Ends) -> Ends {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut stretch = Stretch { ends, around: Ends::new(), leaves: false, repeats: false };
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Ident(ident) => index += self.ident(ident, &tokens, index, &mut stretch),
                TokenTree::Group(group) => {
                    let (before, after) = (&tokens[..index], &tokens[index + 1..]);
                    match reading::read(group, before, after, self.takes_part) {
                        Some(slot) => {
                            stretch.ends = vec![self.node(Event::Copy(slot), &stretch.ends)];
                        }
                        None => self.group(group, &tokens[..index], &mut stretch),
                    }
                }
                TokenTree::Punct(punct) => match punct.as_char() {
                    ';' => stretch.end_statement(),
                    // `&&`, `||`, or a closure: what comes may not run.
                    '|' => merge_into_around(&mut stretch),
                    '&' if is_punct(tokens.get(index + 1), '&') => {
                        merge_into_around(&mut stretch);
                    }
                    _ => {}
                },
                TokenTree::Literal(_) => {}
            }
            index += 1;
        }
        stretch.end_statement();
        stretch.ends
    }

    /// Follows what an identifier begins; gives how many tokens after it belong to it.
    fn ident(
        &mut self,
        ident: &Ident,
        tokens: &[TokenTree],
        index: usize,
        stretch: &mut Stretch,
    ) -> usize {
        let ident = &*ident.to_string();
        match Placeholder::read(ident) {
            Some(Placeholder::Slot(slot)) => {
                return self.slot(slot, &tokens[index + 1..], stretch);
            }
            Some(Placeholder::Part(part)) => {
                return self.part(part, &tokens[index + 1..], stretch);
            }
            Some(Placeholder::Kill(slot)) => {
                stretch.ends = vec![self.node(Event::Kill(slot), &stretch.ends)];
                return 0;
            }
            Some(Placeholder::Assign(number)) => {
                let taken = self.arguments(tokens.get(index + 1), stretch);
                let (slot, path) = &self.machine.assigns[number];
                let event = if path.is_empty() { Event::Put(*slot) } else { Event::Refill(*slot) };
                stretch.ends = vec![self.node(event, &stretch.ends)];
                return taken;
            }
            None => {}
        }
        if ident == "poll"
            && let [
                TokenTree::Group(polled),
                TokenTree::Ident(otherwise),
                TokenTree::Group(waits),
                ..,
            ] = &tokens[index + 1..]
            && otherwise == "else"
            && self.suspend(polled, waits, stretch)
        {
            return 3;
        }
        if ident != "propagate"
            && is_punct(tokens.get(index + 1), '!')
            && let Some(TokenTree::Group(group)) = tokens.get(index + 2)
        {
            // A macro may evaluate its arguments, or not.
            let ends = match ident {
                "scrutinee" => self.scrutinee(group, stretch.ends.clone()),
                _ => self.walk(group.stream(), stretch.ends.clone()),
            };
            merge(&mut stretch.ends, &ends);
            stretch.leaves |= ident == "unreachable" && begins_statement(&tokens[..index]);
            return 2;
        }
        if ident == "if"
            && let Some(TokenTree::Ident(condition)) = tokens.get(index + 1)
            && condition == "false"
        {
            // For its types alone.
            return 2;
        }
        if ident == "__State" {
            // `__State::Next`
            if let Some(TokenTree::Ident(target)) = tokens.get(index + 3)
                && let Some(entry) = self.entries.get(&target.to_string())
            {
                for end in stretch.possible() {
                    self.next[end].push(*entry);
                }
            }
        } else if ident == "continue" && self.is_jump(&tokens[..index]) {
            stretch.ends.clear();
            stretch.around.clear();
        } else if ident == "continue" || ident == "break" {
            let ends = stretch.possible();
            merge(&mut self.loose, &ends);
        } else if ident == "return" && begins_statement(&tokens[..index]) {
            stretch.leaves = true;
        } else if ident == "loop" || ident == "while" || ident == "for" {
            stretch.repeats = true;
        }
        0
    }

    /// Whether these tokens end with `__State::Next;`, after which the machine goes on elsewhere.
    fn is_jump(&self, before: &[TokenTree]) -> bool {
        match before {
            [.., TokenTree::Ident(states), _, _, TokenTree::Ident(state), end] => {
                states == "__State"
                    && is_punct(Some(end), ';')
                    && self.entries.contains_key(&state.to_string())
            }
            _ => false,
        }
    }

    /// Follows what is done with a slot, given the tokens after its name.
    fn slot(&mut self, slot: SlotId, rest: &[TokenTree], stretch: &mut Stretch) -> usize {
        let method = match (rest.first(), rest.get(1)) {
            (dot, Some(TokenTree::Ident(method))) if is_punct(dot, '.') => method.to_string(),
            _ => String::new(),
        };
        let event = match &*method {
            "put" => Event::Put(slot),
            "fill" => Event::Fill(slot),
            "hold" => Event::Hold(slot),
            "take" => Event::Take(slot),
            "copy" => Event::Copy(slot),
            "at" => Event::Borrow(slot),
            _ => Event::Touch(slot),
        };
        let taken = match event {
            Event::Touch(_) => 0,
            Event::Borrow(_) => 2,
            _ => 2 + self.arguments(rest.get(2), stretch),
        };
        stretch.ends = vec![self.node(event, &stretch.ends)];
        taken
    }

    /// Follows what is done with a flag, given the tokens after its name.
    fn part(&mut self, part: usize, rest: &[TokenTree], stretch: &mut Stretch) -> usize {
        let Some(TokenTree::Ident(method)) = rest.get(1) else { return 0 };
        let outer = std::mem::replace(&mut self.takes_part, true);
        let taken = self.arguments(rest.get(2), stretch);
        self.takes_part = outer;
        if method == "take" || method == "note" {
            stretch.ends = vec![self.node(Event::TakePart(part), &stretch.ends)];
        }
        if taken == 0 { 0 } else { 2 + taken }
    }

    /// Follows the arguments of a call, which are evaluated before it.
    fn arguments(&mut self, group: Option<&TokenTree>, stretch: &mut Stretch) -> usize {
        let Some(TokenTree::Group(group)) = group else { return 0 };
        stretch.ends = self.walk(group.stream(), std::mem::take(&mut stretch.ends));
        1
    }

    /// `poll({ slot }, cx) else { *state = __State::Waits; … }`: says whether it is that.
    fn suspend(&mut self, polled: &Group, waits: &Group, stretch: &mut Stretch) -> bool {
        let (mut slot, mut state, mut ours) = (None, None, false);
        find(&polled.stream(), &mut |ident| {
            if let Some(Placeholder::Slot(polled)) = Placeholder::read(&ident.to_string()) {
                slot = slot.or(Some(polled));
            }
        });
        find(&waits.stream(), &mut |ident| {
            if ours {
                let states = &self.machine.states;
                state = state.or(states.iter().position(|state| state.name == *ident));
            }
            ours |= ident == "__State";
        });
        let (Some(slot), Some(state)) = (slot, state) else { return false };
        let waits = self.node(Event::Suspend(slot, state), &stretch.possible());
        stretch.ends = vec![self.node(Event::Kill(slot), &[waits])];
        true
    }

    /// `scrutinee!(slot, …)`
    fn scrutinee(&mut self, group: &Group, ends: Ends) -> Ends {
        let mut tokens = group.stream().into_iter();
        let Some(TokenTree::Ident(first)) = tokens.next() else {
            return self.walk(group.stream(), ends);
        };
        match Placeholder::read(&first.to_string()) {
            Some(Placeholder::Slot(slot)) if !reading::any_arm_binds_by_ref(&group.stream()) => {
                let node = self.node(Event::Match(slot), &ends);
                self.walk(tokens.collect(), vec![node])
            }
            _ => self.walk(group.stream(), ends),
        }
    }

    fn group(&mut self, group: &Group, before: &[TokenTree], stretch: &mut Stretch) {
        if group.delimiter() != Delimiter::Brace || is_statement(before) {
            stretch.ends = self.walk(group.stream(), std::mem::take(&mut stretch.ends));
            return;
        }
        let entry = self.node(Event::Join, &stretch.possible());
        let mut ends = self.walk(group.stream(), vec![entry]);
        merge(&mut ends, &self.loose);
        if stretch.repeats {
            for end in &ends {
                self.next[*end].push(entry);
            }
        }
        merge(&mut stretch.ends, &ends);
    }
}

/// Whether what comes after these tokens, and the path `::core::` before it, begins a statement. In
/// the arm of a `match`, say, it does not: there are others.
fn begins_statement(before: &[TokenTree]) -> bool {
    let before = match before {
        [before @ .., _, _, TokenTree::Ident(core), _, _] if core == "core" => before,
        before => before,
    };
    match before.last() {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(token) => is_punct(Some(token), ';'),
    }
}

/// Whether a block after these tokens is a statement of its own, or a value: it runs in any case.
fn is_statement(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Punct(punct)) => {
            let arrow = punct.as_char() == '>';
            !arrow && matches!(punct.as_char(), ';' | '=' | ',' | '&' | '*')
        }
        Some(TokenTree::Ident(ident)) => ident == "unsafe",
        _ => false,
    }
}

fn is_punct(token: Option<&TokenTree>, is: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == is)
}

fn merge(into: &mut Ends, ends: &[usize]) {
    into.extend_from_slice(ends);
    into.sort_unstable();
    into.dedup();
}

fn merge_into_around(stretch: &mut Stretch) {
    let ends = stretch.ends.clone();
    merge(&mut stretch.around, &ends);
}

fn find(tokens: &TokenStream, found: &mut dyn FnMut(&Ident)) {
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => found(&ident),
            TokenTree::Group(group) => find(&group.stream(), found),
            _ => {}
        }
    }
}
