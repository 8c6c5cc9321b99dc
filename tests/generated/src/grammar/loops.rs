//! `while`, `while let` and `for`, each of which ends after a few rounds.

use super::generator::Generator;
use super::owner::Access;
use super::patterns::By;
use crate::program::{Block, Expr, Part, Stmt, Ty};

impl Generator {
    /// The body of a loop, and what its `break`s leave.
    fn body(&mut self, declare: impl FnOnce(&mut Self)) -> (String, Block) {
        let label = self.random.one_in(3).then(|| self.name("'l"));
        let mut exit = self.exit(label.clone(), None, true);
        exit.ways.push(self.way());
        self.exits.push(exit);
        self.loops += 1;
        let len = self.own.vars.len();
        let body = self.repeated(|g| {
            declare(g);
            g.statements_alone()
        });
        self.own.close(len);
        self.loops -= 1;
        let mut exit = self.exits.pop().expect("the loop's own");
        exit.ways.push(self.way());
        self.join(&exit.ways);
        (label.map_or(String::new(), |label| format!("{label}: ")), body)
    }

    pub(super) fn while_loop(&mut self) -> Option<Vec<Stmt>> {
        if self.loops >= 2 {
            return None;
        }
        let rounds = self.name("rounds");
        let mut condition: Part = Expr::text(&Ty::B, "true").into();
        if self.random.one_in(2) {
            condition = self.repeated(|g| g.jumpless(|g| g.condition()));
        }
        let (label, mut body) = self.body(|_| {});
        body.stmts.insert(0, Stmt::fixed(&format!("{rounds} += 1;"), []));
        let head = Stmt::new(&format!("let mut {rounds} = 0;"), []);
        let text = format!("{label}while {rounds} < 2 && # $");
        Some(vec![head, Stmt::new(&text, [condition, body.into()])])
    }

    pub(super) fn while_let(&mut self) -> Option<Vec<Stmt>> {
        if self.loops >= 2 {
            return None;
        }
        let rounds = self.name("rounds");
        let of = self.small_type();
        let ty = Ty::Opt(Box::new(of.clone()));
        let value = self.repeated(|g| g.jumpless(|g| g.operand(&of)));
        let mut pattern = String::new();
        let matched = self.matched("".into(), ty, None, By::Value);
        let (label, body) = self.body(|g| {
            pattern = g.pattern_of(&matched, true);
        });
        let head = Stmt::new(&format!("let mut {rounds} = 0;"), []);
        let text = format!(
            "{label}while let {pattern} = {{ {rounds} += 1; ({rounds} < 3).then_some(()) }}.map(|()| ()).and(Some($)) $"
        );
        Some(vec![head, Stmt::new(&text, [value, body.into()])])
    }

    pub(super) fn for_loop(&mut self) -> Option<Vec<Stmt>> {
        if self.loops >= 2 {
            return None;
        }
        let mut of = Ty::D;
        let mut by = By::Value;
        let iterator: Part = match self.random.below(8) {
            0 => Part::from("items(&[\"i\", \"j\"])"),
            1 => {
                of = Ty::N;
                let n = self.operand(&Ty::N);
                Expr::new(&Ty::Unit, "0..# % 3", [n]).into()
            }
            2 => {
                of = Ty::Tuple(vec![Ty::N, Ty::D]);
                let n = self.operand(&Ty::D);
                Expr::new(&Ty::Unit, "[make(\"i\"), $].into_iter().enumerate()", [n]).into()
            }
            3 | 4 => {
                let wanted = |ty: &Ty| matches!(ty, Ty::Vec(_));
                let place = self.place(Access::Read, wanted)?;
                let Ty::Vec(inner) = &place.ty else { return None };
                of = (**inner).clone();
                by = By::Ref;
                return self.for_over(&of, by, place.base.clone(), Some(place));
            }
            5 => {
                let place = self.place(Access::Move, |ty| matches!(ty, Ty::Vec(_)))?;
                let Ty::Vec(inner) = &place.ty else { return None };
                of = (**inner).clone();
                self.own.take(&place);
                place.text.into()
            }
            _ => {
                of = self.small_type();
                let ty = Ty::Array(Box::new(of.clone()), 2);
                let list = self.operand(&ty);
                Expr::new(&ty, "#", [list]).into()
            }
        };
        let mut pattern = String::new();
        let matched = self.matched("".into(), of, None, by);
        let (label, body) = self.body(|g| pattern = g.pattern_of(&matched, false));
        Some(vec![Stmt::new(&format!("{label}for {pattern} in # $"), [iterator, body.into()])])
    }

    /// Over the elements of a list by reference.
    fn for_over(
        &mut self,
        of: &Ty,
        by: By,
        base: String,
        place: Option<super::places::Place>,
    ) -> Option<Vec<Stmt>> {
        let place = place?;
        self.own.lend(&place, false, super::owner::Until::Statement);
        let mut pattern = String::new();
        let matched = self.matched("".into(), of.clone(), None, by);
        let (label, body) = self.body(|g| pattern = g.pattern_of(&matched, false));
        let text = match self.random.below(2) {
            0 => format!("{label}for {pattern} in &{base} $"),
            _ => format!("{label}for {pattern} in {base}.iter() $"),
        };
        Some(vec![Stmt::new(&text, [body.into()])])
    }

    /// Without `break`, `continue` and `return`: where they would leave what is not begun.
    pub(super) fn jumpless<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let exits = std::mem::take(&mut self.exits);
        let ret = self.ret.take();
        let written = write(self);
        (self.exits, self.ret) = (exits, ret);
        written
    }
}
