//! An `impl` in an inner block would be there twice.

use async_proc::prelude::*;

#[async_proc]
async fn size(wide: bool) -> usize {
    if wide {
        struct Wide;
        impl Wide {
            fn size(&self) -> usize {
                8
            }
        }
        std::future::ready(()).await;
        return Wide.size();
    }
    4
}

fn main() {
    drop(size(true));
}
