//! What a program does about the events of a channel.

use socket2::{SockAddr, Socket};

use super::kind::ChannelKind;
use super::{Channel, compact, report};
use crate::Error;

/// The events of a channel. Every method has the documented default; a program writes those that
/// it is about.
///
/// `C` says what sort of channel it is: [`Channel`], [`ChannelWithSend`](super::ChannelWithSend) or
/// [`FileChannel`](super::FileChannel). A handler is given the channel with every event. It should
/// not keep it in itself: the two would then keep each other for ever.
///
/// # Errors
///
/// An error or a panic that leaves a method is given to [`handle_error`](Self::handle_error). The
/// exceptions are [`ExitNow`](super::ExitNow), which leaves the loop; that there was
/// [nothing to receive](Channel::recv) after all, which means nothing; and, in
/// [poll style](super::Style::Poll), errors that say that the peer is gone, which are told as
/// [`handle_close`](Self::handle_close). What leaves `handle_error` itself ends the pass with that
/// error.
#[doc(alias = "dispatcher")]
pub trait ChannelHandler<C: ChannelKind = Channel>: 'static {
    /// There is something to receive, or the peer has closed, which
    /// [`recv`](Channel::recv) finds out. By default a warning is logged.
    ///
    /// Called in each pass until nothing is left.
    #[expect(unused_variables)]
    fn handle_read(&mut self, channel: &C) -> Result<(), Error> {
        self.log_info("warning", "unhandled read event");
        Ok(())
    }

    /// There is room to send. By default a warning is logged; a
    /// [`ChannelWithSend`](super::ChannelWithSend) sends of what it has buffered.
    ///
    /// Called in each pass while [`writable`](Self::writable) says so.
    fn handle_write(&mut self, channel: &C) -> Result<(), Error> {
        if !channel.write_by_default()? {
            self.log_info("warning", "unhandled write event");
        }
        Ok(())
    }

    /// There are data out of band, for [`recv_out_of_band`](Channel::recv_out_of_band). By default a
    /// warning is logged.
    ///
    /// Called in each pass until what was sent before and after them is read.
    #[expect(unused_variables)]
    fn handle_expt(&mut self, channel: &C) -> Result<(), Error> {
        self.log_info("warning", "unhandled incoming priority event");
        Ok(())
    }

    /// The connection that the channel asked for is made. [`is_connected`](Channel::is_connected)
    /// turns true when this returns without an error. By default a warning is logged.
    #[expect(unused_variables)]
    fn handle_connect(&mut self, channel: &C) -> Result<(), Error> {
        self.log_info("warning", "unhandled connect event");
        Ok(())
    }

    /// The peer has closed, or the connection is broken. By default a warning is logged and the
    /// channel is [closed](Channel::close). Called once for a channel that is closed by it.
    ///
    /// One that is not closed receives nothing any more, but can go on sending to a peer that only
    /// ended its own direction. It is called a second time when nothing can be sent either.
    fn handle_close(&mut self, channel: &C) -> Result<(), Error> {
        self.log_info("warning", "unhandled close event");
        channel.channel().close()
    }

    /// Another handler has failed, or panicked. By default one compact line is logged, and
    /// [`handle_close`](Self::handle_close) is called.
    ///
    /// A listener to which the system [has no descriptors to give](Channel::accept) is not closed by
    /// default: it goes on when there is room.
    fn handle_error(&mut self, channel: &C, error: &Error) -> Result<(), Error> {
        self.log_info("error", &compact::report(channel.channel(), error));
        if channel.channel().is_resting() { Ok(()) } else { self.handle_close(channel) }
    }

    /// A listening channel has a connection to accept. By default one is
    /// [accepted](Channel::accept) and given to [`handle_accepted`](Self::handle_accepted).
    fn handle_accept(&mut self, channel: &C) -> Result<(), Error> {
        match channel.channel().accept()? {
            Some((socket, address)) => self.handle_accepted(channel, socket, address),
            None => Ok(()),
        }
    }

    /// A connection was accepted. By default it is closed, and a warning logged.
    #[expect(unused_variables)]
    fn handle_accepted(
        &mut self,
        channel: &C,
        socket: Socket,
        address: SockAddr,
    ) -> Result<(), Error> {
        drop(socket);
        self.log_info("warning", "unhandled accepted event");
        Ok(())
    }

    /// Asked in each pass: is the channel to be watched for something to read? By default it is.
    #[expect(unused_variables)]
    fn readable(&mut self, channel: &C) -> bool {
        true
    }

    /// Asked in each pass, after [`readable`](Self::readable): is the channel to be watched for room
    /// to write? By default it is; a [`ChannelWithSend`](super::ChannelWithSend) only until it is
    /// connected and while something is buffered.
    fn writable(&mut self, channel: &C) -> bool {
        channel.writable_by_default()
    }

    /// Logs `message`: by default to stderr, after `log: `.
    fn log(&mut self, message: &str) {
        report::log(message);
    }

    /// Logs `message` of some `kind`: by default to stdout, as `kind: message`, unless the kind is
    /// [ignored](Self::ignores). The kinds that are used here are `error` and `warning`.
    fn log_info(&mut self, kind: &str, message: &str) {
        if !self.ignores(kind) {
            report::log_info(kind, message);
        }
    }

    /// Whether messages of this kind are not logged. By default that is `warning`.
    #[doc(alias = "ignore_log_types")]
    fn ignores(&self, kind: &str) -> bool {
        kind == "warning"
    }
}
