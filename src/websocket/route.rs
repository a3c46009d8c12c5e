//! From a request to an open WebSocket.

use std::sync::Arc;

use http::HeaderMap;
use http::header::HeaderValue;

use super::driver::Life;
use super::pump::{Pump, Times};
use super::shared::Shared;
#[cfg(feature = "async-tungstenite")]
use super::tungstenite::Tungstenite;
use super::{
    Agreed, Connection, Engine, Options, Role, ServerHandshake, WebSocket, WebSocketHandler, origin,
};
use crate::error::Result;
use crate::handler::{Context, RequestHandler};
use crate::upgrade::Upgrade;

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// The handler of a route that leads to WebSockets: it makes a new one for each connection.
pub(crate) struct Route<F> {
    factory: F,
    options: Options,
}

impl<F> Route<F> {
    pub(crate) fn new(factory: F, options: Options) -> Self {
        // What the engine cannot do is not offered.
        let compression = options.compression.filter(|_| options.engine.compresses());
        let options = Options {
            compression,
            ..options
        };
        Self { factory, options }
    }
}

impl<F, H> RequestHandler for Route<F>
where
    F: Fn() -> H + Send + Sync + 'static,
    H: WebSocketHandler,
{
    async fn get(&self, cx: &mut Context) -> Result {
        let handshake = ServerHandshake::read(cx.request())?;
        cx.check_upgrade()?;
        let mut handler = (self.factory)();
        origin::check(cx, |origin| handler.check_origin(origin, cx))?;
        handler.prepare(cx).await?;
        if cx.is_finished() {
            return Ok(());
        }
        let offered: Vec<&str> = handshake.protocols().iter().map(String::as_str).collect();
        let subprotocol = handler.select_subprotocol(&offered);
        let mut fields = HeaderMap::new();
        let deflate = handshake.accept(subprotocol.as_deref(), &self.options, &mut fields)?;
        for (name, value) in &fields {
            cx.set_header(name.clone(), value.clone())?;
        }
        let ws = WebSocket {
            shared: Arc::new(Shared::new(self.options.send_queue)),
            subprotocol: subprotocol.map(String::into_boxed_str),
        };
        let upgrade = self.open(cx, handler, ws, deflate)?;
        cx.upgrade(WEBSOCKET, upgrade)
    }
}

impl<F> Route<F> {
    fn open<H: WebSocketHandler>(
        &self,
        cx: &Context,
        handler: H,
        ws: WebSocket,
        deflate: Option<Agreed>,
    ) -> Result<Upgrade> {
        let carrier = cx.carrier()?.clone();
        let times = Times {
            write_stall: cx.settings().limits.write_stall,
            close_timeout: self.options.close_timeout,
        };
        let shared = ws.shared.clone();
        let mut life = Life {
            handler,
            ws,
            id: cx.request().id().clone(),
            open: false,
        };
        match self.options.engine {
            Engine::Connection => {
                // A server masks nothing, so what the masks are made of does not matter.
                let now = carrier.monotonic();
                let connection = Connection::new(Role::Server, &self.options, deflate, now, 0);
                Ok(Upgrade::stoppable(move |io, stopping| {
                    let mut pump = Pump::new(io, stopping, connection, shared, carrier, &times);
                    // Both are captured: an `async fn` that takes them by value holds them twice.
                    async move { life.run(&mut pump).await }
                }))
            }
            #[cfg(feature = "async-tungstenite")]
            Engine::AsyncTungstenite => {
                let options = self.options.clone();
                Ok(Upgrade::stoppable(move |io, stopping| async move {
                    let mut pump = Tungstenite::open(io, stopping, &options, shared, carrier, &times).await;
                    life.run(&mut pump).await;
                }))
            }
        }
    }
}
