//! `RedirectHandler`, `addslash`, `removeslash`.

use waterspout::RedirectHandler;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

fn location(response: &TestResponse) -> (u16, Option<&str>) {
    (response.status(), response.header("location"))
}

fn handlers() -> TestClient {
    TestClient::new(
        Application::new()
            .route("/src", RedirectHandler::new("/dst"))
            .route("/for-now", RedirectHandler::new("/dst").permanent(false))
            .route("/query", RedirectHandler::new("/dst?foo=bar#part"))
            .route("/user/{id}/{*rest}", RedirectHandler::new("/u/{id}?path={rest}"))
            .route_regex("/(.*?)/(.*?)/(.*)", RedirectHandler::new("/{1}/{0}/{2}"))
            .route("/missing", RedirectHandler::new("/{name}"))
            .route("/braces", RedirectHandler::new("/{name")),
    )
}

#[test]
fn arguments_and_query_go_along() {
    let client = handlers();
    for (target, status, to) in [
        ("/src", 301, Some("/dst")),
        ("/src?foo=bar&foo=1", 301, Some("/dst?foo=bar&foo=1")),
        ("/src?", 301, Some("/dst")),
        ("/for-now", 302, Some("/dst")),
        ("/query", 301, Some("/dst?foo=bar#part")),
        ("/query?a=b", 301, Some("/dst?foo=bar&a=b#part")),
        ("/user/7/a/b+c&d", 301, Some("/u/7?path=a/b%2Bc%26d")),
        ("/a/b/c", 301, Some("/b/a/c")),
        ("/a%2Fb/c%20d/%C3%A9", 301, Some("/c%20d/a%2Fb/%C3%A9")),
        ("/missing", 500, None),
        ("/braces", 500, None),
    ] {
        assert_eq!(location(&client.get(target).send()), (status, to), "{target}");
        assert_eq!(
            location(&client.head(target).send()),
            (status, to),
            "HEAD {target}"
        );
    }
    let post = client.post("/src").send();
    assert_eq!(
        (post.status(), post.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
}

/// The rows of Tornado 6.6.1, and what goes through.
#[test]
fn no_argument_leads_elsewhere() {
    let client = TestClient::new(
        Application::new()
            .route_regex("/a/(.*)/b", RedirectHandler::new("/{0}/b"))
            .route_regex("/moved(.*)", RedirectHandler::new("https://www.example.com{0}"))
            .route_regex("/any/(.*)", RedirectHandler::new("{0}"))
            .route_regex("/hostless/(.*)", RedirectHandler::new("https://{0}"))
            .route_regex("/relative/(.*)", RedirectHandler::new("//{0}")),
    );
    for target in [
        "/a/%5Cexample.com/b",
        "/a/%5c%5cexample.com/b",
        "/a/%09/example.com/b",
        "/a/%0d%0a/example.com/b",
        "/a///example.com/b",
        "/a//example.com/b",
        "/a/%2Fexample.com/b",
        "/a//b",
        "/moved@evil.com/x",
        "/moved%40evil.com/x",
        "/moved:8080/x",
        "/moved.evil.com/x",
        "/any/javascript:alert(1)",
        "/any/%01javascript:alert(1)",
        "/any/java%0Ascript:alert(1)",
        "/any/https://evil.com",
        "/any///evil.com",
        "/hostless/evil.com",
        "/relative/evil.com",
    ] {
        let response = client.get(target).send();
        assert_eq!(location(&response), (400, None), "{target}");
    }
    for (target, to) in [
        ("/a/example.com/b", "/example.com/b"),
        ("/a/x//y/b", "/x//y/b"),
        ("/moved/x@y:8080", "https://www.example.com/x@y:8080"),
        ("/moved?a=//b", "https://www.example.com?a=//b"),
        ("/any/page", "page"),
        ("/any/a:b/c", "400"),
    ] {
        let response = client.get(target).send();
        match to {
            "400" => assert_eq!(response.status(), 400, "{target} reads as a scheme"),
            to => assert_eq!(location(&response), (301, Some(to)), "{target}"),
        }
    }
}

fn slashes() -> TestClient {
    let add = async |cx: &mut Context| {
        cx.addslash()?;
        cx.write("with")
    };
    let remove = async |cx: &mut Context| {
        cx.removeslash()?;
        cx.write("without")
    };
    let app = Application::new()
        .any("/add/{*rest}", add)
        .any("//add.example.com", add)
        .any("///add.example.com", add)
        .any("/remove/{*rest}", remove)
        .any("//{*rest}", remove)
        .any("/", remove)
        .get("/docs/", async |cx| cx.write("docs"))
        .post("/docs/", async |cx| cx.write("posted"))
        .addslash()
        .name("docs")
        .get("/item/{id}", async |cx| {
            let id = cx.path_arg("id")?.to_owned();
            cx.write(id)
        })
        .removeslash();
    TestClient::new(app)
}

/// The rows of Tornado 6.6.1, and the rest of what the decorators do.
#[test]
fn slashes_come_and_go() {
    let client = slashes();
    for (method, target, status, to) in [
        ("GET", "/add/x", 301, Some("/add/x/")),
        ("HEAD", "/add/x", 301, Some("/add/x/")),
        ("GET", "/add/x?a=b&c", 301, Some("/add/x/?a=b&c")),
        ("GET", "/add/x/", 200, None),
        ("POST", "/add/x", 404, None),
        ("POST", "/add/x/", 200, None),
        ("GET", "//add.example.com", 403, None),
        ("GET", "///add.example.com", 403, None),
        ("GET", "/remove/x/", 301, Some("/remove/x")),
        ("GET", "/remove/x///?a=b", 301, Some("/remove/x?a=b")),
        ("GET", "/remove/x", 200, None),
        ("PUT", "/remove/x/", 404, None),
        ("PUT", "/remove/x", 200, None),
        ("GET", "//rem.example.com/x/", 403, None),
        ("GET", "///rem.example.com/x/", 403, None),
        ("GET", "/", 200, None),
        ("GET", "//", 200, None),
        ("GET", "/docs", 301, Some("/docs/")),
        ("GET", "/docs?a=b", 301, Some("/docs/?a=b")),
        ("POST", "/docs", 404, None),
        ("POST", "/docs/", 200, None),
        ("GET", "/item/7/", 301, Some("/item/7")),
        ("GET", "/item/a%2Fb/", 301, Some("/item/a%2Fb")),
        ("GET", "/item/7", 200, None),
    ] {
        let response = client.request(method, target).send();
        assert_eq!(location(&response), (status, to), "{method} {target}");
    }
    let mounted = slashes().mount("/app");
    assert_eq!(mounted.get("/docs").send().header("location"), Some("/app/docs/"));
}

#[test]
fn a_route_without_the_spelling_is_told_at_the_start() {
    let plain = || Application::new().get("/a", async |cx| cx.write("a"));
    for app in [
        Application::new().addslash(),
        Application::new().removeslash(),
        plain().addslash(),
        Application::new().get("/", async |cx| cx.write("a")).addslash(),
        Application::new()
            .get("/a/", async |cx| cx.write("a"))
            .removeslash(),
        Application::new()
            .route_regex("/a/", RedirectHandler::new("/"))
            .addslash(),
    ] {
        assert!(app.check().is_err());
    }
    assert_eq!(
        plain()
            .removeslash()
            .name("a")
            .reverse_url("a", &[])
            .ok()
            .as_deref(),
        Some("/a")
    );
}
