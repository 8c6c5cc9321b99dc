//! Functions that come out of a `macro_rules!`: groups that no one sees.
//!
//! A fragment like `$e:expr` comes in a group without delimiters, and in what a macro gives back
//! rustc does not heed these: of `$e * 2` with `1 + 1` for `$e` it would make `1 + 1 * 2`. So they are
//! taken away before anything else, and parentheses put where they have held something together.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};

/// The same function, with no such groups.
pub(crate) fn without_fragments(tokens: TokenStream) -> TokenStream {
    match holds_any(&tokens) {
        true => rewrite(tokens),
        false => tokens,
    }
}

fn holds_any(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || holds_any(&group.stream())
        }
        _ => false,
    })
}

fn rewrite(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut output = TokenStream::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            output.extend([token.clone()]);
            continue;
        };
        let inner = rewrite(group.stream());
        let delimiter = match group.delimiter() {
            Delimiter::None => {
                let before = index.checked_sub(1).map(|before| &tokens[before]);
                let inside: Vec<TokenTree> = inner.clone().into_iter().collect();
                if !needs_parentheses(before, &inside, tokens.get(index + 1)) {
                    output.extend(inside);
                    continue;
                }
                Delimiter::Parenthesis
            }
            delimiter => delimiter,
        };
        let mut same = Group::new(delimiter, inner);
        same.set_span(match group.delimiter() {
            // From the macro, so that no lint is about parentheses that the user has not written.
            Delimiter::None => Span::mixed_site().located_at(group.span()),
            _ => group.span(),
        });
        output.extend([TokenTree::Group(same)]);
    }
    output
}

/// Whether a fragment would come apart between these two tokens.
fn needs_parentheses(
    before: Option<&TokenTree>,
    inside: &[TokenTree],
    after: Option<&TokenTree>,
) -> bool {
    if inside.len() < 2 || is_statement(inside) {
        return false;
    }
    // `-1` holds together but before a method.
    if let [TokenTree::Punct(_), TokenTree::Literal(_)] = inside {
        return is_dot(after);
    }
    let binds = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Punct(punct)) => !matches!(punct.as_char(), ';' | ',' | ':' | '#' | '$'),
        token => is_word(token, &["as"]),
    };
    if begins_block(inside) {
        return binds(before) || binds(after);
    }
    // In the head of an `if`, a struct may not stand by itself.
    let holds_struct = inside.iter().any(
        |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace),
    );
    let in_head = is_word(before, &["if", "while", "match", "in"]);
    let holds_operator = holds_operator(inside);
    (holds_struct && in_head)
        || ((holds_struct || holds_operator) && (binds(before) || binds(after)))
}

/// Whether tokens begin as no expression does.
fn is_statement(inside: &[TokenTree]) -> bool {
    const WORDS: &[&str] = &[
        "let",
        "fn",
        "struct",
        "enum",
        "union",
        "use",
        "type",
        "impl",
        "trait",
        "mod",
        "static",
        "pub",
        "extern",
        "macro_rules",
    ];
    is_word(inside.first(), WORDS)
}

/// Whether tokens begin with a word that makes an expression of what follows.
fn begins_block(inside: &[TokenTree]) -> bool {
    const WORDS: &[&str] = &[
        "if", "match", "loop", "while", "for", "unsafe", "async", "const", "move", "return",
        "break",
    ];
    is_word(inside.first(), WORDS)
}

/// Whether there is an operator in sight, other than those that follow their operand.
fn holds_operator(inside: &[TokenTree]) -> bool {
    let count = |is: char| {
        let puncts = inside.iter().enumerate().filter(|(index, token)| {
            let arrow = index.checked_sub(1).is_some_and(|before| {
                matches!(&inside[before], TokenTree::Punct(punct)
                    if matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint)
            });
            matches!(token, TokenTree::Punct(punct) if punct.as_char() == is) && !arrow
        });
        puncts.count()
    };
    // As many of the one as of the other are those of generic arguments.
    let compares = count('<') != count('>');
    inside.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Punct(punct) => match punct.as_char() {
            '+' | '-' | '*' | '/' | '%' | '^' | '&' | '|' | '=' => true,
            '<' | '>' => compares,
            // Before what it negates, not after the name of a macro.
            '!' => index == 0,
            '.' => punct.spacing() == Spacing::Joint,
            _ => false,
        },
        token => is_word(Some(token), &["as"]),
    })
}

fn is_dot(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct))
        if punct.as_char() == '.' && punct.spacing() == Spacing::Alone)
}

fn is_word(token: Option<&TokenTree>, words: &[&str]) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if words.iter().any(|word| ident == word))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn fragment(tokens: TokenStream) -> TokenStream {
        TokenTree::Group(Group::new(Delimiter::None, tokens)).into()
    }

    #[test]
    fn what_held_together_still_does() {
        let (sum, call, negative) =
            (fragment(quote!(1 + 1)), fragment(quote!(list.len())), fragment(quote!(-1)));
        let (literal, choice) = (fragment(quote!(Point { x: 1 })), fragment(quote!(A | B)));
        let (ty, reference) = (fragment(quote!(Vec<u8>)), fragment(quote!(&str)));
        for (tokens, expected) in [
            (quote!(#sum * 2), quote!((1 + 1) * 2)),
            (quote!(let n = f(#sum);), quote!(let n = f(1 + 1);)),
            (quote!(#call * 2), quote!(list.len() * 2)),
            (quote!(#negative - 2), quote!(-1 - 2)),
            (quote!(#negative.abs()), quote!((-1).abs())),
            (quote!(if #literal == p {}), quote!(if (Point { x: 1 }) == p {})),
            (quote!(&#choice), quote!(&(A | B))),
            (quote!(let v: #ty = Vec::new();), quote!(let v: Vec<u8> = Vec::new();)),
            (quote!(x: #reference, y: #ty), quote!(x: &str, y: Vec<u8>)),
        ] {
            assert_eq!(without_fragments(tokens).to_string(), expected.to_string());
        }
    }

    #[test]
    fn statements_are_statements() {
        let statement = fragment(quote!(let n = 1 + 1));
        assert_eq!(
            without_fragments(quote!({ #statement; })).to_string(),
            quote!({
                let n = 1 + 1;
            })
            .to_string(),
        );
    }
}
