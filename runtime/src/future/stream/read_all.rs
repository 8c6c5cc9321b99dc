//! All of a stream in one piece.

use super::FutureStream;
use crate::Future;
use crate::async_proc;

impl<P: Piece> FutureStream<P> {
    /// Everything that is written until the stream ends, in one piece. It can be called before
    /// anything is there. For streams of `String` and of `Vec<u8>`.
    ///
    /// # Errors
    ///
    /// The future fails with the stream's error, if that fails.
    ///
    /// ```
    /// use async_proc::{FutureStream, dispatch};
    ///
    /// let stream = FutureStream::new("lines");
    /// let text = stream.read_all();
    /// for line in ["one\n", "two\n"] {
    ///     async_proc::async_check(stream.write(line.to_owned()));
    /// }
    /// stream.complete()?;
    /// assert_eq!(dispatch::wait_for(text)?, "one\ntwo\n");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "readAll")]
    #[track_caller]
    pub fn read_all(&self) -> Future<P> {
        read_all(self.clone())
    }
}

/// A piece of something longer: a text, or bytes.
pub trait Piece: Default + 'static {
    /// Adds what comes next.
    fn append(&mut self, next: Self);
}

impl Piece for String {
    fn append(&mut self, next: String) {
        self.push_str(&next);
    }
}

impl Piece for Vec<u8> {
    fn append(&mut self, next: Vec<u8>) {
        self.extend(next);
    }
}

#[async_proc]
fn read_all<P: Piece>(stream: FutureStream<P>) -> Future<P> {
    let mut all = P::default();
    while let Some(piece) = stream.read().await? {
        all.append(piece);
    }
    Ok(all)
}
