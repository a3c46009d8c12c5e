//! The way to a WebSocket.

use http::{Method, StatusCode};

use super::call::{Call, finish, whole, within};
use super::error::{ClientError, ClientErrorKind};
use super::request::Checked;
use crate::websocket::{HandshakeError, Opening, WebSocketClientConnection, WebSocketRequest};

impl Call {
    /// Sends the handshake, and gives the connection when the server has agreed.
    pub(super) async fn websocket(
        self,
        request: WebSocketRequest,
    ) -> Result<WebSocketClientConnection, ClientError> {
        let (fetch, opening) = Opening::new(request).map_err(refused)?;
        let Checked { outgoing, terms } = fetch.check(&self.limits)?;
        let url = outgoing.url.clone();
        let opened = async {
            let mut incoming = self.engine.send(outgoing).await?;
            if incoming.status != StatusCode::SWITCHING_PROTOCOLS {
                let (head, body) = finish(incoming, &Method::GET, url.clone(), &terms, 0)?;
                return Err(ClientError::of_status(whole(head, body).await?));
            }
            let Some(io) = incoming.upgraded.take() else {
                let none =
                    ClientErrorKind::WebSocket("the engine of this client cannot change to another protocol");
                return Err(ClientError::new(none));
            };
            let headers = incoming.headers;
            opening.finish(headers, io, self.engine.clone()).map_err(refused)
        };
        within(&*self.engine, terms.request, opened)
            .await
            .map_err(|error| error.with_url(&url))
    }
}

fn refused(error: HandshakeError) -> ClientError {
    let detail = match error {
        HandshakeError::Invalid(detail) => detail,
        HandshakeError::Status(_) => "the server does not upgrade to WebSocket",
    };
    ClientError::new(ClientErrorKind::WebSocket(detail))
}
