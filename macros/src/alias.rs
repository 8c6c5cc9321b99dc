//! Variables of the frame in macros that we cannot look into.
//!
//! What such a macro does with a variable's name is not known: it may want an identifier, print its
//! arguments as they are written, have a grammar of its own, or capture the name inside a string. So
//! its tokens are left alone, and a local of that name is there while it runs: a copy of a variable
//! that can be copied, else a reference to it.
//!
//! `log!("{x}")` becomes `match (__alias!(x),) { (x,) => log!("{x}") }`; once it is known which
//! variables lie in the frame, the others are taken out again.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, Macro, Pat, Stmt};

use crate::known;
use crate::resolve::{self, Names};

/// A variable's name among the tokens of a macro.
pub(crate) struct Name {
    pub(crate) ident: Ident,
    /// What the local is called: `self` cannot be.
    pub(crate) local: Ident,
}

impl Name {
    pub(crate) fn of(ident: &Ident) -> Name {
        let local = match ident == "self" {
            true => Ident::new("this", ident.span().resolved_at(Span::mixed_site())),
            false => ident.clone(),
        };
        Name { ident: ident.clone(), local }
    }
}

/// The names in a macro's tokens that may be those of variables, each once.
pub(crate) fn names(tokens: &TokenStream) -> Vec<Name> {
    let mut found = Vec::new();
    collect(tokens.clone(), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Name>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |index: usize, is: &[char]| match tokens.get(index) {
        Some(TokenTree::Punct(punct)) => is.contains(&punct.as_char()),
        _ => false,
    };
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) => {
                let field =
                    index > 0 && punct(index - 1, &['.']) && !punct(index.wrapping_sub(2), &['.']);
                // `name = value` and `name: value`, which name something of the macro's own.
                let first = index == 0 || punct(index - 1, &[',']);
                let assigned = punct(index + 1, &['=']) && !punct(index + 2, &['=', '>']);
                let key = first && (assigned || punct(index + 1, &[':']));
                let called = punct(index + 1, &['!']) && !punct(index + 2, &['=']);
                if !field && !key && !called {
                    add(ident, found);
                }
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Literal(literal) => {
                let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else {
                    continue;
                };
                for name in known::captured_names(&text.value()) {
                    if let Ok(ident) = syn::parse_str::<Ident>(&name) {
                        add(&Ident::new(&ident.to_string(), literal.span()), found);
                    }
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

fn add(ident: &Ident, found: &mut Vec<Name>) {
    if !found.iter().any(|name| name.ident == *ident) {
        found.push(Name::of(ident));
    }
}

/// Writes the locals' names for the variables'.
pub(crate) fn rename(tokens: TokenStream, names: &[(Name, Ident, bool)]) -> TokenStream {
    if names.iter().all(|(name, ..)| name.local == name.ident) {
        return tokens;
    }
    resolve::replace_idents(tokens, &mut |ident| {
        let (name, ..) = names.iter().find(|(name, ..)| name.ident == *ident)?;
        let mut local = name.local.clone();
        local.set_span(name.local.span().located_at(ident.span()));
        Some(quote!(#local))
    })
}

/// Puts the locals around `body`: for each the name, the mention of the variable, whether it is
/// `mut`.
pub(crate) fn around(names: &[(Name, Ident, bool)], body: Expr) -> Expr {
    let values = names.iter().map(|(_, mention, mutable)| match mutable {
        true => quote!(::async_proc::__alias_mut!(#mention)),
        false => quote!(::async_proc::__alias!(#mention)),
    });
    let locals = names.iter().map(|(name, ..)| &name.local);
    syn::parse_quote!(match (#(#values,)*) { (#(#locals,)*) => #body })
}

/// Takes out the locals for variables that do not lie in the frame: these are there themselves.
pub(crate) fn settle(body: &mut Block, names: &Names) {
    Settle { names }.visit_block_mut(body);
}

struct Settle<'n> {
    names: &'n Names,
}

impl Settle<'_> {
    /// Takes locals out; `None` if it is not these that the expression is about.
    fn settle<'e>(&self, expr: &'e mut Expr) -> Option<(usize, &'e mut Arm)> {
        let Expr::Match(branch) = expr else { return None };
        let (Expr::Tuple(values), [arm]) = (&mut *branch.expr, &mut branch.arms[..]) else {
            return None;
        };
        let Pat::Tuple(locals) = &mut arm.pat else { return None };
        let kept: Vec<bool> = values
            .elems
            .iter()
            .map(|value| Some(self.is_kept(&aliased(value)?)))
            .collect::<Option<_>>()?;
        if kept.is_empty() {
            return None;
        }
        let mut index = kept.iter();
        values.elems = std::mem::take(&mut values.elems)
            .into_iter()
            .filter(|_| index.next() == Some(&true))
            .collect();
        let mut index = kept.iter();
        locals.elems = std::mem::take(&mut locals.elems)
            .into_iter()
            .filter(|_| index.next() == Some(&true))
            .collect();
        if !values.elems.empty_or_trailing() {
            values.elems.push_punct(Default::default());
            locals.elems.push_punct(Default::default());
        }
        Some((values.elems.len(), arm))
    }

    fn is_kept(&self, mac: &Macro) -> bool {
        let mentions = crate::liveness::mentions_in(mac.tokens.clone());
        mentions.iter().any(|mention| self.names.var(self.names.mention(*mention).var).in_frame)
    }
}

fn aliased(expr: &Expr) -> Option<Macro> {
    let Expr::Macro(mac) = expr else { return None };
    let last = mac.mac.path.segments.last()?;
    (last.ident == "__alias" || last.ident == "__alias_mut").then(|| mac.mac.clone())
}

impl VisitMut for Settle<'_> {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Expr(expr, _) = stmt
            && let Some((0, arm)) = self.settle(expr)
            && let Expr::Block(block) = &mut *arm.body
            && let [Stmt::Macro(_)] = &block.block.stmts[..]
            && let Some(only) = block.block.stmts.pop()
        {
            *stmt = only;
            return;
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some((0, arm)) = self.settle(expr) {
            *expr = std::mem::replace(&mut *arm.body, Expr::PLACEHOLDER);
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// Whether an expression means the same when each variable in it is a reference or a copy: then it is
/// left as it was written, for a macro that prints it. The address of a copy is another one.
pub(crate) fn is_safe(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Paren(inner) => is_safe(&inner.expr),
        Expr::Group(inner) => is_safe(&inner.expr),
        Expr::Field(field) => is_safe(&field.base),
        Expr::Index(index) => is_safe(&index.expr) && is_safe(&index.index),
        Expr::Cast(cast) => is_safe(&cast.expr),
        Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Deref(_)) && is_safe(&unary.expr),
        Expr::MethodCall(call) => {
            let method = call.method.to_string();
            let consumes = ["into", "unwrap", "expect", "map", "and_", "or_", "ok", "with"];
            let may_move = matches!(*call.receiver, Expr::Path(_))
                && consumes.iter().any(|word| method.starts_with(word));
            !may_move && is_safe(&call.receiver) && call.args.iter().all(is_safe_value)
        }
        Expr::Call(call) => is_safe(&call.func) && call.args.iter().all(is_safe_value),
        Expr::Binary(binary) => {
            use syn::BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
            let sides = [&*binary.left, &*binary.right];
            let safe = match binary.op {
                // A reference compares with references alone.
                Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => {
                    sides.into_iter().any(is_number) || sides.into_iter().all(is_safe_value)
                }
                And(_) | Or(_) => true,
                _ => is_arithmetic(&binary.op),
            };
            safe && sides.into_iter().all(is_safe)
        }
        _ => false,
    }
}

/// The same, where a variable by itself would be moved.
fn is_safe_value(expr: &Expr) -> bool {
    let whole = match expr {
        Expr::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|ident| !ident.to_string().starts_with(char::is_uppercase)),
        _ => false,
    };
    !whole && is_safe(expr)
}

fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(literal) => !matches!(literal.lit, syn::Lit::Str(_) | syn::Lit::ByteStr(_)),
        _ => false,
    }
}

fn is_arithmetic(op: &syn::BinOp) -> bool {
    use syn::BinOp::{Add, BitAnd, BitOr, BitXor, Div, Mul, Rem, Shl, Shr, Sub};
    matches!(
        op,
        Add(_)
            | Sub(_)
            | Mul(_)
            | Div(_)
            | Rem(_)
            | BitAnd(_)
            | BitOr(_)
            | BitXor(_)
            | Shl(_)
            | Shr(_)
    )
}
