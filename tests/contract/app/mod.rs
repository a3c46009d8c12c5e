//! The application that every carrier carries.

mod files;
mod forms;
mod guards;
mod input;
mod life;
mod output;
pub(crate) mod responses;
mod stream;
mod upgrade;
mod users;

use waterspout::cookies::CookieSecret;
use waterspout::prelude::*;
use waterspout::session::{MemoryStore, Sessions};
use waterspout::testing::{Lint, Report};
use waterspout::{Body, Compression, Cors, HttpBody, Limits};

use crate::ledger::Ledger;

/// The limit for buffered bodies.
pub(crate) const BODY_LIMIT: u64 = 2 << 20;

pub(crate) fn build(ledger: &Ledger) -> (Application, Report) {
    let (lint, report) = Lint::new();
    let app = Application::new()
        .settings(Settings {
            limits: Limits {
                body: BODY_LIMIT,
                ..Limits::default()
            },
            cookie_secret: Some(CookieSecret::new("It's a secret to everybody")),
            login_url: Some("/login".into()),
            trusted_origins: vec!["https://trusted.example.com".into()],
            decompress_request: true,
            ..Settings::default()
        })
        .sessions(Sessions::new(MemoryStore::new()))
        .state(ledger.clone())
        .middleware(lint)
        .middleware(Order("outer"))
        .middleware(Order("inner"))
        .middleware(
            Cors::new()
                .allow_origins(["https://app.example"])
                .allow_methods(["GET", "PUT"]),
        )
        .middleware(Compression::new())
        .wrap(request_trailers)
        .not_found(NotFound)
        .get("/", async |cx| cx.write("Hello, world"));
    let app = input::routes(app);
    let app = guards::routes(app);
    let app = users::routes(app);
    let app = output::routes(app);
    let app = responses::routes(app);
    let app = life::routes(app);
    let app = stream::routes(app);
    let app = upgrade::routes(app);
    let app = files::routes(app);
    let app = forms::routes(app);
    (app, report)
}

/// The tag of the case that asks.
fn tag(cx: &Context) -> Result<String> {
    cx.get_query_argument("tag")
}

fn ledger(cx: &Context) -> Result<Ledger> {
    cx.state::<Ledger>().cloned()
}

struct NotFound;

impl RequestHandler for NotFound {
    async fn other(&self, cx: &mut Context) -> Result {
        cx.set_status(404);
        cx.set_header("content-type", "text/plain")?;
        let path = cx.request().path().to_owned();
        cx.write(format!("nothing at {path}"))
    }
}

/// The names of the middleware a request has passed so far.
#[derive(Clone, Default)]
struct Passed(Vec<&'static str>);

struct Order(&'static str);

impl Middleware for Order {
    async fn handle(&self, mut request: Request, next: Next<'_>) -> Response {
        let mut passed: Passed = request.extensions_mut().remove().unwrap_or_default();
        passed.0.push(self.0);
        request.extensions_mut().insert(passed);
        let marked = request.path() == "/order";
        let mut response = next.run(request).await;
        if marked {
            response
                .headers_mut()
                .append("x-order", HeaderValue::from_static(self.0));
        }
        response
    }
}

/// Answers `/trailers-in` itself: the trailers of a request are not the handlers' to see yet, only middleware's.
async fn request_trailers(mut request: Request, next: Next<'_>) -> Response {
    if request.path() != "/trailers-in" {
        return next.run(request).await;
    }
    let (mut text, mut body) = (String::new(), request.take_body());
    while let Some(frame) = next_frame(&mut body).await {
        match frame.map(waterspout::Frame::into_trailers) {
            Ok(Ok(trailers)) => {
                for (name, value) in &trailers {
                    text.push_str(&format!("{name}={}\n", String::from_utf8_lossy(value.as_bytes())));
                }
            }
            Ok(Err(data)) => text.push_str(&format!(
                "{} bytes\n",
                data.into_data().map_or(0, |data| data.len())
            )),
            Err(error) => return Response::text(error.to_string()).with_status(error.status()),
        }
    }
    Response::text(text)
}

async fn next_frame(body: &mut Body) -> Option<Result<waterspout::Frame<Bytes>, waterspout::BodyError>> {
    std::future::poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await
}
