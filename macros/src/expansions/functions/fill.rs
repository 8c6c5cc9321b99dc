fn fill(socket: AsyncSocket, line: FutureVar<String>) -> Future<()> {
    let text = socket.recv_line().await?;
    line.with(|line| line.push_str(&text));
}
