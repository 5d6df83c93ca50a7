//! Requests that change something come from our own page or from a program, never from another site's page.

use crate::errors::{Answer, Failure};
use axum::http::{HeaderMap, StatusCode, header};
use weldlm_messages::{Problem, catalogue::server as says};

/// Compares `Origin` with `Host`, and looks at what the browser says of the request.
pub fn check(headers: &HeaderMap) -> Answer<()> {
    let foreign = |what: &str| {
        Err(Failure::new(StatusCode::FORBIDDEN, Problem::new(&says::NOT_FROM_PAGE).arg("reason", what)))
    };
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return foreign("Sec-Fetch-Site");
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    match (authority, host) {
        (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) && origins.next().is_none() => {
            Ok(())
        }
        _ => foreign("Origin"),
    }
}
