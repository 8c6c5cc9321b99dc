//! What programs are made of.

use crate::shapes::*;
use crate::table::Table;

/// A connection that never answers.
#[derive(Clone, Default)]
pub(crate) struct Connection {
    name: Rc<str>,
}

impl Connection {
    pub(crate) async fn read(&self, into: &mut Vec<u8>) -> Result<usize, Error> {
        io().await;
        Ok(into.len())
    }

    pub(crate) async fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        io().await;
        Ok(())
    }

    pub(crate) async fn line(&self) -> Result<String, Error> {
        io().await;
        Ok(String::new())
    }
}

pub(crate) mod kit {
    pub(crate) use super::{Connection, Store};
}

/// What a service is made of.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) name: String,
    pub(crate) hits: Cell<u64>,
    pub(crate) pages: RefCell<HashMap<String, String>>,
}

shapes! {
    fn echo [](connection: crate::ordinary::Connection) -> () {
        loop {
            let line = connection.line().await?;
            if line.is_empty() {
                break;
            }
            connection.write(line.as_bytes()).await?;
        }
        connection.write(b"bye").await
    }
    fn frames [](connection: crate::ordinary::Connection) -> u64 {
        let mut buffer = Vec::with_capacity(1024);
        let mut count = 0u64;
        loop {
            let read = connection.read(&mut buffer).await?;
            if read == 0 {
                return Ok(count);
            }
            while buffer.len() >= 4 {
                let length = usize::from(buffer[0]);
                if buffer.len() < 4 + length {
                    break;
                }
                let body: Vec<u8> = buffer.drain(..4 + length).skip(4).collect();
                match body.first() {
                    None => connection.write(b"empty").await?,
                    Some(0) => connection.write(&body).await?,
                    Some(kind) => {
                        let answer = format!("kind {kind}");
                        connection.write(answer.as_bytes()).await?;
                    }
                }
                count += 1;
            }
        }
    }
    fn retry [](connection: crate::ordinary::Connection, request: String) -> String {
        let mut tries = 0u32;
        loop {
            connection.write(request.as_bytes()).await?;
            match connection.line().await {
                Ok(answer) if !answer.is_empty() => return Ok(answer),
                Ok(_) if tries < 5 => {}
                Ok(answer) => return Ok(answer),
                Err(error) if tries >= 5 => return Err(error),
                Err(_) => {}
            }
            tries += 1;
            for _ in 0..1u32 << tries {
                io().await;
            }
        }
    }
    fn two_connections [](from: crate::ordinary::Connection, to: crate::ordinary::Connection) -> usize {
        let mut total = 0;
        let mut buffer = vec![0u8; 16];
        while let Ok(read) = from.read(&mut buffer).await {
            if read == 0 {
                break;
            }
            to.write(&buffer[..read]).await?;
            total += read;
        }
        Ok(total)
    }
    fn collects [](names: Vec<String>, connection: crate::ordinary::Connection) -> Vec<String> {
        let mut answers = Vec::new();
        for name in names {
            connection.write(name.as_bytes()).await?;
            let answer = connection.line().await?;
            answers.push(format!("{name}: {answer}"));
        }
        Ok(answers)
    }
    fn stages [](connection: crate::ordinary::Connection) -> usize {
        let hello = connection.line().await?;
        let key = { let words: Vec<&str> = hello.split(' ').collect(); words.len() };
        connection.write(b"key").await?;
        let answer = connection.line().await?;
        let rest = answer.trim().to_owned();
        connection.write(rest.as_bytes()).await?;
        let last = connection.line().await?;
        Ok(key + rest.len() + last.len())
    }
    fn guard_kept [](cell: Rc<RefCell<Vec<u64>>>) -> u64 {
        let guard = cell.borrow();
        io().await;
        Ok(guard.len() as u64)
    }
    fn guard_let_go [](cell: Rc<RefCell<Vec<u64>>>) -> u64 {
        let count = cell.borrow().len();
        io().await;
        cell.borrow_mut().push(1);
        Ok(count as u64)
    }
    fn closures [](numbers: Vec<u64>) -> u64 {
        let mut seen = 0;
        let mut note = |n: &u64| { seen += n; *n > 1 };
        let large: Vec<u64> = numbers.iter().copied().filter(|n| note(n)).collect();
        io().await;
        let sum: u64 = large.iter().sum();
        Ok(sum + seen)
    }
    fn optional [](which: Option<String>) -> usize {
        if let Some(text) = which {
            io().await;
            return Ok(text.len());
        }
        io().await;
        Ok(0)
    }
    fn callback [F: Fn(u64) -> u64 + 'static](f: F) -> u64 {
        let first = f(number().await);
        let second = f(number().await);
        Ok(first + second)
    }
    fn counts [](limit: u64) -> u64 {
        let mut n = 0;
        while n < limit {
            io().await;
            n += 1;
        }
        Ok(n)
    }
    fn labelled [](rows: Vec<Vec<u64>>) -> u64 {
        let mut found = 0;
        'rows: for row in rows {
            for n in row {
                if n == 0 { continue 'rows; }
                if n > 100 { break 'rows; }
                found += n + number().await;
            }
        }
        Ok(found)
    }
    fn state_machine [](connection: crate::ordinary::Connection) -> u32 {
        enum Step { Hello, Login(String), Work { left: u32 }, Done }
        let mut step = Step::Hello;
        let mut done = 0;
        loop {
            step = match step {
                Step::Hello => Step::Login(connection.line().await?),
                Step::Login(name) => {
                    connection.write(name.as_bytes()).await?;
                    Step::Work { left: 3 }
                }
                Step::Work { left: 0 } => Step::Done,
                Step::Work { left } => {
                    let line = connection.line().await?;
                    done += line.len() as u32;
                    Step::Work { left: left - 1 }
                }
                Step::Done => return Ok(done),
            };
        }
    }
}

borrowing! {
    async fn borrows [](text: &str, count: &mut usize) -> usize {
        let first = text.split(' ').next().unwrap_or(text);
        io().await;
        *count += first.len();
        *count
    }
    async fn pushes [](to: &mut Vec<u8>, n: usize) -> usize {
        for i in 0..n {
            to.push(i as u8);
            io().await;
        }
        to.len()
    }
    async fn holds_mutex_guard [](mutex: &Mutex<u64>) -> u64 {
        let guard = mutex.lock().unwrap();
        io().await;
        *guard
    }
    async fn longest ['a](all: &'a [&'a str]) -> &'a str {
        let mut longest = "";
        for text in all {
            io().await;
            if text.len() > longest.len() {
                longest = text;
            }
        }
        longest
    }
    async fn on_the_stack_of_the_caller [](buffer: &mut [u8; 512]) -> usize {
        let mut at = 0;
        while at < buffer.len() {
            io().await;
            buffer[at] = 1;
            at += 64;
        }
        at
    }
    impl Store {
        async fn hit(&self) -> u64 {
            io().await;
            self.0.hits.set(self.0.hits.get() + 1);
            self.0.hits.get()
        }
        async fn page(&self, name: &str) -> Option<String> {
            let known = self.0.pages.borrow().get(name).cloned();
            if let Some(page) = known {
                return Some(page);
            }
            io().await;
            let page = format!("page {name}");
            self.0.pages.borrow_mut().insert(name.to_owned(), page.clone());
            Some(page)
        }
        async fn into_name(self) -> String {
            io().await;
            self.0.name
        }
    }
}

pub(crate) fn measure(table: &mut Table) {
    use kit::Connection;
    let connection = Connection::default;
    measure! { table, "Programs":
        echo(connection());
        frames(connection());
        retry(connection(), String::new());
        two_connections(connection(), connection());
        collects(vec![String::new()], connection());
        stages(connection());
        state_machine(connection());
        guard_kept(Rc::default());
        guard_let_go(Rc::default());
        closures(vec![1, 2]);
        optional(Some(String::new()));
        callback(std::convert::identity);
        counts(3);
        labelled(vec![vec![1]]);
    }
    measure_borrowing! { table, "Borrowing":
        let text = String::new(); borrows(&text, &mut 0);
        pushes(&mut Vec::new(), 1);
        let mutex = Mutex::new(1); holds_mutex_guard(&mutex);
        longest(&["a"]);
        on_the_stack_of_the_caller(&mut [0; 512]);
        let store = Store::default(); store.hit();
        let store = Store::default(); store.page("name");
        Store::default().into_name();
    }
}
