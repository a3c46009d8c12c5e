//! A handler whose life can be followed from outside.

use std::time::Duration;

use waterspout::prelude::*;

use crate::app::pattern;
use crate::log;

/// Notes in the log what becomes of it.
pub(crate) struct Watched;

/// Stands for what a handler holds.
struct Held(String);

impl Drop for Held {
    fn drop(&mut self) {
        log::note(&self.0, "dropped");
    }
}

impl RequestHandler for Watched {
    async fn other(&self, cx: &mut Context) -> Result {
        let id = cx.path_arg("id")?.to_owned();
        let _held = Held(id.clone());
        log::add(&format!("{id} started"), 1);
        match cx.path_arg("what")? {
            "sleep" => cx.sleep(Duration::from_secs(600)).await,
            "flush-sleep" => {
                cx.write("a")?;
                cx.flush().await?;
                cx.sleep(Duration::from_secs(600)).await
            }
            "flood" => {
                for _ in 0..1024 {
                    cx.write(pattern(0, 64 << 10))?;
                    cx.flush().await?;
                    log::add(&id, 1);
                }
                Ok(())
            }
            "read" => read(cx, &id).await,
            "gate-read" => {
                while !log::is_open(&id) {
                    cx.sleep(Duration::from_millis(10)).await?;
                }
                read(cx, &id).await
            }
            other => Err(Error::new(404).message(other.to_owned())),
        }
    }

    fn stream_request_body(&self) -> bool {
        true
    }

    fn on_connection_close(&self, cx: &mut Context) {
        log::note(cx.path_arg("id").unwrap_or("?"), "closed");
    }

    fn on_finish(&self, cx: &mut Context) {
        log::note(cx.path_arg("id").unwrap_or("?"), "finished");
    }
}

async fn read(cx: &mut Context, id: &str) -> Result {
    cx.set_max_body_size(u64::MAX);
    while let Some(chunk) = cx.read_chunk().await? {
        log::add(id, chunk.len() as u64);
    }
    cx.write(format!("{}\n", log::count(id)))
}
