//! The ownership model: which variables hold a value, which parts of it are gone, and who borrows
//! what. With it, programs pass the borrow checker by construction; where it is unsure it says no.

use crate::program::Ty;

/// The way to a part of a variable: numbers of fields.
pub(super) type Path = Vec<usize>;

/// A variable in scope.
#[derive(Debug, Clone)]
pub(super) struct Var {
    /// Its name; a later variable of the same name hides it.
    pub(super) name: String,
    /// Its type.
    pub(super) ty: Ty,
    /// Whether it is `mut`.
    pub(super) mutable: bool,
    /// Whether it is reached through a reference, so that nothing can be moved out of it.
    pub(super) fixed: bool,
    /// What it borrows for as long as it is there.
    pub(super) holds: Vec<Hold>,
    /// What is left of it.
    pub(super) state: State,
}

/// A borrow of a part of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    /// The variable's index.
    pub(super) var: usize,
    /// The part.
    pub(super) path: Path,
    /// Whether it is a `&mut`.
    pub(super) unique: bool,
}

/// What is known of a variable at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// The parts that are, or may be, moved out or not there yet.
    pub(super) gone: Vec<Path>,
    /// Whether it was certainly never assigned.
    pub(super) fresh: bool,
    /// Whether it is certainly moved, or will not be used again: it borrows nothing any more.
    pub(super) over: bool,
}

/// What is done with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Copied or borrowed.
    Read,
    /// Changed, or borrowed for that.
    Change,
    /// Moved.
    Move,
}

/// How long a temporary borrow lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// To the end of the call it is an argument of.
    Call,
    /// To the end of the statement: the temporary has a destructor.
    Statement,
}

/// The variables in scope, and what borrows them.
#[derive(Debug, Clone, Default)]
pub(super) struct Owner {
    /// In the order of their declaration.
    pub(super) vars: Vec<Var>,
    /// Borrows by temporaries.
    pub(super) temps: Vec<(Hold, Until)>,
    /// Variables below this index are not seen: what a closure does not capture.
    pub(super) see_from: usize,
    /// … may not be moved: they are outside a loop or a closure.
    pub(super) move_from: usize,
    /// … may not be changed: they are outside a closure or a guard.
    pub(super) change_from: usize,
    /// … may not be given a value they do not have: they are outside an `async` block.
    pub(super) init_from: usize,
    /// Variables from this index on may not be borrowed by a temporary with a destructor: they
    /// end with the tail that is being written.
    pub(super) tail_from: Option<usize>,
    /// The variables that were moved, in order, for those who ask what a part of the text moved.
    pub(super) moves: Vec<usize>,
}

/// What branches are compared by.
pub(super) type Snapshot = Option<Vec<State>>;

fn related(a: &[usize], b: &[usize]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

impl State {
    /// Of a variable that has a value, or has none yet.
    pub(super) fn new(has_value: bool) -> State {
        State {
            gone: if has_value { vec![] } else { vec![vec![]] },
            fresh: !has_value,
            over: false,
        }
    }
}

impl Owner {
    /// A new variable.
    pub(super) fn declare(
        &mut self,
        name: &str,
        ty: &Ty,
        mutable: bool,
        holds: Vec<Hold>,
    ) -> usize {
        let (name, ty) = (name.to_owned(), ty.clone());
        let state = State::new(true);
        self.vars.push(Var { name, ty, mutable, fixed: false, holds, state });
        self.vars.len() - 1
    }

    /// The end of the scope that began when there were `len` variables.
    pub(super) fn close(&mut self, len: usize) {
        self.vars.truncate(len);
        self.temps.retain(|(hold, _)| hold.var < len);
    }

    /// Whether the name means this variable.
    pub(super) fn visible(&self, var: usize) -> bool {
        let name = &self.vars[var].name;
        var >= self.see_from && !self.vars[var + 1..].iter().any(|later| later.name == *name)
    }

    /// Whether the part may be used so, as far as moves and borrows go.
    pub(super) fn allows(&self, var: usize, path: &[usize], access: Access) -> bool {
        let state = &self.vars[var].state;
        if state.over || state.gone.iter().any(|gone| related(gone, path)) {
            return false;
        }
        self.free(var, path, access)
            && match access {
                Access::Read => true,
                Access::Change => var >= self.change_from,
                Access::Move => var >= self.move_from && !self.vars[var].fixed,
            }
    }

    /// Whether no borrow forbids the access.
    pub(super) fn free(&self, var: usize, path: &[usize], access: Access) -> bool {
        let by_vars = self.vars.iter().filter(|var| !var.state.over).flat_map(|var| &var.holds);
        let by_temps = self.temps.iter().map(|(hold, _)| hold);
        by_vars.chain(by_temps).all(|hold| {
            hold.var != var
                || !related(&hold.path, path)
                || (access == Access::Read && !hold.unique)
        })
    }

    /// The part has been moved out.
    pub(super) fn moved(&mut self, var: usize, path: &[usize]) {
        self.moves.push(var);
        let state = &mut self.vars[var].state;
        state.gone.push(path.to_vec());
        state.over |= path.is_empty();
    }

    /// The variable has been given a value.
    pub(super) fn assigned(&mut self, var: usize) {
        self.vars[var].state = State::new(true);
    }

    /// What is so far known of all variables.
    pub(super) fn snapshot(&self) -> Vec<State> {
        self.vars.iter().map(|var| var.state.clone()).collect()
    }

    /// Goes back to where a branch began.
    pub(super) fn restore(&mut self, states: &[State]) {
        for (var, state) in self.vars.iter_mut().zip(states) {
            var.state = state.clone();
        }
    }

    /// Where several ways meet: what holds on all of them. `None` is a way that does not come here.
    /// Returns whether any does.
    pub(super) fn meet(&mut self, ways: &[Snapshot]) -> bool {
        let mut ways = ways.iter().flatten();
        let Some(first) = ways.next() else { return false };
        self.restore(first);
        for way in ways {
            for (var, other) in self.vars.iter_mut().zip(way) {
                let state = &mut var.state;
                for gone in &other.gone {
                    if !state.gone.contains(gone) {
                        state.gone.push(gone.clone());
                    }
                }
                state.fresh &= other.fresh;
                // A value that is used up on one way may be borrowing on the other; references
                // that are not used again on one way are not used after both.
                let reference = matches!(var.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::Closure(_));
                state.over =
                    if reference { state.over || other.over } else { state.over && other.over };
            }
        }
        true
    }
}
