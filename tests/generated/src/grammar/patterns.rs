//! Patterns: what they bind, and what they move out of what they match.

use super::generator::Generator;
use super::owner::{Access, Path};
use super::places::Place;
use crate::program::{Expr, Part, Ty};

/// Something that patterns are matched with.
#[derive(Debug, Clone)]
pub(super) struct Matched {
    /// The expression.
    pub(super) part: Part,
    /// The type the patterns have.
    pub(super) ty: Ty,
    /// The place, if it is one, or a reference to one.
    pub(super) place: Option<Place>,
    /// How names bind.
    pub(super) by: By,
    /// What all patterns for it keep to.
    pub(super) names: Names,
}

/// How a name without `ref` binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// It takes the value.
    Value,
    /// The scrutinee is a reference: it is one too.
    Ref,
    /// The scrutinee is a `&mut`.
    RefMut,
}

/// A name in a pattern.
#[derive(Debug, Clone)]
struct Bound {
    name: String,
    ty: Ty,
    mutable: bool,
    path: Path,
    /// `Some(unique)` when it borrows.
    borrows: Option<bool>,
}

/// What may be borrowed or moved by the names of one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Any,
    Moves,
    Borrows,
}

impl Generator {
    /// Something to match, and what its patterns keep to.
    pub(super) fn matched(&mut self, part: Part, ty: Ty, place: Option<Place>, by: By) -> Matched {
        let names = match (&place, by) {
            _ if self.grammar.beyond => Names::Any,
            (Some(_), By::Value) if self.random.one_in(2) => Names::Moves,
            (Some(_), By::Value) => Names::Borrows,
            (None, By::Value) if self.suspends => Names::Moves,
            _ => Names::Any,
        };
        Matched { part, ty, place, by, names }
    }

    /// What a `match` or an `if let` looks at.
    pub(super) fn scrutinee(&mut self) -> Matched {
        if self.random.one_in(2)
            && let Some(matched) = self.scrutinee_in_place()
        {
            return matched;
        }
        let ty = self.matched_type();
        let part = self.operand(&ty);
        self.matched(part, ty, None, By::Value)
    }

    fn scrutinee_in_place(&mut self) -> Option<Matched> {
        let splits = |ty: &Ty| {
            matches!(
                ty,
                Ty::Opt(_)
                    | Ty::Res(_)
                    | Ty::Shape
                    | Ty::Trio
                    | Ty::Tuple(_)
                    | Ty::Pair(..)
                    | Ty::N
                    | Ty::Array(..)
            )
        };
        let (by, access) = match self.random.below(4) {
            0 => (By::Ref, Access::Read),
            1 => (By::RefMut, Access::Change),
            _ => (By::Value, Access::Move),
        };
        let place = self
            .place(access, splits)
            .or_else(|| self.place(Access::Read, |ty| ty.is_copy() && splits(ty)))?;
        let by = if place.ty.is_copy() { By::Value } else { by };
        if by == By::Value && !self.is_matched_by_value(&place) {
            return None;
        }
        let text = match by {
            By::Value => place.text.clone(),
            By::Ref => format!("&{}", place.text),
            By::RefMut => format!("&mut {}", place.text),
        };
        let ty = place.ty.clone();
        Some(self.matched(Expr::text(&ty, text).into(), ty, Some(place), by))
    }

    /// Whether a pattern may move out of the place.
    pub(super) fn is_matched_by_value(&self, place: &Place) -> bool {
        let whole = !place.text.contains(['.', '*']);
        whole || place.ty.is_copy() || self.grammar.beyond
    }

    /// A type with something to tell apart.
    fn matched_type(&mut self) -> Ty {
        let inner = Box::new(self.small_type());
        match self.random.below(9) {
            0 | 1 => Ty::Opt(inner),
            2 => Ty::Res(inner),
            3 | 4 => Ty::Shape,
            5 => Ty::Tuple(vec![*inner, Ty::N]),
            6 => Ty::Pair(inner, Box::new(Ty::Opt(Box::new(Ty::D)))),
            7 => Ty::Trio,
            _ => Ty::N,
        }
    }

    /// Writes a pattern for `matched` and what stands behind it, in which its names are declared.
    pub(super) fn arm<R>(
        &mut self,
        matched: &Matched,
        refutable: bool,
        write: impl FnOnce(&mut Self) -> R,
    ) -> (String, R) {
        let len = self.own.vars.len();
        let temps = self.own.temps.len();
        let pattern = self.pattern_of(matched, refutable);
        let written = write(self);
        self.own.close(len);
        self.own.temps.truncate(temps.min(self.own.temps.len()));
        (pattern, written)
    }

    /// A pattern for `matched`, whose names are declared from here on.
    pub(super) fn pattern_of(&mut self, matched: &Matched, refutable: bool) -> String {
        let mut bound = Vec::new();
        let pattern = self.pattern(
            &matched.ty,
            matched.by,
            refutable,
            matched.names,
            &mut vec![],
            &mut bound,
        );
        for Bound { name, ty, mutable, path, borrows } in bound {
            let mut holds = Vec::new();
            if let Some(place) = &matched.place {
                let mut part = place.clone();
                part.path.extend(path);
                match borrows {
                    Some(unique) => holds = self.own.hold(&part, unique),
                    None if ty.is_copy() => {}
                    None => self.own.take(&part),
                }
            }
            self.own.declare(&name, &ty, mutable, holds);
        }
        pattern
    }

    fn pattern(
        &mut self,
        ty: &Ty,
        by: By,
        refutable: bool,
        names: Names,
        path: &mut Path,
        bound: &mut Vec<Bound>,
    ) -> String {
        let deep = path.len() < 3;
        if !deep || self.random.one_in(5) {
            return self.binding(ty, by, names, path, bound);
        }
        let mut sub = |g: &mut Self, at: usize, ty: &Ty, refutable: bool, names: Names| {
            path.push(at);
            let text = g.pattern(ty, by, refutable, names, path, bound);
            path.pop();
            text
        };
        match ty {
            Ty::Tuple(of) => {
                let of: Vec<_> = of
                    .iter()
                    .enumerate()
                    .map(|(at, ty)| sub(self, at, ty, refutable, names))
                    .collect();
                format!("({})", of.join(", "))
            }
            Ty::Pair(a, b) => {
                let a = sub(self, 0, a, refutable, names);
                if self.random.one_in(4) {
                    return format!("Pair({a}, ..)");
                }
                format!("Pair({a}, {})", sub(self, 1, b, refutable, names))
            }
            Ty::Trio => {
                let a = sub(self, 0, &Ty::D, refutable, names);
                if self.random.one_in(3) {
                    return format!("Trio {{ a: {a}, .. }}");
                }
                let c = sub(self, 2, &Ty::D, refutable, names);
                let b = sub(self, 1, &Ty::D, refutable, names);
                format!("Trio {{ a: {a}, c: {c}, b: {b} }}")
            }
            Ty::Array(of, n) => {
                let first = sub(self, 0, of, refutable, names);
                match self.random.below(3) {
                    0 => format!("[{first}, ..]"),
                    1 if *n > 1 => {
                        let last = sub(self, n - 1, of, refutable, names);
                        format!("[{first}, .., {last}]")
                    }
                    _ => {
                        let rest: Vec<_> =
                            (1..*n).map(|at| sub(self, at, of, refutable, names)).collect();
                        format!("[{}]", [vec![first], rest].concat().join(", "))
                    }
                }
            }
            Ty::Opt(_) if refutable && self.random.one_in(4) => "None".into(),
            Ty::Opt(of) if refutable => {
                format!("Some({})", sub(self, 0, of, true, names))
            }
            Ty::Res(_) | Ty::Large(_) if refutable && self.random.one_in(3) => "Err(_)".into(),
            Ty::Res(of) | Ty::Large(of) if refutable => {
                format!("Ok({})", sub(self, 0, of, true, names))
            }
            Ty::Shape if refutable => match self.random.below(5) {
                0 => "Shape::Unit".into(),
                1 => format!("Shape::One({})", sub(self, 0, &Ty::D, true, names)),
                2 => {
                    let a = sub(self, 1, &Ty::D, true, names);
                    format!("Shape::Two({a}, {})", sub(self, 2, &Ty::D, true, names))
                }
                3 => {
                    let right = sub(self, 3, &Ty::N, true, names);
                    format!("Shape::Named {{ right: {right}, .. }}")
                }
                _ => {
                    let both = sub(self, 1, &Ty::D, true, names);
                    format!(
                        "(Shape::One({both}) | Shape::Two({both}, _) | Shape::Named {{ left: {both}, .. }})"
                    )
                }
            },
            Ty::N if refutable => match self.random.below(4) {
                0 => "(0 | 3)".into(),
                1 => "1..=4".into(),
                2 => {
                    let name = self.binding(ty, by, names, path, bound);
                    match name.starts_with("mut ") || name.contains(['_', '@']) {
                        true => name,
                        false => format!("{name} @ (1 | 2)"),
                    }
                }
                _ => "2".into(),
            },
            Ty::B if refutable => "true".into(),
            _ => self.binding(ty, by, names, path, bound),
        }
    }

    /// A name, or `_`.
    fn binding(
        &mut self,
        ty: &Ty,
        by: By,
        names: Names,
        path: &[usize],
        bound: &mut Vec<Bound>,
    ) -> String {
        if self.random.one_in(5) {
            return "_".into();
        }
        let explicit = by == By::Value
            && match names {
                Names::Moves => false,
                Names::Borrows => !ty.is_copy(),
                _ => self.random.one_in(4),
            };
        let borrows = match by {
            By::Value if explicit => Some(names == Names::Any && self.random.one_in(4)),
            By::Value => None,
            By::Ref => Some(false),
            By::RefMut => Some(true),
        };
        // A temporary may be borrowed mutably; a variable only if it is `mut`.
        let borrows = if by == By::Value { borrows.map(|_| false) } else { borrows };
        let bound_ty = match borrows {
            None => ty.clone(),
            Some(false) => Ty::Ref(Box::new(ty.clone())),
            Some(true) => Ty::RefMut(Box::new(ty.clone())),
        };
        let mut name = self.variable(&bound_ty);
        if bound.iter().any(|other| other.name == name) {
            name = self.name("p");
        }
        let mutable = by == By::Value && !explicit && self.random.one_in(4);
        let text = match (explicit, mutable) {
            (true, _) => format!("ref {name}"),
            (_, true) => format!("mut {name}"),
            _ => name.clone(),
        };
        bound.push(Bound { name, ty: bound_ty, mutable, path: path.to_vec(), borrows });
        text
    }
}
