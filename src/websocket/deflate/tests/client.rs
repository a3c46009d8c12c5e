use super::super::client::Unacceptable;
use super::*;

fn accept(settings: &Compression, responses: &[&str]) -> Result<Option<Agreed>, Unacceptable> {
    let responses: Vec<_> = responses.iter().map(|response| value(response)).collect();
    accept_client(settings, &responses)
}

#[test]
fn the_offer_says_what_the_settings_ask_for() {
    let limited = Compression {
        server_max_window_bits: 10,
        client_max_window_bits: 9,
        ..generous()
    };
    for (settings, offer) in [
        (
            frugal(),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
        ),
        (generous(), "permessage-deflate; client_max_window_bits"),
        (
            limited,
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
        ),
    ] {
        assert_eq!(offer_client(&settings), offer);
    }
}

#[test]
fn a_server_may_grant_less_and_not_more() {
    let limited = Compression {
        server_max_window_bits: 10,
        client_max_window_bits: 9,
        ..generous()
    };
    for (settings, response, fits) in [
        (generous(), "permessage-deflate", true),
        (generous(), "permessage-deflate; server_no_context_takeover", true),
        (generous(), "permessage-deflate; client_no_context_takeover", true),
        (generous(), "permessage-deflate; server_max_window_bits=8", true),
        (generous(), "permessage-deflate; client_max_window_bits=8", true),
        (
            generous(),
            "permessage-deflate; client_max_window_bits=\"15\"",
            true,
        ),
        (generous(), "permessage-deflate; client_max_window_bits", false),
        (generous(), "permessage-deflate; client_max_window_bits=16", false),
        (generous(), "permessage-deflate; server_max_window_bits", false),
        (generous(), "permessage-deflate; server_max_window_bits=0", false),
        (generous(), "permessage-deflate; mystery", false),
        (generous(), "permessage-deflate;", false),
        (generous(), "permessage-deflate, permessage-deflate", false),
        (generous(), "permessage-deflate, foo", false),
        (generous(), "foo", false),
        (generous(), "foo bar", false),
        // Tornado's servers pass over what was asked of them (see `agree`).
        (frugal(), "permessage-deflate", true),
        (frugal(), "permessage-deflate; client_no_context_takeover", true),
        (frugal(), "permessage-deflate; server_no_context_takeover", true),
        (limited, "permessage-deflate", false),
        (limited, "permessage-deflate; server_max_window_bits=11", false),
        (limited, "permessage-deflate; server_max_window_bits=10", true),
        (
            limited,
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=10",
            false,
        ),
        (
            limited,
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8",
            true,
        ),
    ] {
        let accepted = accept(&settings, &[response]);
        assert_eq!(matches!(accepted, Ok(Some(_))), fits, "{response}: {accepted:?}");
        assert_eq!(accepted.is_err(), !fits, "{response}");
    }
    assert!(accept(&generous(), &["permessage-deflate", "permessage-deflate"]).is_err());
}

#[test]
fn without_an_answer_there_is_no_compression() {
    assert_eq!(accept(&generous(), &[]), Ok(None));
    assert_eq!(accept(&generous(), &[""]), Ok(None));
}

#[test]
fn both_ends_agree_whatever_their_settings() {
    let settings = |mix: u8| Compression {
        server_context_takeover: mix & 1 > 0,
        client_context_takeover: mix & 2 > 0,
        server_max_window_bits: if mix & 4 > 0 { 15 } else { 8 + (mix & 3) },
        client_max_window_bits: if mix & 8 > 0 { 15 } else { 9 + (mix & 3) },
        ..frugal()
    };
    for (server, client) in (0..16).flat_map(|server| (0..16).map(move |client| (server, client))) {
        // The equality is asserted in there.
        let agreed = agree(&settings(server), &settings(client));
        let takeover = (settings(server).server_context_takeover && settings(client).server_context_takeover)
            == agreed.server.takeover;
        assert!(takeover, "{server} {client}: {agreed:?}");
    }
}
