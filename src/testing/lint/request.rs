//! The adapter's side at the start: is the request one that an application may be given?

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, TE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Uri, Version};

use super::report::Report;
use super::rules;
use crate::carrier::{Link, RawTarget, Scheme};
use crate::h1::{Port, decimal, is_host, trim};
use crate::request::Request;

/// Fields that mean one hop of HTTP/1 (RFC 9110 section 7.6.1).
pub(super) const CONNECTION_FIELDS: [&str; 3] = ["connection", "keep-alive", "proxy-connection"];

/// Checks everything but the body's content.
pub(super) fn check(request: &Request, report: &Report) {
    match request.extensions().link() {
        None => report.add(&rules::NO_LINK, "a request without link"),
        Some(link) => {
            check_link(request, link, report);
            match request.extensions().get::<RawTarget>() {
                None => report.add(
                    &rules::NO_RAW_TARGET,
                    format!("{} without raw target", request.uri()),
                ),
                Some(RawTarget(raw)) => check_raw_target(request, raw, &link.mount.0, report),
            }
        }
    }
    check_path(request, report);
    check_host(request, report);
    check_fields(request, report);
    check_length(request, report);
}

fn check_link(request: &Request, link: &Link, report: &Report) {
    let mount = link.mount.0.as_str();
    if !mount.is_empty() && (!mount.starts_with('/') || mount.ends_with('/')) {
        report.add(&rules::MOUNT_MALFORMED, format!("the mount {mount:?}"));
    }
    if link.peer.tls.is_some() && link.peer.scheme != Scheme::Https {
        report.add(&rules::TLS_WITHOUT_HTTPS, "a TLS session and the scheme http");
    }
    if request.version() == Version::HTTP_10 && link.abilities.upgrade {
        report.add(
            &rules::UPGRADE_ON_HTTP10,
            "the ability to upgrade a request of HTTP/1.0",
        );
    }
    let now = link.carrier.monotonic();
    if link.abilities.deadline.is_some_and(|deadline| deadline < now) {
        report.add(
            &rules::DEADLINE_PASSED,
            format!("a deadline before {now:?}, which is now"),
        );
    }
}

fn check_raw_target(request: &Request, raw: &[u8], mount: &str, report: &Report) {
    let shown = String::from_utf8_lossy(raw);
    if raw.contains(&b'#') {
        report.add(&rules::RAW_TARGET_FRAGMENT, format!("the target {shown:?}"));
    } else if raw.is_empty() || raw.iter().any(|&byte| byte <= b' ' || byte == 0x7f) {
        report.add(&rules::RAW_TARGET_BLANK, format!("the target {shown:?}"));
    } else if !matches_target(request.method(), request.uri(), raw, mount.as_bytes()) {
        report.add(
            &rules::RAW_TARGET_MISMATCH,
            format!("{shown:?} was received and became {:?}", request.uri()),
        );
    }
}

/// Whether `uri` is what `raw` says (RFC 9112 section 3.2: four forms).
fn matches_target(method: &Method, uri: &Uri, raw: &[u8], mount: &[u8]) -> bool {
    if *method == Method::CONNECT {
        return true;
    }
    let scheme_end = raw.windows(3).position(|window| window == b"://");
    let origin = match (raw, scheme_end) {
        ([b'/', ..] | b"*", _) => raw,
        (_, Some(at)) => {
            let rest = raw.get(at + 3..).unwrap_or_default();
            let path = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
            path.and_then(|path| rest.get(path..)).unwrap_or_default()
        }
        _ => return false,
    };
    let mut parts = origin.splitn(2, |&byte| byte == b'?');
    let path = match parts.next().unwrap_or_default() {
        b"" if *method == Method::OPTIONS => b"*",
        b"" => b"/".as_slice(),
        path => path,
    };
    let query = parts.next();
    // A client that calls the application at its mount itself sends the path without the slash after it.
    let below_mount = path.strip_prefix(mount).map(|below| match below {
        b"" => b"/".as_slice(),
        below => below,
    });
    let given = uri.path().as_bytes();
    (given == path || below_mount == Some(given)) && uri.query().map(str::as_bytes) == query
}

fn check_path(request: &Request, report: &Report) {
    let (method, path) = (request.method(), request.path());
    let rooted = match path {
        "*" => *method == Method::OPTIONS,
        path => path.starts_with('/') || *method == Method::CONNECT,
    };
    if !rooted {
        report.add(
            &rules::PATH_NOT_ROOTED,
            format!("{method} with the path {path:?}"),
        );
    }
    if request.version() == Version::HTTP_09 {
        report.add(&rules::HTTP09, "a request of HTTP/0.9");
    }
}

fn check_host(request: &Request, report: &Report) {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() == Version::HTTP_11 => report.add(&rules::HOST_MISSING, "no Host"),
        (Some(_), Some(_)) => report.add(&rules::HOST_REPEATED, "two Host fields or more"),
        // An empty one is what a target without authority has.
        (Some(host), None) if !host.is_empty() && !is_host(host.as_bytes(), Port::Optional) => {
            report.add(&rules::HOST_MALFORMED, format!("Host: {host:?}"));
        }
        _ => {}
    }
}

fn check_fields(request: &Request, report: &Report) {
    let headers = request.headers();
    if let Some((name, value)) = headers.iter().find(|(_, value)| has_blanks(value)) {
        report.add(&rules::REQUEST_FIELD_BLANKS, format!("{name}: {value:?}"));
    }
    if request.version() >= Version::HTTP_2 {
        let foreign = CONNECTION_FIELDS
            .into_iter()
            .chain(["transfer-encoding", "upgrade"])
            .find(|name| headers.contains_key(*name));
        let other_te = headers
            .get(TE)
            .filter(|value| !value.as_bytes().eq_ignore_ascii_case(b"trailers"));
        if let Some(name) = foreign.or(other_te.map(|_| "te")) {
            let version = request.version();
            report.add(&rules::CONNECTION_IN_HTTP2, format!("{name} in {version:?}"));
        }
    }
}

/// True for a value with blanks around it.
pub(super) fn has_blanks(value: &HeaderValue) -> bool {
    trim(value.as_bytes()).len() != value.len()
}

fn check_length(request: &Request, report: &Report) {
    let headers = request.headers();
    if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING) {
        report.add(
            &rules::REQUEST_FRAMED_TWICE,
            "Content-Length and Transfer-Encoding",
        );
        return;
    }
    match (content_length(headers), request.body().len()) {
        (Err(()), _) => report.add(
            &rules::REQUEST_LENGTH_MALFORMED,
            "Content-Length is not one number",
        ),
        (Ok(Some(field)), Some(body)) if field != body => report.add(
            &rules::REQUEST_LENGTH_MISMATCH,
            format!("Content-Length: {field} and a body of {body} bytes"),
        ),
        _ => {}
    }
}

/// The declared length, an error where it is not one number.
pub(super) fn content_length(headers: &HeaderMap) -> Result<Option<u64>, ()> {
    let mut fields = headers.get_all(CONTENT_LENGTH).iter();
    match (fields.next(), fields.next()) {
        (None, _) => Ok(None),
        (Some(field), None) => decimal(field.as_bytes()).map(Some).ok_or(()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Whether `Connection` names the option `wanted`.
pub(super) fn connection_names(headers: &HeaderMap, wanted: &str) -> bool {
    let values = headers.get_all(CONNECTION).iter();
    values
        .flat_map(|value| crate::h1::list(value.as_bytes()))
        .any(|option| option.eq_ignore_ascii_case(wanted.as_bytes()))
}
