use std::fs;
use std::path::PathBuf;

use super::super::root::Root;
use super::super::tests::hashes;
use super::*;

/// A directory that is there for as long as a test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("waterspout-digest-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn write(&self, name: &str, content: &[u8]) {
        let _ = fs::remove_file(self.0.join(name));
        fs::write(self.0.join(name), content).expect("written");
    }

    fn open(&self, name: &str) -> Opened {
        Root::new(self.0.clone()).open(Path::new(name)).expect("the file")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// When what is written now has settled.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(3600)
}

#[test]
fn what_was_asked_for_last_is_kept() {
    let directory = Directory::new("order");
    for name in ["a", "b", "c"] {
        directory.write(name, name.as_bytes());
    }
    let digests = Digests::with_capacity(2);
    let mut read = Vec::new();
    for name in ["a", "b", "a", "c", "a", "b"] {
        if hashes(|| assert!(digests.of(&directory.open(name), later()).is_some())) > 0 {
            read.push(name);
        }
    }
    assert_eq!(read, ["a", "b", "c", "b"]);
    let kept = digests.kept();
    assert_eq!((kept.entries.len(), kept.order.len()), (2, 2));
}

#[test]
fn a_hash_is_that_of_the_content_and_is_found_once() {
    let directory = Directory::new("once");
    directory.write("a", b"abc");
    let digests = Digests::default();
    let hash = || digests.of(&directory.open("a"), later());
    assert_eq!(
        hashes(|| assert_eq!(hash().as_deref(), Some("ba7816bf8f01cfea414140de5dae2223"))),
        1
    );
    assert_eq!(hashes(|| assert!(hash().is_some())), 0);
    directory.write("a", b"abcd");
    assert_eq!(
        hashes(|| assert_eq!(hash().as_deref(), Some("88d4266fd4e6338d13b845fcf289579d"))),
        1
    );
}

/// Until then a second change may leave no trace.
#[test]
fn a_file_that_has_just_changed_is_read_each_time() {
    let directory = Directory::new("settled");
    directory.write("a", b"abc");
    let digests = Digests::default();
    let hash = || digests.of(&directory.open("a"), SystemTime::now());
    assert_eq!(hashes(|| assert!(hash().is_some() && hash().is_some())), 2);
    let stamp = Stamp::of(&directory.open("a").meta);
    assert!(stamp.tag(SystemTime::now()).starts_with("W/\""));
    assert_eq!(stamp.tag(later()).starts_with('"'), cfg!(unix));
}

#[test]
fn what_is_too_large_has_none() {
    let directory = Directory::new("large");
    let file = File::create(directory.0.join("a")).expect("a file");
    file.set_len(LARGEST + 1).expect("a hole");
    let digests = Digests::default();
    assert_eq!(
        hashes(|| assert_eq!(digests.of(&directory.open("a"), later()), None)),
        0
    );
}

/// A file that grows behind the look at it: its stamp is another one when it has been read.
#[test]
fn what_changes_meanwhile_has_none_and_is_not_kept() {
    let directory = Directory::new("grows");
    directory.write("a", b"abc");
    let opened = directory.open("a");
    let mut file = File::options()
        .append(true)
        .open(directory.0.join("a"))
        .expect("the file");
    io::Write::write_all(&mut file, b"d").expect("written");
    let digests = Digests::default();
    assert_eq!(digests.of(&opened, later()), None);
    assert!(digests.kept().entries.is_empty() && digests.kept().order.is_empty());
}

#[test]
fn who_comes_meanwhile_waits() {
    let directory = Directory::new("meanwhile");
    directory.write("a", &vec![7; 8 << 20]);
    let (digests, directory) = (&Digests::default(), &directory);
    let read: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| hashes(|| assert!(digests.of(&directory.open("a"), later()).is_some()))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a hash"))
            .sum()
    });
    assert_eq!(read, 1);
}
