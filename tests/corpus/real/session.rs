//! A mail server's session: commands, states, a body with dots, limits, and every way out.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

use super::script::Peer;

/// How far the peer has come.
#[derive(Debug)]
enum Stage {
    Connected,
    Greeted { name: String },
    From { name: String, from: String },
    To { name: String, from: String, to: Vec<String> },
}

/// A message that was taken.
#[derive(Debug)]
struct Mail {
    from: String,
    to: Vec<String>,
    body: D,
}

/// What the server is allowed to do.
struct Limits {
    recipients: usize,
    body: usize,
    errors: usize,
}

const LIMITS: Limits = Limits { recipients: 2, body: 3, errors: 2 };

fn argument<'l>(rest: &'l str, keyword: &str) -> Option<&'l str> {
    let (first, address) = rest.split_once(':')?;
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    (first.eq_ignore_ascii_case(keyword) && !address.is_empty()).then_some(address)
}

case! {
    session [
        session(Peer::new("empty", &[]), &LIMITS),
        session(Peer::new("good", &["EHLO me", "MAIL FROM:<a>", "RCPT TO:<b>", "DATA", "one", "..two", ".", "QUIT"]), &LIMITS),
        session(Peer::new("lost", &["HELO me", "MAIL FROM:<a>", "RCPT TO:<b>", "DATA", "one", "!"]), &LIMITS),
        session(Peer::new("long", &["HELO me", "MAIL FROM:a", "RCPT TO:b", "DATA", "1", "2", "3", "4", ".", "NOOP"]), &LIMITS),
        session(Peer::new("wrong", &["MAIL FROM:a", "RCPT TO:b", "WHAT", "QUIT"]), &LIMITS),
        session(Peer::new("many", &["HELO me", "MAIL FROM:a", "RCPT TO:b", "RCPT TO:c", "RCPT TO:d", "RSET", "VRFY d", "QUIT"]), &LIMITS)
    ]
    async fn session(peer: Peer, limits: &Limits) -> Result<Vec<Mail>, Large> {
        let mut taken: Vec<Mail> = Vec::new();
        let mut stage = Stage::Connected;
        let mut errors = 0;
        peer.say("220 ready").await?;
        'commands: loop {
            let Some(line) = peer.slow_line().await? else {
                // The peer has hung up: what was taken stays taken.
                event("hung up");
                break;
            };
            let (command, rest) = match line.split_once(' ') {
                Some((command, rest)) => (command, rest.trim()),
                None => (line, ""),
            };
            let command = command.to_ascii_uppercase();
            let answer = match (command.as_str(), stage) {
                ("HELO" | "EHLO", _) if rest.is_empty() => {
                    stage = Stage::Connected;
                    Err("501 name yourself")
                }
                ("HELO", _) => {
                    stage = Stage::Greeted { name: rest.to_owned() };
                    Ok(format!("250 hello {rest}"))
                }
                ("EHLO", _) => {
                    peer.say(&format!("250-hello {rest}")).await?;
                    for feature in ["8BITMIME", "PIPELINING"] {
                        peer.say(&format!("250-{feature}")).await?;
                    }
                    stage = Stage::Greeted { name: rest.to_owned() };
                    Ok(String::from("250 HELP"))
                }
                ("MAIL", Stage::Greeted { name }) => match argument(rest, "from") {
                    Some(from) => {
                        stage = Stage::From { from: from.to_owned(), name };
                        Ok(format!("250 from {from}"))
                    }
                    None => {
                        stage = Stage::Greeted { name };
                        Err("501 from whom?")
                    }
                },
                ("RCPT", Stage::From { name, from }) => match argument(rest, "to") {
                    Some(address) => {
                        let known = later("lookup", address != "nobody").await;
                        if known {
                            let to = vec![address.to_owned()];
                            stage = Stage::To { name, from, to };
                            Ok(format!("250 to {address}"))
                        } else {
                            stage = Stage::From { name, from };
                            Err("550 nobody of that name")
                        }
                    }
                    None => {
                        stage = Stage::From { name, from };
                        Err("501 to whom?")
                    }
                },
                ("RCPT", Stage::To { name, from, mut to }) => {
                    let answer = match argument(rest, "to") {
                        Some(_) if to.len() >= limits.recipients => Err("452 too many"),
                        Some(address) => {
                            to.push(address.to_owned());
                            Ok(format!("250 to {address} too"))
                        }
                        None => Err("501 to whom?"),
                    };
                    stage = Stage::To { name, from, to };
                    answer
                }
                ("DATA", Stage::To { name, from, to }) => {
                    peer.say("354 go on").await?;
                    let mut body = Vec::new();
                    let mut too_long = false;
                    loop {
                        let line = match peer.line().await {
                            Ok(Some(".")) => break,
                            Ok(Some(line)) => line.strip_prefix('.').unwrap_or(line),
                            Ok(None) => {
                                event("hung up in a body");
                                break 'commands;
                            }
                            Err(error) => {
                                event(format!("lost a mail of {from}"));
                                return Err(error.into());
                            }
                        };
                        if body.len() == limits.body {
                            too_long = true;
                        } else {
                            body.push(line);
                        }
                    }
                    stage = Stage::Greeted { name };
                    if too_long {
                        Err("552 too long")
                    } else {
                        let body = D::new(body.join("/"));
                        later("stored", ()).await;
                        taken.push(Mail { from, to, body });
                        Ok(format!("250 kept as {}", taken.len()))
                    }
                }
                ("RSET", Stage::From { name, .. } | Stage::To { name, .. } | Stage::Greeted { name }) => {
                    stage = Stage::Greeted { name };
                    Ok(String::from("250 forgotten"))
                }
                ("NOOP", same) => {
                    stage = same;
                    Ok(String::from("250 nothing done"))
                }
                ("QUIT", _) => {
                    peer.say("221 bye").await?;
                    break 'commands;
                }
                ("MAIL" | "RCPT" | "DATA" | "RSET", same) => {
                    stage = same;
                    Err("503 not now")
                }
                (_, same) => {
                    stage = same;
                    Err("500 what?")
                }
            };
            match answer {
                Ok(text) => {
                    errors = 0;
                    peer.say(&text).await?;
                }
                Err(text) => {
                    errors += 1;
                    peer.say(text).await?;
                    if errors > limits.errors {
                        peer.say("421 enough").await?;
                        break;
                    }
                }
            }
        }
        event(format!("{} mails from {}", taken.len(), peer.name()));
        Ok(taken)
    }
}
