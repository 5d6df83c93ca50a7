//! The server as a process, and the commands that ask it.

use crate::support::{run, weldlm};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use weldlm_server::schema;

struct Running {
    child: Child,
    address: String,
    took: Duration,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(dir: &Path, more: &[&str]) -> Running {
    let began = Instant::now();
    let arguments = ["ui", "--json", "--port", "0", "--data", "data", "--root", "."];
    let mut command = weldlm(dir, &[&arguments[..], more].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let address = said["address"].as_str().unwrap().to_string();
    Running { child, address, took: began.elapsed() }
}

#[test]
fn starts_is_asked_and_stops() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = start(dir.path(), &[]);
    let (url, token) = server.address.split_once("/#token=").unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && token.len() == 64, "{}", server.address);
    assert!(server.took < Duration::from_secs(10), "{:?}", server.took);
    let list = run(dir.path(), &["jobs", "list", "--data", "data"]);
    assert_eq!((list.code, list.out.trim()), (0, "no jobs"), "{}", list.err);
    let show = run(dir.path(), &["jobs", "show", "20260101-000000-aaaa", "--data", "data"]);
    assert!(show.code == 3 && show.err.contains("J104"), "{} {}", show.code, show.err);
    let wrong = run(dir.path(), &["jobs", "list", "--server", url, "--token", "wrong"]);
    assert!(wrong.code == 3 && wrong.err.contains("H102"), "{}", wrong.err);
    let port = url.rsplit(':').next().unwrap();
    let second = run(dir.path(), &["ui", "--port", port, "--data", "other", "--root", "."]);
    assert!(second.code == 3 && second.err.contains("H116"), "{}", second.err);
    let ended = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert!(server.child.wait().unwrap().success());
    let gone = run(dir.path(), &["jobs", "list", "--data", "data"]);
    assert!(gone.code == 3 && gone.err.contains("H131"), "{}", gone.err);
}

/// What real jobs tell has the types that clients are generated from.
#[test]
fn a_job_over_http() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), &["demo", "demo"]).code, 0);
    let server = start(dir.path(), &["--token", "a-token-for-tests"]);
    let host = server.address.trim_start_matches("http://").split_once('/').unwrap().0.to_string();
    let at = |name: &str| dir.path().join("demo").join(name).display().to_string();
    let body = serde_json::json!({"base_model_path": at("base"), "adapter_path": at("adapter"), "output_path": at("new")});
    let body = body.to_string();
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = "POST /api/v1/jobs HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n\
                Authorization: Bearer a-token-for-tests\r\n";
    write!(stream, "{head}Host: {host}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let job: schema::Job = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let logs = run(dir.path(), &["jobs", "logs", &job.id, "--follow", "--data", "data"]);
    assert_eq!(logs.code, 0, "{}", logs.err);
    let event =
        |line: &str| serde_json::from_str::<schema::Event>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let events: Vec<schema::Event> = logs.out.lines().map(event).collect();
    assert_eq!(events.last().unwrap().state, Some(schema::JobState::Done));
    let shown = run(dir.path(), &["jobs", "show", &job.id, "--json", "--data", "data"]);
    let job: schema::Job = serde_json::from_str(&shown.out).unwrap();
    assert!(job.state == schema::JobState::Done && job.has_receipt && job.counts.is_some());
    assert_eq!(run(dir.path(), &["verify", "demo/new"]).code, 0);
    let listed = run(dir.path(), &["jobs", "list", "--json", "--data", "data"]);
    assert_eq!(serde_json::from_str::<schema::JobPage>(&listed.out).unwrap().counts["done"], 1);
    let deleted = run(dir.path(), &["jobs", "delete", &job.id, "--with-output", "--data", "data"]);
    assert!(deleted.code == 0 && !dir.path().join("demo/new").exists(), "{}", deleted.err);
}

#[test]
fn unsafe_options_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("short"), "pass\n").unwrap();
    for (arguments, code) in [
        (&["--host", "0.0.0.0"][..], "H118"),
        (&["--host", "0.0.0.0", "--no-token"], "H118"),
        (&["--host", "0.0.0.0", "--password-file", "short"], "H119"),
        (&["--token", "a", "--no-token"], "H127"),
        (&["--token", ""], "H119"),
        (&["--host", "no.such.host.invalid"], "H126"),
    ] {
        let arguments = [&["ui", "--port", "0", "--data", "data", "--root", "."][..], arguments].concat();
        let refused = run(dir.path(), &arguments);
        assert!(refused.code != 0 && refused.err.contains(code), "{arguments:?}: {}", refused.err);
    }
}

#[test]
fn a_template_that_eats_memory_ends_alone() {
    let dir = tempfile::tempdir().unwrap();
    let bomb = "{% set ns = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x | length }}";
    for (source, fine) in [(bomb, false), ("{{ messages | length }}", true)] {
        let asked = serde_json::json!({"source": source, "name": null, "tokens": {}}).to_string();
        let mut child = weldlm(dir.path(), &["template"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let rendered = output.status.success() && text == "{\"Ok\":\"4\"}\n";
        assert_eq!(rendered, fine, "{:?} {text}", output.status);
    }
}
