/// One piece of a pattern, in order: what both syntaxes are read into.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Text that a path must have.
    Literal(Literal),
    /// Text that a path chooses.
    Param(Param),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Literal {
    /// As it stands in a path: what needed percent-encoding has it, with upper-case digits.
    pub(super) text: String,
    /// The regex for the same where something was encoded here, which may come with either case of digits.
    pub(super) lenient: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Param {
    /// `None` only for a positional group of a raw regex.
    pub(super) name: Option<String>,
    pub(super) shape: Shape,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// One or more bytes other than `/`.
    Run,
    /// Anything to the end, also nothing.
    Rest,
    /// What this regex matches, in full.
    Regex(String),
}

impl Literal {
    pub(super) fn exact(text: String) -> Self {
        Literal { text, lenient: None }
    }

    /// A regex for this literal.
    pub(super) fn to_regex(&self) -> String {
        self.lenient.clone().unwrap_or_else(|| regex::escape(&self.text))
    }
}

/// The literal text that the parts start with, empty if they start with a parameter.
pub(super) fn prefix(parts: &[Part]) -> &str {
    match parts.first() {
        Some(Part::Literal(literal)) => &literal.text,
        _ => "",
    }
}

/// The parameters, in order.
pub(super) fn params(parts: &[Part]) -> impl Iterator<Item = &Param> {
    parts.iter().filter_map(|part| match part {
        Part::Param(param) => Some(param),
        Part::Literal(_) => None,
    })
}
