//! A small OAuth 2 provider (RFC 6749, authorization code, with PKCE by RFC 7636): one public client, one user who always
//! agrees.

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use serde_json::json;
use waterspout::Url;
use waterspout::prelude::*;

use crate::once::Once;

pub(crate) const CLIENT: &str = "http_rs";

struct Provider {
    /// The only place that codes are sent to.
    callback: Url,
    /// The challenge of each code that has been given.
    codes: Once<String>,
}

pub(crate) fn routes(app: Application, own: &Url) -> Result<Application> {
    let (callback, codes) = (own.join("/callback")?, Once::new());
    let app = app.get("/authorize", authorize).post("/token", token);
    Ok(app.state(Provider { callback, codes }))
}

async fn authorize(cx: &mut Context) -> Result {
    let provider = cx.state::<Provider>()?;
    let is = |name: &str, value: &str| cx.get_query_argument(name).is_ok_and(|given| given == value);
    let known = is("client_id", CLIENT) && is("redirect_uri", provider.callback.as_str());
    if !known || !is("response_type", "code") || !is("code_challenge_method", "S256") {
        return Err(Error::new(400).message("not a request of our client"));
    }
    let code = provider.codes.put(cx.get_query_argument("code_challenge")?)?;
    let mut back = provider.callback.clone();
    let state = cx.get_query_argument("state")?;
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &state);
    cx.redirect(back.as_str())
}

async fn token(cx: &mut Context) -> Result {
    let answer = match grant(cx) {
        Some(token) => json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600 }),
        None => {
            cx.set_status(400);
            json!({ "error": "invalid_grant" })
        }
    };
    cx.set_header("cache-control", "no-store")?;
    cx.write_json(&answer)
}

/// A token for a code that is new, and for whoever began with it.
fn grant(cx: &Context) -> Option<String> {
    let given = |name: &str| cx.get_body_argument(name).ok();
    let provider = cx.state::<Provider>().ok()?;
    // Taken whatever else is wrong: a code that somebody has tried is worth nothing any more.
    let challenge = provider.codes.take(&given("code")?)?;
    let verifier = PkceCodeVerifier::new(given("code_verifier")?);
    let good = given("grant_type")? == "authorization_code"
        && given("client_id")? == CLIENT
        && given("redirect_uri")? == provider.callback.as_str()
        && PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() == challenge;
    good.then(|| CsrfToken::new_random().into_secret())
}
