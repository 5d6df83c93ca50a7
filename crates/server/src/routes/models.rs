//! Models that other tools have downloaded.

use crate::app::blocking;
use crate::errors::Answer;
use crate::schema::{CachedModel, Problem};
use axum::Json;
use weldlm_source::Folder;

/// The models of the local hub caches below the allowed folders; an id can be used like a path.
#[utoipa::path(get, path = "/models", tag = "files", responses(
    (status = 200, description = "The models, by id", body = Vec<CachedModel>),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn models() -> Answer<Json<Vec<CachedModel>>> {
    let found = blocking(|| -> Result<_, weldlm_messages::Problem> {
        let model = |id: String| {
            let path = Folder::open(&id).ok()?.path().display().to_string();
            Some(CachedModel { id, path })
        };
        Ok(weldlm_source::cached_models().into_iter().filter_map(model).collect())
    });
    found.await.map(Json)
}
