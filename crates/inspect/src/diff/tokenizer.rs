use serde_json::{Value, json};
use std::collections::BTreeMap;
use weldlm_messages::Problem;
use weldlm_source::Folder;

const TOKENIZER_BYTES_MAX: u64 = 512 << 20;
/// How many entries are named; the rest is counted.
const NAMED: usize = 8;

/// How two tables of tokens differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Entries that only A has.
    pub only_a: usize,
    /// Entries that only B has.
    pub only_b: usize,
    /// Entries with another id.
    pub moved: usize,
    /// The first few: token, id in A, id in B.
    pub first: Vec<(String, Option<u64>, Option<u64>)>,
}

/// How two tokenizers differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokenizers {
    /// The vocabulary.
    pub vocabulary: Words,
    /// The tokens that were added to it.
    pub added: Words,
    /// Merges in A and in B, and at how many places they differ.
    pub merges: (usize, usize, usize),
    /// Whether the chat templates differ.
    pub template_differs: bool,
}

impl Words {
    /// Whether the tables are the same.
    pub fn is_equal(&self) -> bool {
        self.first.is_empty()
    }

    fn to_json(&self) -> Value {
        let first: Vec<Value> =
            self.first.iter().map(|(t, a, b)| json!({"token": t, "a": a, "b": b})).collect();
        json!({"only_a": self.only_a, "only_b": self.only_b, "other_id": self.moved, "first": first})
    }
}

impl Tokenizers {
    /// Whether they are the same.
    pub fn is_equal(&self) -> bool {
        self.vocabulary.is_equal() && self.added.is_equal() && self.merges.2 == 0 && !self.template_differs
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "equal": self.is_equal(),
            "vocabulary": self.vocabulary.to_json(),
            "added_tokens": self.added.to_json(),
            "merges": {"a": self.merges.0, "b": self.merges.1, "differ": self.merges.2},
            "chat_template_differs": self.template_differs,
        })
    }
}

type Table = BTreeMap<String, u64>;

/// What the files of a tokenizer say.
#[derive(Default)]
struct Tokenizer {
    vocabulary: Table,
    added: Table,
    merges: Vec<String>,
    template: Option<String>,
}

/// Compares the tokenizers of two folders. Formats without readable tables (SentencePiece models) are compared
/// as files only.
pub(super) fn compare(a: &Folder, b: &Folder) -> Result<Tokenizers, Problem> {
    let (a, b) = (read(a)?, read(b)?);
    let at_place = a.merges.iter().zip(&b.merges).filter(|(x, y)| x != y).count();
    let differ = at_place + a.merges.len().abs_diff(b.merges.len());
    Ok(Tokenizers {
        vocabulary: words(&a.vocabulary, &b.vocabulary),
        added: words(&a.added, &b.added),
        merges: (a.merges.len(), b.merges.len(), differ),
        template_differs: a.template != b.template,
    })
}

fn words(a: &Table, b: &Table) -> Words {
    let mut words = Words::default();
    let mut name = |token: &String, a: Option<u64>, b: Option<u64>| {
        if words.first.len() < NAMED {
            words.first.push((token.clone(), a, b));
        }
    };
    let (mut only_a, mut only_b, mut moved) = (0, 0, 0);
    for (token, id) in a {
        match b.get(token) {
            None => only_a += 1,
            Some(other) if other != id => moved += 1,
            Some(_) => continue,
        }
        name(token, Some(*id), b.get(token).copied());
    }
    for (token, id) in b.iter().filter(|(token, _)| !a.contains_key(*token)) {
        only_b += 1;
        name(token, None, Some(*id));
    }
    Words { only_a, only_b, moved, ..words }
}

fn read(folder: &Folder) -> Result<Tokenizer, Problem> {
    let json = |name: &str| -> Result<Option<Value>, Problem> {
        // What is no JSON is compared as a file like any other.
        Ok(folder.text(name, TOKENIZER_BYTES_MAX)?.and_then(|t| serde_json::from_str(&t).ok()))
    };
    let mut tokenizer = Tokenizer::default();
    if let Some(value) = json("tokenizer.json")? {
        tokenizer.vocabulary = vocabulary(value.pointer("/model/vocab"));
        for token in value["added_tokens"].as_array().into_iter().flatten() {
            if let (Some(text), Some(id)) = (token["content"].as_str(), token["id"].as_u64()) {
                tokenizer.added.insert(text.to_string(), id);
            }
        }
        let merges = value.pointer("/model/merges").and_then(Value::as_array);
        tokenizer.merges = merges.into_iter().flatten().map(merge).collect();
    } else {
        tokenizer.vocabulary = vocabulary(json("vocab.json")?.as_ref());
        tokenizer.added = vocabulary(json("added_tokens.json")?.as_ref());
        let merges = folder.text("merges.txt", TOKENIZER_BYTES_MAX)?.unwrap_or_default();
        tokenizer.merges =
            merges.lines().filter(|l| !l.starts_with("#version")).map(str::to_string).collect();
    }
    let config = json("tokenizer_config.json")?.map(|c| c["chat_template"].clone()).filter(|t| !t.is_null());
    let file = folder.text("chat_template.jinja", TOKENIZER_BYTES_MAX)?;
    tokenizer.template =
        file.or_else(|| config.map(|t| t.as_str().map_or_else(|| t.to_string(), str::to_string)));
    Ok(tokenizer)
}

/// A table of ids, or a list (Unigram), in which the place is the id.
fn vocabulary(value: Option<&Value>) -> Table {
    match value {
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(t, id)| Some((t.clone(), id.as_u64()?))).collect()
        }
        Some(Value::Array(list)) => {
            let token = |(id, entry): (usize, &Value)| Some((entry.get(0)?.as_str()?.to_string(), id as u64));
            list.iter().enumerate().filter_map(token).collect()
        }
        _ => Table::new(),
    }
}

/// A merge is a text or, in newer files, a pair.
fn merge(value: &Value) -> String {
    match value {
        Value::Array(pair) => pair.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.as_str().unwrap_or("").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_compared_entry_by_entry() {
        let table =
            |pairs: &[(&str, u64)]| pairs.iter().map(|(t, id)| ((*t).to_string(), *id)).collect::<Table>();
        let w = words(&table(&[("a", 0), ("b", 1), ("c", 2)]), &table(&[("a", 0), ("b", 3), ("d", 2)]));
        assert_eq!((w.only_a, w.only_b, w.moved), (1, 1, 1));
        assert_eq!(w.first.len(), 3);
        assert!(words(&table(&[("a", 0)]), &table(&[("a", 0)])).is_equal());
    }
}
