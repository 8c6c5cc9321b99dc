//! Calls that may move a variable of the frame, or may not: asked when the function is compiled.
//!
//! See `async_proc::machine::Probe`. What the call takes beside the variable is evaluated before it
//! and handed in, since the probe itself must capture nothing but the variable.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;
use syn::visit::{self, Visit};

use super::native::Use;
use super::variable::field_path;
use super::{Flow, SlotId};
use crate::known;
use crate::liveness::mentions_in;
use crate::resolve::{self, VarId};

impl Flow<'_> {
    pub(super) fn rewrite_method_call(&mut self, expr: &mut Expr) {
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
    pub(super) fn callee(&mut self, call: &syn::ExprCall) -> Option<TokenStream> {
        resolve::mention_of(&call.func)?;
        if self.may_change(&call.func, &call.args) {
            return None;
        }
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
    pub(super) fn unboxed(&mut self, expr: &Expr) -> Option<TokenStream> {
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
        // The arguments are evaluated first, which is the same only where they leave it alone.
        if self.may_change(&call.receiver, &call.args) {
            return None;
        }
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
            self.add_handles(arg, &mut handles);
            if handles.contains(&receiver.name) {
                return None;
            }
            // There they must capture nothing of this step but what is handed in.
            if !self.must_hoist(arg) {
                texts.push(self.native(arg, Use::Value));
            } else {
                let shadows = self.lend_locals(arg, &mut values)?;
                self.shadowed.push(shadows);
                texts.push(self.native(arg, Use::Value));
                self.shadowed.pop();
            }
        }
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let values = values.into_iter().chain(handles).collect();
        let once = call.args.iter().any(holds_closure);
        Some(receiver.call(once, call, values, &texts))
    }

    /// The same, with arguments already compiled.
    pub(super) fn probe_with(
        &mut self,
        receiver: &Receiver,
        call: &syn::ExprMethodCall,
        texts: Vec<TokenStream>,
    ) -> TokenStream {
        let mut values = Vec::new();
        let mut handles = Vec::new();
        let mut args = Vec::new();
        let mut closures = false;
        for (index, (arg, text)) in call.args.iter().zip(texts).enumerate() {
            if holds_closure(arg) && !self.must_hoist(arg) {
                closures = true;
                self.add_handles(arg, &mut handles);
                args.push(text);
            } else {
                let local = Ident::new(&format!("arg_{index}"), Span::mixed_site());
                values.push(quote!(#local = #text));
                args.push(quote!(#local));
            }
        }
        values.extend(handles.iter().map(|handle| quote!(#handle = #handle)));
        receiver.call(closures, call, values, &args)
    }

    /// Whether an expression is a variable in the frame that is used again afterwards.
    fn is_reborrowed(&self, expr: &Expr) -> bool {
        resolve::mention_of(expr).is_some_and(|mention| {
            let mention = self.names.mention(mention);
            mention.used_later && self.frame_slot(mention.var).is_some()
        })
    }

    /// Adds the slots that an expression mentions.
    pub(super) fn add_handles(&self, expr: &Expr, handles: &mut Vec<Ident>) {
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

    /// Hands the locals of the step that a closure borrows to a probe, by reference; gives the text
    /// that names them there. `None` if the argument is no closure, or one that owns what it names.
    fn lend_locals(
        &self,
        arg: &Expr,
        values: &mut Vec<TokenStream>,
    ) -> Option<HashMap<VarId, TokenStream>> {
        let Expr::Closure(syn::ExprClosure { capture: None, .. }) = arg else { return None };
        let mut shadows = HashMap::new();
        for mention in mentions_in(arg.to_token_stream()) {
            let mention = self.names.mention(mention);
            let var = self.names.var(mention.var);
            if mention.opaque {
                return None;
            }
            let lent = shadows.contains_key(&mention.var);
            if var.depth > 0 || lent || self.frame_slot(mention.var).is_some() {
                continue;
            }
            let ident = &var.ident;
            let mutability = var.mutable.then(|| quote!(mut));
            let value = quote!(#ident = &#mutability #ident);
            if values.iter().any(|known| known.to_string() == value.to_string()) {
                return None;
            }
            values.push(value);
            shadows.insert(mention.var, quote!((*#ident)));
        }
        Some(shadows)
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
}

/// Whether control may leave the expression by other ways than its value.
pub(super) fn leaves(expr: &Expr) -> bool {
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

/// The receiver of a method call that may move it.
pub(super) struct Receiver {
    name: Ident,
    /// What gives its value, if the call moves it.
    take: TokenStream,
}

impl Receiver {
    /// The call. `values` are evaluated before it, in order; `args` may name them.
    ///
    /// `once` is for a closure among the arguments, whose type may be part of the result's: the call
    /// is compiled only once, and a receiver that it moves goes to a box of its own.
    fn call(
        &self,
        once: bool,
        call: &syn::ExprMethodCall,
        values: Vec<TokenStream>,
        args: &[TokenStream],
    ) -> TokenStream {
        let Receiver { name, take } = self;
        let once = once.then(|| quote!(once));
        let call = method_tail(call, args);
        quote! {
            ::async_proc::receiver!(#once #name, #take, (#(#values),*) #name #call)
        }
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
