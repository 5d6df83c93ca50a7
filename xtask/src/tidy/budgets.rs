//! Sizes. Style is lost in the tail, so the tail is what is limited; medians are only reported.

use super::Check;
use crate::repo::{Repo, crate_folder};
use std::collections::BTreeMap;
use std::fmt::Write;

const FILE_LINES_MAX: usize = 700;
const FUNCTION_LINES_MAX: usize = 70;
const PARAMETERS_MAX: usize = 6;
const CRATE_LINES_MAX: usize = 5000;
const RECIPE_LINES_MAX: usize = 15;
const PAGE_LINES_MAX: &[(&str, usize)] = &[("README.md", 200), ("ARCHITECTURE.md", 250)];

/// Files, functions, parameters and crates, tests and generated code left out.
pub const RUST: Check = Check {
    name: "budgets",
    run: rust,
    broken: &[("crates/a/src/lib.rs", "fn f(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) {}\n")],
};

/// The pages that people read first.
pub const PAGES: Check = Check {
    name: "pages",
    run: pages,
    broken: &[("CONTRIBUTING.md", "## Add a\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n")],
};

fn rust(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (file, rust) in repo.rust().filter(|(_, rust)| !rust.generated) {
        let path = &file.path;
        if rust.live_lines > FILE_LINES_MAX {
            findings.push(format!("{path}:1: {} lines, the limit is {FILE_LINES_MAX}", rust.live_lines));
        }
        for function in &rust.functions {
            let (name, line) = (&function.name, function.line);
            if function.lines > FUNCTION_LINES_MAX {
                let lines = function.lines;
                findings.push(format!(
                    "{path}:{line}: {name} has {lines} lines, the limit is {FUNCTION_LINES_MAX}"
                ));
            }
            if function.parameters > PARAMETERS_MAX {
                let n = function.parameters;
                findings.push(format!(
                    "{path}:{line}: {name} takes {n} parameters, the limit is {PARAMETERS_MAX}"
                ));
            }
        }
    }
    for (folder, lines) in crate_lines(repo) {
        if lines > CRATE_LINES_MAX {
            findings.push(format!(
                "{folder}/Cargo.toml:1: {lines} lines of code, the limit is {CRATE_LINES_MAX}"
            ));
        }
    }
    findings
}

fn crate_lines(repo: &Repo) -> BTreeMap<&str, usize> {
    let mut lines = BTreeMap::new();
    for (file, rust) in repo.rust().filter(|(_, rust)| !rust.generated) {
        *lines.entry(crate_folder(&file.path)).or_default() += rust.live_lines;
    }
    lines
}

fn pages(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (page, most) in PAGE_LINES_MAX {
        match repo.text(page).map(|text| text.lines().count()) {
            None => findings.push(format!("{page}:1: is missing")),
            Some(lines) if lines > *most => {
                findings.push(format!("{page}:1: {lines} lines, the limit is {most}"))
            }
            Some(_) => {}
        }
    }
    let recipes = repo.text("CONTRIBUTING.md").unwrap_or_default().split("\n## ").skip(1);
    for recipe in recipes.filter(|r| r.starts_with("Add ")) {
        let lines = recipe.trim_end().lines().count();
        if lines > RECIPE_LINES_MAX {
            let name = recipe.lines().next().unwrap_or_default();
            findings.push(format!(
                "CONTRIBUTING.md:1: '{name}' has {lines} lines, the limit is {RECIPE_LINES_MAX}"
            ));
        }
    }
    findings
}

/// How far the code is from its budgets; with the `largest` files and functions.
pub fn report(repo: &Repo, largest: usize) -> String {
    let code: Vec<_> = repo.rust().filter(|(_, rust)| !rust.generated).collect();
    let mut files: Vec<_> = code.iter().map(|(file, rust)| (rust.live_lines, file.path.clone())).collect();
    let mut functions = Vec::new();
    let mut parameters = Vec::new();
    for (file, rust) in &code {
        for f in &rust.functions {
            functions.push((f.lines, format!("{}:{} {}", file.path, f.line, f.name)));
            parameters.push((f.parameters, format!("{}:{} {}", file.path, f.line, f.name)));
        }
    }
    let mut crates: Vec<_> =
        crate_lines(repo).into_iter().map(|(folder, lines)| (lines, folder.to_string())).collect();
    let total: usize = crates.iter().map(|(lines, _)| lines).sum();
    let mut out =
        format!("{:<12}{:>7}{:>8}{:>6}{:>6}{:>7}\n", "lines of", "number", "median", "p90", "most", "limit");
    for (name, sizes, most) in [
        ("files", &mut files, FILE_LINES_MAX),
        ("functions", &mut functions, FUNCTION_LINES_MAX),
        ("parameters", &mut parameters, PARAMETERS_MAX),
        ("crates", &mut crates, CRATE_LINES_MAX),
    ] {
        sizes.sort();
        let at = |part: usize| {
            sizes.get((sizes.len() * part / 100).min(sizes.len().saturating_sub(1))).map_or(0, |s| s.0)
        };
        let _ =
            writeln!(out, "{name:<12}{:>7}{:>8}{:>6}{:>6}{most:>7}", sizes.len(), at(50), at(90), at(100));
        for (size, place) in sizes.iter().rev().take(largest) {
            let _ = writeln!(out, "    {size:>5} {place}");
        }
    }
    let _ = writeln!(out, "{total} lines without tests");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(code: &str) -> usize {
        rust(&Repo::of(&[("crates/a/src/lib.rs", code)])).len()
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(findings(&format!("fn f() {{\n{}}}\n", "a();\n".repeat(68))), 0);
        assert_eq!(findings(&format!("fn f() {{\n{}}}\n", "a();\n".repeat(69))), 1);
        assert_eq!(findings(&"// x\n".repeat(700)), 0);
        assert_eq!(findings(&"// x\n".repeat(701)), 1);
        assert_eq!(findings("fn f(&self, b: u8, c: u8, d: u8, e: u8, f: u8) {}"), 0);
        assert_eq!(findings("fn f(&self, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) {}"), 1);
    }

    #[test]
    fn pages_have_limits() {
        let findings = |readme: usize, recipe: usize| {
            let readme = "x\n".repeat(readme);
            let recipe = format!("# How\n\n## Add a format\n{}\n## Other\n", "x\n".repeat(recipe));
            let pages = [("README.md", &*readme), ("ARCHITECTURE.md", ""), ("CONTRIBUTING.md", &*recipe)];
            super::pages(&Repo::of(&pages))
        };
        assert_eq!(findings(200, 14), Vec::<String>::new());
        assert_eq!(findings(201, 15).len(), 2);
    }

    #[test]
    fn tests_and_generated_code_are_free() {
        let long = "a();\n".repeat(800);
        assert_eq!(findings(&format!("#[cfg(test)]\nmod tests {{\nfn f() {{\n{long}}}\n}}\n")), 0);
        assert_eq!(findings(&format!("// @generated\nfn f() {{\n{long}}}\n")), 0);
    }

    #[test]
    fn a_crate_has_a_limit_too() {
        let code = "// x\n".repeat(699);
        let paths: Vec<String> = (0..8).map(|i| format!("crates/a/src/m{i}.rs")).collect();
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), code.as_str())).collect();
        assert_eq!(rust(&Repo::of(&files)).len(), 1);
        assert_eq!(rust(&Repo::of(&files[..7])).len(), 0);
    }
}
