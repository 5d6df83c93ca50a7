//! What a checkpoint or an adapter is.

use crate::app::{App, blocking};
use crate::asked::{Asked, path_text};
use crate::errors::Answer;
use crate::schema::{InspectRequest, Inspection, Problem};
use crate::speech::Tongue;
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::sync::Arc;
use weldlm_inspect::{template, view};
use weldlm_messages::Lang;

/// Looks at a model or an adapter, at its headers and small files. The answer is what `weldlm inspect --json` says,
/// with the config as it stands and the chat template on a sample conversation.
#[utoipa::path(post, path = "/inspect", tag = "work", request_body = InspectRequest, responses(
    (status = 200, description = "What it is", body = Inspection),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn inspect(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Asked(asked): Asked<InspectRequest>,
) -> Answer<Json<Value>> {
    path_text("path", &asked.path)?;
    asked.base.iter().try_for_each(|base| path_text("base", base))?;
    let turn = app.turn().await?;
    let looked = blocking(move || {
        let _turn = turn;
        look(&asked, lang)
    });
    looked.await.map(Json)
}

fn look(asked: &InspectRequest, lang: Lang) -> Result<Value, weldlm_messages::Problem> {
    let seen = view::look(&asked.path)?;
    let candidates = match &seen {
        view::View::Adapter(adapter) => match (&adapter.adapter, asked.base.as_deref().filter(|b| !b.is_empty())) {
            (Some(adapter), Some(base)) => vec![view::candidate(base, adapter)],
            (Some(adapter), None) => view::fitting_in_cache(adapter).0,
            (None, _) => Vec::new(),
        },
        _ => Vec::new(),
    };
    let mut value = view::to_json(&seen, &candidates, asked.tensors.unwrap_or(false), lang);
    value["config"] = view::config(&seen);
    value["chat_template"] = template::show(&seen, lang);
    Ok(value)
}
