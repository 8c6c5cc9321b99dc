//! The end of a proc without a value: its body may fall off its end, return without a value, or end
//! with an expression that has none. All of them mean `Ok(())`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprMacro, Item, Macro, Stmt, Type};

/// Gives the body of a proc a `Result` wherever it ends, if it is to have no other value.
pub(crate) fn complete(body: &mut Block, value: &Type) {
    if !is_unit(value) {
        return;
    }
    struct Returns;
    impl VisitMut for Returns {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            match expr {
                Expr::Closure(_) | Expr::Async(_) => {}
                Expr::Return(ret) if ret.expr.is_none() => {
                    let span = ret.return_token.span;
                    ret.expr = Some(Box::new(Expr::Verbatim(ok_unit(span))));
                }
                _ => visit_mut::visit_expr_mut(self, expr),
            }
        }
        fn visit_item_mut(&mut self, _: &mut Item) {}
    }
    Returns.visit_block_mut(body);
    if falls_off(body) {
        if let Some(Stmt::Expr(expr, semi @ None)) = body.stmts.last_mut()
            && !is_block_like(expr)
        {
            *semi = Some(syn::Token![;](expr.span()));
        }
        let ok = ok_unit(body.brace_token.span.close());
        body.stmts.push(syn::parse_quote!(#[allow(unreachable_code)] { #ok }));
        let Some(Stmt::Expr(last, _)) = body.stmts.pop() else { return };
        body.stmts.push(Stmt::Expr(last, None));
    } else {
        in_block(body);
    }
}

/// Whether a type is `()`.
pub(crate) fn is_unit(value: &Type) -> bool {
    matches!(value, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Asks each expression that a block may end with for a `Result`, be it one or `()`: the tokens do
/// not say which it is.
fn in_block(block: &mut Block) {
    match block.stmts.last_mut() {
        Some(Stmt::Expr(expr, None)) => in_expr(expr),
        Some(last @ Stmt::Macro(_)) => {
            let Stmt::Macro(stmt) = &*last else { return };
            if stmt.semi_token.is_none() && !never_ends(&stmt.mac) {
                let (attrs, mac) = (stmt.attrs.clone(), stmt.mac.clone());
                let mut expr = Expr::Macro(ExprMacro { attrs, mac });
                in_expr(&mut expr);
                *last = Stmt::Expr(expr, None);
            }
        }
        _ => {}
    }
}

fn in_expr(expr: &mut Expr) {
    match expr {
        Expr::Block(block) if block.label.is_none() => in_block(&mut block.block),
        Expr::Unsafe(block) => in_block(&mut block.block),
        Expr::If(branch) => {
            in_block(&mut branch.then_branch);
            if let Some((_, other)) = &mut branch.else_branch {
                in_expr(other);
            }
        }
        Expr::Match(branch) => branch.arms.iter_mut().for_each(|arm| in_expr(&mut arm.body)),
        expr if may_have_no_value(expr) => {
            // From the macro, so that no lint is about a call that the user has not written, also
            // where the user's own call never returns.
            let span = Span::call_site().located_at(expr.span());
            *expr = syn::parse_quote_spanned! {span=>
                { #[allow(unreachable_code, unused_braces)] { ::async_proc::machine::unit(#expr) } }
            };
        }
        _ => {}
    }
}

fn may_have_no_value(expr: &Expr) -> bool {
    /// Whose type is that of what they are used for.
    const GENERIC: &[&str] = &["collect", "default", "into", "parse", "product", "sum", "try_into"];
    match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => {
                let last = path.path.segments.last();
                !last.is_some_and(|last| last.ident == "Ok" || last.ident == "Err")
            }
            _ => true,
        },
        Expr::MethodCall(call) => !GENERIC.iter().any(|name| call.method == name),
        Expr::Macro(mac) => !never_ends(&mac.mac),
        Expr::Await(_) | Expr::Try(_) => true,
        _ => false,
    }
}

fn never_ends(mac: &Macro) -> bool {
    const PANICS: &[&str] = &["panic", "todo", "unimplemented", "unreachable"];
    mac.path.segments.last().is_some_and(|last| PANICS.iter().any(|name| last.ident == name))
}

fn ok_unit(span: Span) -> TokenStream {
    quote_spanned!(span=> ::core::result::Result::Ok(()))
}

fn is_block_like(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::If(_)
            | Expr::Match(_)
            | Expr::Block(_)
            | Expr::Unsafe(_)
            | Expr::Loop(_)
            | Expr::While(_)
            | Expr::ForLoop(_)
    )
}

/// Whether a body ends without a value of its own.
fn falls_off(block: &Block) -> bool {
    block_end(block) == End::Unit
}

/// What a body ends with, as far as its tokens say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// No value.
    Unit,
    /// A value of its own.
    Value,
    /// Nothing: it never gets there.
    Never,
}

fn block_end(block: &Block) -> End {
    match block.stmts.last() {
        None | Some(Stmt::Local(_) | Stmt::Item(_)) => End::Unit,
        Some(Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _)) => End::Never,
        Some(Stmt::Expr(_, Some(_))) => End::Unit,
        Some(Stmt::Macro(stmt)) if stmt.semi_token.is_some() => End::Unit,
        Some(Stmt::Macro(_)) => End::Value,
        Some(Stmt::Expr(expr, None)) => end(expr),
    }
}

fn end(expr: &Expr) -> End {
    match expr {
        Expr::While(_) | Expr::ForLoop(_) | Expr::Assign(_) | Expr::Loop(_) => End::Unit,
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => End::Never,
        Expr::Tuple(tuple) if tuple.elems.is_empty() => End::Unit,
        Expr::Block(block) => block_end(&block.block),
        Expr::Unsafe(block) => block_end(&block.block),
        Expr::If(branch) => match &branch.else_branch {
            None => End::Unit,
            Some((_, other)) => either(block_end(&branch.then_branch), end(other)),
        },
        Expr::Match(branch) => {
            branch.arms.iter().map(|arm| end(&arm.body)).fold(End::Never, either)
        }
        _ => End::Value,
    }
}

/// Branches have one type: one that ends without a value speaks for the others.
fn either(a: End, b: End) -> End {
    match (a, b) {
        (End::Unit, _) | (_, End::Unit) => End::Unit,
        (End::Never, other) => other,
        (End::Value, _) => End::Value,
    }
}
