//! A server by async-tungstenite alone: it echoes, and takes the subprotocol `chat`.

use std::net::{SocketAddr, TcpListener};

use async_std::net::TcpStream;
use async_std::stream::StreamExt;
use async_std::task;
use async_tungstenite::accept_hdr_async;
use async_tungstenite::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};

/// Chooses `chat` where it is offered.
struct Chat;

impl Callback for Chat {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let offered = request.headers().get("sec-websocket-protocol");
        let offered = offered.and_then(|names| names.to_str().ok()).unwrap_or_default();
        if offered.split(',').any(|name| name.trim() == "chat") {
            let chosen = "chat".parse().expect("a value");
            response.headers_mut().insert("sec-websocket-protocol", chosen);
        }
        Ok(response)
    }
}

async fn echo(stream: TcpStream) {
    let Ok(mut socket) = accept_hdr_async(stream, Chat).await else {
        return;
    };
    // Pings and closes are answered by the library.
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}

/// Starts it on a port of its own, for as long as the tests run.
pub(super) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let listener = async_std::net::TcpListener::from(listener);
    task::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            task::spawn(echo(stream));
        }
    });
    address
}
