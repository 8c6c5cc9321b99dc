async fn first_word(source: Option<Reader>) -> String {
    log("reading").await;
    let mut reader = match source {
        Some(reader) => reader,
        None => return String::new(),
    };
    let text = reader.read().await;
    let words: Vec<&str> = text.split(' ').collect();
    log(words[0]).await;
    words[0].to_owned()
}
