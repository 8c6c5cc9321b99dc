//! What was read from the operating system and not yet asked for.

use std::cell::Cell;
use std::io;
use std::mem;

use super::lines::{self, Line, Scan};

/// The least room a read is given.
const CHUNK: usize = 4096;

/// Emptied buffers larger than this give their memory back.
const KEEP: usize = 64 * 1024;

thread_local! {
    /// Memory for the buffer that needs some next. A socket that waits with an empty buffer lends it
    /// here: those that are idle hold none, and those that are busy do not allocate either.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Bytes received, in order. All of a read's progress lives here and never in the read itself, so
/// that a read given up half-way loses nothing.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// Initialised memory; the bytes received are `storage[start..end]`.
    storage: Vec<u8>,
    start: usize,
    end: usize,
    /// How many bytes after `start` are known to hold no terminator.
    searched: usize,
    /// The rest of a line that was too long is still to come, and is not wanted.
    skipping: bool,
}

impl Buffer {
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.storage[self.start..self.end]
    }

    /// How many of the first bytes are known to hold no end of a line.
    pub(crate) fn searched(&self) -> usize {
        self.searched
    }

    /// Forgets the first `count` bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.len());
        self.start += count;
        self.searched = 0;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.storage.len() > KEEP {
                self.storage = Vec::new();
            }
        }
    }

    /// Forgets everything, and what it was the beginning of.
    pub(crate) fn clear(&mut self) {
        self.consume(self.len());
        self.skipping = false;
    }

    /// Takes the first `count` bytes out.
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        self.skipping = false;
        let taken = self.bytes()[..count].to_vec();
        self.consume(count);
        taken
    }

    /// Takes bytes out into `target`, as many as fit and are there.
    pub(crate) fn take_into(&mut self, target: &mut [u8]) -> usize {
        self.skipping = false;
        let count = self.len().min(target.len());
        target[..count].copy_from_slice(&self.bytes()[..count]);
        self.consume(count);
        count
    }

    /// Lets `take` have a line, and throws its end away.
    pub(crate) fn take_line<T>(&mut self, line: Line, take: impl FnOnce(&[u8]) -> T) -> T {
        let taken = take(&self.bytes()[..line.length]);
        self.consume(line.consumed);
        taken
    }

    /// Lets `take` have a line as the original gives it: an empty one is CR LF, the end of the stream
    /// nothing, and what came after the last line is lost. The line is behind us then, whatever that
    /// is.
    pub(crate) fn take_original<T>(
        &mut self,
        line: Option<Line>,
        take: impl FnOnce(&[u8]) -> T,
    ) -> T {
        match line {
            Some(Line { length: 0, consumed }) => {
                self.consume(consumed);
                take(b"\r\n")
            }
            Some(line) => self.take_line(line, take),
            None => {
                self.clear();
                take(b"")
            }
        }
    }

    /// Lets `take` have what is left at the end of the stream, if it is a line and not the rest of
    /// one that is skipped.
    pub(crate) fn take_last_line<T>(&mut self, take: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let line = match self.bytes() {
            [] => None,
            _ if self.skipping => None,
            [text @ .., b'\r'] | text => Some(take(text)),
        };
        self.clear();
        line
    }

    /// Appends bytes that were received elsewhere.
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.storage[self.end..][..bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Says that what comes is no rest of a line that is skipped.
    pub(crate) fn stop_skipping(&mut self) {
        self.skipping = false;
    }

    /// Puts back the last `count` bytes as if they had not been read.
    pub(crate) fn retract(&mut self, count: usize) {
        debug_assert!(count <= self.len());
        self.end -= count;
        self.searched = self.searched.min(self.len());
    }

    /// Appends what `read` finds, in one call, given room for at least `wanted` bytes.
    /// Gives the number of bytes, which is zero at the end of the stream.
    pub(crate) fn fill(
        &mut self,
        wanted: usize,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.reserve(wanted.max(1));
        let result = read(&mut self.storage[self.end..]);
        match result {
            Ok(count) => self.end += count,
            Err(_) if self.len() == 0 => self.lend(),
            Err(_) => {}
        }
        result
    }

    /// Lets others have the memory of an empty buffer.
    fn lend(&mut self) {
        debug_assert_eq!((self.start, self.end), (0, 0));
        let storage = mem::take(&mut self.storage);
        // There is none to lend to once the thread ends.
        let _ = SPARE.try_with(|spare| spare.set(storage));
    }

    /// Makes room for `wanted` more bytes.
    fn reserve(&mut self, wanted: usize) {
        if self.storage.len() - self.end >= wanted {
            return;
        }
        if self.storage.is_empty() {
            self.storage = SPARE.try_with(Cell::take).unwrap_or_default();
        }
        self.storage.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.len());
        let needed = self.end + wanted.max(CHUNK);
        if self.storage.len() < needed {
            // Doubling, so that a long line costs linear time.
            self.storage.resize(needed.max(self.storage.len() * 2), 0);
        }
    }

    /// Looks for a line of at most `limit` bytes. After [`Scan::TooLong`] the line is forgotten,
    /// and what is still to come of it will be skipped by the scans that follow.
    pub(crate) fn scan_line(&mut self, limit: usize) -> Scan {
        if self.skipping && !self.skip_line() {
            return Scan::Partial;
        }
        let scan = lines::scan(self.bytes(), self.searched, limit);
        match scan {
            Scan::Line(_) => {}
            Scan::Partial => self.searched = lines::searched(self.bytes()),
            Scan::TooLong => {
                self.skipping = true;
                self.skip_line();
            }
        }
        scan
    }

    /// Skips to the end of a line; gives whether it was there.
    fn skip_line(&mut self) -> bool {
        match lines::scan(self.bytes(), self.searched, usize::MAX) {
            Scan::Line(line) => {
                self.consume(line.consumed);
                self.skipping = false;
            }
            Scan::Partial | Scan::TooLong => self.consume(lines::searched(self.bytes())),
        }
        !self.skipping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(buffer: &mut Buffer, bytes: &[u8]) {
        let count = buffer.fill(bytes.len(), |room| {
            room[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        });
        assert!(matches!(count, Ok(count) if count == bytes.len()));
    }

    /// Every line of `input` cut at `cuts`, `None` for one that is too long, then what is left.
    fn lines(pieces: &[&[u8]], limit: usize) -> (Vec<Option<Vec<u8>>>, Vec<u8>) {
        let mut buffer = Buffer::default();
        let mut lines = Vec::new();
        for piece in pieces {
            feed(&mut buffer, piece);
            loop {
                match buffer.scan_line(limit) {
                    Scan::Line(line) => {
                        lines.push(Some(buffer.bytes()[..line.length].to_vec()));
                        buffer.consume(line.consumed);
                    }
                    Scan::TooLong => lines.push(None),
                    Scan::Partial => break,
                }
            }
        }
        (lines, buffer.bytes().to_vec())
    }

    #[test]
    fn lines_do_not_depend_on_how_the_input_was_cut() {
        let input: &[u8] = b"a\rb\r\n\n\r\rtoo long\rc\r\ntoo long\r\n\nrest";
        let whole = lines(&[input], 4);
        assert_eq!(whole.0.len(), 9);
        assert_eq!(whole.1, b"rest");
        for first in 0..=input.len() {
            for second in first..=input.len() {
                let cut = [&input[..first], &input[first..second], &input[second..]];
                assert_eq!(lines(&cut, 4), whole, "cut at {first} and {second}");
            }
        }
        let single: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(lines(&single, 4), whole);
    }

    #[test]
    fn a_line_of_any_length_is_skipped_in_constant_memory() {
        let mut buffer = Buffer::default();
        let chunk = [b'x'; 1000];
        feed(&mut buffer, &chunk);
        assert_eq!(buffer.scan_line(10), Scan::TooLong);
        for _ in 0..10_000 {
            feed(&mut buffer, &chunk);
            assert_eq!(buffer.scan_line(10), Scan::Partial);
        }
        feed(&mut buffer, b"\nnext\n");
        assert!(matches!(buffer.scan_line(10), Scan::Line(line) if line.length == 4));
        assert!(buffer.storage.len() <= 2 * CHUNK);
    }

    #[test]
    fn an_empty_buffer_that_waits_holds_no_memory_and_the_next_one_has_it() {
        let wait = |_: &mut [u8]| Err(io::ErrorKind::WouldBlock.into());
        let (mut first, mut second) = (Buffer::default(), Buffer::default());
        assert!(first.fill(1, wait).is_err());
        assert_eq!(first.storage.capacity(), 0);
        let spare = SPARE.with(|spare| {
            let storage = spare.take();
            let place = storage.as_ptr();
            spare.set(storage);
            place
        });
        feed(&mut second, b"some");
        assert_eq!(second.storage.as_ptr(), spare);
        // What is there stays.
        assert!(second.fill(1, wait).is_err());
        assert_eq!(second.bytes(), b"some");
    }
}
