//! How an operation on a descriptor goes about its work.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// How an operation on a descriptor goes about its work. What has none given does it with
/// [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN), the default.
///
/// ```
/// use async_proc::dispatch::fd::SocketFlags;
///
/// let flags = SocketFlags::SAFE_DISCONN | SocketFlags::PEEK;
/// assert!(flags.contains(SocketFlags::PEEK));
/// assert_eq!(SocketFlags::default(), SocketFlags::SAFE_DISCONN);
/// assert!(SocketFlags::empty().is_empty());
/// ```
#[doc(alias = "SocketFlag")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SocketFlags(u8);

impl SocketFlags {
    /// A connection that is lost is no error. A receive takes `ECONNRESET`, `EPIPE` and `ENETRESET`
    /// for the end of the stream, a send for success, and an accept goes on with the next connection.
    ///
    /// Without it they are errors. What the peer has dealt with is for the protocol above to find
    /// out in either case.
    #[doc(alias = "SafeDisconn")]
    pub const SAFE_DISCONN: SocketFlags = SocketFlags(1);

    /// A receive leaves what it gives where it is: the next one gives it again.
    #[doc(alias = "Peek")]
    pub const PEEK: SocketFlags = SocketFlags(2);

    /// Processes that this one starts inherit the descriptor that the operation makes. (The original
    /// has a parameter for it.)
    #[doc(alias = "inheritable")]
    pub const INHERITABLE: SocketFlags = SocketFlags(4);

    const NAMES: [(SocketFlags, &'static str); 3] = [
        (SocketFlags::SAFE_DISCONN, "SAFE_DISCONN"),
        (SocketFlags::PEEK, "PEEK"),
        (SocketFlags::INHERITABLE, "INHERITABLE"),
    ];

    /// None of them.
    pub const fn empty() -> SocketFlags {
        SocketFlags(0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are in it.
    pub const fn contains(self, other: SocketFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for SocketFlags {
    fn default() -> SocketFlags {
        SocketFlags::SAFE_DISCONN
    }
}

impl BitOr for SocketFlags {
    type Output = SocketFlags;

    fn bitor(self, other: SocketFlags) -> SocketFlags {
        SocketFlags(self.0 | other.0)
    }
}

impl BitOrAssign for SocketFlags {
    fn bitor_assign(&mut self, other: SocketFlags) {
        *self = *self | other;
    }
}

/// The names of the flags: `SAFE_DISCONN | PEEK`.
impl fmt::Debug for SocketFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().filter(|(flag, _)| self.contains(*flag));
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(" | "))
    }
}
