//! Answers that async-h1 encodes.

use http::{HeaderName, StatusCode};
use waterspout::compat::Refused;
use waterspout::h1::EncodeError;
use waterspout::{Response, Upgrade};

use super::body::Feed;
use super::exchange::{Ended, size};
use super::{Connection, Gone, Then};
use crate::async_h1::Encoded;
use crate::runtime::Backend;

/// What a response keeps when it is replaced.
const KEPT: [&str; 2] = ["x-content-type-options", "x-request-id"];

/// Why a response is not sent as it is; nothing has been sent then.
enum Fault {
    Framing(EncodeError),
    Vocabulary(Refused),
}

impl<B: Backend> Connection<B> {
    /// As the other engine answers: the framing is decided by its rules.
    pub(super) async fn answer_encoded(
        &mut self,
        mut response: Response,
        is_head: bool,
        mut feed: Option<Feed>,
    ) -> Result<Then, Gone> {
        let mut upgrade = response.take_upgrade();
        if upgrade.is_none() {
            self.announce_close(feed.as_ref());
        }
        let kept = KEPT.map(|name| (name, response.headers().get(name).cloned()));
        let encoded = match self.encode(response, is_head) {
            Ok(encoded) => encoded,
            Err(fault) => {
                let mut instead = self.instead(&fault, upgrade.take());
                for (name, value) in kept {
                    instead
                        .headers_mut()
                        .extend(value.map(|value| (HeaderName::from_static(name), value)));
                }
                self.encode(instead, is_head).map_err(|_| Gone)?
            }
        };
        match (self.send_stream(encoded, &mut feed).await?, upgrade) {
            (Ended::Cut, _) => Ok(Then::Cut),
            (Ended::Whole, Some(upgrade)) => Ok(Then::Upgrade(upgrade)),
            (Ended::Whole, None) if self.engine.body_pending() => self.after(feed).await,
            (Ended::Whole, None) => Ok(self.next_or_close()),
        }
    }

    /// Begins the response: from here on it is sent.
    fn encode(&mut self, mut response: Response, is_head: bool) -> Result<Encoded, Fault> {
        let body = response.take_body();
        let size = size(response.headers(), &body, is_head);
        let framing = self
            .engine
            .frame_response(response.status(), response.headers_mut(), size)
            .map_err(Fault::Framing)?;
        let date = self.date();
        let encoded = Encoded::new(response, body, &framing, &date).map_err(Fault::Vocabulary)?;
        self.engine.begin_encoded(&framing).map_err(Fault::Framing)?;
        Ok(encoded)
    }

    /// What is sent in the place of a response that cannot be.
    fn instead(&mut self, fault: &Fault, upgrade: Option<Upgrade>) -> Response {
        match fault {
            Fault::Framing(_) if upgrade.is_some() => {
                self.engine.close_after_response();
                let refused = Response::text("400: this request does not ask for an upgrade\n");
                return refused.with_status(StatusCode::BAD_REQUEST.as_u16());
            }
            Fault::Framing(error) => {
                self.engine.close_after_response();
                tracing::error!(target: "waterspout", %error, "a response cannot be framed");
            }
            Fault::Vocabulary(refused) => {
                tracing::error!(target: "waterspout", %refused, "async-h1 cannot send a response");
            }
        }
        Response::text("500: Internal Server Error\n").with_status(StatusCode::INTERNAL_SERVER_ERROR.as_u16())
    }
}
