//! Every rule that is checked, as data: the contract to be read.

use super::report::{Rule, Side};

macro_rules! rules {
    ($($side:ident { $($name:ident $code:literal $source:literal $text:literal;)* })*) => {
        $($(
            pub(super) const $name: Rule = Rule { code: $code, side: Side::$side, text: $text, source: $source };
        )*)*

        /// All of them, in the order in which they stand here.
        pub(super) const ALL: &[Rule] = &[$($($name,)*)*];
    };
}

rules! {
    Adapter {
        NO_LINK "no-link" "SPEC, Request" "every request carries its carrier, peer, mount and abilities";
        NO_RAW_TARGET "no-raw-target" "SPEC, Request" "every request carries its target as it was received";
        RAW_TARGET_FRAGMENT "raw-target-fragment" "RFC 9112 section 3.2" "a request target has no fragment";
        RAW_TARGET_BLANK "raw-target-blank" "RFC 9112 section 3.2"
            "a request target is not empty and has neither blanks nor control characters";
        RAW_TARGET_MISMATCH "raw-target-mismatch" "SPEC, Request"
            "path and query are those of the target as it was received, the path without the mount";
        PATH_NOT_ROOTED "path-not-rooted" "RFC 9112 section 3.2"
            "a path begins with a slash, but for * of OPTIONS and the authority of CONNECT";
        HTTP09 "http09" "RFC 9112 section 2.3" "the version is HTTP/1.0 or later: HTTP/0.9 has no fields";
        HOST_MISSING "host-missing" "RFC 9112 section 3.2" "a request of HTTP/1.1 without Host is answered 400";
        HOST_REPEATED "host-repeated" "RFC 9112 section 3.2" "a request with more than one Host is answered 400";
        HOST_MALFORMED "host-malformed" "RFC 9112 section 3.2"
            "a request whose Host is no host with an optional port is answered 400";
        MOUNT_MALFORMED "mount-malformed" "SPEC, Request"
            "a mount is empty, or begins with a slash and does not end in one";
        TLS_WITHOUT_HTTPS "tls-without-https" "SPEC, Request" "where there is a TLS session the scheme is https";
        UPGRADE_ON_HTTP10 "upgrade-on-http10" "RFC 9110 section 7.8"
            "Upgrade is ignored in HTTP/1.0, so there is no ability to upgrade";
        DEADLINE_PASSED "deadline-passed" "SPEC, Request"
            "a deadline stands on the scale of the monotonic clock, and a request starts before it";
        CONNECTION_IN_HTTP2 "connection-in-http2" "RFC 9113 section 8.2.2"
            "HTTP/2 and HTTP/3 have no connection-specific fields";
        REQUEST_FIELD_BLANKS "request-field-blanks" "RFC 9112 section 5.1"
            "the blanks around a field value are no part of it";
        REQUEST_LENGTH_MALFORMED "request-length-malformed" "RFC 9112 section 6.3"
            "a request whose Content-Length is not one number is answered 400";
        REQUEST_FRAMED_TWICE "request-framed-twice" "RFC 9112 section 6.1"
            "Content-Length and Transfer-Encoding in one message are refused, or only the latter is kept";
        REQUEST_LENGTH_MISMATCH "request-length-mismatch" "SPEC, Request"
            "where a body's length is known it is that of Content-Length";
        REQUEST_BODY_SHORT "request-body-short" "RFC 9112 section 8"
            "a body that ends before its declared length ends in an error";
        REQUEST_BODY_LONG "request-body-long" "RFC 9112 section 6.3" "a body ends at its declared length";
        REQUEST_AFTER_TRAILERS "request-after-trailers" "RFC 9110 section 6.5"
            "nothing but the end follows the trailers of a body";
        REQUEST_AFTER_END "request-after-end" "SPEC, Bodies" "a body that has ended gives nothing more";
        REQUEST_AFTER_ERROR "request-after-error" "SPEC, Bodies" "a body that has failed gives nothing more";
        REQUEST_TRAILER "request-trailer" "RFC 9110 section 6.5.1"
            "fields of framing, routing, authentication and content are no trailers";
        POLLED_AFTER_END "polled-after-end" "SPEC, Bodies" "a response body is not asked again after its end";
        POLLED_AFTER_ERROR "polled-after-error" "SPEC, Bodies" "a response body is not asked again after its error";
        CLOCK_BACKWARDS "clock-backwards" "SPEC, Carrier" "the monotonic clock never goes back";
    }
    Application {
        STATUS_RANGE "status-range" "RFC 9110 section 15" "a status is a number from 100 to 599";
        INFORMATIONAL_FINAL "informational-final" "RFC 9110 section 15.2" "a 1xx is no final response";
        SWITCHING_WITHOUT_UPGRADE "switching-without-upgrade" "SPEC, Upgrades" "a 101 carries an upgrade";
        UPGRADE_WITHOUT_SWITCHING "upgrade-without-switching" "SPEC, Upgrades"
            "a response that carries an upgrade is a 101";
        UPGRADE_UNABLE "upgrade-unable" "SPEC, Upgrades" "only a carrier with the ability is asked to upgrade";
        UPGRADE_NOT_ASKED "upgrade-not-asked" "RFC 9110 section 7.8"
            "only a protocol that the request's Upgrade names is switched to";
        UPGRADE_FIELDS "upgrade-fields" "RFC 9110 section 7.8"
            "a 101 has Upgrade, and Connection that names it";
        UPGRADE_BODY "upgrade-body" "RFC 9110 section 15.2" "a 101 has no content";
        BODY_FORBIDDEN "body-forbidden" "RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5"
            "204, 205 and 304 have no content";
        LENGTH_FORBIDDEN "length-forbidden" "RFC 9110 section 8.6" "1xx and 204 have no Content-Length";
        LENGTH_MALFORMED "length-malformed" "RFC 9110 section 8.6" "Content-Length is a decimal number";
        LENGTH_MISMATCH "length-mismatch" "RFC 9110 section 8.6" "Content-Length is the length of the content";
        BODY_SHORT "body-short" "RFC 9112 section 6.3" "a body that ends before its declared length ends in an error";
        BODY_LONG "body-long" "RFC 9112 section 6.3" "a body ends at its declared length";
        AFTER_TRAILERS "after-trailers" "RFC 9110 section 6.5" "nothing but the end follows the trailers of a body";
        TRAILER "trailer" "RFC 9110 section 6.5.1"
            "fields of framing, routing, authentication, control and content are no trailers";
        TRANSFER_ENCODING "transfer-encoding" "RFC 9112 section 6.1" "the framing of a message is the carrier's";
        CONNECTION "connection" "RFC 9110 section 7.6.1"
            "connection-specific fields are the carrier's, but for Upgrade in 101 and 426";
        REPEATED_FIELD "repeated-field" "RFC 9110 section 5.3" "a field that is no list stands once";
        FIELD_BLANKS "field-blanks" "RFC 9110 section 5.5" "a field value has no blanks around it";
        NO_ALLOW "no-allow" "RFC 9110 section 15.5.6" "405 has Allow";
        NO_CHALLENGE "no-challenge" "RFC 9110 sections 15.5.2 and 15.5.8"
            "401 has WWW-Authenticate, 407 has Proxy-Authenticate";
        NO_LOCATION "no-location" "RFC 9110 section 15.4" "301, 302, 303, 307 and 308 have Location";
        NO_CONTENT_RANGE "no-content-range" "RFC 9110 section 15.3.7"
            "206 has Content-Range, or is multipart/byteranges and has none";
        PARTIAL_NOT_ASKED "partial-not-asked" "RFC 9110 section 15.3.7" "206 answers a request with Range";
        NO_COMPLETE_LENGTH "no-complete-length" "RFC 9110 section 15.5.17"
            "416 to a request for bytes tells the length in Content-Range";
        NOT_MODIFIED_NOT_ASKED "not-modified-not-asked" "RFC 9110 section 15.4.5"
            "304 answers a GET or HEAD with If-None-Match or If-Modified-Since";
        NO_UPGRADE_OFFER "no-upgrade-offer" "RFC 9110 section 15.5.22" "426 has Upgrade";
        NO_CONTENT_TYPE "no-content-type" "RFC 9110 section 8.3" "content has a Content-Type";
        CONTENT_TYPE_MALFORMED "content-type-malformed" "RFC 9110 section 8.3.1"
            "Content-Type is type/subtype and parameters";
        DATE_MALFORMED "date-malformed" "RFC 9110 section 5.6.7" "Date and Last-Modified are written as IMF-fixdate";
        ETAG_MALFORMED "etag-malformed" "RFC 9110 section 8.8.3" "ETag is text in double quotes, with W/ before it or not";
        SET_COOKIE_MALFORMED "set-cookie-malformed" "RFC 6265bis section 4.1.1"
            "Set-Cookie begins with a token and = and has no control characters";
    }
}
