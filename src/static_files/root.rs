//! Opening what is below a directory, and nothing that is not.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A directory whose files may be sent.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// As it was given: tried again while there is no real one.
    given: PathBuf,
    /// Without links, from when the application was made.
    real: Option<PathBuf>,
    /// Real paths of other directories, into which links may lead.
    linked: Vec<PathBuf>,
    /// One of those that is none.
    unlinked: Option<PathBuf>,
}

/// A regular file, open, which lies below the root.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) meta: Metadata,
    /// Its real path.
    pub(super) path: PathBuf,
}

/// Why there is no file to be sent.
#[derive(Debug)]
pub(super) enum Miss {
    NotFound,
    /// Outside, unreadable, or no regular file.
    Forbidden,
    /// A directory, inside.
    Directory,
    Failed(io::Error),
}

impl Root {
    pub(super) fn new(given: PathBuf) -> Self {
        let real = fs::canonicalize(&given).ok();
        Self {
            given,
            real,
            linked: Vec::new(),
            unlinked: None,
        }
    }

    /// Lets links lead into a directory.
    pub(super) fn link(&mut self, directory: &Path) {
        match fs::canonicalize(directory) {
            Ok(real) => self.linked.push(real),
            Err(_) => self.unlinked = Some(directory.to_owned()),
        }
    }

    /// Why nothing can be sent.
    pub(super) fn problem(&self) -> Option<String> {
        let is_dir = self.real.as_ref().is_some_and(|real| real.is_dir());
        let wrong = (!is_dir).then_some(&self.given).or(self.unlinked.as_ref())?;
        Some(format!("{} is no directory of static files", wrong.display()))
    }

    /// Opens a file. `relative` is made of plain names.
    ///
    /// What is outside is [`Miss::Forbidden`] whether it is there or not; what has been opened is what is judged, so no name
    /// can change in between.
    pub(super) fn open(&self, relative: &Path) -> Result<Opened, Miss> {
        let late;
        let root = if let Some(real) = &self.real {
            real
        } else {
            late = fs::canonicalize(&self.given).map_err(|_| Miss::NotFound)?;
            &late
        };
        let path = root.join(relative);
        let explain = |error| self.explain(root, relative, error);
        let (file, meta) = match open_regular(&path).map_err(explain)? {
            Regular::Opened(file, meta) => (file, meta),
            Regular::Other(kind) => {
                let inside = self.contains(root, &fs::canonicalize(&path).map_err(explain)?);
                return Err(if inside && kind.is_dir() {
                    Miss::Directory
                } else {
                    Miss::Forbidden
                });
            }
        };
        let real = real_path(&file, &path).map_err(explain)?;
        if !self.contains(root, &real) {
            return Err(Miss::Forbidden);
        }
        Ok(Opened {
            file,
            meta,
            path: real,
        })
    }

    /// As [`Root::open`], for what need not be there.
    pub(super) fn open_if_there(&self, relative: &Path) -> Option<Opened> {
        // A plain look first: most of what is asked for is not there, and why not is dear to find out.
        let there = |real: &PathBuf| fs::metadata(real.join(relative)).is_ok_and(|meta| meta.is_file());
        self.real
            .as_ref()
            .is_none_or(there)
            .then(|| self.open(relative).ok())?
    }

    /// Compares names, not text: `static_foo` is not below `static`.
    fn contains(&self, root: &Path, real: &Path) -> bool {
        real.starts_with(root) || self.linked.iter().any(|linked| real.starts_with(linked))
    }

    /// Says no more of what is outside than that it is: names are followed up to the first that leads nowhere.
    fn explain(&self, root: &Path, relative: &Path, error: io::Error) -> Miss {
        let mut path = root.to_owned();
        for name in relative {
            path.push(name);
            match fs::canonicalize(&path) {
                Ok(real) if self.contains(root, &real) => {}
                Ok(_) => return Miss::Forbidden,
                // A link without an end may lead anywhere.
                Err(_) if path.is_symlink() => return Miss::Forbidden,
                Err(_) => break,
            }
        }
        match error.kind() {
            // A name that is too long is none either.
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => Miss::NotFound,
            ErrorKind::PermissionDenied => Miss::Forbidden,
            _ => Miss::Failed(error),
        }
    }
}

/// What a path leads to.
pub(super) enum Regular {
    Opened(File, Metadata),
    Other(Metadata),
}

/// Opens a regular file, and nothing else: opening a FIFO waits for its writer. Between the look and the opening one may take
/// the file's place, if somebody writes in the directory at that very moment: then the opening does not wait either
/// ([`nonblocking`]), and what has been opened is looked at again.
pub(super) fn open_regular(path: &Path) -> io::Result<Regular> {
    let before = fs::metadata(path)?;
    if !before.is_file() {
        return Ok(Regular::Other(before));
    }
    let mut options = OpenOptions::new();
    nonblocking(options.read(true));
    let file = options.open(path)?;
    let meta = file.metadata()?;
    Ok(if meta.is_file() {
        Regular::Opened(file, meta)
    } else {
        Regular::Other(meta)
    })
}

/// Opening then never waits. The values are those of the systems' headers; where they are not known here, a FIFO that takes
/// the place of a file between two system calls holds one thread until somebody writes to it.
fn nonblocking(options: &mut OpenOptions) {
    #[cfg(all(
        any(target_os = "linux", target_os = "android"),
        not(any(
            target_arch = "mips",
            target_arch = "mips32r6",
            target_arch = "mips64",
            target_arch = "mips64r6",
            target_arch = "sparc",
            target_arch = "sparc64"
        ))
    ))]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, 0o4000);
    #[cfg(any(
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    ))]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, 0x4);
    let _ = options;
}

/// The path of what has been opened, without links. Linux knows it of the open file itself; elsewhere, and without `/proc`,
/// it is that of the name, which somebody who writes in the directory may have changed since.
fn real_path(file: &File, path: &Path) -> io::Result<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        if let Ok(real) = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())) {
            return Ok(real);
        }
    }
    let _ = file;
    fs::canonicalize(path)
}
