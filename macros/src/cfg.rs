//! `#[cfg]` inside the function: rustc decides, one predicate at a time.
//!
//! Attributes inside a body reach a macro unexpanded, and no macro can ask whether a predicate holds.
//! So the function is written twice, once as if the first predicate in it held and once as if it did
//! not, each under a `#[cfg]` of its own and under this macro again. rustc keeps one of the two, and
//! comes back with it for the next predicate. A body with none left is compiled.
//!
//! What is configured here is what rustc configures in a body: statements, arms, parameters,
//! arguments, elements, fields. Of a `#[cfg]` elsewhere the twin lets rustc say that it cannot be.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, FnArg, ItemFn, Stmt, Token};

/// The function for either answer to the first predicate in it, if there is one.
pub(crate) fn split(attr: &TokenStream, function: &ItemFn) -> Option<TokenStream> {
    let mut first = Configure { predicate: None, holds: None };
    first.visit_item_fn_mut(&mut function.clone());
    let predicate = first.predicate?;
    let version = |holds: bool| {
        let mut function = function.clone();
        let predicate = Some(predicate.clone());
        Configure { predicate, holds: Some(holds) }.visit_item_fn_mut(&mut function);
        function
    };
    let (with, without) = (version(true), version(false));
    let again = match attr.is_empty() {
        true => quote!(#[::async_proc::async_proc]),
        false => quote!(#[::async_proc::async_proc(#attr)]),
    };
    Some(quote! {
        #[cfg(#predicate)] #again #with
        #[cfg(not(#predicate))] #again #without
    })
}

/// Finds the first predicate, or decides it everywhere.
struct Configure {
    predicate: Option<TokenStream>,
    /// Whether it holds; `None` while it is looked for.
    holds: Option<bool>,
}

impl Configure {
    /// Decides the attributes of a node; says whether it stays.
    fn keeps(&mut self, attrs: &mut Vec<Attribute>) -> bool {
        let mut keeps = true;
        for attr in std::mem::take(attrs) {
            let Some((predicate, implied)) = conditional(&attr) else {
                attrs.push(attr);
                continue;
            };
            let Some(holds) = self.holds else {
                self.predicate.get_or_insert(predicate);
                attrs.push(attr);
                continue;
            };
            let asked = self.predicate.as_ref().map(TokenStream::to_string);
            match (asked == Some(predicate.to_string()), holds, implied) {
                (false, ..) => attrs.push(attr),
                (true, true, Some(implied)) => attrs.extend(implied),
                (true, true, None) | (true, false, Some(_)) => {}
                (true, false, None) => keeps = false,
            }
        }
        keeps
    }

    fn list<T>(
        &mut self,
        list: &mut Punctuated<T, Token![,]>,
        attrs: impl Fn(&mut T) -> Option<&mut Vec<Attribute>>,
    ) {
        let pairs = std::mem::take(list).into_pairs();
        *list = pairs
            .filter_map(|mut pair| {
                let keeps = attrs(pair.value_mut()).is_none_or(|attrs| self.keeps(attrs));
                keeps.then_some(pair)
            })
            .collect();
    }

    fn exprs(&mut self, list: &mut Punctuated<Expr, Token![,]>) {
        self.list(list, expr_attrs);
    }
}

impl VisitMut for Configure {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_item_fn_mut(&mut self, function: &mut ItemFn) {
        self.list(&mut function.sig.inputs, |input| {
            Some(match input {
                FnArg::Receiver(receiver) => &mut receiver.attrs,
                FnArg::Typed(typed) => &mut typed.attrs,
            })
        });
        self.visit_block_mut(&mut function.block);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain_mut(|stmt| {
            let attrs = match stmt {
                Stmt::Local(local) => Some(&mut local.attrs),
                Stmt::Macro(stmt) => Some(&mut stmt.attrs),
                Stmt::Expr(expr, _) => expr_attrs(expr),
                // Items are left to rustc: they are emitted as they were written.
                Stmt::Item(_) => None,
            };
            attrs.is_none_or(|attrs| self.keeps(attrs))
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Array(array) => self.exprs(&mut array.elems),
            Expr::Call(call) => self.exprs(&mut call.args),
            Expr::MethodCall(call) => self.exprs(&mut call.args),
            Expr::Tuple(tuple) => self.exprs(&mut tuple.elems),
            Expr::Struct(literal) => {
                self.list(&mut literal.fields, |field| Some(&mut field.attrs));
            }
            Expr::Match(branch) => branch.arms.retain_mut(|arm| self.keeps(&mut arm.attrs)),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_pat_struct_mut(&mut self, pattern: &mut syn::PatStruct) {
        self.list(&mut pattern.fields, |field| Some(&mut field.attrs));
        visit_mut::visit_pat_struct_mut(self, pattern);
    }
}

/// The predicate of a `#[cfg]`, or of a `#[cfg_attr]` and the attributes that it stands for.
fn conditional(attr: &Attribute) -> Option<(TokenStream, Option<Vec<Attribute>>)> {
    let syn::Meta::List(list) = &attr.meta else { return None };
    if attr.path().is_ident("cfg") {
        return Some((list.tokens.clone(), None));
    }
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    let mut parts: Vec<TokenStream> = vec![TokenStream::new()];
    for token in list.tokens.clone() {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => parts.push(TokenStream::new()),
            token => parts.last_mut()?.extend([token]),
        }
    }
    let mut parts = parts.into_iter().filter(|part| !part.is_empty());
    let predicate = parts.next()?;
    let pound = &attr.pound_token;
    let implied = parts
        .map(|meta| {
            let mut tokens = pound.to_token_stream();
            attr.bracket_token.surround(&mut tokens, |tokens| tokens.extend(meta));
            syn::parse::Parser::parse2(Attribute::parse_outer, tokens)
        })
        .collect::<syn::Result<Vec<_>>>()
        .ok()?;
    Some((predicate, Some(implied.into_iter().flatten().collect())))
}

/// The attributes written before an expression.
pub(crate) fn expr_attrs(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    macro_rules! attrs {
        ($($kind:ident)*) => {
            match expr {
                $(Expr::$kind(expr) => Some(&mut expr.attrs),)*
                _ => None,
            }
        };
    }
    attrs! {
        Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop
        Group If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference
        Repeat Return Struct Try TryBlock Tuple Unary Unsafe While Yield
    }
}
