//! Files and pipes as channels.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use async_proc::channel::{
    ChannelError, ChannelHandler, ChannelMap, FileChannel, FileWrapper, close_all, run_loop,
};
use async_proc::{Error, ErrorKind};

use crate::families::{STYLES, free_path};
use crate::script::{Log, Script, pass, until_empty};

const TEXT: &[u8] = b"It's not dead, it's sleeping!";

/// A file of `TEXT`, which is removed in the end.
struct TextFile(std::path::PathBuf);

impl TextFile {
    fn new() -> TextFile {
        let path = free_path();
        std::fs::write(&path, TEXT).unwrap();
        TextFile(path)
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_wrapper_has_a_descriptor_of_its_own_and_reads_from_where_the_file_stands() {
    let text = TextFile::new();
    let file = File::open(&text.0).unwrap();
    let number = file.as_raw_fd();
    let wrapper = FileWrapper::new(&file).unwrap();
    assert_ne!(wrapper.as_raw_fd(), number);
    drop(file);
    assert_eq!(wrapper.read(13).unwrap(), b"It's not dead");
    assert_eq!(wrapper.read(6).unwrap(), b", it's");
    wrapper.close().unwrap();
    let error = wrapper.read(1).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::BADF.raw_os_error()));
}

#[test]
fn a_wrapper_writes_to_where_the_file_stands() {
    let text = TextFile::new();
    let file = File::options().append(true).open(&text.0).unwrap();
    let wrapper = FileWrapper::new(&file).unwrap();
    drop(file);
    assert_eq!(wrapper.write(b"Come again?").unwrap(), 11);
    assert_eq!(wrapper.write(b"I want to buy some cheese.").unwrap(), 26);
    wrapper.close().unwrap();
    let expected = [TEXT, b"Come again?", b"I want to buy some cheese."].concat();
    assert_eq!(std::fs::read(&text.0).unwrap(), expected);
}

#[test]
fn dropping_a_wrapper_closes_its_descriptor() {
    let (mut reader, writer) = io::pipe().unwrap();
    let wrapper = FileWrapper::new(&writer).unwrap();
    drop(writer);
    drop(wrapper);
    assert_eq!(reader.read(&mut [0; 1]).unwrap(), 0, "nobody holds the other end any more");
}

#[test]
fn closing_a_wrapper_twice_is_no_error_even_if_the_first_time_was_one() {
    crate::own_process::in_own_process(
        "files::closing_a_wrapper_twice_is_no_error_even_if_the_first_time_was_one",
        closed_twice,
    );
}

fn closed_twice() {
    let text = TextFile::new();
    let wrapper = FileWrapper::new(File::open(&text.0).unwrap()).unwrap();
    // SAFETY: nothing: this is the misuse that the test is about. The wrapper closes nothing but
    // by `close(2)`, whose error it reports.
    drop(unsafe { OwnedFd::from_raw_fd(wrapper.as_raw_fd()) });
    let error = wrapper.close().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::BADF.raw_os_error()));
    assert_eq!(wrapper.as_raw_fd(), -1);
    wrapper.close().unwrap();
}

/// Keeps what it reads.
struct Keep(Rc<RefCell<Vec<u8>>>, usize);

impl ChannelHandler<FileChannel> for Keep {
    fn handle_read(&mut self, channel: &FileChannel) -> Result<(), Error> {
        let data = channel.recv(self.1)?;
        self.0.borrow_mut().extend_from_slice(&data);
        Ok(())
    }

    fn writable(&mut self, _: &FileChannel) -> bool {
        false
    }
}

#[test]
fn a_file_on_disk_is_read_in_passes_like_any_channel() {
    for use_poll in [false, true] {
        let (text, kept) = (TextFile::new(), Rc::default());
        let file = File::open(&text.0).unwrap();
        let channel = FileChannel::new(&file, Keep(Rc::clone(&kept), 29)).unwrap();
        drop(file);
        assert!(channel.is_connected() && channel.address().is_none());
        run_loop(Duration::from_millis(10), use_poll, None, Some(2)).unwrap();
        assert_eq!(*kept.borrow(), TEXT);
        assert!(channel.is_closed(), "the second pass has found its end");
        let (text, kept) = (TextFile::new(), Rc::default());
        FileChannel::new(File::open(&text.0).unwrap(), Keep(Rc::clone(&kept), 5)).unwrap();
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(*kept.borrow(), TEXT);
    }
}

#[test]
fn the_original_of_a_pipe_becomes_non_blocking_too() {
    let (mut reader, _writer) = io::pipe().unwrap();
    let log = Log::default();
    let channel = FileChannel::new(&reader, Script::of("it", &log)).unwrap();
    let nothing = reader.read(&mut [0; 1]).unwrap_err();
    assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    let nothing = channel.recv(1).unwrap_err();
    assert_eq!(nothing.io_kind(), Some(io::ErrorKind::WouldBlock));
    assert_eq!(log.len(), 0);
    close_all(None, false).unwrap();
}

#[test]
fn a_pipe_that_is_full_takes_nothing_and_one_that_nobody_reads_is_the_end() {
    for style in STYLES {
        let (reader, writer) = io::pipe().unwrap();
        let log = Log::default();
        let channel = FileChannel::new(&writer, Script::of("it", &log).not_reading()).unwrap();
        while channel.send(&[0; 4096]).unwrap() > 0 {}
        assert_eq!((channel.send(b"x").unwrap(), log.len()), (0, 0));
        pass(style, Duration::ZERO).unwrap();
        assert_eq!(log.len(), 0, "it does not want anything");
        drop(reader);
        assert_eq!(channel.send(b"x").unwrap(), 0);
        until_empty(style);
        assert_eq!(log.take(), ["it: close"]);
    }
}

#[test]
fn a_file_cannot_do_what_only_sockets_can() {
    let (reader, _writer) = io::pipe().unwrap();
    let channel = FileChannel::new(&reader, Script::of("", &Log::default())).unwrap();
    let errors = [
        channel.listen(1).unwrap_err(),
        channel.bind("127.0.0.1:0").unwrap_err(),
        channel.connect("127.0.0.1:1").unwrap_err(),
        channel.accept().map(drop).unwrap_err(),
        channel.send_out_of_band(b"x").unwrap_err(),
        channel.recv_out_of_band(1).unwrap_err(),
        channel.with_socket(|_| ()).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Other);
        let is_right = matches!(error.downcast_ref(), Some(ChannelError::NotSocket { .. }));
        assert!(is_right, "{error}");
    }
    assert_eq!(ChannelMap::global().len(), 1);
    close_all(None, false).unwrap();
}

#[test]
fn a_pipe_is_read_to_its_end_though_the_writer_is_gone() {
    for use_poll in [false, true] {
        let (reader, mut writer) = io::pipe().unwrap();
        let kept = Rc::default();
        FileChannel::new(&reader, Keep(Rc::clone(&kept), 100)).unwrap();
        writer.write_all(&[b'x'; 1000]).unwrap();
        drop(writer);
        run_loop(None, use_poll, None, None).unwrap();
        assert_eq!(*kept.borrow(), [b'x'; 1000]);
    }
}
