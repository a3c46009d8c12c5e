//! Which pages may connect.

use http::header::ORIGIN;

use crate::error::{Error, Result};
use crate::handler::Context;

/// True for an origin of the request's own host and port (Tornado's algorithm), and for one that
/// [`Settings::allowed_origins`](crate::Settings::allowed_origins) names.
///
/// Any page in the world can open a WebSocket to any server, with the user's cookies; only the Origin field tells them
/// apart (RFC 6455 section 10.2).
pub fn same_origin(origin: &str, cx: &Context) -> bool {
    let allowed = &cx.settings().allowed_origins;
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let own = || authority.zip(cx.request().host());
    allowed.iter().any(|one| one.eq_ignore_ascii_case(origin))
        || own().is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

/// Asks `allows` about every Origin field of the request.
pub(super) fn check(cx: &Context, allows: impl Fn(&str) -> bool) -> Result {
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
