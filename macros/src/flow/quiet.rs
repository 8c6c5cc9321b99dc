//! Operands whose evaluation nothing can notice: it runs no code of anyone's, and cannot fail. When
//! they are evaluated does not matter.

use syn::Expr;

use crate::resolve;

pub(super) fn is_quiet(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) | Expr::Closure(_) | Expr::Async(_) => true,
        Expr::Paren(inner) => is_quiet(&inner.expr),
        Expr::Group(inner) => is_quiet(&inner.expr),
        Expr::Cast(cast) => is_quiet(&cast.expr),
        Expr::Reference(reference) => is_quiet(&reference.expr),
        Expr::RawAddr(reference) => is_quiet(&reference.expr),
        Expr::Unary(unary) => match unary.op {
            // What is behind a variable may be found by a `Deref` of its type's own.
            syn::UnOp::Deref(_) => false,
            _ => matches!(&*unary.expr, Expr::Lit(_)),
        },
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_quiet),
        Expr::Array(array) => array.elems.iter().all(is_quiet),
        Expr::Repeat(repeat) => is_quiet(&repeat.expr),
        Expr::Struct(literal) => {
            literal.rest.is_none() && literal.fields.iter().all(|field| is_quiet(&field.expr))
        }
        // `Some(x)`, and what else reads as a constructor.
        Expr::Call(call) => is_constructor(&call.func) && call.args.iter().all(is_quiet),
        Expr::Macro(mac) => crate::known::is_text(&mac.mac),
        _ => false,
    }
}

fn is_constructor(func: &Expr) -> bool {
    let Expr::Path(path) = func else { return false };
    resolve::mention_of(func).is_none()
        && path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}
