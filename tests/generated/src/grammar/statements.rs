//! Statements and blocks.

use super::generator::Generator;
use super::owner::{Access, State, Until};
use super::patterns::By;
use crate::program::{Block, Expr, Part, Stmt, Ty};

/// A way to write a statement, where it can be had. There may be several.
type Form = fn(&mut Generator) -> Option<Vec<Stmt>>;

const FORMS: &[Form] = &[
    Generator::let_value,
    Generator::let_value,
    Generator::let_value,
    Generator::let_value,
    Generator::let_pattern,
    Generator::let_pattern,
    Generator::let_pattern_of_place,
    Generator::let_reference,
    Generator::let_reference,
    Generator::let_guard,
    Generator::let_else,
    Generator::deferred,
    Generator::let_closure,
    Generator::let_async,
    Generator::tick,
    Generator::tick,
    Generator::tick,
    Generator::assign,
    Generator::assign,
    Generator::compound,
    Generator::change,
    Generator::change,
    Generator::discard,
    Generator::expression,
    Generator::expression,
    Generator::checked,
    Generator::if_statement,
    Generator::if_statement,
    Generator::while_loop,
    Generator::while_let,
    Generator::for_loop,
    Generator::for_loop,
    Generator::jump_statement,
    Generator::conditional_move,
    Generator::retire,
    Generator::write,
];

impl Generator {
    /// A block of this type.
    pub(super) fn block(&mut self, ty: &Ty) -> Block {
        self.depth += 1;
        let len = self.own.vars.len();
        if self.dead {
            // Never reached, but of its type.
            self.depth -= 1;
            let tail = (*ty != Ty::Unit).then(|| Box::new(self.literal(ty)));
            return Block { stmts: vec![], tail };
        }
        let mut block = Block { stmts: self.statements(), tail: None };
        if !self.dead && *ty != Ty::Unit {
            let tail = self.own.tail_from;
            self.own.tail_from = Some(tail.map_or(len, |tail| tail.min(len)));
            block.tail = Some(Box::new(self.expr(ty)));
            self.own.tail_from = tail;
        }
        if self.dead
            && *ty != Ty::Unit
            && let Some(Stmt { parts, .. }) = block.stmts.last_mut()
            && !matches!(parts.last(), Some(Part::Text(text)) if text.ends_with(';'))
        {
            // Or it would be the block's value.
            parts.push(";".into());
        }
        self.own.close(len);
        self.depth -= 1;
        block
    }

    /// A block without a value.
    pub(super) fn statements_alone(&mut self) -> Block {
        self.block(&Ty::Unit)
    }

    fn statements(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let most = if self.depth <= 1 { 14 } else { 4 };
        let least = if self.depth <= 1 { 5 } else { 0 };
        let mut left = least + self.random.below(most - least);
        while left > 0 && self.fuel > 0 && self.depth < 6 && !self.dead {
            left -= 1;
            // No statement takes all there is.
            let share = (4 + self.random.below(16) as i32).min(self.fuel);
            let rest = self.fuel - share;
            self.fuel = share - 1;
            let form = *self.random.pick(FORMS);
            if let Some(written) = self.attempt(|g| g.statement(form)) {
                stmts.extend(written);
            }
            self.fuel = self.fuel.max(0) + rest;
        }
        stmts
    }

    /// `if`'s and `while`'s condition.
    pub(super) fn condition(&mut self) -> Part {
        self.statement(|g| g.operand(&Ty::B))
    }

    fn tick(&mut self) -> Option<Vec<Stmt>> {
        let name = self.quoted("t");
        let text = if self.suspends { "tick($).await;" } else { "make($);" };
        Some(vec![Stmt::new(text, [name.into()])])
    }

    fn let_value(&mut self) -> Option<Vec<Stmt>> {
        let ty = self.some_type();
        let value = self.operand(&ty);
        let mutable = self.random.one_in(2);
        let name = self.variable(&ty);
        let annotation = if self.random.one_in(4) { format!(": {ty}") } else { String::new() };
        let keyword = if mutable { "let mut" } else { "let" };
        self.own.declare(&name, &ty, mutable, vec![]);
        Some(vec![Stmt::new(&format!("{keyword} {name}{annotation} = $;"), [value])])
    }

    fn let_pattern(&mut self) -> Option<Vec<Stmt>> {
        let ty = self.split_type();
        let part = self.operand(&ty);
        let matched = self.matched(part.clone(), ty, None, By::Value);
        let pattern = self.pattern_of(&matched, false);
        Some(vec![Stmt::new(&format!("let {pattern} = $;"), [part])])
    }

    fn let_pattern_of_place(&mut self) -> Option<Vec<Stmt>> {
        let splits = |ty: &Ty| matches!(ty, Ty::Tuple(_) | Ty::Pair(..) | Ty::Trio | Ty::Array(..));
        let (by, sign, access) = match self.random.below(3) {
            0 => (By::Ref, "&", Access::Read),
            1 => (By::RefMut, "&mut ", Access::Change),
            _ => (By::Value, "", Access::Move),
        };
        let place = self.place(access, splits)?;
        if by == By::Value && !self.is_matched_by_value(&place) {
            return None;
        }
        let text = format!("{sign}{}", place.text);
        let ty = place.ty.clone();
        let part = Part::from(text.clone());
        let matched = self.matched(part, ty, Some(place), by);
        let pattern = self.pattern_of(&matched, false);
        Some(vec![Stmt::new(&format!("let {pattern} = {text};"), [])])
    }

    fn let_reference(&mut self) -> Option<Vec<Stmt>> {
        let wanted = |ty: &Ty| {
            matches!(
                ty,
                Ty::D
                    | Ty::N
                    | Ty::Trio
                    | Ty::Pair(..)
                    | Ty::Num
                    | Ty::Opt(_)
                    | Ty::Tuple(_)
                    | Ty::Array(..)
            )
        };
        let unique = self.random.one_in(3);
        let access = if unique { Access::Change } else { Access::Read };
        let Some(place) = self.place(access, wanted) else {
            // The life of a temporary is extended.
            let ty = Ty::Ref(Box::new(Ty::D));
            let value = self.operand(&Ty::D);
            let name = self.variable(&ty);
            self.own.declare(&name, &ty, false, vec![]);
            return Some(vec![Stmt::new(&format!("let {name} = &#;"), [value])]);
        };
        let of = Box::new(place.ty.clone());
        let (ty, sign) = if unique { (Ty::RefMut(of), "&mut ") } else { (Ty::Ref(of), "&") };
        let mut holds = self.own.hold(&place, unique);
        let mut text = format!("{sign}{}", place.text);
        let other = (!unique && self.random.one_in(4))
            .then(|| self.place(Access::Read, |other| *other == place.ty))
            .flatten();
        if let Some(other) = other {
            holds.extend(self.own.hold(&other, false));
            let condition = self.quiet_condition();
            let name = self.variable(&ty);
            self.own.declare(&name, &ty, false, holds);
            text = format!("if # {{ {text} }} else {{ &{} }}", other.text);
            return Some(vec![Stmt::new(&format!("let {name} = {text};"), [condition])]);
        }
        let name = self.variable(&ty);
        self.own.declare(&name, &ty, false, holds);
        Some(vec![Stmt::new(&format!("let {name} = {text};"), [])])
    }

    /// A condition in which nothing is moved or changed.
    fn quiet_condition(&mut self) -> Part {
        let place = self.place(Access::Read, |ty| *ty == Ty::N);
        let text = place.map_or("true".to_owned(), |place| format!("{} > 1", place.text));
        let mut expr = Expr::text(&Ty::B, text);
        expr.loose = true;
        expr.into()
    }

    fn let_guard(&mut self) -> Option<Vec<Stmt>> {
        let unique = self.random.one_in(3);
        let access = if unique { Access::Change } else { Access::Read };
        let place = self.place(access, |ty| *ty == Ty::Lock)?;
        let ty = Ty::Guard { unique };
        let holds = self.own.hold(&place, unique);
        let name = self.variable(&ty);
        self.own.declare(&name, &ty, false, holds);
        let lock = if unique { "lock_mut" } else { "lock" };
        Some(vec![Stmt::new(&format!("let {name} = {}.{lock}();", place.base), [])])
    }

    fn let_else(&mut self) -> Option<Vec<Stmt>> {
        if self.ret.is_none() && self.exits.is_empty() {
            return None;
        }
        let scrutinee = self.scrutinee();
        let before = self.own.snapshot();
        let suspends = self.suspends;
        self.suspends &= self.else_blocks();
        let mut or = Block { stmts: vec![], tail: None };
        let len = self.own.vars.len();
        if self.random.one_in(2) {
            or = Block { stmts: self.statements(), tail: None };
        }
        let jumps = self.dead || {
            let jump = (0..6).find_map(|_| self.attempt(|g| g.jump(&Ty::Unit)));
            jump.map(|jump| or.stmts.push(Stmt::new("$;", [jump.into()]))).is_some()
        };
        self.own.close(len);
        self.suspends = suspends;
        self.back(&before);
        if !jumps {
            return None;
        }
        let pattern = self.pattern_of(&scrutinee, true);
        let part = match scrutinee.part {
            // A brace before `else` is a syntax error.
            Part::Expr(expr) if expr.loose => {
                Expr::new(&expr.ty.clone(), "std::convert::identity($)", [expr.into()]).into()
            }
            part => part,
        };
        let text = format!("let {pattern} = $ else $;");
        Some(vec![Stmt::new(&text, [part, or.into()])])
    }

    /// A variable that gets its value later, in every branch.
    fn deferred(&mut self) -> Option<Vec<Stmt>> {
        let ty = self.some_type();
        let mutable = self.random.one_in(2);
        let name = self.name("later");
        let var = self.own.declare(&name, &ty, mutable, vec![]);
        self.own.vars[var].state = State::new(false);
        let keyword = if mutable { "let mut" } else { "let" };
        let declaration = Stmt::new(&format!("{keyword} {name}: {ty};"), []);
        let give = |g: &mut Self| {
            let len = g.own.vars.len();
            g.own.vars[var].state.fresh = false;
            let stmts = g.statements();
            g.own.vars[var].state.fresh = true;
            let mut block = Block { stmts, tail: None };
            // Closed before the value, which is written in the block all the same.
            let value = if g.dead { None } else { Some(g.operand(&ty)) };
            g.own.close(len);
            if let Some(value) = value {
                block.stmts.push(Stmt::new(&format!("{name} = $;"), [value]));
                if !g.dead {
                    g.own.assigned(var);
                }
            }
            block
        };
        let again = give;
        let branches = match self.random.below(3) {
            0 => {
                let block = again(self);
                return Some(vec![declaration, Stmt::new("$", [block.into()])]);
            }
            _ => {
                let condition = self.condition();
                let before = self.own.snapshot();
                let then = give(self);
                let way = self.way();
                self.back(&before);
                let or = again(self);
                let ways = [way, self.way()];
                self.join(&ways);
                Stmt::new("if $ $ else $", [condition, then.into(), or.into()])
            }
        };
        Some(vec![declaration, branches])
    }

    fn assign(&mut self) -> Option<Vec<Stmt>> {
        // A variable, also one that was moved away or is not there yet.
        let own = &self.own;
        let targets: Vec<usize> = (0..own.vars.len())
            .filter(|&at| {
                let var = &own.vars[at];
                own.visible(at)
                    && var.ty.is_plain()
                    && own.free(at, &[], Access::Change)
                    && match var.state.gone.is_empty() {
                        true => var.mutable && at >= own.change_from,
                        false if var.mutable => at >= own.init_from && at >= own.change_from,
                        false => {
                            var.state.fresh
                                && at >= own.init_from.max(own.move_from).max(own.change_from)
                        }
                    }
            })
            .collect();
        if targets.is_empty() || self.random.one_in(4) {
            return self.assign_part();
        }
        let var = *self.random.pick(&targets);
        let (ty, name) = (self.own.vars[var].ty.clone(), self.own.vars[var].name.clone());
        // The value may be made of the old one, which is back when it counts.
        let from = self.own.move_from;
        if ty == Ty::D
            && self.own.allows(var, &[], Access::Read)
            && self.own.vars[var].mutable
            && !self.own.vars[var].fixed
            && (self.grammar.beyond || !name.contains('.'))
            && var >= self.own.init_from
            && self.random.one_in(2)
        {
            let part = match self.suspends && self.random.one_in(2) {
                true => format!("{name} = later(\"again\", {name}.with(\"*\")).await;"),
                false => format!("{name} = {name}.with(\"*\");"),
            };
            return Some(vec![Stmt::new(&part, [])]);
        }
        self.own.move_from = from;
        let value = self.operand(&ty);
        // The value itself may have changed what can be done with the variable.
        if !self.own.free(var, &[], Access::Change)
            || (!self.own.vars[var].mutable && !self.own.vars[var].state.fresh)
        {
            return Some(vec![Stmt::new("$;", [value])]);
        }
        if !self.dead {
            self.own.assigned(var);
        }
        Some(vec![Stmt::new(&format!("{name} = $;"), [value])])
    }

    /// A field, or what a reference points to.
    fn assign_part(&mut self) -> Option<Vec<Stmt>> {
        let place = self.place(Access::Change, Ty::is_plain)?;
        let value = self.call(|g| {
            g.own.lend(&place, true, Until::Call);
            g.operand(&place.ty)
        });
        Some(vec![Stmt::new(&format!("{} = $;", place.text), [value])])
    }

    fn compound(&mut self) -> Option<Vec<Stmt>> {
        let place = self.place(Access::Change, |ty| matches!(ty, Ty::N | Ty::Num))?;
        if place.ty == Ty::Num {
            self.own.lend(&place, true, Until::Statement);
        }
        let plain = place.path.is_empty() && place.ty == Ty::N || self.compounds();
        let value = self.call(|g| {
            g.own.lend(&place, true, Until::Call);
            if plain { g.operand(&Ty::N) } else { g.quiet(&Ty::N) }
        });
        let operator =
            if place.ty == Ty::N { *self.random.pick(&["+=", "*=", "|="]) } else { "+=" };
        Some(vec![Stmt::new(&format!("{} {operator} $;", place.text), [value])])
    }

    /// A method that takes `&mut self`.
    fn change(&mut self) -> Option<Vec<Stmt>> {
        let wanted = |ty: &Ty| matches!(ty, Ty::D | Ty::Vec(_));
        let place = self.place(Access::Change, wanted)?;
        let base = place.base.clone();
        Some(vec![match &place.ty {
            Ty::Vec(of) => {
                let value = self.call(|g| {
                    g.own.lend(&place, true, Until::Call);
                    g.operand(of)
                });
                Stmt::new(&format!("{base}.push($);"), [value])
            }
            _ => {
                let value = self.call(|g| {
                    g.own.lend(&place, true, Until::Call);
                    if g.random.one_in(2) {
                        let name = g.quoted("name");
                        return Part::from(name);
                    }
                    let text = g.operand(&Ty::Text);
                    Expr::new(&Ty::Text, "&#", [text]).into()
                });
                Stmt::new(&format!("{base}.rename($);"), [value])
            }
        }])
    }

    fn discard(&mut self) -> Option<Vec<Stmt>> {
        let ty = self.some_type();
        let value = self.operand(&ty);
        let pattern = *self.random.pick(&["let _ = $;", "_ = $;", "drop($);"]);
        Some(vec![Stmt::new(pattern, [value])])
    }

    fn expression(&mut self) -> Option<Vec<Stmt>> {
        let ty = if self.random.one_in(3) { Ty::Unit } else { self.some_type() };
        let value = self.operand(&ty);
        Some(vec![Stmt::new("#;", [value])])
    }

    fn checked(&mut self) -> Option<Vec<Stmt>> {
        // What stands in the macro is borrowed until its end.
        let holes = [self.operand(&Ty::N), self.looking(|g| g.operand(&Ty::N))];
        Some(vec![Stmt::new("assert_ne!($, 1000 + $);", holes)])
    }

    fn write(&mut self) -> Option<Vec<Stmt>> {
        let place = self.place(Access::Change, |ty| *ty == Ty::Text)?;
        let value = self.call(|g| {
            g.own.lend(&place, true, Until::Call);
            g.operand(&Ty::N)
        });
        let text = format!(
            "std::fmt::Write::write_fmt(&mut {}, format_args!(\"{{}}\", $)).unwrap();",
            place.text
        );
        if !self.random.one_in(3) {
            return None;
        }
        Some(vec![Stmt::new(&text, [value])])
    }

    fn if_statement(&mut self) -> Option<Vec<Stmt>> {
        if self.random.one_in(3) {
            let ty = Ty::Unit;
            let scrutinee = self.scrutinee();
            return Some(vec![Stmt::new("$", [self.match_on(scrutinee, &ty).into()])]);
        }
        let condition = self.condition();
        let before = self.way();
        let then = self.statements_alone();
        let ways = [before, self.way()];
        self.join(&ways);
        Some(vec![Stmt::new("if $ $", [condition, then.into()])])
    }

    pub(super) fn jump_statement(&mut self) -> Option<Vec<Stmt>> {
        let condition = self.condition();
        let before = self.way();
        let jump = self.jump(&Ty::Unit)?;
        let ways = [before, self.way()];
        self.join(&ways);
        let block = Block { stmts: vec![Stmt::new("$;", [jump.into()])], tail: None };
        Some(vec![Stmt::new("if $ $", [condition, block.into()])])
    }

    fn conditional_move(&mut self) -> Option<Vec<Stmt>> {
        let condition = self.condition();
        let place = self.place(Access::Move, Ty::is_plain)?;
        self.own.take(&place);
        self.own.vars[place.var].state.over = false;
        let drop = *self.random.pick(&["drop", "std::mem::drop"]);
        let text = format!("if $ {{ {drop}({}); }}", place.text);
        Some(vec![Stmt::new(&text, [condition])])
    }

    /// A reference is not used any more: what it borrows is free.
    fn retire(&mut self) -> Option<Vec<Stmt>> {
        let from = self.own.move_from;
        let at = (from..self.own.vars.len()).find(|&at| {
            let var = &self.own.vars[at];
            let reference = matches!(var.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::Guard { .. });
            reference
                && !var.state.over
                && self.own.visible(at)
                && self.own.free(at, &[], Access::Move)
        })?;
        let var = &mut self.own.vars[at];
        if matches!(var.ty, Ty::Guard { .. }) && !var.state.gone.is_empty() {
            return None;
        }
        var.state.over = true;
        let (ty, name) = (var.ty.clone(), var.name.clone());
        Some(match ty {
            Ty::Guard { .. } => vec![Stmt::new(&format!("drop({name});"), [])],
            _ => vec![],
        })
    }

    /// A type for a variable.
    pub(super) fn some_type(&mut self) -> Ty {
        let of = Box::new(self.small_type());
        match self.random.below(24) {
            0..=6 => Ty::D,
            7..=9 => Ty::N,
            10 => Ty::Tuple(vec![*of, self.small_type()]),
            11 => Ty::Pair(of, Box::new(self.small_type())),
            12 | 13 => Ty::Opt(of),
            14 => Ty::Res(of),
            15 => Ty::Array(of, 2 + self.random.below(2)),
            16 => Ty::Vec(of),
            17 => Ty::Boxed(of),
            18 => Ty::Step(of),
            19 => Ty::Trio,
            20 => Ty::Shape,
            21 => Ty::Lock,
            22 => Ty::Num,
            _ => self.random.pick(&[Ty::Text, Ty::B, Ty::Unit]).clone(),
        }
    }

    /// A type for a part of a value.
    pub(super) fn small_type(&mut self) -> Ty {
        match self.random.below(8) {
            0..=3 => Ty::D,
            4 | 5 => Ty::N,
            6 => Ty::Opt(Box::new(Ty::D)),
            _ => Ty::Tuple(vec![Ty::D, Ty::N]),
        }
    }

    fn split_type(&mut self) -> Ty {
        let of = Box::new(self.small_type());
        match self.random.below(4) {
            0 => Ty::Tuple(vec![*of, Ty::D, Ty::N]),
            1 => Ty::Pair(of, Box::new(Ty::D)),
            2 => Ty::Trio,
            _ => Ty::Array(of, 3),
        }
    }
}
