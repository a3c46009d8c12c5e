//! Logs on standard error, for programs that have not set up their own.

use tracing_subscriber::filter::LevelFilter;

/// `WATERSPOUT_LOG` is `off`, `error`, `warn`, `info` (default), `debug` or `trace`.
pub(crate) fn init() {
    let level = std::env::var("WATERSPOUT_LOG")
        .ok()
        .and_then(|level| level.parse().ok());
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false);
    // Somebody else's subscriber stays.
    let _ = builder
        .with_max_level(level.unwrap_or(LevelFilter::INFO))
        .try_init();
}
