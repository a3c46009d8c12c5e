//! The way to the login.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::handler::Context;
use crate::request::Request;

/// All but the unreserved characters (RFC 3986 section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Context {
    /// [`Settings::login_url`](crate::Settings) with the way back to this request in the argument `next` (Tornado's
    /// `get_login_url`): `/login?next=%2Fprivate%3Fa%3Db`. `None` where the setting is.
    ///
    /// A path is one below the mount. Where the setting has a scheme, or a host, `next` is a whole URL; where it has a query
    /// already, it is used as it is.
    pub fn login_url(&self) -> Option<String> {
        let login = self.settings().login_url.as_deref()?;
        Some(login_url(self.request(), login))
    }
}

fn login_url(request: &Request, login: &str) -> String {
    let elsewhere = login.starts_with("//") || Url::parse(login).is_ok();
    let mount = if login.starts_with('/') && !elsewhere {
        request.mount()
    } else {
        ""
    };
    if login.contains('?') {
        return format!("{mount}{login}");
    }
    let mut next = String::new();
    if elsewhere && let Some(host) = request.host() {
        next = format!("{}://{host}", request.scheme());
    }
    next.push_str(request.mount());
    next.push_str(request.path());
    if let Some(query) = request.query() {
        next.push('?');
        next.push_str(query);
    }
    format!("{mount}{login}?next={}", utf8_percent_encode(&next, ESCAPED))
}
