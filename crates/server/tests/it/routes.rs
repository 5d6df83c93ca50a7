//! What the routes answer, against the types that clients are generated from.

use crate::support::{Ask, Server, folder, root};
use serde_json::{Value, json};
use weldlm_server::schema;
use weldlm_testkit::golden;

/// A LoRA without anything special.
const CASE: &str = "adapter-bin";

/// Parses an answer as its type; types refuse keys that they do not know.
fn is<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{e}: {value:#}"))
}

async fn get(server: &Server, path: &str) -> Value {
    let reply = server.send(Ask::program("GET", &format!("/api/v1{path}"))).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply.json
}

/// A copy of golden files below the root.
fn copy(from: &std::path::Path, name: &str) -> String {
    let to = folder(name);
    for entry in std::fs::read_dir(from).unwrap().flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    to.display().to_string()
}

#[tokio::test]
async fn answers_have_their_types() {
    let server = Server::with_token();
    let catalog: schema::Catalog = is(&get(&server, "/catalog").await);
    assert!(catalog.adapters.iter().any(|a| a.name == "lora"));
    assert!(catalog.formats.iter().any(|f| f.export && f.about.name == "hf" && !f.options.is_empty()));
    assert!(catalog.fields.iter().all(|f| f.name != "on_event"));
    let system: schema::System = is(&get(&server, "/system").await);
    assert!(system.server_bytes.unwrap() > 0 && system.roots[0].free_bytes.unwrap() > 0);
    assert_eq!(system.roots[0].path, root().display().to_string());
    assert_eq!(system.workers, 2, "as the server was started, whatever the settings say");
    is::<Vec<schema::CachedModel>>(&get(&server, "/models").await);
    is::<schema::JobPage>(&get(&server, "/jobs?state=done,failed&q=x&limit=5").await);
    is::<std::collections::BTreeMap<String, schema::Message>>(&get(&server, "/messages").await);
    let listing: schema::Listing = is(&get(&server, "/files").await);
    assert!(listing.path.is_none() && listing.entries.len() == 1);
    let document = get(&server, "/openapi.json").await;
    assert_eq!(document, serde_json::from_str::<Value>(weldlm_server::document()).unwrap());
    let mut settings: schema::Settings = is(&get(&server, "/settings").await);
    settings.theme = schema::Theme::Dark;
    let put = Ask::program("PUT", "/api/v1/settings").json(&serde_json::to_value(&settings).unwrap());
    assert_eq!(server.send(put).await.json["theme"], "dark");
    assert_eq!(get(&server, "/settings").await["theme"], "dark");
}

#[tokio::test]
async fn recipes_come_and_go() {
    let server = Server::with_token();
    let put = |body: Value| Ask::program("PUT", "/api/v1/recipes/%E5%90%88%E5%B9%B6%201").json(&body);
    let text = "# mine\nbase_model_path: b\nadapter_path: a\n";
    let kept = server.send(put(json!({"text": text, "format": "yaml"}))).await;
    let kept: schema::Recipe = is(&kept.json);
    assert_eq!(
        (kept.name.as_str(), kept.text.as_str(), kept.task),
        ("合并 1", text, Some(schema::Task::Merge))
    );
    assert_eq!(is::<Vec<schema::Recipe>>(&get(&server, "/recipes").await).len(), 1);
    assert_eq!(server.send(put(json!({}))).await.code(), (422, "H110"));
    let fields = server.send(put(json!({"fields": {"input_path": "m", "export_format": "hf"}}))).await;
    assert_eq!(is::<schema::Recipe>(&fields.json).task, Some(schema::Task::Export));
    let path = "/api/v1/recipes/%E5%90%88%E5%B9%B6%201";
    assert_eq!(server.send(Ask::program("DELETE", path)).await.status, 204);
    assert_eq!(server.send(Ask::program("GET", path)).await.code(), (404, "J112"));
    assert_eq!(server.send(Ask::program("GET", "/api/v1/recipes/..%2f..%2fx")).await.status, 400);
}

#[tokio::test]
async fn looking_and_planning() {
    let server = Server::with_token();
    let case = golden::all("cases").into_iter().find(|c| c.id == CASE).unwrap();
    let base = case.make_base(&folder("look")).display().to_string();
    let adapter = copy(&case.adapters()[0], "look/adapter");
    std::fs::write(
        root().join("look/base/chat_template.jinja"),
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}",
    )
    .unwrap();
    let inspect =
        |path: &str| Ask::program("POST", "/api/v1/inspect").json(&json!({"path": path, "tensors": true}));
    let model = server.send(inspect(&base)).await;
    assert_eq!((model.status.as_u16(), &model.json["kind"]), (200, &json!("model")), "{}", model.text);
    assert!(model.json["config"].is_object() && model.json["tensors"].is_array());
    assert!(model.json["chat_template"]["rendered"].as_str().unwrap().starts_with("[system] You are"));
    assert_eq!(server.send(inspect(&adapter)).await.json["kind"], "adapter");
    let plan = json!({"base_model_path": base, "adapter_path": adapter, "output_path": format!("{}/out", root().display())});
    let answer = server.send(Ask::program("POST", "/api/v1/plan").json(&plan)).await;
    let preflight: schema::Preflight = is(&answer.json);
    assert!(preflight.fits && preflight.plan.is_some(), "{}", answer.text);
    let mut bad = plan.clone();
    bad["dtype"] = json!("int4");
    let answer = server.send(Ask::program("POST", "/api/v1/plan?lang=zh").json(&bad)).await;
    let preflight: schema::Preflight = is(&answer.json);
    assert!(!preflight.fits && preflight.problems[0].what == preflight.problems[0].texts.zh.what);
    let neither = server.send(Ask::program("POST", "/api/v1/plan").json(&json!({"output_path": "o"}))).await;
    assert_eq!((neither.status.as_u16(), &neither.json["task"]), (200, &Value::Null));
    let diff = server.send(Ask::program("POST", "/api/v1/diff").json(&json!({"a": base, "b": base}))).await;
    assert_eq!((diff.status.as_u16(), &diff.json["equal"]), (200, &json!(true)), "{}", diff.text);
    let listing = get(&server, &format!("/files?path={}/look", root().display())).await;
    let listing: schema::Listing = is(&listing);
    assert_eq!(listing.entries.iter().filter(|e| e.looks == Some(schema::Looks::Adapter)).count(), 1);
    assert!(listing.entries[0].modified.as_deref().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_job_from_submission_to_removal() {
    let server = Server::with_token();
    let output = root().join("job-out").display().to_string();
    let body = json!({"base_model_path": "b", "adapter_path": "a", "output_path": output});
    let submitted = server.send(Ask::program("POST", "/api/v1/jobs").json(&body)).await;
    assert_eq!(submitted.status, 201, "{}", submitted.text);
    let job: schema::Job = is(&submitted.json);
    let path = format!("/jobs/{}", job.id);
    // Its worker is /bin/false: the job must end by itself, as one whose worker vanished.
    let mut state = job.state;
    for _ in 0..200 {
        state = is::<schema::Job>(&get(&server, &path).await).state;
        if matches!(state, schema::JobState::Interrupted | schema::JobState::Failed) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(matches!(state, schema::JobState::Interrupted | schema::JobState::Failed), "{state:?}");
    let page: schema::JobPage = is(&get(&server, "/jobs").await);
    assert!(page.total == 1 && page.jobs[0].request.is_none());
    let events: schema::EventPage = is(&get(&server, &format!("{path}/events?progress=0")).await);
    assert!(events.end && events.events.iter().any(|e| e.kind == "state"), "{events:?}");
    let tail: schema::EventPage = is(&get(&server, &format!("{path}/events?tail=1&limit=1")).await);
    assert_eq!(tail.events.len(), 1);
    let log = server.send(Ask::program("GET", &format!("/api/v1{path}/log"))).await;
    assert!(log.header("content-disposition").starts_with("attachment") && log.text.starts_with("{\"t\""));
    let stream = server
        .send(Ask::program("GET", &format!("/api/v1{path}/events")).header("accept", "text/event-stream"));
    let stream = stream.await;
    assert_eq!(stream.header("content-type"), "text/event-stream");
    let last = events.next.to_string();
    assert!(
        stream.text.contains("event: state\n") && stream.text.contains(&format!("id: {last}\n")),
        "{}",
        stream.text
    );
    let again = Ask::program("GET", &format!("/api/v1{path}/events")).header("accept", "text/event-stream");
    assert_eq!(server.send(again.header("last-event-id", &last)).await.status, 204);
    assert_eq!(server.send(Ask::program("GET", &format!("/api/v1{path}/receipt"))).await.status, 404);
    assert_eq!(
        server.send(Ask::program("DELETE", &format!("/api/v1{path}?output=delete"))).await.status,
        204
    );
    assert_eq!(server.send(Ask::program("GET", &format!("/api/v1{path}"))).await.code(), (404, "J104"));
}

#[tokio::test]
async fn without_pages_there_is_a_page() {
    let server = Server::with_token();
    let page = server.send(Ask::new("GET", "/jobs/abc").header("accept", "text/html")).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(server.send(Ask::new("GET", "/missing.js")).await.status, 404);
    assert_eq!(server.send(Ask::new("POST", "/")).await.status, 405);
    assert_eq!(server.send(Ask::new("GET", "/api/docs").header("accept", "text/html")).await.status, 200);
}
