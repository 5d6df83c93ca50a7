//! The chat template of a model, shown on a short sample conversation. Templates are programs of strangers: they are
//! run with limits of steps and size, and what goes wrong is shown, not raised. A step can still double a text, so
//! that only a process of its own bounds memory (`weldlm template`).

use crate::view::View;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value as Jinja};
use minijinja::{Environment, Error, ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use weldlm_messages::{Lang, Problem, catalogue::inspect as says};
use weldlm_source::Folder;

/// Largest file that a template is read from.
const FILE_MAX: u64 = 32 << 20;
/// Largest template.
const SOURCE_MAX: usize = 256 << 10;
/// Steps of the interpreter.
const FUEL: u64 = 100_000;
/// Bytes of the text that it makes.
const TEXT_MAX: usize = 256 << 10;
/// The day that templates are told, so that the same template gives the same text.
const TODAY: (&str, &str, &str, &str, &str) = ("2026", "01", "31", "Jan", "January");

/// A template and what it needs to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its source.
    pub source: String,
    /// Its name, when there are several.
    pub name: Option<String>,
    /// `bos_token` and the like.
    pub tokens: Map<String, Value>,
}

/// Finds the template of a folder: its own file, or a key of the tokenizer's config.
pub fn find(folder: &Folder) -> Option<Template> {
    if folder.only().is_some() {
        return None;
    }
    let text = |name: &str| folder.text(name, FILE_MAX).ok().flatten();
    let table = |name: &str| serde_json::from_str::<Value>(&text(name)?).ok();
    let config = table("tokenizer_config.json").unwrap_or(Value::Null);
    let of = |value: &Value| match value {
        Value::String(source) => Some((source.clone(), None)),
        Value::Array(list) => {
            let entry = list.iter().find(|e| e["name"] == "default").or_else(|| list.first())?;
            Some((entry["template"].as_str()?.to_string(), entry["name"].as_str().map(str::to_string)))
        }
        _ => None,
    };
    let (source, name) = text("chat_template.jinja")
        .map(|source| (source, None))
        .or_else(|| of(&table("chat_template.json")?["chat_template"]))
        .or_else(|| of(&config["chat_template"]))?;
    let token = |value: &Value| value.as_str().or_else(|| value["content"].as_str()).map(|t| json!(t));
    let tokens = config.as_object().into_iter().flatten();
    let tokens =
        tokens.filter(|(key, _)| key.ends_with("_token")).filter_map(|(k, v)| Some((k.clone(), token(v)?)));
    Some(Template { source, name, tokens: tokens.collect() })
}

/// `{source, name, rendered, problem}` of a view's template, or null. It is rendered by a function of the caller's, who
/// may want to run the programs of strangers elsewhere; [`render`] is the plain one.
pub fn show(view: &View, lang: Lang, render: &dyn Fn(&Template) -> Result<String, String>) -> Value {
    let Some(template) = find(view.folder()) else { return Value::Null };
    let (rendered, problem) = match render(&template) {
        Ok(text) => (json!(text), Value::Null),
        Err(reason) => (Value::Null, Problem::new(&says::TEMPLATE_FAILS).arg("reason", reason).to_json(lang)),
    };
    json!({"source": template.source, "name": template.name, "rendered": rendered, "problem": problem})
}

fn messages(system: bool) -> Value {
    let said = |role: &str, content: &str| json!({"role": role, "content": content});
    let rest = [
        said("user", "What does weldlm do?"),
        said("assistant", "It merges an adapter into its base model."),
        said("user", "Show me."),
    ];
    let first = system.then(|| said("system", "You are a helpful assistant."));
    first.into_iter().chain(rest).collect()
}

/// Renders a template on the sample conversation; without its system message where the template takes none.
///
/// # Errors
/// What the interpreter says.
pub fn render(template: &Template) -> Result<String, String> {
    if template.source.len() > SOURCE_MAX {
        return Err(format!("{} bytes", template.source.len()));
    }
    attempt(template, true).or_else(|first| attempt(template, false).map_err(|_| first))
}

fn attempt(template: &Template, system: bool) -> Result<String, String> {
    let mut context = template.tokens.clone();
    context.insert("messages".into(), messages(system));
    context.insert("add_generation_prompt".into(), json!(true));
    for absent in ["tools", "documents"] {
        context.insert(absent.into(), Value::Null);
    }
    let environment = environment(&template.source).map_err(|e| told(&e))?;
    let mut text = Bounded(Vec::new());
    let compiled = environment.get_template("chat").map_err(|e| told(&e))?;
    let context: Jinja = serde_json::from_value(Value::Object(context)).map_err(|e| e.to_string())?;
    compiled.render_captured_to(context, &mut text).map_err(|e| told(&e))?;
    String::from_utf8(text.0).map_err(|e| e.to_string())
}

/// As transformers sets up Jinja for chat templates.
fn environment(source: &str) -> Result<Environment<'_>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function("raise_exception", |text: String| -> Result<String, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, text))
    });
    environment.add_function("strftime_now", |format: String| strftime(&format));
    environment.add_filter("tojson", to_json);
    environment.add_template("chat", source)?;
    Ok(environment)
}

fn told(error: &Error) -> String {
    match error.line() {
        Some(line) => format!("{error} (line {line})"),
        None => error.to_string(),
    }
}

fn strftime(format: &str) -> String {
    let (year, month, day, short, long) = TODAY;
    let parts = [
        ("%Y", year),
        ("%m", month),
        ("%d", day),
        ("%b", short),
        ("%B", long),
        ("%H", "12"),
        ("%M", "00"),
        ("%S", "00"),
    ];
    parts.iter().fold(format.to_string(), |text, (key, value)| text.replace(key, value))
}

/// As Python's `json.dumps`: a blank behind commas and colons, and no escapes for HTML.
fn to_json(value: Jinja, options: Kwargs) -> Result<String, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::new(ErrorKind::BadSerialization, e.to_string());
    let indent: Option<usize> = options.get("indent").ok().flatten();
    let mut text = Bounded(Vec::new());
    match indent {
        Some(indent) => {
            let blanks = vec![b' '; indent.min(16)];
            let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(&blanks));
            value.serialize(&mut serializer).map_err(|e| failed(&e))?;
        }
        None => {
            let mut serializer = Serializer::with_formatter(&mut text, Spaced);
            value.serialize(&mut serializer).map_err(|e| failed(&e))?;
        }
    }
    String::from_utf8(text.0).map_err(|e| failed(&e))
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

/// Text that may not grow beyond the limit.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > TEXT_MAX {
            return Err(io::Error::other(format!("more than {TEXT_MAX} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(source: &str) -> Result<String, String> {
        let tokens = json!({"bos_token": "<s>", "eos_token": "</s>"}).as_object().cloned().unwrap();
        render(&Template { source: source.to_string(), name: None, tokens })
    }

    #[test]
    fn a_usual_template() {
        let chatml = "{% for message in messages %}\n{{ '<|im_start|>' + message['role'] + '\\n' + message['content'].strip() + '<|im_end|>' + '\\n' }}\n{% endfor %}\n{% if add_generation_prompt %}\n{{ '<|im_start|>assistant\\n' }}\n{% endif %}";
        let text = rendered(chatml).unwrap();
        assert!(text.starts_with("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"), "{text}");
        assert!(text.ends_with("Show me.<|im_end|>\n<|im_start|>assistant\n"), "{text}");
        assert_eq!(rendered("{{ bos_token }}{{ strftime_now('%d %b %Y') }}").unwrap(), "<s>31 Jan 2026");
        assert_eq!(rendered("{{ {'a': [1, '<b>']} | tojson }}").unwrap(), r#"{"a": [1, "<b>"]}"#);
    }

    #[test]
    fn templates_without_a_system_message() {
        let gemma = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{{ messages | length }}";
        assert_eq!(rendered(gemma).unwrap(), "3");
        assert!(rendered("{{ raise_exception('no') }}").unwrap_err().contains("no"));
    }

    #[test]
    fn hostile_templates_end() {
        for source in [
            "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{{ 'x' * 100000000 }}",
            "{% if",
            "{{ nothing.at.all }}",
        ] {
            assert!(rendered(source).is_err(), "{source}");
        }
        assert!(rendered(&"x".repeat(SOURCE_MAX + 1)).is_err());
    }

    #[test]
    fn the_places_of_a_template() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        let found = || find(&Folder::at(dir.path()));
        assert!(found().is_none());
        write(
            "tokenizer_config.json",
            r#"{"chat_template": [{"name": "rag", "template": "r"}, {"name": "default", "template": "d"}], "bos_token": {"content": "B"}}"#,
        );
        let template = found().unwrap();
        assert_eq!((template.source.as_str(), template.name.as_deref()), ("d", Some("default")));
        assert_eq!(template.tokens["bos_token"], "B");
        write("chat_template.jinja", "j");
        assert_eq!(found().unwrap().source, "j");
    }
}
