async fn deliver(mut queue: Queue, limit: usize) -> usize {
    let mut sent = 0;
    let mut note = |what: &str| sent += what.len();
    while let Some(message) = queue.pop().await {
        note(&message.text);
        peer(&message.to).send(message, next_id().await).await;
    }
    queue.into_log().iter().filter(|entry| entry.len() < limit).count() + sent
}
