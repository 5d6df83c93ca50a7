//! The rename rules themselves: the table in `data/renames.json` and how one rule changes one name.
//!
//! Semantics as in transformers' `WeightTransform`: all source patterns of a rule form one
//! alternation, the leftmost match counts, and the first place where the matched text occurs is
//! replaced. Knows nothing of config.json; see `names`.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use fancy_regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::Value;

/// Everything in `data/renames.json`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tables {
    rules: HashMap<String, Vec<Rule>>,
    aliases: HashMap<String, String>,
    /// The class a model type loads as when config.json names none.
    pub(crate) default: HashMap<String, String>,
    /// The class that the library picks for a nested config of this model type.
    pub(crate) auto: HashMap<String, String>,
    /// Name of the headless model inside a model with a head, by model type, where not `model`.
    pub(crate) bases: HashMap<String, String>,
    pub(crate) nested: HashMap<String, Tree>,
}

/// The sub-models of one model class.
#[derive(Debug, Deserialize)]
pub(crate) struct Tree {
    pub(crate) base: String,
    pub(crate) subs: Vec<Sub>,
}

/// One sub-model: where it hangs, and which nested config (if any) decides its class.
#[derive(Debug, Deserialize)]
pub(crate) struct Sub {
    pub(crate) path: String,
    pub(crate) class: String,
    pub(crate) config: String,
    pub(crate) model_type: String,
}

impl Tables {
    pub(crate) fn get() -> &'static Tables {
        static TABLES: LazyLock<Tables> = LazyLock::new(|| {
            // The text is ours and a test parses it, so the fallback is never taken.
            serde_json::from_str(include_str!("../data/renames.json")).unwrap_or_default()
        });
        &TABLES
    }

    /// The rules registered under a class name or a model type.
    pub(crate) fn rules(&self, name: &str) -> Option<&[Rule]> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.rules.get(name).map(Vec::as_slice)
    }
}

/// What a rule does when a name matches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Replace the match by the first target.
    Rename,
    /// Replace the match by the target of the pattern that matched.
    Group,
    /// Needs tensor work (stack, concatenate, ...): data only.
    Fuse,
}

/// One rule, compiled at first use.
#[derive(Debug, Deserialize)]
#[serde(from = "Stored")]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
    pub(crate) ops: Vec<Value>,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Plain(String, String),
    Full {
        kind: Kind,
        from: Vec<String>,
        to: Vec<String>,
        #[serde(default)]
        ops: Vec<Value>,
    },
}

impl From<Stored> for Rule {
    fn from(stored: Stored) -> Rule {
        let (kind, from, to, ops) = match stored {
            Stored::Plain(from, to) => (Kind::Rename, vec![from], vec![to], Vec::new()),
            Stored::Full { kind, from, to, ops } => (kind, from, to, ops),
        };
        Rule { kind, from, to, ops, compiled: OnceLock::new() }
    }
}

#[derive(Debug)]
struct Compiled {
    regex: Regex,
    /// Capture index of each source pattern's own group.
    groups: Vec<usize>,
}

impl Compiled {
    fn new(patterns: &[String]) -> Option<Compiled> {
        let branches: Vec<String> = patterns
            .iter()
            .enumerate()
            .map(|(i, pattern)| format!("(?P<g{i}>{})", pattern.replace("*.", r".*\.")))
            .collect();
        let regex = Regex::new(&branches.join("|")).ok()?;
        let groups = (0..patterns.len())
            .map(|i| {
                let name = format!("g{i}");
                regex.capture_names().position(|n| n == Some(name.as_str())).unwrap_or(0)
            })
            .collect();
        Some(Compiled { regex, groups })
    }
}

impl Rule {
    fn compiled(&self) -> Option<&Compiled> {
        self.compiled.get_or_init(|| Compiled::new(&self.from)).as_ref()
    }

    /// True if the patterns compile; checked for the whole table by a test.
    #[cfg(test)]
    pub(crate) fn is_valid(&self) -> bool {
        self.compiled().is_some() && !self.to.is_empty()
    }

    /// The name after this rule, or None if the rule does not match it.
    pub(crate) fn apply(&self, key: &str) -> Option<String> {
        let compiled = self.compiled()?;
        // A pattern that runs into the engine's backtracking limit counts as no match.
        let found = compiled.regex.captures(key).ok().flatten()?;
        let which = compiled.groups.iter().position(|&group| found.get(group).is_some())?;
        let target = match self.kind {
            Kind::Rename => self.to.first()?,
            Kind::Group => self.to.get(which)?,
            Kind::Fuse => return None,
        };
        let replacement = expand(target, &found, *compiled.groups.get(which)?);
        Some(key.replacen(found.get(0)?.as_str(), &replacement, 1))
    }
}

/// Fills `\1`, `\2`, ... counted from the group of the pattern that matched.
fn expand(target: &str, found: &Captures<'_, str>, group: usize) -> String {
    let mut out = String::new();
    let mut rest = target;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let digit = after.chars().next().and_then(|c| c.to_digit(10));
        match digit {
            Some(n) => {
                let text = found.get(group + n as usize).map_or("", |m| m.as_str());
                out.push_str(text);
                rest = &after[1..];
            }
            None => {
                out.push('\\');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(from: &[&str], to: &[&str]) -> Rule {
        Rule::from(Stored::Full {
            kind: if to.len() > 1 { Kind::Group } else { Kind::Rename },
            from: from.iter().map(ToString::to_string).collect(),
            to: to.iter().map(ToString::to_string).collect(),
            ops: Vec::new(),
        })
    }

    #[test]
    fn the_table_parses_and_every_pattern_compiles() {
        let tables = Tables::get();
        assert!(tables.rules.len() > 100, "{}", tables.rules.len());
        assert!(tables.rules("legacy").is_some());
        for (name, rules) in &tables.rules {
            for rule in rules {
                assert!(rule.is_valid(), "{name}: {:?}", rule.from);
            }
        }
        for target in tables.aliases.values() {
            assert!(tables.rules.contains_key(target), "{target}");
        }
    }

    #[test]
    fn replaces_the_first_place_of_the_matched_text() {
        let backbone = rule(&["backbone."], &["model."]);
        assert_eq!(backbone.apply("backbone.norm").as_deref(), Some("model.norm"));
        assert_eq!(backbone.apply("lm_head.weight"), None);
        // The look-behind finds the second `layers.`, the replacement takes the first: as in the library.
        let behind = rule(&[r"(?<!decoder\.)layers\."], &["text."]);
        assert_eq!(behind.apply("decoder.layers.layers.1").as_deref(), Some("decoder.text.layers.1"));
    }

    #[test]
    fn back_references_count_from_the_pattern_that_matched() {
        let two = rule(&[r"a\.(\d+)\.x", r"b\.(\d+)\.y"], &[r"A.\1", r"B.\1"]);
        assert_eq!(two.apply("a.7.x.weight").as_deref(), Some("A.7.weight"));
        assert_eq!(two.apply("b.8.y.weight").as_deref(), Some("B.8.weight"));
    }
}
