//! self: by reference, mutable, by value; methods of generic types and of traits.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    by_ref [Holder::new().by_ref(2)]
    {
        #[derive(Debug)]
        struct Holder { d: D, n: usize }
        impl Holder { fn new() -> Self { Holder { d: D::new("self"), n: 1 } } }
    }
    impl Holder {
        async fn by_ref(&self, n: usize) -> usize {
            let _own = D::new("own");
            tick("before").await;
            self.d.touch();
            let r = &self.d;
            tick("between").await;
            r.len() + self.n + n
        }
    }
}

case! {
    by_mut [Holder::new().by_mut("new"), drive_twice()]
    {
        #[derive(Debug)]
        struct Holder { d: D, n: usize }
        impl Holder { fn new() -> Self { Holder { d: D::new("self"), n: 1 } } }
        async fn drive_twice() -> usize {
            let mut h = Holder::new();
            h.by_mut("first").await + h.by_mut("second").await
        }
    }
    impl Holder {
        async fn by_mut(&mut self, name: &str) -> usize {
            self.n += 1;
            tick("before").await;
            self.d.rename(name);
            let n = &mut self.n;
            tick("between").await;
            *n += 1;
            self.d = later("d", D::new("replaced")).await;
            self.n + self.d.len()
        }
    }
}

case! {
    by_value [Holder::new().by_value()]
    {
        struct Holder { d: D, e: D }
        impl Holder { fn new() -> Self { Holder { d: D::new("d"), e: D::new("e") } } }
    }
    impl Holder {
        async fn by_value(self) -> usize {
            let _own = D::new("own");
            tick("before").await;
            let d = self.d;
            tick("between").await;
            d.len()
        }
    }
}

case! {
    by_mut_value [Holder::new().by_mut_value()]
    {
        struct Holder { d: D }
        impl Holder { fn new() -> Self { Holder { d: D::new("d") } } }
    }
    impl Holder {
        async fn by_mut_value(mut self) -> usize {
            self.d.rename("renamed");
            tick("before").await;
            self.d = D::new("replaced");
            tick("between").await;
            self.d.len()
        }
    }
}

case! {
    returns_self [Holder::new().returns_self()]
    {
        #[derive(Debug)]
        struct Holder { d: D }
        impl Holder { fn new() -> Self { Holder { d: D::new("d") } } }
    }
    impl Holder {
        async fn returns_self(self) -> Self {
            tick("before").await;
            let Self { d } = self;
            tick("between").await;
            Self { d: d.with("!") }
        }
    }
}

case! {
    through_a_box [Box::new(Holder::new()).through_a_box(), shared()]
    {
        use std::rc::Rc;
        struct Holder { d: D }
        impl Holder { fn new() -> Self { Holder { d: D::new("d") } } }
        async fn shared() -> usize { Box::new(Holder::new()).through_a_box().await }
    }
    impl Holder {
        async fn through_a_box(self: Box<Self>) -> usize {
            tick("before").await;
            self.d.touch().len()
        }
    }
}

case! {
    through_a_pin [unpinned()]
    {
        use std::pin::Pin;
        struct Holder { d: D }
        async fn unpinned() -> usize {
            let mut h = Holder { d: D::new("d") };
            Pin::new(&mut h).through_a_pin().await
        }
    }
    impl Holder {
        async fn through_a_pin(mut self: Pin<&mut Self>) -> usize {
            tick("before").await;
            self.d.rename("pinned");
            let this = self.as_mut().get_mut();
            tick("between").await;
            this.d.len()
        }
    }
}

case! {
    calls_itself_and_others [Holder::new().calls_others(2)]
    {
        struct Holder { d: D, n: usize }
        impl Holder {
            const FACTOR: usize = 3;
            fn new() -> Self { Holder { d: D::new("d"), n: 1 } }
            fn scale(&self, n: usize) -> usize { event("scale"); n * self.n }
            async fn look(&self) -> usize { tick("look").await; self.d.touch().len() }
            fn plain(n: usize) -> usize { n + 1 }
        }
    }
    impl Holder {
        async fn calls_others(&mut self, n: usize) -> usize {
            let a = self.look().await;
            self.n = Self::plain(a) * Self::FACTOR;
            let b = self.scale(later("n", n).await);
            let add = |x: usize| x + self.n;
            tick("between").await;
            add(b)
        }
    }
}

case! {
    no_self [Holder::no_self(2)]
    {
        #[derive(Debug)]
        struct Holder(D);
    }
    impl Holder {
        async fn no_self(n: usize) -> Self {
            let d = later("d", D::new("d")).await;
            tick("between").await;
            Self(d)
        }
    }
}

case! {
    borrowing_type [borrowed()]
    {
        struct Holder<'a> { d: &'a mut D, text: &'a str }
        async fn borrowed() -> usize {
            let mut d = D::new("d");
            let text = String::from("a b");
            let mut h = Holder { d: &mut d, text: &text };
            h.next_word().await.map_or(0, str::len)
        }
    }
    impl<'a> Holder<'a> {
        async fn next_word(&mut self) -> Option<&'a str> {
            tick("before").await;
            self.d.rename("used");
            let (word, rest) = self.text.split_once(' ')?;
            self.text = rest;
            tick("between").await;
            Some(word)
        }
    }
}

case! {
    of_a_trait [Holder { d: D::new("d") }.run(3)]
    {
        trait Run { async fn run(&self, n: usize) -> usize; }
        struct Holder { d: D }
    }
    impl Run for Holder {
        async fn run(&self, n: usize) -> usize {
            let own = D::new("own");
            tick("before").await;
            self.d.touch().len() + n + own.len()
        }
    }
}

case! {
    self_in_macros [Holder { d: D::new("d"), n: 2 }.self_in_macros()]
    {
        struct Holder { d: D, n: usize }
    }
    impl Holder {
        async fn self_in_macros(&self) -> String {
            tick("before").await;
            assert_eq!(self.n, 2, "{}", self.d);
            let text = format!("{} {}", self.d, later("n", self.n).await);
            let all = vec![self.d.name(), "x"];
            tick("between").await;
            format!("{text}{}", all.len())
        }
    }
}
