//! What the WebSocket engine async-tungstenite cannot do: the cases that it does not pass, each with its reason. The
//! suites that run over every engine read this table. A case that passes all the same fails: it must go from here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use waterspout::websocket::Engine;

const DEFLATE: &str = "tungstenite has no extensions: permessage-deflate is not offered, and RSV1 refused";

const REASON: &str =
    "tungstenite sends the peer's reason back, too; RFC 6455 section 5.5.1 speaks of the code";

const LENGTH: &str =
    "tungstenite takes any of the three forms of a length; RFC 6455 section 5.2 wants the shortest";
const FRAGMENTS: &str = "tungstenite does not count fragments: a message is bounded by its bytes alone";
const CONTROL: &str =
    "tungstenite holds control frames to the limit of frames, which matters below 125 bytes";
const LATE: &str = "tungstenite looks at text once its frame is whole: the same close code, but later (Autobahn's 6.4.3, 6.4.4)";
const GATEWAY: &str =
    "tungstenite does not know 1014 of IANA's registry, and refuses it as a code that may not be sent";
const CODE: &str =
    "tungstenite answers it with 1002 as it should, and gives that out as what the peer has said";

/// The name of the case, the reason.
const TABLE: &[(&str, &str)] = &[
    ("messages are compressed where both can", DEFLATE),
    ("a close is answered with its code alone", REASON),
    ("a length in more bytes than it needs", LENGTH),
    ("more fragments than the limit", FRAGMENTS),
    ("a ping that is longer than messages may be", CONTROL),
    ("text that is wrong before its frame has come", LATE),
    ("the close code 1014", GATEWAY),
    ("a close code that may not be sent is not heard", CODE),
];

/// Runs a case; one of the table must fail with async-tungstenite.
pub(crate) fn judge(engine: Engine, name: &str, case: impl FnOnce()) {
    let excepted = TABLE.iter().find(|(of, _)| *of == name);
    match excepted.filter(|_| engine != Engine::Connection) {
        None => case(),
        Some((_, reason)) => assert!(
            catch_unwind(AssertUnwindSafe(case)).is_err(),
            "{name:?} passes, so it is no exception any more: {reason}"
        ),
    }
}
