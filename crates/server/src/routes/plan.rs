//! The preflight: what a request would do, and whether it can.

use crate::app::App;
use crate::asked::{Asked, fields};
use crate::errors::{Answer, Failure};
use crate::schema::{Fields, Preflight, Problem};
use crate::speech::Tongue;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use weldlm_jobs::worker::plan_value;
use weldlm_messages::{Lang, catalogue::usage};
use weldlm_pipeline::{Request, plan as planning, request::Task};

/// What a request would do, from file headers alone. A request that does not fit is an answer, not an error.
#[utoipa::path(post, path = "/plan", tag = "work", request_body = Fields, responses(
    (status = 200, description = "The plan, or every reason why not", body = Preflight),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn preflight(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Asked(asked): Asked<Map<String, Value>>,
) -> Answer<Json<Value>> {
    fields(&asked)?;
    app.in_turn(move || Ok::<_, Failure>(make(&asked, lang))).await.map(Json)
}

fn make(fields: &Map<String, Value>, lang: Lang) -> Value {
    let mut warnings = Vec::new();
    let task = Task::of(fields, "request");
    let name = task.as_ref().ok().map(|task| task.name());
    let made = task
        .and_then(|task| Request::check(task, fields, "request"))
        .map_err(|problem| vec![problem])
        .and_then(|request| {
            if request.trust_remote_code {
                warnings.push(weldlm_messages::Problem::new(&usage::REMOTE_CODE));
            }
            planning::make(&request)
        });
    let (plan, problems) = match made {
        Ok(plan) => {
            warnings.extend(plan.warnings.iter().cloned());
            (Some(plan_value(&plan, lang)), Vec::new())
        }
        Err(problems) => (None, problems),
    };
    let list = |problems: &[weldlm_messages::Problem]| -> Value {
        problems.iter().map(|p| p.to_json(lang)).collect()
    };
    json!({
        "fits": plan.is_some(), "task": name, "plan": plan, "problems": list(&problems), "warnings": list(&warnings),
    })
}
