use http::HeaderValue;
use http::header::HOST;

use super::*;
use crate::proxy::Exempt;

fn through(proxy: Option<&str>, url: &str) -> (Arc<Key>, Head) {
    asked(proxy, url, HeaderMap::new())
}

fn asked(proxy: Option<&str>, url: &str, mut headers: HeaderMap) -> (Arc<Key>, Head) {
    let proxy = proxy.map(Proxy::parse);
    let proxies = Proxies {
        http: proxy.clone(),
        https: proxy,
        exempt: Exempt::default(),
    };
    let url = Url::parse(url).expect("an URL");
    headers.insert(HOST, HeaderValue::from_static("example.com"));
    route(Method::GET, &url, headers, &proxies).expect("a route")
}

#[test]
fn a_server_gets_path_and_query() {
    for (url, target) in [
        ("http://example.com", "/"),
        ("http://example.com/a%20b?c=d&e", "/a%20b?c=d&e"),
        ("https://example.com:8443/?", "/?"),
        ("http://example.com/a b", "/a%20b"),
    ] {
        assert_eq!(through(None, url).1.target, target, "{url}");
    }
}

#[test]
fn keys_differ_by_scheme_host_port_and_proxy() {
    let key = |proxy, url| through(proxy, url).0;
    let one = key(None, "http://Example.com/a");
    assert_eq!(one, key(None, "http://example.com:80/b?c"));
    for other in [
        key(None, "https://example.com/"),
        key(None, "http://example.org/"),
        key(None, "http://example.com:8080/"),
        key(Some("http://proxy:1"), "http://example.com/"),
    ] {
        assert_ne!(one, other);
    }
    let user = |user| key(Some(user), "http://example.com/");
    assert_ne!(user("http://a:b@proxy:1"), user("http://c:d@proxy:1"));
}

#[test]
fn a_proxy_gets_the_whole_url_and_its_credentials() {
    let (_, head) = through(Some("http://u:p@proxy:3128"), "http://example.com:8080/a?b");
    assert_eq!(head.target, "http://example.com:8080/a?b");
    assert_eq!(head.headers[PROXY_AUTHORIZATION], "Basic dTpw");
}

#[test]
fn the_server_behind_a_tunnel_does_not_get_the_proxys_credentials() {
    let (_, head) = through(Some("http://u:p@proxy:3128"), "https://example.com/a?b");
    assert_eq!(head.target, "/a?b");
    assert!(!head.headers.contains_key(PROXY_AUTHORIZATION));
}

#[test]
fn connect_is_for_proxies() {
    let url = Url::parse("http://example.com/").expect("an URL");
    let refused = route(Method::CONNECT, &url, HeaderMap::new(), &Proxies::default());
    let kind = refused.expect_err("refused").kind();
    assert!(matches!(kind, ClientErrorKind::InvalidRequest(_)));
}

#[test]
fn what_leaves_http_goes_through_a_tunnel() {
    let (key, _) = through(Some("http://proxy:3128"), "http://example.com/");
    assert!(!key.tunnel);
    let headers = HeaderMap::from_iter([(UPGRADE, HeaderValue::from_static("websocket"))]);
    let (key, head) = asked(Some("http://u:p@proxy:3128"), "http://example.com/a", headers);
    assert!(key.tunnel);
    assert_eq!(head.target, "/a");
    assert!(!head.headers.contains_key(PROXY_AUTHORIZATION));
}
