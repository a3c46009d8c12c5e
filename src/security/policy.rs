//! `Content-Security-Policy` (CSP 3), with a place for the nonce of each response.

use http::HeaderValue;

/// No page breaks by it: who may frame it, no plug-ins, no foreign `<base>`.
pub(super) const DEFAULT: &str = "frame-ancestors 'self'; object-src 'none'; base-uri 'self'";

const PLACE: &str = "{nonce}";
const SOURCE: &str = "'nonce-{nonce}'";

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// For responses that have asked for no nonce: made once.
    plain: HeaderValue,
    /// The policy of a response with a nonce, cut where it goes.
    pieces: Vec<String>,
}

impl Policy {
    /// The default one, to which a page that uses a nonce adds where its scripts come from.
    pub(super) fn standard() -> Self {
        Self {
            plain: HeaderValue::from_static(DEFAULT),
            pieces: vec![format!("{DEFAULT}; script-src 'self' 'nonce-"), "'".into()],
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let places = text.matches(PLACE).count();
        if places != text.matches(SOURCE).count() {
            return Err("Content-Security-Policy: the place of the nonce is written 'nonce-{nonce}'".into());
        }
        let plain = text.replace(&format!(" {SOURCE}"), "").replace(SOURCE, "");
        let illegal = |_| "Content-Security-Policy: it cannot stand in a header".to_owned();
        Ok(Self {
            plain: HeaderValue::try_from(plain).map_err(illegal)?,
            pieces: text.split(PLACE).map(str::to_owned).collect(),
        })
    }

    pub(super) fn plain(&self) -> &HeaderValue {
        &self.plain
    }

    /// `None` where the policy has no place for a nonce.
    pub(super) fn with_nonce(&self, nonce: &str) -> Option<HeaderValue> {
        if self.pieces.len() < 2 {
            return None;
        }
        HeaderValue::try_from(self.pieces.join(nonce)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_has_its_places_and_leaves_none_behind() {
        let policy =
            Policy::parse("script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'")
                .expect("a policy");
        assert_eq!(policy.plain(), "script-src 'strict-dynamic'; style-src 'self'");
        assert_eq!(
            policy.with_nonce("abc").expect("a place"),
            "script-src 'nonce-abc' 'strict-dynamic'; style-src 'self' 'nonce-abc'"
        );
        assert_eq!(
            Policy::parse("default-src 'self'")
                .expect("a policy")
                .with_nonce("abc"),
            None
        );
        for bad in ["script-src {nonce}", "a\nb", "script-src 'nonce-{nonce}' {nonce}"] {
            assert!(Policy::parse(bad).is_err(), "{bad}");
        }
        let standard = Policy::standard().with_nonce("abc").expect("a place");
        assert_eq!(standard, format!("{DEFAULT}; script-src 'self' 'nonce-abc'"));
    }
}
