//! What speaks HTTP/1.1 on a connection.

/// An engine: what speaks HTTP/1.1 on the connections of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// [`waterspout::h1`]: the default.
    #[default]
    H1,
    /// async-h1: bodies and responses pass through it, behind the checks of [`waterspout::h1`]. See
    /// [Engines](crate#engines) for what it cannot do.
    #[cfg(feature = "async-h1")]
    AsyncH1,
}

impl Engine {
    /// Every engine that was compiled in, the default one first.
    pub const ALL: &[Self] = &[
        Self::H1,
        #[cfg(feature = "async-h1")]
        Self::AsyncH1,
    ];

    /// `h1` or `async-h1`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::H1 => "h1",
            #[cfg(feature = "async-h1")]
            Self::AsyncH1 => "async-h1",
        }
    }

    /// The engine of that name, if it was compiled in.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|engine| engine.name() == name)
    }
}
