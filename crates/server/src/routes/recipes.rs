//! Stored requests: the same files as `weldlm --config` takes.

use crate::app::{App, blocking};
use crate::asked::{Asked, fields};
use crate::errors::{Answer, Failure};
use crate::schema::{Problem, Recipe, RecipeEdit, RecipeFormat};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;
use weldlm_jobs::recipes;
use weldlm_messages::catalogue::server as says;
use weldlm_pipeline::request::parse_file;

/// All recipes, by name.
#[utoipa::path(get, path = "/recipes", operation_id = "listRecipes", tag = "recipes", responses(
    (status = 200, description = "The recipes", body = Vec<Recipe>),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn list(State(app): State<Arc<App>>) -> Answer<Json<Vec<recipes::Recipe>>> {
    blocking(move || recipes::list(app.jobs.home())).await.map(Json)
}

/// One recipe.
#[utoipa::path(get, path = "/recipes/{name}", operation_id = "getRecipe", tag = "recipes", params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The recipe", body = Recipe),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn get(State(app): State<Arc<App>>, Path(name): Path<String>) -> Answer<Json<recipes::Recipe>> {
    blocking(move || recipes::load(app.jobs.home(), &name)).await.map(Json)
}

/// Stores a recipe, in place of one of the same name: a text with its format, or fields.
#[utoipa::path(put, path = "/recipes/{name}", operation_id = "putRecipe", tag = "recipes", request_body = RecipeEdit,
    params(("name" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The recipe", body = Recipe),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn put(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Asked(edit): Asked<RecipeEdit>,
) -> Answer<Json<recipes::Recipe>> {
    let kept = blocking(move || {
        let home = app.jobs.home();
        if let Some(given) = edit.fields {
            let given: Map<String, Value> = given.0.into_iter().collect();
            fields(&given)?;
            return Ok(recipes::save_fields(home, &name, &given)?);
        }
        let (Some(text), Some(format)) = (edit.text, edit.format) else {
            let problem =
                weldlm_messages::Problem::new(&says::BAD_BODY).arg("reason", "text + format, or fields");
            return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, problem));
        };
        fields(&parse_file(&text, &name)?)?;
        let format = if format == RecipeFormat::Json { "json" } else { "yaml" };
        Ok(recipes::save(home, &name, &text, format)?)
    });
    kept.await.map(Json)
}

/// Removes a recipe.
#[utoipa::path(delete, path = "/recipes/{name}", operation_id = "deleteRecipe", tag = "recipes", params(("name" = String, Path, description = "Its name")), responses(
    (status = 204, description = "It is gone"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn delete(State(app): State<Arc<App>>, Path(name): Path<String>) -> Answer<StatusCode> {
    blocking(move || recipes::delete(app.jobs.home(), &name)).await?;
    Ok(StatusCode::NO_CONTENT)
}
