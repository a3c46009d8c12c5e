//! The slides' second program, both ways side by side: `cargo run --example fetch [URL]`, then open
//! http://127.0.0.1:8888/await and http://127.0.0.1:8888/callback. A second argument is another address to serve on.

use waterspout::prelude::*;

/// What is fetched: an argument of the program, never of a request, or anybody could fetch from here what they like.
struct Source(String);

#[derive(Template)]
#[template(
    ext = "html",
    source = "<!DOCTYPE html>
<title>{{ url }}</title>
<h1>{{ body.len() }} bytes from {{ url }}</h1>
<pre>{{ body }}</pre>
"
)]
struct Page {
    url: String,
    body: String,
}

/// `await`: a failure of the fetch goes up with `?` and is a 502.
struct Await;

impl RequestHandler for Await {
    async fn get(&self, cx: &mut Context) -> Result {
        let url = cx.state::<Source>()?.0.clone();
        let response = cx.client().fetch(&url).await?;
        let body = response.text()?;
        cx.render(Page { url, body })
    }
}

/// The callback way: the handler returns at once, and the response is finished from the callback.
struct Callback;

impl RequestHandler for Callback {
    async fn get(&self, cx: &mut Context) -> Result {
        let url = cx.state::<Source>()?.0.clone();
        let finisher = cx.detach();
        cx.client().fetch_with(&url.clone(), |result| {
            finisher.complete(|cx| {
                let body = result?.text()?;
                cx.render(Page { url, body })
            });
        });
        Ok(())
    }
}

fn main() -> Result {
    let mut args = std::env::args().skip(1);
    let url = args.next().unwrap_or_else(|| "http://example.com/".into());
    let address = args.next().unwrap_or_else(|| "127.0.0.1:8888".into());
    let app = Application::new()
        .state(Source(url))
        .route("/await", Await)
        .route("/callback", Callback)
        .get("/", async |cx| cx.redirect("/await"));
    waterspout_tcp::run(app, address)
}
