//! `Accept-Encoding` (RFC 9110 section 12.5.3).

use http::header::{ACCEPT_ENCODING, HeaderValue};

use super::Coding;
use crate::request::Request;

/// What the client wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// The coding that it likes best of those there are; `None` where it likes none, or no coding better.
    pub(super) coding: Option<Coding>,
    /// It does not want the content as it is.
    pub(super) identity_refused: bool,
}

/// A weight in thousandths; 0 refuses.
type Weight = u16;

impl Choice {
    pub(super) fn of(request: &Request) -> Self {
        // Before it is asked for, no map of the fields is made.
        if request.field(&ACCEPT_ENCODING).is_none() {
            return Self::default();
        }
        let lines = request.headers().get_all(ACCEPT_ENCODING).iter();
        let lines: Vec<_> = lines.map(HeaderValue::as_bytes).collect();
        Self::among(&lines, Coding::ALL)
    }

    /// Chooses from the field's lines. Each byte is looked at a fixed number of times.
    fn among(lines: &[&[u8]], codings: &[Coding]) -> Self {
        let mut weights = vec![None; codings.len()];
        let (mut identity, mut any) = (None, None);
        for item in lines.iter().flat_map(|line| line.split(|byte| *byte == b',')) {
            let Some((name, weight)) = item_of(item) else {
                continue;
            };
            if name == b"*" {
                any = Some(weight);
            } else if name.eq_ignore_ascii_case(b"identity") {
                identity = Some(weight);
            } else {
                for (coding, place) in codings.iter().zip(&mut weights) {
                    if coding.is(name) {
                        *place = Some(weight);
                    }
                }
            }
        }
        let mut best: Option<(Coding, Weight)> = None;
        for (coding, weight) in codings.iter().zip(weights) {
            let weight = weight.or(any).unwrap_or(0);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((*coding, weight));
            }
        }
        Self {
            // Content as it is has to be asked for to be liked better.
            coding: best
                .filter(|(_, weight)| identity.is_none_or(|identity| identity <= *weight))
                .map(|(coding, _)| coding),
            identity_refused: identity.or(any) == Some(0),
        }
    }
}

/// `gzip;q=0.5`: a name and its weight. `None` for what cannot be read.
fn item_of(item: &[u8]) -> Option<(&[u8], Weight)> {
    let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let mut weight = 1000;
    for part in parts {
        if let [b'q' | b'Q', b'=', value @ ..] = part {
            weight = weight_of(value)?;
        }
    }
    Some((name, weight))
}

/// `qvalue` of RFC 9110 section 12.4.2: 0 to 1 with up to three decimals.
fn weight_of(value: &[u8]) -> Option<Weight> {
    let (whole, decimals) = match value {
        [whole] => (whole, &[][..]),
        [whole, b'.', decimals @ ..] if decimals.len() <= 3 => (whole, decimals),
        _ => return None,
    };
    let mut weight = match whole {
        b'0' => 0,
        b'1' => 1000,
        _ => return None,
    };
    for (digit, scale) in decimals.iter().zip([100, 10, 1]) {
        weight += Weight::from(digit.is_ascii_digit().then(|| digit - b'0')?) * scale;
    }
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(lines: &[&str]) -> (Option<Coding>, bool) {
        let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
        let choice = Choice::among(&lines, &[Coding::Gzip]);
        (choice.coding, choice.identity_refused)
    }

    #[test]
    fn gzip_alone_is_weighed_against_content_as_it_is() {
        let gzip = Some(Coding::Gzip);
        for (value, coding, refused) in [
            ("", None, false),
            ("gzip", gzip, false),
            ("GZip", gzip, false),
            ("x-gzip", gzip, false),
            ("deflate", None, false),
            ("*", gzip, false),
            ("gzip;q=0", None, false),
            ("gzip; q=0.000", None, false),
            ("gzip;q=0.001", gzip, false),
            ("gzip ; Q=1.000", gzip, false),
            ("*;q=0", None, true),
            ("gzip, *;q=0", gzip, true),
            ("*, gzip;q=0", None, false),
            ("identity;q=0", None, true),
            ("identity;q=0, gzip;q=0.1", gzip, true),
            ("identity;q=0, *", gzip, true),
            ("identity, *;q=0", None, false),
            ("gzip;q=0.5, identity;q=0.5", gzip, false),
            ("gzip;q=0.5, identity", None, false),
            ("identity;q=0.2, gzip;q=0.3", gzip, false),
            ("deflate, , gzip", gzip, false),
            ("gzip;q=2", None, false),
            ("gzip;q=1.001", None, false),
            ("gzip;q=0.0001", None, false),
            ("gzip;q=-1", None, false),
            ("gzip;q=", None, false),
            ("gzip;q=a", None, false),
            ("gzip;q=0.a", None, false),
            ("gzip;level=9", gzip, false),
            (";q=1", None, false),
            ("gzipp, gzi", None, false),
        ] {
            assert_eq!(choose(&[value]), (coding, refused), "{value:?}");
        }
        assert_eq!(choose(&[]), (None, false));
        assert_eq!(choose(&["deflate", "gzip"]), (gzip, false));
    }

    #[cfg(all(feature = "brotli", feature = "zstd"))]
    #[test]
    fn the_best_of_three_is_taken_and_of_equals_the_first() {
        for (value, name) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, zstd", Some("zstd")),
            ("br;q=0.5, gzip;q=0.8, zstd;q=0.7", Some("gzip")),
            ("br;q=0, *;q=0.1", Some("zstd")),
            ("*", Some("br")),
            ("gzip;q=1, *;q=0.5", Some("gzip")),
            ("identity, br;q=0.9", None),
        ] {
            let choice = Choice::among(&[value.as_bytes()], Coding::ALL);
            assert_eq!(choice.coding.map(Coding::name), name, "{value}");
        }
    }
}
