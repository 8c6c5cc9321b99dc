//! Patterns: bindings that lie in the frame are put there, the others stay locals of the step.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, Pat};

use super::native::{Use, binding_use, untyped};
use super::{Dest, Flow, SlotId, is_place};
use crate::liveness::declared;
use crate::resolve::{self, VarId};
use crate::suspension;

impl Flow<'_> {
    /// The text of a pattern. Its guard sees the bindings themselves, not yet their slots.
    pub(super) fn pattern(&mut self, pattern: &Pat) -> TokenStream {
        let Pat::Guard(guarded) = pattern else {
            return self.restore(pattern.to_token_stream());
        };
        let shadows = declared(pattern)
            .into_iter()
            .map(|var| {
                let ident = &self.names.var(var).ident;
                (var, quote!(#ident))
            })
            .collect();
        self.shadowed.push(shadows);
        let guard = self.native(&guarded.guard, Use::Place);
        self.shadowed.pop();
        let pattern = self.restore(guarded.pat.to_token_stream());
        quote!(#pattern if #guard)
    }

    /// Declares the variables of a pattern in the innermost scope; gives the code that moves them
    /// from the locals that the pattern bound to their slots.
    pub(super) fn puts(&mut self, pattern: &Pat) -> TokenStream {
        let vars = declared(pattern);
        vars.into_iter()
            .filter(|var| self.names.var(*var).in_frame)
            .map(|var| {
                let slot = self.declare(var);
                let ident = self.names.var(var).ident.clone();
                self.put(slot, quote!(#ident))
            })
            .collect()
    }

    /// A `let` of a block that suspends. Gives the `let`s of real locals, to stand before the
    /// statements that use them.
    pub(super) fn local_stmt(&mut self, local: &syn::Local) -> TokenStream {
        let in_frame = |this: &Self, var: &VarId| this.names.var(*var).in_frame;
        let vars = declared(&local.pat);
        let kept = vars.iter().any(|var| in_frame(self, var));
        let (pattern, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pattern => (pattern, None),
        };
        let Some(init) = &local.init else {
            return self.deferred(pattern, ty, local);
        };
        if let Some((_, diverge)) = &init.diverge {
            return self.let_else(local, pattern, ty, init, diverge);
        }
        let extended = self.extend(&init.expr);
        let init = extended.as_ref().unwrap_or(&init.expr);
        if let (Pat::Ident(pat), true) = (pattern, kept && binding_use(pattern) == Use::Value)
            && let Some(var) = resolve::binding(&pat.ident)
        {
            let slot = self.declare(var);
            self.open();
            self.into(init, &Dest::Slot(slot, ty.cloned()));
            self.close();
            return TokenStream::new();
        }
        if kept && binds_by_ref(pattern) && !is_place(init) {
            // What is bound by reference lives as long as the reference.
            let slot = self.slot("temporary");
            self.open();
            self.into(init, &Dest::Slot(slot, ty.cloned()));
            self.close();
            for var in &vars {
                self.declare(*var);
            }
            if !self.bind_parts(slot, pattern) {
                let (value, text) = match self.matched_slot(slot, [pattern]) {
                    Some((value, patterns)) => (value, patterns[0].clone()),
                    None => (self.place(slot), self.pattern(pattern)),
                };
                let puts: TokenStream = vars
                    .iter()
                    .filter_map(|var| Some((*var, self.slot_of.get(var).copied()?)))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|(var, to)| {
                        let ident = self.names.var(var).ident.clone();
                        self.put(to, quote!(#ident))
                    })
                    .collect();
                self.emit(quote!(let #text = #value; #puts));
            }
            return TokenStream::new();
        }
        if kept {
            // The slots come first, so that they outlive the temporaries.
            let wild = matches!(pattern, Pat::Wild(_));
            let puts = self.puts(pattern);
            self.open();
            let (value, patterns) = if wild {
                (self.discarded(init), vec![quote!(_)])
            } else {
                self.bound(init, pattern)
            };
            let pattern = &patterns[0];
            let ty = ty.map(|ty| quote!(: #ty));
            self.emit(quote!(let #pattern #ty = #value; #puts));
            self.close();
            return TokenStream::new();
        }
        self.open();
        let value = match pattern {
            Pat::Wild(_) => self.discarded(init),
            _ => self.bound(init, pattern).0,
        };
        let text = self.pattern(pattern);
        let kills = self.leave();
        let ty = ty.map(|ty| quote!(: #ty));
        let text = quote!(let #text #ty = #value; #kills);
        if suspension::stmt(&syn::Stmt::Local(local.clone())) && !vars.is_empty() {
            return text;
        }
        self.emit(text);
        TokenStream::new()
    }

    fn bound(&mut self, init: &Expr, pattern: &Pat) -> (TokenStream, Vec<TokenStream>) {
        if is_place(init) {
            if let Some(matched) = self.matched(init, [untyped(pattern)]) {
                return matched;
            }
            let place = self.place_of(init, false);
            return (place, vec![self.pattern(pattern)]);
        }
        (self.matched_value(init, false), vec![self.pattern(pattern)])
    }

    /// The initialiser of `let _`: a place is only named, a value dropped at the statement's end.
    fn discarded(&mut self, init: &Expr) -> TokenStream {
        if is_place(init) {
            return self.place_of(init, false);
        }
        self.matched_value(init, false)
    }

    /// `let x;`
    fn deferred(
        &mut self,
        pattern: &Pat,
        ty: Option<&syn::Type>,
        local: &syn::Local,
    ) -> TokenStream {
        for var in declared(pattern) {
            if self.names.var(var).in_frame {
                let slot = self.declare(var);
                if let Some(ty) = ty {
                    self.slots[slot.0].written = true;
                    let name = self.name(slot);
                    self.emit(quote!(let #name: __machine::Slot<#ty> = #name;));
                }
            } else {
                return self.restore(local.to_token_stream());
            }
        }
        TokenStream::new()
    }

    fn let_else(
        &mut self,
        local: &syn::Local,
        pattern: &Pat,
        ty: Option<&syn::Type>,
        init: &syn::LocalInit,
        diverge: &Expr,
    ) -> TokenStream {
        let kept = declared(pattern).iter().any(|var| self.names.var(*var).in_frame);
        if !kept && !suspension::stmt(&syn::Stmt::Local(local.clone())) {
            let text = self.native_stmt(&syn::Stmt::Local(local.clone()));
            self.emit(text);
            return TokenStream::new();
        }
        let puts = self.puts(pattern);
        self.open();
        let wild = super::native::wild();
        let matched = self.matched(&init.expr, [untyped(pattern), &wild]);
        let (value, text) = match matched {
            Some((value, patterns)) => (value, patterns[0].clone()),
            None => {
                let value = match is_place(&init.expr) {
                    true => self.place_of(&init.expr, false),
                    false => self.matched_value(&init.expr, false),
                };
                (value, self.pattern(pattern))
            }
        };
        let kills = self.leave();
        let ty = ty.map(|ty| quote!(: #ty));
        if suspension::expr(diverge) {
            let otherwise = self.state("Else");
            let matched = self.state("Matched");
            let (go_else, go_matched) = (self.go(otherwise), self.go(matched));
            self.emit(quote! {
                let #text #ty = #value else { #kills #go_else };
                #puts #kills #go_matched
            });
            self.begin(otherwise);
            self.into(diverge, &Dest::Discard);
            let unreachable = self.unreachable();
            self.emit(quote!(#unreachable;));
            self.begin(matched);
            return TokenStream::new();
        }
        let diverge = self.native(diverge, Use::Value);
        let text = quote! {
            let #text #ty = #value else { #kills #diverge };
            #puts #kills
        };
        if kept || declared(pattern).is_empty() {
            self.emit(text);
            return TokenStream::new();
        }
        text
    }

    /// Takes the temporaries of an initialiser that live as long as the variable (`&make()`) out
    /// into slots of the block. Gives the initialiser without them.
    fn extend(&mut self, init: &Expr) -> Option<Expr> {
        match init {
            Expr::Reference(reference) => {
                let inner = strip(&reference.expr);
                if is_place(inner) || !needs_extension(inner) {
                    return None;
                }
                let text = self.extended_place(inner)?;
                let mutability = &reference.mutability;
                Some(Expr::Verbatim(quote!(&#mutability #text)))
            }
            // `pin!(future)` is a reference, too.
            Expr::Macro(mac)
                if mac.mac.path.segments.last().is_some_and(|last| last.ident == "pin") =>
            {
                let value = mac.mac.parse_body::<Expr>().ok()?;
                let text = self.extended_place(&value)?;
                Some(Expr::Verbatim(quote!(::core::pin::Pin::new_unchecked(&mut #text))))
            }
            _ => None,
        }
    }

    fn extended_place(&mut self, expr: &Expr) -> Option<TokenStream> {
        match expr {
            Expr::Field(field) => {
                let base = self.extended_place(strip(&field.base))?;
                let member = &field.member;
                Some(quote!(#base.#member))
            }
            Expr::Index(index) if !suspension::expr(&index.index) => {
                let base = self.extended_place(strip(&index.expr))?;
                let index = self.native(&index.index, Use::Value);
                Some(quote!(#base[#index]))
            }
            _ => {
                let slot = self.slot("temporary");
                self.open();
                self.into(expr, &Dest::Slot(slot, None));
                self.close();
                Some(self.place(slot))
            }
        }
    }

    /// Binds the parts of what lies in `slot` one by one, so that the others stay in it. `false` if
    /// the pattern is not made of tuples and structs alone.
    fn bind_parts(&mut self, slot: SlotId, pattern: &Pat) -> bool {
        let Some(parts) = parts(pattern) else { return false };
        let place = self.place(slot);
        let name = self.name(slot);
        let mut same = TokenStream::new();
        for BoundPart { var, path, by_ref } in parts {
            let Some(to) = self.slot_of.get(&var).copied() else { continue };
            let value = match by_ref {
                Some(mutability) => quote!(&#mutability #place #(.#path)*),
                None if path.is_empty() => quote!(#name.take()),
                None => {
                    let part = self.part(slot, path.clone());
                    quote!(#part.take(&raw const #place #(.#path)*))
                }
            };
            let put = self.put(to, value);
            self.emit(put);
            let ident = &self.names.var(var).ident;
            let to = self.name(to);
            same.extend(quote!(#to.put(#ident);));
        }
        // Where the pattern reaches through a reference, the types differ, and rustc says so.
        let pattern = self.restore(pattern.to_token_stream());
        self.emit(quote!(if false { loop {} let #pattern = #name.take(); #same }));
        true
    }

    /// A parameter that is a pattern: bound at the function's start.
    pub(super) fn parameter_pattern(&mut self, param: VarId, pattern: &Pat) {
        let Some(slot) = self.frame_slot(param) else { return };
        for var in declared(pattern) {
            // Whether it is used after a suspension or not, it lives to the function's end.
            let slot = self.declare(var);
            self.slots[slot.0].written = true;
        }
        if matches!(pattern, Pat::Wild(_)) {
            return;
        }
        if self.names.var(param).reference.is_none() && self.bind_parts(slot, pattern) {
            return;
        }
        let puts: TokenStream = declared(pattern)
            .into_iter()
            .map(|var| {
                let Some(to) = self.slot_of.get(&var).copied() else { return TokenStream::new() };
                let ident = self.names.var(var).ident.clone();
                self.put(to, quote!(#ident))
            })
            .collect();
        let matched = match self.names.var(param).reference {
            None => self.matched_slot(slot, [pattern]),
            Some(_) => None,
        };
        let (value, text) = match matched {
            Some((value, patterns)) => (value, patterns[0].clone()),
            None => (self.place(slot), self.pattern(pattern)),
        };
        self.emit(quote!(let #text = #value; #puts));
    }
}

/// A part of a value that an irrefutable pattern binds.
pub(super) struct BoundPart {
    pub(super) var: VarId,
    pub(super) path: Vec<syn::Member>,
    /// `mut`, or nothing.
    pub(super) by_ref: Option<TokenStream>,
}

/// The parts that a pattern of nested tuples and structs binds, by their paths.
pub(super) fn parts(pattern: &Pat) -> Option<Vec<BoundPart>> {
    fn all<'p>(
        elements: impl Iterator<Item = (syn::Member, &'p Pat)>,
        path: &mut Vec<syn::Member>,
        parts: &mut Vec<BoundPart>,
    ) -> Option<()> {
        for (member, element) in elements {
            path.push(member);
            collect(element, path, parts)?;
            path.pop();
        }
        Some(())
    }
    fn tuple(
        elements: &syn::punctuated::Punctuated<Pat, syn::Token![,]>,
    ) -> Option<impl Iterator<Item = (syn::Member, &Pat)>> {
        let rest = elements.iter().position(|element| matches!(element, Pat::Rest(_)));
        if rest.is_some_and(|rest| rest + 1 != elements.len()) {
            return None;
        }
        let count = rest.unwrap_or(elements.len());
        Some(
            elements
                .iter()
                .take(count)
                .enumerate()
                .map(|(index, element)| (member(index, element), element)),
        )
    }
    /// A member with the span of its pattern: what has no such member, has none there.
    fn member(index: usize, element: &Pat) -> syn::Member {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        syn::Member::Unnamed(syn::Index { index, span: element.span() })
    }
    fn collect(
        pattern: &Pat,
        path: &mut Vec<syn::Member>,
        parts: &mut Vec<BoundPart>,
    ) -> Option<()> {
        match pattern {
            Pat::Wild(_) => Some(()),
            Pat::Ident(pat) if pat.subpat.is_none() => {
                let by_ref = pat.by_ref.map(|_| pat.mutability.to_token_stream());
                let var = resolve::binding(&pat.ident)?;
                parts.push(BoundPart { var, path: path.clone(), by_ref });
                Some(())
            }
            Pat::Tuple(pattern) => all(tuple(&pattern.elems)?, path, parts),
            Pat::TupleStruct(pattern) if !is_variant(&pattern.path) => {
                all(tuple(&pattern.elems)?, path, parts)
            }
            Pat::Struct(pattern) if !is_variant(&pattern.path) => {
                let fields = pattern.fields.iter().map(|field| (field.member.clone(), &*field.pat));
                all(fields, path, parts)
            }
            Pat::Paren(inner) => collect(&inner.pat, path, parts),
            _ => None,
        }
    }
    let mut found = Vec::new();
    collect(pattern, &mut Vec::new(), &mut found)?;
    Some(found)
}

/// Whether a path reads as that of an enum's variant, whose fields have no places of their own.
fn is_variant(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let prelude = segments.next().is_some_and(|last| {
        ["Ok", "Err", "Some", "Ready", "Break", "Continue"].iter().any(|name| last.ident == name)
    });
    let parent = segments.next();
    prelude || parent.is_some_and(|parent| parent.ident.to_string().starts_with(char::is_uppercase))
}

/// Whether a pattern binds something by reference.
fn binds_by_ref(pattern: &Pat) -> bool {
    struct ByRef(bool);
    impl<'ast> syn::visit::Visit<'ast> for ByRef {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0 |= pat.by_ref.is_some();
            syn::visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut by_ref = ByRef(false);
    syn::visit::Visit::visit_pat(&mut by_ref, pattern);
    by_ref.0
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => strip(&inner.expr),
        Expr::Group(inner) => strip(&inner.expr),
        _ => expr,
    }
}

/// Whether a reference to the expression keeps a temporary alive.
fn needs_extension(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => false,
        Expr::Field(field) => needs_extension(strip(&field.base)),
        Expr::Index(index) => needs_extension(strip(&index.expr)),
        Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Deref(_)),
        _ => true,
    }
}
