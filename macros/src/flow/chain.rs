//! Chains of conditions: `if let … && … && let …`, and `if let` in a guard.
//!
//! What a chain binds, and the temporaries of what it matches, live until the chain fails or what it
//! decides has ended. The temporaries of a plain condition in it are dropped before the next.

use quote::quote;
use syn::{BinOp, Expr, ExprIf, ExprLet};

use super::native::{Use, wild};
use super::temporaries::binds_everything;
use super::{Dest, Flow, StateId};
use crate::suspension;

impl Flow<'_> {
    /// `if` with a chain.
    pub(super) fn branch_on_chain(&mut self, branch: &ExprIf, dest: &Dest) {
        let end = self.state("EndIf");
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        let otherwise = if other.is_some() { self.state("Else") } else { end };
        if suspension::expr(&branch.cond) || suspension::block(&branch.then_branch) {
            let depth = self.scopes.len();
            self.open();
            self.chain(&branch.cond, depth, otherwise);
            self.block(&branch.then_branch, dest);
            self.close();
            self.go_on(end);
        } else {
            // Its variables are locals of the step.
            let condition = self.native(&branch.cond, Use::Value);
            let then = self.native(&super::control::plain_block(&branch.then_branch), Use::Value);
            let store = self.store(then, dest, branch.if_token.span);
            let (go_end, go_else) = (self.go(end), self.go(otherwise));
            self.emit(quote!(if #condition { #store #go_end } else #go_else));
        }
        if let Some(other) = other {
            self.begin(otherwise);
            self.into(other, dest);
            self.go_on(end);
        }
        self.begin(end);
    }

    /// Compiles the conditions of a chain in the innermost scope, which is deeper than `depth`. The
    /// state that is current afterwards is the one where all of them hold; where one does not,
    /// the scopes deeper than `depth` are left for `otherwise`.
    pub(super) fn chain(&mut self, condition: &Expr, depth: usize, otherwise: StateId) {
        match condition {
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) && holds_let(condition) => {
                self.chain(&binary.left, depth, otherwise);
                self.chain(&binary.right, depth, otherwise);
            }
            Expr::Paren(inner) if holds_let(condition) => {
                self.chain(&inner.expr, depth, otherwise);
            }
            Expr::Group(inner) if holds_let(condition) => {
                self.chain(&inner.expr, depth, otherwise);
            }
            Expr::Let(condition) => self.link(condition, depth, otherwise),
            condition => {
                let condition = self.condition(condition);
                let fail = self.jump(depth, otherwise);
                self.emit(quote!(if !(#condition) #fail));
            }
        }
    }

    /// A pattern of a chain. What it binds lies in the frame.
    fn link(&mut self, condition: &ExprLet, depth: usize, otherwise: StateId) {
        let keep = !binds_everything(&condition.pat);
        let (value, patterns) =
            self.scrutinee(&condition.expr, &[&condition.pat, &wild()], true, keep);
        let pattern = &patterns[0];
        let puts = self.puts(&condition.pat);
        let matched = self.state("Matched");
        let (go_on, fail) = (self.go(matched), self.jump(depth, otherwise));
        self.emit(quote!(if let #pattern = #value { #puts #go_on } else { #fail }));
        self.begin(matched);
    }
}

/// Whether a condition has a pattern in it.
pub(crate) fn holds_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => holds_let(&binary.left) || holds_let(&binary.right),
        Expr::Paren(inner) => holds_let(&inner.expr),
        Expr::Group(inner) => holds_let(&inner.expr),
        _ => false,
    }
}
