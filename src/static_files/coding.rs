//! `Accept-Encoding` (RFC 9110 section 12.5.3), and the siblings of a file that are its content, packed beforehand.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::h1::{list, trim};

/// A content coding that a sibling of a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

impl Coding {
    /// The smallest first: among those that a client likes alike, this is the order.
    const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The name in `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What the sibling's name has behind the file's.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zst",
            Self::Gzip => "gz",
        }
    }

    /// Whether a file is packed already, by its extension.
    pub(super) fn is_packed(extension: &str) -> bool {
        Self::ALL
            .iter()
            .any(|coding| extension.eq_ignore_ascii_case(coding.extension()))
    }

    fn is_named(self, name: &[u8]) -> bool {
        let old = self == Self::Gzip && name.eq_ignore_ascii_case(b"x-gzip");
        old || name.eq_ignore_ascii_case(self.name().as_bytes())
    }
}

/// The codings that the client takes rather than plain content, the best first.
pub(super) fn accepted(fields: &HeaderMap) -> Vec<Coding> {
    let mut weights = [None; Coding::ALL.len()];
    let (mut plain, mut others) = (None, None);
    for value in fields.get_all(ACCEPT_ENCODING) {
        for member in list(value.as_bytes()) {
            #[cfg(test)]
            super::tests::looked_at(member.len());
            let Some((name, weight)) = weighted(member) else {
                continue;
            };
            let known = Coding::ALL.iter().position(|coding| coding.is_named(name));
            if let Some(slot) = known.and_then(|known| weights.get_mut(known)) {
                *slot = Some(weight);
            } else if name == b"*" {
                others = Some(weight);
            } else if name.eq_ignore_ascii_case(b"identity") {
                plain = Some(weight);
            }
        }
    }
    // Plain content that is not named is taken, but not before anything that is.
    let least = plain.unwrap_or(0).max(1);
    let mut codings: Vec<_> = Coding::ALL
        .into_iter()
        .zip(weights)
        .filter_map(|(coding, weight)| Some((coding, weight.or(others)?)))
        .filter(|(_, weight)| *weight >= least)
        .collect();
    codings.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    codings.into_iter().map(|(coding, _)| coding).collect()
}

/// A name and its weight in thousandths; `None` where the weight is none (section 12.4.2).
fn weighted(member: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = member.split(|byte| *byte == b';').map(trim);
    let name = parts.next()?;
    let Some(parameter) = parts.next() else {
        return Some((name, 1000));
    };
    let (b"q=" | b"Q=", digits) = parameter.split_at_checked(2)? else {
        return None;
    };
    let (whole, decimals) = match digits {
        [whole] | [whole, b'.'] => (whole, &[][..]),
        [whole, b'.', decimals @ ..] if decimals.len() <= 3 => (whole, decimals),
        _ => return None,
    };
    if parts.next().is_some() || !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |at: usize| decimals.get(at).map_or(0, |digit| u16::from(digit - b'0'));
    let fraction = digit(0) * 100 + digit(1) * 10 + digit(2);
    match (whole, fraction) {
        (b'0', fraction) => Some((name, fraction)),
        (b'1', 0) => Some((name, 1000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn shown(values: &[&'static str]) -> String {
        let mut fields = HeaderMap::new();
        for value in values {
            fields.append(ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        let names: Vec<_> = accepted(&fields).into_iter().map(Coding::name).collect();
        names.join(" ")
    }

    #[test]
    fn the_weights_decide_then_our_order() {
        for (value, expected) in [
            ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("GZIP", "gzip"),
            ("gzip, deflate, br, zstd", "br zstd gzip"),
            ("gzip, br;q=0.9", "gzip br"),
            ("gzip;q=0.5, br;q=0.50, zstd;q=0.501", "zstd br gzip"),
            ("gzip ; q=1.000", "gzip"),
            ("*", "br zstd gzip"),
            ("*;q=0, gzip", "gzip"),
            ("*, br;q=0", "zstd gzip"),
            ("gzip;q=0", ""),
            ("gzip;q=0.0", ""),
            ("identity", ""),
            ("identity, gzip;q=0.5", ""),
            ("identity;q=0.5, gzip", "gzip"),
            ("identity;q=0, gzip;q=0.001", "gzip"),
            ("", ""),
            ("deflate", ""),
            // A weight that is none: the coding is not taken.
            ("gzip;q=1.5", ""),
            ("gzip;q=2", ""),
            ("gzip;q=-1", ""),
            ("gzip;q=0.1234", ""),
            ("gzip;q=", ""),
            ("gzip;q", ""),
            ("gzip;level=9", ""),
            ("gzip;q=1;x=y", ""),
            ("gzip;q=0x1", ""),
        ] {
            assert_eq!(shown(&[value]), expected, "{value}");
        }
        assert_eq!(shown(&["gzip", "br"]), "br gzip");
        assert_eq!(shown(&[]), "");
    }
}
