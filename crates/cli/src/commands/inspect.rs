//! `inspect`: what a checkpoint or an adapter is.

use crate::args::InspectArgs;
use crate::screen::Screen;
use crate::{End, Ended};
use serde_json::Value;
use weldlm_formats::Checkpoint;
use weldlm_inspect::view::{self, AdapterView, Candidate, ModelView, Types, View};
use weldlm_messages::{Message, Problem, catalogue::inspect as says};
use weldlm_output::human;

/// Runs the command.
pub fn run(args: &InspectArgs, screen: &Screen) -> Ended {
    let view = view::look(&args.path)?;
    let (candidates, cached) = try_bases(args, &view);
    if screen.json {
        screen.value(&view::to_json(&view, &candidates, args.tensors, screen.lang));
        return Ok(End::Done);
    }
    match &view {
        View::Model(view) => {
            model(view, screen);
            listing(args, Some(&view.base.checkpoint), screen);
        }
        View::Adapter(view) => {
            adapter(view, screen);
            bases(args, view, (&candidates, cached), screen);
            listing(args, view.checkpoint.as_ref(), screen);
        }
        View::Below(folder, found) => {
            say(screen, Problem::new(&says::BELOW).arg("path", view::place(folder)));
            for below in found {
                let kind = if below.is_adapter { &says::BELOW_ADAPTER } else { &says::BELOW_MODEL };
                screen.line(&format!("  {}/  {}", below.name, Problem::new(kind).what(screen.lang)));
            }
        }
    }
    Ok(End::Done)
}

/// The base that the user named, or the models of the local cache that fit, and how many were tried there.
fn try_bases(args: &InspectArgs, view: &View) -> (Vec<Candidate>, usize) {
    let View::Adapter(view) = view else { return (Vec::new(), 0) };
    let Some(adapter) = view.adapter.as_ref() else { return (Vec::new(), 0) };
    match &args.base {
        Some(base) => (vec![view::candidate(base, adapter)], 0),
        None => view::fitting_in_cache(adapter),
    }
}

fn say(screen: &Screen, problem: Problem) {
    screen.line(&problem.what(screen.lang));
}

fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_string(), |v| v.to_string())
}

/// `BF16 ×272 (269 MB), F32 ×2 (1.0 kB)`.
fn types(types: &[Types]) -> String {
    let one = |t: &Types| format!("{} ×{} ({})", t.dtype, t.tensors, human(t.bytes));
    types.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn model(view: &ModelView, screen: &Screen) {
    let (base, facts) = (&view.base, &view.base.facts);
    let folder = base.folder();
    say(screen, Problem::new(&says::MODEL).arg("name", folder.short_name()).arg("path", view::place(folder)));
    let classes = if facts.architectures.is_empty() { "-".into() } else { facts.architectures.join(", ") };
    say(
        screen,
        Problem::new(&says::FAMILY).arg("family", or_dash(facts.model_type.as_ref())).arg("classes", classes),
    );
    // Stored values of a quantised model are not its parameters.
    let size = if view.quantised.is_some() { &says::STORED } else { &says::SIZE };
    let checkpoint = &base.checkpoint;
    let line = Problem::new(size)
        .arg("values", checkpoint.parameters())
        .arg("bytes", human(checkpoint.total_bytes()))
        .arg("tensors", checkpoint.tensors.len())
        .arg("files", checkpoint.files.len());
    say(screen, line.arg("format", checkpoint.format.about().name));
    for file in &checkpoint.files {
        screen.line(&format!("  {}  {}", file.name, human(file.blob.len())));
    }
    if base.config_text.is_some() {
        let line = Problem::new(&says::DIMENSIONS)
            .arg("layers", or_dash(facts.num_hidden_layers))
            .arg("hidden", or_dash(facts.hidden_size))
            .arg("heads", or_dash(facts.num_attention_heads))
            .arg("kv", or_dash(facts.num_key_value_heads))
            .arg("inner", or_dash(facts.intermediate_size));
        say(screen, line.arg("vocab", or_dash(facts.vocab_size)));
    }
    say(screen, Problem::new(&says::TYPES).arg("types", types(&view.types)));
    ends(view, screen);
    if let Some(found) = &view.quantised {
        say(screen, Problem::new(&says::QUANTISED).arg("method", &found.method).arg("detail", &found.detail));
    }
    beside(view, screen);
}

fn ends(view: &ModelView, screen: &Screen) {
    let ends = &view.base.ends;
    let Some(embedding) = &ends.embedding else { return };
    let message = match (&ends.head, ends.tied, ends.head_stored) {
        (None, _, _) => &says::HEAD_NONE,
        (Some(_), true, false) => &says::HEAD_TIED,
        (Some(_), true, true) => &says::HEAD_TIED_STORED,
        (Some(_), false, _) => &says::HEAD_OWN,
    };
    say(screen, Problem::new(message).arg("head", or_dash(ends.head.as_ref())).arg("embedding", embedding));
}

fn beside(view: &ModelView, screen: &Screen) {
    let template = if view.has_template { &says::TEMPLATE_THERE } else { &says::TEMPLATE_NOT };
    match view.tokens {
        Some(tokens) => {
            let line = Problem::new(&says::TOKENIZER).arg("tokens", tokens);
            say(screen, line.words("template", template.into()));
        }
        None if view.base.folder().only().is_none() => {
            say(screen, Problem::new(&says::TOKENIZER_NONE).words("template", template.into()));
        }
        None => {}
    }
    match &view.receipt {
        None => {}
        Some(Err(problem)) => say(screen, Problem::new(&says::MADE_BY_BUT).words("problem", problem.clone())),
        Some(Ok(receipt)) => made_by(receipt, screen),
    }
    let lists: [(&'static Message, &[String]); 3] =
        [(&says::UNREAD, &view.unread), (&says::BESIDE, &view.beside), (&says::LEFTOVERS, &view.leftovers)];
    for (message, files) in lists.into_iter().filter(|(_, files)| !files.is_empty()) {
        say(screen, Problem::new(message).arg("files", files.join(", ")));
    }
}

fn made_by(receipt: &Value, screen: &Screen) {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_string();
    let adapter = |a: &Value| format!("{} ×{}", text(&a["name"]), a["scale"]);
    let adapters: Vec<String> = receipt["adapters"].as_array().into_iter().flatten().map(adapter).collect();
    let line = Problem::new(&says::MADE_BY)
        .arg("version", text(&receipt["weldlm"]))
        .arg("base", text(&receipt["base"]["name"]))
        .arg("adapters", if adapters.is_empty() { "-".to_string() } else { adapters.join(" + ") });
    say(screen, line.arg("state", text(&receipt["state"])));
}

fn adapter(view: &AdapterView, screen: &Screen) {
    let place = view::place(&view.folder);
    say(screen, Problem::new(&says::ADAPTER).arg("name", view.name()).arg("path", place));
    if let Some(config) = &view.config {
        let line = Problem::new(&says::ADAPTER_TYPE)
            .arg("type", &config.peft_type)
            .arg("base", or_dash(config.base_model.as_ref()));
        say(screen, line.arg("task", or_dash(config.task_type.as_ref())));
    }
    if let Some(checkpoint) = &view.checkpoint {
        let line = Problem::new(&says::ADAPTER_SIZE)
            .arg("values", checkpoint.parameters())
            .arg("bytes", human(checkpoint.total_bytes()))
            .arg("tensors", checkpoint.tensors.len());
        say(screen, line.arg("types", types(&view.types)));
    }
    if let Some(config) = view.lora_config() {
        let line = Problem::new(&says::CONFIGURED)
            .arg("rank", config.r)
            .arg("alpha", config.lora_alpha)
            .arg("init", &config.init);
        say(screen, line.arg("bias", &config.bias));
    }
    if let Some(config) = &view.config {
        let lists: [(&'static Message, &'static str, Vec<String>); 2] = [
            (&says::TARGETS, "targets", view.targets()),
            (&says::SAVED, "modules", config.modules_to_save.clone()),
        ];
        for (message, name, items) in lists.into_iter().filter(|l| !l.2.is_empty()) {
            say(screen, Problem::new(message).arg(name, items.join(", ")));
        }
    }
    if view.trained_tokens() > 0 {
        say(screen, Problem::new(&says::TOKENS).arg("count", view.trained_tokens()));
    }
    for group in view.groups() {
        let message = if group.low_rank.is_some() { &says::GROUP_RANK } else { &says::GROUP };
        let (rank, alpha, scaling) = group.low_rank.unwrap_or_default();
        let line = Problem::new(message).arg("tensors", group.tensors).arg("kind", group.kind);
        say(screen, line.arg("rank", rank).arg("alpha", alpha).arg("scaling", scaling));
    }
    if view.refusals.is_empty() {
        say(screen, Problem::new(&says::MERGEABLE));
    }
    reasons(&view.refusals, &|p| Problem::new(&says::NOT_MERGEABLE).words("reason", p), screen);
}

/// Each reason, and what to do about it.
fn reasons(problems: &[Problem], line: &dyn Fn(Problem) -> Problem, screen: &Screen) {
    for problem in problems {
        say(screen, line(problem.clone()));
        let hint = problem.hint(screen.lang);
        if !hint.is_empty() {
            screen.line(&format!("  -> {hint}"));
        }
    }
}

fn bases(
    args: &InspectArgs,
    view: &AdapterView,
    (candidates, cached): (&[Candidate], usize),
    screen: &Screen,
) {
    for candidate in candidates {
        match &candidate.outcome {
            Ok(fitting) => {
                let line = Problem::new(&says::FITS)
                    .arg("base", &candidate.base)
                    .words("rule", fitting.rule.clone());
                say(screen, line.arg("changed", fitting.changed));
                fitting.warnings.iter().for_each(|w| screen.warning(w));
            }
            Err(problems) => {
                let base = candidate.base.clone();
                let line = |p| Problem::new(&says::FITS_NOT).arg("base", &base).words("reason", p);
                reasons(problems, &line, screen);
            }
        }
    }
    let needs = view.needs();
    if args.base.is_some() || needs.is_empty() {
        return;
    }
    say(screen, Problem::new(&says::NEEDS));
    for (name, shape, count) in needs {
        screen.line(&format!("  {name} {shape} ×{count}"));
    }
    if candidates.is_empty() {
        say(screen, Problem::new(&says::CACHED_NONE).arg("count", cached));
    }
}

fn listing(args: &InspectArgs, checkpoint: Option<&Checkpoint>, screen: &Screen) {
    let Some(checkpoint) = checkpoint.filter(|_| args.tensors) else { return };
    let width = checkpoint.tensors.iter().map(|t| t.name.chars().count()).max().unwrap_or(0);
    for tensor in &checkpoint.tensors {
        let dims: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
        let (dtype, shape) = (tensor.dtype.name(), format!("({})", dims.join(", ")));
        let file = &checkpoint.file_of(tensor).name;
        let bytes = human(tensor.bytes());
        screen.line(&format!("{:<width$}  {dtype:<8}  {shape:<16}  {bytes:>8}  {file}", tensor.name));
    }
}
