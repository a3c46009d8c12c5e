//! Forms that come in: in parts, as files, as typed values, and with a coding.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use http::HeaderName;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use serde::de::DeserializeOwned;

use super::arguments::Arguments;
use super::{Context, fields};
use crate::body::{Body, Coding, Decoded};
use crate::error::{Error, Result};
use crate::multipart::{Boundary, Form, HttpFile, Multipart, Parser, is_multipart_form};

/// Where the name of a coding goes that has been taken off (Tornado's field).
const CONSUMED: HeaderName = HeaderName::from_static("x-consumed-content-encoding");

impl Context {
    /// The files of a multipart form, in the order received (Tornado's `request.files`). Empty when the handler
    /// [streams](crate::RequestHandler::stream_request_body), which reads them with [`Context::multipart`].
    pub fn files(&self) -> &[HttpFile] {
        &self.files
    }

    /// The first file of this name.
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn upload(cx: &mut Context) -> Result {
    ///     let file = cx.file("photo").status(400)?;
    ///     let answer = format!("{}, {} bytes", file.filename(), file.len());
    ///     cx.write(answer)
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().post("/", upload));
    /// # let body = "--B\r\nContent-Disposition: form-data; name=photo; filename=\"me.jpg\"\r\n\r\nxyz\r\n--B--\r\n";
    /// # let response = client.post("/").header("content-type", "multipart/form-data; boundary=B").body(body).send();
    /// # assert_eq!(response.text(), "me.jpg, 3 bytes");
    /// ```
    pub fn file(&self, name: &str) -> Option<&HttpFile> {
        self.files.iter().find(|file| file.name() == name)
    }

    /// The files, to keep them beyond the request.
    pub fn take_files(&mut self) -> Vec<HttpFile> {
        std::mem::take(&mut self.files)
    }

    /// The parts of a form as they come: for handlers that say
    /// [`stream_request_body`](crate::RequestHandler::stream_request_body). A part is given before the next one is read from
    /// the network. The body is held to the same limit as by [`Context::read_chunk`].
    ///
    /// ```
    /// use waterspout::prelude::*;
    ///
    /// async fn upload(cx: &mut Context) -> Result {
    ///     cx.set_max_body_size(2 << 30);
    ///     let mut parts = cx.multipart().await?;
    ///     while let Some(mut part) = parts.next_part().await? {
    ///         let mut length = 0;
    ///         while let Some(chunk) = part.read_chunk().await? {
    ///             length += chunk.len();
    ///         }
    ///         cx.write(format!("{}: {length} bytes\n", part.name()))?;
    ///     }
    ///     Ok(())
    /// }
    /// let app = Application::new().streaming("/upload", upload);
    /// # let client = waterspout::testing::TestClient::new(app);
    /// # let body = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nxyz\r\n--B--\r\n";
    /// # let response = client.post("/upload").header("content-type", "multipart/form-data; boundary=B").body(body).send();
    /// # assert_eq!(response.text(), "a: 3 bytes\n");
    /// ```
    ///
    /// # Errors
    /// 415 when the body is no multipart form, or has a `Content-Encoding` that was not taken off, 400 when it is malformed,
    /// 413 where its declared length is over the limit, 500 when the handler does not stream, so that the body has been read.
    pub async fn multipart(&mut self) -> Result<Multipart> {
        if self.body_buffered {
            return Err(Error::new(500).message("the handler does not stream, its form has been read"));
        }
        if !self.is_multipart() {
            return Err(Error::new(415).message("the body is no multipart form"));
        }
        let parser = self.parser()?;
        let body = self.take_body()?;
        let carrier = self.request.carrier().cloned();
        Multipart::new(body, parser, carrier).open().await
    }

    /// The fields of a form as one value, by their names: those of an urlencoded body or of a multipart form without its
    /// files. They are text as [`Context::get_argument`] gives it; a list takes all values of a name, anything else the last.
    ///
    /// ```
    /// use serde::Deserialize;
    /// use waterspout::prelude::*;
    ///
    /// #[derive(Deserialize)]
    /// struct Order {
    ///     dish: String,
    ///     count: u8,
    ///     #[serde(default)]
    ///     extra: Vec<String>,
    /// }
    ///
    /// async fn order(cx: &mut Context) -> Result {
    ///     let order: Order = cx.form()?;
    ///     cx.write(format!("{} {} with {}", order.count, order.dish, order.extra.join(" and ")))
    /// }
    /// # let client = waterspout::testing::TestClient::new(Application::new().post("/", order));
    /// # let fields = [("dish", "pizza"), ("count", "2"), ("extra", "basil"), ("extra", "oil")];
    /// # assert_eq!(client.post("/").form(&fields).send().text(), "2 pizza with basil and oil");
    /// # let answer = client.post("/").form(&[("dish", "pizza"), ("count", "two")]).send();
    /// # assert_eq!(answer.status(), 422);
    /// ```
    ///
    /// # Errors
    /// 415 when the body is no form, 400 when a field is not UTF-8, 422 when the fields do not fit `T`; the text says which.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T> {
        if !self.is_form() && !self.is_multipart() {
            return Err(Error::new(415).message("the body is not declared as a form"));
        }
        fields::deserialize(self.body_arguments())
    }

    /// Takes the coding of the body off, where the settings say so.
    pub(super) fn decode_body(&mut self) -> Result {
        if !self.app.settings.decompress_request || self.incoming.is_empty() {
            return Ok(());
        }
        let mut codings = self.request.headers().get_all(CONTENT_ENCODING).iter();
        let Some(named) = codings.next() else {
            return Ok(());
        };
        if is_identity(named) && codings.next().is_none() {
            return Ok(());
        }
        let coding = Coding::parse(named.as_bytes().trim_ascii()).filter(|_| codings.next().is_none());
        let coding = coding.ok_or_else(|| unsupported(Coding::ALL))?;
        let headers = self.request.headers_mut();
        if let Some(named) = headers.remove(CONTENT_ENCODING) {
            headers.insert(CONSUMED, named);
        }
        headers.remove(CONTENT_LENGTH);
        let limit = Arc::new(AtomicU64::new(self.max_body_size));
        let body = std::mem::take(&mut self.incoming);
        self.incoming = Body::new(Decoded::new(body, coding, limit.clone()));
        self.coded_limit = Some(limit);
        Ok(())
    }

    /// Refuses a body whose bytes are not what its type says, since they have a coding.
    pub(super) fn check_coding(&self) -> Result {
        let mut codings = self.request.headers().get_all(CONTENT_ENCODING).iter();
        if codings.all(is_identity) {
            return Ok(());
        }
        // With `decompress_request` what is understood has been taken off.
        Err(unsupported("identity"))
    }

    pub(super) fn is_multipart(&self) -> bool {
        let kind = self.request.headers().get(CONTENT_TYPE);
        kind.is_some_and(|kind| is_multipart_form(kind.as_bytes()))
    }

    pub(super) async fn read_form(&mut self) -> Result {
        let parser = self.parser()?;
        let body = self.take_body()?;
        let parts = Multipart::new(body, parser, self.request.carrier().cloned());
        let settings = &self.app.clone().settings;
        let form = Form::read(parts, &settings.limits, settings.upload_dir.clone()).await?;
        self.form = Arguments::from(form.fields).into();
        self.files = form.files;
        Ok(())
    }

    fn parser(&self) -> Result<Parser> {
        self.check_coding()?;
        let mut kinds = self.request.headers().get_all(CONTENT_TYPE).iter();
        let kind = kinds.next();
        if kinds.next().is_some() {
            // Two parsers would cut it in two ways.
            return Err(Error::new(400).message("the form has two content types"));
        }
        let boundary = Boundary::parse(kind.map_or(b"", HeaderValue::as_bytes))
            .map_err(|fault| Error::new(400).message(fault.to_string()))?;
        Ok(Parser::new(&boundary, self.settings().limits.multipart()))
    }
}

fn is_identity(coding: &HeaderValue) -> bool {
    coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")
}

/// RFC 9110 section 15.5.16: `Accept-Encoding` tells what would be understood.
fn unsupported(understood: &'static str) -> Error {
    Error::new(415)
        .message("the Content-Encoding of the body is not understood")
        .header(ACCEPT_ENCODING, HeaderValue::from_static(understood))
}
