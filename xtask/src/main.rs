//! Chores of this repository. `cargo xtask` says which.
//!
//! Knows the repository as text only: it depends on no other crate, so it runs while they do not compile.

mod docs;
mod manifest;
mod repo;
mod rust;
mod tidy;

use repo::Repo;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask tidy    layers, budgets, dependencies, words; also run by cargo test
cargo xtask sizes   how far the code is from its budgets, largest first
cargo xtask docs    rewrites the generated part of ARCHITECTURE.md";

/// Asked at run time: a target folder shared by several clones may hold a program built in another one.
fn root() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").to_string());
    Path::new(&here).parent().unwrap_or(Path::new(&here)).to_path_buf()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let repo = match Repo::load(&root()) {
        Ok(repo) => repo,
        Err(error) => {
            eprintln!("cannot read the repository: {error}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => tidy(&repo),
        ["sizes"] => {
            print!("{}", tidy::budgets::report(&repo, 15));
            ExitCode::SUCCESS
        }
        ["docs"] => match docs::write(&root(), &repo) {
            Ok(words) => {
                println!("{words}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn tidy(repo: &Repo) -> ExitCode {
    let mut findings = 0;
    for check in tidy::ALL {
        for finding in (check.run)(repo) {
            println!("{finding} [{}]", check.name);
            findings += 1;
        }
    }
    print!("{}", tidy::budgets::report(repo, 0));
    println!("tidy: {} checks, {findings} findings", tidy::ALL.len());
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
