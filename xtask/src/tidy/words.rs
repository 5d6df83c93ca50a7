//! Words that have their place in the code, and words that have none.

use super::Check;
use super::table;
use crate::repo::Repo;
use crate::rust::{line_of, words};

/// `std::fs`, `unsafe`, printing and switched-off limits stay where the table allows them.
pub const PLACES: Check = Check {
    name: "places",
    run: in_their_places,
    broken: &[("crates/pipeline/src/lib.rs", "use std::{fs, io};\n")],
};

/// What is committed is finished.
pub const UNFINISHED: Check = Check {
    name: "unfinished",
    run: unfinished,
    broken: &[("crates/pipeline/src/lib.rs", "fn later() { todo!() }\n")],
};

const MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!"];
// In two halves, so that this file is not a finding.
const MARKERS: &[&str] = &[concat!("FIX", "ME"), concat!("X", "XX"), concat!("TO", "DO")];
const MARKED: &[&str] = &[".rs", ".sh", ".py", ".toml", ".md", "start", "check", "run"];

fn in_their_places(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (file, rust) in repo.rust() {
        for place in table::PLACES {
            if place.places.iter().any(|start| file.path.starts_with(start)) {
                continue;
            }
            let code = if place.word == "unsafe" { &rust.code } else { &rust.live };
            let found = words(code, place.word).chain(in_use_list(code, place.word));
            findings.extend(
                found.map(|at| format!("{}:{}: {}: {}", file.path, line_of(code, at), place.word, place.why)),
            );
        }
    }
    findings
}

/// `use std::{fs, io}` for `std::fs`.
fn in_use_list<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let (module, item) = word.split_once("::").unwrap_or((word, ""));
    let lists = words(code, module)
        .filter(move |&at| !item.is_empty() && code[at + module.len()..].starts_with("::{"));
    lists.filter(move |&at| {
        let list = code[at..].split(';').next().unwrap_or_default();
        words(list, item).any(|i| matches!(list[..i].trim_end().chars().last(), Some('{' | ',')))
    })
}

fn unfinished(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &repo.files {
        if let Some(rust) = &file.rust {
            for word in MACROS {
                let found = words(&rust.code, word);
                findings.extend(found.map(|at| format!("{}:{}: {word}", file.path, line_of(&rust.code, at))));
            }
        }
    }
    for (file, text) in repo.texts().filter(|(file, _)| MARKED.iter().any(|end| file.path.ends_with(end))) {
        for marker in MARKERS {
            let found = words(text, marker);
            findings.extend(found.map(|at| format!("{}:{}: {marker}", file.path, line_of(text, at))));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &str, code: &str) -> Vec<String> {
        in_their_places(&Repo::of(&[(path, code)]))
    }

    #[test]
    fn finds_words_out_of_place() {
        let pipeline = "crates/pipeline/src/run.rs";
        for code in [
            "use std::fs::File;",
            "use std::{\n    fs::File,\n    io,\n};",
            "use std::{io, fs};",
            "use std::net::TcpStream;",
            "fn a() { unsafe { b() } }",
            "#[cfg(test)]\nmod tests {\n    fn a() { unsafe { b() } }\n}",
            "fn a() { println!() }",
            "#[allow(clippy::too_many_arguments)]\nfn a() {}",
        ] {
            assert_eq!(places(pipeline, code).len(), 1, "{code}");
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        let none: [&str; 0] = [];
        assert_eq!(places("crates/output/src/sink.rs", "use std::fs;"), none);
        assert_eq!(places("crates/cli/src/main.rs", "fn a() { println!() }"), none);
        assert_eq!(places("crates/tensor/src/kernels/dot.rs", "unsafe { a() }"), none);
        let pipeline = "crates/pipeline/src/run.rs";
        for code in [
            "// std::fs is not used here",
            "#![forbid(unsafe_code)]",
            "#[cfg(test)]\nmod tests {\n    use std::fs;\n}",
            "use std::{io, path::Path};",
            "const A: &str = \"unsafe\";",
        ] {
            assert_eq!(places(pipeline, code), none, "{code}");
        }
        assert_eq!(places("crates/pipeline/tests/it.rs", "use std::fs;"), none);
    }

    #[test]
    fn finds_markers_in_comments() {
        let code = format!("// {}: mend this\n", MARKERS[0]);
        assert_eq!(unfinished(&Repo::of(&[("crates/a/src/lib.rs", &code)])).len(), 1);
    }
}
