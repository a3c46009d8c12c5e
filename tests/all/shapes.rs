//! Every shape a handler or a middleware can have compiles, and the promises about `Send` hold.

use std::sync::Arc;
use std::time::Duration;

use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout::{Finisher, Upgrade};

const fn send<T: Send>(_: &T) {}
const fn send_static<T: Send + 'static>(_: &T) {}
const fn is_send<T: Send>() {}
const fn is_sync<T: Sync>() {}
const fn is_clone<T: Clone>() {}

#[test]
fn what_carriers_hold_can_move_and_be_shared() {
    is_send::<Application>();
    is_sync::<Application>();
    is_clone::<Application>();
    is_send::<Request>();
    is_send::<Response>();
    is_send::<Body>();
    is_send::<Error>();
    is_sync::<Error>();
    is_send::<Context>();
    is_send::<Finisher>();
    is_send::<Upgrade>();
    let future = {
        let app = Application::new().get("/", item);
        let future = app.respond(crate::support::request("GET", "/", ()));
        drop(app);
        future
    };
    send(&future);
    send_static(&future);
    assert_eq!(futures_lite::future::block_on(future).status(), 200);
}

async fn item(cx: &mut Context) -> Result {
    cx.write("item")
}

async fn stateful(state: Arc<str>, cx: &mut Context) -> Result {
    cx.write(format!("stateful {state}"))
}

fn plain(cx: &mut Context) -> impl Future<Output = Result> + Send {
    let result = cx.write("plain");
    async { result }
}

/// Borrows across awaits, in loops and matches, as real handlers do.
async fn awaits(cx: &mut Context) -> Result {
    let argument = cx.get_argument_or("n", "2")?;
    for n in 0..argument.parse().status(400)? {
        cx.sleep(Duration::from_millis(n)).await?;
        let text: String = cx.unblock(move || n.to_string())?.await;
        cx.write(&text)?;
        cx.flush().await?;
    }
    let borrowed = cx.request().path().to_owned();
    helper(cx, &borrowed).await
}

async fn helper(cx: &mut Context, text: &str) -> Result {
    cx.flush().await?;
    cx.write(text)
}

struct Unit;
impl RequestHandler for Unit {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write("unit")
    }
}

struct Generic<T>(T);
impl<T: ToString + Send + Sync + 'static> RequestHandler for Generic<T> {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write(self.0.to_string())
    }
}

async fn around(request: Request, next: Next<'_>) -> Response {
    next.run(request).await
}

#[test]
fn every_shape_of_a_handler_answers() {
    let captured = Arc::<str>::from("state");
    let app = Application::new()
        .get("/item", item)
        .get("/closure", async |cx| cx.write("closure"))
        .get("/annotated", async |cx: &mut Context| cx.write("annotated"))
        .get("/block", async |cx| {
            let text = String::from("block");
            cx.write(text)
        })
        .get("/plain", plain)
        .get("/awaits", awaits)
        .get_with("/with", captured.clone(), stateful)
        .get_with(
            "/with-closure",
            captured,
            async |state: Arc<str>, cx: &mut Context| cx.write(format!("with {state}")),
        )
        .get_with("/with-tuple", (1, "two"), async |(one, two), cx: &mut Context| {
            cx.write(format!("{one} {two}"))
        })
        .route("/unit", Unit)
        .route("/generic", Generic(7))
        .any("/any", item)
        .streaming("/streaming", async |cx| {
            while cx.read_chunk().await?.is_some() {}
            cx.write("streamed")
        });
    let client = TestClient::new(app);
    for (path, text) in [
        ("/item", "item"),
        ("/closure", "closure"),
        ("/annotated", "annotated"),
        ("/block", "block"),
        ("/plain", "plain"),
        ("/awaits", "01/awaits"),
        ("/with", "stateful state"),
        ("/with-closure", "with state"),
        ("/with-tuple", "1 two"),
        ("/unit", "unit"),
        ("/generic", "7"),
        ("/any", "item"),
        ("/streaming", "streamed"),
    ] {
        assert_eq!(client.get(path).send().text(), text, "{path}");
    }
}

#[test]
fn every_verb_has_its_functions() {
    let with = async |text: &'static str, cx: &mut Context| cx.write(text);
    let app = Application::new()
        .get("/", item)
        .head("/", item)
        .post("/", item)
        .put("/", item)
        .patch("/", item)
        .delete("/", item)
        .options("/", item)
        .get_with("/with", "GET", with)
        .head_with("/with", "HEAD", with)
        .post_with("/with", "POST", with)
        .put_with("/with", "PUT", with)
        .patch_with("/with", "PATCH", with)
        .delete_with("/with", "DELETE", with)
        .options_with("/with", "OPTIONS", with);
    let client = TestClient::new(app);
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let content = |text: &'static str| if method == "HEAD" { "" } else { text };
        assert_eq!(client.request(method, "/").send().text(), content("item"));
        assert_eq!(client.request(method, "/with").send().text(), content(method));
    }
}

#[test]
fn every_shape_of_a_middleware_wraps() {
    struct Nothing;
    impl Middleware for Nothing {
        async fn handle(&self, request: Request, next: Next<'_>) -> Response {
            next.run(request).await
        }
    }
    let app = Application::new()
        .middleware(Nothing)
        .wrap(around)
        .wrap(async |request, next| next.run(request).await)
        .wrap(async |request: Request, next: Next<'_>| {
            let path = request.path().to_owned();
            let mut response = next.run(request).await;
            if let Ok(value) = path.try_into() {
                response.headers_mut().insert("x-path", value);
            }
            response
        })
        .get("/", item);
    assert_eq!(TestClient::new(app).get("/").send().header("x-path"), Some("/"));
}
