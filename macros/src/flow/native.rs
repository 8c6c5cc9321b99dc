//! What does not suspend, as it was written: only variables of the frame, and ways out of the
//! function or of a loop that was taken apart, are rewritten.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Expr, Pat, Stmt};

use super::probe::leaves;
use super::{Dest, Flow, Loop, LoopKind, line};
use crate::known::{self, Access};
use crate::liveness::mentions_in;
use crate::once;
use crate::resolve::{self};

/// What the surroundings do with an expression that is a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Move or copy its value.
    Value,
    /// Borrow it, assign to it, or reach into it.
    Place,
}

impl Flow<'_> {
    /// The text of an expression that does not suspend.
    pub(super) fn native(&mut self, expr: &Expr, usage: Use) -> TokenStream {
        let mut expr = expr.clone();
        self.rewrite(&mut expr, usage);
        self.restore(expr.to_token_stream())
    }

    pub(super) fn native_stmt(&mut self, stmt: &Stmt) -> TokenStream {
        let mut stmt = stmt.clone();
        self.rewrite_stmt(&mut stmt);
        self.restore(stmt.to_token_stream())
    }

    fn rewrite_stmt(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Local(local) => {
                if let Some(init) = &mut local.init {
                    let wild = wild();
                    let refutable = init.diverge.is_some().then_some(&wild);
                    let patterns = std::iter::once(untyped(&local.pat)).chain(refutable);
                    let matched = self.matched(&init.expr, patterns);
                    match matched {
                        Some((value, patterns)) => {
                            *init.expr = Expr::Verbatim(value);
                            let pattern = &patterns[0];
                            local.pat = Pat::Verbatim(quote!(#pattern));
                        }
                        None => {
                            let usage = binding_use(&local.pat);
                            self.rewrite(&mut init.expr, usage);
                        }
                    }
                    if let Some((_, diverge)) = &mut init.diverge {
                        self.rewrite(diverge, Use::Value);
                    }
                }
            }
            Stmt::Expr(expr, _) => self.rewrite(expr, Use::Value),
            Stmt::Macro(mac) => {
                self.rewrite_macro(&mut mac.mac);
                let text = match mac.semi_token {
                    Some(_) => quote!({ #mac }),
                    None => mac.mac.to_token_stream(),
                };
                if let Some(text) = self.leaving(&mac.mac, text) {
                    *stmt = Stmt::Expr(Expr::Verbatim(text), mac.semi_token);
                }
            }
            Stmt::Item(_) => {}
        }
    }

    fn rewrite_block(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            self.rewrite_stmt(stmt);
        }
    }

    pub(super) fn rewrite_all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        for expr in exprs {
            self.rewrite(expr, Use::Value);
        }
    }

    pub(super) fn rewrite(&mut self, expr: &mut Expr, usage: Use) {
        if let Some(mention) = resolve::mention_of(expr) {
            if usage == Use::Value
                && let Some(text) = self.value_of(mention)
            {
                *expr = Expr::Verbatim(text);
            }
            return;
        }
        match expr {
            Expr::Field(_) if usage == Use::Value && self.is_part(expr) => {
                if let Some(text) = self.part_of(expr) {
                    *expr = Expr::Verbatim(text);
                }
            }
            Expr::Field(_) => {
                let copied = (usage == Use::Value).then(|| self.copied(expr)).flatten();
                if let Some(text) = copied {
                    *expr = Expr::Verbatim(text);
                } else if let Expr::Field(field) = expr {
                    match self.behind(&field.base) {
                        Some(text) => *field.base = Expr::Verbatim(text),
                        None => self.rewrite(&mut field.base, Use::Place),
                    }
                }
            }
            Expr::MethodCall(_) => self.rewrite_method_call(expr),
            Expr::Call(call) => {
                if let Some(text) = self.callee(call) {
                    *expr = Expr::Verbatim(text);
                } else if let Expr::Call(call) = expr {
                    self.rewrite(&mut call.func, Use::Place);
                    self.rewrite_all(&mut call.args);
                }
            }
            Expr::Reference(reference) => self.rewrite(&mut reference.expr, Use::Place),
            Expr::RawAddr(reference) => self.rewrite(&mut reference.expr, Use::Place),
            Expr::Unary(unary) => {
                let deref = matches!(unary.op, syn::UnOp::Deref(_));
                if deref
                    && usage == Use::Place
                    && let Some(text) = self.behind(&unary.expr)
                {
                    *expr = Expr::Verbatim(text);
                } else if deref
                    && usage == Use::Value
                    && let Some(text) = self.unboxed(&unary.expr)
                {
                    *expr = Expr::Verbatim(text);
                } else if let Expr::Unary(unary) = expr {
                    let usage = if deref { Use::Place } else { Use::Value };
                    self.rewrite(&mut unary.expr, usage);
                }
            }
            Expr::Binary(binary) => {
                let (left, right) = operator_uses(&binary.op);
                self.rewrite(&mut binary.left, left);
                self.rewrite(&mut binary.right, right);
            }
            Expr::Assign(_) => self.rewrite_assign(expr),
            Expr::Index(index) => {
                self.rewrite(&mut index.expr, Use::Place);
                self.rewrite(&mut index.index, Use::Value);
            }
            Expr::Match(branch) => {
                let patterns = branch.arms.iter().map(|arm| &arm.pat);
                match self.matched(&branch.expr, patterns) {
                    Some((value, patterns)) => {
                        *branch.expr = Expr::Verbatim(value);
                        for (arm, pattern) in branch.arms.iter_mut().zip(patterns) {
                            arm.pat = Pat::Verbatim(pattern);
                        }
                    }
                    None => {
                        let usage = match &branch.arms[..] {
                            [arm] => binding_use(&arm.pat),
                            _ => Use::Place,
                        };
                        self.rewrite(&mut branch.expr, usage);
                        for arm in &mut branch.arms {
                            if let Pat::Guard(guarded) = &mut arm.pat {
                                self.rewrite(&mut guarded.guard, Use::Value);
                            }
                        }
                    }
                }
                for arm in &mut branch.arms {
                    self.rewrite(&mut arm.body, Use::Value);
                }
            }
            Expr::Let(condition) => {
                match self.matched(&condition.expr, [&*condition.pat, &wild()]) {
                    Some((value, patterns)) => {
                        *condition.expr = Expr::Verbatim(value);
                        *condition.pat = Pat::Verbatim(patterns[0].clone());
                    }
                    None => self.rewrite(&mut condition.expr, Use::Place),
                }
            }
            Expr::If(branch) => {
                self.rewrite(&mut branch.cond, Use::Value);
                self.rewrite_block(&mut branch.then_branch);
                if let Some((_, other)) = &mut branch.else_branch {
                    self.rewrite(other, Use::Value);
                }
            }
            Expr::Block(block) => {
                let label = block.label.as_ref();
                self.native_loop(label, label.is_none(), false, |this| {
                    this.rewrite_block(&mut block.block);
                });
            }
            Expr::Unsafe(block) => self.rewrite_block(&mut block.block),
            Expr::Loop(repeat) => self.native_loop(repeat.label.as_ref(), false, true, |this| {
                this.rewrite_block(&mut repeat.body);
            }),
            Expr::While(repeat) => self.native_loop(repeat.label.as_ref(), false, true, |this| {
                this.rewrite(&mut repeat.cond, Use::Value);
                this.rewrite_block(&mut repeat.body);
            }),
            Expr::ForLoop(repeat) => {
                self.rewrite(&mut repeat.expr, Use::Value);
                self.native_loop(repeat.label.as_ref(), false, true, |this| {
                    this.rewrite_block(&mut repeat.body);
                });
            }
            Expr::Try(attempt) => {
                let value = self.native(&attempt.expr, Use::Value);
                let text = self.propagate(value, attempt.question_token.span);
                *expr = Expr::Verbatim(text);
            }
            Expr::Return(exit) => {
                let value = match &exit.expr {
                    Some(value) => self.native(value, Use::Value),
                    None => quote!(()),
                };
                let span = exit.return_token.span;
                *expr = Expr::Verbatim(self.finish(value, span));
            }
            Expr::Break(_) => self.rewrite_break(expr),
            Expr::Continue(jump) => {
                if let Some((depth, next)) = self.continue_target(jump.label.as_ref()) {
                    *expr = Expr::Verbatim(self.jump(depth, next));
                } else if self.find_loop(jump.label.as_ref()).is_none() {
                    // Of a jump that leads nowhere, the twin says so.
                    *expr = Expr::Verbatim(self.unreachable());
                }
            }
            Expr::Closure(_) | Expr::Async(_) => {
                let text = self.closure(expr);
                *expr = Expr::Verbatim(text);
            }
            Expr::Macro(mac) => {
                self.rewrite_macro(&mut mac.mac);
                if let Some(text) = self.leaving(&mac.mac, mac.mac.to_token_stream()) {
                    *expr = Expr::Verbatim(text);
                }
            }
            Expr::Struct(literal) => {
                if literal.rest.is_some() {
                    let values: Vec<_> = literal
                        .fields
                        .iter()
                        .map(|field| self.native(&field.expr, Use::Value))
                        .collect();
                    if let Some(text) = self.update(literal, &values) {
                        *expr = Expr::Verbatim(text);
                        return;
                    }
                }
                let Expr::Struct(literal) = expr else { return };
                self.rewrite_all(literal.fields.iter_mut().map(|field| &mut field.expr));
                if let Some(base) = &mut literal.rest {
                    // Borrowed: only what can be copied is taken of it.
                    self.rewrite(base, Use::Place);
                }
            }
            Expr::Paren(inner) => self.rewrite(&mut inner.expr, usage),
            Expr::Group(inner) => self.rewrite(&mut inner.expr, usage),
            Expr::Cast(cast) => self.rewrite(&mut cast.expr, Use::Value),
            Expr::Range(range) => {
                self.rewrite_all(range.start.as_deref_mut());
                self.rewrite_all(range.end.as_deref_mut());
            }
            Expr::Repeat(repeat) => self.rewrite(&mut repeat.expr, Use::Value),
            Expr::Tuple(tuple) => self.rewrite_all(&mut tuple.elems),
            Expr::Array(array) => self.rewrite_all(&mut array.elems),
            _ => {}
        }
    }

    /// Runs `body` with a loop or block that is emitted as it was written around it.
    fn native_loop(
        &mut self,
        label: Option<&syn::Label>,
        skip: bool,
        is_loop: bool,
        body: impl FnOnce(&mut Self),
    ) {
        if skip {
            return body(self);
        }
        let label = label.map(|label| label.name.ident.to_string());
        self.loops.push(Loop { label, kind: LoopKind::Native { is_loop } });
        body(self);
        self.loops.pop();
    }

    pub(super) fn find_loop(&self, label: Option<&syn::Lifetime>) -> Option<&Loop> {
        self.loops.iter().rev().find(|target| match label {
            Some(label) => target.label.as_deref() == Some(&*label.ident.to_string()),
            None => match &target.kind {
                LoopKind::Native { is_loop } => *is_loop,
                LoopKind::States { next, .. } => next.is_some(),
            },
        })
    }

    pub(super) fn continue_target(
        &self,
        label: Option<&syn::Lifetime>,
    ) -> Option<(usize, super::StateId)> {
        match &self.find_loop(label)?.kind {
            LoopKind::States { depth, next: Some(next), .. } => Some((*depth, *next)),
            _ => None,
        }
    }

    pub(super) fn break_target(
        &self,
        label: Option<&syn::Lifetime>,
    ) -> Option<(usize, super::StateId, Dest)> {
        match &self.find_loop(label)?.kind {
            LoopKind::States { depth, stop, dest, .. } => Some((*depth, *stop, (**dest).clone())),
            LoopKind::Native { .. } => None,
        }
    }

    fn rewrite_break(&mut self, expr: &mut Expr) {
        let Expr::Break(jump) = expr else { return };
        let Some((depth, stop, dest)) = self.break_target(jump.label.as_ref()) else {
            if self.find_loop(jump.label.as_ref()).is_none() {
                *expr = Expr::Verbatim(self.unreachable());
                return;
            }
            self.rewrite_all(jump.expr.as_deref_mut());
            return;
        };
        let value = match &jump.expr {
            Some(value) => self.native(value, Use::Value),
            None => quote!(()),
        };
        let store = match (&dest, &jump.expr) {
            (Dest::Discard, None) => TokenStream::new(),
            _ => self.store(value, &dest, jump.break_token.span),
        };
        let go = self.jump(depth, stop);
        *expr = Expr::Verbatim(match store.is_empty() {
            true => go,
            false => quote!({ #store #go }),
        });
    }

    /// The code that gives a value to where it goes.
    pub(super) fn store(&mut self, value: TokenStream, dest: &Dest, span: Span) -> TokenStream {
        match dest {
            Dest::Discard => {
                let value = once::bare(value);
                quote!(#value;)
            }
            Dest::Slot(slot, None) => self.put(*slot, value),
            Dest::Filled(slot, None) => self.fill(*slot, value),
            Dest::Slot(slot, Some(ty)) => {
                let local = Ident::new("value", Span::mixed_site());
                let put = self.put(*slot, quote!(#local));
                quote!({ let #local: #ty = #value; #put })
            }
            Dest::Filled(slot, Some(ty)) => {
                let local = Ident::new("value", Span::mixed_site());
                let fill = self.fill(*slot, quote!(#local));
                quote!({ let #local: #ty = #value; #fill })
            }
            // Where a value is missing, the twin is checked for it.
            Dest::Return if self.returns.value && value.to_string() == "()" => {
                let unreachable = self.unreachable();
                quote!(#unreachable;)
            }
            Dest::Return => {
                let finish = self.finish(value, span);
                quote!(#finish;)
            }
        }
    }

    pub(super) fn propagate(&mut self, value: TokenStream, span: Span) -> TokenStream {
        let value = once::bare(value);
        let leave = quote_spanned!(span=> |residual| residual?);
        let crosses = self.returns.result.then(|| {
            let line = line(span);
            quote!(, __FUNCTION, #line)
        });
        quote!(::async_proc::propagate!(#value, #leave #crosses))
    }

    fn rewrite_macro(&mut self, mac: &mut syn::Macro) {
        if known::is_text(mac) {
            return;
        }
        if let Some(mut arguments) = known::parse(mac).or_else(|| known::parse_unknown(mac)) {
            let names = self.names;
            arguments.args.retain(|arg| match resolve::mention_of(&arg.expr) {
                // A local of the step is captured under its own name, as it was written.
                Some(id) => {
                    let mention = names.mention(id);
                    !mention.implied || self.is_elsewhere(mention.var)
                }
                None => !arg.implied,
            });
            for arg in &mut arguments.args {
                let usage = if arg.access == Access::Value { Use::Value } else { Use::Place };
                self.rewrite(&mut arg.expr, usage);
            }
            if !mentions_in(mac.tokens.clone()).is_empty()
                || arguments.args.iter().any(|arg| leaves(&arg.expr))
            {
                mac.tokens = arguments.to_tokens();
            }
        } else if known::is_broken(mac) && known::begins_with_text(mac) {
            self.errors.leave_to_rustc();
        }
    }

    /// The text of a macro that may leave the function, which its tokens do not show.
    fn leaving(&mut self, mac: &syn::Macro, text: TokenStream) -> Option<TokenStream> {
        if !known::leaves(mac) {
            return None;
        }
        let failure = Ident::new("failure", Span::mixed_site());
        let leave = self.finish(quote!(#failure), mac.path.span());
        let ty = &self.returns.ty;
        Some(quote!(::async_proc::exits!(#ty, #text, |#failure| #leave)))
    }
}

/// What a `let` or a `match` with one arm does with a place: takes it whole, or reaches into it.
pub(super) fn binding_use(pattern: &Pat) -> Use {
    match pattern {
        // A constant, or a variant like `None`, is no binding: it takes nothing.
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            match resolve::binding(&pat.ident) {
                Some(_) => Use::Value,
                None => Use::Place,
            }
        }
        Pat::Type(typed) => binding_use(&typed.pat),
        Pat::Paren(inner) => binding_use(&inner.pat),
        _ => Use::Place,
    }
}

pub(super) fn operator_uses(op: &syn::BinOp) -> (Use, Use) {
    use syn::BinOp;
    match op {
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
            (Use::Place, Use::Place)
        }
        BinOp::AddAssign(_)
        | BinOp::SubAssign(_)
        | BinOp::MulAssign(_)
        | BinOp::DivAssign(_)
        | BinOp::RemAssign(_)
        | BinOp::BitXorAssign(_)
        | BinOp::BitAndAssign(_)
        | BinOp::BitOrAssign(_)
        | BinOp::ShlAssign(_)
        | BinOp::ShrAssign(_) => (Use::Place, Use::Value),
        _ => (Use::Value, Use::Value),
    }
}

/// The pattern of a `let` without its type.
pub(super) fn untyped(pattern: &Pat) -> &Pat {
    match pattern {
        Pat::Type(typed) => untyped(&typed.pat),
        Pat::Paren(inner) => untyped(&inner.pat),
        _ => pattern,
    }
}

pub(super) fn wild() -> Pat {
    Pat::Wild(syn::PatWild { attrs: Vec::new(), underscore_token: Default::default() })
}
