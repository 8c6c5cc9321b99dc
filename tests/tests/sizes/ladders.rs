//! Functions that call functions that call functions.

use crate::shapes::*;
use crate::table::Table;

shapes! {
    fn leaf [] () -> u8 { io().await; Ok(1) }
    fn w1 [] () -> u8 { leaf().await }
    fn w2 [] () -> u8 { w1().await }
    fn w3 [] () -> u8 { w2().await }
    fn w4 [] () -> u8 { w3().await }
    fn one_1 [] () -> u8 { Ok(leaf().await? + 1) }
    fn two_1 [] () -> u8 { Ok(leaf().await? + leaf().await?) }
    fn three_1 [] () -> u8 { Ok(leaf().await? + leaf().await? + leaf().await?) }
    fn three_2 [] () -> u8 { Ok(three_1().await? + three_1().await? + three_1().await?) }
    fn three_3 [] () -> u8 { Ok(three_2().await? + three_2().await? + three_2().await?) }
    fn three_4 [] () -> u8 { Ok(three_3().await? + three_3().await? + three_3().await?) }
    fn three_5 [] () -> u8 { Ok(three_4().await? + three_4().await? + three_4().await?) }
    fn a [](bytes: B) -> () { io().await; see(&bytes); Ok(()) }
    fn b_ [](bytes: B) -> () { a(bytes).await?; a([1; 1024]).await }
    fn c [](bytes: B) -> () { b_(bytes).await?; b_([1; 1024]).await }
    fn deep_text [](text: String) -> usize { let n = text.len(); io().await; Ok(n + text.len()) }
    fn deeper_text [](text: String) -> usize { Ok(deep_text(text.clone()).await? + text.len()) }
    fn deepest_text [](text: String) -> usize { Ok(deeper_text(text.clone()).await? + text.len()) }
}

pub(crate) fn measure(table: &mut Table) {
    measure! { table, "Ladders":
        leaf();
        w1() => leaf();
        w2() => w1() => leaf();
        w3() => w2() => w1() => leaf();
        w4() => w3() => w2() => w1() => leaf();
        one_1() => leaf();
        two_1() => leaf();
        three_1() => leaf();
        three_2() => three_1() => leaf();
        three_3() => three_2() => three_1() => leaf();
        three_4() => three_3() => three_2() => three_1() => leaf();
        three_5() => three_4() => three_3() => three_2() => three_1() => leaf();
        a(b());
        b_(b()) => a(b());
        c(b()) => b_(b()) => a(b());
        deep_text(String::new());
        deeper_text(String::new()) => deep_text(String::new());
        deepest_text(String::new()) => deeper_text(String::new()) => deep_text(String::new());
    }
}
