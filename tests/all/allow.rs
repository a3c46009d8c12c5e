//! Methods: HEAD and OPTIONS without being written, 405 with `Allow`, 501.

use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

struct Page;
impl RequestHandler for Page {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write("page")
    }

    async fn put(&self, cx: &mut Context) -> Result {
        cx.set_status(204);
        Ok(())
    }
}

struct OwnHead;
impl RequestHandler for OwnHead {
    async fn head(&self, cx: &mut Context) -> Result {
        cx.set_header("x-head", "own")?;
        cx.set_header("content-length", "7")
    }

    async fn options(&self, cx: &mut Context) -> Result {
        cx.write("my options")
    }
}

struct Wrapper;
impl RequestHandler for Wrapper {
    async fn other(&self, cx: &mut Context) -> Result {
        if *cx.method() == Method::GET {
            return cx.write("inner");
        }
        Err(Error::method_not_allowed())
    }

    fn allow(&self) -> Option<Vec<Method>> {
        Some(vec![Method::GET, Method::HEAD])
    }
}

struct Everything;
impl RequestHandler for Everything {
    async fn other(&self, cx: &mut Context) -> Result {
        let method = cx.method().to_string();
        cx.write(method)
    }
}

/// Written as functions that give futures, not as `async fn`.
struct ByHand;
impl RequestHandler for ByHand {
    fn get(&self, cx: &mut Context) -> impl Future<Output = Result> + Send {
        std::future::ready(cx.write("by hand"))
    }

    #[expect(clippy::manual_async_fn, reason = "this is the shape under test")]
    fn delete(&self, _: &mut Context) -> impl Future<Output = Result> + Send {
        async { Ok(()) }
    }
}

/// Panics before there is a future, where the framework only looks what is written.
struct Eager;
impl RequestHandler for Eager {
    #[expect(unreachable_code, reason = "it is the panic that counts")]
    fn get(&self, _: &mut Context) -> impl Future<Output = Result> + Send {
        panic!("no future");
        std::future::ready(Ok(()))
    }

    #[expect(unreachable_code, reason = "it is the panic that counts")]
    fn write_error(&self, _: &mut Context, _: &Error) -> impl Future<Output = Result> + Send {
        panic!("no future either");
        std::future::ready(Ok(()))
    }

    fn on_connection_close(&self, _: &mut Context) {
        unreachable!("nobody has gone");
    }
}

async fn ok(cx: &mut Context) -> Result {
    cx.write("ok")
}

fn client() -> TestClient {
    TestClient::new(
        Application::new()
            .route("/class", Page)
            .route("/own", OwnHead)
            .route("/wrapper", Wrapper)
            .route("/everything", Everything)
            .route("/hand", ByHand)
            .route("/eager", Eager)
            .get("/functions", ok)
            .post("/functions", ok)
            .get("/refuses", async |_cx| Err(Error::method_not_allowed()))
            .route("/mixed", Page)
            .post("/mixed", ok)
            .any("/any", ok),
    )
}

fn allowed(response: &TestResponse) -> (u16, Option<&str>) {
    (response.status(), response.header("allow"))
}

#[test]
fn head_is_get_without_the_content() {
    let client = client();
    for (path, len) in [
        ("/class", "4"),
        ("/functions", "2"),
        ("/hand", "7"),
        ("/any", "2"),
    ] {
        let response = client.head(path).send();
        assert_eq!((response.status(), response.text()), (200, ""), "{path}");
        assert_eq!(response.header("content-length"), Some(len), "{path}");
        assert_eq!(response.header("content-type"), Some("text/html; charset=UTF-8"));
    }
    let own = client.head("/own").send();
    assert_eq!(
        (own.header("x-head"), own.header("content-length")),
        (Some("own"), Some("7"))
    );
    assert_eq!(client.get("/own").send().status(), 405);
}

#[test]
fn options_is_answered_with_allow_unless_it_is_written() {
    let client = client();
    for (path, methods) in [
        ("/class", "GET, HEAD, PUT, OPTIONS"),
        ("/hand", "GET, HEAD, DELETE, OPTIONS"),
        ("/functions", "GET, HEAD, POST, OPTIONS"),
    ] {
        let response = client.options(path).send();
        assert_eq!(allowed(&response), (204, Some(methods)), "{path}");
        assert_eq!((response.text(), response.header("content-type")), ("", None));
    }
    assert_eq!(client.options("/own").send().text(), "my options");
    assert_eq!(client.options("/everything").send().text(), "OPTIONS");
    let star = client.options("*").send();
    assert_eq!(
        allowed(&star),
        (204, Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
    );
    assert_eq!(client.options("/nowhere").send().status(), 404);
}

#[test]
fn what_is_not_written_is_405_with_allow() {
    let client = client();
    for (path, methods) in [
        ("/class", "GET, HEAD, PUT, OPTIONS"),
        ("/own", "HEAD, OPTIONS"),
        ("/functions", "GET, HEAD, POST, OPTIONS"),
        ("/wrapper", "GET, HEAD"),
    ] {
        let response = client.patch(path).send();
        assert_eq!(allowed(&response), (405, Some(methods)), "{path}");
        assert!(response.text().contains("405: Method Not Allowed"));
    }
}

#[test]
fn a_class_and_functions_on_one_route_are_allowed_together() {
    let client = client();
    assert_eq!(client.get("/mixed").send().text(), "page");
    assert_eq!(client.post("/mixed").send().text(), "ok");
    let together = "GET, HEAD, POST, PUT, OPTIONS";
    assert_eq!(allowed(&client.delete("/mixed").send()), (405, Some(together)));
    assert_eq!(allowed(&client.options("/mixed").send()), (204, Some(together)));
}

#[test]
fn a_function_that_refuses_its_method_says_what_the_route_has() {
    let client = client();
    assert_eq!(
        allowed(&client.get("/refuses").send()),
        (405, Some("GET, HEAD, OPTIONS"))
    );
}

#[test]
fn extension_methods_are_501_where_nothing_takes_them() {
    let client = client();
    for path in ["/class", "/functions", "/nowhere", "/mixed"] {
        assert_eq!(client.request("PROPFIND", path).send().status(), 501, "{path}");
    }
    assert_eq!(
        client.request("PROPFIND", "/everything").send().text(),
        "PROPFIND"
    );
    assert_eq!(client.request("PROPFIND", "/any").send().text(), "ok");
    // Known, though without a function of its own: not allowed rather than not implemented.
    assert_eq!(client.request("TRACE", "/class").send().status(), 405);
    assert_eq!(
        client.request("get", "/class").send().status(),
        501,
        "methods have a case"
    );
    assert_eq!(client.request("CONNECT", "/everything").send().status(), 501);
}

#[test]
fn a_panic_while_the_methods_are_looked_up_is_a_500_like_any_other() {
    let client = client();
    for method in ["GET", "POST", "OPTIONS"] {
        let response = client.request(method, "/eager").send();
        assert_eq!(response.status(), 500, "{method}");
        assert!(
            response.text().contains("500: Internal Server Error</h1>"),
            "{method}"
        );
    }
}
