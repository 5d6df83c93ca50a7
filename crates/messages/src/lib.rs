//! Every word that weldlm says to a user: stable codes, one catalogue in English and Chinese, one error type.
//!
//! A library does not format text. It returns a [`Problem`]: a [`Message`] of the catalogue together with the
//! facts (file, tensor, numbers) that fill its placeholders. Only the edge (terminal, web) chooses a language.
//! This crate knows nothing about models, files or HTTP.

#![forbid(unsafe_code)]

pub mod catalogue;
mod problem;

pub use problem::{Fix, Problem};

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Reads `zh`, `zh_CN.UTF-8`, `en-US`, …; anything that is not Chinese is English.
    pub fn from_tag(tag: &str) -> Lang {
        if tag.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
    }

    /// Its name in JSON and HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

/// What kind of ending a message stands for; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Something that should not happen: a bug or the machine. Exit code 1.
    Unexpected,
    /// The request itself is not well formed. Exit code 2.
    Usage,
    /// The plan says no; nothing was written. Exit code 3.
    Refused,
    /// A result exists but does not pass its checks. Exit code 4.
    Failed,
    /// Stopped on the way; can be resumed. Exit code 5.
    Interrupted,
    /// Worth knowing; the work goes on.
    Warning,
    /// Plain information: labels and sentences of reports.
    Note,
}

impl Class {
    /// The exit code of a process that ends with such a message.
    pub fn exit_code(self) -> u8 {
        match self {
            Class::Warning | Class::Note => 0,
            Class::Unexpected => 1,
            Class::Usage => 2,
            Class::Refused => 3,
            Class::Failed => 4,
            Class::Interrupted => 5,
        }
    }
}

/// One entry of the catalogue. `{name}` marks a placeholder; both languages use the same ones.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// Stable code, e.g. `M102`. Never reused for another meaning.
    pub code: &'static str,
    /// What kind of ending it is.
    pub class: Class,
    /// What happened, in English and Chinese.
    pub text: [&'static str; 2],
    /// What to do next, in English and Chinese; may be empty.
    pub hint: [&'static str; 2],
}

impl Message {
    /// The text in a language, placeholders unfilled.
    pub fn text(&self, lang: Lang) -> &'static str {
        self.text[lang as usize]
    }

    /// The hint in a language, placeholders unfilled; may be empty.
    pub fn hint(&self, lang: Lang) -> &'static str {
        self.hint[lang as usize]
    }
}

/// Fills `{name}` placeholders. A placeholder without a value stays visible, so that a slip is seen in tests.
pub fn fill(template: &str, args: &[(&'static str, String)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|c| open + c) else { break };
        out.push_str(&rest[..open]);
        match args.iter().find(|(name, _)| *name == &rest[open + 1..close]) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<String> {
        let mut names: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}').map(|(name, _)| name.to_string()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    #[test]
    fn both_languages_are_complete_and_agree() {
        for message in catalogue::all() {
            let [en, zh] = message.text;
            assert!(!en.is_empty() && !zh.is_empty(), "{} has an empty text", message.code);
            assert_eq!(placeholders(en), placeholders(zh), "{}: placeholders differ", message.code);
            let [hint_en, hint_zh] = message.hint;
            assert_eq!(hint_en.is_empty(), hint_zh.is_empty(), "{}: one hint is missing", message.code);
            assert_eq!(placeholders(hint_en), placeholders(hint_zh), "{}: hints differ", message.code);
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(zh.chars().any(chinese), "{}: the Chinese text has no Chinese in it", message.code);
            assert!(!en.chars().any(chinese), "{}: the English text has Chinese in it", message.code);
        }
    }

    #[test]
    fn chinese_has_its_own_punctuation() {
        let chinese = |c: Option<&char>| c.is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
        for message in catalogue::all() {
            for text in [message.text[1], message.hint[1]] {
                let chars: Vec<char> = text.chars().collect();
                let half = chars.iter().enumerate().position(|(i, c)| {
                    ",;:?!".contains(*c)
                        && (chinese(chars.get(i.wrapping_sub(1))) || chinese(chars.get(i + 1)))
                });
                assert_eq!(half, None, "{}: a half-width mark in {text}", message.code);
            }
        }
    }

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<_> = catalogue::all().map(|m| m.code).collect();
        codes.sort_unstable();
        let n = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), n, "a code is used twice");
    }

    #[test]
    fn fill_leaves_unknown_placeholders_visible() {
        assert_eq!(fill("{a} and {b}{", &[("a", "1".into())]), "1 and {b}{");
    }
}
