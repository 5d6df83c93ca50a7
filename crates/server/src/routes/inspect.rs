//! What a checkpoint or an adapter is.

use crate::app::App;
use crate::asked::{Asked, path_text};
use crate::errors::Answer;
use crate::schema::{InspectRequest, Inspection, Problem};
use crate::speech::Tongue;
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use weldlm_inspect::template::{self, Template};
use weldlm_inspect::view;
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
    let program = app.program.clone();
    app.in_turn(move || look(&asked, program.as_deref(), lang)).await.map(Json)
}

fn look(
    asked: &InspectRequest,
    program: Option<&Path>,
    lang: Lang,
) -> Result<Value, weldlm_messages::Problem> {
    let seen = view::look(&asked.path)?;
    let candidates = match &seen {
        view::View::Adapter(adapter) => {
            match (&adapter.adapter, asked.base.as_deref().filter(|b| !b.is_empty())) {
                (Some(adapter), Some(base)) => vec![view::candidate(base, adapter)],
                (Some(adapter), None) => view::fitting_in_cache(adapter).0,
                (None, _) => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    let mut value = view::to_json(&seen, &candidates, asked.tensors.unwrap_or(false), lang);
    value["config"] = view::config(&seen);
    value["chat_template"] = template::show(&seen, lang, &|template| match program {
        Some(program) => elsewhere(program, template),
        None => template::render(template),
    });
    Ok(value)
}

/// Renders a template in a process of its own, which has little memory and time and may die of it.
fn elsewhere(program: &Path, template: &Template) -> Result<String, String> {
    let told = |e: &dyn std::fmt::Display| e.to_string();
    let mut child = Command::new(program)
        .arg("template")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| told(&e))?;
    let text = serde_json::to_string(template).map_err(|e| told(&e))?;
    // A child that died does not read; its status says so below.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(|e| told(&e))?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    serde_json::from_slice::<Result<String, String>>(&output.stdout).map_err(|e| told(&e))?
}
