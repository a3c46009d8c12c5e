//! The nonce of a response.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;

use super::Security;
use crate::error::{Error, Result};
use crate::handler::Context;
use crate::random;
use crate::request::Request;

/// The nonce of the response to a request, made when it is first asked for, and the policy that it stands in.
///
/// # Errors
/// 500 where the settings have no policy or it has no place for a nonce, and where the system has no randomness.
pub(crate) fn nonce<'a>(security: &Security, request: &'a Request) -> Result<(&'a str, HeaderValue)> {
    let extensions = request.extensions();
    let nonce = match extensions.nonce() {
        Some(nonce) => nonce,
        None => extensions.set_nonce(STANDARD.encode(random::bytes::<16>()?)),
    };
    let policy = security
        .policy
        .as_ref()
        .and_then(|policy| policy.with_nonce(nonce));
    let missing =
        || Error::new(500).message("the Content-Security-Policy of the settings has no place for a nonce");
    Ok((nonce, policy.ok_or_else(missing)?))
}

impl Context {
    /// The nonce of this response: scripts that have it as their attribute `nonce` run under its `Content-Security-Policy`.
    /// The same for the whole response, and in its templates: `{{ csp_nonce() }}`.
    ///
    /// The policy is that of the [settings](crate::Settings::security), unless the handler has set one of its own. With the
    /// default policy a page that asks for a nonce also says `script-src 'self' 'nonce-...'`: its scripts are then those of
    /// this origin, and those with the nonce.
    ///
    /// # Errors
    /// 500 where the policy of the settings has no place for a nonce, and where the head has been sent without one.
    pub fn csp_nonce(&mut self) -> Result<String> {
        let sent = self.is_flushed();
        if sent && self.request().extensions().nonce().is_none() {
            return Err(Error::new(500).message("the head has been sent without a nonce"));
        }
        let (nonce, policy) = nonce(&self.settings().security, self.request())?;
        let nonce = nonce.to_owned();
        if !sent && !self.headers().contains_key(CONTENT_SECURITY_POLICY) {
            self.set_header(CONTENT_SECURITY_POLICY, policy)?;
        }
        Ok(nonce)
    }
}
