fn serve(client: AsyncSocket, room: Rc<Room>) -> Future<()> {
    loop {
        let line = client.recv_line().await?;
        if line.is_empty() {
            break;
        }
        room.say(&format!("{}: {line}", client.name())).await?;
    }
    room.leave(client);
}
