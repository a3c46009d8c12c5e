//! The texts of Autobahn's section 6, by its classes. What is UTF-8 and what is not, the standard library says.

/// The class, and its sequences.
pub(crate) fn vectors() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let each = |range: std::ops::RangeInclusive<u8>| range.map(|byte| vec![byte]).collect::<Vec<_>>();
    let kosme = "κόσμε".as_bytes();
    let incomplete: [&[u8]; 10] = [
        b"\xc0",
        b"\xe0\x80",
        b"\xf0\x80\x80",
        b"\xf8\x80\x80\x80",
        b"\xfc\x80\x80\x80\x80",
        b"\xdf",
        b"\xef\xbf",
        b"\xf7\xbf\xbf",
        b"\xfb\xbf\xbf\xbf",
        b"\xfd\xbf\xbf\xbf\xbf",
    ];
    let owned = |these: &[&[u8]]| these.iter().map(|one| one.to_vec()).collect::<Vec<_>>();
    let chars = |these: &[char]| {
        these
            .iter()
            .map(|c| c.to_string().into_bytes())
            .collect::<Vec<_>>()
    };
    let surrogates = [
        0xd800_u16, 0xdb7f, 0xdb80, 0xdbff, 0xdc00, 0xdf80, 0xdfff, 0xdc01, 0xdffe, 0xd801,
    ];
    let surrogate = |unit: u16| {
        vec![
            0xe0 | (unit >> 12) as u8,
            0x80 | (unit >> 6 & 0x3f) as u8,
            0x80 | (unit & 0x3f) as u8,
        ]
    };
    let (high, low) = ([0xd800, 0xdb7f, 0xdb80, 0xdbff], [0xdc00, 0xdfff]);
    let mut pairs = Vec::new();
    for high in high {
        for low in low {
            pairs.push([surrogate(high), surrogate(low)].concat());
        }
    }
    let non_characters: Vec<char> = (0..=16)
        .flat_map(|plane| [plane << 16 | 0xfffe, plane << 16 | 0xffff])
        .filter_map(char::from_u32)
        .collect();
    vec![
        ("6.1 nothing", vec![vec![]]),
        ("6.2 text", owned(&["Hello-µ@ßöäüàá-UTF-8!!".as_bytes()])),
        (
            "6.3 a surrogate in text",
            vec![[kosme, b"\xed\xa0\x80", b"edited"].concat()],
        ),
        ("6.5, 6.6 cut off at each byte", {
            (1..=kosme.len()).map(|end| kosme[..end].to_vec()).collect()
        }),
        (
            "6.7 the first of each length",
            chars(&['\0', '\u{80}', '\u{800}', '\u{10000}']),
        ),
        (
            "6.8 five and six bytes",
            owned(&[b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
        ),
        (
            "6.9 the last of each length",
            chars(&['\u{7f}', '\u{7ff}', '\u{ffff}', '\u{10ffff}']),
        ),
        (
            "6.10 beyond the last",
            owned(&[
                b"\xf7\xbf\xbf\xbf",
                b"\xfb\xbf\xbf\xbf\xbf",
                b"\xfd\xbf\xbf\xbf\xbf\xbf",
            ]),
        ),
        (
            "6.11 at the borders",
            [
                chars(&['\u{d7ff}', '\u{e000}', '\u{fffd}', '\u{10ffff}']),
                owned(&[b"\xf4\x90\x80\x80"]),
            ]
            .concat(),
        ),
        (
            "6.12 continuations alone",
            [
                each(0x80..=0xbf),
                (2..=7)
                    .map(|count| [0x80, 0xbf].repeat(4)[..count].to_vec())
                    .collect(),
                vec![(0x80..=0xbf).collect()],
            ]
            .concat(),
        ),
        (
            "6.13 beginnings alone",
            [
                (0xc0..=0xfd).map(|byte| vec![byte, b' ']).collect::<Vec<_>>(),
                vec![(0xc0..=0xdf).flat_map(|byte| [byte, b' ']).collect()],
            ]
            .concat(),
        ),
        ("6.14 without the last byte", owned(&incomplete)),
        ("6.15 all of these together", vec![incomplete.concat()]),
        (
            "6.16 impossible bytes",
            owned(&[b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
        ),
        (
            "6.17 overlong",
            owned(&[
                b"\xc0\xaf",
                b"\xe0\x80\xaf",
                b"\xf0\x80\x80\xaf",
                b"\xf8\x80\x80\x80\xaf",
                b"\xfc\x80\x80\x80\x80\xaf",
            ]),
        ),
        (
            "6.18 the last overlong of each length",
            owned(&[
                b"\xc1\xbf",
                b"\xe0\x9f\xbf",
                b"\xf0\x8f\xbf\xbf",
                b"\xf8\x87\xbf\xbf\xbf",
                b"\xfc\x83\xbf\xbf\xbf\xbf",
            ]),
        ),
        (
            "6.19 an overlong NUL",
            owned(&[
                b"\xc0\x80",
                b"\xe0\x80\x80",
                b"\xf0\x80\x80\x80",
                b"\xf8\x80\x80\x80\x80",
                b"\xfc\x80\x80\x80\x80\x80",
            ]),
        ),
        ("6.20 surrogates", surrogates.map(surrogate).to_vec()),
        ("6.21 pairs of surrogates", pairs),
        ("6.22 no characters, but UTF-8", chars(&non_characters)),
        (
            "6.23 special",
            chars(&[
                '\u{fff9}', '\u{fffa}', '\u{fffb}', '\u{fffc}', '\u{fffd}', '\u{fffe}', '\u{ffff}',
            ]),
        ),
    ]
}

/// With how many bytes of it the fault is certain, whatever comes behind; `None` if there is none so far.
pub(crate) fn fault(bytes: &[u8]) -> Option<usize> {
    (1..=bytes.len())
        .find(|&count| std::str::from_utf8(&bytes[..count]).is_err_and(|error| error.error_len().is_some()))
}
