//! What rustc says of the twin and of the machine, it says once, if it is the same at the same place.
//!
//! So the value of an expression that the machine computes in another way is written, in the machine,
//! as `Value(…).0`, of which the first and the last token have the places of the expression's own:
//! nothing flows into it from what is asked for, and a value of another type is wrong as a whole.
//!
//! The value of a suspension needs this in the twin, too. rustc's own `.await` is several expressions
//! made by the compiler, and no two of them are at the same place as far as rustc is concerned.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, Item, Local, Pat, Stmt};

/// The text that is the value of `expr`, as an expression at its place.
pub(crate) fn value(expr: &Expr, text: TokenStream) -> TokenStream {
    let (first, last) = ends_of(expr);
    at(first, last, text)
}

/// What stands in the parentheses of such a text, for where no type is asked for.
pub(crate) fn bare(text: TokenStream) -> TokenStream {
    match inner(&text) {
        Some(inner) => inner,
        None => text,
    }
}

fn inner(text: &TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = text.clone().into_iter().collect();
    let [path @ .., TokenTree::Group(arguments), TokenTree::Punct(_), TokenTree::Literal(_)] =
        &tokens[..]
    else {
        return None;
    };
    let ours = path.iter().map(TokenTree::to_string).eq(PATH);
    ours.then(|| arguments.stream())
}

/// `::async_proc::machine::Value`, token by token.
const PATH: [&str; 9] = [":", ":", "async_proc", ":", ":", "machine", ":", ":", "Value"];

/// The same from one token's place to another's.
pub(crate) fn at(first: Span, last: Span, text: TokenStream) -> TokenStream {
    let text = bare(text);
    let call = call("Value", first, last, text);
    let mut index = Literal::usize_unsuffixed(0);
    index.set_span(last);
    quote_spanned!(last=> #call . #index)
}

/// A call of one of the machine's functions, from one token's place to another's.
fn call(function: &str, first: Span, last: Span, arguments: TokenStream) -> TokenStream {
    let function = Ident::new(function, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote_spanned!(first=> ::async_proc::machine::#function #arguments)
}

/// Marks the suspensions of a body whose value meets a type.
pub(crate) fn mark(body: &mut Block) {
    Mark.visit_block_mut(body);
}

struct Mark;

impl VisitMut for Mark {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            // Suspensions that are not this function's.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => {}
            Expr::Await(wait) => {
                self.unmarked(&mut wait.base);
                let (first, last) = (ends_of(&wait.base).0, wait.await_token.span);
                *expr = Expr::Verbatim(at(first, last, wait.to_token_stream()));
            }
            // These ask for no type.
            Expr::Try(attempt) => self.unmarked(&mut attempt.expr),
            Expr::MethodCall(call) => {
                self.unmarked(&mut call.receiver);
                call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            }
            Expr::Field(field) => self.unmarked(&mut field.base),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let Some((last, before)) = block.stmts.split_last_mut() else { return };
        let reached = !before.iter().any(jumps);
        before.iter_mut().for_each(|stmt| self.visit_stmt_mut(stmt));
        match last {
            // What never ends may stand here, and the call after it is no one's to reach.
            Stmt::Expr(expr @ Expr::Await(_), None) if reached => {
                let (_, end) = ends_of(expr);
                self.visit_expr_mut(expr);
                let block = quote_spanned!(end=> #[allow(unreachable_code)] { #expr });
                *expr = Expr::Verbatim(block);
            }
            last => self.visit_stmt_mut(last),
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Expr(expr, _) => self.unmarked(expr),
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.visit_pat_mut(&mut arm.pat);
        self.unmarked(&mut arm.body);
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        match (&local.pat, &mut local.init) {
            (Pat::Ident(_) | Pat::Wild(_), Some(init)) if init.diverge.is_none() => {
                self.unmarked(&mut init.expr);
            }
            _ => visit_mut::visit_local_mut(self, local),
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Whether what follows a statement is plainly not reached, of which rustc has to say something.
fn jumps(stmt: &Stmt) -> bool {
    let Stmt::Expr(expr, _) = stmt else { return false };
    matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Loop(_))
}

impl Mark {
    /// Marks what is inside of `expr`, but not `expr`, if that is a suspension.
    fn unmarked(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Await(wait) => self.unmarked(&mut wait.base),
            _ => self.visit_expr_mut(expr),
        }
    }
}

/// Where a text begins and ends.
fn ends(text: &TokenStream) -> Option<(Span, Span)> {
    let mut tokens = text.clone().into_iter();
    let first = tokens.next()?;
    let last = tokens.last().unwrap_or_else(|| first.clone());
    let first = match first {
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    };
    let last = match last {
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    };
    Some((first, last))
}

fn ends_of(expr: &Expr) -> (Span, Span) {
    ends(&expr.to_token_stream()).unwrap_or_else(|| (Span::call_site(), Span::call_site()))
}
