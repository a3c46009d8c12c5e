//! What tells one content of a file from another: a hash, found once and kept for as long as the file is the same.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::root::Opened;

/// The largest file whose content is hashed, as in Tornado.
const LARGEST: u64 = 64 << 20;

/// The most files whose hashes are kept, as in Tornado.
const KEPT: usize = 10_000;

/// A file that was changed less than this ago may change again without a sign: file systems count time in steps, FAT in
/// two seconds.
const SETTLED: Duration = Duration::from_secs(2);

/// How much is read at a time.
const PIECE: usize = 64 << 10;

/// 128 bits of SHA-256 in hexadecimal digits.
pub(super) type Hash = Box<str>;

/// What the system says of a file's state. No two states of a file share it once they have settled: on Unix every change
/// sets the time of change, which nobody can set by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    /// Seconds and nanoseconds since 1970.
    changed: Option<(i64, i64)>,
    /// Device and number.
    file: Option<(u64, u64)>,
}

impl Stamp {
    pub(super) fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let (changed, file) = {
            use std::os::unix::fs::MetadataExt;
            (
                Some((meta.ctime(), meta.ctime_nsec())),
                Some((meta.dev(), meta.ino())),
            )
        };
        #[cfg(not(unix))]
        let (changed, file) = (None, None);
        Self {
            len: meta.len(),
            modified: meta.modified().ok(),
            changed,
            file,
        }
    }

    /// Whether a change from now on would show.
    fn is_settled(&self, now: SystemTime) -> bool {
        let changed = match self.changed {
            Some((seconds, _)) => u64::try_from(seconds)
                .ok()
                .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
            None => self.modified,
        };
        // A clock that is far behind the file's says as little as one that is ahead.
        changed.is_some_and(|changed| {
            let apart = now.duration_since(changed);
            apart.unwrap_or_else(|behind| behind.duration()) > SETTLED
        })
    }

    /// An entity tag without a look at the content: strong where no other content can have had it.
    pub(super) fn tag(&self, now: SystemTime) -> String {
        let mut hasher = Sha256::new();
        hasher.update(format!("{self:?}"));
        let weak = self.changed.is_none() || !self.is_settled(now);
        format!("{}\"{}\"", if weak { "W/" } else { "" }, hex(&hasher.finalize()))
    }
}

/// The hashes of files, those that were asked for last.
#[derive(Debug)]
pub(super) struct Digests {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: HashMap<Arc<Path>, Entry>,
    /// When each was asked for.
    order: BTreeMap<u64, Arc<Path>>,
    count: u64,
}

#[derive(Debug)]
struct Entry {
    stamp: Stamp,
    /// Empty while somebody reads the file; `None` where that failed.
    hash: Arc<OnceLock<Option<Hash>>>,
    used: u64,
}

impl Default for Digests {
    fn default() -> Self {
        Self::with_capacity(KEPT)
    }
}

impl Digests {
    pub(super) fn with_capacity(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    /// No code that can panic runs under this lock.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hash of a file's content. It blocks: the file is read unless that has been done; who comes meanwhile waits for
    /// it and does not read it, too. `None` for a file that is too large, changes, or cannot be read.
    pub(super) fn of(&self, opened: &Opened, now: SystemTime) -> Option<Hash> {
        let stamp = Stamp::of(&opened.meta);
        if stamp.len > LARGEST {
            return None;
        }
        if !stamp.is_settled(now) {
            return steady(&opened.file, &stamp);
        }
        let slot = self.slot(&opened.path, &stamp);
        let hash = slot.get_or_init(|| steady(&opened.file, &stamp)).clone();
        if hash.is_none() {
            self.forget(&opened.path, &slot);
        }
        hash
    }

    /// Whether [`Digests::of`] would have to read much to answer.
    pub(super) fn is_costly(&self, opened: &Opened, most: u64) -> bool {
        opened.meta.len() > most && {
            let kept = self.kept();
            let entry = kept.entries.get(opened.path.as_path());
            !entry.is_some_and(|entry| entry.stamp == Stamp::of(&opened.meta) && entry.hash.get().is_some())
        }
    }

    fn slot(&self, path: &Path, stamp: &Stamp) -> Arc<OnceLock<Option<Hash>>> {
        let mut kept = self.kept();
        kept.count += 1;
        let now = kept.count;
        let Kept { entries, order, .. } = &mut *kept;
        if let Some((path, entry)) = entries.get_key_value(path) {
            order.remove(&entry.used);
            order.insert(now, path.clone());
        }
        if let Some(entry) = entries.get_mut(path) {
            entry.used = now;
            if entry.stamp != *stamp {
                entry.stamp = stamp.clone();
                entry.hash = Arc::default();
            }
            return entry.hash.clone();
        }
        let (path, hash): (Arc<Path>, Arc<OnceLock<_>>) = (path.into(), Arc::default());
        let entry = Entry {
            stamp: stamp.clone(),
            hash: hash.clone(),
            used: now,
        };
        entries.insert(path.clone(), entry);
        order.insert(now, path);
        if entries.len() > self.most
            && let Some((_, oldest)) = order.pop_first()
        {
            entries.remove(&oldest);
        }
        hash
    }

    /// A failure is not kept.
    fn forget(&self, path: &Path, slot: &Arc<OnceLock<Option<Hash>>>) {
        let mut kept = self.kept();
        let failed = |entry: &Entry| Arc::ptr_eq(&entry.hash, slot);
        if kept.entries.get(path).is_some_and(failed)
            && let Some(entry) = kept.entries.remove(path)
        {
            kept.order.remove(&entry.used);
        }
    }
}

/// The hash of a file that is the same before and after it was read.
fn steady(file: &File, stamp: &Stamp) -> Option<Hash> {
    let hash = hash(file).ok()?;
    let after = file.metadata().ok()?;
    (Stamp::of(&after) == *stamp).then_some(hash)
}

/// Piece by piece: a file is never in memory as a whole. One that grows meanwhile is not followed beyond [`LARGEST`].
fn hash(mut file: &File) -> io::Result<Hash> {
    #[cfg(test)]
    super::tests::hashed();
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    file.seek(SeekFrom::Start(0))?;
    let mut content = file.take(LARGEST + 1);
    loop {
        let read = match content.read(&mut piece) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(piece.get(..read).unwrap_or_default());
    }
}

fn hex(digest: &[u8]) -> Hash {
    use std::fmt::Write;
    let mut text = String::with_capacity(32);
    for byte in digest.iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}

#[cfg(test)]
mod tests;
