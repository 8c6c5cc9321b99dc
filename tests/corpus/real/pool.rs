//! A pool of connections: one that lies idle and still works, else a new one, else a wait for one
//! that comes back; with a limit, checks, hooks, and the rest of a connection that failed.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

use super::script::Peer;

/// A connection that lies idle.
struct Idle {
    peer: Peer,
    used: usize,
}

/// What the pool keeps.
struct Pool {
    idle: RefCell<VecDeque<Idle>>,
    open: Cell<usize>,
    limit: usize,
    /// A connection is not used more often.
    wears: usize,
    connects: RefCell<VecDeque<Option<Peer>>>,
    hook: Option<fn(&Peer) -> bool>,
}

/// Counts as an open connection until it is dropped or kept.
struct Permit<'p>(&'p Pool, bool);

impl<'p> Permit<'p> {
    fn take(pool: &'p Pool) -> Option<Permit<'p>> {
        (pool.open.get() < pool.limit).then(|| {
            pool.open.set(pool.open.get() + 1);
            event(format!("open: {}", pool.open.get()));
            Permit(pool, false)
        })
    }

    fn keep(mut self) {
        self.1 = true;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.open.set(self.0.open.get() - 1);
            event(format!("given back, open: {}", self.0.open.get()));
        }
    }
}

/// A connection that is lent out; it goes back when it is dropped.
struct Lent<'p> {
    pool: &'p Pool,
    idle: Option<Idle>,
}

impl std::fmt::Debug for Lent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.idle.as_ref().map(|idle| (idle.peer.name(), idle.used)))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(idle) = self.idle.take() {
            event(format!("{} comes back", idle.peer.name()));
            self.pool.idle.borrow_mut().push_back(idle);
        }
    }
}

/// Why there is none.
#[derive(Debug)]
enum NoConnection {
    TimedOut { waited: usize },
    Failed(Large),
    Rejected(D),
}

impl From<Small> for NoConnection {
    fn from(small: Small) -> NoConnection {
        NoConnection::Failed(Large::from(small))
    }
}

impl Pool {
    fn new(limit: usize, idle: Vec<Peer>, connects: Vec<Option<Peer>>) -> Pool {
        let open = Cell::new(idle.len());
        let idle = idle.into_iter().map(|peer| Idle { peer, used: 1 }).collect();
        Pool {
            idle: RefCell::new(idle),
            open,
            limit,
            wears: 3,
            connects: RefCell::new(connects.into()),
            hook: None,
        }
    }

    async fn connect(&self) -> Result<Peer, Small> {
        let next = self.connects.borrow_mut().pop_front().flatten();
        later("connect", next.ok_or_else(|| Small(D::new("unreachable")))).await
    }
}

fn peer(name: &str, script: &[&'static str]) -> Peer {
    Peer::new(name, script)
}

case! {
    lend [
        async { let p = Pool::new(2, vec![peer("a", &["pong"])], vec![]); print(lend(&p, 1, 2).await) },
        async { let p = Pool::new(2, vec![peer("dead", &[]), peer("b", &["nonsense"])], vec![None, Some(peer("c", &["hi", "ok"]))]); print(lend(&p, 1, 2).await) },
        async { let p = Pool::new(1, vec![peer("lost", &["!"])], vec![Some(peer("d", &["hi", "no"])), Some(peer("e", &["hi", "ok"]))]); print(lend(&p, 1, 2).await) },
        async { let p = Pool::new(1, vec![], vec![None, None, None]); print(lend(&p, 1, 2).await) },
        async { let p = Pool::new(0, vec![], vec![]); print(lend(&p, 2, 1).await) },
        async {
            let mut p = Pool::new(2, vec![peer("old", &["wait", "!"]), peer("gone", &[])], vec![]);
            p.wears = 1;
            print(lend(&p, 1, 0).await)
        },
        async {
            let mut p = Pool::new(1, vec![peer("x", &["pong"])], vec![Some(peer("y", &["hi", "ok"]))]);
            p.hook = Some(|peer| { event(format!("hook {}", peer.name())); peer.name() == "y" });
            print(lend(&p, 1, 1).await)
        }
    ]
    {
        fn print(result: Result<Lent<'_>, NoConnection>) -> String {
            event("lent");
            format!("{result:?}")
        }
    }
    async fn lend<'p>(pool: &'p Pool, patience: usize, tries: usize) -> Result<Lent<'p>, NoConnection> {
        let started = D::new("request");
        let mut waited = 0;
        let mut failed = 0;
        // Those that have been used often enough say goodbye first.
        let worn: VecDeque<Idle> = {
            let mut idle = pool.idle.borrow_mut();
            let (worn, good) = idle.drain(..).partition(|idle| idle.used >= pool.wears);
            *idle = good;
            worn
        };
        for Idle { peer, used } in worn {
            let _permit = Permit(pool, false);
            if !peer.is_open() {
                event(format!("{} was closed after {used}", peer.name()));
                continue;
            }
            if let Err(Small(what)) = peer.say("goodbye").await {
                event(format!("{} has {what}", peer.name()));
            }
            while let Ok(Some(rest)) = peer.slow_line().await {
                event(format!("{} still says {rest}", peer.name()));
            }
        }
        loop {
            // One that lies idle, the newest first; those that do not answer are closed.
            loop {
                let Some(idle) = pool.idle.borrow_mut().pop_back() else { break };
                if !idle.peer.is_open() {
                    pool.open.set(pool.open.get() - 1);
                    event(format!("{} was closed", idle.peer.name()));
                    continue;
                }
                let mut lent = Lent { pool, idle: Some(idle) };
                let works = {
                    let peer = &lent.idle.as_ref().expect("just put there").peer;
                    peer.say("ping").await?;
                    match peer.line().await {
                        Ok(Some(answer)) if answer == "pong" => true,
                        Ok(other) => {
                            event(format!("{} says {other:?}", peer.name()));
                            false
                        }
                        Err(Small(what)) => {
                            event(format!("{} has {what}", peer.name()));
                            false
                        }
                    }
                };
                let fits = works && pool.hook.is_none_or(|hook| hook(&lent.idle.as_ref().expect("there").peer));
                if fits {
                    if let Some(idle) = &mut lent.idle {
                        idle.used += 1;
                    }
                    return Ok(lent);
                }
                // It does not go back.
                if let Some(Idle { peer, used }) = lent.idle.take() {
                    pool.open.set(pool.open.get() - 1);
                    event(format!("{} is closed after {used}", peer.name()));
                    later("closed", ()).await;
                }
            }
            // A new one, if there may be one more.
            if let Some(permit) = Permit::take(pool) {
                let connected = pool.connect().await;
                let peer = match connected {
                    Ok(peer) => peer,
                    Err(small) if failed < tries => {
                        event(format!("try again after {}", small.0));
                        failed += 1;
                        drop(permit);
                        tick("before the next").await;
                        continue;
                    }
                    Err(small) => return Err(small.into()),
                };
                let welcome = peer.line().await?;
                if welcome.is_none_or(|text| text != "hi") {
                    return Err(NoConnection::Rejected(D::new("no welcome")));
                }
                peer.say("login").await?;
                let accepted = matches!(peer.line().await?, Some(text) if text == "ok");
                if !accepted {
                    let why = D::new(format!("{} was rejected", peer.name()));
                    if failed < tries {
                        failed += 1;
                        event(format!("{why}"));
                        continue;
                    }
                    return Err(NoConnection::Rejected(why));
                }
                permit.keep();
                let idle = Idle { peer, used: 0 };
                return Ok(Lent { pool, idle: Some(idle) });
            }
            // Neither: somebody has to give one back.
            if waited == patience {
                event(format!("{started} has waited {waited} times"));
                return Err(NoConnection::TimedOut { waited });
            }
            waited += 1;
            tick("wait").await;
        }
    }
}
