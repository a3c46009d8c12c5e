use proptest::prelude::*;

use super::*;

fn table(rules: &[(Option<&str>, &str)]) -> Table<usize> {
    let mut table = Table::new();
    for (n, (host, pattern)) in rules.iter().enumerate() {
        let host = host.map(|host| HostPattern::parse(host).unwrap());
        let pattern = match pattern.strip_prefix("re:") {
            Some(regex) => Pattern::regex(regex).unwrap(),
            None => Pattern::parse(pattern).unwrap(),
        };
        assert_eq!(table.push(host, pattern, n), n);
    }
    table
}

fn at(table: &Table<usize>, host: Option<&str>, path: &str) -> Option<usize> {
    table.find(host, path).map(|found| {
        assert_eq!(*found.target, found.index);
        found.index
    })
}

#[test]
fn the_first_match_wins() {
    let table = table(&[
        (None, "/a"),
        (None, "/{x}"),
        (None, "/b"),
        (None, "/a"),
        (None, "re:/b/(\\d+)"),
        (None, "/b/1"),
        (None, "/{*rest}"),
    ]);
    for (path, index) in [
        ("/a", 0),
        ("/b", 1),
        ("/c", 1),
        ("/b/1", 4),
        ("/b/x", 6),
        ("/", 6),
        ("/b/%31", 6),
    ] {
        assert_eq!(at(&table, None, path), Some(index), "{path}");
    }
    assert_eq!(at(&table, None, "b"), None);
}

#[test]
fn hosts_come_first() {
    let table = table(&[
        (None, "/foo"),
        (None, "/{x}"),
        (Some("www.example.com"), "/foo"),
        (Some("*.example.com"), "/{y}"),
        (Some("www.example.com"), "/baz"),
        (Some("*"), "/any"),
    ]);
    for (host, path, index) in [
        (None, "/foo", 0),
        (Some("other"), "/foo", 0),
        (Some("WWW.example.com.:80"), "/foo", 2),
        (Some("a.example.com"), "/foo", 3),
        (Some("www.example.com"), "/baz", 3),
        (Some("a.example.com"), "/any", 3),
        (Some("x"), "/any", 5),
        (None, "/any", 5),
        (None, "/bar", 1),
    ] {
        assert_eq!(at(&table, host, path), Some(index), "{host:?} {path}");
    }
    assert_eq!(at(&table, Some("www.example.com"), "/foo/bar"), None);
}

#[test]
fn tornado_host_matching() {
    let mut table = Table::new();
    table.push(None, Pattern::regex("/foo").unwrap(), "wildcard");
    for (host, path, reply) in [
        ("www.example.com", "/foo", "[0]"),
        (r"www\.example\.com", "/bar", "[1]"),
        ("www.example.com", "/baz", "[2]"),
        ("www.e.*e.com", "/baz", "[3]"),
    ] {
        table.push(
            Some(HostPattern::regex(host).unwrap()),
            Pattern::regex(path).unwrap(),
            reply,
        );
    }
    let reply = |host, path| table.find(Some(host), path).map(|found| *found.target);
    assert_eq!(reply("127.0.0.1", "/foo"), Some("wildcard"));
    assert_eq!(
        (reply("127.0.0.1", "/bar"), reply("127.0.0.1", "/baz")),
        (None, None)
    );
    assert_eq!(reply("www.example.com", "/foo"), Some("[0]"));
    assert_eq!(reply("www.example.com", "/bar"), Some("[1]"));
    assert_eq!(reply("www.example.com", "/baz"), Some("[2]"));
    assert_eq!(reply("www.exe.com", "/baz"), Some("[3]"));
}

#[test]
fn literals_outside_ascii() {
    let table = table(&[
        (None, "/\u{e9}%2f"),
        (None, "/\u{e9}%2F"),
        (None, "/%C3%A9"),
        (None, "/\u{e9}"),
        (None, "/{x}"),
    ]);
    for (path, index) in [
        ("/%c3%A9%2f", 0),
        ("/%C3%a9%2F", 1),
        ("/%C3%A9", 2),
        ("/%c3%a9", 3),
        ("/%c3%a8", 4),
    ] {
        assert_eq!(at(&table, None, path), Some(index), "{path}");
    }
}

#[test]
fn captures_of_the_match() {
    let mut table = Table::new();
    table.push(None, Pattern::parse("/u/{id}/{*rest}").unwrap(), ());
    let path = "/u/a%2Fb/c/d";
    let found = table.find(None, path).unwrap();
    assert_eq!(found.captures.raw_named(found.pattern, "id", path), Some("a%2Fb"));
    assert_eq!(found.captures.raw(1, path), Some("c/d"));
}

#[test]
fn rules_merge() {
    let mut table = table(&[(None, "/x"), (Some("h"), "/x"), (None, "re:/x"), (None, "/x")]);
    let host = HostPattern::parse("H").unwrap();
    assert_eq!(table.find_same(None, &Pattern::parse("/x").unwrap()), Some(0));
    assert_eq!(
        table.find_same(Some(&host), &Pattern::parse("/x").unwrap()),
        Some(1)
    );
    assert_eq!(table.find_same(None, &Pattern::regex("/x").unwrap()), Some(2));
    assert_eq!(table.find_same(None, &Pattern::parse("/y").unwrap()), None);
    *table.target_mut(1).unwrap() = 9;
    assert_eq!(
        (table.target(1), table.target(4), table.len(), table.is_empty()),
        (Some(&9), None, 4, false)
    );
}

#[test]
fn names() {
    let mut table = table(&[(None, "/x"), (None, "/y/{a}")]);
    assert_eq!(table.set_name(0, "x"), Ok(()));
    assert_eq!(table.set_name(0, "x"), Ok(()), "the same again");
    assert_eq!(table.set_name(0, "alias"), Ok(()));
    assert_eq!(table.set_name(1, "x"), Err(DuplicateName("x".to_owned())));
    assert_eq!(table.reverse("alias", &[]).as_deref(), Ok("/x"));
    assert_eq!(table.set_name(7, "nowhere"), Ok(()));
    assert_eq!(
        table.reverse("nowhere", &[]),
        Err(ReverseError::UnknownName("nowhere".to_owned()))
    );
}

const PATTERNS: &[&str] = &[
    "/",
    "/a",
    "/b",
    "/a/b",
    "/\u{e9}",
    "/\u{e9}/a",
    "/{x}",
    "/a{x}",
    "/{x}/b",
    "/{x:[ab]+}",
    "/a/{*r}",
    "/{*r}",
    "re:/a|/b",
    "re:/(a)?",
    "re:/a.*",
    "re:/[ab]/(.)",
    "re:(?i)/A",
];
const HOSTS: &[Option<&str>] = &[None, None, Some("a"), Some("*.a"), Some("*")];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn is_a_plain_search(
        rules in prop::collection::vec((prop::sample::select(HOSTS), prop::sample::select(PATTERNS)), 0..12),
        host in prop::option::of("(a|b.a|c)"),
        path in "/(a|b|A|/|%C3%A9|%c3%A9){0,3}",
    ) {
        let table = table(&rules);
        let matches = |hosted: bool, rule: &&Rule<usize>| {
            rule.host.is_some() == hosted
                && rule.host.as_ref().is_none_or(|own| own.matches(host.as_deref().unwrap_or_default()))
                && rule.pattern.matches(&path).is_some()
        };
        let first = |hosted| table.rules.iter().find(|rule| matches(hosted, rule));
        prop_assert_eq!(
            at(&table, host.as_deref(), &path),
            first(true).or_else(|| first(false)).map(|rule| rule.target)
        );
    }
}
