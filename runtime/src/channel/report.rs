//! Where log lines go.

use std::io::{self, Write};

// Unlike the macros of std, a stream that is gone is no reason to panic.

pub(crate) fn log(message: &str) {
    let _ = writeln!(io::stderr(), "log: {message}");
}

pub(crate) fn log_info(kind: &str, message: &str) {
    let _ = writeln!(io::stdout(), "{kind}: {message}");
}
