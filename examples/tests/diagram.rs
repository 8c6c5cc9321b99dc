//! The picture beside the example is that of the function as it is.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::process::Command;

fn printed(language: &str) -> String {
    let output = Command::new(program::program("diagram")).arg(language).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_committed_picture_is_the_one_that_would_be_drawn_today() {
    let picture = include_str!("../diagram.svg");
    let picture = picture.replace("&#45;", "-").replace("&#160;", " ").replace("&gt;", ">");
    let picture = picture.replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&");
    let dot = printed("dot");
    let labels: Vec<_> = dot
        .lines()
        .filter_map(|line| line.split_once("[label=\""))
        .map(|(_, rest)| &rest[..rest.find("\"]").or(rest.find("\", ")).unwrap()])
        .collect();
    assert!(labels.len() > 10, "{dot}");
    for label in labels {
        assert!(picture.contains(&format!(">{label}</text>")), "draw `{label}` anew");
    }
    assert_eq!(picture.matches("class=\"edge\"").count(), dot.matches(" -> ").count());
    assert_eq!(printed("mermaid").matches(" --> ").count(), dot.matches(" -> ").count());
}
