//! Sockets, plain and under TLS.

mod stream;
mod tcp;

pub(crate) use stream::Stream;
pub(crate) use tcp::Tcp;
