use super::*;

/// The response of a server with these settings to the offers, `-` without one.
fn answer(settings: &Compression, offers: &[&str]) -> String {
    let offers: Vec<_> = offers.iter().map(|offer| value(offer)).collect();
    match negotiate_server(&offers, settings) {
        None => "-".to_owned(),
        Some((_, response)) => response.to_str().expect("ASCII").to_owned(),
    }
}

#[test]
fn neither_end_keeps_a_context_where_none_is_wanted() {
    let both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    let settings = frugal();
    for offer in [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_max_window_bits",
        both,
    ] {
        assert_eq!(answer(&settings, &[offer]), both, "{offer}");
    }
}

#[test]
fn every_pair_of_wishes_has_its_answer() {
    // For one direction each: the setting, what is offered, what is answered. The other has no limits.
    let windows = [
        (15, "", ""),
        (15, "; server_max_window_bits=15", "; server_max_window_bits=15"),
        (15, "; server_max_window_bits=9", "; server_max_window_bits=9"),
        (15, "; server_max_window_bits=8", "; server_max_window_bits=8"),
        (12, "", "; server_max_window_bits=12"),
        (12, "; server_max_window_bits=15", "; server_max_window_bits=12"),
        (12, "; server_max_window_bits=10", "; server_max_window_bits=10"),
        (0, "", "; server_max_window_bits=8"),
        (200, "; server_max_window_bits=15", "; server_max_window_bits=15"),
    ];
    for (server_max_window_bits, offered, answered) in windows {
        let settings = Compression {
            server_max_window_bits,
            ..generous()
        };
        assert_eq!(
            answer(&settings, &[&format!("permessage-deflate{offered}")]),
            format!("permessage-deflate{answered}"),
            "{server_max_window_bits} {offered}"
        );
    }
    let windows = [
        (15, "", ""),
        (15, "; client_max_window_bits", ""),
        (15, "; client_max_window_bits=15", "; client_max_window_bits=15"),
        (15, "; client_max_window_bits=9", "; client_max_window_bits=9"),
        // A client that has not said that it can be told must not be told.
        (12, "", ""),
        (12, "; client_max_window_bits", "; client_max_window_bits=12"),
        (12, "; client_max_window_bits=15", "; client_max_window_bits=12"),
        (12, "; client_max_window_bits=10", "; client_max_window_bits=10"),
        (8, "; client_max_window_bits", "; client_max_window_bits=8"),
    ];
    for (client_max_window_bits, offered, answered) in windows {
        let settings = Compression {
            client_max_window_bits,
            ..generous()
        };
        assert_eq!(
            answer(&settings, &[&format!("permessage-deflate{offered}")]),
            format!("permessage-deflate{answered}"),
            "{client_max_window_bits} {offered}"
        );
    }
    for (server, client, offered) in (0..16).map(|mix| (mix & 1 > 0, mix & 2 > 0, mix >> 2)) {
        let settings = Compression {
            server_context_takeover: server,
            client_context_takeover: client,
            ..frugal()
        };
        let (no_server, no_client) = (offered & 1 > 0, offered & 2 > 0);
        let write = |no_server: bool, no_client: bool| {
            let mut text = "permessage-deflate".to_owned();
            if no_server {
                text.push_str("; server_no_context_takeover");
            }
            if no_client {
                text.push_str("; client_no_context_takeover");
            }
            text
        };
        assert_eq!(
            answer(&settings, &[&write(no_server, no_client)]),
            write(no_server || !server, no_client || !client),
            "{settings:?} {offered}"
        );
    }
}

#[test]
fn the_first_acceptable_offer_wins() {
    let settings = generous();
    for (offers, answered) in [
        (&["foo, permessage-deflate"][..], "permessage-deflate"),
        (
            &["x-webkit-deflate-frame", "permessage-deflate"],
            "permessage-deflate",
        ),
        (
            &["permessage-deflate; server_max_window_bits=10, permessage-deflate"],
            "permessage-deflate; server_max_window_bits=10",
        ),
        (
            &["permessage-deflate; mystery=1, permessage-deflate; server_max_window_bits=11"],
            "permessage-deflate; server_max_window_bits=11",
        ),
        (
            &["permessage-deflate; server_max_window_bits=7, permessage-deflate"],
            "permessage-deflate",
        ),
        (
            &["permessage-deflate;;, permessage-deflate"],
            "permessage-deflate",
        ),
        (
            &[r#"permessage-deflate; server_max_window_bits="10""#],
            "permessage-deflate; server_max_window_bits=10",
        ),
    ] {
        assert_eq!(answer(&settings, offers), answered, "{offers:?}");
    }
}

#[test]
fn what_cannot_be_is_declined() {
    for parameters in [
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=08",
        "server_max_window_bits=010",
        "server_max_window_bits=+9",
        "server_max_window_bits=9x",
        "server_max_window_bits=99999999999999999999",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=\"\"",
        "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits; client_max_window_bits=10",
        "mystery",
        "Server_no_context_takeover",
    ] {
        let offer = format!("permessage-deflate; {parameters}");
        assert_eq!(answer(&generous(), &[&offer]), "-", "{offer}");
    }
    for offers in [
        &[][..],
        &[""],
        &["permessage-deflates"],
        &["\"permessage-deflate\""],
        &["gzip;q=1"],
    ] {
        assert_eq!(answer(&generous(), offers), "-", "{offers:?}");
    }
}
