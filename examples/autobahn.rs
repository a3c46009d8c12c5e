//! The client that Autobahn's suite tests, case by case: `cargo run --release --example autobahn ws://127.0.0.1:9001`.
//! `scripts/autobahn client` starts both and says what came of it.

use std::process::ExitCode;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::websocket::{Options, WebSocketRequest};

const AGENT: &str = "waterspout";

/// Messages up to this size are echoed.
const LARGEST_MESSAGE: usize = 64 << 20;

struct Echo;

impl WebSocketHandler for Echo {
    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(message).await
    }
}

async fn run(server: &str) -> Result {
    let client = waterspout_client::client();
    let mut counting = client.websocket_connect(format!("{server}/getCaseCount")).await?;
    let count = counting.read_message().await;
    let count: u32 = count
        .as_ref()
        .and_then(Message::as_text)
        .unwrap_or_default()
        .parse()?;
    for case in 1..=count {
        let request = WebSocketRequest::new(format!("{server}/runCase?case={case}&agent={AGENT}"));
        let request = request.options(Options {
            max_message: LARGEST_MESSAGE,
            max_frame: LARGEST_MESSAGE,
            max_fragments: 1 << 17,
            // The suite sees to it that no case is waited for without end.
            ping_interval: Some(Duration::from_secs(300)),
            ..Options::default()
        });
        client.websocket_connect(request).await?.run(Echo).await;
    }
    let done = client.websocket_connect(format!("{server}/updateReports?agent={AGENT}"));
    done.await?.read_message().await;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a program of its own")]
fn main() -> ExitCode {
    let Some(server) = std::env::args().nth(1) else {
        eprintln!("usage: autobahn ws://ADDR");
        return ExitCode::from(2);
    };
    match futures_lite::future::block_on(run(&server)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autobahn: {error}");
            ExitCode::FAILURE
        }
    }
}
