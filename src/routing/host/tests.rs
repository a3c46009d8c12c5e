use super::*;

fn takes(pattern: &str, host: &str) -> bool {
    HostPattern::parse(pattern)
        .unwrap_or_else(|error| panic!("{error}"))
        .matches(host)
}

#[test]
fn strips_ports() {
    for (host, name) in [
        ("example.com", "example.com"),
        ("example.com:80", "example.com"),
        ("example.com:", "example.com"),
        ("example.com:8x", "example.com:8x"),
        ("[::1]", "[::1]"),
        ("[::1]:80", "[::1]"),
        ("::1", "::1"),
        ("a:1:2", "a:1:2"),
        ("", ""),
        (":80", ""),
    ] {
        assert_eq!(host_without_port(host), name);
    }
}

#[test]
fn exact_names() {
    for host in [
        "example.com",
        "Example.COM:8080",
        "example.com.",
        "example.com.:80",
    ] {
        assert!(
            takes("Example.com", host) && takes("example.com.", host),
            "{host}"
        );
    }
    for host in [
        "www.example.com",
        "example.com..",
        "example.org",
        "",
        "xexample.com",
    ] {
        assert!(!takes("example.com", host), "{host}");
    }
    assert!(
        takes("[::1]", "[::1]:80")
            && takes("[2001:DB8::1]", "[2001:db8::1]")
            && takes("127.0.0.1", "127.0.0.1:1")
    );
    assert!(takes("localhost", "localhost:8888") && takes("a_b", "a_b"));
}

#[test]
fn wildcards() {
    for host in ["a.example.com", "A.B.example.com:1", "a.example.com."] {
        assert!(takes("*.example.com", host), "{host}");
    }
    for host in [
        "example.com",
        ".example.com",
        "a..example.com",
        "aexample.com",
        "a.example.com.org",
    ] {
        assert!(!takes("*.example.com", host), "{host}");
    }
    assert!(takes("*", "") && takes("*", "anything:1"));
}

#[test]
fn regexes_as_in_tornado() {
    let pattern = HostPattern::regex("www.e.*e.com").unwrap();
    assert!(pattern.matches("www.exe.com") && pattern.matches("WWW.EXAMPLE.com:80"));
    assert!(!pattern.matches("www.exe.com.org") && !pattern.matches("xwww.exe.com"));
    assert!(HostPattern::regex(".*").unwrap().matches(""));
    assert!(HostPattern::regex("(").is_err() && HostPattern::regex("a)|(b").is_err());
}

#[test]
fn bad_hosts() {
    for source in [
        "",
        ".",
        "*.",
        "a..b",
        "*.*",
        "a.*",
        "*a.b",
        "example.com:80",
        "a b",
        "a/b",
        "b\u{fc}cher.de",
        "[::1",
        "*.[::1]",
        "user@host",
        "::1",
    ] {
        let error = HostPattern::parse(source).unwrap_err();
        assert!(matches!(error.kind(), PatternErrorKind::BadHost(_)), "{source}");
    }
}

#[test]
fn equality_is_of_what_is_compared() {
    assert_eq!(
        HostPattern::parse("A.b.").unwrap(),
        HostPattern::parse("a.B").unwrap()
    );
    assert_ne!(
        HostPattern::parse("a.b").unwrap(),
        HostPattern::regex("a.b").unwrap()
    );
    assert_ne!(
        HostPattern::parse("*.b").unwrap(),
        HostPattern::parse("b").unwrap()
    );
    assert_eq!(HostPattern::parse("*.B").unwrap().source(), "*.b");
}
