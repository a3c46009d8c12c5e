use memchr::{memchr, memmem};

use super::captures::Captures;
use super::part::{self, Part, Shape};

/// The matcher of patterns made of literal text, `{name}` and `{*rest}`: no regex, no backtracking.
///
/// A `{name}` holds no `/`, so a path's segments line up with the pattern's.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    prefix: String,
    /// Where the first segment with a parameter starts: behind the prefix's last `/`.
    start: usize,
    segments: Vec<Segment>,
    /// The segment that ends in `{*rest}`, without it.
    rest: Option<Segment>,
    count: usize,
}

/// `head {} joint {} joint {} tail`, or only `head` where there is no parameter.
#[derive(Clone, Debug, Default)]
struct Segment {
    head: Vec<u8>,
    joints: Vec<Vec<u8>>,
    tail: Vec<u8>,
    params: bool,
}

impl Segments {
    /// `None` if the parts have a regex or lenient text, or do not start with literal text.
    pub(super) fn new(parts: &[Part]) -> Option<Self> {
        let prefix = part::prefix(parts).to_owned();
        let start = prefix.rfind('/')? + 1;
        let mut segments = Vec::new();
        let mut segment = Segment::default();
        let mut rest = None;
        for part in parts {
            match part {
                Part::Literal(literal) if literal.lenient.is_some() => return None,
                Part::Literal(literal) => {
                    let mut chunks = literal.text.split('/');
                    segment.text(chunks.next().unwrap_or_default());
                    for chunk in chunks {
                        segments.push(std::mem::take(&mut segment));
                        segment.text(chunk);
                    }
                }
                Part::Param(param) => match param.shape {
                    Shape::Run => segment.param(),
                    Shape::Rest => rest = Some(std::mem::take(&mut segment)),
                    Shape::Regex(_) => return None,
                },
            }
        }
        if rest.is_none() {
            segments.push(segment);
        }
        segments.drain(..prefix.matches('/').count().min(segments.len()));
        Some(Segments {
            prefix,
            start,
            segments,
            rest,
            count: part::params(parts).count(),
        })
    }

    pub(super) fn matches(&self, path: &str) -> Option<Captures> {
        if !path.starts_with(&self.prefix) {
            return None;
        }
        let path = path.as_bytes();
        let mut captures = Captures::with_capacity(self.count);
        let mut at = self.start;
        for segment in &self.segments {
            let text = until_slash(path.get(at..)?);
            segment.closed(text, at, &mut captures)?;
            at += text.len() + 1;
        }
        // `at` is one behind a `/`, or one behind the end
        match &self.rest {
            Some(rest) => {
                let text = path.get(at..)?;
                let taken = rest.open(until_slash(text), at, &mut captures)?;
                captures.push(Some((at + taken, path.len())))?;
            }
            None if at == path.len() + 1 => {}
            None => return None,
        }
        Some(captures)
    }
}

fn until_slash(text: &[u8]) -> &[u8] {
    memchr(b'/', text).and_then(|end| text.get(..end)).unwrap_or(text)
}

impl Segment {
    fn text(&mut self, text: &str) {
        let last = if self.params {
            &mut self.tail
        } else {
            &mut self.head
        };
        last.extend_from_slice(text.as_bytes());
    }

    fn param(&mut self) {
        if self.params {
            self.joints.push(std::mem::take(&mut self.tail));
        }
        self.params = true;
    }

    /// Matches all of `text`, which stands at `base` in the path.
    fn closed(&self, text: &[u8], base: usize, captures: &mut Captures) -> Option<()> {
        if !self.params {
            return (text == self.head).then_some(());
        }
        self.params(text.strip_suffix(self.tail.as_slice())?, base, captures)
    }

    /// Matches the start of `text`, as much as it can, and tells how much.
    fn open(&self, text: &[u8], base: usize, captures: &mut Captures) -> Option<usize> {
        if !self.params {
            return text.starts_with(&self.head).then_some(self.head.len());
        }
        // a parameter never touches `{*rest}`, so `tail` is not empty
        let end = memmem::rfind(text, &self.tail)?;
        self.params(text.get(..end)?, base, captures)?;
        Some(end + self.tail.len())
    }

    /// Matches `head {} joint {} joint {}`. Each parameter but the last takes as much as it can, as the regex
    /// `([^/]+)` does. Going from the right, the last place of each joint is the best one, so no choice is
    /// ever taken back.
    fn params(&self, text: &[u8], base: usize, captures: &mut Captures) -> Option<()> {
        let mark = captures.len();
        let floor = self.head.len();
        let mut left = text.strip_prefix(self.head.as_slice())?;
        for joint in self.joints.iter().rev() {
            // the parameter behind the joint has at least one byte
            let room = left.get(..left.len().checked_sub(1)?)?;
            let at = memmem::rfind(room, joint)?;
            captures.push(Some((base + floor + at + joint.len(), base + floor + left.len())))?;
            left = left.get(..at)?;
        }
        if left.is_empty() {
            return None;
        }
        captures.push(Some((base + floor, base + floor + left.len())))?;
        captures.reverse_from(mark);
        Some(())
    }
}

#[cfg(test)]
mod tests;
