//! AsyncHttpClient over waterspout-client, on one thread.

use async_executor::LocalExecutor;
use client::{CONCURRENT, measure, or_exit};
use waterspout::AsyncHttpClient;
use waterspout_client::HttpEngine;

fn main() {
    let engine = HttpEngine::builder().proxy_from_env(false).build();
    let client = AsyncHttpClient::new(or_exit(engine));
    measure(|work| {
        let executor = LocalExecutor::new();
        let tasks: Vec<_> = (0..CONCURRENT)
            .map(|_| {
                let (work, client) = (work.clone(), client.clone());
                executor.spawn(async move {
                    while work.take() {
                        let response = or_exit(client.fetch(&work.url).await);
                        assert!(!response.body().is_empty());
                    }
                })
            })
            .collect();
        async_io::block_on(executor.run(async {
            for task in tasks {
                task.await;
            }
        }));
    });
}
