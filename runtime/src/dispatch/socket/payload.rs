//! What can be sent.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Bytes that can be sent.
///
/// A send first offers everything to the operating system at once. Only if that does not take it
/// all is the payload kept for later: bytes that are owned or shared are kept as they are, and
/// borrowed ones are copied then.
///
/// ```
/// use std::rc::Rc;
/// use async_proc::net::Payload;
///
/// let shared: Rc<str> = "to all of you".into();
/// assert_eq!(shared.as_bytes(), b"to all of you");
/// let kept: Rc<str> = shared.clone().keep();
/// let copied: Vec<u8> = "to all of you".keep();
/// ```
pub trait Payload {
    /// What holds the bytes until they are sent.
    type Kept: Payload + 'static;

    /// The bytes.
    fn as_bytes(&self) -> &[u8];

    /// The same bytes, to be held for as long as it takes.
    fn keep(self) -> Self::Kept;
}

/// Borrowed bytes are copied.
macro_rules! borrowed {
    ($([$($generics:tt)*] $given:ty),*) => {$(
        impl<$($generics)*> Payload for $given {
            type Kept = Vec<u8>;

            fn as_bytes(&self) -> &[u8] {
                AsRef::<[u8]>::as_ref(&**self)
            }

            fn keep(self) -> Vec<u8> {
                self.as_bytes().to_vec()
            }
        }
    )*};
}

/// Owned and shared bytes are what they are kept in.
macro_rules! owned {
    ($($given:ty),*) => {$(
        impl Payload for $given {
            type Kept = Self;

            fn as_bytes(&self) -> &[u8] {
                AsRef::<[u8]>::as_ref(&**self)
            }

            fn keep(self) -> Self {
                self
            }
        }
    )*};
}

borrowed!([] &str, [] &[u8], [const N: usize] &[u8; N], [] &String, [] &Vec<u8>);
borrowed!([] Cow<'_, str>, [] Cow<'_, [u8]>);
owned!(String, Vec<u8>, Box<str>, Box<[u8]>, Rc<str>, Rc<[u8]>, Arc<str>, Arc<[u8]>);
