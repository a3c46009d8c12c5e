//! Routes whose bodies stream.

use std::time::Duration;

use waterspout::prelude::*;

use super::{ledger, tag};
use crate::ledger::Ledger;

pub(crate) fn routes(app: Application) -> Application {
    app.get("/down", down)
        .streaming("/up", up)
        .streaming("/unread", async |cx| cx.write("unread"))
        .streaming("/count-up", async |cx| {
            let mut count = 0;
            while let Some(chunk) = cx.read_chunk().await? {
                count += chunk.len();
            }
            cx.write(count.to_string())
        })
        .get("/big", async |cx| {
            for number in 0..64_u8 {
                cx.write(vec![number; 16 << 10])?;
                cx.flush().await?;
            }
            Ok(())
        })
        .route("/endless", Endless)
}

/// Sends "one", and "two" only when the client has said that it has it.
async fn down(cx: &mut Context) -> Result {
    let (ledger, tag) = (ledger(cx)?, tag(cx)?);
    cx.write("one")?;
    cx.flush().await?;
    for _ in 0..2000 {
        if ledger.has(&tag, "got one") {
            return cx.write("two");
        }
        cx.sleep(Duration::from_millis(5)).await?;
    }
    cx.write("nobody has got one")
}

/// Sends each piece back as it comes.
async fn up(cx: &mut Context) -> Result {
    let (ledger, tag) = (ledger(cx)?, tag(cx)?);
    while let Some(chunk) = cx.read_chunk().await? {
        ledger.note(&tag, String::from_utf8_lossy(&chunk));
        cx.write(chunk)?;
        cx.flush().await?;
    }
    ledger.note(&tag, "end");
    cx.write(".")
}

struct Endless;

/// Notes that it was dropped: what held it was.
pub(super) struct Guard(pub(super) Ledger, pub(super) String);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note(&self.1, "dropped");
    }
}

impl RequestHandler for Endless {
    async fn get(&self, cx: &mut Context) -> Result {
        let _guard = Guard(ledger(cx)?, tag(cx)?);
        loop {
            cx.write("again")?;
            cx.flush().await?;
            cx.sleep(Duration::from_millis(5)).await?;
        }
    }

    fn on_finish(&self, cx: &mut Context) {
        if let (Ok(ledger), Ok(tag)) = (ledger(cx), tag(cx)) {
            ledger.note(&tag, "finish");
        }
    }

    fn on_connection_close(&self, cx: &mut Context) {
        if let (Ok(ledger), Ok(tag)) = (ledger(cx), tag(cx)) {
            ledger.note(&tag, "close");
        }
    }
}
