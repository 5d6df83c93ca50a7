//! Every message of the catalogue is said somewhere: a code that nobody can meet misleads translators and docs.

use super::Check;
use crate::repo::Repo;
use crate::rust::words;
use std::collections::HashSet;

const FOLDER: &str = "crates/messages/src/catalogue/";

/// No dead messages.
pub const SAID: Check = Check {
    name: "catalogue",
    run: said,
    broken: &[
        (
            "crates/messages/src/catalogue/merge.rs",
            "messages! {\n    LOST = \"M101\" Note, \"a\", \"b\";\n}\n",
        ),
        (
            "crates/cli/src/main.rs",
            "use weldlm_messages::catalogue::name as says;\nfn a() { b(&says::LOST) }\n",
        ),
    ],
};

fn said(repo: &Repo) -> Vec<String> {
    let mut used = HashSet::new();
    for (_, rust) in repo.rust().filter(|(file, _)| !file.path.starts_with(FOLDER)) {
        uses(&rust.live, &mut used);
    }
    let mut findings = Vec::new();
    for (file, text) in repo.texts() {
        let Some(topic) = file.path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        for (i, line) in text.lines().enumerate() {
            if let Some((name, code)) = entry(line)
                && !used.contains(&(topic.to_string(), name.to_string()))
            {
                findings.push(format!("{}:{}: {code} {name} is never said", file.path, i + 1));
            }
        }
    }
    findings
}

/// `NAME = "M101" Class,` as name and code.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().split_once(" = \"")?;
    let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let (code, _) = rest.split_once('"')?;
    (is_name && code.len() == 4).then_some((name, code))
}

/// Collects (topic, NAME) pairs. Files say `catalogue::topic as says` once, and `says::NAME` from then on.
fn uses(code: &str, used: &mut HashSet<(String, String)>) {
    for at in words(code, "catalogue::") {
        let rest = &code[at + "catalogue::".len()..];
        let list = match rest.strip_prefix('{') {
            Some(inner) => inner.split('}').next().unwrap_or_default(),
            None => rest.split([';', ',', '}', ')']).next().unwrap_or_default(),
        };
        for part in list.split(',').map(str::trim) {
            let (path, alias) = part.split_once(" as ").unwrap_or((part, part));
            let (topic, name) = path.split_once("::").unwrap_or((path, ""));
            used.insert((topic.to_string(), identifier(name)));
            for found in words(code, &format!("{}::", alias.trim())) {
                let name = &code[found + alias.trim().len() + 2..];
                used.insert((topic.to_string(), identifier(name)));
            }
        }
    }
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_ways_to_say_a_message() {
        let cases = [
            "use weldlm_messages::{Problem, catalogue::merge as says};\nfn a() { b(&says::LOST) }",
            "use weldlm_messages::catalogue::{name as n, merge as m};\nfn a() { b(&m::LOST) }",
            "use weldlm_messages::catalogue::merge;\nfn a() { b(&merge::LOST) }",
            "use weldlm_messages::catalogue::merge::LOST;\nfn a() { b(&LOST) }",
            "use weldlm_messages::catalogue;\nfn a() { b(&catalogue::merge::LOST, 1) }",
        ];
        for code in cases {
            let mut used = HashSet::new();
            uses(code, &mut used);
            assert!(used.contains(&("merge".into(), "LOST".into())), "{code}: {used:?}");
            assert!(!used.contains(&("name".into(), "LOST".into())), "{code}: {used:?}");
        }
    }

    #[test]
    fn reads_entries() {
        assert_eq!(entry("    LOST_2 = \"M101\" Note,"), Some(("LOST_2", "M101")));
        assert_eq!(entry("        hint \"x = \\\"M101\\\"\""), None);
    }
}
