//! Which part of the corpus `#[async_proc]` compiles. Both editions' packages run this script.
//!
//! Nothing set: all of it but `beyond`, the functions that the compiler refuses or does not yet
//! compile to the same behaviour. For work on the compiler, `ASYNC_PROC_AREAS=lets,loops` leaves the
//! other areas out of the build, so that one refused construct does not hide the rest;
//! `ASYNC_PROC_AREAS=none` compiles the whole corpus with `ours` as a second copy of rustc's own
//! `async fn`, which checks the corpus and the harness without the compiler.

/// The modules of `corpus/`.
const AREAS: &[&str] = &[
    "lets",
    "branches",
    "matches",
    "loops",
    "tries",
    "calls",
    "chains",
    "operands",
    "operators",
    "borrows",
    "temporaries",
    "closures",
    "macros",
    "made",
    "methods",
    "generics",
    "guards",
    "items",
    "returned",
    "shapes",
    "moves",
    "params",
    "receivers",
    "awaiting",
    "awaits",
    "attributes",
    "dynamic_drops",
    "drop_orders",
    "known_shapes",
    "generators",
    "real",
    "by_hand",
    "beyond",
];

/// The areas that edition 2021 does not know the syntax of.
const SINCE_2024: &[&str] = &["chains"];

/// The area that is left out unless it is asked for.
const BEYOND: &str = "beyond";

fn main() {
    println!("cargo::rerun-if-env-changed=ASYNC_PROC_AREAS");
    println!("cargo::rustc-env=RUSTC_VERSION={}", rustc_version());
    println!("cargo::rustc-check-cfg=cfg(rustc_only)");
    let names: Vec<String> = AREAS.iter().map(|area| format!("{area:?}")).collect();
    println!("cargo::rustc-check-cfg=cfg(area, values({}))", names.join(", "));

    let wanted = std::env::var("ASYNC_PROC_AREAS").unwrap_or_else(|_| {
        let areas: Vec<&str> = AREAS.iter().copied().filter(|area| *area != BEYOND).collect();
        areas.join(",")
    });
    let everything = wanted == "all" || wanted == "none";
    if wanted == "none" {
        println!("cargo::rustc-cfg=rustc_only");
    }
    for area in wanted.split(',').filter(|_| !everything) {
        assert!(AREAS.contains(&area), "ASYNC_PROC_AREAS: no area is called `{area}`");
    }
    let old = std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name.ends_with("-2021"));
    let areas = AREAS.iter().filter(|area| !old || !SINCE_2024.contains(*area));
    for area in areas.filter(|area| everything || wanted.split(',').any(|w| w == **area)) {
        println!("cargo::rustc-cfg=area={area:?}");
    }
}

/// The sizes of `tests/sizes` are those of one compiler.
fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc).arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.unwrap_or_default().trim().to_owned()
}
