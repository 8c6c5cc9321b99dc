//! A macro that leaves a proc with an error: the proc fails with that.

use async_proc::prelude::*;

macro_rules! bail {
    ($($text:tt)*) => {
        return Err(Error::new(format!($($text)*)))
    };
}

#[async_proc]
fn half(n: u32) -> Future<u32> {
    let name = String::from("n");
    Future::ready(()).await?;
    if !n.is_multiple_of(2) {
        bail!("{name} is {n}");
    }
    Future::ready(()).await?;
    match n {
        0 => bail!("{name} is nothing"),
        n => Ok(n / 2),
    }
}

#[test]
fn a_proc_fails_with_what_its_macro_returns() {
    assert_eq!(wait_for(half(4)).ok(), Some(2));
    let errors = [3, 0].map(|n| wait_for(half(n)).map_err(|error| error.to_string()));
    assert_eq!(errors, [Err("n is 3".to_owned()), Err("n is nothing".to_owned())]);
}
