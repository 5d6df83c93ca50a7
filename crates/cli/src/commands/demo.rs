//! `demo`: makes a small base model and an adapter, and runs the main job on them as anybody would.

use super::weld;
use crate::args::DemoArgs;
use crate::screen::Screen;
use crate::{Ended, demo};
use serde_json::{Map, Value, json};
use weldlm_messages::Message;
use weldlm_messages::Problem;
use weldlm_messages::catalogue::{demo as says, usage};
use weldlm_output::human;
use weldlm_pipeline::Request;
use weldlm_pipeline::request::Task;

/// Runs `demo`.
pub fn run(args: &DemoArgs, screen: &Screen) -> Ended {
    let not_text = || {
        let value = args.dir.display();
        Problem::new(&usage::BAD_VALUE).arg("value", value).arg("field", "DIR").arg("expected", "UTF-8")
    };
    let dir = args.dir.to_str().ok_or_else(not_text)?;
    let paths = Paths { base: below(dir, "base"), adapter: below(dir, "adapter"), dir: dir.to_string() };
    let sizes = demo::make(&args.dir)?;
    let request = Request::check(Task::Merge, &paths.fields(), "weldlm demo")?;
    if !screen.json {
        before(&paths, &sizes, screen);
    }
    let end = weld::carry_out(&request, false, screen)?;
    if !screen.json {
        after(&paths, screen);
    }
    Ok(end)
}

struct Paths {
    dir: String,
    base: String,
    adapter: String,
}

impl Paths {
    /// The request. A demo that is there already is made again: the same bytes, and all of the receipt's words.
    fn fields(&self) -> Map<String, Value> {
        let fields = json!({
            "base_model_path": self.base,
            "adapter_path": self.adapter,
            "output_path": below(&self.dir, "merged"),
            "if_exists": "replace",
            "verify": "weights",
        });
        fields.as_object().cloned().unwrap_or_default()
    }
}

fn below(dir: &str, name: &str) -> String {
    std::path::Path::new(dir).join(name).display().to_string()
}

fn before(paths: &Paths, sizes: &demo::Sizes, screen: &Screen) {
    let say = |message: &'static Message, facts: &[(&'static str, String)]| {
        screen.line(&screen.words(message, facts))
    };
    say(&says::WHAT, &[]);
    let dir = ("dir", paths.dir.clone());
    say(&says::PAIR, &[dir, ("base", human(sizes.base)), ("adapter", human(sizes.adapter))]);
    say(&says::NOW, &[]);
    screen.line("");
}

fn after(paths: &Paths, screen: &Screen) {
    let (base, adapter) = (quoted(&paths.base), quoted(&paths.adapter));
    let (merged, half) = (quoted(&below(&paths.dir, "merged")), quoted(&below(&paths.dir, "half")));
    let next: [(&'static Message, String); 4] = [
        (&says::TRY_INSPECT, format!("inspect {adapter} --base {base}")),
        (&says::TRY_VERIFY, format!("verify {merged} --base {base} --adapter {adapter}")),
        (
            &says::TRY_MERGE,
            format!("merge --base {base} --adapter {adapter} --output {half} --dtype f16 --dry-run"),
        ),
        (&says::TRY_OWN, "merge --base MODEL --adapter ADAPTER --output RESULT".to_string()),
    ];
    let program = quoted(&program());
    screen.line("");
    screen.line(&screen.words(&says::NEXT, &[]));
    for (message, arguments) in next {
        screen.line(&format!("  # {}", screen.words(message, &[])));
        screen.line(&format!("  {program} {arguments}"));
    }
}

/// The program as it was called, so that what is shown can be pasted.
fn program() -> String {
    std::env::args().next().filter(|p| !p.is_empty()).unwrap_or_else(|| "weldlm".to_string())
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@,%=".contains(c);
    if word.chars().all(plain) { word.to_string() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_for_the_shell() {
        assert_eq!(quoted("target/演示-2"), "target/演示-2");
        assert_eq!(quoted("it's a demo"), r"'it'\''s a demo'");
    }
}
