//! Reads the annotated function: which of the two kinds it is, and what its parameters are.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, FnArg, GenericArgument, ItemFn, Meta, Pat, PathArguments, ReturnType,
    Signature, Token, Type, Visibility,
};

use crate::awaiting::WrittenOut;
use crate::diagnostics::Errors;
use crate::elided;

/// An annotated function.
#[derive(Clone)]
pub(crate) struct Input {
    /// The attribute's argument that asks for a diagram.
    pub(crate) diagram: Option<Ident>,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// The signature to emit: every parameter has a name.
    pub(crate) sig: Signature,
    pub(crate) kind: Kind,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Block,
    /// The macros in it that were written out.
    pub(crate) written_out: WrittenOut,
}

/// The two signatures the compiler takes.
#[derive(Clone)]
pub(crate) enum Kind {
    /// `fn f(…) -> Future<T>`: starts in the call, gives a hot handle.
    Proc { value: Type },
    /// `async fn f(…) -> R`: lazy, may borrow.
    Async { output: Type },
}

/// One parameter, `self` included.
#[derive(Clone)]
pub(crate) struct Param {
    /// What stands before it, which may speak to lints.
    pub(crate) attrs: Vec<Attribute>,
    /// The name it has in the emitted signature.
    pub(crate) ident: Ident,
    /// The pattern to take it apart with, unless that is just its name.
    pub(crate) pattern: Option<Pat>,
    pub(crate) mutable: bool,
    /// Written as a reference, so that using it never moves what it refers to.
    pub(crate) reference: Option<Reference>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    Shared,
    Unique,
}

impl Input {
    /// Reads the function. What is refused goes to `errors`.
    pub(crate) fn parse(attr: TokenStream, function: ItemFn, errors: &mut Errors) -> Self {
        let diagram = arguments(attr, errors);
        let ItemFn { attrs, vis, mut sig, block, .. } = function;
        if let Some(constness) = &sig.constness {
            errors.refuse(constness, "a `const fn` cannot be suspended: remove `const`");
        }
        if let Some(variadic) = &sig.variadic {
            errors.refuse(variadic, "a variadic function cannot be suspended");
        }
        let kind = Kind::parse(&mut sig, errors);
        elided::name(&mut sig);
        let params = Param::parse_all(&mut sig, matches!(kind, Kind::Proc { .. }), errors);
        let written_out = WrittenOut::default();
        Input { diagram, attrs, vis, sig, kind, params, body: *block, written_out }
    }

    /// Whether the body's value is a `Result`, so that an error in it notes what it crosses.
    pub(crate) fn returns_result(&self) -> bool {
        match &self.kind {
            Kind::Proc { .. } => true,
            Kind::Async { output: Type::Path(path) } => {
                path.path.segments.last().is_some_and(|last| last.ident == "Result")
            }
            Kind::Async { .. } => false,
        }
    }

    /// Whether the body's value is surely not `()`, as far as its type's tokens say.
    pub(crate) fn returns_value(&self) -> bool {
        const NAMES: [&str; 17] = [
            "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
            "u32", "u64", "u128", "usize", "String",
        ];
        match &self.kind {
            Kind::Proc { .. } => true,
            Kind::Async { output: Type::Path(path) } => {
                path.path.segments.last().is_some_and(|last| {
                    !last.arguments.is_none() || NAMES.iter().any(|name| last.ident == name)
                })
            }
            Kind::Async { output } => matches!(output, Type::Reference(_) | Type::Array(_)),
        }
    }

    /// Where the body's type is written: the return type, or the function's name if it has none.
    pub(crate) fn output_span(&self) -> Span {
        match &self.kind {
            Kind::Proc { value } => value.span(),
            Kind::Async { output } => output.span(),
        }
    }

    /// What the body's value must be.
    pub(crate) fn body_type(&self) -> TokenStream {
        match &self.kind {
            Kind::Proc { value } => {
                quote!(::core::result::Result<#value, ::async_proc::Error>)
            }
            Kind::Async { output } => output.to_token_stream(),
        }
    }
}

/// Reads the attribute's arguments, of which there is one: `diagram`.
fn arguments(attr: TokenStream, errors: &mut Errors) -> Option<Ident> {
    let mut diagram = None;
    let arguments = Punctuated::<Meta, Token![,]>::parse_terminated;
    match syn::parse::Parser::parse2(arguments, attr) {
        Ok(arguments) => {
            for argument in arguments {
                match &argument {
                    Meta::Path(path) if path.is_ident("diagram") && diagram.is_none() => {
                        diagram = path.get_ident().cloned();
                    }
                    _ => errors.refuse(
                        argument,
                        "`#[async_proc]` knows one argument, `diagram`, and takes it once",
                    ),
                }
            }
        }
        Err(error) => errors.push(error),
    }
    diagram
}

impl Kind {
    fn parse(sig: &mut Signature, errors: &mut Errors) -> Kind {
        if sig.asyncness.is_some() {
            let output = match &sig.output {
                ReturnType::Default => syn::parse_quote_spanned!(sig.ident.span()=> ()),
                ReturnType::Type(_, ty) => (**ty).clone(),
            };
            return Kind::Async { output };
        }
        let name = sig.ident.span();
        let unit = syn::parse_quote_spanned!(name=> ());
        let value = match &sig.output {
            ReturnType::Default => {
                sig.output = syn::parse_quote!(-> ::async_proc::future::Future<()>);
                unit
            }
            ReturnType::Type(_, ty) => match future_value(ty) {
                Some(value) => value,
                None => {
                    errors.refuse(
                        ty,
                        "a proc returns `Future<T>`, or has no return type; \
                         write `async fn` for a lazy function that returns something else",
                    );
                    // Of a hidden type, no value could be given to the callers.
                    if matches!(**ty, Type::ImplTrait(_)) {
                        sig.output = syn::parse_quote!(-> ::async_proc::future::Future<()>);
                    }
                    unit
                }
            },
        };
        Kind::Proc { value }
    }
}

/// The `T` of a type written `Future<T>`, by whatever path.
fn future_value(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(value) if last.ident == "Future" && arguments.args.len() == 1 => {
            Some(value.clone())
        }
        _ => None,
    }
}

impl Param {
    /// Reads the parameters and gives each one a name in the signature.
    fn parse_all(sig: &mut Signature, owned: bool, errors: &mut Errors) -> Vec<Param> {
        let mut params = Vec::new();
        for (index, input) in sig.inputs.iter_mut().enumerate() {
            if owned {
                refuse_borrowed(input, errors);
            }
            params.push(match input {
                FnArg::Receiver(receiver) => {
                    let written = receiver.to_token_stream().to_string();
                    Param {
                        attrs: receiver.attrs.clone(),
                        ident: Ident::new("self", receiver.self_token.span),
                        pattern: None,
                        mutable: receiver.mutability.is_some() && !written.contains('&'),
                        reference: Reference::of_receiver(&written),
                    }
                }
                FnArg::Typed(typed) => {
                    let reference = Reference::of_type(&typed.ty);
                    let attrs = typed.attrs.clone();
                    match &*typed.pat {
                        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Param {
                            attrs,
                            ident: pat.ident.clone(),
                            pattern: None,
                            mutable: pat.mutability.is_some(),
                            reference,
                        },
                        pattern => {
                            let pattern = pattern.clone();
                            let ident = format_ident!("__p{index}", span = Span::mixed_site());
                            // Borrowed mutably in place, as rustc has it.
                            let mutable = binds_mutably(&pattern).then(|| quote!(mut));
                            *typed.pat = syn::parse_quote!(#mutable #ident);
                            Param {
                                attrs,
                                ident,
                                pattern: Some(pattern),
                                mutable: false,
                                reference,
                            }
                        }
                    }
                }
            });
        }
        params
    }
}

impl Reference {
    fn of_type(ty: &Type) -> Option<Reference> {
        match ty {
            Type::Reference(reference) if reference.mutability.is_some() => Some(Reference::Unique),
            Type::Reference(_) => Some(Reference::Shared),
            Type::Paren(inner) => Reference::of_type(&inner.elem),
            Type::Group(inner) => Reference::of_type(&inner.elem),
            _ => None,
        }
    }

    fn of_receiver(written: &str) -> Option<Reference> {
        let borrowed = written.trim_start().starts_with('&') || written.contains(": &");
        borrowed.then(
            || {
                if written.contains("mut") { Reference::Unique } else { Reference::Shared }
            },
        )
    }
}

/// Whether a part of a pattern is `ref mut`.
fn binds_mutably(pattern: &Pat) -> bool {
    struct Bound(bool);
    impl<'ast> Visit<'ast> for Bound {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut bound = Bound(false);
    bound.visit_pat(pattern);
    bound.0
}

/// A proc outlives its caller, so it owns its arguments.
fn refuse_borrowed(input: &FnArg, errors: &mut Errors) {
    struct Borrows<'e>(&'e mut Errors);
    const MESSAGE: &str = "a proc owns its arguments: it goes on after its caller has returned; \
                           pass a value or an `Rc`, or write `async fn`";
    impl<'ast> Visit<'ast> for Borrows<'_> {
        fn visit_type_reference(&mut self, ty: &'ast syn::TypeReference) {
            match &ty.lifetime {
                Some(lifetime) if lifetime.ident == "static" => {
                    visit::visit_type_reference(self, ty);
                }
                _ => self.0.refuse(ty, MESSAGE),
            }
        }
        // The references of `fn(&T)` and `Fn(&T)` are those of later calls.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
    }
    match input {
        FnArg::Receiver(receiver) => {
            if receiver.to_token_stream().to_string().contains('&') {
                errors.refuse(receiver, MESSAGE);
            }
        }
        FnArg::Typed(typed) => Borrows(errors).visit_type(&typed.ty),
    }
}
