//! Which expressions leave temporaries that live to the end of the statement, and which patterns
//! leave parts of the value they match.

use syn::{Expr, Pat};

use super::is_place;
use super::native::Use;
use super::operand::Operand;
use crate::known::{self, Access};
use crate::resolve;
use crate::suspension;

/// Whether compiling an expression emits code before its text: it suspends, or it makes
/// temporaries that must be kept.
pub(super) fn leaps(expr: &Expr, held: bool) -> bool {
    suspension::expr(expr) || (held && makes_temporaries(expr))
}

pub(super) fn leaps_place(expr: &Expr, held: bool) -> bool {
    suspension::expr(expr) || (held && (makes_temporaries(expr) || borrows_temporary(expr)))
}

pub(super) fn leaps_as(operand: &Operand<'_>, held: bool) -> bool {
    match operand.usage {
        Use::Value => leaps(operand.expr, held),
        Use::Place => leaps_place(operand.expr, held),
    }
}

/// Whether borrowing an expression makes a temporary of it.
fn borrows_temporary(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => borrows_temporary(&inner.expr),
        Expr::Group(inner) => borrows_temporary(&inner.expr),
        Expr::Field(field) => borrows_temporary(&field.base),
        Expr::Index(index) => borrows_temporary(&index.expr),
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => false,
        _ => !is_place(expr) && !is_promoted(expr),
    }
}

/// Whether evaluating an expression leaves temporaries that live to the end of the statement.
fn makes_temporaries(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => makes_temporaries(&inner.expr),
        Expr::Group(inner) => makes_temporaries(&inner.expr),
        Expr::MethodCall(call) => {
            borrows_temporary(&call.receiver)
                || makes_temporaries(&call.receiver)
                || call.args.iter().any(makes_temporaries)
        }
        Expr::Call(call) => {
            makes_temporaries(&call.func) || call.args.iter().any(makes_temporaries)
        }
        Expr::Reference(reference) => {
            borrows_temporary(&reference.expr) || makes_temporaries(&reference.expr)
        }
        Expr::RawAddr(reference) => {
            borrows_temporary(&reference.expr) || makes_temporaries(&reference.expr)
        }
        Expr::Field(field) => borrows_temporary(&field.base) || makes_temporaries(&field.base),
        Expr::Index(index) => {
            borrows_temporary(&index.expr)
                || makes_temporaries(&index.expr)
                || makes_temporaries(&index.index)
        }
        Expr::Unary(unary) => {
            let deref = matches!(unary.op, syn::UnOp::Deref(_));
            (deref && borrows_temporary(&unary.expr)) || makes_temporaries(&unary.expr)
        }
        Expr::Binary(binary) => {
            use syn::BinOp;
            let compares = matches!(
                binary.op,
                BinOp::Eq(_)
                    | BinOp::Ne(_)
                    | BinOp::Lt(_)
                    | BinOp::Le(_)
                    | BinOp::Gt(_)
                    | BinOp::Ge(_)
            );
            // Each operand of `&&` and `||` drops its own.
            let lazy = matches!(binary.op, BinOp::And(_) | BinOp::Or(_));
            !lazy
                && [&binary.left, &binary.right].into_iter().any(|operand| {
                    makes_temporaries(operand) || (compares && borrows_temporary(operand))
                })
        }
        Expr::Cast(cast) => makes_temporaries(&cast.expr),
        Expr::Try(attempt) => makes_temporaries(&attempt.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().any(makes_temporaries),
        Expr::Array(array) => array.elems.iter().any(makes_temporaries),
        Expr::Repeat(repeat) => makes_temporaries(&repeat.expr),
        Expr::Struct(literal) => {
            literal.fields.iter().any(|field| makes_temporaries(&field.expr))
                // What a base that is no place keeps of its fields is a temporary.
                || literal.rest.as_deref().is_some_and(|base| {
                    super::variable::field_path(base).is_none() || makes_temporaries(base)
                })
        }
        Expr::Range(range) => {
            [&range.start, &range.end].into_iter().flatten().any(|bound| makes_temporaries(bound))
        }
        Expr::Match(branch) => borrows_temporary(&branch.expr) || makes_temporaries(&branch.expr),
        Expr::If(branch) => match &*branch.cond {
            Expr::Let(condition) => {
                borrows_temporary(&condition.expr) || makes_temporaries(&condition.expr)
            }
            _ => false,
        },
        // A block of its own holds what most macros borrow; `write!` and `format_args!` have none.
        Expr::Macro(mac) => known::parse(&mac.mac).is_some_and(|arguments| {
            let bare = mac.mac.path.segments.last().is_some_and(|last| {
                ["write", "writeln", "format_args"].iter().any(|name| last.ident == name)
            });
            arguments.args.iter().any(|arg| match arg.access {
                Access::Value => makes_temporaries(&arg.expr),
                Access::Borrow => {
                    bare && (makes_temporaries(&arg.expr) || borrows_temporary(&arg.expr))
                }
                Access::Text => false,
            })
        }),
        _ => false,
    }
}

/// Whether a reference to an expression is to a constant, with no temporary behind it.
pub(super) fn is_promoted(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Path(_) => resolve::mention_of(expr).is_none(),
        Expr::Paren(inner) => is_promoted(&inner.expr),
        Expr::Group(inner) => is_promoted(&inner.expr),
        // Of a variable or a constant it may be an operator of the type's own.
        Expr::Unary(unary) => matches!(&*unary.expr, Expr::Lit(_)),
        Expr::Reference(reference) => {
            reference.mutability.is_none() && is_promoted(&reference.expr)
        }
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_promoted),
        Expr::Array(array) => array.elems.iter().all(is_promoted),
        _ => false,
    }
}

/// Whether a pattern binds all of the value it matches, so that nothing is left of the value.
pub(super) fn binds_everything(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(pat) => pat.by_ref.is_none() && pat.subpat.is_none(),
        Pat::Path(_) | Pat::Lit(_) | Pat::Range(_) | Pat::Wild(_) => true,
        Pat::Paren(inner) => binds_everything(&inner.pat),
        Pat::Guard(inner) => binds_everything(&inner.pat),
        Pat::Type(inner) => binds_everything(&inner.pat),
        Pat::Or(or) => or.cases.iter().all(binds_everything),
        Pat::Tuple(tuple) => tuple.elems.iter().all(binds_whole),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(binds_whole),
        Pat::Struct(pattern) => {
            pattern.rest.is_none() && pattern.fields.iter().all(|field| binds_whole(&field.pat))
        }
        _ => false,
    }
}

/// Whether a value that a pattern is tried on may have parts to drop afterwards.
pub(super) fn leaves_anything(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Wild(_)) || !binds_everything(pattern) || leaves_when_refused(pattern)
}

/// Whether a value that a pattern does not match may have parts to drop: not so if the pattern takes
/// all there is but `None`, or whatever there is.
pub(super) fn leaves_when_refused(pattern: &Pat) -> bool {
    match pattern {
        Pat::Paren(inner) => leaves_when_refused(&inner.pat),
        Pat::Type(inner) => leaves_when_refused(&inner.pat),
        Pat::TupleStruct(tuple) if tuple.path.is_ident("Some") => {
            tuple.elems.iter().any(leaves_when_refused)
        }
        Pat::Lit(_) => false,
        _ => !matches_everything(pattern),
    }
}

/// Whether the tokens of a pattern say that it always matches.
fn matches_everything(pattern: &Pat) -> bool {
    match pattern {
        Pat::Paren(inner) => matches_everything(&inner.pat),
        Pat::Type(inner) => matches_everything(&inner.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(matches_everything),
        Pat::Ident(pat) => pat.subpat.is_none() && resolve::binding(&pat.ident).is_some(),
        Pat::Wild(_) | Pat::Rest(_) => true,
        _ => false,
    }
}

fn binds_whole(pattern: &Pat) -> bool {
    !matches!(pattern, Pat::Wild(_) | Pat::Rest(_)) && binds_everything(pattern)
}
