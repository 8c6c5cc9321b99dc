//! The text of tokens as it was written, on one line.
//!
//! On a stable compiler the place of an expression is that of its first token, so its text is put
//! together from the places of all of them.

use proc_macro2::{Delimiter, LineColumn, Span, TokenStream, TokenTree};

/// The text of `tokens`: with a space wherever the source has some between two of them.
pub(crate) fn as_written(tokens: TokenStream) -> String {
    let mut text = Text { written: String::new(), end: None };
    text.tokens(tokens);
    text.written
}

struct Text {
    written: String,
    /// Where the last token ended.
    end: Option<LineColumn>,
}

impl Text {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            let TokenTree::Group(group) = &token else {
                self.token(&token.to_string(), token.span());
                continue;
            };
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => {
                    self.tokens(group.stream());
                    continue;
                }
            };
            self.token(open, group.span_open());
            self.tokens(group.stream());
            self.token(close, group.span_close());
        }
    }

    fn token(&mut self, token: &str, span: Span) {
        let start = span.start();
        if let Some(end) = self.end {
            if end.line == start.line && end.column < start.column {
                self.written.push(' ');
            } else if end.line < start.line {
                self.line(token);
            }
        }
        self.written.push_str(token);
        self.end = Some(span.end());
    }

    /// What stands on several lines stands on one here, without the comma that ends a list.
    fn line(&mut self, next: &str) {
        let closes = matches!(next, ")" | "]" | "}");
        if closes && self.written.ends_with(',') {
            self.written.pop();
        }
        let opened = self.written.ends_with(['(', '[']);
        if !opened && !matches!(next, "." | "?" | ")" | "]") {
            self.written.push(' ');
        }
    }
}
