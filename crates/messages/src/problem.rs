use crate::{Class, Lang, Message, fill};
use serde_json::{Value, json};
use std::fmt;

/// A change of the request that would mend a problem: a button in the web UI, an option on the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// The request's field, e.g. `module_mapping`.
    pub field: &'static str,
    /// The value that the field should get.
    pub value: Value,
    /// The same as a command-line option, ready to paste.
    pub option: String,
}

/// The one error type: a message of the catalogue with the facts that fill it.
///
/// Warnings and skipped layers are problems too; the message's class says how bad it is.
#[derive(Clone)]
pub struct Problem {
    inner: Box<Inner>,
}

/// What fills a placeholder.
#[derive(Clone)]
enum Fact {
    /// The same in every language: names, numbers, paths.
    Text(String),
    /// Words of the catalogue, so that a reason inside a problem is translated too.
    Words(Problem),
}

#[derive(Clone)]
struct Inner {
    message: &'static Message,
    args: Vec<(&'static str, Fact)>,
    place: Option<String>,
    fixes: Vec<Fix>,
}

impl Problem {
    /// A problem without facts yet; add them with [`Problem::arg`].
    pub fn new(message: &'static Message) -> Problem {
        Problem { inner: Box::new(Inner { message, args: Vec::new(), place: None, fixes: Vec::new() }) }
    }

    /// Fills the placeholder `{name}`.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Problem {
        self.inner.args.push((name, Fact::Text(value.to_string())));
        self
    }

    /// Fills the placeholder `{name}` with words of the catalogue.
    #[must_use]
    pub fn words(mut self, name: &'static str, words: Problem) -> Problem {
        self.inner.args.push((name, Fact::Words(words)));
        self
    }

    fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let text = |fact: &Fact| match fact {
            Fact::Text(text) => text.clone(),
            Fact::Words(problem) => problem.what(lang),
        };
        self.inner.args.iter().map(|(name, fact)| (*name, text(fact))).collect()
    }

    /// Where it happened: a file, a tensor, a field of the request. Only the first place is kept, since the
    /// code nearest to the fault knows it best.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Problem {
        if self.inner.place.is_none() {
            self.inner.place = Some(place.to_string());
        }
        self
    }

    /// Adds a change of the request that would mend it.
    #[must_use]
    pub fn fix(mut self, field: &'static str, value: Value, option: String) -> Problem {
        self.inner.fixes.push(Fix { field, value, option });
        self
    }

    /// The catalogue entry.
    pub fn message(&self) -> &'static Message {
        self.inner.message
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.inner.message.code
    }

    /// What kind of ending it is.
    pub fn class(&self) -> Class {
        self.inner.message.class
    }

    /// Where it happened, if known.
    pub fn place(&self) -> Option<&str> {
        self.inner.place.as_deref()
    }

    /// Changes of the request that would mend it.
    pub fn fixes(&self) -> &[Fix] {
        &self.inner.fixes
    }

    /// What happened, in a language.
    pub fn what(&self, lang: Lang) -> String {
        fill(self.inner.message.text(lang), &self.facts(lang))
    }

    /// What to do next, in a language; empty when there is nothing to say.
    pub fn hint(&self, lang: Lang) -> String {
        fill(self.inner.message.hint(lang), &self.facts(lang))
    }

    /// `{code, what, place, hint, fixes, texts}`: the one error shape of the command line and of HTTP. `texts` has
    /// the words in both languages, so that a page can change its language without asking again.
    pub fn to_json(&self, lang: Lang) -> Value {
        let fixes: Vec<Value> = self
            .fixes()
            .iter()
            .map(|fix| json!({"field": fix.field, "value": fix.value, "option": fix.option}))
            .collect();
        json!({
            "code": self.code(),
            "what": self.what(lang),
            "place": self.place(),
            "hint": self.hint(lang),
            "fixes": fixes,
            "texts": {"en": self.words_json(Lang::En), "zh": self.words_json(Lang::Zh)},
        })
    }
}

impl Problem {
    fn words_json(&self, lang: Lang) -> Value {
        json!({"what": self.what(lang), "hint": self.hint(lang)})
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code(), self.what(Lang::En))?;
        let hint = self.hint(Lang::En);
        if hint.is_empty() { Ok(()) } else { write!(f, "; {hint}") }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problem {}

impl From<&'static Message> for Problem {
    fn from(message: &'static Message) -> Problem {
        Problem::new(message)
    }
}
