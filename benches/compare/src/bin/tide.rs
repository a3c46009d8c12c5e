//! tide 0.16 on async-std with one executor thread, without its log middleware.

use std::net::SocketAddr;

use async_global_executor::GlobalExecutorConfig;
use async_std::net::{TcpListener, TcpStream};
use async_std::task;
use compare::Message;
use tide::{Body, Request, Server};

async fn plaintext(_: Request<()>) -> tide::Result<&'static str> {
    Ok(compare::HELLO)
}

async fn json(_: Request<()>) -> tide::Result<Body> {
    Body::from_json(&Message::HELLO)
}

async fn user(request: Request<()>) -> tide::Result<String> {
    Ok(request.param("id")?.to_owned())
}

fn main() -> tide::Result<()> {
    async_global_executor::init_with_config(
        GlobalExecutorConfig::default()
            .with_min_threads(1)
            .with_max_threads(1),
    );
    // On the executor thread from the first accept on; the main thread only waits.
    task::block_on(task::spawn(async {
        let mut app = Server::new();
        app.at("/plaintext").get(plaintext);
        app.at("/json").get(json);
        app.at("/user/:id").get(user);

        // tide's own listener has no way to set TCP_NODELAY; this is what it does, and that.
        let listener = TcpListener::bind(compare::addr()).await?;
        compare::announce(listener.local_addr()?)?;
        loop {
            let (stream, peer) = listener.accept().await?;
            stream.set_nodelay(true)?;
            task::spawn(serve(app.clone(), stream, peer));
        }
    }))
}

async fn serve(app: Server<()>, stream: TcpStream, peer: SocketAddr) {
    let local = stream.local_addr().ok();
    // A client that goes away is no news here.
    let _ = async_h1::accept(stream, |mut request| async {
        request.set_local_addr(local);
        request.set_peer_addr(Some(peer));
        app.respond(request).await
    })
    .await;
}
