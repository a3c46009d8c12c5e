//! Sockets, plain and under TLS.

mod stream;
mod switched;
mod tcp;

pub(crate) use stream::Stream;
pub(crate) use switched::Switched;
pub(crate) use tcp::Tcp;
