//! A WebSocket by async-tungstenite on the byte duplex of an upgrade.

use std::time::Duration;

use async_std::future::timeout;
use async_std::stream::StreamExt;
use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::handshake::derive_accept_key;
use async_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use waterspout::prelude::*;
use waterspout::{BoxDuplex, Upgrade};

/// How long a client may say nothing.
const IDLE: Duration = Duration::from_secs(300);

/// RFC 6455 section 4.2; no subprotocol, no extension.
pub(crate) async fn handshake(cx: &mut Context) -> Result {
    let asks = cx
        .header("upgrade")
        .is_some_and(|name| name.eq_ignore_ascii_case("websocket"));
    if !asks || cx.header("sec-websocket-version") != Some("13") {
        cx.set_header("upgrade", "websocket")?;
        cx.set_header("sec-websocket-version", "13")?;
        cx.set_status(426);
        return cx.write("This is a WebSocket.");
    }
    if !is_same_host(cx) {
        return Err(Error::new(403).message("a page of another host"));
    }
    let key = cx
        .header("sec-websocket-key")
        .filter(|key| key.len() == 24)
        .status(400)?;
    let accept = derive_accept_key(key.as_bytes());
    cx.set_header("sec-websocket-accept", accept)?;
    cx.upgrade(HeaderValue::from_static("websocket"), Upgrade::new(echo))
}

/// A browser says which page asks (RFC 6455 section 10.2); other programs need not.
fn is_same_host(cx: &Context) -> bool {
    let Some(origin) = cx.header("origin") else {
        return true;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.zip(cx.header("host"))
        .is_some_and(|(page, own)| page.eq_ignore_ascii_case(own))
}

async fn echo(io: BoxDuplex) {
    let config = WebSocketConfig::default()
        .read_buffer_size(8 << 10)
        .write_buffer_size(8 << 10)
        .max_write_buffer_size(4 << 20)
        .max_message_size(Some(1 << 20))
        .max_frame_size(Some(1 << 20));
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    // Pings and the client's close are answered in `next`.
    while let Ok(Some(Ok(message))) = timeout(IDLE, socket.next()).await {
        let content = message.is_text() || message.is_binary();
        if content && socket.send(message).await.is_err() {
            break;
        }
    }
}
