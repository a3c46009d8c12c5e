//! Messages as a client sees them: bytes, in the order of the wire.

/// One field line.
pub(crate) type Field = (String, Vec<u8>);

/// How a request's body goes out.
#[derive(Clone, Debug, Default)]
pub(crate) enum Payload {
    #[default]
    None,
    /// None; but behind the head, together with it, stand the first bytes of the protocol that is asked for.
    Behind(Vec<u8>),
    /// With its length.
    Whole(Vec<u8>),
    /// Piece by piece without a length, then trailers.
    Pieces(Vec<Vec<u8>>, Vec<Field>),
    /// Without a length, by hand: [`Talk::send`](crate::carry::Talk::send).
    Open,
    /// With this length, by hand.
    OpenWithLength(u64),
}

#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    /// `HTTP/1.0` instead of 1.1.
    pub(crate) old: bool,
    pub(crate) fields: Vec<Field>,
    pub(crate) payload: Payload,
}

impl RawRequest {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            old: false,
            fields: vec![("Host".into(), b"localhost".into())],
            payload: Payload::None,
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            payload: Payload::Whole(body.into()),
            ..Self::new("POST", target)
        }
    }

    pub(crate) fn form(target: &str, body: &str) -> Self {
        Self::post(target, body).field("Content-Type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn old(mut self) -> Self {
        self.old = true;
        self
    }

    /// Adds a field; Host replaces the one that is there.
    pub(crate) fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        if name.eq_ignore_ascii_case("host") {
            self.fields.retain(|(name, _)| name != "Host");
        }
        self.fields.push((name.into(), value.as_ref().into()));
        self
    }

    pub(crate) fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Vec<Field>,
    /// The body did not come to its end.
    pub(crate) cut: bool,
}

impl RawResponse {
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let found = self
            .fields
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        found
            .map(|(_, value)| value.iter().copied().map(char::from).collect())
            .collect()
    }

    /// The first field of this name, its bytes taken for Latin-1.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The response is whole and has this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert!(!self.cut, "{} cut off: {}", self.status, self.text());
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, body: impl AsRef<[u8]>) -> Self {
        assert_eq!(self.text(), String::from_utf8_lossy(body.as_ref()));
        assert_eq!(self.body, body.as_ref());
        self
    }

    #[track_caller]
    pub(crate) fn has(self, name: &str, value: &str) -> Self {
        assert_eq!(self.all(name), [value], "{name}");
        self
    }

    #[track_caller]
    pub(crate) fn lacks(self, name: &str) -> Self {
        assert_eq!(self.header(name), None, "{name}");
        self
    }
}
