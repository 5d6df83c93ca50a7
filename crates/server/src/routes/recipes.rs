//! Stored requests: the same files as `weldlm --config` takes.

use crate::app::{App, blocking};
use crate::asked::Asked;
use crate::errors::Answer;
use crate::schema::{Problem, Recipe, RecipeEdit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;
use std::sync::Arc;

/// All recipes, by name.
#[utoipa::path(get, path = "/recipes", tag = "recipes", responses(
    (status = 200, description = "The recipes", body = Vec<Recipe>),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn list(State(_app): State<Arc<App>>) -> Answer<Json<Value>> {
    blocking(|| Err(weldlm_messages::Problem::new(&weldlm_messages::catalogue::server::FAULT))).await
}

/// One recipe.
#[utoipa::path(get, path = "/recipes/{name}", tag = "recipes", params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The recipe", body = Recipe),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn get(State(_app): State<Arc<App>>, Path(_name): Path<String>) -> Answer<Json<Value>> {
    blocking(|| Err(weldlm_messages::Problem::new(&weldlm_messages::catalogue::server::FAULT))).await
}

/// Stores a recipe, in place of one of the same name.
#[utoipa::path(put, path = "/recipes/{name}", tag = "recipes", request_body = RecipeEdit,
    params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The recipe", body = Recipe),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn put(
    State(_app): State<Arc<App>>,
    Path(_name): Path<String>,
    Asked(_edit): Asked<RecipeEdit>,
) -> Answer<Json<Value>> {
    blocking(|| Err(weldlm_messages::Problem::new(&weldlm_messages::catalogue::server::FAULT))).await
}

/// Removes a recipe.
#[utoipa::path(delete, path = "/recipes/{name}", tag = "recipes", params(("name" = String, Path, description = "Its name")), responses(
    (status = 204, description = "It is gone"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn delete(State(_app): State<Arc<App>>, Path(_name): Path<String>) -> Answer<StatusCode> {
    blocking(|| Err(weldlm_messages::Problem::new(&weldlm_messages::catalogue::server::FAULT))).await
}
