//! async-h1 behind a guard.
//!
//! async-h1 is frozen, and alone on a connection it reads some requests otherwise than their sender meant them, waits
//! without a limit, loses what was pipelined and answers no error. So it is given no connection. The guard is the
//! connection itself with the engine of the core: that reads the head, finds where the body ends, keeps the time, and
//! decides how a response is framed. In between stands async-h1, with what it does well:
//!
//! - [`carry`]: the body of a request, framed anew without anything that could be read in two ways, goes through its
//!   decoder. The head it is given says the body's length and nothing else; the application's request is made of the head
//!   that the client sent, so method, target and fields are as they were, whatever http-types has no place for.
//! - [`Encoded`]: its encoder writes the response, head and body, from a response of http-types.

mod announced;
mod encoded;
mod reframed;
mod request;

pub(crate) use encoded::Encoded;
pub(crate) use request::carry;
