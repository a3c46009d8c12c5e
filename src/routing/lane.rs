use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::captures::Captures;
use super::table::Rule;

/// Rules that are tried in order, arranged so that few of them are: literal paths are looked up, and the
/// others are tried only as long as they come before the literal one found.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// Literal path to the rules with it, in order.
    literal: HashMap<String, Vec<usize>, BuildHasherDefault<Fnv>>,
    /// The same for literals with percent-encoding in either case of digits, by [`fold`]ed path.
    folded: HashMap<String, Vec<usize>>,
    /// All others, in order: index and literal prefix.
    dynamic: Vec<(usize, String)>,
}

/// FNV-1a. The keys are the application's own patterns, which no client can choose, so the standard library's guard
/// against chosen keys would only cost time.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Lane {
    pub(super) fn push<T>(&mut self, index: usize, rule: &Rule<T>) {
        if let Some(path) = rule.pattern.literal() {
            self.literal.entry(path.to_owned()).or_default().push(index);
        } else if let Some(path) = rule.pattern.folded() {
            self.folded.entry(fold(path)).or_default().push(index);
        } else {
            self.dynamic.push((index, rule.pattern.prefix().to_owned()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.literal.is_empty() && self.folded.is_empty() && self.dynamic.is_empty()
    }

    /// The first rule, in order, that takes this path and whose host, if it has one, takes `host`.
    pub(super) fn find<T>(&self, rules: &[Rule<T>], host: &str, path: &str) -> Option<(usize, Captures)> {
        let takes_host = |index: usize| rules.get(index).is_some_and(|rule| rule.takes_host(host));
        let matches = |index: usize| rules.get(index)?.pattern.matches(path);
        let first = |indices: &Vec<usize>| indices.iter().copied().find(|&index| takes_host(index));

        let mut literal = self.literal.get(path).and_then(first);
        if !self.folded.is_empty()
            && path.contains('%')
            && let Some(indices) = self.folded.get(&fold(path))
        {
            let folded = indices
                .iter()
                .copied()
                .find(|&i| takes_host(i) && matches(i).is_some());
            literal = literal.into_iter().chain(folded).min();
        }
        for &(index, ref prefix) in &self.dynamic {
            if literal.is_some_and(|literal| literal < index) {
                break;
            }
            if path.starts_with(prefix.as_str())
                && takes_host(index)
                && let Some(captures) = matches(index)
            {
                return Some((index, captures));
            }
        }
        literal.map(|index| (index, Captures::with_capacity(0)))
    }
}

/// `path` with the digits of its percent-encoding in upper case.
fn fold(path: &str) -> String {
    let mut digits = 0u8;
    path.chars()
        .map(|c| match c {
            '%' => {
                digits = 2;
                c
            }
            _ if digits > 0 => {
                digits -= 1;
                c.to_ascii_uppercase()
            }
            _ => c,
        })
        .collect()
}
