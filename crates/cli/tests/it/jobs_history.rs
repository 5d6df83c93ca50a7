//! Many jobs that ended long ago, and an index that is lost or damaged.

use crate::place::{Place, until_state};
use std::fs;
use std::time::Instant;
use weldlm_jobs::{Filter, State};

/// Copies a finished job's folder under many ids.
fn copies(place: &Place, id: &str, n: usize) {
    let text = |name: &str| fs::read_to_string(place.job_file(id, name)).unwrap();
    let (request, order, events) = (text("request.json"), text("job.json"), text("events.jsonl"));
    const DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    for i in 0..n {
        let tail: String =
            [i / 1024 % 32, i / 32 % 32, i % 32].iter().map(|d| char::from(DIGITS[*d])).collect();
        let copy = format!("20250101-000000-a{tail}");
        fs::create_dir(place.job_file(&copy, "")).unwrap();
        for (name, text) in [
            ("request.json", request.as_str()),
            ("job.json", &order.replace(id, &copy)),
            ("events.jsonl", &events),
        ] {
            fs::write(place.job_file(&copy, name), text).unwrap();
        }
    }
}

#[test]
fn a_thousand_jobs_are_listed_at_once_and_survive_their_index() {
    let place = Place::new();
    let jobs = place.open();
    let mut fields = place.merge("out");
    fields["adapter_path"] = "nowhere".into();
    let id = jobs.submit(&fields).unwrap().id;
    until_state(&jobs, &id, State::Failed);
    drop(jobs);
    copies(&place, &id, 1_000);
    let jobs = place.open();
    let began = Instant::now();
    let page = jobs.list(&Filter { limit: 1_000, ..Filter::default() }).unwrap();
    let took = began.elapsed();
    assert_eq!((page.jobs.len(), page.total, page.counts[&State::Failed]), (1_000, 1_001, 1_001));
    // A debug build is many times slower; what is promised holds for it as well, for a page as it is shown.
    assert!(took.as_millis() < 500, "{took:?}");
    let began = Instant::now();
    let page = jobs.list(&Filter { limit: 50, offset: 900, ..Filter::default() }).unwrap();
    assert!(began.elapsed().as_millis() < 50, "{:?}", began.elapsed());
    assert!(page.jobs[0].request.is_none() && page.jobs[0].problems.is_none());
    drop(jobs);
    let began = Instant::now();
    let jobs = place.open();
    assert!(began.elapsed().as_millis() < 1_000, "{:?}", began.elapsed());
    drop(jobs);
    for damage in ["missing", "damaged"] {
        let index = place.path("data/index.sqlite");
        match damage {
            "missing" => fs::remove_file(&index).unwrap(),
            _ => fs::write(&index, vec![b'x'; 9_000]).unwrap(),
        }
        let jobs = place.open();
        assert_eq!(jobs.list(&Filter::default()).unwrap().total, 1_001, "{damage}");
        assert_eq!(jobs.get(&id).unwrap().problems.unwrap().len(), 1);
        let codes: Vec<_> = jobs.notices().iter().map(|n| n.code()).collect();
        assert_eq!(codes, if damage == "missing" { vec![] } else { vec!["J114"] });
    }
    let kept = fs::read_dir(place.path("data")).unwrap().flatten().map(|e| e.file_name());
    assert!(kept.into_iter().any(|n| n.to_string_lossy().starts_with("index.damaged-")));
}

#[test]
fn a_folder_that_is_no_job_is_passed_over() {
    let place = Place::new();
    let odd = ["20250101-000000-aaaa", ".new-20250101-000000-aaab", "notes"];
    for name in odd {
        fs::create_dir_all(place.job_file(name, "")).unwrap();
    }
    let jobs = place.open();
    assert_eq!(jobs.list(&Filter::default()).unwrap().total, 0);
    assert_eq!(jobs.notices().iter().map(|n| n.code()).collect::<Vec<_>>(), ["J108"]);
    assert!(place.job_file(odd[0], "").exists() && !place.job_file(odd[1], "").exists());
    for id in ["..", "../..", "", "20250101-000000-aaa/", "notes"] {
        assert_eq!(jobs.get(id).unwrap_err().code(), "J104", "{id:?}");
        assert_eq!(jobs.delete(id, true).unwrap_err().code(), "J104", "{id:?}");
        assert_eq!(jobs.log_path(id).unwrap_err().code(), "J104", "{id:?}");
    }
}
