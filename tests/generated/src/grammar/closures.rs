//! Closures and `async` blocks: what they capture, and how.

use super::generator::Generator;
use super::owner::{Access, Hold, State};
use crate::program::{Call, Expr, Stmt, Ty};

/// How the variables of a closure are captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Capture {
    Shared,
    Unique,
    Value,
}

impl Generator {
    /// A closure in a variable.
    pub(super) fn let_closure(&mut self) -> Option<Vec<Stmt>> {
        let call = *self.random.pick(&[Call::Shared, Call::Unique, Call::Once]);
        let by_value = call == Call::Once || self.random.one_in(2);
        let capture = match call {
            _ if by_value => Capture::Value,
            Call::Unique => Capture::Unique,
            _ => Capture::Shared,
        };
        let name = self.variable(&Ty::Closure(call));
        let written = call != Call::Once || !self.grammar.beyond || self.random.one_in(2);
        let moves = if by_value && written { "move " } else { "" };
        let (body, holds) = self.captured(capture, call, false, |g| {
            g.own.declare("k", &Ty::N, false, vec![]);
            g.block(&Ty::N)
        })?;
        let mutable = call == Call::Unique;
        self.own.declare(&name, &Ty::Closure(call), mutable, holds);
        let keyword = if mutable { "let mut" } else { "let" };
        let text = format!("{keyword} {name} = {moves}|k: usize| $;");
        // A closure that moves what it captured only as some calls do is `FnOnce` all the same.
        Some(vec![Stmt::new(&text, [body.into()])])
    }

    /// An `async` block in a variable, to be awaited later.
    pub(super) fn let_async(&mut self) -> Option<Vec<Stmt>> {
        let of = self.small_type();
        let by_value = self.random.one_in(2);
        let capture = if by_value {
            Capture::Value
        } else if self.random.one_in(2) {
            Capture::Unique
        } else {
            Capture::Shared
        };
        let ty = Ty::Async(Box::new(of.clone()));
        let name = self.variable(&ty);
        let (body, holds) = self.captured(capture, Call::Once, self.suspends, |g| g.block(&of))?;
        self.own.declare(&name, &ty, false, holds);
        let text = if by_value { "async move $" } else { "async $" };
        Some(vec![Stmt::new(&format!("let {name} = {text};"), [body.into()])])
    }

    /// Writes a body that sees some of the variables only, and says what it then borrows.
    fn captured<R>(
        &mut self,
        capture: Capture,
        call: Call,
        suspends: bool,
        write: impl FnOnce(&mut Self) -> R,
    ) -> Option<(R, Vec<Hold>)> {
        let access = match capture {
            Capture::Shared => Access::Read,
            Capture::Unique => Access::Change,
            Capture::Value => Access::Move,
        };
        let wanted = |ty: &Ty| ty.is_plain() || matches!(ty, Ty::Ref(_));
        let mut places = self.own.places(access, |ty| wanted(ty) && !ty.is_copy());
        places.extend(self.own.places(Access::Read, |ty| wanted(ty) && ty.is_copy()));
        places.retain(|place| place.path.is_empty());
        let keep = self.random.below(3) + 1;
        while places.len() > keep {
            let at = self.random.below(places.len());
            places.remove(at);
        }
        let len = self.own.vars.len();
        let mut holds = Vec::new();
        for place in &places {
            let var = self.own.vars[place.var].clone();
            let change =
                capture == Capture::Unique || (capture == Capture::Value && call != Call::Shared);
            let copied = capture == Capture::Value && var.ty.is_copy();
            let change = change
                && var.mutable
                && (copied || self.own.allows(place.var, &[], Access::Change));
            holds.extend(var.holds.iter().cloned());
            let at = self.own.declare(&var.name, &var.ty, change, var.holds.clone());
            self.own.vars[at].state = State::new(true);
            match capture {
                // What is copied into a closure without `move` is borrowed instead.
                Capture::Value if var.ty.is_copy() => {
                    holds.extend(self.own.hold(place, change));
                }
                Capture::Value => self.own.moved(place.var, &[]),
                _ => holds.extend(self.own.hold(place, change)),
            }
        }
        let own_values = len..self.own.vars.len();
        let outside = (
            self.own.see_from,
            self.own.move_from,
            self.own.change_from,
            self.own.init_from,
            self.own.tail_from.take(),
        );
        self.own.see_from = len;
        self.own.change_from = len;
        let owned = capture == Capture::Value && call == Call::Once;
        self.own.move_from = if owned { len } else { own_values.end };
        self.own.init_from = if owned { len } else { own_values.end };
        let before = (self.suspends, self.loops, self.dead);
        self.suspends = suspends;
        let exits = std::mem::take(&mut self.exits);
        let ret = self.ret.take();
        let body = self.statement(write);
        (self.exits, self.ret) = (exits, ret);
        (self.suspends, self.loops, self.dead) = before;
        self.own.close(len);
        (
            self.own.see_from,
            self.own.move_from,
            self.own.change_from,
            self.own.init_from,
            self.own.tail_from,
        ) = outside;
        Some((body, holds))
    }

    /// An `async` block that is awaited where it stands.
    pub(super) fn async_block(&mut self, ty: &Ty) -> Option<Expr> {
        if !self.suspends {
            return None;
        }
        let body = self.inline(true, Some(ty.clone()), |g| g.block(ty));
        let text = if self.random.one_in(4) { "async $.await" } else { "(async $).await" };
        let mut expr = Expr::new(ty, text, [body.into()]);
        expr.loose = false;
        Some(expr)
    }

    /// A closure that is called where it stands.
    pub(super) fn closure_at_once(&mut self, ty: &Ty) -> Option<Expr> {
        let body = self.inline(false, Some(ty.clone()), |g| g.block(ty));
        let mut expr = Expr::new(ty, "(|| $)()", [body.into()]);
        expr.loose = false;
        Some(expr)
    }

    /// A body that runs once, here; what it moves, it captures whole.
    fn inline<R>(
        &mut self,
        suspends: bool,
        ret: Option<Ty>,
        write: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let before = (self.suspends, self.own.init_from, self.dead, self.own.move_from);
        self.suspends = suspends;
        self.own.init_from = self.own.vars.len();
        if !self.grammar.beyond {
            // Without `move`, what is moved in it is captured by value.
            self.own.move_from = self.own.vars.len();
        }
        let return_from = std::mem::replace(&mut self.return_from, self.own.move_from);
        let exits = std::mem::take(&mut self.exits);
        let ret = std::mem::replace(&mut self.ret, ret);
        let moves = self.own.moves.len();
        let written = self.statement(write);
        let moved: Vec<usize> = self.own.moves.drain(moves..).collect();
        let vars = self.own.vars.len();
        for var in moved.into_iter().filter(|&var| var < vars) {
            self.own.moved(var, &[]);
            self.own.vars[var].state.over = false;
        }
        (self.exits, self.ret, self.return_from) = (exits, ret, return_from);
        (self.suspends, self.own.init_from, self.dead, self.own.move_from) = before;
        written
    }
}
