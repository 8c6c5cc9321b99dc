//! Places that are used only after the operands behind them were evaluated.
//!
//! A receiver, a callee or an operand of `==` that is a place stays one, since a macro cannot see
//! whether it is borrowed or copied. If it is borrowed, the twin proves that nothing evaluated in
//! between changes it. If it is copied, something may: then the order has to be refused.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, Member};

use super::Flow;
use super::variable::field_path;
use crate::known;
use crate::liveness::mentions_in;
use crate::resolve::{Names, VarId};

impl Flow<'_> {
    /// Whether evaluating `later` may change the place `expr`, as far as the tokens tell.
    pub(super) fn may_change<'e>(
        &self,
        expr: &Expr,
        later: impl IntoIterator<Item = &'e Expr>,
    ) -> bool {
        let Some((base, pure)) = base(expr) else { return false };
        let Some((mention, path)) = field_path(base) else { return false };
        let var = self.names.mention(mention).var;
        let mut changes = Changes { names: self.names, var, path, pure, found: false };
        later.into_iter().for_each(|expr| changes.visit_expr(expr));
        changes.found
    }

    /// Refuses a place that an operand evaluated after it may change.
    pub(super) fn refuse_change<'e>(
        &mut self,
        expr: &Expr,
        later: impl IntoIterator<Item = &'e Expr>,
    ) {
        if self.may_change(expr, later) {
            self.refuse(
                expr,
                "what comes after this suspends and may change it, and whether it is read before \
                 that depends on its type: bind it, or the awaited value, to a variable first",
            );
        }
    }
}

/// The path of fields that a place starts from, and whether it is no more than that.
fn base(expr: &Expr) -> Option<(&Expr, bool)> {
    match expr {
        Expr::Paren(inner) => base(&inner.expr),
        Expr::Group(inner) => base(&inner.expr),
        _ if field_path(expr).is_some() => Some((expr, true)),
        Expr::Field(field) => base(&field.base).map(|(base, _)| (base, false)),
        Expr::Index(index) => base(&index.expr).map(|(base, _)| (base, false)),
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
            base(&unary.expr).map(|(base, _)| (base, false))
        }
        _ => None,
    }
}

struct Changes<'n> {
    names: &'n Names,
    var: VarId,
    path: Vec<Member>,
    /// The place is the path itself, with nothing followed behind it.
    pure: bool,
    found: bool,
}

/// Methods of std that change nothing.
const READS: &[&str] = &[
    "as_ref",
    "as_slice",
    "as_str",
    "capacity",
    "clone",
    "contains",
    "contains_key",
    "first",
    "get",
    "is_empty",
    "iter",
    "last",
    "len",
    "to_owned",
    "to_string",
    "to_vec",
];

impl Changes<'_> {
    /// The path of fields that `expr` starts from, if it overlaps the place.
    fn overlap(&self, expr: &Expr) -> Option<Vec<Member>> {
        let (mention, path) = field_path(base(expr)?.0)?;
        let same = self.names.mention(mention).var == self.var;
        (same && path.iter().zip(&self.path).all(|(a, b)| a == b)).then_some(path)
    }

    fn mentioned(&mut self, tokens: TokenStream) {
        self.found |=
            mentions_in(tokens).iter().any(|mention| self.names.mention(*mention).var == self.var);
    }
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Reference(reference)
                if reference.mutability.is_none() && self.overlap(&reference.expr).is_some() => {}
            Expr::Reference(reference) => {
                self.found |= self.overlap(&reference.expr).is_some();
                visit::visit_expr(self, expr);
            }
            Expr::RawAddr(reference) => {
                self.found |= self.overlap(&reference.expr).is_some();
                visit::visit_expr(self, expr);
            }
            Expr::Assign(assign) => {
                self.found |= self.overlap(&assign.left).is_some();
                visit::visit_expr(self, expr);
            }
            // Compound assignments among them.
            Expr::Binary(binary) if binary.op.to_token_stream().to_string().ends_with('=') => {
                let compares = matches!(
                    binary.op,
                    syn::BinOp::Eq(_) | syn::BinOp::Ne(_) | syn::BinOp::Le(_) | syn::BinOp::Ge(_)
                );
                self.found |= !compares && self.overlap(&binary.left).is_some();
                visit::visit_expr(self, expr);
            }
            Expr::MethodCall(call) => {
                match self.overlap(&call.receiver) {
                    Some(_) => {
                        self.found |= !READS.iter().any(|name| call.method == name);
                    }
                    None => self.visit_expr(&call.receiver),
                }
                call.args.iter().for_each(|arg| self.visit_expr(arg));
            }
            Expr::Closure(_) | Expr::Async(_) => self.mentioned(expr.to_token_stream()),
            _ if field_path(expr).is_some() => {
                if let Some(path) = self.overlap(expr) {
                    // Reading the place, or a part of it, changes nothing.
                    self.found |= !(self.pure && path.starts_with(&self.path));
                }
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let writes = mac
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "write" || last.ident == "writeln");
        match known::parse(mac) {
            Some(arguments) if !writes => {
                arguments.args.iter().for_each(|arg| self.visit_expr(&arg.expr));
            }
            _ => self.mentioned(mac.tokens.clone()),
        }
    }
}
