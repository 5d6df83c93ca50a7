//! Signing in. A session is a cookie that this server has signed, with a key that comes from the secret: nothing is
//! stored, a server that is started again with the same secret knows its sessions, and a new secret ends all.

use super::tries::Tries;
use crate::errors::{Answer, Failure};
use crate::schema::AuthKind;
use axum::http::{HeaderMap, StatusCode, header};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};
use weldlm_messages::{Problem, catalogue::server as says};

const COOKIE: &str = "weldlm_session";
const LIFE_SECONDS: u64 = 7 * 24 * 3600;
/// Sessions that were signed out before their end and are remembered.
const GONE_MAX: usize = 10_000;

/// What a client must know to come in.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A token, which the printed address carries.
    Token(String),
    /// A password.
    Password(String),
    /// Nothing.
    None,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A token of 256 random bits.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn random_token() -> Result<Secret, Problem> {
        Ok(Secret::Token(random::<32>()?))
    }

    fn text(&self) -> Option<&str> {
        match self {
            Secret::Token(text) | Secret::Password(text) => Some(text),
            Secret::None => None,
        }
    }
}

/// Random bytes in hexadecimal.
fn random<const N: usize>() -> Result<String, Problem> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|_| Problem::new(&says::FAULT))?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

/// Compares without telling by its time how much was right: the hashes are compared, in constant time.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    blake3::hash(a) == blake3::hash(b)
}

/// Who is asking.
#[derive(Debug, Clone)]
pub enum Who {
    /// A page, with its session.
    Page(String),
    /// A program, with the secret itself.
    Program,
    /// Anyone, since no sign-in is asked for.
    Anyone,
}

/// Checks who is asking.
pub struct Auth {
    secret: Secret,
    /// A token for clients on this machine, who read it from a file of this user's.
    local: Option<String>,
    key: [u8; 32],
    gone: Mutex<HashMap<String, u64>>,
    tries: Tries,
}

impl Auth {
    /// Checks against a secret.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(secret: Secret) -> Result<Auth, Problem> {
        let seed = secret.text().map_or_else(random::<32>, |text| Ok(text.to_string()))?;
        let key = blake3::derive_key("weldlm server sessions 2026-11-24", seed.as_bytes());
        let local = match &secret {
            Secret::Token(token) => Some(token.clone()),
            Secret::Password(_) => Some(random::<32>()?),
            Secret::None => None,
        };
        Ok(Auth { secret, local, key, gone: Mutex::default(), tries: Tries::default() })
    }

    /// How one signs in.
    pub fn kind(&self) -> AuthKind {
        match self.secret {
            Secret::Token(_) => AuthKind::Token,
            Secret::Password(_) => AuthKind::Password,
            Secret::None => AuthKind::None,
        }
    }

    /// The token that `server.json` tells clients on this machine; a password is not written anywhere.
    pub fn local_token(&self) -> Option<&str> {
        self.local.as_deref()
    }

    /// Who a request comes from; `None` for strangers.
    ///
    /// # Errors
    /// When it brings a wrong secret, or too many did.
    pub fn who(&self, headers: &HeaderMap, peer: IpAddr) -> Answer<Option<Who>> {
        if self.secret == Secret::None {
            return Ok(Some(Who::Anyone));
        }
        let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        if let Some(given) = bearer.and_then(|v| v.strip_prefix("Bearer ")) {
            self.check(given.trim(), peer)?;
            return Ok(Some(Who::Program));
        }
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let mut cookies =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let session = cookies.find(|(name, value)| *name == COOKIE && self.is_session(value));
        Ok(session.map(|(_, value)| Who::Page(value.to_string())))
    }

    /// Compares a secret with the right one.
    ///
    /// # Errors
    /// When it is wrong, or when too many were.
    pub fn check(&self, given: &str, peer: IpAddr) -> Answer<()> {
        let wait = self.tries.wait(peer);
        if wait > 0 {
            let problem = Problem::new(&says::TOO_MANY_TRIES).arg("seconds", wait);
            return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, problem).retry_after(wait));
        }
        let right = |known: Option<&str>| known.is_some_and(|k| same(given.as_bytes(), k.as_bytes()));
        if self.secret == Secret::None || right(self.secret.text()) | right(self.local_token()) {
            return Ok(());
        }
        self.tries.failed(peer);
        Err(Failure::new(StatusCode::UNAUTHORIZED, Problem::new(&says::WRONG_SECRET)))
    }

    fn sign(&self, purpose: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(purpose.as_bytes());
        hasher.update(b"\0");
        hasher.update(text.as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// The cookie of a new session.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn begin(&self) -> Result<String, Problem> {
        let body = format!("{}.{}", now() + LIFE_SECONDS, random::<16>()?);
        let value = format!("{body}.{}", self.sign("session", &body));
        Ok(format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={LIFE_SECONDS}"))
    }

    /// Ends a session; the cookie that removes it from the browser.
    pub fn end(&self, who: &Who) -> String {
        if let (Who::Page(value), Ok(mut gone)) = (who, self.gone.lock()) {
            let now = now();
            if gone.len() >= GONE_MAX {
                gone.retain(|_, until| *until > now);
            }
            if gone.len() < GONE_MAX {
                gone.insert(value.clone(), now + LIFE_SECONDS);
            }
        }
        format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0")
    }

    fn is_session(&self, value: &str) -> bool {
        let Some((body, signature)) = value.rsplit_once('.') else { return false };
        let until = body.split_once('.').and_then(|(until, _)| until.parse::<u64>().ok());
        let genuine = same(signature.as_bytes(), self.sign("session", body).as_bytes());
        let open = self.gone.lock().is_ok_and(|gone| !gone.contains_key(value));
        genuine && open && until.is_some_and(|until| until > now())
    }

    /// What a request that changes something must repeat; programs need not.
    pub fn csrf(&self, who: &Who) -> Option<String> {
        match who {
            Who::Page(value) => Some(self.sign("csrf", value)),
            Who::Anyone => Some(self.sign("csrf", "")),
            Who::Program => None,
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn sessions_are_signed_and_end() {
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        let auth = Auth::new(Secret::Token("right".into())).unwrap();
        let cookie = auth.begin().unwrap();
        let pair = cookie.split(';').next().unwrap().to_string();
        let who = auth.who(&headers(&format!("a=b; {pair}")), peer).unwrap().unwrap();
        // The same secret knows the session after a restart, another one does not.
        assert!(
            Auth::new(Secret::Token("right".into())).unwrap().who(&headers(&pair), peer).unwrap().is_some()
        );
        assert!(
            Auth::new(Secret::Token("other".into())).unwrap().who(&headers(&pair), peer).unwrap().is_none()
        );
        let longer = pair.replacen("=1", "=9", 1);
        for forged in [&longer, &pair[..pair.len() - 1], "weldlm_session=", "weldlm_session=1.2.3"] {
            assert!(auth.who(&headers(forged), peer).unwrap().is_none(), "{forged}");
        }
        auth.end(&who);
        assert!(auth.who(&headers(&pair), peer).unwrap().is_none());
    }

    #[test]
    fn secrets_do_not_show() {
        assert_eq!(format!("{:?}", Secret::Password("hunter2".into())), "Secret(…)");
        let Secret::Token(token) = Secret::random_token().unwrap() else { panic!("no token") };
        assert_eq!(token.len(), 64);
    }
}
