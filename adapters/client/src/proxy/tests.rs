use super::*;

fn env<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

fn host(text: &str) -> Host<String> {
    Host::parse(text).expect("a host")
}

/// The proxy's host for `url`'s scheme and host.
fn chosen(variables: &[(&str, &str)], https: bool, name: &str) -> Option<String> {
    let proxies = Proxies::from_env(env(variables));
    let chosen = proxies.choose(https, &host(name), if https { 443 } else { 80 });
    chosen.expect("usable").map(|proxy| proxy.host.to_string())
}

#[test]
fn each_scheme_has_its_own_variable() {
    let both = [("http_proxy", "http://p:1"), ("HTTPS_PROXY", "http://s:1")];
    assert_eq!(chosen(&both, false, "a.test").as_deref(), Some("p"));
    assert_eq!(chosen(&both, true, "a.test").as_deref(), Some("s"));
    let one = [("HTTP_PROXY", "http://p:1")];
    assert_eq!(chosen(&one, true, "a.test"), None);
    let any = [("ALL_PROXY", "http://any:1"), ("https_proxy", "s:1")];
    assert_eq!(chosen(&any, false, "a.test").as_deref(), Some("any"));
    assert_eq!(chosen(&any, true, "a.test").as_deref(), Some("s"));
}

#[test]
fn small_letters_win_and_empty_is_unset() {
    let both = [("HTTP_PROXY", "http://large:1"), ("http_proxy", "http://small:1")];
    assert_eq!(chosen(&both, false, "a.test").as_deref(), Some("small"));
    let empty = [("HTTP_PROXY", "http://large:1"), ("http_proxy", " ")];
    assert_eq!(chosen(&empty, false, "a.test").as_deref(), Some("large"));
}

#[test]
fn a_cgi_program_does_not_read_what_the_client_can_set() {
    let cgi = [
        ("REQUEST_METHOD", "GET"),
        ("HTTP_PROXY", "http://evil:1"),
        ("HTTPS_PROXY", "http://s:1"),
    ];
    assert_eq!(chosen(&cgi, false, "a.test"), None);
    assert_eq!(chosen(&cgi, true, "a.test").as_deref(), Some("s"));
}

#[test]
fn urls_of_proxies() {
    let parse = |text| Proxy::parse(text).expect("a proxy");
    let proxy = parse("http://us%65r:p%3Aw@Proxy.test:3128/");
    assert_eq!((proxy.host.to_string(), proxy.port), ("proxy.test".into(), 3128));
    // user:p:w
    assert_eq!(
        proxy.authorization.as_ref().expect("credentials"),
        "Basic dXNlcjpwOnc="
    );
    assert_eq!(parse("proxy.test:3128").port, 3128);
    assert_eq!(parse("http://proxy.test").port, 80);
    assert_eq!(parse("[::1]:8080").host, host("[::1]"));
    for bad in [
        "socks5://proxy:1",
        "https://proxy:1",
        "http://",
        "http://a%3Ab:c@proxy:1",
    ] {
        assert!(Proxy::parse(bad).is_err(), "{bad}");
    }
    let shown = format!("{:?}", parse("http://user:secret@proxy:1"));
    assert!(!shown.contains("dXNl") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_proxy_that_cannot_be_used_is_not_passed_by() {
    let proxies = Proxies::from_env(env(&[("all_proxy", "socks5://p:1"), ("no_proxy", "b.test")]));
    let error = proxies.choose(true, &host("a.test"), 443).expect_err("unusable");
    assert_eq!(error.kind(), ClientErrorKind::Proxy);
    let exempt = proxies.choose(true, &host("b.test"), 443);
    assert!(exempt.expect("no proxy is needed").is_none());
}

#[test]
fn exemptions() {
    for (list, name, port, exempt) in [
        ("", "a.test", 80, false),
        ("*", "a.test", 80, true),
        ("b.test, a.test", "a.test", 80, true),
        ("b.test a.test", "a.test", 80, true),
        ("a.test", "www.a.test", 80, true),
        (".a.test", "www.a.test", 80, true),
        (".a.test", "a.test", 80, true),
        ("*.a.test", "www.a.test", 80, true),
        ("A.Test.", "a.test", 80, true),
        ("a.test", "a.test.", 80, true),
        ("a.test", "ba.test", 80, false),
        ("a.test", "a.test.example", 80, false),
        (".", "a.test", 80, false),
        ("a.test:8080", "a.test", 8080, true),
        ("a.test:8080", "a.test", 80, false),
        ("127.0.0.1", "127.0.0.1", 80, true),
        ("127.0.0.1:81", "127.0.0.1", 80, false),
        ("[::1]:80", "[::1]", 80, true),
        ("::1", "[::1]", 80, true),
        ("10.0.0.0/8", "10.1.2.3", 80, true),
        ("10.0.0.0/8", "11.1.2.3", 80, false),
        ("10.0.0.0/8", "[::ffff:10.1.2.3]", 80, true),
        ("0.0.0.0/0", "8.8.8.8", 80, true),
        ("0.0.0.0/0", "[::1]", 80, false),
        ("::/0", "[::1]", 80, true),
        ("fd00::/8", "[fd12::1]", 80, true),
        ("fd00::/8", "[fe80::1]", 80, false),
        ("10.0.0.1/32", "10.0.0.1", 80, true),
        ("10.0.0.1/33", "10.0.0.1", 80, false),
        ("10.0.0.0/8", "10.a.test", 80, false),
    ] {
        let matched = Exempt::parse(list).matches(&host(name), port);
        assert_eq!(matched, exempt, "{list:?} and {name}:{port}");
    }
}
