//! The macros of std whose arguments are known to be expressions, so that variables and
//! suspensions in them can be compiled like those of a call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Macro, Token, ext::IdentExt};

/// A macro's arguments, taken apart.
pub(crate) struct Arguments {
    pub(crate) args: Vec<Argument>,
    separator: Separator,
}

pub(crate) struct Argument {
    /// The `name =` of a format argument.
    pub(crate) name: Option<Ident>,
    pub(crate) expr: Expr,
    pub(crate) access: Access,
    /// Added by us, for a name captured inside the format string.
    pub(crate) implied: bool,
}

/// What a macro does to an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Takes its value.
    Value,
    /// Borrows it.
    Borrow,
    /// Keeps it as text: the format string.
    Text,
}

enum Separator {
    Comma,
    /// `vec![value; count]`.
    Semicolon,
}

/// Which arguments come before the format string, and what happens to them.
struct Family {
    leading: &'static [Access],
    /// What the arguments after the leading ones are.
    rest: Rest,
}

enum Rest {
    /// An optional format string and its arguments.
    Format,
    /// More of the same kind.
    Values,
}

fn family(name: &str) -> Option<Family> {
    use Access::{Borrow, Value};
    let (leading, rest): (&'static [Access], Rest) = match name {
        "format" | "format_args" | "print" | "println" | "eprint" | "eprintln" | "panic"
        | "todo" | "unimplemented" | "unreachable" => (&[], Rest::Format),
        "write" | "writeln" => (&[Borrow], Rest::Format),
        "assert" | "debug_assert" => (&[Value], Rest::Format),
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => {
            (&[Borrow, Borrow], Rest::Format)
        }
        "vec" | "dbg" => (&[], Rest::Values),
        "pin" => (&[Value], Rest::Values),
        "addr_of" | "addr_of_mut" | "__alias" | "__alias_mut" => (&[Borrow], Rest::Values),
        _ => return None,
    };
    Some(Family { leading, rest })
}

/// Takes the arguments of a known macro apart; `None` where it is another macro, or its arguments
/// do not parse (rustc then reports what is wrong with them).
pub(crate) fn parse(mac: &Macro) -> Option<Arguments> {
    let name = mac.path.segments.last()?.ident.to_string();
    let family = family(&name)?;
    if name == "vec"
        && let Ok(arguments) = repeat.parse2(mac.tokens.clone())
    {
        return Some(arguments);
    }
    let list = Punctuated::<(Option<Ident>, Expr), Token![,]>::parse_terminated_with;
    let list = (|input: ParseStream<'_>| list(input, argument)).parse2(mac.tokens.clone()).ok()?;
    let mut args: Vec<Argument> = Vec::new();
    for (index, (name, expr)) in list.into_iter().enumerate() {
        let access = match (family.leading.get(index), &family.rest) {
            (Some(access), _) => *access,
            (None, Rest::Values) => Access::Value,
            (None, Rest::Format) if index == family.leading.len() => Access::Text,
            (None, Rest::Format) => Access::Borrow,
        };
        args.push(Argument { name, expr, access, implied: false });
    }
    let mut arguments = Arguments { args, separator: Separator::Comma };
    arguments.name_captures();
    Some(arguments)
}

/// Whether a macro is a known one with arguments that it does not take.
pub(crate) fn is_broken(mac: &Macro) -> bool {
    let last = mac.path.segments.last();
    let known = last.is_some_and(|last| family(&last.ident.to_string()).is_some());
    known && parse(mac).is_none()
}

/// Whether a macro's first argument is a literal, as a format string is.
pub(crate) fn begins_with_text(mac: &Macro) -> bool {
    matches!(mac.tokens.clone().into_iter().next(), Some(proc_macro2::TokenTree::Literal(_)))
}

/// Whether a macro evaluates nothing of its arguments.
pub(crate) fn is_text(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| {
        ["stringify", "concat", "cfg", "env", "option_env"].iter().any(|name| last.ident == name)
    })
}

/// Whether a macro drops what it borrows itself, before the statement it is part of ends.
pub(crate) fn has_its_own_block(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| {
        ["format", "print", "println", "eprint", "eprintln"].iter().any(|name| last.ident == name)
    })
}

/// Whether a macro is none that is known, or its arguments do not parse.
pub(crate) fn is_unknown(mac: &Macro) -> bool {
    !is_text(mac) && parse(mac).is_none()
}

/// Whether a macro's name says that it may leave the function, which its tokens do not show.
pub(crate) fn leaves(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name == "r#try" || ["bail", "ensure", "return"].iter().any(|word| name.contains(word))
    })
}

/// An unknown macro whose arguments read as expressions.
pub(crate) fn parse_unknown(mac: &Macro) -> Option<Arguments> {
    if is_text(mac) {
        return None;
    }
    let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone()).ok()?;
    let args = list
        .into_iter()
        .map(|expr| Argument { name: None, expr, access: Access::Borrow, implied: false })
        .collect();
    Some(Arguments { args, separator: Separator::Comma })
}

fn argument(input: ParseStream<'_>) -> syn::Result<(Option<Ident>, Expr)> {
    let named = input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
    let name = if named && !input.peek2(Token![=>]) {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Some(name)
    } else {
        None
    };
    Ok((name, input.parse()?))
}

fn repeat(input: ParseStream<'_>) -> syn::Result<Arguments> {
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    let count = input.parse()?;
    let arg = |expr| Argument { name: None, expr, access: Access::Value, implied: false };
    Ok(Arguments { args: vec![arg(value), arg(count)], separator: Separator::Semicolon })
}

impl Arguments {
    /// Gives every name captured inside the format string an argument of its own: a variable that
    /// lies in the frame is not there under its name.
    fn name_captures(&mut self) {
        let Some(text) = self.args.iter().find(|arg| arg.access == Access::Text) else { return };
        let Expr::Lit(literal) = &text.expr else { return };
        let Lit::Str(literal) = literal.lit.clone() else { return };
        for name in captured_names(&literal.value()) {
            if self.args.iter().any(|arg| arg.name.as_ref().is_some_and(|given| *given == name)) {
                continue;
            }
            let Ok(ident) = syn::parse_str::<Ident>(&name) else { continue };
            let ident = Ident::new(&ident.to_string(), literal.span());
            self.args.push(Argument {
                expr: syn::parse_quote!(#ident),
                name: Some(ident),
                access: Access::Borrow,
                implied: true,
            });
        }
    }

    pub(crate) fn to_tokens(&self) -> TokenStream {
        let args = self.args.iter().map(|arg| {
            let expr = &arg.expr;
            match &arg.name {
                Some(name) => quote!(#name = #expr),
                None => expr.to_token_stream(),
            }
        });
        match self.separator {
            Separator::Comma => quote!(#(#args),*),
            Separator::Semicolon => quote!(#(#args);*),
        }
    }
}

/// `assert!(condition)` quotes its condition: keeps the words of the source.
pub(crate) fn quote_condition(mac: &Macro, original: &str, arguments: &mut Arguments) {
    let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    if !matches!(name.as_str(), "assert" | "debug_assert") || arguments.args.len() != 1 {
        return;
    }
    let text = format!("assertion failed: {original}").replace('{', "{{").replace('}', "}}");
    let text = syn::LitStr::new(&text, Span::call_site());
    arguments.args.push(Argument {
        name: None,
        expr: syn::parse_quote!(#text),
        access: Access::Text,
        implied: false,
    });
}

/// The identifiers a format string captures: `{name}`, `{name:…}`, and `name$` widths.
pub(crate) fn captured_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: &str| {
        let ident = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if ident && name != "_" && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (placeholder, after) = rest.split_at(close);
        let (argument, spec) = placeholder.split_once(':').unwrap_or((placeholder, ""));
        add(argument.trim());
        for part in spec.split_inclusive('$').filter_map(|part| part.strip_suffix('$')) {
            let start = part
                .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
                .map_or(0, |at| at + part[at..].chars().next().map_or(1, char::len_utf8));
            add(part[start..].trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::captured_names;

    #[test]
    fn names_captured_in_format_strings_are_found() {
        assert_eq!(
            captured_names("{a} {b:?} {{no}} {0} {} {c:>width$.prec$} {a}"),
            ["a", "b", "c", "width", "prec"]
        );
        assert_eq!(captured_names("{:>1$} {x:08.3}"), ["x"]);
    }
}
