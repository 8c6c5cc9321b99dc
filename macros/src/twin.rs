//! The twin: the body as it was written, in an `async` block that rustc checks and never runs.
//!
//! It stands in a branch that is never taken and ends in `loop {}`, so that it is type-checked and
//! borrow-checked like any code, leaves the parameters usable after it, and compiles to nothing.
//! Its type, kept by `__twin`, gives the machine the auto traits and lifetimes of the `async fn`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Stmt, Type};

use crate::parse::{Input, Kind};

/// The statements that stand at the head of the emitted function.
pub(crate) fn emit(input: &Input) -> TokenStream {
    let pin = pin_return_type(input, &TokenStream::new());
    let output = output(input);
    let patterns = input.params.iter().filter_map(|param| {
        let (attrs, pattern, ident) = (&param.attrs, param.pattern.as_ref()?, &param.ident);
        Some(quote!(#(#attrs)* let #pattern = #ident;))
    });
    let uses = input.params.iter().filter(|param| param.pattern.is_none()).map(|param| {
        let (attrs, ident) = (&param.attrs, &param.ident);
        // As in an `async fn`, the twin holds every parameter, also those the body never names:
        // these are declared once more, for the lint to say so.
        let name = ident.to_string();
        let unused = name != "self"
            && !name.starts_with('_')
            && !mentions(&input.body.to_token_stream(), &name);
        let unused = unused.then(|| quote!(if false { #(#attrs)* let #ident = 0; }));
        quote!(let _ = &#ident; #unused)
    });
    let body = body(input);
    let check = match input.kind {
        Kind::Proc { .. } => quote!(twin_of_proc),
        Kind::Async { .. } => quote!(twin),
    };
    let twin = async_block(input, quote!(#pin #(#uses)* #(#patterns)* #body));
    quote! {
        let mut __twin = ::core::marker::PhantomData;
        if false {
            #[allow(unused_braces)]
            let mut twin = #twin;
            ::async_proc::machine::#check::<_, #output>(&mut __twin, &mut twin);
            loop {}
        }
    }
}

/// `async move { … }` with the spans of the function's own tokens: rustc gives names to what is
/// declared outside of it, and notes about it lead to the function, not to the attribute.
fn async_block(input: &Input, body: TokenStream) -> TokenStream {
    let head = input.sig.asyncness.map_or(input.sig.fn_token.span, |asyncness| asyncness.span);
    let mut block = quote_spanned!(head=> async move);
    input.body.brace_token.surround(&mut block, |block| block.extend(body));
    block
}

/// Whether a name stands anywhere in a body, be it in a text that may be a format string.
fn mentions(body: &TokenStream, name: &str) -> bool {
    body.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Literal(literal) => literal.to_string().contains(name),
        TokenTree::Punct(_) => false,
    })
}

/// Makes the return type known before the first `return`, so that coercions at returns work as in
/// an `async fn`. A type that cannot be named in a `let` is left to inference.
///
/// The machine's closure is told in the same way, with `wrapper` around the type: what rustc
/// then says of a value that does not fit is the same in both, and shown once.
pub(crate) fn pin_return_type(input: &Input, wrapper: &TokenStream) -> TokenStream {
    if matches!(&input.kind, Kind::Async { output: Type::Never(_) }) {
        return TokenStream::new();
    }
    let ty = output(input);
    let ty = match wrapper.is_empty() {
        true => ty,
        false => quote!(#wrapper<#ty>),
    };
    // "return type inferred to be … here" leads to the signature.
    let returned = quote_spanned!(input.output_span()=> {
        let returned: #ty = loop {};
        returned
    });
    quote! {
        #[allow(unused, clippy::all)]
        if false {
            return #returned;
        }
    }
}

/// The type of the body's value, as far as it can be named.
fn output(input: &Input) -> TokenStream {
    let mut ty = match syn::parse2(input.body_type()) {
        Ok(Type::Never(_)) | Err(_) => return quote!(_),
        Ok(ty) => ty,
    };
    EraseImplTrait.visit_type_mut(&mut ty);
    quote!(#ty)
}

/// Leaves to inference what a type does not name.
pub(crate) struct EraseImplTrait;

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
