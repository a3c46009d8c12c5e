//! Routes about what the framework adds to responses, and takes away.

use std::time::Duration;

use waterspout::RedirectHandler;
use waterspout::prelude::*;

pub(crate) const TEXT: &str = "Ten thousand words and more, all alike. ";

#[derive(Template)]
#[template(ext = "html", source = r#"<script nonce="{{ csp_nonce() }}"></script>"#)]
struct Scripted;

pub(crate) fn routes(app: Application) -> Application {
    let add = async |cx: &mut Context| {
        cx.addslash()?;
        cx.write("with a slash")
    };
    let remove = async |cx: &mut Context| {
        cx.removeslash()?;
        cx.write("without a slash")
    };
    app.any("/tag", async |cx| {
        let tag = cx.get_query_argument("tag")?;
        cx.set_header("etag", tag)?;
        cx.write("tagged")
    })
    .get("/words", async |cx| cx.write(TEXT.repeat(100)))
    .get("/events", async |cx| {
        cx.set_header("content-type", "text/event-stream")?;
        for event in ["data: a\n\n", "data: b\n\n"] {
            cx.write(event)?;
            cx.flush().await?;
            cx.sleep(Duration::from_millis(5)).await?;
        }
        Ok(())
    })
    .get("/range", async |cx| {
        cx.set_status(206);
        cx.set_header("content-range", "bytes 0-3999/9999")?;
        cx.write(TEXT.repeat(100))
    })
    .get("/scripted", async |cx| cx.render(Scripted))
    .any("/shared", async |cx| cx.write("shared"))
    .route_regex("/a/(.*)/b", RedirectHandler::new("/{0}/b"))
    .route_regex("/moved(.*)", RedirectHandler::new("https://www.example.com{0}"))
    .route_regex("/any/(.*)", RedirectHandler::new("{0}"))
    .route_regex("/hostless/(.*)", RedirectHandler::new("https://{0}"))
    .any("/add/{*rest}", add)
    .any("//add.example.com", add)
    .any("/rem/{*rest}", remove)
    .any("///rem.example.com/x/", remove)
}
