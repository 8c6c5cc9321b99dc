//! Whole functions: parameters, `self`, what is returned.

use super::generator::{Generator, Grammar};
use crate::program::{Param, Program, Receiver, Ty};
use crate::random::Random;

/// The calls of a function.
const RUNS: usize = 2;

impl Grammar {
    /// Program number `index` of the run with this seed.
    pub fn program(self, seed: u64, index: usize) -> Program {
        Generator::new(Random::new(seed, index), self).function(format!("g{index}"))
    }
}

impl Generator {
    fn function(mut self, name: String) -> Program {
        let receiver = self.method_receiver();
        let mut generics = String::new();
        let mut params = Vec::new();
        for _ in 0..self.random.below(4) {
            params.push(self.param(&mut generics));
        }
        let of = Box::new(self.small_type());
        let ret = match self.random.below(10) {
            0 | 1 => Ty::Res(of),
            2 => Ty::Large(of),
            3 | 4 => Ty::Opt(of),
            5 => Ty::Unit,
            6 => Ty::D,
            7 => *of,
            _ => Ty::N,
        };
        self.ret = Some(ret.clone());
        let items = match self.random.below(6) {
            0 => vec!["const LIMIT: usize = 3;".to_owned()],
            1 => vec!["fn twice(n: usize) -> usize { n * 2 }".to_owned()],
            _ => vec![],
        };
        let body = self.block(&ret);
        let generics = if generics.is_empty() { generics } else { format!("<{generics}>") };
        Program { name, receiver, generics, params, ret, ret_text: None, items, body }
    }

    fn method_receiver(&mut self) -> Option<Receiver> {
        let receiver = match self.random.below(16) {
            0 => Receiver::Shared,
            1 => Receiver::Unique,
            2 => Receiver::Value,
            3 => Receiver::Mutable,
            _ => return None,
        };
        let behind = match receiver {
            Receiver::Shared => Some(false),
            Receiver::Unique => Some(true),
            _ => None,
        };
        // The fields of `self`, as variables.
        for (name, ty) in [
            ("self.d", Ty::D),
            ("self.n", Ty::N),
            ("self.pair", Ty::Pair(Box::new(Ty::D), Box::new(Ty::D))),
        ] {
            let mutable = matches!(receiver, Receiver::Unique | Receiver::Mutable);
            let at = self.own.declare(name, &ty, mutable, vec![]);
            if behind.is_some() {
                self.own.vars[at].fixed = true;
            }
        }
        Some(receiver)
    }

    /// A parameter, which is declared from here on.
    fn param(&mut self, generics: &mut String) -> Param {
        let name = self.name("p");
        let mut declare = |ty: &Ty, mutable: bool| {
            self.own.declare(&name, ty, mutable, vec![]);
        };
        let d = || format!("D::new(\"{name}\")");
        let (text, arguments) = match self.random.below(14) {
            0..=3 => {
                declare(&Ty::N, true);
                (format!("mut {name}: usize"), vec!["0".into(), "2".into()])
            }
            4 => {
                declare(&Ty::B, false);
                (format!("{name}: bool"), vec!["true".into(), "false".into()])
            }
            5 => {
                declare(&Ty::D, true);
                (format!("mut {name}: D"), vec![d(); RUNS])
            }
            6 => {
                declare(&Ty::Opt(Box::new(Ty::D)), false);
                (format!("{name}: Option<D>"), vec![format!("Some({})", d()), "None".into()])
            }
            7 => {
                declare(&Ty::Ref(Box::new(Ty::D)), false);
                (format!("{name}: &D"), vec![format!("&{}", d()); RUNS])
            }
            8 => {
                declare(&Ty::RefMut(Box::new(Ty::D)), false);
                (format!("{name}: &mut D"), vec![format!("&mut {}", d()); RUNS])
            }
            9 => {
                declare(&Ty::D, false);
                let other = format!("{name}x");
                self.own.declare(&other, &Ty::N, false, vec![]);
                (format!("({name}, {other}): (D, usize)"), vec![format!("({}, 1)", d()); RUNS])
            }
            10 => {
                declare(&Ty::D, true);
                (
                    format!("Pair(mut {name}, _): Pair<D, D>"),
                    vec![format!("Pair::new({name:?})"); RUNS],
                )
            }
            11 => ("_: D".to_owned(), vec![d(); RUNS]),
            12 if generics.is_empty() => {
                declare(&Ty::Param, false);
                generics.push_str("T: AsRef<str> + std::fmt::Debug");
                (format!("{name}: T"), vec![d(), "\"str\"".into()])
            }
            12 => {
                declare(&Ty::Param, false);
                (format!("{name}: impl AsRef<str>"), vec![d(); RUNS])
            }
            _ => {
                declare(&Ty::Ref(Box::new(Ty::D)), false);
                (
                    format!("Trio {{ a: ref {name}, .. }}: Trio"),
                    vec![format!("Trio::new({name:?})"); RUNS],
                )
            }
        };
        Param { text, arguments }
    }
}
