//! tokio-tungstenite: `tungstenite echo|broadcast`, as its examples do it, on one thread.

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::{Bytes, Message, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let echoes = std::env::args().nth(1).as_deref() != Some("broadcast");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let (group, _) = broadcast::channel(16);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let group = group.clone();
        // A connection's errors are its own.
        tokio::spawn(async move {
            if echoes {
                let _ = echo(stream).await;
            } else {
                let _ = member(stream, group).await;
            }
        });
    }
}

async fn echo(stream: TcpStream) -> Result<()> {
    let mut socket = accept_async(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn member(stream: TcpStream, group: broadcast::Sender<Bytes>) -> Result<()> {
    let mut news = group.subscribe();
    let (mut sink, mut source) = accept_async(stream).await?.split();
    loop {
        tokio::select! {
            message = source.next() => match message {
                Some(Ok(Message::Binary(data))) => drop(group.send(data)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            Ok(data) = news.recv() => sink.send(Message::Binary(data)).await?,
        }
    }
}
