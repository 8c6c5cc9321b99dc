async fn total(&self, names: &[String]) -> Result<u64, Missing> {
    let mut total = 0;
    for name in names {
        let size = self.size_of(name).await?;
        if size == 0 {
            continue;
        }
        total += size;
    }
    Ok(total)
}
