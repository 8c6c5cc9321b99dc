//! The text of tokens as it was written, on one line.
//!
//! On a stable compiler the place of an expression is that of its first token, so its text is put
//! together from the places of all of them.

use proc_macro2::{Delimiter, Group, LineColumn, TokenStream, TokenTree};

/// The text of `tokens`: with a space wherever the source has some between two of them.
pub(crate) fn as_written(tokens: TokenStream) -> String {
    let mut text = Text { written: String::new(), end: None };
    text.tokens(tokens);
    text.written
}

/// Where a group opens.
pub(crate) fn opens_at(group: &Group) -> LineColumn {
    group.span_open().start()
}

/// Where its last delimiter is. A group that has been through a parser has one place for both, from
/// the first to the end of the last.
pub(crate) fn closes_at(group: &Group) -> LineColumn {
    let LineColumn { line, column } = group.span_close().end();
    LineColumn { line, column: column.saturating_sub(1) }
}

fn after(LineColumn { line, column }: LineColumn) -> LineColumn {
    LineColumn { line, column: column + 1 }
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
                self.token(&token.to_string(), token.span().start(), token.span().end());
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
            self.token(open, opens_at(group), after(opens_at(group)));
            self.tokens(group.stream());
            self.token(close, closes_at(group), after(closes_at(group)));
        }
    }

    fn token(&mut self, token: &str, start: LineColumn, end: LineColumn) {
        if let Some(last) = self.end {
            if last.line == start.line && last.column < start.column {
                self.written.push(' ');
            } else if last.line < start.line {
                self.line(token);
            }
        }
        self.written.push_str(token);
        self.end = Some(end);
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
