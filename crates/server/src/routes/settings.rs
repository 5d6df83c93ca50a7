//! Settings of this installation.

use crate::app::{App, blocking};
use crate::asked::Asked;
use crate::errors::{Answer, Failure};
use crate::schema::{Problem, Settings};
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::sync::Arc;

/// The settings.
#[utoipa::path(get, path = "/settings", operation_id = "getSettings", tag = "settings", responses(
    (status = 200, description = "The settings", body = Settings),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn get(State(app): State<Arc<App>>) -> Answer<Json<Value>> {
    let jobs = app.jobs.clone();
    let found = blocking(move || serde_json::to_value(jobs.settings()).map_err(|_| Failure::fault()));
    found.await.map(Json)
}

/// Changes the settings, all of them.
#[utoipa::path(put, path = "/settings", operation_id = "putSettings", tag = "settings", request_body = Settings, responses(
    (status = 200, description = "The settings", body = Settings),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn put(State(app): State<Arc<App>>, Asked(settings): Asked<Settings>) -> Answer<Json<Value>> {
    let jobs = app.jobs.clone();
    let stored = blocking(move || {
        let fault = |_| Failure::fault();
        let given = serde_json::to_value(&settings).and_then(serde_json::from_value).map_err(fault)?;
        jobs.set(given)?;
        serde_json::to_value(jobs.settings()).map_err(fault)
    });
    stored.await.map(Json)
}
