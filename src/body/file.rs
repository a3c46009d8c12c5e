//! A piece of an open file as a body.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;

use super::BodyError;
use crate::carrier::{BoxFuture, Carrier, unblock};

/// How much is read at a time.
const PIECE: u64 = 64 << 10;

type Reading = BoxFuture<'static, std::io::Result<Bytes>>;

/// A range of an open regular file. The core reads it through [`Carrier::unblock`], 64 KiB at a time; an adapter that
/// can hand a file to the system (`sendfile`) takes [`FileBody::file`] and the range instead.
pub struct FileBody {
    file: Arc<File>,
    offset: u64,
    len: u64,
    carrier: Arc<dyn Carrier>,
    reading: Option<Reading>,
}

impl FileBody {
    /// `len` bytes of `file` from `offset` on. A file that turns out shorter ends the body as cut off.
    pub fn new(file: File, offset: u64, len: u64, carrier: Arc<dyn Carrier>) -> Self {
        Self::shared(Arc::new(file), offset, len, carrier)
    }

    /// As [`FileBody::new`], for one of several pieces of a file, which are read one after the other.
    pub(crate) fn shared(file: Arc<File>, offset: u64, len: u64, carrier: Arc<dyn Carrier>) -> Self {
        Self {
            file,
            offset,
            len,
            carrier,
            reading: None,
        }
    }

    /// The open file.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Where the next byte is read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes are still to come.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn poll_read(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.len == 0 {
            return Poll::Ready(None);
        }
        let (offset, want) = (self.offset, self.len.min(PIECE));
        let reading = self.reading.get_or_insert_with(|| {
            let file = self.file.clone();
            unblock(&*self.carrier, move || read_at(&file, offset, want))
        });
        let result = std::task::ready!(reading.as_mut().poll(cx));
        self.reading = None;
        match result {
            Ok(bytes) if bytes.is_empty() => {
                self.len = 0;
                Poll::Ready(Some(Err(BodyError::cut_off())))
            }
            Ok(bytes) => {
                self.offset += bytes.len() as u64;
                self.len -= bytes.len() as u64;
                Poll::Ready(Some(Ok(bytes)))
            }
            Err(error) => {
                self.len = 0;
                Poll::Ready(Some(Err(BodyError::other(error))))
            }
        }
    }
}

/// Seek and read: one reader at a time holds the file, so the shared cursor does no harm.
fn read_at(mut file: &File, offset: u64, want: u64) -> std::io::Result<Bytes> {
    file.seek(SeekFrom::Start(offset))?;
    let mut piece = Vec::with_capacity(usize::try_from(want).unwrap_or(0));
    file.take(want).read_to_end(&mut piece)?;
    Ok(piece.into())
}

impl fmt::Debug for FileBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileBody")
            .field("offset", &self.offset)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
