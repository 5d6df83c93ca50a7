//! The pages, embedded in the program. Files with a hash in their name are kept by browsers for good; everything
//! else is asked for again and answered with 304 when it is the same.

use crate::errors::Failure;
use crate::speech::Tongue;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use flate2::{Compression, write::GzEncoder};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use weldlm_messages::{Lang, Problem, catalogue::server as says};

#[derive(RustEmbed)]
#[folder = "ui/"]
#[allow_missing = true]
struct Ui;

/// The page that every address of the UI begins with.
const INDEX: &str = "index.html";
/// Smaller files are not worth compressing.
const SMALL: usize = 1024;

type Bytes = Cow<'static, [u8]>;
type Packed = HashMap<[u8; 32], Arc<[u8]>>;
/// Compressed files by the hash of what they hold, made when first asked for.
static PACKED: Mutex<Option<Packed>> = Mutex::new(None);

/// Answers whatever is not the interface.
pub async fn serve(tongue: Tongue, method: Method, uri: Uri, headers: HeaderMap) -> axum::response::Response {
    let path = uri.path();
    if path == "/api" || (path.starts_with("/api/") && path != "/api/docs") {
        return Failure::nothing_at(path).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Some(name).filter(|n| is_plain(n)).and_then(Ui::get) {
        return send(name, file, &headers).into_response();
    }
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !(accepts.contains("text/html") || path == "/") {
        return Failure::nothing_at(path).into_response();
    }
    match Ui::get(INDEX) {
        Some(file) => send(INDEX, file, &headers).into_response(),
        None => without_ui(tongue.0).into_response(),
    }
}

/// In a debug build files are read from the folder, so names must not lead out of it.
fn is_plain(name: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part != ".." && part != "." && !part.contains(['\\', '\0', '%']);
    name.split('/').all(part)
}

fn send(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response<Body> {
    let hash = file.metadata.sha256_hash();
    let (encoding, body) = encoded(name, &hash, file.data, headers);
    let hex: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{hex}{}\"", encoding.map_or("", |e| if e == "br" { "-br" } else { "-gz" }));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let same = known.is_some_and(|k| k.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let forever = name.starts_with("assets/");
    let keep = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(if same { Body::empty() } else { Body::from(body) });
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The smallest form that the client takes: what the build has compressed, or gzip made here once.
fn encoded(name: &str, hash: &[u8; 32], data: Bytes, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| {
        accepted.split(',').any(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            name.trim() == coding && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    for (coding, end) in [("br", "br"), ("gzip", "gz")] {
        if takes(coding)
            && let Some(file) = Ui::get(&format!("{name}.{end}"))
        {
            return (Some(coding), file.data);
        }
    }
    let worth =
        data.len() >= SMALL && !["png", "webp", "woff2", "gz", "br"].iter().any(|e| name.ends_with(e));
    if !(worth && takes("gzip")) {
        return (None, data);
    }
    match packed(hash, &data) {
        Some(packed) => (Some("gzip"), Cow::Owned(packed.to_vec())),
        None => (None, data),
    }
}

fn packed(hash: &[u8; 32], data: &[u8]) -> Option<Arc<[u8]>> {
    let mut cache = PACKED.lock().ok()?;
    let cache = cache.get_or_insert_default();
    if let Some(packed) = cache.get(hash) {
        return Some(packed.clone());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).ok()?;
    let packed: Arc<[u8]> = encoder.finish().ok()?.into();
    cache.insert(*hash, packed.clone());
    Some(packed)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What is shown by a program that was built without its pages.
fn without_ui(lang: Lang) -> impl IntoResponse {
    let problem = Problem::new(&says::NO_UI);
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>weldlm</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head>\
         <body style=\"font-family:sans-serif;max-width:40em;margin:4em auto;padding:0 1em\">\
         <h1>weldlm</h1><p>{}</p><p>{}</p></body></html>\n",
        lang.tag(),
        problem.what(lang),
        problem.hint(lang)
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for bad in ["", "../Cargo.toml", "a/../../b", "a//b", "..", "a\\b", "%2e%2e/x", "/etc/passwd"] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(is_plain("assets/index-a1b2.js"));
    }

    #[test]
    fn clients_get_what_they_take() {
        let text = vec![b'a'; 5000];
        let of = |accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            encoded("x.js", &[7; 32], Cow::Owned(text.clone()), &headers)
        };
        assert_eq!(of("gzip, deflate, br").0, Some("gzip"));
        assert!(of("gzip").1.len() < 200);
        assert_eq!(of("identity").0, None);
        assert_eq!(of("gzip;q=0").0, None);
    }
}
