//! What stands around handlers.

use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::support::{Log, pause, poll, request, respond};

struct Named(&'static str, Log);

impl Middleware for Named {
    async fn handle(&self, request: Request, next: Next<'_>) -> Response {
        self.1.add(format!("{} in", self.0));
        let mut response = next.run(request).await;
        self.1.add(format!("{} out", self.0));
        response
            .headers_mut()
            .append("x-by", HeaderValue::from_static(self.0));
        response
    }
}

async fn page(cx: &mut Context) -> Result {
    cx.write("page")
}

#[test]
fn the_first_one_added_is_the_outermost() {
    let log = Log::default();
    let app = Application::new()
        .middleware(Named("outer", log.clone()))
        .middleware(Named("inner", log.clone()))
        .get("/", page);
    let client = TestClient::new(app);
    let response = client.get("/").send();
    assert_eq!(log.take(), ["outer in", "inner in", "inner out", "outer out"]);
    let by: Vec<_> = response.headers().get_all("x-by").iter().collect();
    assert_eq!(by, ["inner", "outer"]);
    // Around what no route answers, too.
    let missing = client.get("/nowhere").send();
    assert_eq!(missing.status(), 404);
    assert!(missing.headers().contains_key("x-by"));
}

#[test]
fn one_that_does_not_go_on_keeps_the_rest_from_running() {
    let log = Log::default();
    let app = Application::new()
        .wrap(async |request: Request, next: Next<'_>| {
            if request.headers().contains_key("authorization") {
                next.run(request).await
            } else {
                Response::text("who are you?").with_status(401)
            }
        })
        .middleware(Named("inner", log.clone()))
        .get("/", page);
    let client = TestClient::new(app);
    let refused = client.get("/").send();
    assert_eq!((refused.status(), refused.text()), (401, "who are you?"));
    assert_eq!(
        refused.header("x-content-type-options"),
        Some("nosniff"),
        "every response gets it"
    );
    assert!(log.take().is_empty());
    assert_eq!(client.get("/").header("authorization", "x").send().text(), "page");
}

#[test]
fn a_panic_in_a_middleware_is_a_500() {
    for after in [false, true] {
        let log = Log::default();
        let app = Application::new()
            .wrap(async move |request: Request, next: Next<'_>| {
                let go = request.uri().path() == "/after";
                if !go {
                    panic!("before");
                }
                let _response = next.run(request).await;
                panic!("after");
            })
            .middleware(Named("inner", log.clone()))
            .get("/after", page);
        let response = respond(&app, request("GET", if after { "/after" } else { "/" }, ()));
        assert_eq!(response.status(), 500);
        assert!(response.headers().contains_key("x-request-id"));
        assert_eq!(log.take().len(), if after { 2 } else { 0 });
    }
}

#[test]
fn a_path_can_be_rewritten_and_is_checked_again() {
    let app = Application::new()
        .wrap(async |mut request: Request, next: Next<'_>| {
            let to = request
                .headers()
                .get("x-to")
                .and_then(|to| to.to_str().ok())
                .map(str::to_owned);
            if let Some(uri) = to.and_then(|to| to.parse().ok()) {
                request.set_uri(uri);
            }
            next.run(request).await
        })
        .get("/new/{id}", async |cx| {
            let id = cx.path_arg("id")?.to_owned();
            let raw = cx.request().raw_target();
            cx.write(format!("{id} was {}", String::from_utf8_lossy(&raw)))
        });
    let client = TestClient::new(app);
    assert_eq!(
        client.get("/old").header("x-to", "/new/7?x").send().text(),
        "7 was /old"
    );
    assert_eq!(
        client.get("/old").header("x-to", "/new/../x").send().status(),
        400
    );
    assert_eq!(client.get("/old").send().status(), 404);
}

#[test]
fn method_body_and_extensions_can_be_changed() {
    struct Tenant(u32);
    let app = Application::new()
        .wrap(async |mut request: Request, next: Next<'_>| {
            request.set_method(Method::PUT);
            let body = request.take_body().collect(100).await.unwrap_or_default();
            request.set_body([&body[..], b"!"].concat());
            request.extensions_mut().insert(Tenant(7));
            next.run(request).await
        })
        .put("/", async |cx| {
            let tenant = cx.extensions().get::<Tenant>().status(500)?.0;
            let text = format!("{tenant} {}", String::from_utf8_lossy(cx.body()));
            cx.write(text)
        });
    assert_eq!(TestClient::new(app).post("/").body("hi").send().text(), "7 hi!");
}

#[test]
fn a_middleware_may_wait_and_may_be_dropped() {
    let log = Log::default();
    struct Waits(Log);
    impl Middleware for Waits {
        async fn handle(&self, request: Request, next: Next<'_>) -> Response {
            let _running = self.0.guard("dropped");
            pause().await;
            next.run(request).await
        }
    }
    let app = Application::new().middleware(Waits(log.clone())).get("/", page);
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(log.take(), ["dropped"]);
    let mut future = Box::pin(app.respond(request("GET", "/", ())));
    assert!(poll(future.as_mut()).is_pending());
    assert!(poll(future.as_mut()).is_ready());
}

#[test]
fn the_handler_may_run_again() {
    // `Next` is for one call: a second try is another request to the application.
    let app = Application::new().get("/", page);
    let inner = app.clone();
    let outer = Application::new().get_with("/", inner, async |inner: Application, cx: &mut Context| {
        let mut text = Vec::new();
        for _ in 0..2 {
            let response = inner.respond(request("GET", "/", ())).await;
            text.push(response.status().to_string());
        }
        cx.write(text.join(" "))
    });
    assert_eq!(TestClient::new(outer).get("/").send().text(), "200 OK 200 OK");
}
