//! Path arguments: by name, by order, typed.

use std::collections::HashMap;

use serde::Deserialize;
use waterspout::prelude::*;
use waterspout::testing::TestClient;

async fn list(cx: &mut Context) -> Result {
    let text = cx.path_args().join("|");
    cx.write(text)
}

struct List;
impl RequestHandler for List {
    async fn get(&self, cx: &mut Context) -> Result {
        list(cx).await
    }
}

#[test]
fn arguments_come_decoded_by_name_and_by_order() {
    let app = Application::new()
        .get("/n/{first}/{second}", async |cx| {
            let text = format!("{} then {}", cx.path_arg("second")?, cx.path_arg("first")?);
            cx.write(text)
        })
        .get("/o/{a}/{b}", list)
        .get("/missing/{a}", async |cx| {
            let text = cx.path_arg("b")?.to_owned();
            cx.write(text)
        });
    let client = TestClient::new(app);
    assert_eq!(client.get("/n/1/2").send().text(), "2 then 1");
    for (path, text) in [
        ("/o/a%20b/c", "a b|c"),
        ("/o/a%2Fb/c%3Fd", "a/b|c?d"),
        ("/o/a+b/%2B", "a+b|+"),
        ("/o/%E2%82%AC/%zz", "\u{20ac}|%zz"),
        ("/o/%2541/x", "%41|x"),
    ] {
        assert_eq!(client.get(path).send().text(), text, "{path}");
    }
    assert_eq!(client.get("/missing/x").send().status(), 500, "a mistake of ours");
}

#[test]
fn an_argument_that_is_no_text_is_400() {
    let client = TestClient::new(Application::new().get("/{a}", list));
    for path in ["/%FF", "/a%C3", "/%ED%A0%80"] {
        assert_eq!(client.get(path).send().status(), 400, "{path}");
    }
}

#[test]
fn a_group_that_took_no_part_is_empty() {
    let app = Application::new()
        .route_regex(r"/opt/(a)?(b)?", List)
        .route_regex(r"/id/(?P<id>\d+)(?:\.(?P<format>json|xml))?", List);
    let client = TestClient::new(app);
    assert_eq!(client.get("/opt/b").send().text(), "|b");
    assert_eq!(client.get("/opt/").send().text(), "|");
    assert_eq!(client.get("/id/7.json").send().text(), "7|json");
    assert_eq!(client.get("/id/7").send().text(), "7|");
    assert_eq!(client.get("/id/7.txt").send().status(), 404);
}

#[derive(Deserialize)]
struct Post {
    slug: String,
    year: u16,
}

#[derive(Deserialize)]
struct Id(u64);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Small,
    Large,
}

fn typed() -> TestClient {
    TestClient::new(
        Application::new()
            .get("/struct/{year}/{slug}", async |cx| {
                let Post { slug, year } = cx.path()?;
                cx.write(format!("{slug} {year}"))
            })
            .get("/tuple/{a}/{b}/{c}", async |cx| {
                let (a, b, c): (i8, bool, char) = cx.path()?;
                cx.write(format!("{a} {b} {c}"))
            })
            .get("/one/{id}", async |cx| {
                let Id(id) = cx.path()?;
                let (same,): (u64,) = cx.path()?;
                assert_eq!(id, same);
                cx.write(id.to_string())
            })
            .get("/plain/{x}", async |cx| {
                let x: f64 = cx.path()?;
                cx.write(x.to_string())
            })
            .get("/kind/{kind}", async |cx| {
                cx.write(match cx.path()? {
                    Kind::Small => "small",
                    Kind::Large => "large",
                })
            })
            .get("/many/{a}/{b}", async |cx| {
                let values: Vec<u32> = cx.path()?;
                let named: HashMap<String, u32> = cx.path()?;
                cx.write(format!("{} {}", values.iter().sum::<u32>(), named["b"]))
            })
            .get("/misfit/{a}/{b}", async |cx| {
                let one: u32 = cx.path()?;
                cx.write(one.to_string())
            })
            .get("/opt/{*rest}", async |cx| {
                let rest: Option<u32> = cx.path()?;
                cx.write(format!("{rest:?}"))
            }),
    )
}

#[test]
fn typed_path_arguments_fill_structs_tuples_and_plain_types() {
    let client = typed();
    for (path, text) in [
        ("/struct/2026/a%2Fb", "a/b 2026"),
        ("/tuple/-7/true/%E2%82%AC", "-7 true \u{20ac}"),
        ("/one/18446744073709551615", "18446744073709551615"),
        ("/plain/2.5", "2.5"),
        ("/kind/large", "large"),
        ("/kind/small", "small"),
        ("/many/1/2", "3 2"),
        ("/opt/", "None"),
        ("/opt/3", "Some(3)"),
    ] {
        let response = client.get(path).send();
        assert_eq!((response.status(), response.text()), (200, text), "{path}");
    }
}

#[test]
fn a_path_argument_that_does_not_fit_its_type_is_404() {
    let client = typed();
    for path in [
        "/struct/x/slug",
        "/struct/65536/slug",
        "/tuple/128/true/x",
        "/tuple/1/yes/x",
        "/tuple/1/true/xy",
        "/one/-1",
        "/kind/medium",
        "/misfit/1/2",
        "/opt/x",
    ] {
        let response = client.get(path).send();
        assert_eq!(response.status(), 404, "{path}");
        assert!(!response.text().contains("argument"), "{}", response.text());
    }
}
