//! The twin: the body as it was written, in an `async` block that rustc checks and never runs.
//!
//! It stands in a branch that is never taken and ends in `loop {}`, so that it is type-checked and
//! borrow-checked like any code, leaves the parameters usable after it, and compiles to nothing.
//! Its type, kept by `__twin`, gives the machine the auto traits and lifetimes of the `async fn`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Stmt, Type};

use crate::parse::{Input, Kind};

/// The statements that stand at the head of the emitted function.
pub(crate) fn emit(input: &Input) -> TokenStream {
    let pin = pin_return_type(input);
    let patterns = input.params.iter().filter_map(|param| {
        let (pattern, ident) = (param.pattern.as_ref()?, &param.ident);
        Some(quote!(let #pattern = #ident;))
    });
    let uses = input.params.iter().filter(|param| param.pattern.is_none()).map(|param| {
        let ident = &param.ident;
        // As in an `async fn`, the twin holds every parameter, also those the body never names.
        quote!(let _ = &#ident;)
    });
    let body = body(input);
    let check = match input.kind {
        Kind::Proc { .. } => quote!(twin_of_proc),
        Kind::Async { .. } => quote!(twin),
    };
    quote! {
        let __twin = ::core::marker::PhantomData;
        if false {
            #[allow(unused_braces)]
            let twin = async move {
                #pin
                #(#uses)*
                #(#patterns)*
                #body
            };
            ::async_proc::machine::#check(&__twin, &twin);
            loop {}
        }
    }
}

/// Makes the return type known before the first `return`, so that coercions at returns work as in
/// an `async fn`. A type that cannot be named in a `let` is left to inference.
fn pin_return_type(input: &Input) -> TokenStream {
    let ty = match &input.kind {
        Kind::Async { output: Type::Never(_) } => return TokenStream::new(),
        _ => input.body_type(),
    };
    let mut ty: Type = match syn::parse2(ty) {
        Ok(ty) => ty,
        Err(_) => return TokenStream::new(),
    };
    EraseImplTrait.visit_type_mut(&mut ty);
    quote! {
        #[allow(warnings, clippy::all)]
        if false {
            return { let returned: #ty = loop {}; returned };
        }
    }
}

struct EraseImplTrait;

impl VisitMut for EraseImplTrait {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::ImplTrait(_) => *ty = syn::parse_quote!(_),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}

fn body(input: &Input) -> TokenStream {
    match &input.kind {
        Kind::Async { .. } => input.body.to_token_stream(),
        Kind::Proc { value } => {
            let mut body = input.body.clone();
            complete_proc_body(&mut body, value);
            body.to_token_stream()
        }
    }
}

/// A `Future<()>` proc may fall off its end and return without a value: both mean `Ok(())`.
pub(crate) fn complete_proc_body(body: &mut Block, value: &Type) {
    let unit = matches!(value, Type::Tuple(tuple) if tuple.elems.is_empty());
    if !unit {
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
    }
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
