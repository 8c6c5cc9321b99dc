//! `place op= value` with a suspension in it.
//!
//! Of numbers the value is evaluated first, of other types the place: see
//! `async_proc::machine::Order`. Both ways are compiled, and the types choose.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Expr;

use super::Flow;
use super::native::Use;
use crate::suspension;

impl Flow<'_> {
    pub(super) fn compound(&mut self, binary: &syn::ExprBinary, held: bool) -> TokenStream {
        if is_variable(&binary.left) {
            // Finding it does nothing.
            let value = self.value(&binary.right, held);
            let (place, op) = (self.native(&binary.left, Use::Place), &binary.op);
            return quote!(#place #op #value);
        }
        let order = self.question("order", quote!(__machine::Order::new()));
        if suspension::expr(&binary.left) {
            return self.compound_apart(binary, &order, held);
        }
        let kept = self.consumed_slot("place");
        let place = self.native(&binary.left, Use::Place);
        let put = self.put(kept, quote!(#order.keep(&mut #place)));
        self.emit(quote!(if !#order.value_first() { #put }));
        let value = self.value(&binary.right, held);
        let name = self.local("value");
        let op = &binary.op;
        let place = self.native(&binary.left, Use::Place);
        let (tell, taken) = (tell(&order, &place, &quote!(#name)), self.take(kept));
        // A `match` keeps the value's temporaries to the end of the statement.
        quote! {
            match #value {
                #name => {
                    #tell
                    if #order.value_first() {
                        #place #op #name
                    } else {
                        *#order.place(#taken) #op #name
                    }
                }
            }
        }
    }

    /// The same where finding the place suspends: the two ways have states of their own.
    fn compound_apart(
        &mut self,
        binary: &syn::ExprBinary,
        order: &Ident,
        held: bool,
    ) -> TokenStream {
        let op = &binary.op;
        let place_first = self.state("PlaceFirst");
        let end = self.state("EndAssign");
        let (go_place_first, go_end) = (self.go(place_first), self.go(end));
        self.emit(quote!(if !#order.value_first() #go_place_first));
        let operand = self.consumed_slot("operand");
        let value = self.value(&binary.right, true);
        let put = self.put(operand, value);
        self.emit(put);
        let place = self.place_of(&binary.left, held);
        let (name, value) = (self.local("value"), self.take(operand));
        let tell = tell(order, &place, &quote!(#name));
        self.emit(quote!(let #name = #value; #tell #place #op #name; #go_end));
        self.begin(place_first);
        let kept = self.consumed_slot("place");
        let place = self.place_of(&binary.left, true);
        let put = self.put(kept, quote!(#order.keep(&mut #place)));
        self.emit(put);
        let (value, taken) = (self.value(&binary.right, held), self.take(kept));
        self.emit(quote!(match #value { #name => *#order.place(#taken) #op #name }; #go_end));
        self.begin(end);
        quote!(())
    }
}

/// Code that answers the question by the types of the two sides.
fn tell(order: &Ident, place: &TokenStream, value: &TokenStream) -> TokenStream {
    quote! {
        if false {
            loop {}
            use __machine::AnswersOverloaded as _;
            #order.tell(__machine::Sides::of(&#place, &#value).answer());
        }
    }
}

fn is_variable(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_variable(&inner.expr),
        Expr::Group(inner) => is_variable(&inner.expr),
        _ => matches!(expr, Expr::Path(_)),
    }
}
