//! The generator's state while it writes a function.

use super::owner::{Owner, Snapshot, State, Until};
use super::places::Place;
use crate::program::{Expr, Ty};
use crate::random::Random;

/// What may be written.
#[derive(Debug, Clone, Copy)]
pub struct Grammar {
    /// Let chains are there from 2024 on.
    pub edition: u16,
    /// Whether constructs are written that the README lists as refused or as different.
    pub beyond: bool,
}

/// Something a `break` can leave.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    /// Its label.
    pub(super) label: Option<String>,
    /// What it breaks with; `None` for `while` and `for`.
    pub(super) value: Option<Ty>,
    /// Whether it is a loop: `continue` and a plain `break` are for these.
    pub(super) is_loop: bool,
    /// What could be moved outside it.
    pub(super) move_from: usize,
    /// The number of variables outside it.
    pub(super) vars: usize,
    /// Where the breaks were.
    pub(super) ways: Vec<Snapshot>,
}

/// Writes one function.
#[derive(Debug)]
pub(super) struct Generator {
    pub(super) random: Random,
    pub(super) grammar: Grammar,
    pub(super) own: Owner,
    /// What is left of the function's size.
    pub(super) fuel: i32,
    pub(super) depth: u32,
    /// Whether an `await` may stand here.
    pub(super) suspends: bool,
    /// What can be left by `break`, from the outside in.
    pub(super) exits: Vec<Exit>,
    /// What `return` takes; `None` where it may not be written.
    pub(super) ret: Option<Ty>,
    /// Variables from this index on may be moved by what a `return` takes.
    pub(super) return_from: usize,
    /// Whether what comes next is never reached.
    pub(super) dead: bool,
    /// How many loops we are in.
    pub(super) loops: u32,
    names: usize,
}

impl Generator {
    /// Nothing written yet.
    pub(super) fn new(mut random: Random, grammar: Grammar) -> Generator {
        Generator {
            fuel: 15 + random.below(60) as i32,
            random,
            grammar,
            own: Owner::default(),
            depth: 0,
            suspends: true,
            exits: Vec::new(),
            ret: None,
            return_from: 0,
            dead: false,
            loops: 0,
            names: 0,
        }
    }

    /// A name nothing else has, for a value in the log or a label.
    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// A name for a variable: a new one, or now and then one that hides another.
    pub(super) fn variable(&mut self, ty: &Ty) -> String {
        if self.random.one_in(8)
            && let Some(var) = self.own.vars.last()
            && !var.name.starts_with("self")
            && !var.name.starts_with("later")
            && self.own.vars.len() > self.own.see_from
        {
            return var.name.clone();
        }
        let prefix = match ty {
            Ty::N => "n",
            Ty::B => "b",
            Ty::D => "d",
            Ty::Text => "text",
            Ty::Ref(_) | Ty::RefMut(_) => "r",
            Ty::Guard { .. } => "guard",
            Ty::Closure(_) => "f",
            Ty::Step(_) | Ty::Async(_) => "future",
            Ty::Opt(_) | Ty::Res(_) | Ty::Large(_) => "maybe",
            Ty::Array(..) | Ty::Vec(_) => "list",
            Ty::Tuple(_) | Ty::Pair(..) => "pair",
            _ => "x",
        };
        self.name(prefix)
    }

    /// Whether a suspension may stand in a let chain or under one.
    pub(super) fn chains(&self) -> bool {
        self.grammar.beyond || !self.suspends
    }

    /// Whether a suspension may stand in a guard.
    pub(super) fn guards(&self) -> bool {
        self.grammar.beyond
    }

    /// Whether a suspension may stand in the `else` of a `let`.
    pub(super) fn else_blocks(&self) -> bool {
        self.grammar.beyond
    }

    /// Whether a suspension may stand in any compound assignment.
    pub(super) fn compounds(&self) -> bool {
        self.grammar.beyond
    }

    /// A quoted name for a value in the log.
    pub(super) fn quoted(&mut self, prefix: &str) -> String {
        format!("{:?}", self.name(prefix))
    }

    /// One of the places that may be used so.
    pub(super) fn place(
        &mut self,
        access: super::owner::Access,
        wanted: impl Fn(&Ty) -> bool,
    ) -> Option<Place> {
        let places = self.own.places(access, wanted);
        // What was declared last is what the surrounding code is about.
        let recent = places.len().min(4);
        match places.len() {
            0 => None,
            n if self.random.one_in(3) => Some(places[self.random.below(n)].clone()),
            n => Some(places[n - 1 - self.random.below(recent)].clone()),
        }
    }

    /// Writes something whose operands borrow until it is complete.
    pub(super) fn call<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.own.temps.len();
        let written = write(self);
        let mut at = 0;
        self.own.temps.retain(|(_, until)| {
            at += 1;
            at <= mark || *until == Until::Statement
        });
        written
    }

    /// Writes something whose temporaries all end with it.
    pub(super) fn statement<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.own.temps.len();
        let tail = self.own.tail_from.take();
        let written = write(self);
        self.own.tail_from = tail;
        self.own.temps.truncate(mark);
        written
    }

    /// Writes something without suspensions in it.
    pub(super) fn plainly<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let suspends = std::mem::replace(&mut self.suspends, false);
        let written = write(self);
        self.suspends = suspends;
        written
    }

    /// Writes something that may run any number of times: what is outside is not moved in it.
    pub(super) fn repeated<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let from = std::mem::replace(&mut self.own.move_from, self.own.vars.len());
        let written = write(self);
        self.own.move_from = from;
        written
    }

    /// Writes something that only looks at what is outside: a guard.
    pub(super) fn looking<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let from = std::mem::replace(&mut self.own.change_from, self.own.vars.len());
        let written = self.repeated(write);
        self.own.change_from = from;
        written
    }

    /// Writes the variants of a branch, each from the same point, and goes on where they meet.
    pub(super) fn branch<R>(&mut self, variants: &mut [&mut dyn FnMut(&mut Self) -> R]) -> Vec<R> {
        let before = self.own.snapshot();
        let mut ways = Vec::new();
        let mut all = Vec::new();
        for write in variants {
            self.own.restore(&before);
            self.dead = false;
            all.push(write(self));
            ways.push(self.way());
        }
        self.join(&ways);
        all
    }

    /// What is known here, if this is reached.
    pub(super) fn way(&self) -> Snapshot {
        (!self.dead).then(|| self.own.snapshot())
    }

    /// Goes on where these ways meet.
    pub(super) fn join(&mut self, ways: &[Snapshot]) {
        self.dead = !self.own.meet(ways);
    }

    /// Goes back to a point from which another way starts.
    pub(super) fn back(&mut self, states: &[State]) {
        self.own.restore(states);
        self.dead = false;
    }

    /// Writes something, or nothing at all.
    pub(super) fn attempt<R>(&mut self, write: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        let before = (self.own.clone(), self.exits.clone(), self.dead);
        let written = write(self);
        if written.is_none() {
            (self.own, self.exits, self.dead) = before;
        }
        written
    }

    /// What remains of the expression when nothing is left to write it with.
    pub(super) fn leaf(&mut self, ty: &Ty) -> Expr {
        if !self.random.one_in(3)
            && let Some(expr) = self.use_place(ty)
        {
            return expr;
        }
        self.literal(ty)
    }
}
