use std::fmt;

use super::Fault;
use super::parameters::Parameters;

/// The text between the parts of a form: 1 to 70 characters (RFC 2046 section 5.1.1).
///
/// ```
/// use waterspout::multipart::Boundary;
///
/// let boundary = Boundary::parse(b"multipart/form-data; boundary=\"a b\"")?;
/// assert_eq!(boundary.as_str(), "a b");
/// assert!(Boundary::parse(b"multipart/form-data").is_err());
/// # Ok::<(), waterspout::multipart::Fault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary(String);

const LONGEST: usize = 70;

/// Whether a `Content-Type` is that of a form in parts, whatever its parameters are.
pub(crate) fn is_multipart_form(content_type: &[u8]) -> bool {
    let (kind, _) = Parameters::split(content_type);
    kind.eq_ignore_ascii_case(b"multipart/form-data")
}

impl Boundary {
    /// The boundary of a `Content-Type`.
    ///
    /// # Errors
    /// When it is not `multipart/form-data`, or has no boundary, two, or one that RFC 2046 does not allow.
    pub fn parse(content_type: &[u8]) -> Result<Self, Fault> {
        let (kind, parameters) = Parameters::split(content_type);
        if !kind.eq_ignore_ascii_case(b"multipart/form-data") {
            return Err(Fault::new("another content type"));
        }
        let mut boundary = None;
        for parameter in parameters {
            let (name, value) = parameter?;
            if name.eq_ignore_ascii_case(b"boundary") && boundary.replace(value).is_some() {
                return Err(Fault::new("two boundaries"));
            }
        }
        let boundary = boundary.ok_or(Fault::new("no boundary"))?;
        if !(1..=LONGEST).contains(&boundary.len()) {
            return Err(Fault::new("the boundary is not 1 to 70 characters long"));
        }
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(byte);
        let text = String::from_utf8(boundary.into_owned()).ok();
        text.filter(|text| text.bytes().all(|byte| allowed(&byte)) && !text.ends_with(' '))
            .map(Self)
            .ok_or(Fault::new("a character that no boundary may have"))
    }

    /// The text, without dashes before it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
