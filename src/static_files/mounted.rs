//! Static files as part of an application: their routes, and URLs that name a content.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::digest::Hash;
use super::handler::StaticFiles;
use super::path::Wanted;
use super::site::Version;
use crate::application::{Application, Inner};
use crate::carrier::Carrier;
use crate::error::{Error, Result};
use crate::handler::{Context, RequestHandler};
use crate::request::Request;

/// How long a version is used before somebody looks at the file again.
const FRESH: Duration = Duration::from_secs(1);

/// The most paths whose versions are kept.
const KEPT: usize = 10_000;

/// What stands in the path of a URL as it is: RFC 3986's unreserved characters and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The files that [`Context::static_url`] speaks of.
#[derive(Clone)]
struct Mounted(Arc<Shared>);

struct Shared {
    prefix: String,
    files: StaticFiles,
    versions: Mutex<HashMap<Box<str>, Known>>,
}

struct Known {
    version: Option<Hash>,
    /// When somebody last looked, or began to.
    looked: Duration,
}

impl Mounted {
    fn versions(&self) -> MutexGuard<'_, HashMap<Box<str>, Known>> {
        self.0.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The version of a path. It waits for no disk but the first time, for a small file; later looks, and those at large
    /// files, go to another thread, and what was known before is used meanwhile.
    fn version(&self, path: &str, carrier: &dyn Carrier) -> Option<Hash> {
        let wanted = Wanted::plain(path).ok().filter(|wanted| !wanted.slash)?;
        let time = carrier.monotonic();
        let is_new = {
            let mut versions = self.versions();
            let full = versions.len() >= KEPT;
            match versions.get_mut(path) {
                Some(known) if time.saturating_sub(known.looked) < FRESH => return known.version.clone(),
                Some(known) => {
                    known.looked = time;
                    false
                }
                None => {
                    if full {
                        versions.clear();
                    }
                    true
                }
            }
        };
        let now = carrier.now();
        if is_new {
            match self.0.files.inner().version(&wanted, now, true) {
                Version::Known(version) => {
                    self.keep(path, version.clone(), time);
                    return version;
                }
                Version::Costly => self.keep(path, None, time),
            }
        }
        let (this, name) = (self.clone(), Box::<str>::from(path));
        carrier.unblock(Box::new(move || {
            if let Version::Known(version) = this.0.files.inner().version(&wanted, now, false) {
                this.keep(&name, version, time);
            }
        }));
        // Some carriers have done it by now.
        self.versions().get(path).and_then(|known| known.version.clone())
    }

    fn keep(&self, path: &str, version: Option<Hash>, looked: Duration) {
        self.versions().insert(path.into(), Known { version, looked });
    }
}

/// The URL of a static file; see [`Context::static_url`].
///
/// # Errors
/// 500 when the application has no static files.
pub(crate) fn static_url(app: &Inner, request: &Request, path: &str) -> Result<String> {
    let missing = || Error::new(500).message("the application has no static files");
    let mounted = app.state.get::<Mounted>().ok_or_else(missing)?;
    let path = path.strip_prefix('/').unwrap_or(path);
    let version = request
        .carrier()
        .and_then(|carrier| mounted.version(path, &**carrier));
    let mut url = format!("{}{}", request.mount(), mounted.0.prefix);
    url.extend(utf8_percent_encode(path, PATH));
    if let Some(version) = version {
        url.push_str("?v=");
        url.push_str(&version);
    }
    Ok(url)
}

impl Context {
    /// The URL of a static file, with its content's hash: `/static/css/x.css?v=..`. Under it clients and caches keep the file
    /// for a year, and a changed file has another. In templates it is `{{ static_url("css/x.css") }}`.
    ///
    /// The files are those that were given first to [`Application::static_files`]. There is no version where there is no
    /// such file, for one of more than 64 MiB, and at first for one of more than 1 MiB, until it has been read elsewhere.
    /// The hash is looked after: a second after a file has changed, its URL has.
    ///
    /// # Errors
    /// 500 when the application has no static files.
    pub fn static_url(&self, path: &str) -> Result<String> {
        static_url(self.app(), self.request(), path)
    }
}

/// Static files: docs of [`waterspout::static_files`](crate::static_files).
impl Application {
    /// Answers every path below `prefix` with the files of a directory (Tornado's `static_path` and `static_url_prefix`), and
    /// `/favicon.ico` and `/robots.txt` with the files of these names, unless other functions or handlers do. The first
    /// directory is the one of [`Context::static_url`].
    ///
    /// [`Application::check`] fails, and so does an adapter's `run`, where there is no such directory.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// # let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/static_files");
    /// let app = Application::new()
    ///     .static_files("/static/", directory)
    ///     .get("/", async |cx| cx.write(cx.static_url("mod.rs")?));
    /// # let client = waterspout::testing::TestClient::new(app);
    /// let url = client.get("/").send().text().to_owned();
    /// assert!(url.starts_with("/static/mod.rs?v="));
    /// let file = client.get(&url).send();
    /// assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    /// ```
    #[must_use]
    pub fn static_files(mut self, prefix: &str, files: impl Into<StaticFiles>) -> Self {
        let files = files.into();
        if let Some(problem) = files.inner().root.problem() {
            self.problem(problem);
        }
        let prefix = format!("{}/", prefix.trim_end_matches('/'));
        if prefix != "/" {
            for (path, name) in [("/favicon.ico", "favicon.ico"), ("/robots.txt", "robots.txt")] {
                let files = files.clone();
                self = self.route(path, OneFile { files, name });
            }
        }
        if self.inner().state.get::<Mounted>().is_none() {
            self = self.state(Mounted(Arc::new(Shared {
                prefix: prefix.clone(),
                files: files.clone(),
                versions: Mutex::default(),
            })));
        }
        // What would be refused for its dots is refused by the files, as 403.
        let literal = prefix.replace('{', "{{").replace('}', "}}");
        self.route(&format!("{literal}{{*path}}"), files).raw_paths()
    }
}

/// One file, whatever the path.
struct OneFile {
    files: StaticFiles,
    name: &'static str,
}

impl RequestHandler for OneFile {
    async fn get(&self, cx: &mut Context) -> Result {
        self.files.serve(cx, Wanted::plain(self.name)).await
    }
}
