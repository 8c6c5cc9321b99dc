//! Channels and procs in one program.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use async_proc::channel::{Channel, ChannelHandler, ChannelMap, Style, close_all, run_loop};
use async_proc::net::AsyncSocket;
use async_proc::{
    Error, ErrorKind, Future, async_check, async_proc, dispatch, run_forever, sleep_async, wait_for,
};

use crate::families::Family;
use crate::script::{Log, Script};

/// Completes a future with the first line that it reads.
struct FirstLine {
    line: Vec<u8>,
    read: Future<String>,
}

impl ChannelHandler for FirstLine {
    fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
        self.line.extend(channel.recv(4)?);
        if let Some(end) = self.line.iter().position(|&byte| byte == b'\n') {
            self.read.complete(String::from_utf8(self.line[..end].to_vec())?)?;
            channel.close()?;
        }
        Ok(())
    }

    fn writable(&mut self, _: &Channel) -> bool {
        false
    }
}

#[async_proc]
fn talk(line: Future<String>, log: Log) -> Future<String> {
    log.note("the proc waits");
    let line = line.await?;
    log.note("the proc goes on");
    Ok(line)
}

#[test]
fn a_proc_awaits_a_future_that_a_handler_completes() {
    // Whoever runs the dispatcher.
    type Run = fn(Future<String>) -> String;
    let runs: [Run; 3] = [
        |talk| wait_for(talk).unwrap(),
        |talk| {
            run_forever().unwrap();
            talk.read().unwrap()
        },
        |talk| {
            run_loop(None, true, None, None).unwrap();
            // The handler was told last, and what waits for it is queued.
            wait_for(talk).unwrap()
        },
    ];
    for run in runs {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        let read = Future::new("first line");
        Channel::from_socket(ours, FirstLine { line: vec![], read: read.clone() }).unwrap();
        let talk = talk(read, log.clone());
        theirs.write_all(b"hello from afar\nand more").unwrap();
        assert_eq!(run(talk), "hello from afar");
        assert_eq!(log.take(), ["the proc waits", "the proc goes on"]);
        assert!(ChannelMap::global().is_empty());
    }
}

/// Echoes through `net`, so that channel and proc hold the two ends of a connection.
#[async_proc]
fn echo(socket: AsyncSocket) -> Future<()> {
    loop {
        let data = socket.recv(4).await?; // four bytes, or what comes before the end
        if data.is_empty() {
            break;
        }
        socket.send(data).await?;
    }
}

#[test]
fn a_handler_starts_procs_and_talks_with_them() {
    /// Says three things, and expects each of them back.
    struct Talker {
        left: Vec<&'static [u8; 4]>,
        heard: Rc<RefCell<Vec<u8>>>,
    }
    impl ChannelHandler for Talker {
        fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
            let data = channel.recv(100)?;
            self.heard.borrow_mut().extend(data);
            self.say(channel)
        }
        fn handle_connect(&mut self, channel: &Channel) -> Result<(), Error> {
            self.say(channel)
        }
        fn writable(&mut self, channel: &Channel) -> bool {
            channel.is_connecting()
        }
        fn handle_write(&mut self, _: &Channel) -> Result<(), Error> {
            Ok(())
        }
    }
    impl Talker {
        fn say(&mut self, channel: &Channel) -> Result<(), Error> {
            match self.left.pop() {
                Some(words) => channel.send(words).map(drop),
                None => channel.close(),
            }
        }
    }
    /// Serves every connection by a proc.
    struct Server;
    impl ChannelHandler for Server {
        fn handle_accepted(
            &mut self,
            channel: &Channel,
            socket: async_proc::channel::Socket,
            _: async_proc::channel::SockAddr,
        ) -> Result<(), Error> {
            async_check(echo(AsyncSocket::from_fd(socket)?));
            channel.close()
        }
    }
    let listener = Family::V4.listener(Server);
    let heard: Rc<RefCell<Vec<u8>>> = Rc::default();
    let talker = Talker { left: vec![b"four", b"two ", b"one "], heard: heard.clone() };
    Family::V4.client(&listener, talker);
    run_forever().unwrap();
    assert_eq!(*heard.borrow(), b"one two four");
}

#[test]
fn an_attached_map_is_served_by_whatever_runs_the_dispatcher_and_a_detached_one_is_not() {
    for style in [Style::Select, Style::Poll] {
        let log = Log::default();
        let map = ChannelMap::new();
        let (ours, mut theirs) = Family::V4.pair();
        theirs.write_all(b"x").unwrap();
        let script = Script::new("it", &log).on("read", |channel: &Channel| channel.close());
        let channel = Channel::from_socket_in(&map, ours, script).unwrap();
        let idle = dispatch::poll(Duration::ZERO).unwrap_err();
        assert_eq!(idle.kind(), ErrorKind::NothingPending);
        map.attach(style);
        map.attach(style);
        map.detach();
        let idle = dispatch::poll(Duration::ZERO).unwrap_err();
        assert_eq!((idle.kind(), log.len()), (ErrorKind::NothingPending, 0));
        map.attach(style);
        run_forever().unwrap();
        assert_eq!(log.take(), ["it: read"]);
        assert!(channel.is_closed());
    }
}

#[test]
fn an_error_of_a_proc_leaves_the_loop_and_the_channels_as_they_are() {
    #[async_proc]
    fn fails() -> Future<()> {
        sleep_async(Duration::from_millis(1)).await?;
        Err(Error::new("of a proc"))?;
    }
    for use_poll in [false, true] {
        let log = Log::default();
        let (ours, mut theirs) = Family::V4.pair();
        let channel = Channel::from_socket(ours, Script::new("it", &log)).unwrap();
        async_check(fails());
        let error = run_loop(None, use_poll, None, None).unwrap_err();
        assert_eq!(error.to_string(), "of a proc");
        theirs.write_all(b"x").unwrap();
        run_loop(None, use_poll, None, Some(1)).unwrap();
        assert_eq!(log.take(), ["it: read"]);
        channel.close().unwrap();
    }
}

#[test]
fn channels_are_told_while_a_proc_that_writes_to_them_is_waited_for() {
    let (ours, theirs) = Family::V4.pair();
    let log = Log::default();
    let script = Script::new("it", &log).on("read", |channel: &Channel| {
        let data = channel.recv(100)?;
        channel.send(&data).map(drop)
    });
    Channel::from_socket(ours, script).unwrap();
    #[async_proc]
    fn ping(socket: AsyncSocket) -> Future<u32> {
        let mut rounds = 0;
        while rounds < 100 {
            socket.send("ping").await?;
            assert_eq!(socket.recv(4).await?, b"ping");
            rounds += 1;
        }
        socket.close();
        Ok(rounds)
    }
    assert_eq!(wait_for(ping(AsyncSocket::from_fd(theirs).unwrap())).unwrap(), 100);
    assert_eq!(log.count("it: read"), 100);
    close_all(None, false).unwrap();
}

#[test]
fn a_map_goes_with_the_threads_dispatcher_while_it_is_empty() {
    let log = Log::default();
    for _ in 0..3 {
        let (ours, mut theirs) = Family::V4.pair();
        let script = Script::new("it", &log).on("read", |channel: &Channel| channel.close());
        Channel::from_socket(ours, script).unwrap();
        theirs.write_all(b"x").unwrap();
        run_forever().unwrap();
        assert_eq!(log.take(), ["it: read"]);
        let old = dispatch::set_global_dispatcher(&async_proc::Dispatcher::new()).unwrap();
        old.close();
    }
}

#[test]
fn channels_outlive_neither_their_thread_nor_harm_it() {
    let mut theirs = std::thread::spawn(|| {
        let (ours, theirs) = Family::V4.pair();
        Channel::from_socket(ours, Script::new("it", &Log::default())).unwrap();
        theirs
    })
    .join()
    .unwrap();
    assert_eq!(theirs.read(&mut [0]).unwrap(), 0, "it is closed with its thread");
}
