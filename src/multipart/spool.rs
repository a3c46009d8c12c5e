//! Files that are written through the carrier.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::carrier::{Carrier, unblock};
use crate::error::Result;

/// How much is written at once: a change of threads for every piece of the network would cost more than the writing.
const AT_ONCE: usize = 256 << 10;

/// A file that goes away with this value.
#[derive(Debug)]
pub(super) struct Doomed(PathBuf);

impl Doomed {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn keep(mut self) {
        self.0 = PathBuf::new();
    }
}

impl Drop for Doomed {
    /// At once and not by way of the carrier, which may be about to end with the process.
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // Whoever has removed it already has done our work.
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// A file on its way to the disk. Dropped before its end it leaves nothing behind.
pub(super) struct Writer {
    carrier: Arc<dyn Carrier>,
    open: Option<(File, Doomed)>,
    buffer: Vec<u8>,
    len: u64,
}

impl Writer {
    /// A new file with a name of its own in `folder`, for nobody else to read.
    pub(super) async fn temporary(carrier: Arc<dyn Carrier>, folder: PathBuf) -> Result<Self> {
        Self::open(carrier, move || create_temporary(&folder)).await
    }

    /// A new file at `path`: one that is there already is an error.
    pub(super) async fn create(carrier: Arc<dyn Carrier>, path: PathBuf) -> Result<Self> {
        Self::open(carrier, move || {
            let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
            Ok((file, Doomed(path)))
        })
        .await
    }

    async fn open(
        carrier: Arc<dyn Carrier>,
        open: impl FnOnce() -> io::Result<(File, Doomed)> + Send + 'static,
    ) -> Result<Self> {
        let open = unblock(&*carrier, open).await?;
        Ok(Self {
            carrier,
            open: Some(open),
            buffer: Vec::new(),
            len: 0,
        })
    }

    pub(super) async fn write(&mut self, piece: &[u8]) -> Result {
        self.buffer.extend_from_slice(piece);
        self.len += piece.len() as u64;
        if self.buffer.len() >= AT_ONCE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result {
        // Away for as long as it is written, and for good if that fails.
        let Some((mut file, doomed)) = self.open.take() else {
            return Err(io::Error::from(ErrorKind::BrokenPipe).into());
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        let written = unblock(&*self.carrier, move || {
            file.write_all(&buffer)?;
            buffer.clear();
            io::Result::Ok((file, doomed, buffer))
        });
        let (file, doomed, buffer) = written.await?;
        self.buffer = buffer;
        self.open = Some((file, doomed));
        Ok(())
    }

    /// Writes what is left; the file goes away with what is returned.
    pub(super) async fn finish(mut self) -> Result<(Doomed, u64)> {
        self.flush().await?;
        match self.open.take() {
            Some((_, doomed)) => Ok((doomed, self.len)),
            None => Err(io::Error::from(ErrorKind::BrokenPipe).into()),
        }
    }

    /// Writes what is left; the file stays.
    pub(super) async fn finish_and_keep(self) -> Result<u64> {
        let (doomed, len) = self.finish().await?;
        doomed.keep();
        Ok(len)
    }
}

/// Copies a file to a new one, which must not be there yet.
pub(super) fn copy(from: &Path, to: PathBuf) -> io::Result<u64> {
    let mut source = File::open(from)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(&to)?;
    let doomed = Doomed(to);
    let len = io::copy(&mut source, &mut file)?;
    doomed.keep();
    Ok(len)
}

/// The same for bytes.
pub(super) fn write(bytes: &Bytes, to: PathBuf) -> io::Result<u64> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(&to)?;
    let doomed = Doomed(to);
    file.write_all(bytes)?;
    doomed.keep();
    Ok(bytes.len() as u64)
}

fn create_temporary(folder: &Path) -> io::Result<(File, Doomed)> {
    const TRIES: usize = 16;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for _ in 0..TRIES {
        // The hash keys of the standard library come from the system's randomness. A name that somebody guessed does no
        // harm: `create_new` opens no file and follows no link that is there.
        let name = format!("waterspout-upload-{:016x}", RandomState::new().hash_one(folder));
        let path = folder.join(name);
        match options.open(&path) {
            Ok(file) => return Ok((file, Doomed(path))),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
