//! Routes that tell whom they trust: cookies, signed ones, XSRF tokens, other sites' pages.

use waterspout::cookies::SetCookie;
use waterspout::prelude::*;

pub(crate) fn routes(app: Application) -> Application {
    app.any("/cookie/foo", async |cx| {
        let value = cx.get_cookie("foo").unwrap_or_else(|| "default".into());
        text(cx, value)
    })
    .any("/cookie/set", set)
    .any("/cookie/twice", async |cx| {
        cx.set_cookie(&SetCookie::new("a", "b").domain("example.com"))?;
        cx.set_cookie(&SetCookie::new("c", "d").domain("example.com"))?;
        cx.set_cookie(&SetCookie::new("a", "e"))
    })
    .any("/signed", async |cx| {
        if cx.has_argument("set") {
            return cx.set_signed_cookie("a", cx.get_argument("set")?);
        }
        let value = cx.get_signed_cookie("a")?.status(403)?;
        text(cx, value)
    })
    .any("/encrypted", async |cx| {
        if cx.has_argument("set") {
            return cx.set_encrypted_cookie("a", cx.get_argument("set")?);
        }
        let value = cx.get_encrypted_cookie("a")?.status(403)?;
        text(cx, value)
    })
    .route("/xsrf", Xsrf)
    .any("/guarded", async |cx| text(cx, "let in"))
    .any("/unguarded", async |cx| text(cx, "let in"))
    .any_origin()
}

async fn set(cx: &mut Context) -> Result {
    let mut cookie = SetCookie::new(cx.get_argument("name")?, cx.get_argument("value")?);
    for (name, value) in cx.query_arguments().iter() {
        if !matches!(name, "name" | "value") {
            cookie.attribute(name, &value).status(400)?;
        }
    }
    let field = cookie.encode().status(400)?;
    cx.set_header("set-cookie", field)
}

struct Xsrf;

impl RequestHandler for Xsrf {
    async fn get(&self, cx: &mut Context) -> Result {
        let token = cx.xsrf_token()?;
        text(cx, token)
    }

    async fn post(&self, cx: &mut Context) -> Result {
        cx.check_xsrf_cookie()?;
        text(cx, "ok")
    }
}

fn text(cx: &mut Context, text: impl AsRef<[u8]>) -> Result {
    cx.set_header("content-type", "text/plain")?;
    cx.write(text)
}
