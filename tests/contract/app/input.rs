//! Routes that tell what came in.

use serde::{Deserialize, Serialize};
use serde_json::json;
use waterspout::prelude::*;

use super::Passed;

pub(crate) fn routes(app: Application) -> Application {
    app.route("/class", Class)
        .any("/method", async |cx| {
            let method = cx.method().to_string();
            text(cx, method)
        })
        .get("/functions", async |cx| text(cx, "got"))
        .post("/functions", async |cx| text(cx, "posted"))
        .any("/echo", async |cx| {
            cx.set_header("content-type", "application/octet-stream")?;
            let body = cx.body().clone();
            cx.write(body)
        })
        .any("/fields", fields)
        .any("/cookies", async |cx| {
            let lines: Vec<_> = cx
                .cookies()
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            text(cx, lines.join("\n"))
        })
        .any("/arguments", arguments)
        .any("/count", async |cx| {
            let count = cx.query_arguments().iter().count() + cx.body_arguments().iter().count();
            text(cx, count.to_string())
        })
        .get("/number", async |cx| {
            let n: u32 = cx.argument("n")?;
            text(cx, n.to_string())
        })
        .any("/json", async |cx| {
            let point: Point = cx.json()?;
            cx.write_json(&point)
        })
        .get("/path/{a}/{b}", async |cx| {
            let joined = cx.path_args().join("|");
            text(cx, joined)
        })
        .get("/typed/{n}/{word}", async |cx| {
            let (n, word): (u16, String) = cx.path()?;
            text(cx, format!("{n} {word}"))
        })
        .get("/raw/{*rest}", async |cx| {
            let target = String::from_utf8_lossy(&cx.request().raw_target()).into_owned();
            text(cx, target)
        })
        .raw_paths()
        .get("/item/{name}", async |cx| {
            let name = cx.path_arg("name")?.to_owned();
            text(cx, name)
        })
        .name("item")
        .get("/facts", facts)
        .get("/order", async |cx| {
            let passed = cx.extensions().get::<Passed>().cloned().unwrap_or_default();
            text(cx, passed.0.join(" "))
        })
        .host("admin.test", |rules| {
            rules.get("/who", async |cx| text(cx, "admin"))
        })
        .host("*.users.test", |rules| {
            rules.get("/who", async |cx| text(cx, "user"))
        })
        .get("/who", async |cx| text(cx, "anybody"))
}

fn text(cx: &mut Context, text: impl AsRef<[u8]>) -> Result {
    cx.set_header("content-type", "text/plain; charset=UTF-8")?;
    cx.write(text)
}

struct Class;

impl RequestHandler for Class {
    async fn get(&self, cx: &mut Context) -> Result {
        text(cx, "got by class")
    }

    async fn post(&self, cx: &mut Context) -> Result {
        text(cx, "posted to class")
    }
}

/// The request's fields but those that the transport adds, one a line, bytes as they came.
async fn fields(cx: &mut Context) -> Result {
    let mut lines = Vec::new();
    for (name, value) in cx.request().headers() {
        if ["host", "content-length", "transfer-encoding"].contains(&name.as_str()) {
            continue;
        }
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.push(b'=');
        lines.extend_from_slice(value.as_bytes());
        lines.push(b'\n');
    }
    cx.set_header("content-type", "application/octet-stream")?;
    cx.write(lines)
}

async fn arguments(cx: &mut Context) -> Result {
    let value = json!({
        "last": cx.get_argument_or("a", "-")?,
        "all": cx.get_arguments("a")?,
        "query": cx.get_query_argument("a").ok(),
        "body": cx.get_body_argument("a").ok(),
        "has": cx.has_argument("a"),
    });
    cx.write_json(&value)
}

#[derive(Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

async fn facts(cx: &mut Context) -> Result {
    let request = cx.request();
    let remote = request.peer().and_then(|peer| peer.remote.ip());
    let value = json!({
        "remote": remote.map_or("-".into(), |ip| ip.to_string()),
        "scheme": request.scheme(),
        "host": request.host(),
        "mount": request.mount(),
        "item": cx.reverse_url("item", &["a b/c"])?,
        "target": String::from_utf8_lossy(&request.raw_target()),
        "version": format!("{:?}", request.version()),
    });
    cx.write_json(&value)
}
