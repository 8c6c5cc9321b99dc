//! `stream! { … }` and `try_stream! { … }`, as async-stream has them: `async move` blocks that yield.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Block, Expr, Macro};

/// The attribute that holds the macro's path while it is a block.
const MARK: &str = "__written_as";

/// The macro as the block it stands for; `None` if that is not Rust (`for await`): then it is a macro
/// like any other.
pub(super) fn expand(mac: &Macro) -> Option<Expr> {
    let body = mac.parse_body_with(Block::parse_within).ok()?;
    let path = &mac.path;
    let mark = quote::format_ident!("{MARK}");
    Some(syn::parse_quote!(#[#mark(#path)] async move { #(#body)* }))
}

/// Gives the blocks their names back.
pub(super) fn renamed(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (token, tokens.peek()) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(attribute)))
                if hash.as_char() == '#' && marked(attribute).is_some() =>
            {
                let path = marked(attribute);
                // The attribute, `async` and `move`; what comes after them is the block.
                let body = tokens.by_ref().nth(3).map(inside);
                out.extend(quote!(#path ! #body));
            }
            (token, _) => out.extend([inside(token)]),
        }
    }
    out
}

/// The same within a group.
fn inside(token: TokenTree) -> TokenTree {
    let TokenTree::Group(group) = &token else { return token };
    let mut renamed = Group::new(group.delimiter(), self::renamed(group.stream()));
    renamed.set_span(group.span());
    TokenTree::Group(renamed)
}

/// The path in an attribute, if it is the mark.
fn marked(attribute: &Group) -> Option<TokenStream> {
    let mut tokens = attribute.stream().into_iter();
    match (tokens.next()?, tokens.next()?) {
        (TokenTree::Ident(name), TokenTree::Group(path)) if name == MARK => {
            (path.delimiter() == Delimiter::Parenthesis).then(|| path.stream())
        }
        _ => None,
    }
}
