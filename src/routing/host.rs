use std::borrow::Cow;

use regex::Regex;

use super::error::{PatternError, PatternErrorKind};

/// Which hosts a rule is for.
///
/// Hosts are compared in lower case, without their port and without one trailing dot; an IPv6 address keeps
/// its brackets. Two patterns are equal if they were written alike.
#[derive(Clone, Debug)]
pub struct HostPattern {
    source: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Any,
    Exact,
    /// `*.example.com`: the name from its dot on.
    Below(String),
    Regex(Regex),
}

impl HostPattern {
    /// Reads `example.com` (this name), `*.example.com` (one or more labels before it, not the name alone),
    /// `[::1]`, or `*` (every host, also a missing one).
    ///
    /// ```ignore
    /// use waterspout::routing::HostPattern;
    /// let pattern = HostPattern::parse("*.example.com")?;
    /// assert!(pattern.matches("WWW.example.com:8080") && !pattern.matches("example.com"));
    /// # Ok::<(), waterspout::routing::PatternError>(())
    /// ```
    ///
    /// # Errors
    /// [`PatternErrorKind::BadHost`] for an empty name, one that is not ASCII (write its `xn--` form), a
    /// port, a `*` anywhere else, or a character that no host has.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let bad = |reason| PatternError::new(source, PatternErrorKind::BadHost(reason));
        if source == "*" {
            return Ok(HostPattern {
                source: source.to_owned(),
                kind: Kind::Any,
            });
        }
        if !source.is_ascii() {
            return Err(bad("not ASCII; write the xn-- form of the name"));
        }
        if host_without_port(source) != source {
            return Err(bad("a port is not part of a host"));
        }
        let host = normalize(source);
        let (name, below) = match host.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (&*host, false),
        };
        let brackets = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let fits = |b: u8| match brackets {
            Some(_) => b.is_ascii_hexdigit() || matches!(b, b':' | b'.'),
            None => b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'),
        };
        if name.is_empty() || name.split('.').any(str::is_empty) {
            return Err(bad("an empty name or label"));
        }
        if !brackets.unwrap_or(name).bytes().all(fits) || below && brackets.is_some() {
            return Err(bad("not a host name, `*.` and a name, an address, or `*`"));
        }
        let kind = if below {
            Kind::Below(format!(".{name}"))
        } else {
            Kind::Exact
        };
        Ok(HostPattern {
            source: host.into_owned(),
            kind,
        })
    }

    /// A regex over the whole host, as in Tornado's `add_handlers(r"www\.example\.com", ...)`. Write it in
    /// lower case, as hosts are made lower case before they are compared.
    ///
    /// # Errors
    /// [`PatternErrorKind::BadRegex`] if it does not compile.
    pub fn regex(source: &str) -> Result<Self, PatternError> {
        let regex = whole(source).map_err(|kind| PatternError::new(source, kind))?;
        Ok(HostPattern {
            source: source.to_owned(),
            kind: Kind::Regex(regex),
        })
    }

    /// The pattern as it was written; a name in lower case, without its trailing dot.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the pattern takes this host: a `Host` header's value, with or without a port. A request
    /// without a host is `""`.
    pub fn matches(&self, host: &str) -> bool {
        self.matches_normalized(&normalize(host))
    }

    /// The same for a host from [`normalize`].
    pub(super) fn matches_normalized(&self, host: &str) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Exact => self.source == host,
            Kind::Below(name) => host
                .strip_suffix(name.as_str())
                .is_some_and(|labels| !labels.split('.').any(str::is_empty)),
            Kind::Regex(regex) => regex.is_match(host),
        }
    }
}

impl PartialEq for HostPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
            && matches!(self.kind, Kind::Regex(_)) == matches!(other.kind, Kind::Regex(_))
    }
}

impl Eq for HostPattern {}

/// Compiles a regex that must match a whole text, not a part of it.
pub(super) fn whole(source: &str) -> Result<Regex, PatternErrorKind> {
    // alone first: `a)|(b` would close the parenthesis around it
    Regex::new(source)
        .and_then(|_| Regex::new(&format!("^(?:{source})$")))
        .map_err(|error| PatternErrorKind::BadRegex {
            regex: source.to_owned(),
            message: error.to_string(),
        })
}

/// A host as patterns compare it.
pub(super) fn normalize(host: &str) -> Cow<'_, str> {
    let host = host_without_port(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// A `Host` header's value without its port: `example.com:8080` is `example.com`, `[::1]:80` is `[::1]`.
///
/// What is behind the colon must be digits or nothing (RFC 3986, 3.2.3), and the rest free of further colons
/// unless it stands in brackets; anything else is returned as it is.
///
/// ```ignore
/// assert_eq!(waterspout::routing::host_without_port("[::1]:80"), "[::1]");
/// ```
pub fn host_without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (name.ends_with(']') || !name.contains(':')) =>
        {
            name
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests;
