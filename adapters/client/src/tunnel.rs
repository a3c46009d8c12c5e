//! A way through a proxy: CONNECT (RFC 9110 section 9.3.6).

use std::fmt;
use std::future::poll_fn;
use std::io;

use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use waterspout::h1::{self, Answer, BodySize};
use waterspout::{ClientError, ClientErrorKind};

use crate::connection::Connection;
use crate::net::Stream;
use crate::proxy::Proxy;
use crate::route::Key;

/// The proxy said no.
#[derive(Debug)]
struct Refused(StatusCode);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy answered {}", self.0)
    }
}

impl std::error::Error for Refused {}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ClientError {
    ClientError::new(ClientErrorKind::Proxy).with_source(source)
}

/// Asks the proxy at the other end of `connection` for a way to the host of `key`, and gives back the bare stream.
pub(crate) async fn tunnel(
    mut connection: Connection,
    proxy: &Proxy,
    key: &Key,
) -> Result<Stream, ClientError> {
    ask(&mut connection.h1, proxy, key)?;
    loop {
        match connection.h1.next_event() {
            Answer::NeedMore => {
                let exchanged = poll_fn(|cx| {
                    if let std::task::Poll::Ready(Err(error)) = connection.poll_send(cx) {
                        return Err(error).into();
                    }
                    connection.poll_receive(cx)
                });
                exchanged.await.map_err(failed)?;
            }
            Answer::Informational(_) => {}
            Answer::Response(head) if head.status.is_success() => break,
            Answer::Response(head) => return Err(failed(Refused(head.status))),
            Answer::Refused(fault) => return Err(failed(fault)),
            Answer::Data(_) | Answer::End(_) | Answer::CutOff | Answer::Closed => {
                return Err(failed(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
        }
    }
    let (early, _) = connection.h1.into_parts();
    if !early.is_empty() {
        // In TLS it is we who speak first, so this is not from the server.
        return Err(failed("the proxy sent more than its answer"));
    }
    Ok(connection.stream)
}

fn ask(h1: &mut h1::Client, proxy: &Proxy, key: &Key) -> Result<(), ClientError> {
    let target = format!("{}:{}", key.host, key.port);
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::try_from(&target).map_err(failed)?);
    if let Some(value) = &proxy.authorization {
        headers.insert(PROXY_AUTHORIZATION, value.clone());
    }
    h1.send_request(&Method::CONNECT, &target, &headers, BodySize::Empty)
        .and_then(|()| h1.finish(None))
        .map_err(failed)
}
