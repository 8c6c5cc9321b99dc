async fn divide(pair: Pair, keep_left: bool) -> (Half, usize) {
    let Pair { left, right } = pair;
    pause().await;
    let kept = if keep_left {
        drop(right);
        left
    } else {
        left.close().await;
        right
    };
    let size = kept.size();
    (kept, size)
}
