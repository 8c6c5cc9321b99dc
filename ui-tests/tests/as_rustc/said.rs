//! What rustc says, as far as it is compared.

use std::fmt;

use serde_json::Value;

/// Something that rustc said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) end: (u64, u64),
    pub(crate) level: String,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Said {
    /// What is compared: the words may say `async` block for an `async fn`.
    pub(crate) fn place(&self) -> (u64, u64, (u64, u64), &str, &str) {
        (self.line, self.column, self.end, &self.level, &self.code)
    }
}

impl Said {
    /// Whether this is `CODE@LINE`.
    pub(crate) fn is(&self, place: &str) -> bool {
        place.split_once('@') == Some((&self.code, &self.line.to_string()))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Said { line, column, end, level, code, message } = self;
        write!(f, "{line}:{column}-{}:{}: {level} {code}: {message}", end.0, end.1)
    }
}

/// Reads one message; that so many errors were found is none.
pub(crate) fn said(message: &Value) -> Option<Said> {
    let mut span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    // Out of the macros of other files.
    while !span["file_name"].as_str()?.starts_with("examples") {
        span = span["expansion"].get("span")?;
    }
    let number = |name: &str| span[name].as_u64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some(Said {
        line: number("line_start"),
        column: number("column_start"),
        end: (number("line_end"), number("column_end")),
        level: text(&message["level"]),
        code: text(&message["code"]["code"]),
        message: text(&message["message"]),
    })
}
