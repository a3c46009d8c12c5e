//! fastwebsockets over hyper: `fastwebsockets echo|broadcast`, as its examples do it, on one thread.

use std::convert::Infallible;

use fastwebsockets::upgrade::{UpgradeFut, upgrade};
use fastwebsockets::{FragmentCollector, FragmentCollectorRead, Frame, OpCode, WebSocketError};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let echoes = std::env::args().nth(1).as_deref() != Some("broadcast");
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    let (group, _) = broadcast::channel(16);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let group = group.clone();
        let service = service_fn(move |request| accept(request, echoes, group.clone()));
        // A connection's errors are its own.
        tokio::spawn(
            http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades(),
        );
    }
}

async fn accept(
    mut request: Request<Incoming>,
    echoes: bool,
    group: broadcast::Sender<Bytes>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let Ok((response, socket)) = upgrade(&mut request) else {
        let mut refusal = Response::new(Empty::new());
        *refusal.status_mut() = hyper::StatusCode::BAD_REQUEST;
        return Ok(refusal);
    };
    tokio::spawn(async move {
        if echoes {
            let _ = echo(socket).await;
        } else {
            let _ = member(socket, group).await;
        }
    });
    Ok(response)
}

async fn echo(socket: UpgradeFut) -> Result<(), WebSocketError> {
    let mut socket = FragmentCollector::new(socket.await?);
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Text | OpCode::Binary => socket.write_frame(frame).await?,
            _ => {}
        }
    }
}

async fn member(socket: UpgradeFut, group: broadcast::Sender<Bytes>) -> Result<(), WebSocketError> {
    let mut news = group.subscribe();
    let (read, mut write) = socket.await?.split(tokio::io::split);
    let mut read = FragmentCollectorRead::new(read);
    tokio::spawn(async move {
        while let Ok(data) = news.recv().await {
            if write
                .write_frame(Frame::binary(data.as_ref().into()))
                .await
                .is_err()
            {
                return;
            }
        }
    });
    loop {
        // Pings and closes do not come from this load.
        let frame = read
            .read_frame(&mut |_| async { Ok::<(), WebSocketError>(()) })
            .await?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Binary => drop(group.send(Bytes::copy_from_slice(&frame.payload))),
            _ => {}
        }
    }
}
