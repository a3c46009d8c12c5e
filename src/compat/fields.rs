//! Header and trailer fields. A name may stand there several times; its values keep their order. The order between names
//! is lost in http-types, whose fields stand in a `HashMap`; it means nothing (RFC 9110 section 5.3).

use http::{HeaderMap, HeaderName, HeaderValue};
use http_types::headers::{self, HeaderValues, Headers};

use super::{Part, Refused};

fn refused(name: &str, why: &str) -> Refused {
    // Quoted, since a name of http-types may hold anything.
    Refused::new(Part::Field, format!("{name:?} {why}"))
}

/// Puts the fields of `map` into those of http-types.
pub(super) fn fill(fields: &mut Headers, map: &HeaderMap) -> Result<(), Refused> {
    for name in map.keys() {
        let values = map.get_all(name).iter().map(|value| {
            headers::HeaderValue::from_bytes(value.as_bytes().to_vec())
                .map_err(|_| refused(name.as_str(), "has a value that is not ASCII"))
        });
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let name = headers::HeaderName::from_string(name.as_str().to_owned())
            .map_err(|_| refused(name.as_str(), "is no name of http-types"))?;
        fields.insert(name, &values[..]);
    }
    Ok(())
}

/// The fields of http-types as a map. Their names and values are any ASCII, CR and LF included, so each is checked.
pub(super) fn to_map<'a>(
    fields: impl Iterator<Item = (&'a headers::HeaderName, &'a HeaderValues)>,
) -> Result<HeaderMap, Refused> {
    let mut map = HeaderMap::new();
    // Any order would do; this one is the same each time.
    let mut fields: Vec<_> = fields.collect();
    fields.sort_unstable_by_key(|(name, _)| name.as_str());
    for (name, values) in fields {
        let text = name.as_str();
        let name = HeaderName::from_bytes(text.as_bytes())
            .map_err(|_| refused(text, "is no field name (RFC 9110 section 5.1)"))?;
        for value in values {
            let value = HeaderValue::from_str(value.as_str())
                .map_err(|_| refused(text, "has a value with control characters (RFC 9110 section 5.5)"))?;
            map.try_append(name.clone(), value)
                .map_err(|_| refused(text, "is one field too many"))?;
        }
    }
    Ok(map)
}
