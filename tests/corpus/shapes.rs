//! Functions of unusual shapes: many states, blocks in blocks, no end, constants, labels.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

/// More than 255 states.
macro_rules! many_states {
    ($($n:literal)*) => {
        case! {
            many_states [many_states(1)]
            async fn many_states(n: usize) -> usize {
                let d = D::new("d");
                let mut sum = later("first", n).await;
                $( sum += std::future::ready($n).await; )*
                sum += later("last", n).await;
                sum + d.len()
            }
        }
    };
}

many_states! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
    20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
    40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59
    60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79
    80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
    100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119
    120 121 122 123 124 125 126 127 128 129 130 131 132 133 134 135 136 137 138 139
    140 141 142 143 144 145 146 147 148 149 150 151 152 153 154 155 156 157 158 159
    160 161 162 163 164 165 166 167 168 169 170 171 172 173 174 175 176 177 178 179
    180 181 182 183 184 185 186 187 188 189 190 191 192 193 194 195 196 197 198 199
    200 201 202 203 204 205 206 207 208 209 210 211 212 213 214 215 216 217 218 219
    220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239
    240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 259
    260 261 262 263 264 265 266 267 268 269 270 271 272 273 274 275 276 277 278 279
    280 281 282 283 284 285 286 287 288 289 290 291 292 293 294 295 296 297 298 299
}

case! {
    const_blocks [const_blocks(2)]
    async fn const_blocks(n: usize) -> usize {
        let d = D::new("d");
        let list = [const { 1 + 1 }, later("n", n).await, const { usize::MAX }];
        const { assert!(usize::BITS >= 16) };
        let none = [const { None::<D> }; 3];
        tick("between").await;
        let n = list[const { 0 }] + list[1] + later("const", const { 3 * 3 }).await;
        n + none.len() + d.len()
    }
}

case! {
    labelled_blocks [labelled_blocks(0), labelled_blocks(1), labelled_blocks(2), labelled_blocks(3)]
    async fn labelled_blocks(n: usize) -> usize {
        let found = 'outer: {
            let _a = D::new("a");
            let inner = 'inner: {
                let _b = D::new("b");
                if later("outer", n == 0).await {
                    break 'outer D::new("from outer");
                }
                if n == 1 {
                    break 'inner later("inner", 5).await;
                }
                'third: {
                    'fourth: {
                        if later("fourth", n == 2).await {
                            break 'fourth;
                        }
                        if n == 3 {
                            break 'third;
                        }
                        tick("neither").await;
                    }
                    tick("after the fourth").await;
                }
                7
            };
            tick("after inner").await;
            if inner == 5 { break 'outer D::new("five") }
            D::new("end")
        };
        tick("after").await;
        found.len()
    }
}

case! {
    loops_in_loops [loops_in_loops(2), loops_in_loops(3)]
    async fn loops_in_loops(n: usize) -> usize {
        let mut count = 0;
        let value = 'outer: loop {
            let _outer = D::new("outer");
            let inner = loop {
                count += 1;
                let _inner = D::new("inner");
                match later("count", count).await {
                    1 => continue 'outer,
                    2 => break D::new("value"),
                    m if m == n => break 'outer D::new("outer value"),
                    _ => break 'outer later("last", D::new("last value")).await,
                }
            };
            tick("between").await;
            if n == 2 { break inner; }
        };
        tick("after").await;
        value.len() + count
    }
}

case! {
    no_end [no_end(1)]
    async fn no_end(n: usize) -> usize {
        async fn stops(n: usize) -> ! {
            let _d = D::new("stops");
            loop {
                if later("round", n).await > 0 {
                    panic!("stopped");
                }
            }
        }
        let d = D::new("d");
        if n > 0 {
            stops(n).await
        } else {
            d.len()
        }
    }
}

case! {
    never [async move { never(2).await }]
    async fn never(n: usize) -> ! {
        let _d = D::new("d");
        let mut rounds = 0;
        loop {
            rounds += later("round", 1).await;
            if rounds == n {
                panic!("stopped after {rounds}");
            }
        }
    }
}

case! {
    never_without_a_loop [async move { never_without_a_loop().await }]
    async fn never_without_a_loop() -> ! {
        fn stop(_: &D) -> ! { panic!("stopped") }
        let d = D::new("d");
        tick("before").await;
        stop(&d)
    }
}

case! {
    unreachable_ends [unreachable_ends(1), unreachable_ends(2), unreachable_ends(3)]
    async fn unreachable_ends(n: usize) -> Result<usize, Large> {
        let d = D::new("d");
        match n {
            1 => return Ok(later("one", 1).await),
            2 => loop {
                if later("two", true).await {
                    return Err(Large(d));
                }
            },
            _ => {
                tick("three").await;
                panic!("three")
            }
        }
    }
}

case! {
    let_else_at_the_end [let_else_at_the_end(Some(1)), let_else_at_the_end(None)]
    async fn let_else_at_the_end(n: Option<usize>) -> usize {
        let _d = D::new("d");
        let (Some(n), e) = (n, D::new("e")) else {
            let _f = D::new("f");
            tick("else").await;
            return later("none", 0).await;
        };
        n + e.len()
    }
}

case! {
    let_else_of_every_kind [
        let_else_of_every_kind(0), let_else_of_every_kind(1), let_else_of_every_kind(2),
        let_else_of_every_kind(3),
    ]
    async fn let_else_of_every_kind(n: usize) -> usize {
        let mut rounds = 0;
        let kept = shape(n);
        let sum = 'found: {
            let Shape::Two(ref a, _) = kept else {
                let lock = Lock::new("else");
                break 'found lock.lock().query(1) + later("not two", 5).await;
            };
            look(a).await + a.len()
        };
        let value = loop {
            rounds += 1;
            let (Shape::One(d) | Shape::Two(d, _)) = later("shape", shape(n + rounds - 1)).await else {
                if later("round", rounds).await == 3 {
                    break D::new("third");
                }
                continue;
            };
            let Some(first) = make("temporary").touch().name().chars().next() else {
                unreachable!("{}", later("never", 1).await)
            };
            tick("found").await;
            assert_eq!(first, 't');
            break d;
        };
        tick("after").await;
        sum + value.len()
    }
}

case! {
    blocks_for_values [blocks_for_values(1)]
    async fn blocks_for_values(n: usize) -> usize {
        let a = { let d = D::new("a"); tick("a").await; d }.len();
        let b = unsafe { let d = D::new("b"); later("b", d).await }.len() + { n };
        let c = Pair({ tick("left").await; D::new("left") }, { let _d = D::new("d"); { { later("right", 3).await } } });
        let d = [(), { tick("unit").await }, ()].len();
        let e = loop { break { let d = D::new("e"); tick("e").await; d.len() } } + if n == 1 { later("if", 1).await } else { 0 };
        tick("after").await;
        a + b + c.0.len() + c.1 + d + e
    }
}

case! {
    calls_itself [calls_itself(3)]
    async fn calls_itself(n: usize) -> usize {
        let d = D::new(format!("d{n}"));
        if n == 0 {
            return later("end", 1).await;
        }
        let below = Box::pin(calls_itself(n - 1)).await;
        tick("back").await;
        below + d.len()
    }
}
