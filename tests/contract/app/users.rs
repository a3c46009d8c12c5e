//! Routes with a session, and for users alone.

use waterspout::authenticated;
use waterspout::prelude::*;

pub(crate) fn routes(app: Application) -> Application {
    app.get_current_user(async |cx| cx.session().await?.get::<String>("user"))
        .post("/login", async |cx| {
            let user = cx.get_body_argument("user")?;
            let session = cx.session().await?;
            session.renew();
            session.insert("user", &user)?;
            let next = cx.next_url("/private");
            cx.redirect_with(303, &next)
        })
        .post("/logout", async |cx| {
            cx.session().await?.destroy();
            cx.write("bye")
        })
        .any("/private", private)
        .authenticated()
        .route("/class/private", authenticated(Private))
        .get("/session/stream", async |cx| {
            cx.session().await?.insert("user", "streamer")?;
            for piece in ["a", "b", "c"] {
                cx.write(piece)?;
                cx.flush().await?;
            }
            Ok(())
        })
        .get("/session/fail/{status}", async |cx| {
            let status = cx.path::<(u16,)>()?.0;
            cx.session().await?.insert("user", "failed")?;
            Err(Error::new(status))
        })
}

async fn private(cx: &mut Context) -> Result {
    let user = cx.current_user::<String>().await?.status(500)?;
    cx.set_header("content-type", "text/plain")?;
    cx.write(user.as_bytes())
}

struct Private;

impl RequestHandler for Private {
    async fn get(&self, cx: &mut Context) -> Result {
        private(cx).await
    }
}
