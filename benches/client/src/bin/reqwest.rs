//! reqwest on tokio's current-thread runtime.

use client::{CONCURRENT, measure, or_exit};
use tokio::task::{JoinSet, LocalSet};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client = runtime.block_on(async { reqwest::Client::builder().no_proxy().build().expect("a client") });
    measure(|work| {
        LocalSet::new().block_on(&runtime, async {
            let mut tasks = JoinSet::new();
            for _ in 0..CONCURRENT {
                let (work, client) = (work.clone(), client.clone());
                tasks.spawn_local(async move {
                    while work.take() {
                        let response = or_exit(client.get(&work.url).send().await);
                        let body = or_exit(response.bytes().await);
                        assert!(!body.is_empty());
                    }
                });
            }
            while tasks.join_next().await.is_some() {}
        });
    });
}
