use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::Finder;

use super::{Boundary, Event, Fault, Limits, PartHead};
use crate::h1::LineScan;

/// A form in parts as it comes: bytes in, events out.
///
/// Content is given as slices of what came in, not copied, and as soon as it is certain that no boundary begins in it.
///
/// ```
/// use waterspout::multipart::{Boundary, Event, Limits, Parser};
///
/// let mut parser = Parser::new(&Boundary::parse(b"multipart/form-data; boundary=B")?, Limits::default());
/// parser.receive("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--B--\r\n".into());
/// let Some(Event::Part(head)) = parser.next_event()? else { panic!() };
/// assert_eq!(head.name(), "a");
/// assert_eq!(parser.next_event()?, Some(Event::Data("one".into())));
/// assert_eq!(parser.next_event()?, Some(Event::PartEnd));
/// assert_eq!(parser.next_event()?, Some(Event::End));
/// assert_eq!(parser.next_event()?, None); // more input is wanted
/// parser.finish()?;
/// # Ok::<(), waterspout::multipart::Fault>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    /// CRLF, two dashes, the boundary.
    delimiter: Bytes,
    finder: Finder<'static>,
    limits: Limits,
    state: State,
    /// What has come and not been used yet.
    piece: Bytes,
    /// How much of the delimiter the input used so far ends with.
    matched: usize,
    /// How much of that is no content: the line end of what stands before.
    borrowed: usize,
    head: BytesMut,
    scan: LineScan,
    parts: usize,
    /// How much has been passed over in a row.
    skipped: usize,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing has come.
    Start,
    Preamble,
    /// The rest of a boundary's line.
    Line(Rest),
    Head,
    Content,
    Epilogue,
    Failed(Fault),
}

#[derive(Debug, Clone, Copy)]
enum Rest {
    /// Right behind the boundary.
    Begin,
    /// Behind one dash.
    Dash,
    /// Behind white space, which gateways may add (RFC 2046 section 5.1.1, transport padding).
    Padding,
    /// Behind the carriage return.
    Return,
}

/// What stands before the next delimiter.
enum Found {
    Content(Bytes),
    Delimiter,
    NeedMore,
}

/// The delimiter's own line end, which the empty line of a head, or the beginning of the body, may stand for.
const LINE_END: usize = 2;

impl Parser {
    /// A parser at the beginning of a body.
    pub fn new(boundary: &Boundary, limits: Limits) -> Self {
        let delimiter = Bytes::from(format!("\r\n--{boundary}"));
        Self {
            finder: Finder::new(&delimiter).into_owned(),
            delimiter,
            limits,
            state: State::Start,
            piece: Bytes::new(),
            matched: LINE_END,
            borrowed: LINE_END,
            head: BytesMut::new(),
            scan: LineScan::default(),
            parts: 0,
            skipped: 0,
        }
    }

    /// Takes the next piece of the body.
    pub fn receive(&mut self, piece: Bytes) {
        if let (State::Start, false) = (self.state, piece.is_empty()) {
            self.state = State::Preamble;
        }
        self.piece = if self.piece.is_empty() {
            piece
        } else {
            [&self.piece[..], &piece[..]].concat().into()
        };
    }

    /// What was found next; `None` when more input is wanted.
    ///
    /// # Errors
    /// What is wrong with the form. It stays so.
    pub fn next_event(&mut self) -> Result<Option<Event>, Fault> {
        let event = self.step();
        if let Err(fault) = event {
            self.state = State::Failed(fault);
            self.piece.clear();
            self.head = BytesMut::new();
        }
        event
    }

    /// The body has ended, and all events have been taken. One without a byte is a form without parts.
    ///
    /// # Errors
    /// When the last boundary has not been seen, or something was wrong before.
    pub fn finish(&self) -> Result<(), Fault> {
        match self.state {
            State::Start | State::Epilogue => Ok(()),
            State::Failed(fault) => Err(fault),
            State::Preamble => Err(Fault::new("no boundary in the body")),
            State::Line(_) | State::Head | State::Content => {
                Err(Fault::new("the body ends before its last boundary"))
            }
        }
    }

    fn step(&mut self) -> Result<Option<Event>, Fault> {
        loop {
            match self.state {
                State::Start => return Ok(None),
                State::Failed(fault) => return Err(fault),
                State::Preamble => match self.find() {
                    Found::Content(text) => self.skip(text.len())?,
                    Found::Delimiter => self.state = State::Line(Rest::Begin),
                    Found::NeedMore => return Ok(None),
                },
                State::Line(rest) => match self.line(rest)? {
                    None => return Ok(None),
                    Some(State::Epilogue) => {
                        self.state = State::Epilogue;
                        return Ok(Some(Event::End));
                    }
                    Some(state) => self.state = state,
                },
                State::Head => return Ok(self.head()?.map(Event::Part)),
                State::Content => match self.find() {
                    Found::Content(data) => return Ok(Some(Event::Data(data))),
                    Found::Delimiter => {
                        self.state = State::Line(Rest::Begin);
                        return Ok(Some(Event::PartEnd));
                    }
                    Found::NeedMore => return Ok(None),
                },
                State::Epilogue => {
                    self.skip(self.piece.len())?;
                    self.piece.clear();
                    return Ok(None);
                }
            }
        }
    }

    fn skip(&mut self, bytes: usize) -> Result<(), Fault> {
        self.skipped = self.skipped.saturating_add(bytes);
        if self.skipped > self.limits.head {
            return Err(Fault::new("too much text before, between or behind the parts"));
        }
        Ok(())
    }

    /// Looks for the delimiter. Since a carriage return stands at its beginning and nowhere else in it, an attempt that fails
    /// can only begin again where it failed.
    fn find(&mut self) -> Found {
        if self.matched > 0 {
            let wanted = self.delimiter.get(self.matched..).unwrap_or_default();
            let same = wanted.iter().zip(&self.piece).take_while(|(a, b)| a == b).count();
            looked_at(same + 1);
            self.matched += same;
            self.piece.advance(same);
            if self.matched == self.delimiter.len() {
                (self.matched, self.borrowed) = (0, 0);
                return Found::Delimiter;
            }
            if self.piece.is_empty() {
                return Found::NeedMore;
            }
            // In bounds: `borrowed <= matched < delimiter.len()`.
            let content = self.delimiter.slice(self.borrowed..self.matched);
            (self.matched, self.borrowed) = (0, 0);
            if !content.is_empty() {
                return Found::Content(content);
            }
        }
        let found = self.finder.find(&self.piece);
        looked_at(found.map_or(self.piece.len(), |at| at + self.delimiter.len()));
        match found {
            Some(0) => {
                self.piece.advance(self.delimiter.len());
                Found::Delimiter
            }
            Some(at) => Found::Content(self.piece.split_to(at)),
            None => {
                self.matched = self.begun();
                let mut content = std::mem::take(&mut self.piece);
                content.truncate(content.len() - self.matched);
                if content.is_empty() {
                    Found::NeedMore
                } else {
                    Found::Content(content)
                }
            }
        }
    }

    /// How much of the delimiter the piece ends with.
    fn begun(&self) -> usize {
        let from = (self.piece.len() + 1).saturating_sub(self.delimiter.len());
        let tail = self.piece.get(from..).unwrap_or_default();
        let candidate = memchr::memrchr(b'\r', tail).and_then(|at| tail.get(at..));
        candidate
            .filter(|candidate| self.delimiter.starts_with(candidate))
            .map_or(0, <[u8]>::len)
    }

    /// What comes behind a boundary's line; `None` when more input is wanted.
    fn line(&mut self, mut rest: Rest) -> Result<Option<State>, Fault> {
        while let Some(&byte) = self.piece.first() {
            self.piece.advance(1);
            looked_at(1);
            rest = match (rest, byte) {
                (Rest::Begin, b'-') => Rest::Dash,
                (Rest::Dash, b'-') => {
                    self.skipped = 0;
                    return Ok(Some(State::Epilogue));
                }
                (Rest::Begin | Rest::Padding, b' ' | b'\t') => {
                    self.skip(1)?;
                    Rest::Padding
                }
                (Rest::Begin | Rest::Padding, b'\r') => Rest::Return,
                (Rest::Return, b'\n') => {
                    self.skipped = 0;
                    self.parts += 1;
                    if self.parts > self.limits.parts {
                        return Err(Fault::new("too many parts"));
                    }
                    return Ok(Some(State::Head));
                }
                _ => return Err(Fault::new("a boundary is not followed by a line end")),
            };
        }
        self.state = State::Line(rest);
        Ok(None)
    }

    fn head(&mut self) -> Result<Option<PartHead>, Fault> {
        let Limits { head, fields, .. } = self.limits;
        // Most heads come in one piece; what comes in more is put together.
        let before = self.head.len();
        let bytes = if before == 0 {
            &self.piece[..]
        } else {
            let room = head.saturating_sub(before).min(self.piece.len());
            self.head
                .extend_from_slice(self.piece.get(..room).unwrap_or_default());
            &self.head[..]
        };
        let end = self.scan.section(bytes, head, fields)?;
        looked_at(end.unwrap_or(bytes.len()) - before);
        let Some(end) = end else {
            if before == 0 {
                self.head.extend_from_slice(&self.piece);
            }
            self.piece.clear();
            return Ok(None);
        };
        // A copy, since a head that is kept must not keep the piece, which is larger.
        let section = Bytes::copy_from_slice(bytes.get(..end).unwrap_or_default());
        self.piece.advance(end - before);
        self.head.clear();
        let count = std::mem::take(&mut self.scan).count();
        looked_at(end);
        (self.matched, self.borrowed) = (LINE_END, LINE_END);
        self.state = State::Content;
        PartHead::parse(&section, count).map(Some)
    }
}

/// Tests count how much is looked at instead of taking the time.
fn looked_at(bytes: usize) {
    #[cfg(test)]
    super::tests::looked_at(bytes);
    let _ = bytes;
}
