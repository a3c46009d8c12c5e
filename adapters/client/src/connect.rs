//! Opening a connection: name, TCP, proxy, TLS.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_io::Timer;
use url::Host;
use waterspout::{ClientError, ClientErrorKind, h1};

use crate::connection::Connection;
use crate::net::{Stream, Tcp};
use crate::race::{interleave, race};
use crate::resolve::{Resolve, resolve};
use crate::route::Key;
use crate::tls::Trust;
use crate::tunnel::tunnel;

/// RFC 8305 section 5: the pause before the next address is tried.
const ATTEMPT: Duration = Duration::from_millis(250);

pub(crate) struct Connector {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) limits: h1::Limits,
}

impl Connector {
    /// A connection on which requests for `key` can be sent, within `timeout`.
    pub(crate) async fn connect(&self, key: &Key, timeout: Duration) -> Result<Box<Connection>, ClientError> {
        let mut work = pin!(self.open(key));
        let mut timer = None;
        poll_fn(|cx| {
            if let Poll::Ready(result) = work.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            let timer = timer.get_or_insert_with(|| Timer::after(timeout));
            let late = || Err(ClientError::new(ClientErrorKind::ConnectTimeout));
            Pin::new(timer).poll(cx).map(|_| late())
        })
        .await
    }

    async fn open(&self, key: &Key) -> Result<Box<Connection>, ClientError> {
        let (tcp, remote) = match &key.proxy {
            None => self.dial(&key.host, key.port).await?,
            Some(proxy) => {
                let dialled = self.dial(&proxy.host, proxy.port).await;
                dialled.map_err(|error| ClientError::new(ClientErrorKind::Proxy).with_source(error))?
            }
        };
        let tcp = match &key.proxy {
            Some(proxy) if key.tunnel => {
                let connection = self.connection(Stream::Plain(tcp), remote);
                match tunnel(connection, proxy, key).await? {
                    Stream::Plain(tcp) => tcp,
                    Stream::Tls(_) => return Err(ClientError::new(ClientErrorKind::Proxy)), // not reached: plain above
                }
            }
            _ => tcp,
        };
        let stream = if key.https {
            Stream::Tls(Box::new(self.trust.handshake(&key.host, tcp).await?))
        } else {
            Stream::Plain(tcp)
        };
        Ok(Box::new(self.connection(stream, remote)))
    }

    fn connection(&self, stream: Stream, remote: SocketAddr) -> Connection {
        Connection {
            stream,
            h1: h1::Client::new(self.limits),
            remote,
        }
    }

    async fn dial(&self, host: &Host<String>, port: u16) -> Result<(Tcp, SocketAddr), ClientError> {
        let addresses = resolve(&*self.resolver, host, port).await;
        let addresses =
            addresses.map_err(|error| ClientError::new(ClientErrorKind::Dns).with_source(error))?;
        let attempt = |address| async move { io::Result::Ok((Tcp::connect(address).await?, address)) };
        let pause = || async {
            Timer::after(ATTEMPT).await;
        };
        let connected = race(interleave(addresses), attempt, pause).await;
        connected.map_err(|error| ClientError::new(ClientErrorKind::Connect).with_source(error))
    }
}
