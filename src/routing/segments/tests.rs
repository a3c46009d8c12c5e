use proptest::prelude::*;

use super::super::host::whole;
use super::super::{Pattern, braces};
use super::*;

/// The regex that says what a pattern without regexes means.
fn meaning(source: &str) -> regex::Regex {
    let regex: String = braces::parse(source)
        .unwrap()
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => literal.to_regex(),
            Part::Param(param) => match param.shape {
                Shape::Run => "([^/]+)".to_owned(),
                _ => "((?s:.*))".to_owned(),
            },
        })
        .collect();
    whole(&regex).unwrap()
}

fn compare(source: &str, path: &str) {
    let segments = Segments::new(&braces::parse(source).unwrap()).unwrap();
    let ours = segments.matches(path).map(|captures| {
        (0..captures.len())
            .map(|n| captures.raw(n, path).unwrap().to_owned())
            .collect::<Vec<_>>()
    });
    let theirs = meaning(source).captures(path).map(|found| {
        found
            .iter()
            .skip(1)
            .map(|group| group.unwrap().as_str().to_owned())
            .collect::<Vec<_>>()
    });
    assert_eq!(ours, theirs, "{source} on {path}");
}

#[test]
fn agrees_with_the_regex() {
    for (source, paths) in [
        ("/{a}", &["/x", "/", "", "/x/", "/x/y", "x"][..]),
        (
            "/v{n}.json",
            &[
                "/v1.json",
                "/v.json",
                "/v1.json.json",
                "/v1.jso",
                "/.json",
                "/v1.json/",
            ],
        ),
        (
            "/{a}-{b}-{c}",
            &["/1-2-3", "/-----", "/----", "/1-2-3-4", "/1--3", "/1-2/3"],
        ),
        ("/{a}/x/{b}/", &["/1/x/2/", "/1/x/2", "/1/y/2/", "/1/x//"]),
        ("/f/{*r}", &["/f/", "/f", "/f/a/b", "/f//", "/g/"]),
        ("/f{*r}", &["/f", "/fa/b", "/"]),
        ("/{a}.{*r}", &["/a.b.c/d.e", "/.a", "/..", "/a/b.c"]),
        ("/{a}/y-{b}/{*r}", &["/1/y-2/", "/1/y-2", "/1/y-/", "/1/y-2/3/4"]),
        ("/{a}//{b}", &["/1//2", "/1/2", "/1///2"]),
        ("/{a}aa{b}", &["/aaaa", "/aaa", "/aaaaa", "/baab"]),
    ] {
        paths.iter().for_each(|path| compare(source, path));
    }
}

#[test]
fn time_stays_linear() {
    let source: String = (0..30).map(|n| format!("-{{p{n}}}")).collect();
    let pattern = Pattern::parse(&format!("/{source}-x")).unwrap();
    let path = format!("/{}", "-".repeat(200_000));
    let start = std::time::Instant::now();
    assert!(pattern.matches(&path).is_none());
    assert!(start.elapsed().as_secs() < 2);
}

fn literal() -> impl Strategy<Value = String> {
    "[ab/.-]{1,3}"
}

prop_compose! {
    fn source()(first in "/[ab/.-]{0,3}", joints in prop::collection::vec(literal(), 0..4), rest in any::<bool>(),
                tail in prop::option::of(literal())) -> String {
        let mut source = first;
        for (n, joint) in joints.iter().enumerate() {
            source.push_str(&format!("{{p{n}}}{joint}"));
        }
        match (rest, tail) {
            (true, _) => source.push_str("{*rest}"),
            (false, Some(tail)) => source.push_str(&format!("{{last}}{tail}")),
            (false, None) => source.push_str("{last}"),
        }
        source
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_regex_on_any(source in source(), path in "/[ab/.\u{e9}-]{0,12}", like in "[ab.-]{1,2}") {
        compare(&source, &path);
        // a path made from the pattern, so that most match
        let mut made = source.replace("{*rest}", &path);
        for n in 0..4 {
            made = made.replace(&format!("{{p{n}}}"), &like);
        }
        compare(&source, &made.replace("{last}", &like));
    }
}
