//! Routes about what goes out.

use waterspout::cookies::SetCookie;
use waterspout::prelude::*;

pub(crate) fn routes(app: Application) -> Application {
    app.get("/fields-out", async |cx| {
        cx.add_header("x-b", "1")?;
        cx.add_header("x-a", "2")?;
        cx.add_header("x-b", "3")?;
        cx.add_header("x-empty", "")?;
        cx.write("fields")
    })
    .get("/obs-out", async |cx| {
        cx.add_header("x-obs", HeaderValue::from_bytes(b"caf\xe9")?)?;
        cx.write("obs-text")
    })
    .get("/set-cookies", async |cx| {
        cx.set_cookie(&SetCookie::new("plain", "v"))?;
        cx.set_cookie(&SetCookie::new("odd", "a;b\u{e9}"))?;
        cx.clear_cookie("old")?;
        cx.write("cookies")
    })
    .any("/status/{code}", async |cx| {
        let code: u16 = cx.path()?;
        match cx.get_query_argument("reason") {
            Ok(reason) => cx.set_status_reason(code, &reason),
            Err(_) => cx.set_status(code),
        }
        cx.write("status")
    })
    .any("/empty/{code}", async |cx| {
        let code: u16 = cx.path()?;
        cx.set_status(code);
        Ok(())
    })
    .any("/redirect/{code}", async |cx| {
        let code: u16 = cx.path()?;
        cx.redirect_with(code, "/there?a=b#c")
    })
    .get("/file", async |cx| {
        cx.set_header("content-type", "text/plain")?;
        cx.send_file(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE-APACHE"))
            .await
    })
    .get("/no-file", async |cx| {
        cx.send_file("/there/is/no/such/file").await
    })
    .get("/id", async |cx| {
        let id = cx.request_id().to_owned();
        cx.write(id)
    })
    .get("/injection", async |cx| {
        cx.set_header("x-a", "b\r\nx-evil: 1")?;
        cx.write("not reached")
    })
    .get("/own-length/{how}", own_length)
    .get("/trailers-out", async |cx| {
        cx.set_header("trailer", "x-sum")?;
        cx.write("content")?;
        cx.flush().await?;
        cx.add_trailer("x-sum", "7")
    })
}

/// A stream of six bytes with a Content-Length of its own.
async fn own_length(cx: &mut Context) -> Result {
    let length = match cx.path_arg("how")? {
        "right" => "6",
        "short" => "9", // the body is shorter
        _ => "4",
    };
    cx.set_header("content-length", length)?;
    let pieces = ["abc", "def"].map(|piece| std::io::Result::Ok(Bytes::from(piece)));
    cx.send(Body::from_stream(futures_lite::stream::iter(pieces)))
}
