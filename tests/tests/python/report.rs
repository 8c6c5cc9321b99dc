//! What channels say: of themselves, of unhandled events and of errors, and where to.

use std::cell::RefCell;
use std::io::Write;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use async_proc::Error;
use async_proc::channel::{Channel, ChannelHandler, Style, Type, close_all};

use crate::families::Family;
use crate::script::{pass, until_empty};

/// Every event has its default; what is logged is kept.
#[derive(Default)]
struct Unhandled {
    lines: Rc<RefCell<Vec<String>>>,
    ignores_nothing: bool,
}

impl ChannelHandler for Unhandled {
    fn log_info(&mut self, kind: &str, message: &str) {
        if !self.ignores(kind) {
            self.lines.borrow_mut().push(format!("{kind}: {message}"));
        }
    }

    fn ignores(&self, kind: &str) -> bool {
        kind == "warning" && !self.ignores_nothing
    }
}

#[test]
fn a_channel_is_shown_by_its_type_state_address_and_place() {
    let plain = Channel::new(Unhandled::default());
    let shown = plain.to_string();
    assert!(shown.starts_with("<Unhandled at 0x") && shown.ends_with('>'), "{shown}");
    let listener = Family::V4.listener(Unhandled::default());
    let address = listener.address().and_then(|address| address.as_socket()).unwrap();
    let shown = format!("{listener:?}");
    assert!(shown.starts_with(&format!("<Unhandled listening {address} at 0x")), "{shown}");
    let (socket, peer) = if Family::V6.is_here() { Family::V6.pair() } else { Family::V4.pair() };
    let address = peer.local_addr().unwrap().as_socket().unwrap();
    let connected = Channel::from_socket(socket, Unhandled::default()).unwrap();
    let shown = connected.to_string();
    assert!(shown.starts_with(&format!("<Unhandled connected {address} at 0x")), "{shown}");
    // Unnamed, as the peers of unix sockets are.
    let (socket, _peer) = Family::Unix.pair();
    let unnamed = Channel::from_socket(socket, Unhandled::default()).unwrap().to_string();
    assert!(unnamed.starts_with("<Unhandled connected at 0x"), "{unnamed}");
    close_all(None, false).unwrap();
    let shown = connected.to_string();
    assert!(shown.starts_with(&format!("<Unhandled {address} at 0x")), "{shown}");
}

#[test]
fn every_event_that_nobody_handles_is_a_warning() {
    let lines = Rc::new(RefCell::new(Vec::new()));
    let mut handler = Unhandled { lines: lines.clone(), ignores_nothing: true };
    let channel = Channel::new(Unhandled::default());
    handler.handle_expt(&channel).unwrap();
    handler.handle_read(&channel).unwrap();
    handler.handle_write(&channel).unwrap();
    handler.handle_connect(&channel).unwrap();
    let (socket, _) = Family::V4.pair();
    let address = socket.local_addr().unwrap();
    handler.handle_accepted(&channel, socket, address).unwrap();
    handler.handle_close(&channel).unwrap();
    let expected = [
        "warning: unhandled incoming priority event",
        "warning: unhandled read event",
        "warning: unhandled write event",
        "warning: unhandled connect event",
        "warning: unhandled accepted event",
        "warning: unhandled close event",
    ];
    assert_eq!(*lines.borrow(), expected);
}

#[test]
fn warnings_are_ignored_unless_asked_for() {
    let handler = Unhandled::default();
    let lines = handler.lines.clone();
    let (socket, mut peer) = Family::V4.pair();
    Channel::from_socket(socket, handler).unwrap();
    peer.write_all(b"x").unwrap();
    pass(Style::Poll, Duration::from_secs(30)).unwrap();
    assert!(lines.borrow().is_empty());
    close_all(None, false).unwrap();
}

#[test]
fn the_line_of_an_error_names_the_channel_the_error_and_the_handler() {
    #[derive(Default)]
    struct Failing(Unhandled);
    impl ChannelHandler for Failing {
        fn handle_read(&mut self, _: &Channel) -> Result<(), Error> {
            Err(Error::new("it was\nnot to be"))
        }
        fn log_info(&mut self, kind: &str, message: &str) {
            self.0.log_info(kind, message);
        }
    }
    let handler = Failing::default();
    let lines = handler.0.lines.clone();
    let (socket, mut peer) = Family::V4.pair();
    let shown = Channel::from_socket(socket, handler).unwrap().to_string();
    peer.write_all(b"x").unwrap();
    until_empty(Style::Select);
    let expected = format!(
        "error: uncaught error, closing channel {shown} (Other: it was not to be [handle_read])"
    );
    assert_eq!(*lines.borrow(), [expected, "warning: unhandled close event".into()][..1]);
}

#[test]
fn what_the_system_says_of_an_error_is_in_its_text() {
    let channel = Channel::new(Unhandled::default());
    channel.create_socket(Family::V4.domain(), Type::STREAM).unwrap();
    let error = channel.connect("255.255.255.255:1").unwrap_err();
    let source = error.source().and_then(|source| source.source()).unwrap().to_string();
    assert!(!source.is_empty() && error.to_string().ends_with(&source), "{error}");
    assert!(error.to_string().contains("255.255.255.255:1"), "{error}");
    assert!(channel.is_closed(), "what could not be begun is over");
}

/// What a child of this test prints to stdout and stderr.
const CHILD: &str = "ASYNC_PROC_LOGS";

#[test]
fn log_goes_to_stderr_and_log_info_to_stdout() {
    struct Plain;
    impl ChannelHandler for Plain {
        fn ignores(&self, kind: &str) -> bool {
            kind == "SPAM"
        }
    }
    if std::env::var_os(CHILD).is_some() {
        Plain.log("Lovely spam! Wonderful spam!");
        Plain.log("I don't like spam!");
        Plain.log_info("EGGS", "to be seen");
        Plain.log_info("info", "to be seen too");
        Plain.log_info("SPAM", "not to be seen");
        return;
    }
    let name = "report::log_goes_to_stderr_and_log_info_to_stdout";
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().unwrap();
    let lines = |bytes: Vec<u8>, words: &[&str]| -> Vec<String> {
        let text = String::from_utf8(bytes).unwrap();
        let of_ours = |line: &&str| words.iter().any(|word| line.starts_with(word));
        text.lines().filter(of_ours).map(String::from).collect()
    };
    let words = ["log: ", "EGGS: ", "info: ", "SPAM: "];
    let said = ["log: Lovely spam! Wonderful spam!", "log: I don't like spam!"];
    assert_eq!(lines(output.stderr, &words), said);
    assert_eq!(lines(output.stdout, &words), ["EGGS: to be seen", "info: to be seen too"]);
}
