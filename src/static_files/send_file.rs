//! One file that the program has chosen.

use std::path::PathBuf;

use http::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED};

use super::digest::Stamp;
use super::root::{Opened, Regular, open_regular};
use super::site::small_content;
use super::{answer, kind};
use crate::error::{Error, Result};
use crate::handler::Context;

/// See [`Context::send_file`]. Its tag is what the system says of the file: what is sent once is not worth reading twice.
pub(crate) async fn send_file(cx: &mut Context, path: PathBuf) -> Result {
    let whole = answer::wants_whole(cx);
    let opened = cx.unblock(move || match open_regular(&path) {
        Ok(Regular::Opened(file, meta)) => {
            let opened = Opened { file, meta, path };
            let bytes = whole.then(|| small_content(&opened)).flatten();
            Some((opened, bytes))
        }
        Ok(Regular::Other(_)) | Err(_) => None,
    })?;
    let (opened, bytes) = opened.await.ok_or_else(|| Error::new(404))?;
    let now = cx.carrier()?.now();
    if !cx.headers().contains_key(CONTENT_TYPE) {
        cx.set_header(CONTENT_TYPE, kind::of(&opened.path))?;
    }
    if !cx.headers().contains_key(ETAG) {
        cx.set_header(ETAG, Stamp::of(&opened.meta).tag(now))?;
    }
    if !cx.headers().contains_key(LAST_MODIFIED)
        && let Ok(modified) = opened.meta.modified()
    {
        answer::set_modified(cx, modified, now)?;
    }
    let content = answer::Content {
        len: opened.meta.len(),
        file: opened.file,
        bytes,
    };
    answer::send(cx, content)
}
