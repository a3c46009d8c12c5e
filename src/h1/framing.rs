use super::refusal::Refusal;
use super::token::{decimal, list};

/// How long a message body is (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// There is none, or it has no bytes.
    Empty,
    /// As many bytes as `Content-Length` says, at least one.
    Known(u64),
    /// In chunks, each with its size.
    Chunked,
    /// What comes until the peer closes: responses only, a request never has it.
    UntilClose,
}

/// What the fields say about framing and persistence, gathered while they are parsed. The same for both roles.
#[derive(Debug, Default)]
pub(super) struct Framing {
    length: Lines<Option<u64>>,
    coding: Lines<Coding>,
    pub(super) close: bool,
    pub(super) keep_alive: bool,
    /// `Connection: upgrade`.
    pub(super) upgrade: bool,
    /// The `Upgrade` field.
    pub(super) upgrade_field: bool,
}

/// A field that may stand on one line only.
#[derive(Debug, Default, Clone, Copy)]
enum Lines<T> {
    #[default]
    None,
    One(T),
    Many,
}

impl<T> Lines<T> {
    fn add(&mut self, value: T) {
        *self = if matches!(self, Self::None) {
            Self::One(value)
        } else {
            Self::Many
        };
    }
}

/// What a `Transfer-Encoding` line asks for.
#[derive(Debug, Clone, Copy)]
enum Coding {
    /// Exactly `chunked`.
    Chunked,
    /// Anything else, which is where parsers disagree; a coding that we do not have is no better (RFC 9112 section 6.1
    /// has 501 for it, but whoever put it there has also decided where the next request begins).
    Faulty,
}

impl Coding {
    fn parse(value: &[u8]) -> Self {
        if value.eq_ignore_ascii_case(b"chunked") {
            Self::Chunked
        } else {
            Self::Faulty
        }
    }
}

impl Framing {
    /// Takes note of one field. The length of its name rules most fields out at once.
    pub(super) fn note(&mut self, name: &str, value: &[u8]) {
        match name.len() {
            14 if name.eq_ignore_ascii_case("content-length") => self.length.add(decimal(value)),
            17 if name.eq_ignore_ascii_case("transfer-encoding") => self.coding.add(Coding::parse(value)),
            10 if name.eq_ignore_ascii_case("connection") => {
                for member in list(value) {
                    self.close |= member.eq_ignore_ascii_case(b"close");
                    self.keep_alive |= member.eq_ignore_ascii_case(b"keep-alive");
                    self.upgrade |= member.eq_ignore_ascii_case(b"upgrade");
                }
            }
            7 if name.eq_ignore_ascii_case("upgrade") => self.upgrade_field = true,
            _ => {}
        }
    }

    /// The body length of a request (RFC 9112 section 6.3, rules 3 to 6 without their leniency). `modern` says that
    /// it is HTTP/1.1: a `Transfer-Encoding` from an older peer is faulty framing (section 6.1).
    pub(super) fn request_length(&self, modern: bool) -> Result<Length, Refusal> {
        match (self.length, self.coding) {
            (Lines::None, Lines::None) => Ok(Length::Empty),
            (Lines::One(Some(0)), Lines::None) => Ok(Length::Empty),
            (Lines::One(Some(length)), Lines::None) => Ok(Length::Known(length)),
            (Lines::One(None), Lines::None) => Err(Refusal::bad("invalid content-length")),
            (Lines::Many, Lines::None) => Err(Refusal::bad("more than one content-length")),
            (Lines::One(_) | Lines::Many, _) => {
                Err(Refusal::bad("both content-length and transfer-encoding"))
            }
            (Lines::None, _) if !modern => Err(Refusal::bad("transfer-encoding in HTTP/1.0")),
            (Lines::None, Lines::One(Coding::Chunked)) => Ok(Length::Chunked),
            (Lines::None, Lines::One(Coding::Faulty)) => Err(Refusal::bad("invalid transfer-encoding")),
            (Lines::None, Lines::Many) => Err(Refusal::bad("more than one transfer-encoding")),
        }
    }

    /// Whether the peer wants the connection to stay open (RFC 9112 section 9.3).
    pub(super) fn persists(&self, modern: bool) -> bool {
        !self.close && (modern || self.keep_alive)
    }
}
