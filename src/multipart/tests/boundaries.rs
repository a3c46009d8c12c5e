//! What a `Content-Type` says.

use super::*;

#[test]
fn boundaries_are_found() {
    let long = "a".repeat(70);
    let longest = format!("multipart/form-data; boundary={long}");
    for (kind, boundary) in [
        ("multipart/form-data; boundary=B", "B"),
        ("Multipart/Form-Data; BOUNDARY=B", "B"),
        ("multipart/form-data;boundary=\"B\"", "B"),
        ("multipart/form-data ; charset=utf-8 ; boundary=\"a b\" ;", "a b"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundaryAbC0",
            "----WebKitFormBoundaryAbC0",
        ),
        ("multipart/form-data; boundary='()+_,-./:=?", "'()+_,-./:=?"),
        (&longest, &long),
    ] {
        assert_eq!(Boundary::parse(kind.as_bytes()).expect(kind).as_str(), boundary);
        assert!(is_multipart_form(kind.as_bytes()));
    }
}

#[test]
fn bad_boundaries_are_refused() {
    let too_long = format!("multipart/form-data; boundary={}", "a".repeat(71));
    for (kind, detail) in [
        ("multipart/form-data", "no boundary"),
        (
            "multipart/form-data; boundary=",
            "the boundary is not 1 to 70 characters long",
        ),
        (&too_long, "the boundary is not 1 to 70 characters long"),
        ("multipart/form-data; boundary=a; boundary=b", "two boundaries"),
        ("multipart/form-data; boundary=\"a", "a quote is not closed"),
        (
            "multipart/form-data; boundary=\"a \"",
            "a character that no boundary may have",
        ),
        (
            "multipart/form-data; boundary=a@b",
            "a character that no boundary may have",
        ),
        (
            "multipart/form-data; boundary=\u{e9}",
            "a character that no boundary may have",
        ),
        ("multipart/form-data; boundary=\"a\"b", "text behind a parameter"),
        (
            "multipart/form-data; boundary",
            "a parameter has no name or no value",
        ),
    ] {
        let fault = Boundary::parse(kind.as_bytes()).expect_err(kind);
        assert_eq!(fault.detail(), detail, "{kind}");
    }
    for other in [
        "multipart/mixed; boundary=B",
        "text/plain",
        "",
        "multipart/form-datax; boundary=B",
    ] {
        assert!(!is_multipart_form(other.as_bytes()), "{other}");
        assert!(Boundary::parse(other.as_bytes()).is_err());
    }
}
