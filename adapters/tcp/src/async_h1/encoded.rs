//! A response as async-h1 encodes it.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_h1::server::Encoder;
use bytes::Bytes;
use futures_io::AsyncRead;
use http_body::Body as HttpBody;
use waterspout::compat::http_types::headers::{CONNECTION, CONTENT_TYPE, DATE};
use waterspout::compat::{Refused, http_types};
use waterspout::h1::{HttpDate, LengthField, ResponseFraming};
use waterspout::{Body, BodyError, Frame, Response};

use super::announced::Announced;

/// How much is encoded at once.
const PIECE: usize = 64 << 10;

thread_local! {
    /// One buffer serves all connections of a thread; it is out of here while it is in use.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The bytes of a whole response, from the status line on: a body whose first piece is the head.
pub(crate) struct Encoded {
    encoder: Encoder,
    /// The head as far as it is there, `None` once it has been passed on.
    head: Option<Vec<u8>>,
    /// async-h1 knows no response without a length or a coding; where there is to be neither, its length is cut out.
    cut_length: bool,
}

impl Encoded {
    /// `response` with the fields that the framing has left, and its body apart.
    ///
    /// # Errors
    /// What http-types has no place for: a status, a field's value beyond ASCII.
    pub(crate) fn new(
        response: Response,
        body: Body,
        framing: &ResponseFraming,
        date: &HttpDate,
    ) -> Result<Self, Refused> {
        let mut response = http_types::Response::try_from(response)?;
        let typed = response.header(CONTENT_TYPE).is_some();
        response.set_body(sized(body, framing)?);
        if !typed {
            // http-types puts one there.
            response.remove_header(CONTENT_TYPE);
        }
        if let Some(connection) = framing.connection {
            response.insert_header(CONNECTION, connection);
        }
        if response.header(DATE).is_none()
            && let Ok(date) = str::from_utf8(date.as_bytes())
        {
            response.insert_header(DATE, date);
        }
        // It looks at the method for HEAD only. What has no body is never read, whatever length its head says.
        let method = match framing.has_body {
            true => http_types::Method::Get,
            false => http_types::Method::Head,
        };
        Ok(Self {
            encoder: Encoder::new(response, method),
            head: Some(Vec::new()),
            cut_length: matches!(framing.length, LengthField::None | LengthField::UntilClose),
        })
    }

    /// Encodes a piece; an empty one is the end.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        let mut buffer = BUFFER.take();
        buffer.resize(PIECE, 0);
        let read = Pin::new(&mut self.encoder).poll_read(cx, &mut buffer);
        let piece = read.map_ok(|len| Bytes::copy_from_slice(buffer.get(..len).unwrap_or(&buffer)));
        BUFFER.set(buffer);
        piece.map_err(BodyError::other)
    }
}

/// The body as http-types has it: its length is what async-h1 makes the framing of.
fn sized(body: Body, framing: &ResponseFraming) -> Result<http_types::Body, Refused> {
    let announced = |length| match body.into_bytes() {
        Ok(bytes) if framing.has_body => bytes.into(),
        Ok(_) => Body::new(Announced::new(Body::empty(), length)),
        Err(stream) => Body::new(Announced::new(stream, length)),
    };
    match framing.length {
        LengthField::None => Ok(http_types::Body::empty()),
        LengthField::Length(length) => announced(Some(length)).try_into(),
        LengthField::Chunked => announced(None).try_into(),
        LengthField::UntilClose => {
            let body: http_types::Body = announced(None).try_into()?;
            // A length that is never reached: so it is not sent in chunks.
            Ok(http_types::Body::from_reader(body, Some(usize::MAX)))
        }
    }
}

/// Cuts `content-length` out of a head: async-h1's own, as it was given none.
fn cut_length(head: &mut Vec<u8>) {
    const FIELD: &[u8] = b"\r\ncontent-length: ";
    let found = head.windows(FIELD.len()).position(|bytes| bytes == FIELD);
    let Some(start) = found else { return };
    let rest = head.get(start + 2..).unwrap_or_default();
    if let Some(len) = rest.windows(2).position(|bytes| bytes == b"\r\n") {
        head.drain(start..start + 2 + len); // in bounds: the next line's CRLF stands behind it
    }
}

impl HttpBody for Encoded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        loop {
            let piece = ready!(this.poll_piece(cx))?;
            let Some(head) = &mut this.head else {
                return Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))));
            };
            if piece.is_empty() {
                return Poll::Ready(Some(Err(BodyError::cut_off())));
            }
            // The body never comes in one piece with it.
            head.extend_from_slice(&piece);
            if head.ends_with(b"\r\n\r\n") {
                let mut head = this.head.take().unwrap_or_default();
                if this.cut_length {
                    cut_length(&mut head);
                }
                return Poll::Ready(Some(Ok(Frame::data(head.into()))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_length_is_cut_out() {
        for (head, left) in [
            (
                "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\ndate: x\r\n\r\n",
                "HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n",
            ),
            (
                "HTTP/1.1 200 OK\r\na: content-length: 1\r\ncontent-length: 18446744073709551615\r\n\r\n",
                "HTTP/1.1 200 OK\r\na: content-length: 1\r\n\r\n",
            ),
            ("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
        ] {
            let mut head = head.as_bytes().to_vec();
            cut_length(&mut head);
            assert_eq!(String::from_utf8_lossy(&head), left);
        }
    }
}
