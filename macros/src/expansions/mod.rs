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

/// Compares the expansions of the functions in `functions/` with the committed ones in
/// `snapshots/`. `INSTA_UPDATE=always cargo test -p async-proc-macros` writes them anew.
macro_rules! expansions {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let function = include_str!(concat!("functions/", stringify!($name), ".rs"));
            let tokens = function.parse().expect("the file holds a function");
            insta::with_settings!({ description => function, omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), expand(tokens));
            });
        }
    )*};
}

expansions! { one_await serve total first_word divide deliver fill }

#[test]
#[ignore = "a tool: prints the expansion of the function in the file $EXPAND"]
fn print() {
    let path = std::env::var("EXPAND").expect("EXPAND names a file");
    let text = std::fs::read_to_string(path).expect("the file can be read");
    println!("{}", expand(text.parse().expect("the file holds tokens")));
}
