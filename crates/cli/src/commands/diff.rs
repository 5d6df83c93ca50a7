//! `diff`: what differs between two checkpoints.

use crate::args::DiffArgs;
use crate::commands::weld::{stop_flag, stop_on_signals};
use crate::screen::Screen;
use crate::{End, Ended};
use serde_json::Value;
use weldlm_inspect::diff::{self, Difference, Side, ValueChange, Words};
use weldlm_messages::{Message, Problem, catalogue::inspect as says};
use weldlm_pipeline::{Context, Event};

/// Entries of one kind that are shown as text.
const SHOWN: usize = 12;

/// Runs the command.
pub fn run(args: &DiffArgs, screen: &Screen) -> Ended {
    let (a, b) = (diff::open(&args.a)?, diff::open(&args.b)?);
    stop_on_signals();
    let events = |event: Event| screen.event(&event);
    let context = Context::new(stop_flag(), &events);
    let difference = diff::compare(&a, &b, args.headers, &context);
    screen.end_progress();
    let difference = difference?;
    if screen.json {
        screen.value(&diff::to_json(&a, &b, &difference));
    } else {
        show(&a, &b, &difference, screen);
    }
    Ok(End::Done)
}

fn say(screen: &Screen, problem: &Problem) {
    screen.line(&problem.what(screen.lang));
}

fn show(a: &Side, b: &Side, found: &Difference, screen: &Screen) {
    let head = if found.is_equal() { &says::EQUAL } else { &says::DIFFERENT };
    let first = Problem::new(head).arg("a", &a.place).arg("b", &b.place).arg("tensors", found.same);
    say(screen, &first);
    let layout = |s: &Side| (s.checkpoint.files.len(), s.checkpoint.format.about().name);
    let ((files_a, format_a), (files_b, format_b)) = (layout(a), layout(b));
    if (files_a, format_a) != (files_b, format_b) {
        let line = Problem::new(&says::DIFF_LAYOUT).arg("files_a", files_a).arg("format_a", format_a);
        say(screen, &line.arg("files_b", files_b).arg("format_b", format_b));
    }
    let counts = if found.values_compared { &says::DIFF_TENSORS } else { &says::DIFF_HEADERS };
    if !found.is_equal() || !found.values_compared {
        let line = Problem::new(counts)
            .arg("same", found.same)
            .arg("values", found.values.len())
            .arg("heads", found.headers.len())
            .arg("only_a", found.only_a.len())
            .arg("only_b", found.only_b.len());
        say(screen, &line);
    }
    let named = |message: &'static Message| move |name: &String| Problem::new(message).arg("name", name);
    list(screen, &found.only_a, |name, screen| say(screen, &named(&says::ONLY_A)(name)));
    list(screen, &found.only_b, |name, screen| say(screen, &named(&says::ONLY_B)(name)));
    list(screen, &found.headers, |h, screen| screen.line(&format!("  {}: {} → {}", h.name, h.a, h.b)));
    list(screen, &found.values, values);
    beside(found, screen);
}

/// The first few of a list, and how many more there are.
fn list<T>(screen: &Screen, items: &[T], each: impl Fn(&T, &Screen)) {
    items.iter().take(SHOWN).for_each(|item| each(item, screen));
    if items.len() > SHOWN {
        say(screen, &Problem::new(&says::MORE).arg("count", items.len() - SHOWN));
    }
}

fn values(change: &ValueChange, screen: &Screen) {
    let message = if change.max_abs.is_some() { &says::VALUES } else { &says::VALUES_PLAIN };
    let number = |n: Option<f64>| n.map_or_else(|| "-".to_string(), |n| format!("{n:.4e}"));
    let line = Problem::new(message)
        .arg("name", &change.name)
        .arg("count", change.differing)
        .arg("of", change.of)
        .arg("max", number(change.max_abs))
        .arg("relative", number(change.relative))
        .arg("dtype", change.dtype);
    say(screen, &line);
    if change.not_finite > 0 {
        say(screen, &Problem::new(&says::VALUES_NOT_FINITE).arg("count", change.not_finite));
    }
}

fn beside(found: &Difference, screen: &Screen) {
    if !found.config.is_empty() {
        say(screen, &Problem::new(&says::DIFF_CONFIG).arg("count", found.config.len()));
    }
    let shown = |v: &Option<Value>| v.as_ref().map_or_else(|| "-".to_string(), Value::to_string);
    list(screen, &found.config, |k, screen| {
        screen.line(&format!("  {}: {} → {}", k.key, shown(&k.a), shown(&k.b)));
    });
    let t = &found.tokenizer;
    words(&says::DIFF_VOCABULARY, &t.vocabulary, screen);
    words(&says::DIFF_ADDED, &t.added, screen);
    if t.merges.2 > 0 {
        let line = Problem::new(&says::DIFF_MERGES).arg("a", t.merges.0).arg("b", t.merges.1);
        say(screen, &line.arg("differ", t.merges.2));
    }
    if t.template_differs {
        say(screen, &Problem::new(&says::DIFF_TEMPLATE));
    }
    let files = [
        (&says::DIFF_FILES, &found.files.differ),
        (&says::DIFF_FILES_ONLY_A, &found.files.only_a),
        (&says::DIFF_FILES_ONLY_B, &found.files.only_b),
    ];
    for (message, names) in files.into_iter().filter(|(_, names)| !names.is_empty()) {
        say(screen, &Problem::new(message).arg("files", names.join(", ")));
    }
}

fn words(message: &'static Message, words: &Words, screen: &Screen) {
    if words.is_equal() {
        return;
    }
    let line = Problem::new(message).arg("only_a", words.only_a).arg("only_b", words.only_b);
    say(screen, &line.arg("moved", words.moved));
    let id = |id: &Option<u64>| id.map_or_else(|| "-".to_string(), |id| id.to_string());
    for (token, a, b) in &words.first {
        screen.line(&format!("  {token:?}: {} → {}", id(a), id(b)));
    }
}
