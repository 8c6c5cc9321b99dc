//! The twin: the body as it was written, in an `async` block that rustc checks and never runs.
//!
//! It stands in a branch that is never taken and ends in `loop {}`, so that it is type-checked and
//! borrow-checked like any code, leaves the parameters usable after it, and compiles to nothing.
//! Its type, kept by `__twin`, gives the machine the auto traits and lifetimes of the `async fn`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::visit_mut::{self, VisitMut};

use crate::parse::{Input, Kind};
use crate::{half_typed, once, unit};

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
    let written_out = &input.written_out.uses;
    let twin = async_block(input, quote!(#pin #(#uses)* #(#patterns)* #body));
    quote! {
        let mut __twin = ::core::marker::PhantomData;
        if false {
            #written_out
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
pub(crate) fn output(input: &Input) -> TokenStream {
    let mut ty = match syn::parse2(input.body_type()) {
        Ok(Type::Never(_)) | Err(_) => return quote!(_),
        Ok(ty) => ty,
    };
    EraseImplTrait.visit_type_mut(&mut ty);
    quote!(#ty)
}

/// Whether the type of the body's value can be named.
pub(crate) fn is_named(input: &Input) -> bool {
    let Ok(written) = syn::parse2::<Type>(input.body_type()) else { return false };
    let mut named = written.clone();
    EraseImplTrait.visit_type_mut(&mut named);
    named == written
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
    let mut body = input.body.clone();
    if let Kind::Proc { value } = &input.kind {
        match half_typed::is_unread(&body) {
            true if unit::is_unit(value) => half_typed::complete(&mut body),
            true => {}
            false => unit::complete(&mut body, value),
        }
    }
    once::mark(&mut body);
    body.to_token_stream()
}
