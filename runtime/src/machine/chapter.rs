//! The plan that the chapter "How a proc is compiled" shows is that of its function.
//! `CHAPTER=write cargo test -p async-proc chapter` writes it anew.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fmt::Write;
use std::mem;
use std::rc::Rc;

use super::frame_of;
use super::plan::{Plan, need};
use crate::prelude::*;

const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/how-a-proc-is-compiled.md");

struct Guest(Rc<str>);

impl Guest {
    fn name(&self) -> Future<String> {
        Future::ready(self.0.to_string())
    }

    fn tell(&self, _: String) -> Future<()> {
        Future::new("tell")
    }
}

#[async_proc]
fn greet(mut guests: Vec<Guest>) -> Future<usize> {
    let mut greeted = 0;
    while let Some(guest) = guests.pop() {
        let name = guest.name().await?;
        if name.is_empty() {
            continue;
        }
        guest.tell(name).await?;
        greeted += 1;
    }
    Ok(greeted)
}

/// The plan as a table, and the needs as the chapter has them.
macro_rules! plan {
    ($state:expr; $($slot:ident: $type:ty => [$($need:tt)*];)*) => {{
        $(type $slot = $type;)*
        let needs = [$(need::<$slot>() $($need)*),*];
        let text = [$(concat!("need::<", stringify!($slot), ">()", stringify!($($need)*))),*];
        let plan = Plan::new(needs, $state, None);
        let mut table = "variable   type             size   place  live bit\n".to_owned();
        let mut index = 0;
        $(
            let (word, mask) = plan.bit(index);
            assert_eq!(word, 0);
            let bit = if mask == 0 { "-".to_owned() } else { format!("{mask:08b}") };
            let (size, place) = (mem::size_of::<$slot>(), plan.offset(index));
            let (name, ty) = (stringify!($slot), stringify!($type));
            writeln!(table, "{name:<10} {ty:<16} {size:>4} {place:>7}  {bit}").unwrap();
            index += 1;
        )*
        assert_eq!(index, text.len());
        (plan, table, text)
    }};
}

#[test]
#[cfg_attr(miri, ignore = "it reads a file")]
fn the_plan_of_the_chapter_is_that_of_its_function() {
    let (plan, mut table, needs) = plan! { 1;
        Guests: Vec<Guest> => [.meets(&[(1, 5)])];
        Greeted: usize => [.meets(&[(2, 5)])];
        Guest_: Guest => [.meets(&[(3, 5)]).varies()];
        Name: String => [.meets(&[(5, 5)]).varies()];
        Name2: Future<String> => [.meets(&[])];
        Tell: Future<()> => [.meets(&[])];
    };
    let layout = plan.shape.layout;
    writeln!(table, "the kept live word {:>20} {:>7}", plan.shape.kept_words, plan.shape.kept)
        .unwrap();
    writeln!(table, "the state {:>29} {:>7}", 1, plan.shape.state).unwrap();
    writeln!(table, "the frame {:>29}", layout.size()).unwrap();
    let table = table.replace("Guest_ ", "Guest  ");

    // It is the plan of this function, as it is compiled.
    let proc = greet(vec![Guest("Ada".into())]);
    assert_eq!(frame_of(&proc), Some(layout));
    let mut chapter = std::fs::read_to_string(CHAPTER).unwrap();
    let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
    let expansion = without_spaces(&chapter);
    for need in needs {
        let need = without_spaces(need).replace("Guest_>", "Guest>") + ",";
        assert!(expansion.contains(&need), "the chapter has another need than {need}");
    }

    let mark = "<!-- pass: plan -->\n```text\n";
    let start = chapter.find(mark).unwrap() + mark.len();
    let end = start + chapter[start..].find("```\n").unwrap();
    if std::env::var_os("CHAPTER").is_some_and(|value| value == "write") {
        chapter.replace_range(start..end, &table);
        std::fs::write(CHAPTER, chapter).unwrap();
    } else {
        assert_eq!(&chapter[start..end], table, "the chapter shows another plan");
    }
}
