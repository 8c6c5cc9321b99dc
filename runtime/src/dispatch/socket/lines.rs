//! Where a line ends: pure rules over bytes, the same however the input was cut into reads.

use super::{SocketError, Stop};

/// The first line of a piece of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its length without the terminator.
    pub(crate) length: usize,
    /// Its length with the terminator.
    pub(crate) consumed: usize,
}

/// What a piece of input begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// A whole line.
    Line(Line),
    /// The beginning of a line, or of its terminator.
    Partial,
    /// More than the limit, before any terminator.
    TooLong,
}

/// Looks for the first line of `input`. The first `searched` bytes are known to hold no
/// terminator.
///
/// A line ends with CR LF, LF, or a CR that no LF follows. A CR that comes last is not decided
/// yet: the next byte will tell whether an LF belongs to it.
pub(crate) fn scan(input: &[u8], searched: usize, limit: usize) -> Scan {
    let end = input[searched..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let Some(length) = end.map(|end| searched + end) else {
        return if input.len() > limit { Scan::TooLong } else { Scan::Partial };
    };
    if length > limit {
        return Scan::TooLong;
    }
    match (input[length], input.get(length + 1)) {
        (b'\r', None) => Scan::Partial,
        (b'\r', Some(b'\n')) => Scan::Line(Line { length, consumed: length + 2 }),
        _ => Scan::Line(Line { length, consumed: length + 1 }),
    }
}

/// A line as text.
pub(crate) fn text(line: Vec<u8>) -> Result<String, Stop> {
    String::from_utf8(line).map_err(|error| {
        let valid_up_to = error.utf8_error().valid_up_to();
        SocketError::NotUtf8 { line: error.into_bytes(), valid_up_to }.into()
    })
}

/// How many of the bytes of `input` can never be part of a terminator that is not complete yet.
/// They need not be searched again.
pub(crate) fn searched(input: &[u8]) -> usize {
    match input {
        [head @ .., b'\r'] => head.len(),
        _ => input.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn line(length: usize, consumed: usize) -> Scan {
        Scan::Line(Line { length, consumed })
    }

    #[test]
    fn every_terminator_ends_a_line_and_takes_nothing_else() {
        assert_eq!(scan(b"ab\r\ncd", 0, 9), line(2, 4));
        assert_eq!(scan(b"ab\ncd", 0, 9), line(2, 3));
        assert_eq!(scan(b"ab\rcd", 0, 9), line(2, 3));
        assert_eq!(scan(b"\r\r\n", 0, 9), line(0, 1));
    }

    #[test]
    fn a_last_carriage_return_waits_for_the_next_byte() {
        assert_eq!(scan(b"ab\r", 0, 9), Scan::Partial);
        assert_eq!(searched(b"ab\r"), 2);
        assert_eq!(scan(b"ab\r\n", 2, 9), line(2, 4));
    }

    #[test]
    fn the_limit_counts_the_text_and_not_its_terminator() {
        assert_eq!(scan(b"abc\r\n", 0, 3), line(3, 5));
        assert_eq!(scan(b"abc", 0, 3), Scan::Partial);
        assert_eq!(scan(b"abc\r", 0, 3), Scan::Partial);
        assert_eq!(scan(b"abcd", 0, 3), Scan::TooLong);
        assert_eq!(scan(b"abcd\r\n", 0, 3), Scan::TooLong);
    }
}
