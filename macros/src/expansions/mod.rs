//! Committed expansions: what the compiler makes of a few functions. The first thing to read for
//! whoever wants to know how a machine looks.

use proc_macro2::TokenStream;

/// Compiles a function and prints the result as rustfmt would.
fn expand(function: TokenStream) -> String {
    let expansion = crate::compile(TokenStream::new(), function);
    let file = match syn::parse2::<syn::File>(expansion.clone()) {
        Ok(file) => file,
        Err(error) => panic!("the expansion does not parse: {error}\n{expansion}"),
    };
    prettyplease::unparse(&file)
}

#[test]
#[ignore = "a tool: prints the expansion of the function in the file $EXPAND"]
fn print() {
    let path = std::env::var("EXPAND").expect("EXPAND names a file");
    let text = std::fs::read_to_string(path).expect("the file can be read");
    println!("{}", expand(text.parse().expect("the file holds tokens")));
}
