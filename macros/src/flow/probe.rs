//! Calls that may move a variable of the frame, or may not: asked when the function is compiled.
//!
//! See `async_proc::machine::Probe`. What the call takes beside the variable is evaluated before it
//! and handed in, since the probe itself must capture nothing but the variable.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::native::Use;
use super::quiet::is_quiet;
use super::temporaries::leaps;
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
        if borrows_its_receiver(call) {
            return None;
        }
        let receiver = self.movable(&call.receiver)?;
        // Arguments that are evaluated outside the call must leave the receiver alone.
        if self.may_change(&call.receiver, &call.args) {
            return None;
        }
        self.probe(&receiver, &Call::Method(call))
    }

    /// A call of the last use of a variable, which moves it if it is an `FnOnce`.
    pub(super) fn callee(&mut self, call: &syn::ExprCall) -> Option<TokenStream> {
        resolve::mention_of(&call.func)?;
        if self.may_change(&call.func, &call.args) {
            return None;
        }
        let callee = self.movable(&call.func)?;
        self.probe(&callee, &Call::Function(call))
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
        Some(self.temporary(slot))
    }

    /// A temporary as a receiver.
    pub(super) fn temporary(&self, slot: SlotId) -> Receiver {
        Receiver { slot, name: self.name(slot), take: self.take(slot) }
    }

    /// A call on a receiver that it may move.
    ///
    /// The receiver is moved first, if it is moved; then come the arguments, in order. A receiver
    /// that stays where it lies is found after them, which shows only where it is found by a `Deref`
    /// that does something: that is told by its type, and the call then left as it was written.
    pub(super) fn probe(&mut self, receiver: &Receiver, call: &Call<'_>) -> Option<TokenStream> {
        let mut values = Vec::new();
        let mut handles: Vec<Ident> = Vec::new();
        let mut texts = Vec::new();
        let mut nested = false;
        let mut inside_first = None;
        for (index, arg) in call.args().iter().enumerate() {
            // A closure gets its signature from the method, and a reference that is used again is
            // borrowed anew by it: they have to stay inside the call.
            let inside = holds_closure(arg) || self.is_reborrowed(arg);
            if !inside && !matches!(arg, Expr::Lit(_)) {
                if let Some(first) = inside_first
                    && !is_quiet(arg)
                {
                    self.refuse(
                        first,
                        "this is evaluated before another argument that does something, in a call \
                         that may move its receiver, which is not compiled yet: bind it to a \
                         variable first",
                    );
                }
                let local = argument(index);
                let value = self.native(arg, Use::Value);
                nested |= is_ordered(&value);
                values.push(quote!(#local = #value));
                texts.push(quote!(#local));
                continue;
            }
            if !is_quiet(arg) {
                inside_first.get_or_insert(arg);
            }
            self.add_handles(arg, &mut handles);
            if handles.contains(&receiver.name) {
                return None;
            }
            // There they must capture nothing of this step but what is handed in.
            let text = if !self.must_hoist(arg) {
                self.native(arg, Use::Value)
            } else {
                let shadows = self.lend_locals(arg, &mut values)?;
                self.shadowed.push(shadows);
                let text = self.native(arg, Use::Value);
                self.shadowed.pop();
                text
            };
            texts.push(text);
        }
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let values: Vec<_> = values.into_iter().chain(handles).collect();
        let args = call.args();
        let once = args.iter().any(holds_closure);
        if args.iter().all(is_quiet) {
            return Some(self.ask(receiver, once, call, &values, &texts));
        }
        if once || nested || args.iter().any(|arg| leaps(arg, true)) {
            let receiver = receiver.checked(call.receiver());
            return Some(self.ask(&receiver, once, call, &values, &texts));
        }
        let Receiver { name, take, .. } = receiver;
        let moves = self.question("moves", quote!(__machine::Moves::new()));
        // Anew, since the closures in it are then others.
        let written: Vec<_> = args.iter().map(|arg| self.native(arg, Use::Value)).collect();
        let (tail, written) = (call.tail(&texts), call.tail(&written));
        Some(quote! {
            ::async_proc::ordered!(
                #moves, #name.at, #take, (#(#values),*) #name { #tail } { #written }
            )
        })
    }

    /// Sets out to call on a receiver that the call may move, with arguments that suspend. A variable
    /// that is moved is held meanwhile as a temporary would be: gone before the variables are.
    pub(super) fn hold(&mut self, receiver: Receiver, call: &Call<'_>) -> Holding {
        let moves = self.question("moves", quote!(__machine::Moves::new()));
        let Receiver { slot: held, name, take } = receiver;
        let check = found_silently(quote!(#name.at), call.receiver());
        let slot = self.consumed_slot("receiver");
        self.slots[slot.0].holds = Some(held);
        let put = self.put(slot, quote!(__machine::Held::of(#name)));
        self.emit(quote!(#check if #moves.moves() { #put }));
        let released = self.take(slot);
        let take = quote!({ ::core::mem::drop(#released); #take });
        Holding { moves, receiver: Receiver { slot: held, name, take } }
    }

    /// Goes on to the call, with the arguments compiled.
    pub(super) fn probe_held(
        &mut self,
        holding: &Holding,
        call: &Call<'_>,
        texts: Vec<TokenStream>,
    ) -> TokenStream {
        let mut values = Vec::new();
        let mut handles = Vec::new();
        let mut args = Vec::new();
        let mut closures = false;
        // What suspends, or stands before what does, is in the frame or in a local by now: its text
        // names that, which the probe must not capture.
        let kept = call.args().iter().rposition(|arg| leaps(arg, true));
        for (index, (arg, text)) in call.args().iter().zip(texts).enumerate() {
            let kept = kept.is_some_and(|last| index <= last);
            if !kept && holds_closure(arg) && !self.must_hoist(arg) {
                closures = true;
                self.add_handles(arg, &mut handles);
                args.push(text);
            } else {
                let local = argument(index);
                values.push(quote!(#local = #text));
                args.push(quote!(#local));
            }
        }
        values.extend(handles.iter().map(|handle| quote!(#handle = #handle)));
        let Holding { moves, receiver } = holding;
        receiver.ask(moves, closures, call, &values, &args)
    }

    /// The call. `values` are evaluated before it, in order; `args` may name them.
    ///
    /// `once` is for a closure among the arguments, whose type may be part of the result's.
    fn ask(
        &mut self,
        receiver: &Receiver,
        once: bool,
        call: &Call<'_>,
        values: &[TokenStream],
        args: &[TokenStream],
    ) -> TokenStream {
        let moves = self.question("moves", quote!(__machine::Moves::new()));
        receiver.ask(&moves, once, call, values, args)
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
            if self.is_shadowed(mention.var) {
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
            !inside && self.frame_slot(mention.var).is_none()
        });
        local || leaves(arg)
    }
}

/// Whether a text holds a call that is there twice already, lest nested ones grow without end.
fn is_ordered(text: &TokenStream) -> bool {
    text.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == "ordered",
        proc_macro2::TokenTree::Group(group) => is_ordered(&group.stream()),
        _ => false,
    })
}

/// Whether a method borrows its receiver, as every method of its name does that anyone knows of.
/// Asking costs compile time; should one of them take a value with a destructor, rustc says that it
/// cannot be moved.
pub(super) fn borrows_its_receiver(call: &syn::ExprMethodCall) -> bool {
    const WITHOUT_ARGUMENTS: &[&str] = &[
        "as_bytes",
        "as_mut",
        "as_ref",
        "as_slice",
        "as_str",
        "borrow",
        "borrow_mut",
        "bytes",
        "chars",
        "clone",
        "is_empty",
        "is_err",
        "is_none",
        "is_ok",
        "is_some",
        "iter",
        "iter_mut",
        "len",
        "lines",
        "lock",
        "to_owned",
        "to_string",
        "to_vec",
        "trim",
    ];
    const WITH_ONE: &[&str] = &["contains", "ends_with", "get", "push", "push_str", "starts_with"];
    let names = match call.args.len() {
        0 => WITHOUT_ARGUMENTS,
        1 => WITH_ONE,
        _ => return false,
    };
    names.iter().any(|name| call.method == name)
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

/// The receiver of a call that may move it.
pub(super) struct Receiver {
    slot: SlotId,
    name: Ident,
    /// What gives its value, if the call moves it.
    take: TokenStream,
}

/// A receiver while the arguments are evaluated.
pub(super) struct Holding {
    moves: Ident,
    receiver: Receiver,
}

impl Receiver {
    fn ask(
        &self,
        moves: &Ident,
        once: bool,
        call: &Call<'_>,
        values: &[TokenStream],
        args: &[TokenStream],
    ) -> TokenStream {
        let Receiver { name, take, .. } = self;
        let once = once.then(|| quote!(once));
        let tail = call.tail(args);
        quote! {
            ::async_proc::receiver!(
                #once #moves, #name.at, #take, (#(#values),*) #name #tail
            )
        }
    }

    /// The call on the receiver where it lies, which must not move it.
    pub(super) fn place(&self) -> TokenStream {
        let name = &self.name;
        quote!((*#name.at))
    }

    /// The same, after a check by its type that nobody can tell when it is found.
    fn checked(&self, receiver: &Expr) -> Receiver {
        let Receiver { slot, name, take } = self;
        let check = found_silently(quote!(#name.at), receiver);
        Receiver { slot: *slot, name: name.clone(), take: quote!({ #check #take }) }
    }
}

/// Code that checks, by the type of the place at `at`, that nobody can tell when a receiver is found
/// that a call starts to look for there.
pub(super) fn found_silently(at: TokenStream, receiver: &Expr) -> TokenStream {
    let check = quote_spanned! {receiver.span()=>
        __machine::found_silently(::async_proc::chain!(#at))
    };
    quote!(if false { #check; })
}

/// A call whose receiver, or callee, it may move.
pub(super) enum Call<'e> {
    Method(&'e syn::ExprMethodCall),
    Function(&'e syn::ExprCall),
}

impl Call<'_> {
    pub(super) fn receiver(&self) -> &Expr {
        match self {
            Call::Method(call) => &call.receiver,
            Call::Function(call) => &call.func,
        }
    }

    pub(super) fn args(&self) -> &Punctuated<Expr, syn::Token![,]> {
        match self {
            Call::Method(call) => &call.args,
            Call::Function(call) => &call.args,
        }
    }

    /// What follows the receiver.
    pub(super) fn tail(&self, args: &[TokenStream]) -> TokenStream {
        match self {
            Call::Method(call) => method_tail(call, args),
            Call::Function(call) => {
                let mut tail = TokenStream::new();
                call.paren_token.surround(&mut tail, |tail| tail.extend(quote!(#(#args),*)));
                tail
            }
        }
    }
}

/// The name of an argument that is evaluated before its call.
fn argument(index: usize) -> Ident {
    Ident::new(&format!("arg_{index}"), Span::mixed_site())
}

/// `.method(args)`, with the spans of the source, so that a panic in the method points there.
pub(super) fn method_tail(call: &syn::ExprMethodCall, args: &[TokenStream]) -> TokenStream {
    let (dot, method, turbofish) = (&call.dot_token, &call.method, &call.turbofish);
    let mut tail = quote!(#dot #method #turbofish);
    call.paren_token.surround(&mut tail, |tail| tail.extend(quote!(#(#args),*)));
    tail
}
