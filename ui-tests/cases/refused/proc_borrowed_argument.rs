//! A proc goes on after its caller has returned, so it owns its arguments.

use async_proc::prelude::*;

struct Client {
    name: String,
}

impl Client {
    #[async_proc]
    fn greet(&self, greeting: &str) -> Future<usize> {
        Ok(self.name.len() + greeting.len())
    }

    #[async_proc]
    fn rename(self: &mut Self, to: String) -> Future<()> {
        self.name = to;
    }
}

#[async_proc]
fn longest(lines: Vec<&str>, separator: &'static str, by: fn(&str) -> usize) -> Future<usize> {
    let _ = separator;
    Ok(lines.into_iter().map(by).max().unwrap_or(0))
}

fn main() {
    let mut client = Client { name: String::new() };
    drop(client.greet("hello"));
    drop(client.rename(String::new()));
    drop(longest(vec!["a"], ", ", str::len));
}
