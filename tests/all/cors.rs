//! Cross-origin resource sharing.

use std::time::Duration;

use waterspout::Cors;
use waterspout::prelude::*;
use waterspout::testing::{TestClient, TestResponse};

const HERE: &str = "https://app.example.com";

fn client(cors: Cors) -> TestClient {
    TestClient::new(routes(Application::new().middleware(cors)))
}

fn routes(app: Application) -> Application {
    app.any("/", async |cx| cx.write("data"))
        .get("/vary", async |cx| {
            cx.set_header("vary", "Cookie")?;
            cx.write("data")
        })
}

fn strict() -> Cors {
    Cors::new()
        .allow_origins([HERE, "http://localhost:8080"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["Content-Type", "x-token"])
        .expose(["x-total", "x-page"])
        .credentials(true)
        .max_age(Duration::from_secs(600))
}

fn preflight(cors: Cors, origin: &str, method: &str, fields: &[&str]) -> TestResponse {
    let client = client(cors);
    let mut request = client.options("/").header("origin", origin);
    request = request.header("access-control-request-method", method);
    for names in fields {
        request = request.header("access-control-request-headers", names);
    }
    request.send()
}

fn shared(response: &TestResponse) -> [Option<&str>; 3] {
    ["origin", "credentials", "expose-headers"].map(|name| {
        let name = match name {
            "expose-headers" => "access-control-expose-headers".to_owned(),
            name => format!("access-control-allow-{name}"),
        };
        response.header(&name)
    })
}

#[test]
fn nothing_is_allowed_that_is_not_named() {
    let client = client(Cors::new());
    let response = client.get("/").header("origin", HERE).send();
    assert_eq!((response.text(), shared(&response)), ("data", [None; 3]));
    let refused = preflight(Cors::new(), HERE, "GET", &[]);
    assert_eq!(
        (refused.status(), refused.text()),
        (403, "CORS: this origin is not allowed\n")
    );
}

#[test]
fn an_origin_that_is_named_may_read() {
    let client = client(strict());
    for (origin, allowed) in [
        (Some(HERE), true),
        (Some("http://localhost:8080"), true),
        (Some("https://app.example.com:8443"), false),
        (Some("http://app.example.com"), false),
        (Some("https://app.example.com.evil.com"), false),
        (Some("https://evil-app.example.com"), false),
        (Some("https://APP.example.com"), false),
        (Some("null"), false),
        (Some(""), false),
        (None, false),
    ] {
        let mut request = client.get("/");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let response = request.send();
        assert_eq!((response.status(), response.text()), (200, "data"));
        let expected = [origin, Some("true"), Some("x-total, x-page")].map(|value| value.filter(|_| allowed));
        assert_eq!(shared(&response), expected, "{origin:?}");
        assert_eq!(response.header("vary"), Some("Origin"), "{origin:?}");
    }
    let merged = client.get("/vary").header("origin", HERE).send();
    assert_eq!(merged.header("vary"), Some("Cookie, Origin"));
    let missing = client.get("/nowhere").header("origin", HERE).send();
    assert_eq!((missing.status(), shared(&missing)[0]), (404, Some(HERE)));
}

#[test]
fn preflights_are_answered() {
    for (origin, method, fields, status) in [
        (HERE, "GET", &[][..], 204),
        (HERE, "PUT", &["content-type"], 204),
        (HERE, "PUT", &["Content-Type,X-Token"], 204),
        (HERE, "PUT", &["content-type", "x-token"], 204),
        (HERE, "PUT", &["content-type , "], 204),
        (HERE, "PUT", &["content-type, x-other"], 403),
        (HERE, "PUT", &["authorization"], 403),
        (HERE, "DELETE", &[], 403),
        (HERE, "put", &[], 403),
        (HERE, "POST", &[], 403),
        ("https://evil.com", "GET", &[], 403),
        ("null", "GET", &[], 403),
    ] {
        let response = preflight(strict(), origin, method, fields);
        assert_eq!(response.status(), status, "{origin} {method} {fields:?}");
        assert_eq!(
            response.header("vary"),
            Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        );
        let named = ["methods", "headers"].map(|name| format!("access-control-allow-{name}"));
        let said = named.each_ref().map(|name| response.header(name));
        let age = response.header("access-control-max-age");
        if status == 204 {
            assert_eq!(
                (shared(&response)[0], shared(&response)[1]),
                (Some(HERE), Some("true"))
            );
            assert_eq!(
                (said, age),
                ([Some("GET, PUT"), Some("content-type, x-token")], Some("600"))
            );
        } else {
            assert_eq!((shared(&response), said, age), ([None; 3], [None; 2], None));
        }
    }
}

#[test]
fn options_that_is_no_preflight_is_the_handlers() {
    let client = client(strict());
    for request in [
        client.options("/"),
        client.options("/").header("origin", HERE),
        client.options("/").header("access-control-request-method", "GET"),
    ] {
        let response = request.send();
        assert_eq!((response.status(), response.text()), (200, "data"));
    }
}

#[test]
fn everybody_may_be_allowed_to_read() {
    let any = || {
        Cors::new()
            .allow_origins(["*"])
            .allow_methods(["*"])
            .allow_headers(["*"])
            .expose(["*"])
    };
    let response = client(any()).get("/").header("origin", "null").send();
    assert_eq!(shared(&response), [Some("*"), None, Some("*")]);
    assert_eq!(response.header("vary"), None, "the same for every origin");
    let response = preflight(any(), "https://a.example", "PROPFIND", &["x-any"]);
    assert_eq!(response.status(), 204);
    assert_eq!(response.header("access-control-allow-methods"), Some("*"));
    assert_eq!(response.header("access-control-allow-headers"), Some("*"));
    assert_eq!(preflight(any(), HERE, "GET", &["authorization"]).status(), 403);
    let named = preflight(
        any().allow_headers(["*", "authorization"]),
        HERE,
        "GET",
        &["authorization, x-a"],
    );
    assert_eq!(
        named.header("access-control-allow-headers"),
        Some("*, authorization")
    );
    let null = client(Cors::new().allow_null_origin())
        .get("/")
        .header("origin", "null")
        .send();
    assert_eq!(shared(&null)[0], Some("null"));
}

#[test]
fn what_cannot_be_is_told_at_the_start() {
    for (cors, problem) in [
        (Cors::new().allow_origins(["*"]).credentials(true), "every origin"),
        (strict().allow_methods(["*"]), "every method"),
        (strict().allow_headers(["*"]), "every field"),
        (strict().expose(["*"]), "exposed by name"),
        (strict().allow_null_origin(), "null"),
        (
            Cors::new().allow_origins(["https://example.com/path"]),
            "without a slash",
        ),
        (
            Cors::new().allow_origins(["https://example.com/"]),
            "without a slash",
        ),
        (Cors::new().allow_origins(["example.com"]), "scheme"),
        (Cors::new().allow_origins(["null"]), "allow_null_origin"),
        (Cors::new().allow_origins(["https://*.example.com"]), "pattern"),
        (
            Cors::new().allow_origins(["https://Example.com:443"]),
            "browsers write it `https://example.com`",
        ),
        (Cors::new().allow_methods(["G T"]), "no method"),
        (Cors::new().allow_headers(["a b"]), "no field name"),
        (Cors::new().expose([""]), "no field name"),
    ] {
        let error = Application::new().middleware(cors).check().expect_err(problem);
        assert!(error.to_string().contains(problem), "{error}");
    }
    for cors in [Cors::new(), strict(), Cors::new().allow_origins(["*"])] {
        assert!(Application::new().middleware(cors).check().is_ok());
    }
}
