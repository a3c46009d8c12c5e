//! hyper 1 on a single-threaded tokio, set up as fast as it sensibly goes.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use compare::Message;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn answer(content_type: HeaderValue, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

async fn serve(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(match request.uri().path() {
        "/plaintext" => answer(TEXT, Bytes::from_static(compare::HELLO.as_bytes())),
        "/json" => match serde_json::to_vec(&Message::HELLO) {
            Ok(body) => answer(JSON, body.into()),
            Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
        },
        path => match path.strip_prefix("/user/") {
            Some(id) => answer(TEXT, Bytes::copy_from_slice(id.as_bytes())),
            None => status(StatusCode::NOT_FOUND),
        },
    })
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(compare::addr()).await?;
        compare::announce(listener.local_addr()?)?;
        let mut http = http1::Builder::new();
        http.pipeline_flush(true);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let connection = http.serve_connection(TokioIo::new(stream), service_fn(serve));
            tokio::spawn(async move {
                // A client that goes away is no news here.
                let _ = connection.await;
            });
        }
    })
}
