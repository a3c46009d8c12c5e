//! What the servers under test stand on.

use waterspout_tcp::{Engine, Runtime};

/// A runtime and an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stack {
    pub(crate) runtime: Runtime,
    pub(crate) engine: Engine,
}

impl Stack {
    /// The default engine on every runtime, the other one on the default runtime.
    pub(crate) const ALL: &[Self] = &[
        Self::h1(Runtime::AsyncStd),
        Self::h1(Runtime::Smol),
        Self::h1(Runtime::Tokio),
        Self {
            runtime: Runtime::AsyncStd,
            engine: Engine::AsyncH1,
        },
    ];

    const fn h1(runtime: Runtime) -> Self {
        Self {
            runtime,
            engine: Engine::H1,
        }
    }

    /// The runtime's name, or that of the other engine.
    pub(crate) fn name(self) -> &'static str {
        match self.engine {
            Engine::H1 => self.runtime.name(),
            other => other.name(),
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stack| stack.name() == name)
    }
}
