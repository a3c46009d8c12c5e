use std::collections::HashMap;
use std::error::Error;
use std::fmt;

use super::captures::Captures;
use super::host::{HostPattern, normalize};
use super::lane::Lane;
use super::pattern::Pattern;
use super::reverse::{self, ReverseError};

/// An ordered list of rules: host and path pattern to a target. The first that matches wins.
///
/// As in Tornado, rules with a host come before those without, however they were added, and each of the two
/// groups is tried in the order of [`push`](Self::push). A host that matches commits to nothing: if no path
/// of its rules does, the search goes on.
///
/// ```ignore
/// use waterspout::routing::{Pattern, Table};
/// let mut table = Table::new();
/// table.push(None, Pattern::parse("/user/me")?, "me");
/// let user = table.push(None, Pattern::parse("/user/{id}")?, "user");
/// table.set_name(user, "user")?;
/// let path = "/user/a%20b";
/// let found = table.find(None, path).unwrap();
/// assert_eq!((*found.target, found.captures.raw(0, path)), ("user", Some("a%20b")));
/// assert_eq!(table.reverse("user", &["a b"])?, path);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table<T> {
    rules: Vec<Rule<T>>,
    with_host: Lane,
    without_host: Lane,
    names: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Rule<T> {
    host: Option<HostPattern>,
    pub(super) pattern: Pattern,
    target: T,
}

/// The rule that answers a path.
#[derive(Clone, Debug)]
pub struct Match<'t, T> {
    /// Its index, as [`Table::push`] gave it.
    pub index: usize,
    /// What it leads to.
    pub target: &'t T,
    /// Its pattern, which knows the captures' names.
    pub pattern: &'t Pattern,
    /// What its parameters matched.
    pub captures: Captures,
}

impl<T> Rule<T> {
    /// Whether the rule is for a host from [`normalize`].
    pub(super) fn takes_host(&self, host: &str) -> bool {
        self.host.as_ref().is_none_or(|own| own.matches_normalized(host))
    }
}

impl<T> Table<T> {
    /// A table without rules.
    pub fn new() -> Self {
        Table {
            rules: Vec::new(),
            with_host: Lane::default(),
            without_host: Lane::default(),
            names: HashMap::new(),
        }
    }

    /// Adds a rule behind the others, for one host pattern or for any host, and returns its index.
    pub fn push(&mut self, host: Option<HostPattern>, pattern: Pattern, target: T) -> usize {
        let index = self.rules.len();
        let rule = Rule {
            host,
            pattern,
            target,
        };
        let lane = if rule.host.is_some() {
            &mut self.with_host
        } else {
            &mut self.without_host
        };
        lane.push(index, &rule);
        self.rules.push(rule);
        index
    }

    /// How many rules there are; their indices are below this.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether any rule asks for a host: else [`find`](Self::find) needs none.
    pub fn has_hosts(&self) -> bool {
        !self.with_host.is_empty()
    }

    /// The first rule for this host and raw path. `host` is a `Host` header's value, with or without its
    /// port; without one, only host patterns that take an empty host match, such as `*`.
    pub fn find(&self, host: Option<&str>, path: &str) -> Option<Match<'_, T>> {
        let hosted = if self.with_host.is_empty() {
            None
        } else {
            self.with_host
                .find(&self.rules, &normalize(host.unwrap_or_default()), path)
        };
        let (index, captures) = hosted.or_else(|| self.without_host.find(&self.rules, "", path))?;
        let rule = self.rules.get(index)?;
        Some(Match {
            index,
            target: &rule.target,
            pattern: &rule.pattern,
            captures,
        })
    }

    /// The rule with this very host and pattern, as written, so that a second method on the same path can
    /// join it. Of several, the first.
    pub fn find_same(&self, host: Option<&HostPattern>, pattern: &Pattern) -> Option<usize> {
        self.rules
            .iter()
            .position(|rule| rule.host.as_ref() == host && rule.pattern == *pattern)
    }

    /// The pattern of rule `index`, which knows the names of its parameters.
    pub fn pattern(&self, index: usize) -> Option<&Pattern> {
        self.rules.get(index).map(|rule| &rule.pattern)
    }

    /// The target of rule `index`.
    pub fn target(&self, index: usize) -> Option<&T> {
        self.rules.get(index).map(|rule| &rule.target)
    }

    /// The target of rule `index`, to change it.
    pub fn target_mut(&mut self, index: usize) -> Option<&mut T> {
        self.rules.get_mut(index).map(|rule| &mut rule.target)
    }

    /// Names rule `index` for [`reverse`](Self::reverse). A rule may have several names. With an index that
    /// no rule has, the name stays unknown to `reverse`.
    ///
    /// # Errors
    /// [`DuplicateName`] if another rule has the name; that one keeps it.
    pub fn set_name(&mut self, index: usize, name: &str) -> Result<(), DuplicateName> {
        if *self.names.entry(name.to_owned()).or_insert(index) == index {
            Ok(())
        } else {
            Err(DuplicateName(name.to_owned()))
        }
    }

    /// The path of the rule called `name`, its parameters filled in order: Tornado's `reverse_url`.
    ///
    /// Everything but letters, digits and `-._~` is percent-encoded, also `/`, except in `{*rest}`. What is
    /// returned is matched by the rule, which captures the same arguments again.
    ///
    /// # Errors
    /// [`ReverseError`]: an unknown name, a wrong number of arguments, one that does not fit, or a regex that
    /// is more than literal text and groups.
    pub fn reverse(&self, name: &str, args: &[&str]) -> Result<String, ReverseError> {
        reverse::fill(self.named(name)?, args)
    }

    /// As [`reverse`](Self::reverse), with each argument by its parameter's name, in any order.
    ///
    /// # Errors
    /// As for `reverse`, and [`ReverseError::MissingArgument`].
    pub fn reverse_named(&self, name: &str, args: &[(&str, &str)]) -> Result<String, ReverseError> {
        let pattern = self.named(name)?;
        reverse::fill(pattern, &reverse::in_order(pattern, args)?)
    }

    fn named(&self, name: &str) -> Result<&Pattern, ReverseError> {
        let rule = self.names.get(name).and_then(|&index| self.rules.get(index));
        rule.map(|rule| &rule.pattern)
            .ok_or_else(|| ReverseError::UnknownName(name.to_owned()))
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Two rules were given this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateName(pub String);

impl fmt::Display for DuplicateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "two rules are named `{}`", self.0)
    }
}

impl Error for DuplicateName {}

#[cfg(test)]
mod tests;
