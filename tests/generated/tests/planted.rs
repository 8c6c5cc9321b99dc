//! The comparison and the shrinker see what they are there to see: a difference that was put there.

use async_proc_generated::check::{Copies, Judge, Toolchain, Verdict};
use async_proc_generated::grammar::Grammar;
use async_proc_generated::program::Program;

const SEED: u64 = 20;

fn programs(count: usize) -> Vec<Program> {
    let grammar = Grammar { edition: 2024, beyond: true };
    (0..count).map(|number| grammar.program(SEED, number)).collect()
}

fn judge(copies: Copies, folder: &str) -> Judge {
    let folder = format!("{folder}-{}", std::process::id());
    Judge { toolchain: Toolchain::find(), edition: 2024, copies, folder }
}

#[test]
fn a_planted_difference_is_found_and_shrunk_to_a_few_lines() {
    // In the second copy `peek` is another function, which does not touch what it looks at.
    let judge = judge(Copies::Planted("peek(", "glance("), "planted");
    let programs = programs(40);
    let verdicts = judge.judge(&programs);
    let different = |at: &usize| matches!(verdicts[*at], Verdict::Different(_));
    let found: Vec<usize> = (0..programs.len()).filter(different).collect();
    assert!(!found.is_empty(), "none of the programs shows the difference");
    for (program, verdict) in programs.iter().zip(&verdicts) {
        let planted = program.to_string().contains("peek(");
        assert!(planted || !verdict.is_failure(), "{program}\n{}", verdict.text());
    }

    let at = *found.iter().max_by_key(|at| programs[**at].to_string().len()).expect("some");
    let (small, verdict) = judge.shrink(&programs[at], &verdicts[at]);
    let text = small.to_string();
    assert!(text.contains("peek(") && text.starts_with("case! {"), "{text}");
    assert!(
        text.lines().count() <= 12
            && text.lines().count() < programs[at].to_string().lines().count(),
        "{text}"
    );
    assert!(verdict.text().contains("=>"), "the events side by side:\n{}", verdict.text());
}

#[test]
fn rustc_equals_itself_and_rejects_few() {
    let judge = judge(Copies::Planted("peek(", "peek("), "itself");
    let programs = programs(60);
    let mut rejected = Vec::new();
    for (program, verdict) in programs.iter().zip(judge.judge(&programs)) {
        assert!(!verdict.is_failure(), "{program}\n{}", verdict.text());
        if let Verdict::Rejected(message) = verdict {
            rejected.push(message);
        }
    }
    assert!(rejected.len() <= 6, "the generator writes what rustc refuses: {rejected:#?}");
}

#[test]
fn a_seed_gives_the_same_programs_and_another_gives_others() {
    let text = |seed| -> Vec<String> {
        let grammar = Grammar { edition: 2021, beyond: false };
        (0..20).map(|number| grammar.program(seed, number).to_string()).collect()
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn every_cut_is_shorter_than_the_program() {
    for program in programs(10) {
        let (length, cuts) = (program.to_string().len(), program.smaller());
        assert!(cuts.iter().all(|cut| cut.to_string().len() < length));
        assert!(!cuts.is_empty());
    }
}
