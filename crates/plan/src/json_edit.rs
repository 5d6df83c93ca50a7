//! Changes single values in the text of a JSON object and leaves every other byte as it is, so that a config
//! keeps its number spellings, key order and layout.

use serde_json::Value;
use std::ops::Range;

/// Sets the value at a path of keys, adding the last key at the end of its object when it is not there.
/// `None` when the text is not an object or a key before the last is not an object.
pub(crate) fn set(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let (object, last) = descend(text, path)?;
    let written = indent(&format!("{value:#}"), path.len());
    Some(match member(text, object.clone(), last) {
        Member::Found(range) => splice(text, range, &written),
        Member::Missing { end, empty } => {
            let pad = "  ".repeat(path.len());
            let comma = if empty { "" } else { "," };
            let line = format!("{comma}\n{pad}{}: {written}", Value::from(last));
            let close = if empty { format!("\n{}", "  ".repeat(path.len() - 1)) } else { String::new() };
            splice(text, end..end, &format!("{line}{close}"))
        }
    })
}

fn indent(text: &str, depth: usize) -> String {
    text.replace('\n', &format!("\n{}", "  ".repeat(depth)))
}

fn splice(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

/// The object that holds the last key of the path.
fn descend<'p>(text: &str, path: &[&'p str]) -> Option<(Range<usize>, &'p str)> {
    let (last, before) = path.split_last()?;
    // A byte order mark is no part of the object.
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut at = skip_space(text, start)..text.len();
    for key in before {
        let Member::Found(range) = member(text, at, key) else { return None };
        at = range;
    }
    text[at.clone()].starts_with('{').then_some((at, *last))
}

enum Member {
    Found(Range<usize>),
    /// Where a new member can be put: right after the last value (or the opening brace).
    Missing {
        end: usize,
        empty: bool,
    },
}

fn skip_space(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| !c.is_ascii_whitespace()).map_or(text.len(), |n| at + n)
}

/// The end of the value that starts at `at`. The text is known to be valid JSON.
fn value_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut i, mut depth, mut in_string) = (at, 0usize, false);
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if in_string => i += 1,
            b'"' => {
                in_string = !in_string;
                if !in_string && depth == 0 {
                    return i + 1;
                }
            }
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return i,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            b',' if depth == 0 => return i,
            c if depth == 0 && c.is_ascii_whitespace() => return i,
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

/// Of equal keys the last one counts, as for everyone who reads JSON into a map.
fn member(text: &str, object: Range<usize>, key: &str) -> Member {
    let mut at = skip_space(text, object.start + 1);
    let mut end = object.start + 1;
    let mut empty = true;
    let mut last = None;
    while text[at..].starts_with('"') {
        empty = false;
        let key_end = value_end(text, at);
        let found = serde_json::from_str::<String>(&text[at..key_end]).is_ok_and(|k| k == key);
        let value = skip_space(text, skip_space(text, key_end) + 1);
        end = value_end(text, value);
        if found {
            last = Some(value..end);
        }
        let next = skip_space(text, end);
        if !text[next..].starts_with(',') {
            break;
        }
        at = skip_space(text, next + 1);
    }
    last.map_or(Member::Missing { end, empty }, Member::Found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = "{\n  \"eps\": 1e-05,\n  \"s\": \"a}\\\"{\",\n  \"text_config\": {\n    \"vocab_size\": 10,\n    \"x\": [1, {\"y\": 2}]\n  },\n  \"tie\": true\n}\n";

    #[test]
    fn only_the_value_changes() {
        let out = set(TEXT, &["text_config", "vocab_size"], &json!(12)).unwrap();
        assert_eq!(out, TEXT.replace("10", "12"));
        let out = set(TEXT, &["tie"], &json!(false)).unwrap();
        assert_eq!(out, TEXT.replace("true", "false"));
        assert_eq!(set(TEXT, &["s", "t"], &json!(1)), None);
        assert_eq!(set("[]", &["s"], &json!(1)), None);
    }

    #[test]
    fn new_keys_go_to_the_end() {
        let out = set(TEXT, &["text_config", "tie"], &json!({"a": 1})).unwrap();
        let value: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value["text_config"]["tie"], json!({"a": 1}));
        assert_eq!(value["tie"], json!(true));
        assert!(out.contains("\"eps\": 1e-05"));
        assert_eq!(set("{}", &["a"], &json!(1)).unwrap(), "{\n  \"a\": 1\n}");
    }
    #[test]
    fn what_readers_see_is_what_changes() {
        let twice = "{\"a\": 1, \"b\": {\"c\": 1}, \"a\": 2, \"b\": {\"c\": 2}}";
        assert_eq!(set(twice, &["a"], &json!(3)).unwrap(), twice.replace("\"a\": 2", "\"a\": 3"));
        assert_eq!(set(twice, &["b", "c"], &json!(3)).unwrap(), twice.replace("{\"c\": 2}", "{\"c\": 3}"));
        assert_eq!(set("\u{feff} {\"a\": 1}", &["a"], &json!(3)).unwrap(), "\u{feff} {\"a\": 3}");
    }
}
