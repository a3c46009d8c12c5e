//! hyper-util's pooling client on tokio's current-thread runtime.

use bytes::Bytes;
use client::{CONCURRENT, measure, or_exit};
use http_body_util::{BodyExt, Empty};
use hyper::Uri;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::task::{JoinSet, LocalSet};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    measure(|work| {
        LocalSet::new().block_on(&runtime, async {
            let mut tasks = JoinSet::new();
            for _ in 0..CONCURRENT {
                let (work, client) = (work.clone(), client.clone());
                tasks.spawn_local(async move {
                    while work.take() {
                        let uri: Uri = work.url.parse().expect("an URL");
                        let response = or_exit(client.get(uri).await);
                        let body = or_exit(response.into_body().collect().await).to_bytes();
                        assert!(!body.is_empty());
                    }
                });
            }
            while tasks.join_next().await.is_some() {}
        });
    });
}
