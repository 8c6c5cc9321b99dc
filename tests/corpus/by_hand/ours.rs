//! As `#[async_proc]` compiles them.

use async_proc_tests::world::*;

#[async_proc::async_proc]
pub async fn copy_lines(lines: &[&str]) -> usize {
    let mut out = Vec::new();
    for line in lines {
        let line = later("line", D::new(*line)).await;
        if line.is_empty() {
            continue;
        }
        if line.name() == "stop" {
            break;
        }
        out.push(line);
        tick("written").await;
    }
    out.len()
}

#[async_proc::async_proc]
pub async fn retry(failures: usize) -> Result<D, Large> {
    let mut attempt = 0;
    loop {
        let _attempt = D::new(format!("attempt {attempt}"));
        let result = if attempt < failures {
            fails("try").await
        } else {
            good("try", D::new("result")).await
        };
        match result {
            Ok(value) => return Ok(value),
            Err(error) if attempt == 2 => return Err(error.into()),
            Err(_) => attempt += 1,
        }
    }
}

#[async_proc::async_proc]
pub async fn choose(given: Option<D>) -> usize {
    let value = if let Some(value) = given {
        tick("given").await;
        value
    } else {
        later("made", D::new("made")).await
    };
    let name = value.name();
    tick("chosen").await;
    name.len()
}

#[async_proc::async_proc]
pub async fn both_ends(t: Trio) -> D {
    let Trio { a, c, .. } = t;
    tick("split").await;
    let joined = a.with(c.name());
    tick("joined").await;
    joined
}

#[async_proc::async_proc]
pub async fn locked_sum(lock: &mut Lock, n: usize) -> usize {
    for i in 0..n {
        let mut guard = lock.lock_mut();
        let more = later("i", i).await;
        guard.add(more);
    }
    lock.lock().get().query(later("last", 1).await)
}

#[async_proc::async_proc]
pub async fn nested_loops(n: usize) -> Option<(usize, usize)> {
    let _whole = D::new("whole");
    'rows: for row in 0..n {
        let _row = D::new(format!("row {row}"));
        for column in 0..n {
            let cell = D::new(format!("cell {column}"));
            tick("cell").await;
            if column > row {
                continue 'rows;
            }
            if row + column == 2 {
                drop(cell);
                tick("found").await;
                return Some((row, column));
            }
        }
    }
    None
}

#[async_proc::async_proc]
pub async fn longest<'a>(names: &[&'a str]) -> Option<&'a str> {
    let mut best: Option<(&'a str, D)> = None;
    for &name in names {
        let d = D::new(name);
        tick("compare").await;
        match &best {
            Some((_, other)) if other.len() >= d.len() => {}
            _ => best = Some((name, d)),
        }
    }
    tick("done").await;
    best.map(|(name, _)| name)
}

#[async_proc::async_proc]
pub async fn collected(n: usize) -> Vec<usize> {
    let factor = later("factor", 10).await;
    let d = D::new("d");
    let all: Vec<usize> = (0..n).map(|i| i * factor + d.touch().len()).collect();
    tick("collected").await;
    assert_eq!(all.len(), n, "{d} of {n}");
    all
}

pub struct Session {
    d: D,
    sent: usize,
}

impl Session {
    #[async_proc::async_proc]
    pub async fn send(&mut self, text: &str) -> Result<usize, Small> {
        let line = D::new(text);
        let sent = good("send", line.len()).await?;
        self.sent += sent;
        self.d.touch();
        Ok(self.sent)
    }
}

#[async_proc::async_proc]
pub async fn ours_or_real_session(n: usize) -> Result<usize, Large> {
    let mut session = Session { d: D::new("session"), sent: n };
    session.send("hello").await?;
    Ok(session.send("you").await? + session.send(later("third", "there").await).await?)
}

#[async_proc::async_proc]
pub async fn shadows(x: D) -> usize {
    let x = x.with("1");
    tick("one").await;
    let x = { later("two", x.with("2")).await };
    let n = {
        let x = x.len();
        later("three", x).await
    };
    n + x.eat()
}

#[async_proc::async_proc]
pub async fn tail() -> usize {
    let _local = D::new("local");
    tick("before").await;
    later("tail", peek(&D::new("temporary"))).await
}
