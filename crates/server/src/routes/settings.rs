//! Settings of this installation.

use crate::app::{App, blocking};
use crate::asked::Asked;
use crate::errors::{Answer, Failure};
use crate::schema::{Problem, Settings};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// The settings.
#[utoipa::path(get, path = "/settings", operation_id = "getSettings", tag = "settings", responses(
    (status = 200, description = "The settings", body = Settings),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn get(State(app): State<Arc<App>>) -> Answer<Json<weldlm_jobs::Settings>> {
    blocking(move || Ok::<_, Failure>(app.jobs.settings())).await.map(Json)
}

/// Changes the settings, all of them.
#[utoipa::path(put, path = "/settings", operation_id = "putSettings", tag = "settings", request_body = Settings, responses(
    (status = 200, description = "The settings", body = Settings),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn put(
    State(app): State<Arc<App>>,
    Asked(settings): Asked<Settings>,
) -> Answer<Json<weldlm_jobs::Settings>> {
    let stored = blocking(move || {
        let given = serde_json::to_value(&settings).and_then(serde_json::from_value);
        app.jobs.set(given.map_err(|_| Failure::fault())?)?;
        Ok::<_, Failure>(app.jobs.settings())
    });
    stored.await.map(Json)
}
