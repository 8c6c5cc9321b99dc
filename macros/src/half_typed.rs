//! A function whose body is no Rust, as while it is being typed: of what is wrong with it, rustc has
//! spoken already. It gets its signature, so that callers compile, and a twin of its tokens as they
//! are, so that an editor knows the types in it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Block, Expr, ItemFn, Signature, Stmt, Visibility, token};

/// Reads a function up to its body, which becomes one expression that is not taken apart.
pub(crate) fn function(item: TokenStream) -> syn::Result<ItemFn> {
    syn::parse2::<Head>(item).map(|head| head.0)
}

/// Whether a body is such an expression.
pub(crate) fn is_unread(body: &Block) -> bool {
    unread(body).is_some()
}

/// The body of a proc without a value: however it ends, that is its end.
pub(crate) fn complete(body: &mut Block) {
    let Some(tokens) = unread(body) else { return };
    let end = body.brace_token.span.close();
    let block = returns(tokens.clone());
    let text = quote_spanned!(end=> let _ = #block; ::core::result::Result::Ok(()));
    body.stmts = vec![Stmt::Expr(Expr::Verbatim(text), None)];
}

fn unread(body: &Block) -> Option<&TokenStream> {
    match &body.stmts[..] {
        [Stmt::Expr(Expr::Verbatim(tokens), None)] => Some(tokens),
        _ => None,
    }
}

/// Writes `return Ok(())` for `return`.
fn returns(tokens: TokenStream) -> TokenStream {
    let mut output = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_return = matches!(&token, TokenTree::Ident(ident) if ident == "return");
        let span = token.span();
        output.extend([match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), returns(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        }]);
        let ends = match tokens.peek() {
            None => true,
            Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ';' | ','),
            Some(_) => false,
        };
        if is_return && ends {
            output.extend(quote_spanned!(span=> ::core::result::Result::Ok(())));
        }
    }
    output
}

struct Head(ItemFn);

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let sig: Signature = input.parse()?;
        let body: Group = input.parse()?;
        let braces = (body.delimiter() == Delimiter::Brace)
            .then(|| token::Brace { span: body.delim_span() });
        let Some(brace_token) = braces else { return Err(input.error("expected a body")) };
        // In its own braces, of which rustc may have said something.
        let stmts = vec![Stmt::Expr(Expr::Verbatim(body.to_token_stream()), None)];
        let block = Box::new(Block { brace_token, stmts });
        syn::parse2::<ItemFn>(quote::quote!(
            fn head() {}
        ))
        .map(|mut item| {
            item.attrs = attrs;
            item.vis = vis;
            item.sig = sig;
            item.block = block;
            Head(item)
        })
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

    const FUNCTIONS: [&str; 7] = [
        include_str!("expansions/functions/one_await.rs"),
        include_str!("expansions/functions/serve.rs"),
        include_str!("expansions/functions/total.rs"),
        include_str!("expansions/functions/first_word.rs"),
        include_str!("expansions/functions/divide.rs"),
        include_str!("expansions/functions/deliver.rs"),
        "fn chosen(first: Option<u32>, mut rest: Vec<u32>) {
            let (a, Some(b)) = (first, rest.pop()) else { return };
            match a {
                Some(a) if a > b => log(a).await?,
                Some(ref a @ 1..=9) => for c in &rest { log(*a + c).await?; },
                _ => 'outer: while let Some(c) = rest.pop() {
                    let d = async move { c * 2 };
                    if d.await > 3 && c != 1 { break 'outer } else { continue 'outer; }
                }
            }
            println!(\"{a:?} {}\", rest.len());
            unsafe { rest.set_len(0) };
        }",
    ];

    /// The tokens, each with the depth it lies at, and a bracket for each end of a group.
    fn words(tokens: TokenStream, words: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => words_of(&group, words),
                token => words.push(token.to_string()),
            }
        }
    }

    fn words_of(group: &Group, all: &mut Vec<String>) {
        let (open, close) = match group.delimiter() {
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::None => ("", ""),
        };
        all.push(open.to_owned());
        words(group.stream(), all);
        all.push(close.to_owned());
    }

    /// The first tokens, as many as `left` says, in groups that are closed.
    fn cut(tokens: TokenStream, left: &mut usize) -> TokenStream {
        let mut output = TokenStream::new();
        for token in tokens {
            if *left == 0 {
                break;
            }
            *left -= 1;
            output.extend([match token {
                TokenTree::Group(group) => {
                    TokenTree::Group(Group::new(group.delimiter(), cut(group.stream(), left)))
                }
                token => token,
            }]);
        }
        output
    }

    #[test]
    fn a_body_cut_off_anywhere_keeps_its_tokens_and_its_signature() {
        let mut cuts = 0;
        let mut unread = 0;
        for function in FUNCTIONS {
            let tokens: TokenStream = function.parse().expect("the text holds tokens");
            let mut head: Vec<TokenTree> = tokens.into_iter().collect();
            let Some(TokenTree::Group(body)) = head.pop() else { panic!("{function}: no body") };
            let head: TokenStream = head.into_iter().collect();
            for length in 0.. {
                let mut left = length;
                let body = Group::new(Delimiter::Brace, cut(body.stream(), &mut left));
                if left > 0 {
                    break;
                }
                let mut item = head.clone();
                item.extend([TokenTree::Group(body.clone())]);
                let whole = syn::parse2::<syn::ItemFn>(item.clone()).is_ok();
                let output = crate::compile(TokenStream::new(), item);
                let mut written = Vec::new();
                words_of(&body, &mut written);
                let mut emitted = Vec::new();
                words(output.clone(), &mut emitted);
                let mut rest = emitted.iter();
                let lost = written.iter().find(|word| !rest.any(|emitted| emitted == *word));
                assert_eq!(lost, None, "lost of {body}:\n{output}");
                let name = head.clone().into_iter().skip_while(|token| token.to_string() != "fn");
                let name = name.map(|token| token.to_string()).nth(1);
                let named = emitted
                    .windows(2)
                    .any(|pair| pair[0] == "fn" && Some(&pair[1]) == name.as_ref());
                assert!(named, "no signature: {output}");
                let refused = emitted.iter().any(|word| word == "compile_error");
                assert!(!refused, "refused: {body}\n{output}");
                cuts += 1;
                unread += usize::from(!whole);
            }
        }
        assert!(cuts > 300 && unread > 50, "{unread} of {cuts} bodies do not parse");
    }
}
