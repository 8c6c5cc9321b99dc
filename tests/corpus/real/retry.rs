//! A client that tries again: with growing pauses, as long as the server asks, under a deadline,
//! with a login that may have to be renewed, and with redirections.

use std::cell::Cell;
use std::collections::VecDeque;

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

/// What the server answers.
#[derive(Debug)]
enum Answer {
    Ok(&'static str),
    Moved(&'static str),
    Login,
    Busy { after: Option<u32> },
    Broken,
    Refused(&'static str),
    Lost,
}

/// Why there is no result.
#[derive(Debug)]
enum Failure {
    Refused { reason: D, tries: u32 },
    TooOften(u32),
    TooLate,
    Loop(D),
    Lost(Large),
}

impl From<Large> for Failure {
    fn from(large: Large) -> Failure {
        event("a loss becomes a failure");
        Failure::Lost(large)
    }
}

/// A server that follows a script.
struct Server {
    answers: VecDeque<Answer>,
    clock: Cell<u32>,
}

impl Server {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Server {
        Server { answers: answers.into_iter().collect(), clock: Cell::new(0) }
    }

    async fn send(&mut self, place: &D, login: Option<&D>) -> Result<Answer, Small> {
        event(format!("send to {place} as {login:?}"));
        self.clock.set(self.clock.get() + 1);
        match later("answer", self.answers.pop_front()).await {
            Some(Answer::Lost) | None => Err(Small(D::new("lost"))),
            Some(answer) => Ok(answer),
        }
    }

    async fn login(&self, old: Option<D>) -> Result<D, Small> {
        let version = old.as_ref().map_or(0, D::len);
        later("login", Ok(D::new("*".repeat(version + 1)))).await
    }

    /// A part of the body; `?` gets lost.
    async fn part(&self, text: &str) -> Result<D, Small> {
        let part = if text == "?" { Err(Small(D::new("cut off"))) } else { Ok(D::new(text)) };
        now("part", part).await
    }

    async fn pause(&self, time: u32) {
        self.clock.set(self.clock.get() + time);
        tick("pause").await;
    }
}

/// How to try again.
struct Policy {
    tries: u32,
    first: u32,
    longest: u32,
    deadline: u32,
}

const POLICY: Policy = Policy { tries: 4, first: 1, longest: 5, deadline: 30 };

case! {
    retry [
        async { retry(&mut Server::new([Answer::Ok("?"), Answer::Ok("fine and good")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Busy { after: None }, Answer::Lost, Answer::Ok("late")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Login, Answer::Moved("/b"), Answer::Login, Answer::Ok("in")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Moved("/b"), Answer::Moved("/")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Broken, Answer::Refused("no")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Busy { after: Some(40) }, Answer::Ok("too late")]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Lost, Answer::Ok("unheard")]), D::new("/"), &POLICY, |_| false).await },
        async { retry(&mut Server::new([Answer::Broken, Answer::Broken, Answer::Broken, Answer::Broken]), D::new("/"), &POLICY, |_| true).await },
        async { retry(&mut Server::new([Answer::Ok("half of ?")]), D::new("/"), &POLICY, |_| true).await }
    ]
    async fn retry<F>(server: &mut Server, place: D, policy: &Policy, mut worth_it: F) -> Result<D, Failure>
    where
        F: FnMut(&Large) -> bool,
    {
        let mut login: Option<D> = None;
        let mut place = place;
        let mut seen = vec![place.name().to_owned()];
        let mut tries = 0u32;
        let mut pause = policy.first;
        let result = 'tries: loop {
            if tries >= policy.tries {
                break Err(Failure::TooOften(tries));
            }
            tries += 1;
            let sent = server.send(&place, login.as_ref()).await.map_err(Large::from);
            let wait = match sent {
                Ok(Answer::Ok(text)) => {
                    // In parts; what has begun to arrive is not asked for again.
                    let mut parts: Vec<D> = Vec::new();
                    let mut left = text;
                    while !left.is_empty() {
                        let end = left.find(' ').unwrap_or(left.len());
                        let (part, rest) = left.split_at(end);
                        match server.part(part).await {
                            Ok(part) => parts.push(part),
                            Err(small) if parts.is_empty() => {
                                event(format!("nothing of it: {}", small.0));
                                continue 'tries;
                            }
                            Err(small) => {
                                let got = parts.len();
                                event(format!("{got} parts of it"));
                                break 'tries Err(Failure::Lost(small.into()));
                            }
                        }
                        left = rest.trim_start();
                    }
                    let names: Vec<&str> = parts.iter().map(D::name).collect();
                    let body = D::new(names.join("+"));
                    event(format!("after {tries} tries"));
                    break Ok(body);
                }
                Ok(Answer::Moved(to)) => {
                    let to = D::new(to);
                    if seen.iter().any(|known| known == to.name()) {
                        break Err(Failure::Loop(to));
                    }
                    seen.push(to.name().to_owned());
                    // The old place goes only now.
                    place = to;
                    tries -= 1;
                    continue;
                }
                Ok(Answer::Login) => {
                    let old = login.take();
                    let renewed = match server.login(old).await {
                        Ok(renewed) => renewed,
                        Err(small) => break Err(Failure::from(Large::from(small))),
                    };
                    if renewed.len() > 2 {
                        let reason = renewed.with(" is not enough");
                        break Err(Failure::Refused { reason, tries });
                    }
                    login = Some(renewed);
                    None
                }
                Ok(Answer::Busy { after: Some(after) }) => Some(after),
                Ok(Answer::Busy { after: None } | Answer::Broken) => {
                    let now = pause;
                    pause = (pause * 2).min(policy.longest);
                    Some(now)
                }
                Ok(Answer::Refused(reason)) => {
                    let reason = D::new(reason);
                    return Err(Failure::Refused { reason, tries });
                }
                Ok(Answer::Lost) => unreachable!("a loss is an error"),
                Err(large) if worth_it(&large) => {
                    event(format!("lost: {}", large.0));
                    if login.is_none() && tries > 1 {
                        login = Some(server.login(None).await.map_err(Large::from)?);
                    }
                    Some(pause)
                }
                Err(large) => Err(large)?,
            };
            if let Some(wait) = wait {
                let now = server.clock.get();
                if now + wait > policy.deadline {
                    event(format!("{now} + {wait} is too late"));
                    break Err(Failure::TooLate);
                }
                for part in 0..wait.min(2) {
                    server.pause(wait - part).await;
                }
            }
        };
        match &result {
            Ok(body) => event(format!("{} from {place}", body)),
            Err(Failure::Loop(at)) => event(format!("in circles at {at}")),
            Err(failure) => event(format!("no result: {failure:?}")),
        }
        if let Some(login) = login {
            later("logout", login.eat()).await;
        }
        result
    }
}
