//! Expressions that suspend: their operands in order of evaluation.
//!
//! An operand that is evaluated before a suspension in the same expression is *spilled* to a slot,
//! as is every temporary it leaves behind that lives to the end of the statement. What comes after
//! the last suspension stays inline. Literals and paths to items are never spilled.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::native::{Use, operator_uses};
use super::probe::{Call, Receiver, borrows_its_receiver, found_silently, method_tail};
use super::temporaries::{is_promoted, leaps, leaps_as, leaps_place};
use super::variable::field_path;
use super::{Dest, Flow, Landmark, Suspension, is_place};
use crate::known::{self, Access};
use crate::names;
use crate::once;
use crate::resolve;
use crate::suspension;
use crate::written::as_written;

/// An operand, and what is done with it.
pub(super) struct Operand<'e> {
    pub(super) expr: &'e Expr,
    pub(super) usage: Use,
}

impl<'e> Operand<'e> {
    fn value(expr: &'e Expr) -> Self {
        Operand { expr, usage: Use::Value }
    }
    fn place(expr: &'e Expr) -> Self {
        Operand { expr, usage: Use::Place }
    }
}

impl Flow<'_> {
    /// Compiles an expression for its value; gives the text that is the value, to be used once,
    /// in the state that is current afterwards.
    ///
    /// `held` says that a suspension comes later in the same statement, so that temporaries have to
    /// be kept in the frame.
    pub(super) fn value(&mut self, expr: &Expr, held: bool) -> TokenStream {
        if !leaps(expr, held) {
            return self.native(expr, Use::Value);
        }
        match expr {
            Expr::Await(wait) => self.wait(wait),
            Expr::Paren(inner) => {
                let value = self.value(&inner.expr, held);
                match *inner.expr {
                    // The value may be matched, where no struct's brace may stand.
                    Expr::Struct(_) => quote!((#value)),
                    _ => value,
                }
            }
            Expr::Group(inner) => self.value(&inner.expr, held),
            Expr::Try(attempt) => {
                let value = self.value(&attempt.expr, held);
                self.propagate(value, attempt.question_token.span)
            }
            Expr::Call(call) => {
                let callee_is_local = !matches!(&*call.func, Expr::Path(_))
                    || resolve::mention_of(&call.func).is_some();
                let mut operands: Vec<Operand<'_>> = Vec::new();
                if callee_is_local {
                    self.refuse_change(&call.func, &call.args);
                    if resolve::mention_of(&call.func).is_some()
                        && let Some(callee) = self.movable(&call.func)
                    {
                        let args: Vec<_> = call.args.iter().map(Operand::value).collect();
                        return self.call_held(callee, &Call::Function(call), &args, held);
                    }
                    operands.push(Operand::place(&call.func));
                }
                operands.extend(call.args.iter().map(Operand::value));
                let mut texts = self.operands(&operands, held);
                let func = match callee_is_local {
                    true => {
                        let func = texts.remove(0);
                        quote!((#func))
                    }
                    false => call.func.to_token_stream(),
                };
                let mut text = func;
                call.paren_token.surround(&mut text, |text| text.extend(quote!(#(#texts),*)));
                text
            }
            Expr::MethodCall(call) => self.method_call(call, held),
            Expr::Binary(binary) => self.binary(binary, held),
            Expr::Unary(unary) => {
                let op = &unary.op;
                if let syn::UnOp::Deref(_) = op
                    && held
                    && !is_place(&unary.expr)
                {
                    // Out of a box that is a temporary, or what a reference leads to.
                    let value = self.value(&unary.expr, true);
                    let slot = self.slot("temporary");
                    let put = self.put(slot, value);
                    self.emit(put);
                    let name = self.name(slot);
                    return quote!(::async_proc::dereferenced!(#name));
                }
                let value = match op {
                    syn::UnOp::Deref(_) => self.place_of(&unary.expr, held),
                    _ => self.value(&unary.expr, held),
                };
                quote!((#op #value))
            }
            Expr::Cast(cast) => {
                let (value, ty) = (self.value(&cast.expr, held), &cast.ty);
                quote!((#value as #ty))
            }
            Expr::Reference(reference) => {
                let mutability = &reference.mutability;
                let place = self.place_of(&reference.expr, held);
                quote!(&#mutability #place)
            }
            Expr::RawAddr(reference) => {
                let mutability = &reference.mutability;
                let place = self.place_of(&reference.expr, held);
                quote!(&raw #mutability #place)
            }
            Expr::Field(field) => {
                if let Some((whole, path)) = field_of_temporary(expr)
                    && held
                {
                    // The field is moved or copied; what is left ends with the statement.
                    let value = self.value(whole, true);
                    let slot = self.slot("temporary");
                    let put = self.put(slot, value);
                    self.emit(put);
                    let (place, part) = (self.place(slot), self.part(slot, path.clone()));
                    return quote!(#part.take(&raw const #place #(.#path)*));
                }
                let (base, member) = (self.place_of(&field.base, held), &field.member);
                quote!(#base.#member)
            }
            Expr::Index(index) => {
                let texts = self
                    .operands(&[Operand::place(&index.expr), Operand::value(&index.index)], held);
                let [base, value] = &texts[..] else { unreachable!() };
                let mut text = base.clone();
                index.bracket_token.surround(&mut text, |text| text.extend(value.clone()));
                text
            }
            Expr::Tuple(tuple) => {
                let operands: Vec<_> = tuple.elems.iter().map(Operand::value).collect();
                let texts = self.operands(&operands, held);
                let mut text = TokenStream::new();
                tuple.paren_token.surround(&mut text, |text| text.extend(quote!(#(#texts,)*)));
                text
            }
            Expr::Array(array) => {
                let operands: Vec<_> = array.elems.iter().map(Operand::value).collect();
                let texts = self.operands(&operands, held);
                let mut text = TokenStream::new();
                array.bracket_token.surround(&mut text, |text| text.extend(quote!(#(#texts),*)));
                text
            }
            Expr::Repeat(repeat) => {
                let (value, len) = (self.value(&repeat.expr, held), &repeat.len);
                quote!([#value; #len])
            }
            Expr::Struct(literal) => {
                let rest = literal.rest.as_deref();
                if rest.is_some_and(|rest| field_path(rest).is_some()) {
                    let operands: Vec<_> =
                        literal.fields.iter().map(|field| Operand::value(&field.expr)).collect();
                    let values = self.operands(&operands, held);
                    if let Some(text) = self.update(literal, &values) {
                        return text;
                    }
                    let members = literal.fields.iter().map(|field| &field.member);
                    let rest = rest.map(|rest| self.native(rest, Use::Place));
                    let fields = quote!(#(#members: #values,)* ..#rest);
                    let mut text = literal.path.to_token_stream();
                    literal.brace_token.surround(&mut text, |text| text.extend(fields));
                    return text;
                }
                let operands: Vec<_> = literal
                    .fields
                    .iter()
                    .map(|field| Operand::value(&field.expr))
                    .chain(rest.map(Operand::value))
                    .collect();
                let mut texts = self.operands(&operands, held);
                if held && let Some(base) = rest.and_then(|_| texts.pop()) {
                    return self.update_from_temporary(literal, texts, base);
                }
                let rest = rest.and_then(|_| texts.pop()).map(|rest| quote!(..#rest));
                let members = literal.fields.iter().map(|field| &field.member);
                let path = &literal.path;
                let qself = &literal.qself;
                if qself.is_some() {
                    self.refuse(path, "a qualified path here is not compiled yet: name the type");
                }
                let mut text = path.to_token_stream();
                let fields = quote!(#(#members: #texts,)* #rest);
                literal.brace_token.surround(&mut text, |text| text.extend(fields));
                text
            }
            Expr::Range(range) => {
                let bounds: Vec<_> = [range.start.as_deref(), range.end.as_deref()]
                    .into_iter()
                    .flatten()
                    .map(Operand::value)
                    .collect();
                let mut texts = self.operands(&bounds, held).into_iter();
                let start = range.start.as_ref().and_then(|_| texts.next());
                let end = texts.next();
                let limits = &range.limits;
                quote!((#start #limits #end))
            }
            Expr::Assign(assign) => self.assignment(assign, held),
            Expr::Macro(mac) if known::has_its_own_block(&mac.mac) => {
                self.open();
                let text = self.mac(&mac.mac, false);
                let kills = self.leave();
                let name = self.local("text");
                self.emit(quote!(let #name = #text; #kills));
                quote!(#name)
            }
            Expr::Macro(mac) => self.mac(&mac.mac, held),
            Expr::Return(exit) => {
                let span = exit.return_token.span;
                let value = match &exit.expr {
                    Some(value) => self.value(value, false),
                    None => quote!(()),
                };
                let finish = self.finish(value, span);
                self.emit(quote!(#finish;));
                self.ended = true;
                self.unreachable()
            }
            Expr::Break(jump) => {
                let Some((depth, stop, dest)) = self.break_target(jump.label.as_ref()) else {
                    self.refuse(expr, "this `break` suspends inside a loop that does not");
                    return self.unreachable();
                };
                if let Some(value) = &jump.expr {
                    self.into(value, &dest);
                }
                let go = self.jump(depth, stop);
                self.emit(quote!(#go));
                self.ended = true;
                self.unreachable()
            }
            Expr::Match(branch) => {
                let slot = self.consumed_slot("value");
                self.choose(branch, &Dest::Filled(slot, None), true);
                self.take(slot)
            }
            Expr::If(branch) if held && let Expr::Let(condition) = &*branch.cond => {
                let slot = self.consumed_slot("value");
                self.branch_on_pattern(branch, condition, &Dest::Filled(slot, None), true);
                self.take(slot)
            }
            Expr::Block(_) | Expr::Unsafe(_) | Expr::If(_) | Expr::Loop(_) => {
                let slot = self.consumed_slot("value");
                self.into(expr, &Dest::Filled(slot, None));
                self.take(slot)
            }
            _ => {
                self.refuse(
                    expr,
                    "a suspension inside this expression is not compiled yet: bind the awaited \
                     value to a variable first",
                );
                self.unreachable()
            }
        }
    }

    /// A struct update whose base is a temporary that a suspension keeps: what is left of it lives to
    /// the end of the statement.
    fn update_from_temporary(
        &mut self,
        literal: &syn::ExprStruct,
        values: Vec<TokenStream>,
        base: TokenStream,
    ) -> TokenStream {
        // The base comes after the fields that are written out.
        let values: Vec<TokenStream> = values
            .into_iter()
            .map(|value| {
                let slot = self.consumed_slot("operand");
                let put = self.put(slot, value);
                self.emit(put);
                self.take(slot)
            })
            .collect();
        let slot = self.slot("temporary");
        let put = self.put(slot, base);
        self.emit(put);
        let place = self.place(slot);
        self.update_at(literal, &values, slot, &place, &[])
    }

    /// `future.await`: a state that polls the future where it lies.
    fn wait(&mut self, wait: &syn::ExprAwait) -> TokenStream {
        let about = subject(&wait.base);
        let future = self.value(&wait.base, true);
        let slot = self.consumed_slot(&snake(&about));
        self.slots[slot.0].written = true;
        self.slots[slot.0].awaited = true;
        let name = self.name(slot);
        let state = self.state(&format!("Await{}", camel(&about)));
        let span = wait.await_token.span;
        let start = span.start();
        self.states[state.0].suspension = Some(Suspension {
            line: u32::try_from(start.line).unwrap_or(0),
            column: u32::try_from(start.column + 1).unwrap_or(0),
            source: self.awaited_text(&wait.base),
        });
        // With the span of the twin's `.await`: of what is no future, rustc speaks once a span.
        self.states[state.0].landmark = Landmark::Wait(span);
        self.emit(quote!(#name.put(__machine::Awaited(#future).into_future());));
        self.go_on(state);
        self.begin(state);
        let mut value = self.local(&format!("{}_value", snake(&about)));
        value.set_span(Span::mixed_site().located_at(span));
        let state_name = &self.states[state.0].name;
        let (cx, pointer) = (names::cx(), names::state());
        let poll = quote_spanned!(span=> __machine::poll({ #name }, #cx));
        self.emit(quote! {
            let __machine::Ready(#value) = #poll else {
                *#pointer = __State::#state_name;
                return __machine::Pending;
            };
        });
        once::value(&Expr::Await(wait.clone()), quote!(#value))
    }

    /// What is awaited, as it was written.
    fn awaited_text(&self, future: &Expr) -> String {
        let written = match future {
            Expr::Paren(inner) => &inner.expr,
            Expr::Call(call) if suspension::is_yielded(call) => &call.args[0],
            future => future,
        };
        as_written(resolve::replace_idents(written.to_token_stream(), &mut |ident| {
            let var = match resolve::mention(ident) {
                Some(mention) => self.names.mention(mention).var,
                None => resolve::binding(ident)?,
            };
            let mut name = self.names.var(var).ident.clone();
            name.set_span(ident.span());
            Some(name.to_token_stream())
        }))
    }

    /// Compiles operands in order. Those before the last one that suspends, or that leaves
    /// temporaries which a later suspension must keep, are spilled.
    fn operands(&mut self, operands: &[Operand<'_>], held: bool) -> Vec<TokenStream> {
        let last = operands.iter().rposition(|operand| leaps_as(operand, held));
        let mut texts = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            let before = last.is_some_and(|last| index < last);
            let suspends_later =
                operands[index + 1..].iter().any(|operand| suspension::expr(operand.expr));
            let held = held || suspends_later;
            let text = match operand.usage {
                Use::Value => self.value(operand.expr, held),
                Use::Place => self.place_of(operand.expr, held),
            };
            texts.push(if before && !is_fixed(operand) { self.spill(text, operand) } else { text });
        }
        texts
    }

    fn spill(&mut self, text: TokenStream, operand: &Operand<'_>) -> TokenStream {
        match operand.usage {
            Use::Value => {
                let slot = self.consumed_slot("operand");
                let put = self.put(slot, text);
                self.emit(put);
                self.take(slot)
            }
            // Finding the place may do something: it is found now, and the reference kept.
            Use::Place if finds(operand.expr) => {
                let slot = self.consumed_slot("operand");
                let put = self.put(slot, quote!(&#text));
                self.emit(put);
                let name = self.name(slot);
                quote!((*#name.take()))
            }
            // A place is borrowed by what uses it; its own parts were spilled already.
            Use::Place => text,
        }
    }

    /// Compiles an expression as a place. A value gets a temporary: a slot where a suspension
    /// comes later in the statement.
    pub(super) fn place_of(&mut self, expr: &Expr, held: bool) -> TokenStream {
        if !leaps_place(expr, held) {
            return self.native(expr, Use::Place);
        }
        match expr {
            Expr::Paren(inner) => return self.place_of(&inner.expr, held),
            Expr::Group(inner) => return self.place_of(&inner.expr, held),
            Expr::Field(field) => {
                let (base, member) = (self.place_of(&field.base, held), &field.member);
                return quote!(#base.#member);
            }
            Expr::Index(_) => {
                let text = self.value(expr, held);
                return quote!(#text);
            }
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                let inner = match is_place(&unary.expr) {
                    true => self.place_of(&unary.expr, held),
                    false => self.value(&unary.expr, held),
                };
                return quote!((*#inner));
            }
            _ => {}
        }
        let value = self.value(expr, held);
        if held {
            let slot = self.slot("temporary");
            let put = self.put(slot, value);
            self.emit(put);
            self.place(slot)
        } else {
            once::value(expr, value)
        }
    }

    fn method_call(&mut self, call: &syn::ExprMethodCall, held: bool) -> TokenStream {
        let args_suspend = call.args.iter().any(suspension::expr);
        let receiver_held = held || args_suspend;
        let in_slot = receiver_held
            && !is_place(&call.receiver)
            && !is_promoted(&call.receiver)
            && !is_part(&call.receiver);
        let args: Vec<Operand<'_>> = call.args.iter().map(Operand::value).collect();
        let args_leap = args.iter().any(|arg| leaps_as(arg, held));
        if in_slot {
            // The call may borrow its receiver, or move it.
            let value = self.value(&call.receiver, true);
            let slot = self.slot("temporary");
            let put = self.put(slot, value);
            self.emit(put);
            let receiver = self.temporary(slot);
            let call = Call::Method(call);
            if args_leap {
                return self.call_held(receiver, &call, &args, held);
            }
            return self.probe(&receiver, &call).unwrap_or_else(|| {
                let args = call.args().iter();
                let texts: Vec<_> = args.map(|arg| self.native(arg, Use::Value)).collect();
                let (place, tail) = (receiver.place(), call.tail(&texts));
                quote!(#place #tail)
            });
        }
        if args_suspend {
            self.refuse_change(&call.receiver, &call.args);
        }
        if args_leap && let Some(receiver) = self.movable(&call.receiver) {
            return self.call_held(receiver, &Call::Method(call), &args, held);
        }
        let movable = match borrows_its_receiver(call) {
            true => None,
            false => self.movable(&call.receiver),
        };
        let suspends = suspension::expr(&call.receiver);
        let receiver = self.place_of(&call.receiver, receiver_held);
        if suspends && args_leap {
            self.refuse(
                &call.receiver,
                "a receiver that suspends, of a call whose arguments suspend, is not compiled yet: \
                 bind the receiver to a variable first",
            );
        }
        if args_suspend && finds(&call.receiver) {
            self.refuse(
                &call.receiver,
                "this is found before the arguments of the call, which suspend, and may fail or do \
                 something: that is not compiled yet: bind a reference to it, or the awaited value, \
                 to a variable first",
            );
        }
        if args_suspend {
            self.check_place(&call.receiver);
        }
        if let Some(movable) = movable
            && let Some(text) = self.probe(&movable, &Call::Method(call))
        {
            return text;
        }
        let texts = self.operands(&args, held);
        let tail = method_tail(call, &texts);
        quote!(#receiver #tail)
    }

    /// A call on a receiver that it may move, with arguments that suspend, or leave temporaries.
    fn call_held(
        &mut self,
        receiver: Receiver,
        call: &Call<'_>,
        args: &[Operand<'_>],
        held: bool,
    ) -> TokenStream {
        let holding = self.hold(receiver, call);
        let texts = self.operands(args, held);
        self.probe_held(&holding, call, texts)
    }

    /// Emits a check, by types, that nobody can tell when the place of a receiver is found: it is
    /// found after the arguments of its call, which suspend.
    fn check_place(&mut self, receiver: &Expr) {
        let mut place = Some(receiver);
        while let Some(expr) = place {
            place = match expr {
                Expr::Paren(inner) => Some(&inner.expr),
                Expr::Group(inner) => Some(&inner.expr),
                Expr::Field(field) => Some(&field.base),
                Expr::Index(index) => Some(&index.expr),
                Expr::Unary(unary) => Some(&unary.expr),
                _ => None,
            };
            if is_place(expr) && of_variable(expr) {
                let text = self.native(expr, Use::Place);
                let check = found_silently(quote!(&raw const #text), expr);
                self.emit(check);
            }
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary, held: bool) -> TokenStream {
        use syn::BinOp;
        let op = &binary.op;
        match op {
            BinOp::And(_) | BinOp::Or(_) => {
                if suspension::expr(&binary.right) || held {
                    let slot = self.consumed_slot("value");
                    self.lazy_operator(binary, slot);
                    return self.take(slot);
                }
                let left = self.condition(&binary.left);
                let right = self.native(&binary.right, Use::Value);
                quote!((#left #op #right))
            }
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => {
                if suspension::expr(&binary.right) {
                    self.refuse_change(&binary.left, [&*binary.right]);
                }
                let operands = [Operand::place(&binary.left), Operand::place(&binary.right)];
                let texts = self.operands(&operands, held);
                let [left, right] = &texts[..] else { unreachable!() };
                quote!((#left #op #right))
            }
            _ if is_compound(op) => self.compound(binary, held),
            _ => {
                let operands = [Operand::value(&binary.left), Operand::value(&binary.right)];
                let texts = self.operands(&operands, held);
                let [left, right] = &texts[..] else { unreachable!() };
                quote!((#left #op #right))
            }
        }
    }

    /// An assignment: first the value, then the place.
    fn assignment(&mut self, assign: &syn::ExprAssign, held: bool) -> TokenStream {
        let value = self.value(&assign.right, held || suspension::expr(&assign.left));
        if suspension::expr(&assign.left) {
            let slot = self.consumed_slot("operand");
            let put = self.put(slot, value);
            self.emit(put);
            let place = self.place_of(&assign.left, held);
            let value = self.take(slot);
            return quote!(#place = #value);
        }
        match self.assign_to(&assign.left, value.clone()) {
            Some(text) => text,
            None => {
                let place = self.native(&assign.left, Use::Place);
                quote!(#place = #value)
            }
        }
    }

    /// A macro with a suspension in its arguments.
    pub(super) fn mac(&mut self, mac: &syn::Macro, held: bool) -> TokenStream {
        if known::is_broken(mac) {
            self.errors.leave_to_rustc();
            return self.unreachable();
        }
        let Some(mut arguments) = known::parse(mac) else {
            self.errors.refuse(
                mac,
                "a suspension inside a macro whose grammar is not known: bind the awaited value \
                 to a variable before it",
            );
            return self.unreachable();
        };
        let names = self.names;
        arguments.args.retain(|arg| match resolve::mention_of(&arg.expr) {
            Some(id) => {
                let mention = names.mention(id);
                !mention.implied || self.is_elsewhere(mention.var)
            }
            None => !arg.implied,
        });
        // What a format string borrows lives to the end of the statement, past every argument.
        let args = std::mem::take(&mut arguments.args);
        let operands: Vec<Operand<'_>> = args
            .iter()
            .map(|arg| match arg.access {
                Access::Borrow => Operand::place(&arg.expr),
                _ => Operand::value(&arg.expr),
            })
            .collect();
        let texts = self.operands(&operands, held);
        arguments.args = args
            .iter()
            .zip(texts)
            .map(|(arg, text)| known::Argument {
                name: arg.name.clone(),
                expr: Expr::Verbatim(text),
                access: arg.access,
                implied: arg.implied,
            })
            .collect();
        let mut mac = mac.clone();
        mac.tokens = arguments.to_tokens();
        mac.to_token_stream()
    }
}

/// An operand that nothing evaluated after it can change.
fn is_fixed(operand: &Operand<'_>) -> bool {
    match operand.expr {
        Expr::Lit(_) => true,
        Expr::Path(_) => resolve::mention_of(operand.expr).is_none(),
        Expr::Closure(_) => false,
        _ => false,
    }
}

/// The temporary that a path of fields starts from, and the path.
fn field_of_temporary(expr: &Expr) -> Option<(&Expr, Vec<syn::Member>)> {
    match expr {
        Expr::Field(field) => {
            let (whole, mut path) = field_of_temporary(&field.base)?;
            path.push(field.member.clone());
            Some((whole, path))
        }
        Expr::Paren(inner) => field_of_temporary(&inner.expr),
        Expr::Group(inner) => field_of_temporary(&inner.expr),
        _ => (!is_place(expr)).then(|| (expr, Vec::new())),
    }
}

/// Whether an expression is a part of another.
pub(super) fn is_part(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_part(&inner.expr),
        Expr::Group(inner) => is_part(&inner.expr),
        _ => matches!(expr, Expr::Field(_) | Expr::Index(_)),
    }
}

/// Whether a place is reached from a variable.
fn of_variable(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => of_variable(&inner.expr),
        Expr::Group(inner) => of_variable(&inner.expr),
        Expr::Field(field) => of_variable(&field.base),
        Expr::Index(index) => of_variable(&index.expr) && !suspension::expr(&index.index),
        Expr::Unary(unary) => of_variable(&unary.expr),
        _ => resolve::mention_of(expr).is_some(),
    }
}

/// Whether finding a place may fail, or run code: an index, for one.
fn finds(expr: &Expr) -> bool {
    match expr {
        Expr::Index(_) => true,
        Expr::Paren(inner) => finds(&inner.expr),
        Expr::Field(field) => finds(&field.base),
        _ => false,
    }
}

fn is_compound(op: &syn::BinOp) -> bool {
    operator_uses(op) == (Use::Place, Use::Value)
}

/// A word for what is awaited: the name of the function or variable.
fn subject(expr: &Expr) -> String {
    match expr {
        Expr::Call(call) => subject(&call.func),
        Expr::MethodCall(call) => call.method.to_string(),
        Expr::Field(field) => field.member.to_token_stream().to_string(),
        Expr::Paren(inner) => subject(&inner.expr),
        Expr::Group(inner) => subject(&inner.expr),
        Expr::Reference(inner) => subject(&inner.expr),
        Expr::Try(inner) => subject(&inner.expr),
        Expr::Await(inner) => subject(&inner.base),
        Expr::Path(path) => match path.path.segments.last() {
            Some(last) if !last.ident.to_string().starts_with("__m") => last.ident.to_string(),
            _ => "future".to_owned(),
        },
        _ => "future".to_owned(),
    }
}

fn snake(word: &str) -> String {
    let mut snake = String::new();
    for c in word.trim_start_matches("r#").chars() {
        if c.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    if snake.starts_with(|c: char| c.is_ascii_digit()) { format!("field_{snake}") } else { snake }
}

pub(crate) fn camel(word: &str) -> String {
    word.trim_start_matches("r#")
        .split('_')
        .map(|part| {
            let mut chars = part.chars();
            let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
            first.unwrap_or_default() + chars.as_str()
        })
        .collect()
}
