//! Expressions that can be of any type.

use super::generator::{Exit, Generator};
use super::owner::Access;
use super::patterns::Matched;
use crate::program::{Block, Expr, Part, Stmt, Ty};

/// A way to write an expression of a type, where it can be had.
pub(super) type Form = fn(&mut Generator, &Ty) -> Option<Expr>;

/// How deep expressions are nested.
const DEPTH: u32 = 7;

const ANY: &[Form] = &[
    Generator::use_place,
    Generator::use_place,
    Generator::awaited,
    Generator::awaited,
    Generator::awaited,
    Generator::awaited_local,
    Generator::block_value,
    Generator::if_else,
    Generator::match_value,
    Generator::match_value,
    Generator::if_let_else,
    Generator::loop_value,
    Generator::labelled_block,
    Generator::tried,
    Generator::tried,
    Generator::async_block,
    Generator::field_of_temporary,
    Generator::wrapped,
    Generator::closure_at_once,
    Generator::replaced,
    Generator::leave,
];

impl Generator {
    /// An expression of a plain type.
    pub(super) fn expr(&mut self, ty: &Ty) -> Expr {
        self.fuel -= 1;
        if self.fuel <= 0 || self.depth > DEPTH || self.dead {
            return self.leaf(ty);
        }
        self.depth += 1;
        let mut expr = None;
        for _ in 0..4 {
            let form = if self.random.one_in(2) { *self.random.pick(ANY) } else { Self::value };
            expr = self.attempt(|g| form(g, ty));
            if expr.is_some() {
                break;
            }
        }
        self.depth -= 1;
        expr.unwrap_or_else(|| self.leaf(ty))
    }

    /// The same as an operand.
    pub(super) fn operand(&mut self, ty: &Ty) -> Part {
        self.expr(ty).into()
    }

    /// The receiver of a method that takes it by value.
    pub(super) fn receiver(&mut self, ty: &Ty) -> Part {
        let expr = self.expr(ty);
        if expr.is_field() && !self.grammar.beyond {
            return Expr::new(ty, "std::convert::identity($)", [expr.into()]).into();
        }
        expr.into()
    }

    /// A value without suspensions, jumps or moves of what is outside.
    pub(super) fn quiet(&mut self, ty: &Ty) -> Part {
        self.plainly(|g| g.operand(ty))
    }

    /// A place, moved or copied.
    pub(super) fn use_place(&mut self, ty: &Ty) -> Option<Expr> {
        let access = if ty.is_copy() { Access::Read } else { Access::Move };
        let place = self.place(access, |other| other == ty)?;
        if access == Access::Move {
            self.own.take(&place);
        }
        Some(Expr::text(ty, place.text))
    }

    fn awaited(&mut self, ty: &Ty) -> Option<Expr> {
        if !self.suspends {
            return None;
        }
        let name = self.quoted("w");
        let make = match self.random.below(6) {
            0 => "now($, $).await",
            1 => "after(2, $, $).await",
            2 => "Make(D::new($), $).await",
            _ => "later($, $).await",
        };
        let value = self.operand(ty);
        Some(Expr::new(ty, make, [name.into(), value]))
    }

    /// A future in a variable, awaited by value.
    pub(super) fn awaited_local(&mut self, ty: &Ty) -> Option<Expr> {
        if !self.suspends {
            return None;
        }
        let place = self.place(Access::Move, |other| match other {
            Ty::Step(of) | Ty::Async(of) => **of == *ty,
            _ => false,
        })?;
        self.own.take(&place);
        Some(Expr::text(ty, format!("{}.await", place.text)))
    }

    fn block_value(&mut self, ty: &Ty) -> Option<Expr> {
        let keyword = if self.random.one_in(5) { "unsafe $" } else { "$" };
        let block = self.block(ty);
        let mut expr = Expr::new(ty, keyword, [block.into()]);
        expr.loose = true;
        Some(expr)
    }

    fn if_else(&mut self, ty: &Ty) -> Option<Expr> {
        let condition = self.condition();
        let ways = self.branch(&mut [&mut |g| g.block(ty), &mut |g| g.block(ty)]);
        let [then, or] = <[Block; 2]>::try_from(ways).ok()?;
        Some(Expr::new(ty, "if $ $ else $", [condition, then.into(), or.into()]))
    }

    fn if_let_else(&mut self, ty: &Ty) -> Option<Expr> {
        if self.grammar.edition >= 2024 && self.chains() && self.random.one_in(3) {
            return self.chain(ty);
        }
        let scrutinee = self.scrutinee();
        let before = self.own.snapshot();
        let (pattern, then) = self.arm(&scrutinee, true, |g| g.block(ty));
        let way = self.way();
        self.back(&before);
        let or = self.block(ty);
        let ways = [way, self.way()];
        self.join(&ways);
        let parts = [pattern.into(), scrutinee.part, then.into(), or.into()];
        Some(Expr::new(ty, "if let $ = # $ else $", parts))
    }

    /// `if let … && … && let …`.
    fn chain(&mut self, ty: &Ty) -> Option<Expr> {
        let scrutinee = self.scrutinee();
        let before = self.own.snapshot();
        let mut condition = None;
        let (pattern, then) = self.arm(&scrutinee, true, |g| {
            condition = Some(g.looking(|g| g.operand(&Ty::B)));
            g.block(ty)
        });
        let way = self.way();
        // What the pattern moved may be gone also where the condition did not hold.
        let mut entered = before.clone();
        if let Some(way) = &way {
            for (state, other) in entered.iter_mut().zip(way) {
                state.gone.extend(other.gone.iter().cloned());
            }
        }
        self.back(&entered);
        let or = self.block(ty);
        let ways = [way, self.way()];
        self.join(&ways);
        let parts = [pattern.into(), scrutinee.part, condition?, then.into(), or.into()];
        Some(Expr::new(ty, "if let $ = # && # $ else $", parts))
    }

    /// `match` with one to four arms, of which the last takes everything.
    fn match_value(&mut self, ty: &Ty) -> Option<Expr> {
        let scrutinee = self.scrutinee();
        Some(self.match_on(scrutinee, ty))
    }

    /// `match` on this.
    pub(super) fn match_on(&mut self, scrutinee: Matched, ty: &Ty) -> Expr {
        let mut parts: Vec<Part> = vec!["match ".into(), operand(scrutinee.part.clone())];
        parts.push(" {".into());
        let before = self.own.snapshot();
        let mut ways = Vec::new();
        let arms = self.random.below(3);
        for arm in 0..=arms {
            self.back(&before);
            let refutable = arm < arms;
            let mut guard = None;
            let (pattern, body) = self.arm(&scrutinee, refutable, |g| {
                if refutable && g.random.one_in(3) {
                    guard = Some(g.guard());
                }
                if g.random.one_in(2) { Part::Block(g.block(ty)) } else { g.operand(ty) }
            });
            ways.push(self.way());
            let mut text = vec![format!(" {pattern}").into()];
            if let Some(guard) = guard {
                text.push(Part::Optional(vec![" if ".into(), guard]));
            }
            text.extend([" => ".into(), body, ",".into()]);
            match refutable {
                true => parts.push(Part::Optional(text)),
                false => parts.extend(text),
            }
        }
        parts.push(" }".into());
        self.join(&ways);
        Expr { ty: ty.clone(), parts, loose: true }
    }

    /// The condition of an arm.
    fn guard(&mut self) -> Part {
        let suspends = self.suspends && self.guards();
        let before = std::mem::replace(&mut self.suspends, suspends);
        let exits = std::mem::take(&mut self.exits);
        let ret = self.ret.take();
        let guard = self.looking(|g| g.operand(&Ty::B));
        (self.ret, self.exits, self.suspends) = (ret, exits, before);
        self.dead = false;
        guard
    }

    /// `loop` that breaks with a value in its second round at the latest.
    fn loop_value(&mut self, ty: &Ty) -> Option<Expr> {
        if self.loops >= 2 {
            return None;
        }
        let rounds = self.name("rounds");
        let label = self.random.one_in(2).then(|| self.name("'l"));
        let mut exit = self.exit(label.clone(), Some(ty.clone()), true);
        exit.ways.push(self.way());
        self.loops += 1;
        let (body, value) = self.repeated(|g| {
            g.exits.push(exit);
            let body = g.statements_alone();
            let value = match g.dead {
                true => g.literal(ty).into(),
                false => g.leaving(g.exits.len() - 1, |g| g.operand(ty)),
            };
            (body, value)
        });
        self.loops -= 1;
        let mut exit = self.exits.pop()?;
        if !self.dead {
            exit.ways.push(self.way());
        }
        self.join(&exit.ways);
        let out = label.as_ref().map_or("break".to_owned(), |label| format!("break {label}"));
        let (mut body, end) = (body, self.literal(ty));
        body.stmts.insert(0, Stmt::fixed(&format!("if {rounds} > 3 {{ {out} #; }}"), [end.into()]));
        body.stmts.insert(0, Stmt::fixed(&format!("{rounds} += 1;"), []));
        body.stmts.push(Stmt::new(&format!("if {rounds} == 2 {{ {out} #; }}"), [value]));
        let head = label.map_or(String::new(), |label| format!("{label}: "));
        let inner = Expr::new(ty, "$loop $", [head.into(), body.into()]);
        let block = Block {
            stmts: vec![Stmt::new(&format!("let mut {rounds} = 0;"), [])],
            tail: Some(Box::new(inner)),
        };
        let mut expr = Expr::new(ty, "$", [block.into()]);
        expr.loose = true;
        Some(expr)
    }

    fn labelled_block(&mut self, ty: &Ty) -> Option<Expr> {
        let label = self.name("'b");
        let exit = self.exit(Some(label.clone()), Some(ty.clone()), false);
        self.exits.push(exit);
        let block = self.block(ty);
        let mut exit = self.exits.pop()?;
        exit.ways.push(self.way());
        self.join(&exit.ways);
        Some(Expr::new(ty, &format!("{label}: $"), [block.into()]))
    }

    /// Something that can be left from here on.
    pub(super) fn exit(&mut self, label: Option<String>, value: Option<Ty>, is_loop: bool) -> Exit {
        let (vars, move_from) = (self.own.vars.len(), self.own.move_from);
        Exit { label, value, is_loop, move_from, vars, ways: Vec::new() }
    }

    /// Writes what is evaluated just before leaving this exit: it may move what is outside.
    pub(super) fn leaving<R>(&mut self, exit: usize, write: impl FnOnce(&mut Self) -> R) -> R {
        let exits = self.exits.split_off(0);
        let before = self.own.move_from;
        self.own.move_from = exits.get(exit).map_or(self.return_from, |exit| exit.move_from);
        let ret = self.ret.take();
        let written = write(self);
        self.ret = ret;
        self.own.move_from = before;
        self.exits = exits;
        written
    }

    /// `return`, `break` or `continue` as an operand.
    fn leave(&mut self, ty: &Ty) -> Option<Expr> {
        match self.random.below(6) {
            0 if self.grammar.beyond => {
                let jump = self.jump(ty)?;
                // A method cannot be called on what never is.
                Some(Expr::new(ty, &format!("std::convert::identity::<{ty}>($)"), [jump.into()]))
            }
            1 | 2 => {
                let stmts = self.jump_statement()?;
                let tail = Some(Box::new(self.expr(ty)));
                let mut expr = Expr::new(ty, "$", [Block { stmts, tail }.into()]);
                expr.loose = true;
                Some(expr)
            }
            _ => None,
        }
    }

    /// A jump, as an expression of any type.
    pub(super) fn jump(&mut self, ty: &Ty) -> Option<Expr> {
        let count = self.exits.len();
        let at = self.random.below(count + 1);
        if at == count {
            let ret = self.ret.clone()?;
            let value = self.leaving(usize::MAX, |g| g.operand(&ret));
            self.dead = true;
            return Some(Expr::new(ty, "return $", [value]));
        }
        let innermost = self.exits.iter().rposition(|exit| exit.is_loop) == Some(at);
        let exit = self.exits[at].clone();
        let name = match exit.label {
            Some(label) => format!(" {label}"),
            None if innermost => String::new(),
            None => return None,
        };
        if exit.is_loop && self.random.one_in(3) {
            self.dead = true;
            return Some(Expr::text(ty, format!("continue{name}")));
        }
        let expr = match exit.value {
            Some(of) => {
                let value = self.leaving(at, |g| g.operand(&of));
                Expr::new(ty, &format!("break{name} #"), [value])
            }
            None => Expr::text(ty, format!("break{name}")),
        };
        let way = self.way().map(|mut states| {
            states.truncate(exit.vars);
            states
        });
        self.exits[at].ways.push(way);
        self.dead = true;
        Some(expr)
    }

    /// `?`, where the function returns what it needs.
    fn tried(&mut self, ty: &Ty) -> Option<Expr> {
        match self.ret {
            Some(Ty::Res(_) | Ty::Large(_)) => {}
            Some(Ty::Opt(_)) => {
                let inner = Ty::Opt(Box::new(ty.clone()));
                let value = self.operand(&inner);
                return Some(Expr::new(ty, "#?", [value]));
            }
            _ => return None,
        }
        let inner = Ty::Res(Box::new(ty.clone()));
        if self.suspends && self.random.one_in(8) {
            let name = self.quoted("fails");
            return Some(Expr::new(ty, &format!("fails::<{ty}>($).await?"), [name.into()]));
        }
        let value = self.operand(&inner);
        Some(Expr::new(ty, "#?", [value]))
    }

    fn field_of_temporary(&mut self, ty: &Ty) -> Option<Expr> {
        let other = self.small_type();
        let (first, second) = match self.random.one_in(2) {
            true => (ty.clone(), other),
            false => (other, ty.clone()),
        };
        let at = usize::from(first != *ty);
        let holes = [self.operand(&first), self.operand(&second)];
        let template = if self.random.one_in(2) { "($, $)" } else { "Pair($, $)" };
        Some(Expr::new(ty, &format!("{template}.{at}"), holes))
    }

    fn wrapped(&mut self, ty: &Ty) -> Option<Expr> {
        let template = *self.random.pick(&[
            "std::convert::identity($)",
            "Some($).unwrap()",
            "*Box::new($)",
            "std::mem::ManuallyDrop::into_inner(std::mem::ManuallyDrop::new($))",
            "std::hint::black_box($)",
        ]);
        let value = self.operand(ty);
        Some(Expr::new(ty, template, [value]))
    }

    /// `std::mem::replace`.
    fn replaced(&mut self, ty: &Ty) -> Option<Expr> {
        let place = self.place(Access::Change, |other| other == ty)?;
        Some(self.call(|g| {
            g.own.lend(&place, true, super::owner::Until::Call);
            let value = g.operand(ty);
            Expr::new(ty, &format!("std::mem::replace(&mut {}, $)", place.text), [value])
        }))
    }
}

fn operand(part: Part) -> Part {
    match part {
        Part::Expr(expr) => Part::Operand(expr),
        part => part,
    }
}
