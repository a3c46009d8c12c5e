use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::PartHead;
use super::spool::{self, Doomed};
use crate::body::{Body, FileBody};
use crate::carrier::{Carrier, unblock};
use crate::error::{Error, Result};

/// A file of a form that was read before the handler (Tornado's `HTTPFile`).
///
/// A small one is in memory. One beyond [`Limits::file_memory`](crate::Limits::file_memory) is in a temporary file, which is
/// removed when this value is dropped, at the end of the request unless the handler has
/// [taken it](crate::Context::take_files).
pub struct HttpFile {
    head: PartHead,
    content: Content,
    carrier: Option<Arc<dyn Carrier>>,
}

enum Content {
    Memory(Bytes),
    Disk(Arc<Doomed>, u64),
}

impl HttpFile {
    pub(super) fn in_memory(head: PartHead, bytes: Bytes, carrier: Option<Arc<dyn Carrier>>) -> Self {
        Self {
            head,
            content: Content::Memory(bytes),
            carrier,
        }
    }

    pub(super) fn on_disk(head: PartHead, file: Doomed, len: u64, carrier: Option<Arc<dyn Carrier>>) -> Self {
        Self {
            head,
            content: Content::Disk(Arc::new(file), len),
            carrier,
        }
    }

    /// The name of the form's field.
    pub fn name(&self) -> &str {
        self.head.name()
    }

    /// The name of the file as it was sent. It may have a path in it: never open it, see [`HttpFile::safe_filename`].
    pub fn filename(&self) -> &str {
        self.head.filename().unwrap_or_default()
    }

    /// The last component of the file's name; none where nothing is left that could name a file.
    pub fn safe_filename(&self) -> Option<&str> {
        self.head.safe_filename()
    }

    /// The content type as it was sent, `application/unknown` where there was none, as in Tornado. It says what the client
    /// claims, not what the file is.
    pub fn content_type(&self) -> &str {
        self.head.content_type().unwrap_or("application/unknown")
    }

    /// Name, type and all other fields of the part.
    pub fn head(&self) -> &PartHead {
        &self.head
    }

    /// The length in bytes.
    pub fn len(&self) -> u64 {
        match &self.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Disk(_, len) => *len,
        }
    }

    /// True when the file has no content.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The content, where it is in memory.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Memory(bytes) => Some(bytes),
            Content::Disk(..) => None,
        }
    }

    /// The temporary file, where it is in one: no longer there when this value is dropped.
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::Memory(_) => None,
            Content::Disk(file, _) => Some(file.path()),
        }
    }

    /// The content, to read it piece by piece or to hand it on. On Unix it may outlive this value.
    ///
    /// # Errors
    /// 500 when the temporary file cannot be opened.
    pub async fn body(&self) -> Result<Body> {
        let (file, len) = match &self.content {
            Content::Memory(bytes) => return Ok(bytes.clone().into()),
            Content::Disk(file, len) => (file.clone(), *len),
        };
        let carrier = self.carrier()?;
        let file = unblock(&**carrier, move || File::open(file.path())).await?;
        Ok(Body::from_file(FileBody::new(file, 0, len, carrier.clone())))
    }

    /// The content, in memory, at most `limit` bytes.
    ///
    /// # Errors
    /// 413 when it is larger, 500 when the temporary file cannot be read.
    pub async fn bytes(&self, limit: u64) -> Result<Bytes> {
        Ok(self.body().await?.collect(limit).await?)
    }

    /// Copies the content to a new file, and gives its length. What is at `path` already is never overwritten.
    ///
    /// # Errors
    /// 500 when there is a file of this name, or it cannot be written.
    pub async fn save_to(&self, path: impl Into<PathBuf>) -> Result<u64> {
        let carrier = self.carrier()?;
        let path = path.into();
        let saved = match &self.content {
            Content::Memory(bytes) => {
                let bytes = bytes.clone();
                unblock(&**carrier, move || spool::write(&bytes, path))
            }
            Content::Disk(file, _) => {
                let file = file.clone();
                unblock(&**carrier, move || spool::copy(file.path(), path))
            }
        };
        Ok(saved.await?)
    }

    fn carrier(&self) -> Result<&Arc<dyn Carrier>> {
        self.carrier
            .as_ref()
            .ok_or_else(|| Error::new(500).message("the adapter gave no carrier"))
    }
}

impl fmt::Debug for HttpFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpFile")
            .field("name", &self.name())
            .field("filename", &self.filename())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
