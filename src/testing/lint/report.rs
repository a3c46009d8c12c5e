//! What a [`Lint`](super::Lint) has found.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How many violations are kept: enough to see what is wrong, too few to fill the memory of a long run.
const KEPT: usize = 1000;

/// Who owes what a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The carrier's adapter: it builds the request and sends the response.
    Adapter,
    /// The application: handlers and middleware.
    Application,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Adapter => "adapter",
            Self::Application => "application",
        })
    }
}

/// One rule of the contract. [`Lint::rules`](super::Lint::rules) has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// A short name that stays the same.
    pub code: &'static str,
    /// Who must keep it.
    pub side: Side,
    /// What it says.
    pub text: &'static str,
    /// Where it stands: an RFC and its section, or docs/SPEC.md.
    pub source: &'static str,
}

/// A rule that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The rule's short name, which stays the same.
    pub code: &'static str,
    /// Who is wrong.
    pub side: Side,
    /// Who is wrong, what was found, and the rule with its source.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// The violations that a [`Lint`](super::Lint) has seen so far. Clones show the same list.
#[derive(Clone, Debug, Default)]
pub struct Report(Arc<Mutex<Vec<Violation>>>);

impl Report {
    /// The violations in the order in which they were seen; after the first thousand none is added.
    pub fn violations(&self) -> Vec<Violation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True when there is none.
    pub fn is_clean(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Fails the test when there is a violation.
    ///
    /// # Panics
    /// When there is one, with the text of all.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test of what breaks the contract must fail")]
    pub fn assert_clean(&self) {
        let found = self.violations();
        if !found.is_empty() {
            let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
            panic!("the contract was broken:\n{}", lines.join("\n"));
        }
    }

    /// Takes down that `rule` was not kept; `found` says by what.
    pub(super) fn add(&self, rule: &Rule, found: impl fmt::Display) {
        let Rule {
            code,
            side,
            text,
            source,
        } = *rule;
        let message = format!("the {side} is wrong: {found}; the rule: {text} ({source})");
        tracing::error!(target: "waterspout::lint", code, "{message}");
        let mut violations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if violations.len() < KEPT {
            violations.push(Violation { code, side, message });
        }
    }
}
