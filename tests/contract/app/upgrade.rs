//! Routes that leave HTTP.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use waterspout::prelude::*;
use waterspout::websocket::CloseCode;
use waterspout::{BoxDuplex, BoxFuture, Upgrade};

use super::stream::Guard;
use super::{ledger, tag};
use crate::ledger::Ledger;

pub(crate) fn routes(app: Application) -> Application {
    app.wrap(taken_back)
        .get("/upgrade/{how}", upgrade)
        .websocket("/websocket", || Shout(None))
}

async fn upgrade(cx: &mut Context) -> Result {
    let how = cx.path_arg("how")?.to_owned();
    let guard = Guard(ledger(cx)?, tag(cx)?);
    cx.set_header("x-kept", "yes")?;
    let upgrade = Upgrade::stoppable(async move |mut io, stopping| {
        guard.0.note(&guard.1, "runs");
        if io.write_all(b"hi;").await.is_err() {
            return;
        }
        match how.as_str() {
            "echo" => echo(io).await,
            "stop" => say_stop(io, stopping).await,
            "panic" => panic!("as told"),
            _ => {}
        }
    });
    cx.upgrade(HeaderValue::from_static("echo"), upgrade)
}

/// Echoes until `q` or the end comes, and says good-bye.
async fn echo(mut io: BoxDuplex) {
    let mut buffer = [0; 1024];
    loop {
        let Ok(len) = io.read(&mut buffer).await else {
            return;
        };
        let bytes = buffer.get(..len).unwrap_or_default();
        if len == 0 || bytes.contains(&b'q') {
            let _ = io.write_all(b"bye").await;
            return;
        }
        if io.write_all(bytes).await.is_err() {
            return;
        }
    }
}

async fn say_stop(mut io: BoxDuplex, stopping: BoxFuture<'static, ()>) {
    stopping.await;
    let _ = io.write_all(b"stopped").await;
}

/// Changes its mind about an upgrade where it is asked to.
async fn taken_back(request: Request, next: Next<'_>) -> Response {
    let asked = request.headers().contains_key("x-take-back");
    let mut response = next.run(request).await;
    if asked && response.take_upgrade().is_some() {
        return Response::text("taken back").with_status(403);
    }
    response
}

/// Says in upper case what it hears.
struct Shout(Option<(Ledger, String)>);

impl WebSocketHandler for Shout {
    async fn prepare(&mut self, cx: &mut Context) -> Result {
        self.0 = Some((ledger(cx)?, tag(cx)?));
        if cx.has_argument("refuse") {
            return Err(Error::new(403));
        }
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(message.to_string().to_uppercase()).await
    }

    async fn on_close(&mut self, ws: &mut WebSocket) {
        if let Some((ledger, tag)) = &self.0 {
            ledger.note(tag, format!("close {:?}", ws.close_code().map(CloseCode::as_u16)));
        }
    }
}
