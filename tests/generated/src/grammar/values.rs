//! Expressions of each type: literals, operators, calls and methods.

use super::generator::Generator;
use super::owner::{Access, Until};
use super::places::Place;
use crate::program::{Expr, Part, Ty};

impl Generator {
    /// A new value, from nothing but other new values.
    pub(super) fn literal(&mut self, ty: &Ty) -> Expr {
        let text = match ty {
            Ty::N => self.random.below(4).to_string(),
            Ty::B => (if self.random.one_in(2) { "true" } else { "false" }).to_owned(),
            Ty::D if self.random.one_in(4) => format!("make({})", self.quoted("d")),
            Ty::D => format!("D::new({})", self.quoted("d")),
            Ty::Num => format!("Num::new({}, {})", self.quoted("num"), self.random.below(3)),
            Ty::Lock => format!("Lock::new({})", self.quoted("lock")),
            Ty::Trio => format!("Trio::new({})", self.quoted("trio")),
            Ty::Shape => format!("shape({})", self.random.below(4)),
            Ty::Text => format!("String::from({})", self.quoted("text")),
            Ty::Tuple(of) => {
                let of: Vec<_> = of.iter().map(|ty| self.operand_of_literal(ty)).collect();
                return Expr::new(ty, &format!("({})", vec!["$"; of.len()].join(", ")), of);
            }
            Ty::Array(of, n) => {
                let of: Vec<_> = (0..*n).map(|_| self.operand_of_literal(of)).collect();
                return Expr::new(ty, &format!("[{}]", vec!["$"; of.len()].join(", ")), of);
            }
            Ty::Pair(a, b) => {
                let holes = [self.operand_of_literal(a), self.operand_of_literal(b)];
                return Expr::new(ty, "Pair($, $)", holes);
            }
            Ty::Opt(of) if self.random.one_in(3) => format!("None::<{of}>"),
            Ty::Step(of) => {
                let (name, value) = (self.quoted("w"), self.operand_of_literal(of));
                return Expr::new(ty, "later($, $)", [name.into(), value]);
            }
            Ty::Opt(of) => return self.around(ty, "Some($)", of),
            Ty::Res(of) => return self.around(ty, "Ok::<_, Small>($)", of),
            Ty::Large(of) => return self.around(ty, "Ok::<_, Large>($)", of),
            Ty::Vec(of) => return self.around(ty, "vec![$]", of),
            Ty::Boxed(of) => return self.around(ty, "Box::new($)", of),
            _ => "()".to_owned(),
        };
        Expr::text(ty, text)
    }

    fn operand_of_literal(&mut self, ty: &Ty) -> Part {
        self.literal(ty).into()
    }

    fn around(&mut self, ty: &Ty, template: &str, of: &Ty) -> Expr {
        let inner = self.operand_of_literal(of);
        Expr::new(ty, template, [inner])
    }

    /// An expression that only this type has.
    pub(super) fn value(&mut self, ty: &Ty) -> Option<Expr> {
        match ty {
            Ty::Unit => self.unit(),
            Ty::N => self.number(),
            Ty::B => self.boolean(),
            Ty::D => self.tracked(),
            Ty::Text => self.string(),
            _ => self.composite(ty),
        }
    }

    fn unit(&mut self) -> Option<Expr> {
        let of = self.some_type();
        Some(match self.random.below(4) {
            0 | 1 if self.suspends => {
                let name = self.quoted("t");
                Expr::new(&Ty::Unit, "tick($).await", [name.into()])
            }
            2 => {
                let value = self.operand(&of);
                Expr::new(&Ty::Unit, "drop($)", [value])
            }
            _ => {
                let block = self.statements_alone();
                let mut expr = Expr::new(&Ty::Unit, "$", [block.into()]);
                expr.loose = true;
                expr
            }
        })
    }

    fn number(&mut self) -> Option<Expr> {
        const SIMPLE: &[&str] = &[
            "# + $",
            "# + $",
            "# * $",
            "# | $",
            "sum($, $)",
            "[$, $].len()",
            "[$, $][1]",
            "#.min($)",
            "#.max($)",
            "usize::max($, $)",
            "(# % 4..# % 4).count()",
        ];
        let n = &Ty::N;
        Some(match self.random.below(22) {
            0..=4 => {
                let template = *self.random.pick(SIMPLE);
                let template = match template {
                    "sum($, $)" if self.suspends => "sum($, $).await",
                    "sum($, $)" => "usize::min($, $)",
                    // The receiver is a copy, which a suspending argument must not change.
                    "#.min($)" | "#.max($)" => {
                        let holes = [self.operand(n), self.quiet(n)];
                        return Some(Expr::new(n, template, holes));
                    }
                    template => template,
                };
                let holes = [self.operand(n), self.operand(n)];
                Expr::new(n, template, holes)
            }
            5 | 6 => self.call(|g| {
                let d = g.lent_d();
                Expr::new(n, "#.len()", [d])
            }),
            7 => self.call(|g| {
                let d = g.lent_d();
                Expr::new(n, "peek($)", [d])
            }),
            8 => {
                if self.random.one_in(2) {
                    let d = self.operand(&Ty::D);
                    Expr::new(n, "eat($)", [d])
                } else {
                    let d = self.receiver(&Ty::D);
                    Expr::new(n, "#.eat()", [d])
                }
            }
            9 | 10 if self.suspends => self.call(|g| {
                let d = g.lent_d();
                Expr::new(n, "look($).await", [d])
            }),
            11 => {
                let b = self.operand(&Ty::B);
                Expr::new(
                    n,
                    if self.random.one_in(2) { "usize::from($)" } else { "# as usize" },
                    [b],
                )
            }
            12 => {
                let value = self.operand(n);
                Expr::new(n, "(# as u8) as usize", [value])
            }
            13 | 14 => return self.locked(),
            15 => return self.called(),
            16 => return self.indexed(),
            17 => {
                let text = self.format();
                Expr::new(n, "#.len()", [text.into()])
            }
            18 => {
                let of = Ty::Opt(Box::new(Ty::D));
                let holes = [self.receiver(&of), self.quiet(n)];
                Expr::new(n, "#.map_or($, eat)", holes)
            }
            19 => {
                let place = self.place(Access::Read, |ty| matches!(ty, Ty::Vec(_)))?;
                Expr::text(n, format!("{}.len()", place.base))
            }
            20 => {
                let place = self.place(Access::Read, |ty| *ty == Ty::N)?;
                self.call(|g| {
                    g.own.lend(&place, false, Until::Call);
                    Expr::text(n, format!("*&{}", place.text))
                })
            }
            _ => {
                let place = self.place(Access::Read, |ty| *ty == Ty::Param)?;
                Expr::text(n, format!("{}.as_ref().len()", place.base))
            }
        })
    }

    /// Through a guard, a temporary one or one in a variable.
    fn locked(&mut self) -> Option<Expr> {
        let n = &Ty::N;
        if let Some(place) = self.place(Access::Read, |ty| matches!(ty, Ty::Guard { .. })) {
            if self.random.one_in(2) {
                return Some(Expr::text(n, format!("{}.count", place.base)));
            }
            return Some(self.call(|g| {
                g.own.lend(&place, false, Until::Call);
                let value = g.quiet(n);
                Expr::new(n, &format!("{}.get().query($)", place.base), [value])
            }));
        }
        let unique = self.random.one_in(3);
        let access = if unique { Access::Change } else { Access::Read };
        let place = self.place(access, |ty| *ty == Ty::Lock);
        let base = match place {
            Some(place) if self.own.outlives_temporaries(&place) => {
                self.own.lend(&place, unique, Until::Statement);
                place.base
            }
            _ => format!("Lock::new({})", self.quoted("lock")),
        };
        Some(match self.random.below(3) {
            _ if unique => {
                let holes = [self.quiet(n), self.quiet(n)];
                Expr::new(n, &format!("{base}.lock_mut().add($).query($)"), holes)
            }
            0 => Expr::text(n, format!("{base}.lock().count")),
            _ => {
                let value = self.argument(n);
                Expr::new(n, &format!("{base}.lock().query($)"), [value])
            }
        })
    }

    /// The argument of a method whose receiver goes through an overloaded `Deref`.
    fn argument(&mut self, ty: &Ty) -> Part {
        if self.grammar.beyond { self.operand(ty) } else { self.quiet(ty) }
    }

    fn called(&mut self) -> Option<Expr> {
        let place = self.place(Access::Read, |ty| matches!(ty, Ty::Closure(_)))?;
        let Ty::Closure(call) = place.ty else { return None };
        self.call_closure(&place, call)
    }

    fn indexed(&mut self) -> Option<Expr> {
        let place = self.place(Access::Read, |ty| {
            matches!(ty, Ty::Num) || matches!(ty, Ty::Array(of, _) if **of == Ty::N)
        })?;
        Some(self.call(|g| {
            if place.ty == Ty::Num {
                // The index is evaluated before the place is borrowed, but we are careful.
                g.own.lend(&place, false, Until::Call);
            }
            g.own.lend(&place, false, Until::Call);
            let index = g.operand(&Ty::N);
            let template = match &place.ty {
                Ty::Array(_, n) => format!("{}[# % {n}]", place.base),
                _ => format!("{}[$]", place.base),
            };
            Expr::new(&Ty::N, &template, [index])
        }))
    }

    fn boolean(&mut self) -> Option<Expr> {
        let b = &Ty::B;
        Some(match self.random.below(11) {
            0..=2 => {
                let template = *self.random.pick(&["# < $", "# == $", "# >= $", "# != $"]);
                let holes = [self.operand(&Ty::N), self.operand(&Ty::N)];
                Expr::new(b, template, holes)
            }
            3..=5 => {
                let left = self.operand(b);
                let before = self.way();
                let right = self.operand(b);
                let ways = [before, self.way()];
                self.join(&ways);
                Expr::new(b, if self.random.one_in(2) { "# && #" } else { "# || #" }, [left, right])
            }
            6 => {
                let value = self.operand(b);
                Expr::new(b, "!#", [value])
            }
            7 => {
                let scrutinee = self.scrutinee();
                let before = self.own.snapshot();
                let (pattern, guard) = self.arm(&scrutinee, true, |g| {
                    g.random.one_in(3).then(|| g.plainly(|g| g.looking(|g| g.operand(&Ty::B))))
                });
                let ways = [Some(before), self.way()];
                self.join(&ways);
                let mut parts =
                    vec!["matches!(".into(), scrutinee.part, format!(", {pattern}").into()];
                if let Some(guard) = guard {
                    parts.push(Part::Optional(vec![" if ".into(), guard]));
                }
                parts.push(")".into());
                Expr { ty: Ty::B, parts, loose: false }
            }
            8 => {
                // As an operator, its operand would be expected to be a `bool`.
                let value = self.operand(&Ty::Num);
                Expr::new(b, "std::ops::Not::not($)", [value])
            }
            9 => {
                let place = self.place(Access::Read, |ty| matches!(ty, Ty::Opt(_)))?;
                Expr::text(b, format!("{}.is_some()", place.base))
            }
            _ => self.call(|g| {
                let left = g.place(Access::Read, |ty| *ty == Ty::Num)?;
                g.own.lend(&left, false, Until::Call);
                let right = g.operand(&Ty::Num);
                let operator = *g.random.pick(&["==", "<"]);
                let left = Expr::text(&Ty::Num, left.text).into();
                Some(Expr::new(b, &format!("# {operator} #"), [left, right]))
            })?,
        })
    }

    fn tracked(&mut self) -> Option<Expr> {
        let d = &Ty::D;
        Some(match self.random.below(9) {
            0 | 1 => {
                let value = self.receiver(d);
                let suffix = *self.random.pick(&["\"'\"", "\"!\""]);
                Expr::new(d, &format!("#.with({suffix})"), [value])
            }
            2 => {
                let text = self.format();
                Expr::new(d, "D::new($)", [text.into()])
            }
            3 => {
                let value = self.receiver(&Ty::Opt(Box::new(Ty::D)));
                let name = self.quoted("or");
                Expr::new(d, "#.unwrap_or_else(|| make($))", [value, name.into()])
            }
            4 => {
                let value = self.operand(&Ty::Num);
                Expr::new(d, "#.d", [value])
            }
            5 => {
                let value = self.operand(&Ty::Trio);
                let field: &str = self.random.pick::<&str>(&["#.a", "#.b", "#.c"]);
                Expr::new(d, field, [value])
            }
            6 => {
                let place = self.place(Access::Change, |ty| *ty == Ty::Vec(Box::new(Ty::D)))?;
                let name = self.quoted("or");
                Expr::new(
                    d,
                    &format!("{}.pop().unwrap_or_else(|| make($))", place.base),
                    [name.into()],
                )
            }
            7 => {
                let holes = [self.operand(d), self.operand(d)];
                Expr::new(d, "[$, $].into_iter().last().unwrap()", holes)
            }
            _ => {
                let place = self.place(Access::Change, |ty| *ty == Ty::Opt(Box::new(Ty::D)))?;
                let name = self.quoted("or");
                Expr::new(
                    d,
                    &format!("{}.take().unwrap_or_else(|| make($))", place.base),
                    [name.into()],
                )
            }
        })
    }

    fn string(&mut self) -> Option<Expr> {
        if self.random.one_in(3) {
            let expr = self.call(|g| {
                let d = g.lent_d();
                Expr::new(&Ty::Text, "#.name().to_owned()", [d])
            });
            return Some(expr);
        }
        Some(self.format())
    }

    /// `format!` with inline captures, and arguments that may suspend.
    pub(super) fn format(&mut self) -> Expr {
        self.call(|g| {
            let mut text = String::new();
            let captured = g.place(Access::Read, |ty| {
                matches!(ty, Ty::N | Ty::D | Ty::Trio | Ty::Shape | Ty::Opt(_) | Ty::Pair(..))
            });
            if let Some(place) =
                captured.filter(|place| place.path.is_empty() && !place.text.contains('.'))
            {
                g.own.lend(&place, false, Until::Call);
                let debug = if matches!(place.ty, Ty::N | Ty::D) { "" } else { ":?" };
                text = format!("{{{}{debug}}} ", place.text);
            }
            let mut holes = Vec::new();
            for _ in 0..g.random.below(3) {
                text.push_str("{:?}");
                // What stands in the macro is borrowed until its end.
                holes.push(match g.random.below(3) {
                    0 => g.lent_d(),
                    1 => g.looking(|g| g.operand(&Ty::D)),
                    _ => g.looking(|g| g.operand(&Ty::N)),
                });
            }
            let arguments = ", $".repeat(holes.len());
            Expr::new(&Ty::Text, &format!("format!({text:?}{arguments})"), holes)
        })
    }

    fn composite(&mut self, ty: &Ty) -> Option<Expr> {
        Some(match ty {
            Ty::Tuple(of) => {
                let holes: Vec<_> = of.iter().map(|ty| self.operand(ty)).collect();
                Expr::new(ty, &format!("({})", vec!["$"; holes.len()].join(", ")), holes)
            }
            Ty::Array(of, n) => {
                let holes: Vec<_> = (0..*n).map(|_| self.operand(of)).collect();
                Expr::new(ty, &format!("[{}]", vec!["$"; holes.len()].join(", ")), holes)
            }
            Ty::Vec(of) => {
                let holes: Vec<_> =
                    (0..1 + self.random.below(3)).map(|_| self.operand(of)).collect();
                Expr::new(ty, &format!("vec![{}]", vec!["$"; holes.len()].join(", ")), holes)
            }
            Ty::Pair(a, b) => {
                let holes = [self.operand(a), self.operand(b)];
                Expr::new(ty, "Pair($, $)", holes)
            }
            Ty::Trio => {
                let template = *self.random.pick(&[
                    "Trio { a: $, b: $, c: $ }",
                    "Trio { c: $, a: $, b: $ }",
                    "Trio { b: $, a: $, ..Trio { a: make(\"x\"), b: make(\"y\"), c: $ } }",
                ]);
                let holes: Vec<_> = (0..3).map(|_| self.operand(&Ty::D)).collect();
                Expr::new(ty, template, holes)
            }
            Ty::Shape => match self.random.below(4) {
                0 => {
                    let d = self.operand(&Ty::D);
                    Expr::new(ty, "Shape::One($)", [d])
                }
                1 => {
                    let holes = [self.operand(&Ty::D), self.operand(&Ty::D)];
                    Expr::new(ty, "Shape::Two($, $)", holes)
                }
                2 => {
                    let holes = [self.operand(&Ty::N), self.operand(&Ty::D)];
                    Expr::new(ty, "(Shape::Named { right: $, left: $ })", holes)
                }
                _ => {
                    let n = self.operand(&Ty::N);
                    Expr::new(ty, "shape(# % 4)", [n])
                }
            },
            Ty::Num => match self.random.below(3) {
                0 => {
                    let holes = [self.operand(ty), self.operand(ty)];
                    Expr::new(ty, "# + $", holes)
                }
                1 => {
                    let value = self.operand(ty);
                    Expr::new(ty, "-#", [value])
                }
                _ => {
                    let (name, n) = (self.quoted("num"), self.operand(&Ty::N));
                    Expr::new(ty, "Num::new($, $)", [name.into(), n])
                }
            },
            Ty::Opt(of) | Ty::Res(of) if self.suspends && self.random.one_in(2) => {
                let make = match ty {
                    Ty::Opt(_) => "something($, $).await",
                    _ => "good($, $).await",
                };
                let (name, value) = (self.quoted("w"), self.operand(of));
                Expr::new(ty, make, [name.into(), value])
            }
            Ty::Opt(of) => return Some(self.hole(ty, "Some($)", of)),
            Ty::Res(of) => return Some(self.hole(ty, "Ok::<_, Small>($)", of)),
            Ty::Large(of) => return Some(self.hole(ty, "Ok::<_, Large>($)", of)),
            Ty::Boxed(of) => return Some(self.hole(ty, "Box::new($)", of)),
            Ty::Step(of) => {
                let (name, value) = (self.quoted("w"), self.operand(of));
                Expr::new(ty, "later($, $)", [name.into(), value])
            }
            _ => return None,
        })
    }

    fn hole(&mut self, ty: &Ty, template: &str, of: &Ty) -> Expr {
        let value = self.operand(of);
        Expr::new(ty, template, [value])
    }

    /// A `&D` for the call that is being written.
    pub(super) fn lent_d(&mut self) -> Part {
        let ty = Ty::Ref(Box::new(Ty::D));
        if self.random.one_in(4)
            && let Some(place) = self.place(Access::Read, |other| *other == ty)
        {
            self.own.lend(&place, false, Until::Call);
            return Expr::text(&ty, place.text).into();
        }
        let place = self.place(Access::Read, |other| *other == Ty::D);
        let expr = match place {
            Some(place) if !self.random.one_in(4) => {
                self.own.lend(&place, false, Until::Call);
                match self.random.below(3) {
                    0 => Expr::text(&ty, format!("{}.touch()", place.base)),
                    _ => Expr::text(&ty, format!("&{}", place.text)),
                }
            }
            _ if self.fuel > 0 && self.random.one_in(2) => {
                let value = self.operand(&Ty::D);
                Expr::new(&ty, "&#", [value])
            }
            _ => {
                let name = self.quoted("temp");
                Expr::new(&ty, "&make($)", [name.into()])
            }
        };
        expr.into()
    }

    /// A closure is called.
    fn call_closure(&mut self, place: &Place, call: crate::program::Call) -> Option<Expr> {
        use crate::program::Call;
        let access = match call {
            Call::Shared => Access::Read,
            Call::Unique => Access::Change,
            Call::Once => Access::Move,
        };
        if !self.own.allows(place.var, &place.path, access) {
            return None;
        }
        Some(self.call(|g| {
            if call == Call::Once {
                // What it borrows stays borrowed until it has run.
                let holds = g.own.vars[place.var].holds.clone();
                g.own.temps.extend(holds.into_iter().map(|hold| (hold, Until::Call)));
                g.own.take(place);
            } else {
                g.own.lend(place, call == Call::Unique, Until::Call);
            }
            let value = g.operand(&Ty::N);
            Expr::new(&Ty::N, &format!("{}($)", place.base), [value])
        }))
    }
}
