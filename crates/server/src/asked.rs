//! What a client sent, read within limits of size and time; what cannot be read is a problem in words.

use crate::errors::{Answer, Failure};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use weldlm_messages::{Problem, catalogue::server as says};
use weldlm_output::human;
use weldlm_plan::request::{FIELDS, Kind};

/// The largest body.
pub const BODY_MAX: usize = 1 << 20;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(20);

/// A JSON body.
pub struct Asked<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Answer<Asked<T>> {
        if !is_json(request.headers()) {
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Problem::new(&says::NOT_JSON)));
        }
        let bytes = tokio::time::timeout(BODY_TIME, read(request))
            .await
            .map_err(|_| Failure::new(StatusCode::REQUEST_TIMEOUT, Problem::new(&says::TOO_SLOW)))??;
        serde_json::from_slice(&bytes).map(Asked).map_err(|e| {
            let status = if e.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
            unreadable(status, &e)
        })
    }
}

/// Parameters of the query.
pub struct Wanted<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Wanted<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Wanted<T>> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|q| Wanted(q.0)).map_err(|e| unreadable(StatusCode::BAD_REQUEST, &e.body_text()))
    }
}

/// The id of a job in a path; one that no job can have is nothing at that place.
pub struct JobId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for JobId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<JobId> {
        let Path(id) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|e| unreadable(e.status(), &e.body_text()))?;
        check_job_id(&id)?;
        Ok(JobId(id))
    }
}

/// Whether a job can have this id.
///
/// # Errors
/// When none can: there is nothing at that place.
pub fn check_job_id(id: &str) -> Answer<()> {
    let plain =
        !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if plain { Ok(()) } else { Err(Failure::nothing_at(&id.chars().take(64).collect::<String>())) }
}

fn unreadable(status: StatusCode, reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(status, Problem::new(&says::BAD_BODY).arg("reason", reason))
}

/// Whether a request says that its body is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

async fn read(request: Request) -> Answer<Vec<u8>> {
    let too_large = || {
        let problem = Problem::new(&says::BODY_TOO_LARGE).arg("limit", human(BODY_MAX as u64));
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, problem)
    };
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: u64| bytes > BODY_MAX as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let mut stream = request.into_body().into_data_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|e| unreadable(StatusCode::BAD_REQUEST, &e))?;
        if bytes.len() + piece.len() > BODY_MAX {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Refuses characters that no path can have.
///
/// # Errors
/// When there is one.
pub fn path_text(field: &str, text: &str) -> Answer<()> {
    if text.contains('\0') {
        let problem = Problem::new(&says::BAD_TEXT).arg("field", field).at(field);
        return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
    }
    Ok(())
}

/// Refuses what a request over HTTP must not have: fields that start commands, and NUL anywhere.
///
/// # Errors
/// When it has one of these.
pub fn fields(fields: &serde_json::Map<String, Value>) -> Answer<()> {
    let commands: Vec<&str> = FIELDS.iter().filter(|f| f.kind == Kind::Command).map(|f| f.name).collect();
    for (key, value) in fields {
        if commands.contains(&key.as_str()) && !value.is_null() {
            let problem = Problem::new(&says::NO_COMMANDS).arg("field", key).at(key);
            return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, problem));
        }
        texts(key, value)?;
    }
    Ok(())
}

fn texts(key: &str, value: &Value) -> Answer<()> {
    match value {
        Value::String(text) => path_text(key, text),
        Value::Array(list) => list.iter().try_for_each(|v| texts(key, v)),
        Value::Object(map) => map.iter().try_for_each(|(name, v)| {
            path_text(key, name)?;
            texts(key, v)
        }),
        _ => Ok(()),
    }
}
