//! `README.md` says which test stands for what; the tests it names are there.

use std::fs;
use std::path::Path;

/// Where the tests of a name's first part are.
const FOLDERS: [(&str, &str); 5] = [
    ("nim", "tests/tests/nim"),
    ("future", "runtime/src/future/tests"),
    ("dispatch", "runtime/src/dispatch/tests"),
    ("error", "runtime/src/error"),
    ("runtime", "runtime/tests"),
];

#[test]
fn every_test_that_the_tables_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join("tests/README.md")).expect("it can be read");
    // What follows explains how names are written.
    let (_, tables) = text.split_once("\n## ").expect("there are tables");
    let (mut named, mut missing, mut last) = (0, Vec::new(), "");
    for name in tables.split('`').skip(1).step_by(2) {
        if let Some(case) = name.strip_prefix("ui/") {
            named += 1;
            if !root.join(format!("ui-tests/cases/{case}.rs")).exists() {
                missing.push(name);
            }
        } else if let Some((file, test)) = name.split_once("::") {
            named += 1;
            let file = if file == "…" { last } else { file };
            last = file;
            let path = FOLDERS.iter().find_map(|(first, folder)| {
                let file = file.strip_prefix(first)?.strip_prefix('/')?;
                Some(root.join(folder).join(file).with_extension("rs"))
            });
            let text = path.and_then(|path| fs::read_to_string(path).ok());
            if !text.is_some_and(|text| text.contains(&format!("fn {test}("))) {
                missing.push(name);
            }
        }
    }
    assert!(named > 60, "only {named} names were found");
    assert!(missing.is_empty(), "`tests/README.md` names what is not there: {missing:#?}");
}
