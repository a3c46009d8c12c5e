//! Routes about the life of a request: hooks, failures, finishing from elsewhere.

use std::time::Duration;

use waterspout::prelude::*;

use super::{ledger, tag};

pub(crate) fn routes(app: Application) -> Application {
    app.route("/life/{how}", Life)
        .any("/fail/{how}", fail)
        .get("/detach/{how}", detach)
        .get("/sleep", async |cx| {
            let carrier = cx.carrier()?.clone();
            let before = carrier.monotonic();
            cx.sleep(Duration::from_millis(20)).await?;
            let slept = carrier.monotonic().saturating_sub(before);
            cx.write(if slept >= Duration::from_millis(20) {
                "slept"
            } else {
                "woke early"
            })
        })
        .get("/unblock", async |cx| {
            let work = cx.unblock(|| 6 * 7)?;
            let answer = work.await;
            cx.write(answer.to_string())
        })
        .get("/unblock/panic", async |cx| {
            let work = cx.unblock(|| panic!("in the thread"))?;
            work.await;
            cx.write("not reached")
        })
}

/// Notes each step of a request's life.
struct Life;

fn note(cx: &Context, step: &str) {
    if let (Ok(ledger), Ok(tag)) = (ledger(cx), tag(cx)) {
        ledger.note(&tag, step);
    }
}

impl RequestHandler for Life {
    async fn prepare(&self, cx: &mut Context) -> Result {
        note(cx, "prepare");
        match cx.path_arg("how")? {
            "early" => {
                cx.write("early")?;
                cx.finish()
            }
            "refused" => Err(Error::new(403).message("not you")),
            _ => Ok(()),
        }
    }

    async fn get(&self, cx: &mut Context) -> Result {
        note(cx, "get");
        match cx.path_arg("how")? {
            "panic" => panic!("on purpose"),
            "flush" => {
                cx.write("one")?;
                cx.flush().await?;
                cx.write("two")
            }
            "no-content" => {
                cx.set_status(204);
                cx.flush().await
            }
            "finish" => {
                cx.write("enough")?;
                Err(Error::finish())
            }
            _ => cx.write("done"),
        }
    }

    async fn write_error(&self, cx: &mut Context, error: &Error) -> Result {
        note(cx, "error");
        cx.set_header("content-type", "text/plain")?;
        cx.write(format!("own page: {}", error.status_code().as_u16()))
    }

    fn on_finish(&self, cx: &mut Context) {
        note(cx, "finish");
    }

    fn on_connection_close(&self, cx: &mut Context) {
        note(cx, "close");
    }
}

async fn fail(cx: &mut Context) -> Result {
    match cx.path_arg("how")? {
        "panic" => panic!("a secret"),
        "foreign" => {
            "a secret".parse::<u8>()?;
            Ok(())
        }
        "500" => Err(Error::new(500).message("a secret")),
        "409" => Err(Error::new(409).message("a <conflict>")),
        "401" => Err(Error::new(401).header(
            http::header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"x\""),
        )),
        "half" => {
            cx.set_header("x-left", "over")?;
            cx.write("half a page")?;
            Err(Error::new(503))
        }
        "panic-after-head" => {
            cx.write("one")?;
            cx.flush().await?;
            panic!("after the head")
        }
        _ => {
            cx.write("one")?;
            cx.flush().await?;
            Err(Error::new(500))
        }
    }
}

async fn detach(cx: &mut Context) -> Result {
    let how = cx.path_arg("how")?.to_owned();
    let carrier = cx.carrier()?.clone();
    let finisher = cx.detach();
    match how.as_str() {
        "thread" => {
            std::thread::spawn(move || finisher.finish("from a thread"));
        }
        "fail" => {
            std::thread::spawn(move || finisher.fail(Error::new(409).message("from a thread")));
        }
        "join" => cx.join(async move {
            carrier.sleep(Duration::from_millis(5)).await;
            finisher.complete(|cx| cx.write("joined"));
        }),
        _ => drop(finisher),
    }
    Ok(())
}
