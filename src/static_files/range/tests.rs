use proptest::prelude::*;

use super::*;

/// `whole`, `416`, or the parts as `first-last`.
fn shown(value: &str, len: u64) -> String {
    match Ranges::parse(value.as_bytes(), len) {
        Ranges::Whole => "whole".into(),
        Ranges::Unsatisfiable => "416".into(),
        Ranges::Parts(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| format!("{}-{}", part.first, part.last))
                .collect();
            parts.join(" ")
        }
    }
}

#[test]
fn one_range() {
    for (value, expected) in [
        ("bytes=0-9", "0-9"),
        ("bytes=10-", "10-25"),
        ("bytes=-5", "21-25"),
        ("bytes=25-25", "25-25"),
        ("bytes=1-99", "1-25"),
        ("bytes=10-99999999999999999999999999", "10-25"),
        ("BYTES=1-4", "1-4"),
        (" bytes=1-4\t", "1-4"),
        ("bytes= 1-4 ", "1-4"),
        ("bytes=0-", "whole"),
        ("bytes=0-25", "whole"),
        ("bytes=0-26", "whole"),
        ("bytes=-26", "whole"),
        ("bytes=-100", "whole"),
        ("bytes=26", "whole"), // no range at all
        ("bytes=26-", "416"),
        ("bytes=26-30", "416"),
        ("bytes=99999999999999999999999999-", "416"),
        ("bytes=-0", "416"),
        ("bytes=10-3", "416"),
    ] {
        assert_eq!(shown(value, 26), expected, "{value}");
    }
}

#[test]
fn junk_is_ignored() {
    for value in [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1-b",
        "bytes=+1-4",
        "bytes=1-4-5",
        "bytes=1_0-20",
        "bytes =1-4",
        "bytes:1-4",
        "octets=1-4",
        "seconds=1-4",
        "1-4",
        "bytes=1-4;",
        "bytes=0x1-4",
        "bytes=--1",
        "bytes=,",
        "bytes=1-4, x",
        "bytes=1 -4",
    ] {
        assert_eq!(shown(value, 26), "whole", "{value:?}");
    }
}

#[test]
fn several_ranges() {
    for (value, expected) in [
        ("bytes=1-2,5-6", "1-2 5-6"),
        ("bytes=5-6, 1-2", "5-6 1-2"),
        ("bytes=1-2,,5-6,", "1-2 5-6"),
        ("bytes=1-2,3-4", "1-4"),
        ("bytes=1-6,2-3", "1-6"),
        ("bytes=8-9,1-3,2-5", "1-5 8-9"),
        ("bytes=0-12,13-25", "whole"),
        ("bytes=0-9,-9", "0-9 17-25"),
        ("bytes=1-2,30-40", "1-2"),
        ("bytes=-0,1-2", "1-2"),
        ("bytes=30-,40-", "416"),
        ("bytes=1-2,4-3", "416"),
    ] {
        assert_eq!(shown(value, 26), expected, "{value}");
    }
}

#[test]
fn no_more_than_sixteen() {
    let many = |count: u64| {
        let members: Vec<_> = (0..count).map(|n| format!("{0}-{0}", n * 2)).collect();
        format!("bytes={}", members.join(","))
    };
    assert_eq!(shown(&many(16), 100).split(' ').count(), 16);
    assert_eq!(shown(&many(17), 100), "whole");
    assert_eq!(
        shown("bytes=0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-", 100),
        "whole"
    );
}

#[test]
fn of_nothing() {
    for (value, expected) in [
        ("bytes=0-", "416"),
        ("bytes=0-0", "416"),
        ("bytes=-5", "whole"),
        ("bytes=-0", "416"),
    ] {
        assert_eq!(shown(value, 0), expected, "{value}");
    }
}

proptest! {
    #[test]
    fn never_panics_and_stays_inside(value in any::<Vec<u8>>(), len in any::<u64>()) {
        check(Ranges::parse(&value, len), len);
    }

    #[test]
    fn parts_lie_inside_and_apart(specs in prop::collection::vec((0..40_u64, 0..40_u64, 0..3), 1..20), len in 0..40_u64) {
        let members: Vec<_> = specs.iter().map(|(first, more, kind)| match kind {
            0 => format!("{first}-{}", first + more),
            1 => format!("{first}-"),
            _ => format!("-{first}"),
        }).collect();
        let ranges = Ranges::parse(format!("bytes={}", members.join(",")).as_bytes(), len);
        check(ranges.clone(), len);
        if specs.len() > MAX_RANGES {
            prop_assert_eq!(&ranges, &Ranges::Whole);
            return Ok(());
        }
        // Byte for byte what was asked for, and nothing else.
        let asked = |at: u64| specs.iter().any(|(first, more, kind)| match kind {
            0 => (*first..=first + more).contains(&at),
            1 => at >= *first,
            _ => at + first >= len,
        });
        let given = |at: u64| match &ranges {
            Ranges::Whole => true,
            Ranges::Unsatisfiable => false,
            Ranges::Parts(parts) => parts.iter().any(|part| (part.first..=part.last).contains(&at)),
        };
        for at in 0..len {
            prop_assert_eq!(asked(at), given(at), "{} of {:?}", at, &ranges);
        }
    }
}

fn check(ranges: Ranges, len: u64) {
    let Ranges::Parts(mut parts) = ranges else {
        return;
    };
    assert!((1..=MAX_RANGES).contains(&parts.len()));
    parts.sort_by_key(|part| part.first);
    assert!(
        parts
            .iter()
            .all(|part| part.first <= part.last && part.last < len)
    );
    assert!(parts.windows(2).all(|pair| pair[0].last + 1 < pair[1].first));
    assert!(parts.iter().map(ByteRange::count).sum::<u64>() < len);
}
