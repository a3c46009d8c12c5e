use super::refusal::Refusal;
use super::token::{decimal, list, trim};

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

impl Length {
    /// What a `Content-Length` of so many bytes means.
    fn of(length: u64) -> Self {
        match length {
            0 => Self::Empty,
            _ => Self::Known(length),
        }
    }
}

/// What the fields say about framing and persistence, gathered while they are parsed. The same for both roles.
#[derive(Debug, Default)]
pub(super) struct Framing {
    length: Declared,
    coding: Lines<Coding>,
    pub(super) close: bool,
    pub(super) keep_alive: bool,
    /// `Connection: upgrade`.
    pub(super) upgrade: bool,
    /// The `Upgrade` field.
    pub(super) upgrade_field: bool,
}

/// What the `Content-Length` lines say together.
#[derive(Debug, Default, Clone, Copy)]
enum Declared {
    #[default]
    None,
    Once(u64),
    /// The same number again: in a list, or on another line.
    Again(u64),
    Faulty,
    /// Numbers that are not the same.
    Differing,
}

impl Declared {
    fn add(&mut self, value: &[u8]) {
        for member in value.split(|&byte| byte == b',') {
            *self = match (*self, decimal(trim(member))) {
                (Self::Faulty, _) | (_, None) => Self::Faulty,
                (Self::None, Some(length)) => Self::Once(length),
                (Self::Once(first) | Self::Again(first), Some(length)) if first == length => {
                    Self::Again(first)
                }
                (Self::Once(_) | Self::Again(_) | Self::Differing, Some(_)) => Self::Differing,
            };
        }
    }
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
            14 if name.eq_ignore_ascii_case("content-length") => self.length.add(value),
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
            (Declared::None, Lines::None) => Ok(Length::Empty),
            (Declared::Once(length), Lines::None) => Ok(Length::of(length)),
            (Declared::Faulty, Lines::None) => Err(Refusal::bad("invalid content-length")),
            (Declared::Again(_) | Declared::Differing, Lines::None) => {
                Err(Refusal::bad("more than one content-length"))
            }
            (Declared::None, _) if !modern => Err(Refusal::bad("transfer-encoding in HTTP/1.0")),
            (Declared::None, Lines::One(Coding::Chunked)) => Ok(Length::Chunked),
            (Declared::None, Lines::One(Coding::Faulty)) => Err(Refusal::bad("invalid transfer-encoding")),
            (Declared::None, Lines::Many) => Err(Refusal::bad("more than one transfer-encoding")),
            (_, Lines::One(_) | Lines::Many) => {
                Err(Refusal::bad("both content-length and transfer-encoding"))
            }
        }
    }

    /// The body length of a response whose status and request do not rule a body out (RFC 9112 section 6.3, rules 3 to
    /// 8). Unlike a request, it may say its length more than once, if it is the same (rule 5), or not at all (rule 8).
    pub(super) fn response_length(&self, modern: bool) -> Result<Length, Refusal> {
        match (self.length, self.coding) {
            (Declared::None, Lines::None) => Ok(Length::UntilClose),
            (Declared::Again(length), Lines::None) => Ok(Length::of(length)),
            _ => self.request_length(modern),
        }
    }

    /// Whether the peer wants the connection to stay open (RFC 9112 section 9.3).
    pub(super) fn persists(&self, modern: bool) -> bool {
        !self.close && (modern || self.keep_alive)
    }
}
