async fn fetch(&self, name: &str) -> Result<Vec<u8>, Failure> {
    let mut attempt = 0;
    let mut connection = 'connected: loop {
        attempt += 1;
        match self.connect(name).await {
            Ok(connection) => break 'connected connection,
            Err(failure) if failure.is_final() || attempt == self.attempts => return Err(failure),
            Err(_) => self.pause(attempt).await,
        }
    };
    let mut body = Vec::new();
    while let Some(chunk) = connection.chunk().await? {
        if chunk.is_empty() && !self.keep_alive {
            break;
        }
        body.extend(chunk);
    }
    if self.caches {
        self.store(name, &body).await;
    }
    let Some(signature) = connection.signature().await else {
        return Ok(body);
    };
    if signature.is_empty() || self.verify(&body, &signature).await? {
        Ok(body)
    } else {
        Err(Failure::Forged)
    }
}
