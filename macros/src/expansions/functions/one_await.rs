async fn one_await(seconds: u64) -> u64 {
    let slept = sleep(seconds).await;
    slept + seconds
}
