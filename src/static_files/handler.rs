//! A directory of files as a handler.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};

use super::coding::accepted;
use super::path::{Refused, Wanted};
use super::root::{Miss, Root};
use super::site::{Asked, Found, Site};
use super::{answer, kind};
use crate::error::{Error, Result};
use crate::handler::{Context, RequestHandler};

/// A year, the most that RFC 9111 speaks of. What a URL with its content's hash names never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// The files below a directory (Tornado's `StaticFileHandler`): conditional requests, ranges, packed siblings, and nothing
/// that lies outside.
///
/// Most applications give a directory to [`Application::static_files`](crate::Application::static_files). As a handler it
/// takes the last path argument of its route for the name: `.route("/files/{*path}", StaticFiles::new("files"))`.
///
/// ```no_run
/// use std::time::Duration;
/// use waterspout::prelude::*;
/// use waterspout::static_files::StaticFiles;
///
/// let files = StaticFiles::new("static")
///     .default_file("index.html")
///     .max_age(Duration::from_secs(3600));
/// let app = Application::new().static_files("/", files);
/// ```
///
/// | request | answer |
/// |---|---|
/// | a file | 200, 206, 304, 412 or 416; strong `ETag`, `Last-Modified`, `Accept-Ranges` |
/// | a directory without a final slash | 301 to the path with one, where there is a [default file](Self::default_file) |
/// | a directory | its default file; 403 where none is set |
/// | outside: `..`, `%2F`, a backslash, a second slash, a link that leads out | 403, whether it is there or not |
/// | a FIFO, a device, a file that may not be read | 403, and nothing is waited for |
/// | NUL and other control characters, Windows' device names, names that end in a dot or a blank | 404 |
/// | no such file | 404 |
#[derive(Clone, Debug)]
pub struct StaticFiles {
    site: Arc<Site>,
}

impl StaticFiles {
    /// The files below `directory`. It is looked up now, so that a later change of the working directory means nothing.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            site: Arc::new(Site {
                root: Root::new(directory.into()),
                default_file: None,
                max_age: None,
                precompressed: true,
                digests: Arc::default(),
            }),
        }
    }

    fn site(&mut self) -> &mut Site {
        Arc::make_mut(&mut self.site)
    }

    /// Answers a directory with its file of this name, `index.html` say (Tornado's `default_filename`).
    #[must_use]
    pub fn default_file(mut self, name: &str) -> Self {
        self.site().default_file = Some(name.to_owned());
        self
    }

    /// Lets symbolic links lead into this directory, too (Tornado's `allowed_symlink_directory`). Called again it adds
    /// another.
    #[must_use]
    pub fn symlinks(mut self, directory: impl AsRef<Path>) -> Self {
        self.site().root.link(directory.as_ref());
        self
    }

    /// Lets clients and caches keep the files for so long without asking: `Cache-Control: public, max-age=..`. Without it
    /// they ask, and are mostly answered 304. What is asked for under its [versioned URL](crate::Context::static_url) is
    /// kept for a year either way.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.site().max_age = Some(age);
        self
    }

    /// Whether `app.css.br`, `app.css.zst` and `app.css.gz` are sent in place of `app.css` to clients that accept them. They
    /// are: whoever makes them sees to it that they say the same. Off, files also go without `Vary`.
    #[must_use]
    pub fn precompressed(mut self, on: bool) -> Self {
        self.site().precompressed = on;
        self
    }

    pub(super) fn inner(&self) -> &Arc<Site> {
        &self.site
    }

    pub(super) async fn serve(&self, cx: &mut Context, wanted: Result<Wanted, Refused>) -> Result {
        let wanted = wanted.map_err(|refused| match refused {
            Refused::Outside => forbidden(),
            Refused::NoName => Error::new(404),
        })?;
        let asked = Asked {
            codings: accepted(cx.request().headers()),
            version: cx.get_query_argument("v").ok(),
            now: cx.carrier()?.now(),
            whole: answer::wants_whole(cx),
        };
        let site = self.site.clone();
        let found = cx.unblock(move || site.find(&wanted, &asked))?.await;
        match found {
            Ok(found) => self.send(cx, found),
            Err(Miss::NotFound) => Err(Error::new(404)),
            Err(Miss::Forbidden) => Err(forbidden()),
            Err(Miss::Directory) => add_slash(cx),
            Err(Miss::Failed(error)) => Err(error.into()),
        }
    }

    fn send(&self, cx: &mut Context, found: Found) -> Result {
        cx.set_header(CONTENT_TYPE, kind::of(&found.path))?;
        cx.set_header(ETAG, found.etag)?;
        if let Some(modified) = found.modified {
            let now = cx.carrier()?.now();
            answer::set_modified(cx, modified, now)?;
        }
        if self.site.precompressed {
            cx.set_header(VARY, ACCEPT_ENCODING)?;
        }
        if let Some(coding) = found.coding {
            cx.set_header(CONTENT_ENCODING, coding.name())?;
        }
        if found.is_versioned {
            cx.set_header(CACHE_CONTROL, FOREVER)?;
        } else if let Some(age) = self.site.max_age {
            cx.set_header(CACHE_CONTROL, format!("public, max-age={}", age.as_secs()))?;
        }
        let content = answer::Content {
            file: found.file,
            len: found.len,
            bytes: found.content,
        };
        answer::send(cx, content)
    }
}

/// The same text whatever the reason: who asks learns nothing of what is there.
fn forbidden() -> Error {
    Error::new(403)
}

/// 301 to the same path with a slash. One that a browser would take for another host (`//evil.com`, `/\evil.com`) never gets
/// here, since such names are refused; looked at all the same, as this is where it would matter.
fn add_slash(cx: &mut Context) -> Result {
    let request = cx.request();
    let mut location = format!("{}{}/", request.mount(), request.path());
    if !location.starts_with('/') || location.starts_with("//") || location.contains('\\') {
        return Err(forbidden());
    }
    if let Some(query) = request.query() {
        location.push('?');
        location.push_str(query);
    }
    cx.redirect_with(301, &location)
}

impl RequestHandler for StaticFiles {
    async fn get(&self, cx: &mut Context) -> Result {
        let tail = cx.raw_tail().unwrap_or_default();
        let wanted = Wanted::encoded(tail);
        self.serve(cx, wanted).await
    }
}

macro_rules! from_directory {
    ($($kind:ty),*) => {$(
        impl From<$kind> for StaticFiles {
            fn from(directory: $kind) -> Self {
                Self::new(directory)
            }
        }
    )*};
}
from_directory!(&str, String, &Path, PathBuf);
