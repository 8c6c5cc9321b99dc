//! Closures and nested `async` blocks: opaque, but for the variables of the frame they capture.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat};

use super::variable::field_path;
use super::{Flow, SlotId};
use crate::liveness::mentions_in;
use crate::resolve::{Names, VarId};

impl Flow<'_> {
    /// A closure or an `async` block: opaque, but for the variables of the frame it captures.
    pub(super) fn closure(&mut self, expr: &Expr) -> TokenStream {
        let is_move = match expr {
            Expr::Closure(closure) => closure.capture.is_some(),
            Expr::Async(block) => block.capture.is_some(),
            _ => false,
        };
        if let Some(text) = self.closure_in_guard(expr, is_move) {
            return text;
        }
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
            && self.names_whole(expr, *var)
            && let Some(slot) = self.frame_slot(*var)
        {
            let name = self.name(slot);
            let [asked, text] = [quote!((*#name)), quote!(#name)].map(|variable| {
                self.shadowed.push(HashMap::from([(*var, variable)]));
                let text = self.restore(expr.to_token_stream());
                self.shadowed.pop();
                text
            });
            return quote!(::async_proc::captured!(#name, #name => #asked, #text));
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

    /// A closure that names what a guard is shown: it captures references to that, or copies.
    fn closure_in_guard(&mut self, expr: &Expr, is_move: bool) -> Option<TokenStream> {
        let mut locals = TokenStream::new();
        let mut shadows = HashMap::new();
        for mention in mentions_in(expr.to_token_stream()) {
            let mention = self.names.mention(mention);
            let var = mention.var;
            if !self.shown.contains_key(&var) || shadows.contains_key(&var) {
                continue;
            }
            // Not if this is what the closure is compiled to below.
            let text = self.shadowed.iter().rev().find_map(|shadows| shadows.get(&var))?;
            let ident = &self.names.var(var).ident;
            let (reference, by) = match is_move {
                true => (quote!(), quote!(#ident)),
                false => (quote!(&), quote!((*#ident))),
            };
            if text.to_string() == by.to_string() {
                return None;
            }
            locals.extend(quote!(let #ident = #reference #text;));
            shadows.insert(var, by);
        }
        if shadows.is_empty() {
            return None;
        }
        self.shadowed.push(shadows);
        let text = self.closure(expr);
        self.shadowed.pop();
        Some(quote!({ #locals #text }))
    }

    /// Whether a closure names the variable itself, not only fields of it, which alone it captures.
    fn names_whole(&self, closure: &Expr, var: VarId) -> bool {
        let mut fields = FieldCaptures { names: self.names, var, paths: Vec::new(), whole: false };
        fields.visit_expr(closure);
        fields.whole
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

    /// Moves the fields that a closure names out of a variable, if it names nothing else of it: as
    /// rustc does, a field whole that is named beside a part of it.
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
        if whole || paths.is_empty() {
            return false;
        }
        // A part of what is captured comes with it.
        let is_inside = |path: &Vec<syn::Member>| {
            paths.iter().any(|outer| outer.len() < path.len() && path.starts_with(outer))
        };
        let paths: Vec<_> = paths.iter().filter(|path| !is_inside(path)).cloned().collect();
        let name = self.name(slot);
        let mut replace = Vec::new();
        for path in paths {
            let part = self.part(slot, path.clone());
            let mutability = self.names.var(var).mutable.then(|| quote!(mut));
            // Of a field behind a pointer the twin captures the pointer: refused by its type.
            for length in 0..path.len() {
                let prefix = &path[..length];
                locals.extend(quote! {
                    if false {
                        use __machine::HoldsItsFields as _;
                        let () = __machine::Base::of(&raw const (*#name.at) #(.#prefix)*)
                            .holds_its_fields();
                    }
                });
            }
            locals.extend(quote! {
                if false { ::core::mem::drop(#name.take() #(.#path)*); }
                let #mutability #part = #part.take(&raw const (*#name.at) #(.#path)*);
            });
            replace.push((path, part));
        }
        ReplaceFields { names: self.names, var, replace }.visit_expr_mut(closure);
        true
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
