//! `#[cfg]` inside what suspends: rustc would leave a node out of the twin that the machine keeps,
//! since attributes inside a body reach a macro unexpanded. Refused.

use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, Stmt};

use crate::diagnostics::Errors;
use crate::suspension;

pub(crate) fn refuse(body: &Block, errors: &mut Errors) {
    Suspending(errors).visit_block(body);
}

/// Visits what suspends, and only that: the rest is emitted with its attributes.
struct Suspending<'e>(&'e mut Errors);

impl<'ast> Visit<'ast> for Suspending<'_> {
    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
            self.0.refuse(
                attr,
                "`#[cfg]` inside a statement that suspends is not compiled yet: put it on a \
                 function, or use `if cfg!(…)`",
            );
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let last = block.stmts.iter().rposition(suspension::stmt);
        for (index, stmt) in block.stmts.iter().enumerate() {
            if suspension::stmt(stmt) {
                self.visit_stmt(stmt);
            } else if let Stmt::Local(local) = stmt
                && last.is_some_and(|last| index < last)
            {
                // Its variables live across a suspension.
                local.attrs.iter().for_each(|attr| self.visit_attribute(attr));
            }
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if suspension::expr(expr) {
            visit::visit_expr(self, expr);
        }
    }
}
