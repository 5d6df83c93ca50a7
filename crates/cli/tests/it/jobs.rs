//! Jobs with real workers: killed, paused, cancelled, outliving their server.

use crate::place::{Place, files, until, until_held, until_state};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use weldlm_jobs::{Action, Cause, Cursor, Jobs, LogQuery, Options, State};

fn code<T>(outcome: Result<T, weldlm_messages::Problem>) -> &'static str {
    outcome.err().map_or("ok", |p| p.code())
}

/// Every line of the events is whole, and they are the kinds that they should be.
fn kinds(place: &Place, id: &str) -> Vec<String> {
    let text = fs::read_to_string(place.job_file(id, "events.jsonl")).unwrap();
    assert!(text.ends_with('\n'));
    let value = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let kind = |v: Value| match v["type"].as_str().unwrap() {
        "state" | "end" => format!("{}:{}", v["type"].as_str().unwrap(), v["state"].as_str().unwrap()),
        "stage" => v["stage"].as_str().unwrap().to_string(),
        other => other.to_string(),
    };
    let mut kinds: Vec<String> = text.lines().map(|l| kind(value(l))).collect();
    kinds.retain(|k| !["progress", "tensor"].contains(&k.as_str()));
    kinds
}

#[test]
fn a_job_gives_the_bytes_of_the_command_line() {
    let place = Place::new();
    let jobs = place.open();
    let seen = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = seen.clone();
    jobs.watch(move |change| {
        counted.fetch_add(usize::from(change.state_changed), Ordering::Relaxed);
    });
    let job = jobs.submit(&place.merge("out")).unwrap();
    assert_eq!((job.state, job.title.as_str(), job.attempt), (State::Queued, "base + adapter", 1));
    let done = until_state(&jobs, &job.id, State::Done);
    place.same_as_by_hand("out");
    assert_eq!((done.overall, done.has_plan, done.has_receipt), (1.0, true, true));
    assert_eq!(done.problems, Some(Vec::new()));
    assert!(done.counts.unwrap()["tensors"].as_u64() > Some(600));
    let stages: Vec<&str> = done.stages.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(stages, ["plan", "run", "verify", "publish"]);
    assert!(done.stages.iter().all(|s| s.seconds.is_some() && s.done_bytes == s.total_bytes));
    let receipt = fs::read_to_string(place.path("out/weldlm.json")).unwrap();
    assert_eq!(jobs.receipt(&job.id).unwrap(), serde_json::from_str(&receipt).unwrap());
    assert!(jobs.plan(&job.id).unwrap().unwrap()["tensors"].as_array().unwrap().len() > 600);
    until(&jobs, &job.id, |_| jobs.events(&job.id, Cursor::Tail, &LogQuery::default()).unwrap().end);
    let expected = [
        "state:queued",
        "state:planning",
        "plan",
        "state:running",
        "run",
        "state:verifying",
        "verify",
        "publish",
        "end:done",
    ];
    assert_eq!(kinds(&place, &job.id), expected);
    assert!(seen.load(Ordering::Relaxed) >= 2);
    let all =
        jobs.events(&job.id, Cursor::After(0), &LogQuery { limit: 5000, ..LogQuery::default() }).unwrap();
    assert!(all.end && all.lines.len() > 600);
}

#[test]
fn a_killed_worker_leaves_a_job_that_resumes() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    place.kill(&id, "-KILL");
    let job = until_state(&jobs, &id, State::Interrupted);
    assert_eq!(job.cause, Some(Cause::Crash));
    let problem = &job.problems.unwrap()[0];
    assert_eq!(problem["code"], "J107");
    assert!(problem["texts"]["zh"]["what"].as_str().unwrap().contains("signal 9"), "{problem}");
    assert_eq!(job.actions, [Action::Resume, Action::Retry, Action::Delete]);
    assert!(place.path("out.partial").exists() && !place.path("out").exists());
    place.go();
    let again = jobs.act(&id, Action::Resume).unwrap();
    assert_eq!((again.attempt, again.state, again.problems), (2, State::Queued, Some(Vec::new())));
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");
}

#[test]
fn half_a_line_of_a_killed_worker_harms_nothing() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    jobs.close();
    drop(jobs);
    place.kill(&id, "-KILL");
    let log = place.job_file(&id, "events.jsonl");
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend(b"{\"t\":\"2026-01-01T00:00:00.000Z\",\"type\":\"end\",\"sta");
    fs::write(&log, &bytes).unwrap();
    let jobs = place.open();
    assert_eq!(until_state(&jobs, &id, State::Interrupted).cause, Some(Cause::Crash));
    // And once more, before a worker goes on.
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend(b"{\"t\":");
    fs::write(&log, &bytes).unwrap();
    assert!(!jobs.events(&id, Cursor::Tail, &LogQuery::default()).unwrap().lines.is_empty());
    place.go();
    jobs.act(&id, Action::Resume).unwrap();
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");
    let kinds = kinds(&place, &id);
    assert!(kinds.contains(&"end:interrupted".to_string()) && kinds.ends_with(&["end:done".to_string()]));
}

#[test]
fn a_worker_outlives_its_server_and_is_found_again() {
    let place = Place::new();
    let jobs = place.open();
    assert_eq!(code(place.try_open()), "J101", "one server at a time");
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    let pid = place.worker(&id);
    jobs.close();
    let before = jobs;
    let jobs = place.open();
    assert_eq!(code(before.act(&id, Action::Cancel)), "J101", "who closed does nothing any more");
    assert_eq!(before.get(&id).unwrap().state, State::Running);
    drop(before);
    let job = jobs.get(&id).unwrap();
    assert_eq!((job.state, job.attempt, place.worker(&id)), (State::Running, 1, pid));
    assert_eq!(code(weldlm_jobs::worker::run(&place.job_file(&id, ""), &false.into())), "J109");
    place.go();
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");
}

#[test]
fn what_ended_while_nobody_looked() {
    let place = Place::new();
    let jobs = place.open();
    let [done, queued] = ["out", "out2"].map(|out| jobs.submit(&place.held(out)).unwrap().id);
    until_held(&place, &jobs, &done);
    jobs.close();
    drop(jobs);
    place.go();
    while !place.path("out").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let jobs = place.open();
    until_state(&jobs, &done, State::Done);
    until_state(&jobs, &queued, State::Done);
    place.same_as_by_hand("out");
    place.same_as_by_hand("out2");
}

#[test]
fn pause_and_resume() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    assert_eq!(code(jobs.act(&id, Action::Resume)), "J105");
    jobs.act(&id, Action::Pause).unwrap();
    let job = until_state(&jobs, &id, State::Interrupted);
    assert_eq!((job.cause, job.problems), (Some(Cause::Paused), Some(Vec::new())));
    assert_eq!(code(jobs.act(&id, Action::Pause)), "J105");
    place.go();
    jobs.act(&id, Action::Resume).unwrap();
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");
    assert_eq!(code(jobs.act(&id, Action::Resume)), "J105");
}

#[test]
fn a_signal_from_elsewhere_is_no_crash() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    place.kill(&id, "-TERM");
    // The worker waits for its command, which was not sent the signal.
    place.go();
    let job = until(&jobs, &id, |job| job.state.is_ended());
    assert!(job.state == State::Done || job.cause == Some(Cause::Stopped), "{:?} {:?}", job.state, job.cause);
}

#[test]
fn cancel_keeps_what_is_there_and_delete_removes_it() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    assert_eq!(code(jobs.delete(&id, true)), "J105", "not while it runs");
    jobs.act(&id, Action::Cancel).unwrap();
    let job = until_state(&jobs, &id, State::Cancelled);
    assert_eq!(job.actions, [Action::Resume, Action::Retry, Action::Delete]);
    assert!(place.path("out.partial").exists() && !place.path("out").exists());
    jobs.delete(&id, true).unwrap();
    assert!(!place.path("out.partial").exists());
    assert_eq!(code(jobs.get(&id)), "J104");
    assert!(!place.job_file(&id, "").exists());
    // A queued one ends at once, and a cancelled one can be gone on with.
    let first = jobs.submit(&place.held("out")).unwrap().id;
    let queued = jobs.submit(&place.merge("out2")).unwrap().id;
    assert_eq!(jobs.act(&queued, Action::Cancel).unwrap().state, State::Cancelled);
    place.go();
    jobs.act(&queued, Action::Resume).unwrap();
    until_state(&jobs, &first, State::Done);
    until_state(&jobs, &queued, State::Done);
    place.same_as_by_hand("out2");
}

#[test]
fn a_worker_that_does_not_listen_is_killed() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    place.kill(&id, "-STOP");
    jobs.act(&id, Action::Cancel).unwrap();
    until_state(&jobs, &id, State::Cancelled);
    assert!(!Command::new("kill").args(["-0", &place.worker(&id).to_string()]).status().unwrap().success());
}

#[test]
fn delete_removes_only_what_the_job_made() {
    let place = Place::new();
    let jobs = place.open();
    let [kept, removed, other] =
        ["kept", "removed", "other"].map(|out| jobs.submit(&place.merge(out)).unwrap().id);
    for id in [&kept, &removed, &other] {
        until_state(&jobs, id, State::Done);
    }
    jobs.delete(&kept, false).unwrap();
    place.same_as_by_hand("kept");
    fs::write(place.path("removed/notes.txt"), "mine").unwrap();
    jobs.delete(&removed, true).unwrap();
    assert_eq!(files(&place.path("removed")), [("notes.txt".to_string(), b"mine".to_vec())]);
    // Somebody put another result there.
    fs::remove_dir_all(place.path("other")).unwrap();
    let [base, out] = ["base", "other"].map(|n| place.path(n).display().to_string());
    let run = crate::support::run(
        place.dir.path(),
        &["export", "--input", &base, "--format", "hf", "--output", &out],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let before = files(&place.path("other"));
    jobs.delete(&other, true).unwrap();
    assert_eq!(files(&place.path("other")), before);
}

#[test]
fn retry_starts_over_and_spares_what_others_made() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    jobs.act(&id, Action::Cancel).unwrap();
    until_state(&jobs, &id, State::Cancelled);
    fs::write(place.path("out.partial/model.safetensors"), "spoiled").unwrap();
    place.go();
    assert_eq!(jobs.act(&id, Action::Retry).unwrap().attempt, 2);
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");

    fs::create_dir(place.path("precious")).unwrap();
    fs::write(place.path("precious/file"), "x").unwrap();
    let id = jobs.submit(&place.merge("precious")).unwrap().id;
    let job = until_state(&jobs, &id, State::Failed);
    assert_eq!((job.problems.unwrap()[0]["code"].as_str(), job.actions.len()), (Some("O101"), 2));
    jobs.act(&id, Action::Retry).unwrap();
    until(&jobs, &id, |job| job.state == State::Failed && job.attempt == 2);
    assert_eq!(files(&place.path("precious")).len(), 1);
    fs::remove_dir_all(place.path("precious")).unwrap();
    jobs.act(&id, Action::Retry).unwrap();
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("precious");
}

#[test]
fn the_queue_has_an_order_that_can_be_changed() {
    let place = Place::new();
    let jobs = place.open();
    let first = jobs.submit(&place.held("out0")).unwrap().id;
    until_held(&place, &jobs, &first);
    let ids: Vec<String> =
        ["a", "b", "c"].iter().map(|out| jobs.submit(&place.merge(out)).unwrap().id).collect();
    let places = || ids.iter().map(|id| jobs.get(id).unwrap().position.unwrap()).collect::<Vec<_>>();
    assert_eq!(places(), [1, 2, 3]);
    assert_eq!(jobs.reorder(&ids[2], Some(&ids[0])).unwrap().position, Some(1));
    assert_eq!(places(), [2, 3, 1]);
    jobs.reorder(&ids[0], None).unwrap();
    assert_eq!(places(), [3, 2, 1]);
    assert_eq!(code(jobs.reorder(&first, None)), "J105");
    assert_eq!(code(jobs.reorder(&ids[0], Some("20260101-000000-aaaa"))), "J104");
    jobs.close();
    drop(jobs);
    let jobs = place.open();
    place.go();
    let started: Vec<String> =
        ids.iter().map(|id| until_state(&jobs, id, State::Done).started.unwrap()).collect();
    assert!(started[2] < started[1] && started[1] < started[0], "{started:?}");
}

#[test]
fn two_workers_when_so_set_and_none_without_memory() {
    let place = Place::new();
    let jobs = place.open();
    let mut settings = jobs.settings();
    settings.workers = 2;
    jobs.set(settings.clone()).unwrap();
    let [a, b] = ["a", "b"].map(|out| jobs.submit(&place.held(out)).unwrap().id);
    until_held(&place, &jobs, &a);
    until_held(&place, &jobs, &b);
    place.go();
    until_state(&jobs, &a, State::Done);
    until_state(&jobs, &b, State::Done);
    settings.memory_limit = Some(1 << 20);
    jobs.set(settings.clone()).unwrap();
    let c = jobs.submit(&place.merge("c")).unwrap().id;
    let job = until(&jobs, &c, |job| job.waiting_for.is_some());
    assert_eq!((job.state, job.waiting_for, job.position), (State::Queued, Some("memory"), Some(1)));
    settings.memory_limit = None;
    jobs.set(settings).unwrap();
    until_state(&jobs, &c, State::Done);
}

#[test]
fn many_hands_at_once() {
    let place = Place::new();
    let jobs = place.open();
    let id = jobs.submit(&place.held("out")).unwrap().id;
    until_held(&place, &jobs, &id);
    jobs.act(&id, Action::Pause).unwrap();
    until_state(&jobs, &id, State::Interrupted);
    place.go();
    let taken: usize = std::thread::scope(|scope| {
        let resume = || scope.spawn(|| usize::from(jobs.act(&id, Action::Resume).is_ok()));
        let all: Vec<_> = (0..8).map(|_| resume()).collect();
        all.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(taken, 1, "one resume wins");
    assert_eq!(until_state(&jobs, &id, State::Done).attempt, 2);
    place.same_as_by_hand("out");
}

#[test]
fn acting_on_a_job_at_any_moment_leaves_it_in_order() {
    let place = Place::new();
    let jobs = place.open();
    for n in 0..12u64 {
        let out = format!("out{n}");
        let id = jobs.submit(&place.merge(&out)).unwrap().id;
        std::thread::sleep(Duration::from_millis(n * 25));
        let action = if n % 2 == 0 { Action::Cancel } else { Action::Pause };
        let acted = jobs.act(&id, action);
        let job = until(&jobs, &id, |job| job.state.is_ended());
        let done = job.state == State::Done;
        assert!(done || acted.is_ok(), "{n}: {:?} {:?}", job.state, job.problems);
        assert!(done || [State::Cancelled, State::Interrupted].contains(&job.state), "{n}: {job:?}");
        if done {
            assert_eq!(code(jobs.act(&id, Action::Resume)), "J105");
        } else {
            assert!(!place.path(&out).exists(), "{n}");
            jobs.act(&id, Action::Resume).unwrap();
            until_state(&jobs, &id, State::Done);
        }
        place.same_as_by_hand(&out);
        jobs.delete(&id, true).unwrap();
        assert!(!place.path(&out).exists());
    }
}

#[test]
fn what_is_refused_is_told_in_both_languages() {
    let place = Place::new();
    let jobs = place.open();
    let mut fields = place.merge("out");
    fields.insert("base_model_pth".to_string(), json!("x"));
    assert_eq!(code(jobs.submit(&fields)), "U101");
    let mut fields = place.merge("out");
    fields["base_model_path"] = json!(place.path("nowhere").display().to_string());
    let id = jobs.submit(&fields).unwrap().id;
    let job = until_state(&jobs, &id, State::Failed);
    let problem = job.problems.unwrap().remove(0);
    assert!(
        problem["what"] == problem["texts"]["en"]["what"]
            && problem["what"] != problem["texts"]["zh"]["what"]
    );
    assert!(!job.has_plan && jobs.plan(&id).unwrap().is_none());
}

#[test]
fn commands_and_places_that_the_web_may_not_name() {
    let place = Place::new();
    let options = Options { commands: false, roots: vec![place.path("")], ..place.options() };
    let jobs = Jobs::open(&place.path("data"), options).unwrap();
    assert_eq!(code(jobs.submit(&place.held("out"))), "J106");
    let outside = tempfile::tempdir().unwrap();
    let mut fields = place.merge("out");
    fields["output_path"] = json!(outside.path().join("out").display().to_string());
    let id = jobs.submit(&fields).unwrap().id;
    let job = until_state(&jobs, &id, State::Failed);
    assert!(job.problems.unwrap()[0]["what"].as_str().unwrap().contains("outside"), "roots hold");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    let id = jobs.submit(&place.merge("out")).unwrap().id;
    until_state(&jobs, &id, State::Done);
    place.same_as_by_hand("out");
}

#[test]
fn a_program_that_cannot_start_fails_its_job() {
    let place = Place::new();
    let options = Options { program: place.path("nothing"), ..place.options() };
    let jobs = Jobs::open(&place.path("data"), options).unwrap();
    let id = jobs.submit(&place.merge("out")).unwrap().id;
    let job = until_state(&jobs, &id, State::Failed);
    assert_eq!(job.problems.unwrap()[0]["code"], "J110");
    let options = Options { program: "/bin/false".into(), ..place.options() };
    drop(jobs);
    let jobs = Jobs::open(&place.path("data"), options).unwrap();
    jobs.act(&id, Action::Retry).unwrap();
    let job = until_state(&jobs, &id, State::Interrupted);
    assert_eq!((job.cause, job.attempt), (Some(Cause::Crash), 2));
}
