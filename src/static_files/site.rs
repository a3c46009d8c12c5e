//! Which file answers a path, and all that is known of it: the part that reads the disk, in one go, where it may block.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::coding::Coding;
use super::digest::{Digests, Hash, Stamp};
use super::path::Wanted;
use super::root::{Miss, Opened, Root};

/// A file up to this size is read where it is opened: one trip to another thread and not two.
const SMALL: u64 = 64 << 10;

/// A file up to this size may be hashed while a page is rendered: it takes a millisecond, once.
const SOON: u64 = 1 << 20;

/// A directory of static files.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) root: Root,
    /// What a directory is answered with.
    pub(super) default_file: Option<String>,
    pub(super) max_age: Option<Duration>,
    /// Whether siblings are looked for.
    pub(super) precompressed: bool,
    pub(super) digests: Arc<Digests>,
}

/// What a request says of the file it wants.
#[derive(Debug)]
pub(super) struct Asked {
    /// The best first.
    pub(super) codings: Vec<Coding>,
    /// The hash that the URL names.
    pub(super) version: Option<String>,
    pub(super) now: SystemTime,
    /// The content is wanted, all of it.
    pub(super) whole: bool,
}

/// A file that answers.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    pub(super) len: u64,
    pub(super) modified: Option<SystemTime>,
    pub(super) etag: String,
    pub(super) coding: Option<Coding>,
    /// Where it stands, without what the coding has added: tells its type.
    pub(super) path: PathBuf,
    /// The URL names this very content.
    pub(super) is_versioned: bool,
    /// The content, of a small file.
    pub(super) content: Option<Bytes>,
}

/// A file's version, for its URL.
pub(super) enum Version {
    Known(Option<Hash>),
    /// The file would have to be read, and is not small.
    Costly,
}

impl Site {
    pub(super) fn find(&self, wanted: &Wanted, asked: &Asked) -> Result<Found, Miss> {
        let mut path = wanted.path.clone();
        let plain = match (self.root.open(&path), &self.default_file) {
            (Err(Miss::Directory), Some(name)) if wanted.slash => {
                path.push(name);
                self.root.open(&path).map_err(|miss| match miss {
                    Miss::Directory => Miss::Forbidden,
                    other => other,
                })?
            }
            (Err(Miss::Directory), None) => return Err(Miss::Forbidden),
            (Ok(_), _) if wanted.slash => return Err(Miss::NotFound),
            (opened, _) => opened?,
        };
        let version = asked.version.as_deref();
        let is_versioned = version.is_some_and(|version| {
            let hash = self.digests.of(&plain, asked.now);
            hash.as_deref() == Some(version)
        });
        let sibling = if self.precompressed {
            self.sibling(&path, &asked.codings)
        } else {
            None
        };
        let (opened, coding) = sibling.map_or((plain, None), |(opened, coding)| (opened, Some(coding)));
        Ok(Found {
            len: opened.meta.len(),
            modified: opened.meta.modified().ok(),
            etag: self.etag(&opened, coding, asked.now),
            content: asked.whole.then(|| small_content(&opened)).flatten(),
            file: opened.file,
            coding,
            path,
            is_versioned,
        })
    }

    /// The content of a file, packed beforehand, next to it: `app.css.br`.
    fn sibling(&self, path: &Path, codings: &[Coding]) -> Option<(Opened, Coding)> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(Coding::is_packed) {
            return None;
        }
        codings.iter().find_map(|coding| {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(coding.extension());
            let opened = self.root.open_if_there(Path::new(&name))?;
            Some((opened, *coding))
        })
    }

    /// The hash of the content; of a file too large for that, and of one that changes, what the system says of it.
    fn etag(&self, opened: &Opened, coding: Option<Coding>, now: SystemTime) -> String {
        match (self.digests.of(opened, now), coding) {
            (Some(hash), None) => format!("\"{hash}\""),
            (Some(hash), Some(coding)) => format!("\"{hash}-{}\"", coding.name()),
            (None, _) => Stamp::of(&opened.meta).tag(now),
        }
    }

    /// The hash of a file's content; none where there is no such file. `soon` refuses to read much.
    pub(super) fn version(&self, wanted: &Wanted, now: SystemTime, soon: bool) -> Version {
        match self.root.open(&wanted.path) {
            Ok(opened) if soon && self.digests.is_costly(&opened, SOON) => Version::Costly,
            Ok(opened) => Version::Known(self.digests.of(&opened, now)),
            Err(_) => Version::Known(None),
        }
    }
}

/// All of a small file. `None` where it has become shorter since: then the body that streams it ends as cut off.
pub(super) fn small_content(opened: &Opened) -> Option<Bytes> {
    let len = opened.meta.len();
    if len > SMALL {
        return None;
    }
    let mut file = &opened.file;
    file.seek(SeekFrom::Start(0)).ok()?;
    // `SMALL` fits.
    let mut content = Vec::with_capacity(len as usize);
    file.take(len).read_to_end(&mut content).ok()?;
    (content.len() as u64 == len).then(|| content.into())
}
