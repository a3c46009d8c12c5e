use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use super::fault::refused;
use super::spool::Writer;
use super::{Event, Parser, PartHead};
use crate::body::{Body, BodyError};
use crate::carrier::Carrier;
use crate::error::{Error, Result};

/// A form that is read part by part, as it comes from the network: [`Context::multipart`](crate::Context::multipart).
pub struct Multipart {
    body: Body,
    parser: Parser,
    carrier: Option<Arc<dyn Carrier>>,
    /// Looked at already, for the next to ask.
    ahead: Option<Event>,
    failed: bool,
}

impl Multipart {
    pub(crate) fn new(body: Body, parser: Parser, carrier: Option<Arc<dyn Carrier>>) -> Self {
        Self {
            body,
            parser,
            carrier,
            ahead: None,
            failed: false,
        }
    }

    /// Reads up to the first part, so that a body that is no form is refused at once.
    pub(crate) async fn open(mut self) -> Result<Self> {
        self.ahead = self.event().await?;
        Ok(self)
    }

    /// The next part, `None` behind the last one. What was not read of the part before is passed over.
    ///
    /// # Errors
    /// 400 when the form is malformed, has too many parts or was cut off, 413 when the body is over its limit, 408 when it is
    /// too slow; after an error always an error.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        while let Some(event) = self.event().await? {
            if let Event::Part(head) = event {
                return Ok(Some(Part {
                    form: self,
                    head,
                    ended: false,
                }));
            }
        }
        Ok(None)
    }

    /// `None` when the body has come to its end, and it was a good one.
    async fn event(&mut self) -> Result<Option<Event>> {
        if let Some(event) = self.ahead.take() {
            return Ok(Some(event));
        }
        if self.failed {
            // Whoever has passed over the error must not take the rest for a clean end.
            Err(BodyError::cut_off())?;
        }
        let event = self.read().await;
        self.failed = event.is_err();
        event
    }

    async fn read(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.parser.next_event().map_err(refused)? {
                return Ok(Some(event));
            }
            match self.body.next_chunk().await {
                Some(piece) => self.parser.receive(piece?),
                None => return self.parser.finish().map(|()| None).map_err(refused),
            }
        }
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// One part of a form, whose content has not been read yet.
#[derive(Debug)]
pub struct Part<'a> {
    form: &'a mut Multipart,
    head: PartHead,
    ended: bool,
}

impl Part<'_> {
    /// The name of the form's field.
    pub fn name(&self) -> &str {
        self.head.name()
    }

    /// The name of the file as it was sent; none where the part is no file. It may have a path in it: never open it, see
    /// [`Part::safe_filename`].
    pub fn filename(&self) -> Option<&str> {
        self.head.filename()
    }

    /// The last component of the file's name; none where nothing is left that could name a file.
    pub fn safe_filename(&self) -> Option<&str> {
        self.head.safe_filename()
    }

    /// The content type as it was sent.
    pub fn content_type(&self) -> Option<&str> {
        self.head.content_type()
    }

    /// All fields of the part.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    pub(super) fn carrier(&self) -> Option<&Arc<dyn Carrier>> {
        self.form.carrier.as_ref()
    }

    pub(super) fn into_head(self) -> PartHead {
        self.head
    }

    /// The next piece of the content, `None` at its end. It is not read from the network before this is called.
    ///
    /// # Errors
    /// As [`Multipart::next_part`].
    pub async fn read_chunk(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        if let Some(Event::Data(data)) = self.form.event().await? {
            return Ok(Some(data));
        }
        self.ended = true;
        Ok(None)
    }

    /// The rest of the content, at most `limit` bytes.
    ///
    /// # Errors
    /// 413 when there is more, else as [`Multipart::next_part`].
    pub async fn bytes(&mut self, limit: u64) -> Result<Bytes> {
        let mut bytes = BytesMut::new();
        while let Some(piece) = self.read_chunk().await? {
            if (bytes.len() + piece.len()) as u64 > limit {
                let text = format!("the part {:?} is larger than allowed", self.name());
                return Err(Error::new(413).message(text));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// The rest of the content as text, at most `limit` bytes.
    ///
    /// # Errors
    /// 413 when there is more, 400 when it is not UTF-8, else as [`Multipart::next_part`].
    pub async fn text(&mut self, limit: u64) -> Result<String> {
        let bytes = self.bytes(limit).await?;
        String::from_utf8(bytes.into()).map_err(|_| {
            let text = format!("the part {:?} is not UTF-8", self.name());
            Error::new(400).message(text)
        })
    }

    /// Writes the rest of the content to a new file as it comes, and gives its length. What is at `path` already is never
    /// overwritten, and nothing is left behind when the content does not come to its end.
    ///
    /// # Errors
    /// 500 when there is a file of this name, or it cannot be written; else as [`Multipart::next_part`].
    pub async fn save_to(&mut self, path: impl Into<PathBuf>) -> Result<u64> {
        let carrier = self.form.carrier.clone();
        let carrier = carrier.ok_or_else(|| Error::new(500).message("the adapter gave no carrier"))?;
        let mut file = Writer::create(carrier, path.into()).await?;
        while let Some(piece) = self.read_chunk().await? {
            file.write(&piece).await?;
        }
        file.finish_and_keep().await
    }
}
