//! From the end of a request's path to the names of a file below the root, without a look at the disk.

use std::path::PathBuf;

use crate::routing::decode;

/// What a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Relative, made of plain names alone; empty for the root itself.
    pub(super) path: PathBuf,
    /// It ends in a slash: a directory is meant.
    pub(super) slash: bool,
}

/// Why a path can be no file's, whatever is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It leads out of the root, or something before or behind us may think so: 403.
    Outside,
    /// No file has such a name: 404.
    NoName,
}

impl Wanted {
    /// Reads the end of a path as it was received, percent-encoded.
    pub(super) fn encoded(tail: &str) -> Result<Self, Refused> {
        Self::read(tail.split('/').map(|segment| {
            // What is no UTF-8 never gets here: the router has answered 400.
            decode(segment).map_err(|_| Refused::NoName)
        }))
    }

    /// Reads a path as a program writes it.
    pub(super) fn plain(path: &str) -> Result<Self, Refused> {
        Self::read(path.split('/').map(Ok))
    }

    fn read<S: AsRef<str>>(segments: impl Iterator<Item = Result<S, Refused>>) -> Result<Self, Refused> {
        let mut wanted = Self {
            path: PathBuf::new(),
            slash: false,
        };
        for segment in segments {
            let segment = segment?;
            let name = segment.as_ref();
            // An empty segment is the last one, or the path is `//elsewhere`, or says `a//b` for `a/b`.
            if wanted.slash {
                return Err(Refused::Outside);
            }
            if name.is_empty() {
                wanted.slash = true;
            } else {
                check(name)?;
                wanted.path.push(name);
            }
        }
        Ok(wanted)
    }
}

/// The same names are refused on every system, so that what works on one works on the others.
fn check(name: &str) -> Result<(), Refused> {
    // A slash inside a segment was written `%2F`.
    if name == "." || name == ".." || name.contains(['/', '\\']) {
        return Err(Refused::Outside);
    }
    let unnameable = name.chars().any(char::is_control) || name.ends_with(['.', ' ']) || is_device(name);
    // `C:`, and the streams of a file.
    if unnameable || cfg!(windows) && name.contains([':', '<', '>', '"', '|', '?', '*']) {
        return Err(Refused::NoName);
    }
    Ok(())
}

/// The devices of Windows, which are in every directory and under any extension: `nul`, `CON.txt`, `com1.css`.
fn is_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default().trim_end();
    let is = |device: &&str| stem.eq_ignore_ascii_case(device);
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].iter().any(is) {
        return true;
    }
    let Some((port, number)) = stem.split_at_checked(3) else {
        return false;
    };
    let is_port = port.eq_ignore_ascii_case("COM") || port.eq_ignore_ascii_case("LPT");
    let mut number = number.chars();
    // The superscripts are digits there.
    let is_number = matches!(number.next(), Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'));
    is_port && is_number && number.next().is_none()
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_below_the_root() {
        for (tail, path, slash) in [
            ("", "", true),
            ("a.txt", "a.txt", false),
            ("a/b.txt", "a/b.txt", false),
            ("a/", "a", true),
            ("a%20b/%C3%A9.txt", "a b/\u{e9}.txt", false),
            ("%2541", "%41", false),
            (".well-known/x", ".well-known/x", false),
            ("...x", "...x", false),
            ("a..b", "a..b", false),
            ("a+b", "a+b", false),
            ("console.css", "console.css", false),
            ("com10", "com10", false),
            ("comma", "comma", false),
            ("a.nul", "a.nul", false),
        ] {
            let wanted = Wanted {
                path: path.into(),
                slash,
            };
            assert_eq!(Wanted::encoded(tail), Ok(wanted), "{tail}");
        }
    }

    #[test]
    fn refused() {
        for tail in [
            "..",
            "../x",
            "a/../b",
            ".",
            "./a",
            "a/.",
            "%2e%2e",
            "%2E./x",
            "..%2fx",
            "a%2Fb",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            "/",
            "//",
            "a//b",
            "a//",
            "\\evil.com",
            "a%5cb",
            "..\\x",
            "..%5C..%5Cx",
            "/%5Cevil.com/..",
            "C:%5Cx",
        ] {
            assert_eq!(Wanted::encoded(tail), Err(Refused::Outside), "{tail}");
        }
        for tail in [
            "%00",
            "a.txt%00",
            "a%00/b",
            "a%0Ab",
            "a%7f",
            "a.",
            "a.txt.",
            "a%20",
            "a...",
            "nul",
            "NUL.txt",
            "a/Con",
            "aux.tar.gz",
            "com1",
            "LPT9.css",
            "com%C2%B9",
            "conin$",
            "nul%20.txt",
            "prn:x",
        ] {
            assert_eq!(Wanted::encoded(tail), Err(Refused::NoName), "{tail}");
        }
        assert_eq!(
            Wanted::plain("a%2Fb").map(|wanted| wanted.path),
            Ok("a%2Fb".into())
        );
        assert_eq!(Wanted::plain("/etc/passwd"), Err(Refused::Outside));
        assert_eq!(Wanted::plain("../x"), Err(Refused::Outside));
    }

    proptest! {
        #[test]
        fn what_is_let_through_stays_below(tail in "([a.%/ \\\\]|%2[eEfF]|%5[cC]|%00|nul|\u{e9}){0,12}") {
            if let Ok(wanted) = Wanted::encoded(&tail) {
                let path: &Path = &wanted.path;
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{:?}", path);
                prop_assert!(!path.to_str().expect("text").contains(['\\', '\0']));
            }
        }
    }
}
