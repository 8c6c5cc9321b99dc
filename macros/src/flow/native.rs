//! What does not suspend, as it was written: only variables of the frame, and ways out of the
//! function or of a loop that was taken apart, are rewritten.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt};

use super::{Dest, Flow, Loop, LoopKind, Part, Parts, SlotId, line};
use crate::known::{self, Access};
use crate::liveness::{declared, mentions_in};
use crate::parse::Reference;
use crate::resolve::{self, MentionId, Names, VarId};

/// The receiver of a method call that may move it.
pub(super) struct Receiver {
    name: Ident,
    /// What gives its value, if the call moves it.
    take: TokenStream,
}

impl Receiver {
    /// The call. `values` are evaluated before it, in order; `args` may name them.
    pub(super) fn call(
        &self,
        call: &syn::ExprMethodCall,
        values: Vec<TokenStream>,
        args: &[TokenStream],
    ) -> TokenStream {
        let Receiver { name, take } = self;
        let call = method_tail(call, args);
        quote! {
            ::async_proc::receiver!(#name, #take, (#(#values),*) #name #call)
        }
    }

    /// The call, with arguments already compiled.
    pub(super) fn call_with(
        &self,
        call: &syn::ExprMethodCall,
        values: Vec<TokenStream>,
    ) -> TokenStream {
        let args: Vec<TokenStream> = (0..values.len())
            .map(|index| {
                let arg = Ident::new(&format!("arg_{index}"), Span::mixed_site());
                quote!(#arg)
            })
            .collect();
        let values = args.iter().zip(values).map(|(arg, value)| quote!(#arg = #value)).collect();
        self.call(call, values, &args)
    }

    /// The call on the receiver where it lies, which must not move it.
    pub(super) fn place(&self) -> TokenStream {
        let name = &self.name;
        quote!((*#name.at))
    }
}

/// `.method(args)`, with the spans of the source, so that a panic in the method points there.
pub(super) fn method_tail(call: &syn::ExprMethodCall, args: &[TokenStream]) -> TokenStream {
    let (dot, method, turbofish) = (&call.dot_token, &call.method, &call.turbofish);
    let mut tail = quote!(#dot #method #turbofish);
    call.paren_token.surround(&mut tail, |tail| tail.extend(quote!(#(#args),*)));
    tail
}

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
            Stmt::Macro(stmt) => self.rewrite_macro(&mut stmt.mac),
            Stmt::Item(_) => {}
        }
    }

    fn rewrite_block(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            self.rewrite_stmt(stmt);
        }
    }

    fn rewrite_all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
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
            Expr::Field(field) => self.rewrite(&mut field.base, Use::Place),
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
                let matched = match branch.arms.iter().any(|arm| has_cfg(&arm.attrs)) {
                    true => None,
                    false => self.matched(&branch.expr, patterns),
                };
                match matched {
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
                    self.rewrite(&mut arm.body, usage);
                }
            }
            Expr::Let(condition) => {
                match self.matched(&condition.expr, [&*condition.pat, &wild()]) {
                    Some((value, patterns)) => {
                        *condition.expr = Expr::Verbatim(value);
                        condition.pat = Box::new(Pat::Verbatim(patterns[0].clone()));
                    }
                    None => self.rewrite(&mut condition.expr, Use::Place),
                }
            }
            Expr::If(branch) => {
                self.rewrite(&mut branch.cond, Use::Value);
                self.rewrite_block(&mut branch.then_branch);
                if let Some((_, other)) = &mut branch.else_branch {
                    self.rewrite(other, usage);
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
                }
            }
            Expr::Closure(_) | Expr::Async(_) => {
                let text = self.closure(expr);
                *expr = Expr::Verbatim(text);
            }
            Expr::Macro(mac) => self.rewrite_macro(&mut mac.mac),
            Expr::Struct(literal) => {
                self.refuse_update(literal);
                self.rewrite_all(literal.fields.iter_mut().map(|field| &mut field.expr));
                self.rewrite_all(literal.rest.as_deref_mut());
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
            LoopKind::States { depth, stop, dest, .. } => Some((*depth, *stop, dest.clone())),
            LoopKind::Native { .. } => None,
        }
    }

    fn rewrite_break(&mut self, expr: &mut Expr) {
        let Expr::Break(jump) = expr else { return };
        let Some((depth, stop, dest)) = self.break_target(jump.label.as_ref()) else {
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
            Dest::Discard => quote!(#value;),
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
            Dest::Return => {
                let finish = self.finish(value, span);
                quote!(#finish;)
            }
        }
    }

    pub(super) fn propagate(&mut self, value: TokenStream, span: Span) -> TokenStream {
        let line = line(span);
        quote!(::async_proc::propagate!(#value, __FUNCTION, #line))
    }

    // Variables.

    /// The text of a variable whose value is used, if it lies in the frame.
    pub(super) fn value_of(&self, mention: MentionId) -> Option<TokenStream> {
        let mention = self.names.mention(mention);
        let slot = self.frame_slot(mention.var)?;
        if mention.used_later || self.is_shared(mention.var) {
            // The twin proved that this copies, or reborrows.
            return Some(self.mention_place(mention.var, mention.span));
        }
        Some(self.take(slot))
    }

    fn is_shared(&self, var: VarId) -> bool {
        self.names.var(var).reference == Some(Reference::Shared)
    }

    /// Whether an expression is a field of a variable in the frame, which a use by value may move.
    fn is_part(&self, expr: &Expr) -> bool {
        field_path(expr).is_some_and(|(mention, _)| {
            let var = self.names.mention(mention).var;
            self.frame_slot(var).is_some() && self.names.var(var).reference.is_none()
        })
    }

    /// The text that moves, or copies, such a field.
    fn part_of(&mut self, expr: &Expr) -> Option<TokenStream> {
        let (mention, path) = field_path(expr)?;
        let (var, span) = {
            let mention = self.names.mention(mention);
            (mention.var, mention.span)
        };
        let slot = self.frame_slot(var)?;
        let place = self.mention_place(var, span);
        let part = self.part(slot, path.clone());
        Some(quote!(#part.take(&raw const #place #(.#path)*)))
    }

    /// The flag of a field that may be moved out.
    pub(super) fn part(&mut self, slot: SlotId, path: Vec<syn::Member>) -> Ident {
        let known = self.parts.iter().find(|part| part.is_field(slot, &path));
        if let Some(part) = known {
            return part.name.clone();
        }
        let path_name: Vec<String> =
            path.iter().map(|member| member.to_token_stream().to_string()).collect();
        let name = format!("{}_{}", self.slots[slot.0].name, path_name.join("_"));
        let name = self.local(&name);
        self.parts.push(Part { name: name.clone(), slot, which: Parts::Field(path) });
        name
    }

    fn rewrite_assign(&mut self, expr: &mut Expr) {
        let Expr::Assign(assign) = expr else { return };
        let value = self.native(&assign.right, Use::Value);
        if let Some(text) = self.assign_to(&assign.left, value.clone()) {
            *expr = Expr::Verbatim(text);
            return;
        }
        assign.right = Box::new(Expr::Verbatim(value));
        self.rewrite(&mut assign.left, Use::Place);
    }

    /// The assignment to a variable of the frame, or to a field of one; `None` for other places.
    pub(super) fn assign_to(&mut self, left: &Expr, value: TokenStream) -> Option<TokenStream> {
        if let Expr::Tuple(_) | Expr::Array(_) | Expr::Call(_) | Expr::Struct(_) = left {
            let in_frame = mentions_in(left.to_token_stream())
                .iter()
                .any(|mention| self.frame_slot(self.names.mention(*mention).var).is_some());
            if in_frame {
                self.refuse(
                    left,
                    "assigning to a pattern is not compiled yet where one of its variables lives \
                     across a suspension: bind the parts with `let`, then assign them one by one",
                );
            }
            return None;
        }
        let (mention, path) = field_path(left)?;
        let var = self.names.mention(mention).var;
        let slot = self.frame_slot(var)?;
        if path.is_empty() {
            self.slots[slot.0].written = true;
            let name = self.name(slot);
            // Parts that were moved out are forgotten before the whole is replaced.
            return Some(match self.parts.iter().any(|part| part.slot == slot) {
                false => quote!(#name.assign(#value)),
                true => {
                    let kill = super::kill(slot);
                    let local = Ident::new("value", Span::mixed_site());
                    quote!({ let #local = #value; #kill #name.put(#local) })
                }
            });
        }
        if self.names.var(var).reference.is_some() {
            return None;
        }
        let known = self.parts.iter().find(|part| part.is_field(slot, &path));
        let part = known?.name.clone();
        let place = self.place(slot);
        Some(quote!(#part.refill(&raw mut #place #(.#path)*, #value)))
    }

    // Expressions that may move a variable, or may not.

    fn rewrite_method_call(&mut self, expr: &mut Expr) {
        let Expr::MethodCall(call) = expr else { return };
        if let Some(text) = self.receiver(call) {
            *expr = Expr::Verbatim(text);
            return;
        }
        self.rewrite(&mut call.receiver, Use::Place);
        self.rewrite_all(&mut call.args);
    }

    /// A method call on the last use of a variable, which may move it.
    fn receiver(&mut self, call: &syn::ExprMethodCall) -> Option<TokenStream> {
        let receiver = self.movable(&call.receiver)?;
        self.probe(&receiver, call)
    }

    /// A call of the last use of a variable, which moves it if it is an `FnOnce`.
    fn callee(&mut self, call: &syn::ExprCall) -> Option<TokenStream> {
        resolve::mention_of(&call.func)?;
        let callee = self.movable(&call.func)?;
        let mut values = Vec::new();
        let mut args = Vec::new();
        for (index, arg) in call.args.iter().enumerate() {
            let local = Ident::new(&format!("arg_{index}"), Span::mixed_site());
            let value = self.native(arg, Use::Value);
            values.push(quote!(#local = #value));
            args.push(quote!(#local));
        }
        let Receiver { name, take, .. } = callee;
        let mut tail = TokenStream::new();
        call.paren_token.surround(&mut tail, |tail| tail.extend(quote!(#(#args),*)));
        Some(quote!(::async_proc::receiver!(#name, #take, (#(#values),*) #name #tail)))
    }

    /// `*x` as a value, at the last use of `x`: moves out of a `Box`, copies from a reference.
    fn unboxed(&mut self, expr: &Expr) -> Option<TokenStream> {
        resolve::mention_of(expr)?;
        let Receiver { name, .. } = self.movable(expr)?;
        Some(quote!(::async_proc::dereferenced!(#name)))
    }

    /// A receiver that a method call may move: a variable in the frame that is not used again.
    pub(super) fn movable(&mut self, expr: &Expr) -> Option<Receiver> {
        let (mention, path) = field_path(expr)?;
        let (var, used_later) = {
            let mention = self.names.mention(mention);
            (mention.var, mention.used_later)
        };
        let slot = self.frame_slot(var)?;
        if used_later || self.names.var(var).reference.is_some() {
            return None;
        }
        if !path.is_empty() {
            return None;
        }
        let (name, take) = (self.name(slot), self.take(slot));
        Some(Receiver { name, take })
    }

    /// A temporary as a receiver.
    pub(super) fn temporary(&self, slot: SlotId) -> Receiver {
        Receiver { name: self.name(slot), take: self.take(slot) }
    }

    /// A method call on a receiver that it may move.
    pub(super) fn probe(
        &mut self,
        receiver: &Receiver,
        call: &syn::ExprMethodCall,
    ) -> Option<TokenStream> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let mut values = Vec::new();
        let mut handles: Vec<Ident> = Vec::new();
        let mut texts = Vec::new();
        for (index, arg) in args.into_iter().enumerate() {
            // A closure gets its signature from the method, and a reference that is used again is
            // borrowed anew by it: they have to stay inside the call.
            let inside = holds_closure(arg) || self.is_reborrowed(arg);
            if !inside && !matches!(arg, Expr::Lit(_)) {
                let local = Ident::new(&format!("arg_{index}"), Span::mixed_site());
                let value = self.native(arg, Use::Value);
                values.push(quote!(#local = #value));
                texts.push(quote!(#local));
                continue;
            }
            // There they must capture nothing of this step.
            if self.must_hoist(arg) {
                return None;
            }
            self.add_handles(arg, &mut handles);
            if handles.contains(&receiver.name) {
                return None;
            }
            texts.push(self.native(arg, Use::Value));
        }
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let values = values.into_iter().chain(handles).collect();
        Some(receiver.call(call, values, &texts))
    }

    /// Whether an expression is a variable in the frame that is used again afterwards.
    fn is_reborrowed(&self, expr: &Expr) -> bool {
        resolve::mention_of(expr).is_some_and(|mention| {
            let mention = self.names.mention(mention);
            mention.used_later && self.frame_slot(mention.var).is_some()
        })
    }

    /// Adds the slots that an expression mentions.
    fn add_handles(&self, expr: &Expr, handles: &mut Vec<Ident>) {
        for mention in mentions_in(expr.to_token_stream()) {
            let var = self.names.mention(mention).var;
            if let Some(slot) = self.frame_slot(var) {
                let handle = self.name(slot);
                if !handles.contains(&handle) {
                    handles.push(handle);
                }
            }
        }
    }

    /// Whether an argument uses something of the step itself, which a probe must not capture.
    fn must_hoist(&self, arg: &Expr) -> bool {
        let local = mentions_in(arg.to_token_stream()).iter().any(|mention| {
            let mention = self.names.mention(*mention);
            let inside = self.names.var(mention.var).depth > 0;
            mention.opaque || (!inside && self.frame_slot(mention.var).is_none())
        });
        local || leaves(arg)
    }

    /// A scrutinee that is the last use of a variable in the frame, and patterns that may move out
    /// of it: the arm that matches, with its bindings, and the patterns to tell the arms apart.
    pub(super) fn matched<'p>(
        &mut self,
        scrutinee: &Expr,
        patterns: impl IntoIterator<Item = &'p Pat>,
    ) -> Option<(TokenStream, Vec<TokenStream>)> {
        let mention = resolve::mention_of(scrutinee)?;
        let (var, used_later) = {
            let mention = self.names.mention(mention);
            (mention.var, mention.used_later)
        };
        let slot = self.frame_slot(var)?;
        if used_later || self.names.var(var).reference.is_some() {
            return None;
        }
        self.matched_slot(slot, patterns)
    }

    /// As [`Flow::matched`], for what lies in `slot`.
    pub(super) fn matched_slot<'p>(
        &mut self,
        slot: SlotId,
        patterns: impl IntoIterator<Item = &'p Pat>,
    ) -> Option<(TokenStream, Vec<TokenStream>)> {
        let patterns: Vec<&Pat> = patterns.into_iter().collect();
        let binds = patterns.iter().any(|pattern| Bindings::of(pattern).by_value);
        let whole = matches!(patterns[..], [Pat::Ident(pat)] if pat.subpat.is_none());
        if !binds || whole {
            return None;
        }
        let mut handles = Vec::new();
        for pattern in &patterns {
            if let Pat::Guard(guarded) = pattern {
                if self.must_hoist_guard(&guarded.guard, &declared(pattern)) {
                    return None;
                }
                self.add_handles(&guarded.guard, &mut handles);
            }
            let Bindings { by_ref, by_value, dereferences } = Bindings::of(pattern);
            if dereferences {
                return None;
            }
            if by_ref && by_value {
                self.refuse(
                    pattern,
                    "a pattern that binds a part by reference and may move another is not compiled \
                     yet where the value lives across a suspension: bind the parts one by one",
                );
            }
        }
        let name = self.name(slot);
        if handles.contains(&name) {
            return None;
        }
        let mut arms = Vec::new();
        let mut moved = Vec::new();
        let mut outer = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let last = index + 1 == patterns.len();
            let nested = |mut text: TokenStream| {
                if !last {
                    text = quote!(::async_proc::machine::Arm::This(#text));
                }
                for _ in 0..index {
                    text = quote!(::async_proc::machine::Arm::Later(#text));
                }
                text
            };
            let vars: Vec<_> =
                declared(pattern).into_iter().map(|var| self.names.var(var)).collect();
            let names: Vec<_> = vars.iter().map(|var| var.ident.clone()).collect();
            let bound = vars.iter().map(|var| {
                let (ident, mutability) = (&var.ident, var.mutable.then(|| quote!(mut)));
                quote!(#mutability #ident)
            });
            outer.push(nested(quote!((#(#bound),*))));
            let stripped = without_mut(pattern);
            let value = nested(quote!((#(#names),*)));
            moved.push(self.moving_arm(slot, &stripped, &names, &nested));
            let pattern = self.pattern(&stripped);
            arms.push(quote!(#pattern => #value));
        }
        let x = Ident::new("scrutinee", Span::mixed_site());
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let text = quote! {
            ::async_proc::scrutinee!(
                #name, (#(#handles),*) #x => { #(#arms,)* }, { #(#moved,)* }
            )
        };
        Some((text, outer))
    }

    /// The arm for a variable that its pattern moves: the pattern sees a reference to the variable,
    /// and what it binds is read out of it.
    fn moving_arm(
        &mut self,
        slot: SlotId,
        pattern: &Pat,
        names: &[Ident],
        nested: &dyn Fn(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let (bare, guard) = match pattern {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pattern => (pattern, None),
        };
        let guard = guard.map(|guard| {
            let shadows = declared(bare)
                .into_iter()
                .map(|var| {
                    let ident = &self.names.var(var).ident;
                    (var, quote!((*#ident)))
                })
                .collect();
            self.shadowed.push(shadows);
            let guard = self.native(guard, Use::Place);
            self.shadowed.pop();
            quote!(if #guard)
        });
        let by_ref = Bindings::of(bare).by_ref;
        let text = self.restore(without_ref(bare).to_token_stream());
        if names.is_empty() || by_ref {
            // Binds nothing, or (where the variable is not moved by another arm) references.
            let value = nested(quote!((#(#names),*)));
            return quote!(#text #guard => #value);
        }
        let flag = self.local(&format!("{}_moved", self.slots[slot.0].name));
        let which = Parts::Bindings { pattern: text.clone(), names: names.to_vec() };
        self.parts.push(Part { name: flag.clone(), slot, which });
        let value = nested(quote!((#(#flag.read(#names)),*)));
        quote!(#text #guard => { #flag.note(); #value })
    }

    /// Whether a guard uses something of the step itself, beside the bindings of its pattern.
    fn must_hoist_guard(&self, guard: &Expr, bindings: &[VarId]) -> bool {
        let local = mentions_in(guard.to_token_stream()).iter().any(|mention| {
            let var = self.names.mention(*mention).var;
            let inside = self.names.var(var).depth > 0 || bindings.contains(&var);
            !inside && self.frame_slot(var).is_none()
        });
        local || leaves(guard)
    }

    // Closures, nested `async` blocks and macros.

    /// A closure or an `async` block: opaque, but for the variables of the frame it captures.
    fn closure(&mut self, expr: &Expr) -> TokenStream {
        let is_move = match expr {
            Expr::Closure(closure) => closure.capture.is_some(),
            Expr::Async(block) => block.capture.is_some(),
            _ => false,
        };
        let mut captured: Vec<(VarId, bool)> = Vec::new();
        let mut captures_locals = false;
        for mention in mentions_in(expr.to_token_stream()) {
            let mention = self.names.mention(mention);
            let in_frame = self.frame_slot(mention.var).is_some();
            if !in_frame {
                captures_locals |= self.names.var(mention.var).depth == 0;
                continue;
            }
            match captured.iter_mut().find(|(var, _)| *var == mention.var) {
                Some((_, used_later)) => *used_later |= mention.used_later,
                None => captured.push((mention.var, mention.used_later)),
            }
        }
        if captured.is_empty() {
            return self.restore(expr.to_token_stream());
        }
        if is_move {
            return self.move_closure(expr, &captured);
        }
        if let ([(var, false)], false, Expr::Closure(closure)) =
            (&captured[..], captures_locals, expr)
            && closure.inputs.iter().all(|input| matches!(input, Pat::Type(_)))
            && self.names.var(*var).reference.is_none()
            && uses_by_value(expr)
            && let Some(slot) = self.frame_slot(*var)
        {
            let name = self.name(slot);
            self.shadowed.push(HashMap::from([(*var, quote!((*#name)))]));
            let text = self.restore(expr.to_token_stream());
            self.shadowed.pop();
            return quote!(::async_proc::captured!(#name, #name => #text));
        }
        if !captures_locals {
            // The slots are pointers: taking them along keeps the places they lead to.
            let mut expr = expr.clone();
            match &mut expr {
                Expr::Closure(closure) => closure.capture = Some(Default::default()),
                Expr::Async(block) => block.capture = Some(Default::default()),
                _ => {}
            }
            return self.restore(expr.to_token_stream());
        }
        let mut shadows = HashMap::new();
        let mut borrows = TokenStream::new();
        for (var, _) in &captured {
            let Some(slot) = self.frame_slot(*var) else { continue };
            let name = self.name(slot);
            borrows.extend(quote!(let #name = &mut *#name.at;));
            shadows.insert(*var, quote!((*#name)));
        }
        self.shadowed.push(shadows);
        let text = self.restore(expr.to_token_stream());
        self.shadowed.pop();
        quote!({ #borrows #text })
    }

    /// A closure that owns what it captures: the variables are moved, or copied, into locals first.
    /// One that names only fields of a variable captures the fields alone.
    fn move_closure(&mut self, expr: &Expr, captured: &[(VarId, bool)]) -> TokenStream {
        let mut expr = expr.clone();
        let mut shadows = HashMap::new();
        let mut locals = TokenStream::new();
        for (var, used_later) in captured {
            let Some(slot) = self.frame_slot(*var) else { continue };
            let by_reference = self.names.var(*var).reference.is_some();
            if !by_reference && self.capture_fields(&mut expr, *var, slot, &mut locals) {
                continue;
            }
            let var_info = self.names.var(*var);
            let ident = match var_info.ident == "self" {
                true => Ident::new("this", Span::mixed_site()),
                false => var_info.ident.clone(),
            };
            let mutability = var_info.mutable.then(|| quote!(mut));
            let value = match *used_later || self.is_shared(*var) {
                true => self.place(slot),
                false => self.take(slot),
            };
            locals.extend(quote!(let #mutability #ident = #value;));
            shadows.insert(*var, quote!(#ident));
        }
        self.shadowed.push(shadows);
        let text = self.restore(expr.to_token_stream());
        self.shadowed.pop();
        quote!({ #locals #text })
    }

    /// Moves the fields that a closure names out of a variable, if it names nothing else of it.
    fn capture_fields(
        &mut self,
        closure: &mut Expr,
        var: VarId,
        slot: SlotId,
        locals: &mut TokenStream,
    ) -> bool {
        let mut fields = FieldCaptures { names: self.names, var, paths: Vec::new(), whole: false };
        fields.visit_expr(closure);
        let FieldCaptures { paths, whole, .. } = fields;
        let nested = paths.iter().any(|path| {
            paths.iter().any(|other| path.len() < other.len() && other.starts_with(path))
        });
        if whole || paths.is_empty() {
            return false;
        }
        if nested {
            self.refuse(
                &*closure,
                "this `move` closure captures a part of a variable, and a part of that part, \
                 which is not compiled yet: bind the part with `let` before it",
            );
            return false;
        }
        let name = self.name(slot);
        let mut replace = Vec::new();
        for path in paths {
            let part = self.part(slot, path.clone());
            let mutability = self.names.var(var).mutable.then(|| quote!(mut));
            // A field behind a reference cannot be moved: the twin captures the reference then.
            locals.extend(quote! {
                if false { ::core::mem::drop(#name.take() #(.#path)*); }
                let #mutability #part = #part.take(&raw const (*#name.at) #(.#path)*);
            });
            replace.push((path, part));
        }
        ReplaceFields { names: self.names, var, replace }.visit_expr_mut(closure);
        true
    }

    /// `..base` moves the fields that are not written out, which we do not follow.
    pub(super) fn refuse_update(&mut self, literal: &syn::ExprStruct) {
        let Some(rest) = literal.rest.as_deref() else { return };
        let base = field_path(rest).map(|(mention, _)| self.names.mention(mention).var);
        if base.is_some_and(|var| self.frame_slot(var).is_some()) {
            self.refuse(
                rest,
                "a struct update from a variable that lives across a suspension is not compiled \
                 yet: write the fields out",
            );
        }
    }

    fn rewrite_macro(&mut self, mac: &mut syn::Macro) {
        if let Some(mut arguments) = known::parse(mac).or_else(|| known::parse_unknown(mac)) {
            let names = self.names;
            arguments.args.retain(|arg| match resolve::mention_of(&arg.expr) {
                // A local of the step is captured under its own name, as it was written.
                Some(id) => {
                    let mention = names.mention(id);
                    !mention.implied || self.frame_slot(mention.var).is_some()
                }
                None => true,
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
            return;
        }
        self.refuse_opaque(mac);
    }

    /// An unknown macro whose arguments are no expressions, but name a variable of the frame.
    fn refuse_opaque(&mut self, mac: &syn::Macro) {
        let text = mac.tokens.clone();
        let slots: Vec<(String, Ident)> = self
            .slot_of
            .iter()
            .filter(|(var, _)| self.names.var(**var).in_frame)
            .map(|(var, _)| {
                let ident = self.names.var(*var).ident.clone();
                (ident.to_string(), ident)
            })
            .collect();
        let mut found = None;
        resolve::replace_idents(text, &mut |ident| {
            if slots.iter().any(|(name, _)| ident == name) {
                found.get_or_insert_with(|| ident.clone());
            }
            None
        });
        if let Some(ident) = found {
            self.errors.refuse(
                &ident,
                format_args!(
                    "`{ident}` lives across a suspension, and the grammar of this macro is not \
                     known: bind what it needs to a variable of its own before it"
                ),
            );
        }
    }
}

/// Whether a closure may consume what it captures: it uses a variable, or a field of one, by value.
fn uses_by_value(closure: &Expr) -> bool {
    struct ByValue(bool);
    impl<'ast> Visit<'ast> for ByValue {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            match expr {
                Expr::Reference(reference) if field_path(&reference.expr).is_some() => {}
                Expr::MethodCall(call) if field_path(&call.receiver).is_some() => {
                    // What a method does with its receiver cannot be seen: asked, too.
                    self.0 = true;
                }
                Expr::Index(index) if field_path(&index.expr).is_some() => {
                    self.visit_expr(&index.index);
                }
                Expr::Path(_) | Expr::Field(_) if field_path(expr).is_some() => self.0 = true,
                _ => visit::visit_expr(self, expr),
            }
        }
        fn visit_macro(&mut self, _: &'ast syn::Macro) {}
    }
    let mut by_value = ByValue(false);
    by_value.visit_expr(closure);
    by_value.0
}

/// The fields of one variable that a closure names.
struct FieldCaptures<'n> {
    names: &'n Names,
    var: VarId,
    paths: Vec<Vec<syn::Member>>,
    /// It names the variable itself, too.
    whole: bool,
}

impl<'ast> Visit<'ast> for FieldCaptures<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Some((mention, path)) = field_path(expr) {
            if self.names.mention(mention).var != self.var {
                return;
            }
            self.whole |= path.is_empty();
            if !path.is_empty() && !self.paths.contains(&path) {
                self.paths.push(path);
            }
            return;
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.whole |= mentions_in(mac.tokens.clone())
            .iter()
            .any(|mention| self.names.mention(*mention).var == self.var);
    }
}

struct ReplaceFields<'n> {
    names: &'n Names,
    var: VarId,
    replace: Vec<(Vec<syn::Member>, Ident)>,
}

impl VisitMut for ReplaceFields<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some((mention, path)) = field_path(expr)
            && self.names.mention(mention).var == self.var
            && let Some((_, ident)) = self.replace.iter().find(|(field, _)| *field == path)
        {
            *expr = syn::parse_quote!(#ident);
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// The variable and the fields that a path of fields starts from.
fn field_path(expr: &Expr) -> Option<(MentionId, Vec<syn::Member>)> {
    match expr {
        Expr::Field(field) => {
            let (mention, mut path) = field_path(&field.base)?;
            path.push(field.member.clone());
            Some((mention, path))
        }
        Expr::Paren(inner) => field_path(&inner.expr),
        _ => resolve::mention_of(expr).map(|mention| (mention, Vec::new())),
    }
}

pub(super) fn has_cfg(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"))
}

/// Whether control may leave the expression by other ways than its value.
fn leaves(expr: &Expr) -> bool {
    struct Leaves(bool);
    impl<'ast> Visit<'ast> for Leaves {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            match expr {
                Expr::Closure(_) | Expr::Async(_) => {}
                Expr::Try(_) | Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => {
                    self.0 = true;
                }
                _ => visit::visit_expr(self, expr),
            }
        }
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            if let Some(arguments) = known::parse(mac).or_else(|| known::parse_unknown(mac)) {
                arguments.args.iter().for_each(|arg| self.visit_expr(&arg.expr));
            }
        }
    }
    let mut leaves = Leaves(false);
    leaves.visit_expr(expr);
    leaves.0
}

fn holds_closure(expr: &Expr) -> bool {
    struct Closures(bool);
    impl<'ast> Visit<'ast> for Closures {
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {
            self.0 = true;
        }
    }
    let mut closures = Closures(false);
    closures.visit_expr(expr);
    closures.0
}

/// What a `let` or a `match` with one arm does with a place: takes it whole, or reaches into it.
pub(super) fn binding_use(pattern: &Pat) -> Use {
    match pattern {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Use::Value,
        Pat::Type(typed) => binding_use(&typed.pat),
        Pat::Paren(inner) => binding_use(&inner.pat),
        _ => Use::Place,
    }
}

fn operator_uses(op: &syn::BinOp) -> (Use, Use) {
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

/// A pattern that binds the same variables, none of them `mut`: they are bound once more outside.
fn without_mut(pattern: &Pat) -> Pat {
    struct Strip;
    impl syn::visit_mut::VisitMut for Strip {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            if pat.by_ref.is_none() {
                pat.mutability = None;
            }
            syn::visit_mut::visit_pat_ident_mut(self, pat);
        }
    }
    let mut pattern = pattern.clone();
    syn::visit_mut::VisitMut::visit_pat_mut(&mut Strip, &mut pattern);
    pattern
}

/// A pattern whose `ref` bindings take the reference they are given.
fn without_ref(pattern: &Pat) -> Pat {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            pat.by_ref = None;
            pat.mutability = None;
            visit_mut::visit_pat_ident_mut(self, pat);
        }
    }
    let mut pattern = pattern.clone();
    Strip.visit_pat_mut(&mut pattern);
    pattern
}

/// How a pattern binds what it binds.
struct Bindings {
    by_ref: bool,
    by_value: bool,
    /// It reaches through a reference with `&`.
    dereferences: bool,
}

impl Bindings {
    fn of(pattern: &Pat) -> Bindings {
        let mut bindings = Bindings { by_ref: false, by_value: false, dereferences: false };
        bindings.visit_pat(pattern);
        bindings
    }
}

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        if resolve::binding(&pat.ident).is_some() {
            self.by_ref |= pat.by_ref.is_some();
            self.by_value |= pat.by_ref.is_none();
        }
        visit::visit_pat_ident(self, pat);
    }
    fn visit_pat_reference(&mut self, pat: &'ast syn::PatReference) {
        self.dereferences = true;
        visit::visit_pat_reference(self, pat);
    }
    fn visit_expr(&mut self, _: &'ast Expr) {}
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
