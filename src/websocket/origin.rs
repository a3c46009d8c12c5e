//! Which pages may connect.

use http::header::ORIGIN;

use crate::error::{Error, Result};
use crate::handler::Context;
use crate::origin::{Source, is_own, is_trusted};

/// True for a request from a page of our own, as `Sec-Fetch-Site` says it, else for an origin of the request's own host and
/// port (Tornado's algorithm); and for an origin that [`Settings::allowed_origins`](crate::Settings::allowed_origins) or
/// [`Settings::trusted_origins`](crate::Settings::trusted_origins) names.
///
/// Any page in the world can open a WebSocket to any server, with the user's cookies; only the Origin field tells them
/// apart (RFC 6455 section 10.2).
pub fn same_origin(origin: &str, cx: &Context) -> bool {
    let settings = cx.settings();
    let allowed = &settings.allowed_origins;
    is_own(origin, cx.request())
        || allowed.iter().any(|one| one.eq_ignore_ascii_case(origin))
        || is_trusted(origin, settings)
}

/// Asks `allows` about every Origin field of the request. A browser that names none but says that the page is another
/// site's is refused.
pub(super) fn check(cx: &Context, allows: impl Fn(&str) -> bool) -> Result {
    if Source::of(cx.request()) == Source::Other("") && !cx.request().headers().contains_key(ORIGIN) {
        return Err(Error::new(403).message(refusal("")));
    }
    for origin in cx.request().headers().get_all(ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        if !allows(origin) {
            return Err(Error::new(403).message(refusal(origin)));
        }
    }
    Ok(())
}

fn refusal(origin: &str) -> &'static str {
    if origin == "null" {
        "Cross origin websockets not allowed. The page's origin is null, as that of every page opened from a file: \
         serve the page over HTTP from this host, or name \"null\" in allowed_origins"
    } else {
        "Cross origin websockets not allowed"
    }
}
