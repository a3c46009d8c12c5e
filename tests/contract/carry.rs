//! What the suite asks of a carrier.

use crate::message::{Payload, RawRequest, RawResponse};

/// What a carrier can do, and so which cases it must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It hands over a byte duplex after a 101.
    Upgrade,
    /// The application reads a piece of the request before the next is sent.
    StreamIn,
    /// The client reads a piece of the response before the next is written.
    StreamOut,
    /// It notices that the client has left while a response streams.
    SeesLeaving,
    /// It carries trailer fields, both ways.
    Trailers,
    /// It carries HTTP/1.0.
    Old,
    /// It carries one exchange after the other on a connection.
    KeepAlive,
}

/// A carrier with the suite's application running behind it.
pub(crate) trait Carry {
    fn name(&self) -> String;

    fn can(&self, need: Need) -> bool;

    /// Where the application is mounted; targets are given without it.
    fn mount(&self) -> &str {
        ""
    }

    /// The client's address as the application must see it, `-` where it sees none.
    fn remote(&self) -> &str {
        "-"
    }

    /// Names of cases that this carrier cannot pass, each with its reason.
    fn exceptions(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    /// Begins an exchange: the head is sent, of the body nothing.
    fn open(&self, request: RawRequest) -> Box<dyn Talk>;

    /// The same, on the connection of a whole exchange before it.
    fn open_behind(&self, first: RawRequest, second: RawRequest) -> Box<dyn Talk> {
        panic!("no connection to send {second:?} on, behind {first:?}");
    }

    /// The same application behind a carrier of its own, which may be stopped.
    fn another(&self) -> Box<dyn Carry>;

    /// Tells its connections that it stops.
    fn stop(&self);

    /// A whole exchange.
    fn exchange(&self, request: RawRequest) -> RawResponse {
        let payload = request.payload.clone();
        let mut talk = self.open(request);
        match payload {
            Payload::None | Payload::Behind(_) | Payload::Open | Payload::OpenWithLength(_) => {}
            Payload::Whole(body) => talk.send(&body),
            Payload::Pieces(pieces, _) => {
                pieces.iter().for_each(|piece| talk.send(piece));
                talk.end();
            }
        }
        talk.rest()
    }
}

/// What comes next of a response's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Piece(Vec<u8>),
    End,
    Cut,
}

/// An exchange on its way. Dropped, the client leaves.
pub(crate) trait Talk {
    /// Sends a piece of the body; after a 101, bytes of the new protocol.
    fn send(&mut self, piece: &[u8]);

    /// Ends the body, with the trailers of the request's payload; after a 101, what is sent.
    fn end(&mut self);

    /// The response's head, its body empty.
    fn head(&mut self) -> RawResponse;

    /// The next piece of the response's body; after a 101, what comes next of the new protocol.
    fn hear(&mut self) -> Heard;

    /// The trailers, once the body has ended.
    fn trailers(&self) -> Vec<crate::message::Field>;

    /// The whole response from here on.
    fn rest(&mut self) -> RawResponse {
        let mut response = self.head();
        loop {
            match self.hear() {
                Heard::Piece(piece) => response.body.extend(piece),
                Heard::End => break,
                Heard::Cut => {
                    response.cut = true;
                    break;
                }
            }
        }
        response.trailers = self.trailers();
        response
    }
}
