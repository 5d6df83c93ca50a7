//! `jobs`: asks a running server about its jobs, over HTTP on this machine.

use crate::args::{JobsArgs, JobsCommand};
use crate::home::data_folder;
use crate::screen::Screen;
use crate::{End, Ended};
use serde_json::Value;
use std::time::Duration;
use ureq::http::{Method, Request};
use weldlm_jobs::State;
use weldlm_messages::{Lang, Problem, catalogue::server as says};
use weldlm_server::SERVER_FILE;

/// Largest answer that is read.
const ANSWER_MAX: u64 = 64 << 20;
/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a log that is followed is asked for.
const FOLLOW: Duration = Duration::from_millis(700);

/// Runs the command.
pub fn run(args: &JobsArgs, screen: &Screen) -> Ended {
    let client = Client::new(args, screen.lang)?;
    let of = |id: &str, rest: &str| format!("/jobs/{}{rest}", encoded(id));
    match &args.command {
        JobsCommand::List { state, limit } => {
            let state = state.as_deref().map(|s| format!("&state={}", encoded(s))).unwrap_or_default();
            let page = client.ask(Method::GET, &format!("/jobs?limit={limit}{state}"))?;
            list(&page, screen);
        }
        JobsCommand::Show { id } => show(&client.ask(Method::GET, &of(id, ""))?, screen),
        JobsCommand::Cancel { id } => show(&client.ask(Method::POST, &of(id, "/cancel"))?, screen),
        JobsCommand::Pause { id } => show(&client.ask(Method::POST, &of(id, "/pause"))?, screen),
        JobsCommand::Resume { id } => show(&client.ask(Method::POST, &of(id, "/resume"))?, screen),
        JobsCommand::Retry { id } => show(&client.ask(Method::POST, &of(id, "/retry"))?, screen),
        JobsCommand::Delete { id, with_output } => {
            let output = if *with_output { "?output=delete" } else { "?output=keep" };
            let (status, _) = client.send(Method::DELETE, &of(id, output))?;
            let message = if status == 202 { &says::DELETING } else { &says::DELETED };
            screen.line(&screen.words(message, &[("id", id.clone())]));
        }
        JobsCommand::Logs { id, follow } => logs(&client, &of(id, "/events"), *follow, screen)?,
    }
    Ok(End::Done)
}

/// A part of a path or query, with everything but plain characters escaped.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.,".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

struct Client {
    agent: ureq::Agent,
    address: String,
    token: Option<String>,
    lang: Lang,
}

impl Client {
    fn new(args: &JobsArgs, lang: Lang) -> Result<Client, Problem> {
        let env = std::env::var("WELDLM_TOKEN").ok().filter(|t| !t.is_empty());
        let token = args.token.clone().or(env);
        let (address, token) = match &args.server {
            Some(server) => (server.trim_end_matches('/').to_string(), token),
            None => {
                let (address, known) = running(args)?;
                (address, token.or(known))
            }
        };
        if !address.starts_with("http://") || address.contains(['?', '#', ' ']) {
            return Err(Problem::new(&says::BAD_SERVER).arg("server", address).at("--server"));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build();
        Ok(Client { agent: config.into(), address, token, lang })
    }

    fn send(&self, method: Method, path: &str) -> Result<(u16, Value), Problem> {
        let no_server = |e: &dyn std::fmt::Display| {
            Problem::new(&says::NO_SERVER).arg("address", &self.address).arg("reason", e)
        };
        let bad = |e: &dyn std::fmt::Display| {
            Problem::new(&says::BAD_ANSWER).arg("address", &self.address).arg("reason", e)
        };
        let mut request = Request::builder().method(method).uri(format!("{}/api/v1{path}", self.address));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.header("accept", "application/json").body(()).map_err(|e| bad(&e))?;
        let mut response = self.agent.run(request).map_err(|e| no_server(&e))?;
        let status = response.status().as_u16();
        let text =
            response.body_mut().with_config().limit(ANSWER_MAX).read_to_string().map_err(|e| bad(&e))?;
        if (200..300).contains(&status) && text.is_empty() {
            return Ok((status, Value::Null));
        }
        let value: Value = serde_json::from_str(&text).map_err(|e| bad(&e))?;
        if (200..300).contains(&status) { Ok((status, value)) } else { Err(self.refused(&value, status)) }
    }

    fn ask(&self, method: Method, path: &str) -> Result<Value, Problem> {
        self.send(method, path).map(|answer| answer.1)
    }

    fn refused(&self, said: &Value, status: u16) -> Problem {
        let words = &said["texts"][self.lang.tag()];
        let text = |key: &str| words[key].as_str().unwrap_or_default();
        let code = said["code"].as_str().map_or_else(|| status.to_string(), str::to_string);
        Problem::new(&says::SERVER_SAID)
            .arg("what", format!("{} ({code})", text("what")))
            .arg("hint", text("hint"))
    }
}

/// The address and token of the server that runs on this machine, as it wrote them down.
fn running(args: &JobsArgs) -> Result<(String, Option<String>), Problem> {
    let path = data_folder(args.data.as_deref()).join(SERVER_FILE);
    let known = || {
        let text = weldlm_source::read_text(&path, 4096).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        Some((value["address"].as_str()?.to_string(), value["token"].as_str().map(str::to_string)))
    };
    known().ok_or_else(|| Problem::new(&says::NO_SERVER_KNOWN).arg("path", path.display()))
}

fn line(job: &Value, screen: &Screen) -> String {
    let text = |key: &str| job[key].as_str().unwrap_or("-");
    let state =
        State::of(text("state")).map_or_else(|| text("state").to_string(), |s| s.words().what(screen.lang));
    let percent = (job["overall"].as_f64().unwrap_or(0.0) * 100.0).floor();
    format!("{}  {state}  {percent:.0} %  {}", text("id"), text("title"))
}

fn list(page: &Value, screen: &Screen) {
    if screen.json {
        return screen.value(page);
    }
    let jobs = page["jobs"].as_array().map(Vec::as_slice).unwrap_or_default();
    if jobs.is_empty() {
        screen.line(&screen.words(&says::NO_JOBS, &[]));
    }
    jobs.iter().for_each(|job| screen.line(&line(job, screen)));
}

fn show(job: &Value, screen: &Screen) {
    if screen.json {
        return screen.value(job);
    }
    screen.line(&line(job, screen));
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|t| t.as_str().map(str::to_string)).collect()
    };
    let inputs =
        std::iter::once(job["base"].as_str().unwrap_or("-").to_string()).chain(texts(&job["adapters"]));
    screen.line(&format!(
        "  {} -> {}",
        inputs.collect::<Vec<_>>().join(" + "),
        job["output"].as_str().unwrap_or("-")
    ));
    for problem in job["problems"].as_array().into_iter().flatten() {
        let words = &problem["texts"][screen.lang.tag()];
        let code = problem["code"].as_str().unwrap_or("-");
        screen.line(&format!("  {code}: {}", words["what"].as_str().unwrap_or("-")));
        if let Some(hint) = words["hint"].as_str().filter(|h| !h.is_empty()) {
            screen.line(&format!("  -> {hint}"));
        }
    }
    let actions = texts(&job["actions"]);
    if !actions.is_empty() {
        screen.line(&format!("  [{}]", actions.join(" | ")));
    }
}

/// Prints events, a line each, as they stand in the log; with `follow` until the job ends.
fn logs(client: &Client, path: &str, follow: bool, screen: &Screen) -> Result<(), Problem> {
    let mut at = 0;
    loop {
        let page = client.ask(Method::GET, &format!("{path}?after={at}&progress=0&limit=1000"))?;
        let events = page["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        events.iter().for_each(|event| screen.line(&event.to_string()));
        let next = page["next"].as_u64().unwrap_or(at);
        let ended = page["end"] == true;
        if next == at && (ended || !follow) {
            return Ok(());
        }
        if next == at {
            std::thread::sleep(FOLLOW);
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn ids_cannot_change_the_path() {
        assert_eq!(encoded("20260101-000000-abcd"), "20260101-000000-abcd");
        assert_eq!(encoded("../a?b#c d"), "..%2Fa%3Fb%23c%20d");
    }
}
