//! Lifetimes that are not written, in the type of an `impl Trait` argument: an `async fn` may leave them
//! out, a function that returns a future may not. They get names.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericParam, Lifetime, LifetimeParam, Signature, TypeImplTrait};

/// Names them, each one a parameter of its own.
pub(crate) fn name(sig: &mut Signature) {
    let mut named = Named { names: Vec::new(), inside: false };
    for input in &mut sig.inputs {
        if let FnArg::Typed(typed) = input {
            named.visit_type_mut(&mut typed.ty);
        }
    }
    for name in named.names.into_iter().rev() {
        sig.generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(name)));
    }
}

struct Named {
    names: Vec<Lifetime>,
    /// Within an `impl Trait`: elsewhere rustc gives them names itself.
    inside: bool,
}

impl Named {
    fn next(&mut self, span: Span) -> Lifetime {
        let name = format!("'__elided_{}", self.names.len());
        let name = Lifetime::new(&name, Span::mixed_site().located_at(span));
        self.names.push(name.clone());
        name
    }
}

impl VisitMut for Named {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        let outside = std::mem::replace(&mut self.inside, true);
        visit_mut::visit_type_impl_trait_mut(self, ty);
        self.inside = outside;
    }

    fn visit_type_reference_mut(&mut self, ty: &mut syn::TypeReference) {
        if self.inside && ty.lifetime.is_none() {
            ty.lifetime = Some(self.next(ty.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.inside && lifetime.ident == "_" {
            *lifetime = self.next(lifetime.apostrophe);
        }
    }

    // Those of `fn(&T)` and `Fn(&T)` are other ones in each call.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}
