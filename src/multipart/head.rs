use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode;

use super::Fault;
use super::parameters::Parameters;
use crate::h1::parse_fields;

const CONTENT_TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

/// The head of a part (RFC 7578 section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHead {
    headers: HeaderMap,
    name: String,
    filename: Option<String>,
}

impl PartHead {
    /// Parses `count` field lines and the empty line behind them.
    pub(super) fn parse(head: &Bytes, count: usize) -> Result<Self, Fault> {
        let headers = parse_fields(head, 0, count, |_, _| {})?;
        let disposition =
            one(&headers, &CONTENT_DISPOSITION)?.ok_or(Fault::new("a part has no Content-Disposition"))?;
        one(&headers, &CONTENT_TYPE)?;
        if let Some(coding) = one(&headers, &CONTENT_TRANSFER_ENCODING)? {
            // RFC 7578 section 4.7: no sender uses them, so taking the content as it is would be wrong or a trick.
            let known = ["7bit", "8bit", "binary"].map(str::as_bytes);
            if !known.iter().any(|known| coding.eq_ignore_ascii_case(known)) {
                return Err(Fault::new("a part has a Content-Transfer-Encoding"));
            }
        }
        let (name, filename) = names(disposition)?;
        Ok(Self {
            headers,
            name,
            filename,
        })
    }

    /// All fields of the part, in the order received.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The name of the form's field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the file as it was sent, `filename*` before `filename`; none where the part is no file. It may have a path
    /// in it: never open it, see [`PartHead::safe_filename`].
    pub fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// The last component of the file's name, whether its path was written with `/` or `\`; none where nothing is left that
    /// could name a file.
    pub fn safe_filename(&self) -> Option<&str> {
        let last = self.filename()?.rsplit(['/', '\\']).next()?.trim();
        (!matches!(last, "" | "." | "..")).then_some(last)
    }

    /// The content type as it was sent.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }
}

fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a [u8]>, Fault> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(HeaderValue::as_bytes);
    match values.next() {
        None => Ok(first),
        Some(_) => Err(Fault::new("a part has the same field twice")),
    }
}

/// Name and file name of a `Content-Disposition` (RFC 7578 section 4.2).
fn names(disposition: &[u8]) -> Result<(String, Option<String>), Fault> {
    let (kind, parameters) = Parameters::split(disposition);
    if !kind.eq_ignore_ascii_case(b"form-data") {
        return Err(Fault::new("a part is no form-data"));
    }
    let (mut name, mut filename, mut extended) = (None, None, None);
    for parameter in parameters {
        let (key, value) = parameter?;
        let before = match key.to_ascii_lowercase().as_slice() {
            b"name" => name.replace(text(value)?),
            b"filename" => filename.replace(text(value)?),
            b"filename*" => extended.replace(decode_extended(&value)?),
            // RFC 2231's names in pieces (`filename*0`), which others may put together.
            key if key.starts_with(b"name*") || key.starts_with(b"filename*") => {
                return Err(Fault::new("a name in a form that is not understood"));
            }
            _ => None,
        };
        if before.is_some() {
            return Err(Fault::new("a part has two names"));
        }
    }
    let name = name.filter(|name| !name.is_empty());
    Ok((
        name.ok_or(Fault::new("a part has no name"))?,
        extended.or(filename),
    ))
}

fn text(value: Cow<'_, [u8]>) -> Result<String, Fault> {
    let text = String::from_utf8(value.into_owned()).map_err(|_| Fault::new("a name is not UTF-8"))?;
    if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(Fault::new("a control character in a name"));
    }
    Ok(text)
}

/// `UTF-8''%e2%82%ac.txt` (RFC 8187 section 3.2).
fn decode_extended(value: &[u8]) -> Result<String, Fault> {
    let mut parts = value.splitn(3, |&byte| byte == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(encoded)) if charset.eq_ignore_ascii_case(b"utf-8") => {
            text(percent_decode(encoded).collect::<Vec<_>>().into())
        }
        _ => Err(Fault::new("filename* is not UTF-8''...")),
    }
}
