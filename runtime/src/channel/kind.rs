//! The sorts of channels, and what each does by default.

use super::Channel;
use crate::Error;

/// A sort of channel: [`Channel`] itself, [`ChannelWithSend`](super::ChannelWithSend) and
/// [`FileChannel`](super::FileChannel). Sealed: it is what handlers are generic over.
pub trait ChannelKind: Sealed {
    /// The channel without what its sort adds.
    fn channel(&self) -> &Channel;
}

/// What a sort of channel is made of, and what it does when its handler has no say.
pub trait Sealed: Sized + 'static {
    /// What it keeps beside the channel.
    type Parts: Default + Clone + 'static;

    fn assemble(channel: &Channel, parts: &Self::Parts) -> Self;

    /// Deals with a write event. `false` if it does nothing about them.
    fn write_by_default(&self) -> Result<bool, Error> {
        Ok(false)
    }

    fn writable_by_default(&self) -> bool {
        true
    }
}

impl ChannelKind for Channel {
    fn channel(&self) -> &Channel {
        self
    }
}

impl Sealed for Channel {
    type Parts = ();

    fn assemble(channel: &Channel, (): &()) -> Channel {
        channel.clone()
    }
}
