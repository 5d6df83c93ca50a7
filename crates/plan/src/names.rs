//! Which tensor of the base each change of an adapter belongs to.
//!
//! Adapters use module paths of the model in memory; checkpoints have their own names, and both changed over
//! time. A rule turns all paths of an adapter at once: names as they stand, names through the rename table of
//! the model's family, each also with one prefix of the text trunk exchanged for another. One rule must fit the
//! whole adapter; names are never matched by their ends alone, since towers share the names of their layers.

use super::adapter::Adapter;
use super::base::Base;
use super::mapping;
use std::collections::HashMap;
use weldlm_adapters::{Edit, Fit, Stage};
use weldlm_messages::{Lang, Problem, catalogue::adapter as adapter_says, catalogue::name as says};
use weldlm_models::{Swap, head_swaps, trunk_swaps};

/// What an edit was found to belong to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// A base tensor (or a head that is tied and not stored), stored transposed or not.
    At { key: String, fit: Fit },
    /// The base has the tensor, but its shape does not fit.
    Misfit { key: String, shape: Vec<u64> },
    /// The base has no such tensor.
    Nowhere,
}

/// The names of a base, as they stand and as they are in memory.
pub(crate) struct Names<'a> {
    base: &'a Base,
    in_memory: HashMap<String, &'a str>,
}

/// One way to turn an adapter's paths into names.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule<'a> {
    table: bool,
    swap: Option<Swap<'a>>,
}

impl Rule<'_> {
    fn words(self) -> Problem {
        match (self.table, self.swap) {
            (false, None) => Problem::new(&says::RULE_AS_THEY_STAND),
            (true, None) => Problem::new(&says::RULE_IN_MEMORY),
            (_, Some(swap)) => {
                let shown = |s: &str| if s.is_empty() { "''".to_string() } else { s.to_string() };
                Problem::new(&says::RULE_PREFIX).arg("from", shown(swap.from)).arg("to", shown(swap.to))
            }
        }
    }
}

/// An adapter's edits with their places.
pub(crate) struct Resolved {
    /// For each edit.
    pub found: Vec<Found>,
    /// The rule, for people.
    pub rule: Problem,
}

impl<'a> Names<'a> {
    pub(crate) fn new(base: &'a Base) -> Names<'a> {
        let mut in_memory = HashMap::new();
        for tensor in &base.checkpoint.tensors {
            in_memory.entry(base.names.to_memory(&tensor.name)).or_insert(tensor.name.as_str());
        }
        if let Some(head) = base.ends.head.as_deref().filter(|_| !base.ends.head_stored) {
            in_memory.entry(base.names.to_memory(head)).or_insert(head);
            in_memory.entry("lm_head.weight".to_string()).or_insert(head);
        }
        Names { base, in_memory }
    }

    /// The shape of a base tensor; a tied head that is not stored has the embedding's.
    pub(crate) fn shape(&self, key: &str) -> Option<&'a [u64]> {
        let ends = &self.base.ends;
        let virtual_head = ends.head.as_deref() == Some(key) && !ends.head_stored;
        let key = if virtual_head { ends.embedding.as_deref()? } else { key };
        self.base.checkpoint.get(key).map(|t| t.shape.as_slice())
    }

    fn lookup(&self, name: &str, table: bool) -> Option<&str> {
        if table {
            return self.in_memory.get(name).copied();
        }
        let head = self.base.ends.head.as_deref().filter(|h| *h == name);
        head.or_else(|| self.base.checkpoint.get(name).map(|t| t.name.as_str()))
    }

    fn place(&self, rule: Rule<'_>, path: &str) -> Option<&str> {
        let swapped = rule.swap.and_then(|swap| swap.apply(path));
        if let Some(key) = self.lookup(swapped.as_deref().unwrap_or(path), rule.table) {
            return Some(key);
        }
        // A prefix put in front belongs to the trunk; what lies beside the trunk keeps its name.
        if rule.swap.is_some_and(|swap| swap.from.is_empty() && swap.to == self.base.names.base_prefix())
            && let Some(key) = self.lookup(path, rule.table)
        {
            return Some(key);
        }
        // Heads lie outside of the trunk and have their own few names.
        head_swaps().filter_map(|swap| swap.apply(path)).find_map(|name| {
            let is_head = self.base.ends.head.as_deref() == self.lookup(&name, rule.table);
            self.lookup(&name, rule.table).filter(|_| is_head)
        })
    }

    fn found(&self, rule: Rule<'_>, edit: &Edit, path: &str, replaced: Option<&[u64]>) -> Found {
        let Some(key) = self.place(rule, path) else { return Found::Nowhere };
        let Some(stored) = self.shape(key) else { return Found::Nowhere };
        let shape = replaced.unwrap_or(stored);
        match edit.recipe.fits(shape) {
            Fit::No => Found::Misfit { key: key.to_string(), shape: shape.to_vec() },
            fit => Found::At { key: key.to_string(), fit },
        }
    }

    /// What the user called the base.
    pub(crate) fn base_name(&self) -> String {
        self.base.folder().short_name()
    }

    /// All keys with their shapes, for the search of a mapping.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &[u64])> {
        self.base.checkpoint.tensors.iter().map(|t| (t.name.as_str(), t.shape.as_slice()))
    }
}

/// The rules worth trying: names as they are, then with the family's own prefix put in front or taken away, then
/// with one prefix of a trunk exchanged for another.
fn rules<'a>(base: &'a Base, paths: &'a [String]) -> impl Iterator<Item = Rule<'a>> {
    let prefix = base.names.base_prefix();
    let own: [Swap<'a>; 2] = [Swap { from: "", to: prefix }, Swap { from: prefix, to: "" }];
    let own = own.into_iter().filter(|s| s.from != s.to);
    let swaps = own
        .chain(trunk_swaps().map(|s| Swap { from: s.from, to: s.to }))
        .filter(|swap| paths.iter().any(|path| swap.apply(path).is_some()));
    std::iter::once(None)
        .chain(swaps.map(Some))
        .flat_map(|swap| [false, true].map(|table| Rule { table, swap }))
}

/// Finds the place of every edit of an adapter.
///
/// # Errors
/// When the names fit in more than one way.
pub(crate) fn resolve(
    names: &Names<'_>,
    adapter: &Adapter,
    by_hand: &[(String, String)],
) -> Result<Resolved, Problem> {
    let paths: Vec<String> = adapter.edits.iter().map(|e| mapping::apply(by_hand, &e.name())).collect();
    let replaced = replacements(&adapter.edits);
    let try_rule = |rule: Rule<'_>| -> Vec<Found> {
        let edits = adapter.edits.iter().zip(&paths);
        edits
            .map(|(edit, path)| {
                let by =
                    replaced.get(&edit.name()).copied().filter(|_| edit.recipe.stage() != Stage::Replace);
                names.found(rule, edit, path, by)
            })
            .collect()
    };
    let complete = |found: &[Found]| {
        found.iter().zip(&adapter.edits).all(|(f, e)| {
            matches!(f, Found::At { .. }) || ((e.may_be_new || e.may_be_absent) && *f == Found::Nowhere)
        })
    };
    let score = |found: &[Found]| found.iter().filter(|f| matches!(f, Found::At { .. })).count();
    let mut best: Option<(Rule<'_>, Vec<Found>)> = None;
    for rule in rules(names.base, &paths) {
        // Names that stand in the checkpoint or in the family's table are no guess and need no comparison.
        if best.as_ref().is_some_and(|(rule, found)| rule.swap.is_none() && complete(found)) {
            break;
        }
        let found = try_rule(rule);
        let Some((best_rule, best_found)) = &best else {
            best = Some((rule, found));
            continue;
        };
        let (better, done) = (score(&found) > score(best_found), complete(best_found));
        if done && complete(&found) && !better {
            // Two different guesses are one too many.
            if found != *best_found && score(&found) == score(best_found) {
                return Err(ambiguous(best_rule, rule, (best_found, &found)));
            }
        } else if better {
            best = Some((rule, found));
        }
    }
    let (rule, mut found) = best.unwrap_or((Rule { table: false, swap: None }, Vec::new()));
    settle_squares(names.base, adapter, &mut found);
    let rule = match by_hand {
        [] => rule.words(),
        _ => Problem::new(&says::RULE_BY_HAND).words("rule", rule.words()),
    };
    Ok(Resolved { found, rule })
}

fn ambiguous(first: &Rule<'_>, second: Rule<'_>, (a, b): (&[Found], &[Found])) -> Problem {
    let example = a.iter().zip(b).find(|(x, y)| x != y);
    let shown = |rule: &Rule<'_>, found: Option<&Found>| match found {
        Some(Found::At { key, .. }) => format!("{} ({key})", rule.words().what(Lang::En)),
        _ => rule.words().what(Lang::En),
    };
    Problem::new(&says::AMBIGUOUS)
        .arg("first", shown(first, example.map(|e| e.0)))
        .arg("second", shown(&second, example.map(|e| e.1)))
        .at("module_mapping")
}

/// Shapes of the parameters that the adapter itself replaces first.
pub(crate) fn replacements(edits: &[Edit]) -> HashMap<String, &[u64]> {
    edits.iter().filter_map(|e| e.recipe.replaces_with().map(|shape| (e.name(), shape))).collect()
}

/// A square matrix does not show whether it is stored transposed; the others of the same adapter do, then the
/// model type, and the config's flag comes last (PEFT corrects it only for models that it trained itself).
fn settle_squares(base: &Base, adapter: &Adapter, found: &mut [Found]) {
    let heads = weldlm_models::output_head_names();
    let is_head = |e: &Edit| heads.contains(&e.module.rsplit('.').next().unwrap_or(""));
    let across = found.iter().any(|f| matches!(f, Found::At { fit: Fit::Transposed, .. }));
    let along = found.iter().zip(&adapter.edits).any(|(f, e)| {
        let Found::At { key, fit: Fit::Yes } = f else { return false };
        let turned = base.checkpoint.get(key).map(|t| t.shape.iter().rev().copied().collect::<Vec<_>>());
        !is_head(e)
            && turned.is_some_and(|shape| shape.len() == 2 && e.recipe.fits(&shape) == Fit::Transposed)
    });
    let by_family = base.facts.model_type.as_deref().map(weldlm_models::conv1d_storage);
    let transposed = match (across, along, by_family) {
        (true, _, _) => true,
        (false, true, _) => false,
        (false, false, Some(family)) => family,
        (false, false, None) => adapter.config.fan_in_fan_out,
    };
    for (found, edit) in found.iter_mut().zip(&adapter.edits) {
        if let Found::At { fit: fit @ Fit::Either, .. } = found {
            *fit = if transposed && !is_head(edit) { Fit::Transposed } else { Fit::Yes };
        }
    }
}

/// What to say about edits that have no place.
pub(crate) fn problem(names: &Names<'_>, adapter: &Adapter, found: &[Found]) -> Option<Problem> {
    let trained_on =
        adapter.config.base_model.clone().filter(|b| !b.is_empty()).unwrap_or_else(|| "-".to_string());
    let lost: Vec<&Edit> = adapter
        .edits
        .iter()
        .zip(found)
        .filter(|(e, f)| **f == Found::Nowhere && !e.may_be_new && !e.may_be_absent)
        .map(|(e, _)| e)
        .collect();
    let total = adapter.edits.len();
    if let Some(first) = lost.first() {
        let advice = match mapping::suggest(names, &lost) {
            Some(suggestion) if !suggestion.is_empty() => {
                let options: Vec<String> =
                    suggestion.iter().map(|(old, new)| format!("--module-mapping {old}={new}")).collect();
                let object: serde_json::Map<String, serde_json::Value> =
                    suggestion.iter().map(|(old, new)| (old.clone(), new.clone().into())).collect();
                let advice = Problem::new(&says::ADVICE_MAPPING)
                    .arg("fits", total)
                    .arg("total", total)
                    .arg("option", options.join(" "));
                (advice, Some((object, options.join(" "))))
            }
            _ => (Problem::new(&says::ADVICE_OTHER_BASE).arg("trained_on", &trained_on), None),
        };
        let message = if lost.len() == total { &says::NOTHING_MATCHES } else { &says::NAMES_DO_NOT_FIT };
        let problem = Problem::new(message)
            .arg("unmatched", lost.len())
            .arg("total", total)
            .arg("example", first.name())
            .words("advice", advice.0)
            .at(first.name());
        return Some(match advice.1 {
            Some((object, option)) => problem.fix("module_mapping", object.into(), option),
            None => problem,
        });
    }
    adapter.edits.iter().zip(found).find_map(|(edit, f)| misfit(edit, f, &trained_on))
}

/// What to say about an edit whose tensor has another shape.
pub(crate) fn misfit(edit: &Edit, found: &Found, trained_on: &str) -> Option<Problem> {
    let Found::Misfit { key, shape } = found else { return None };
    let dims: Vec<String> = shape.iter().map(u64::to_string).collect();
    let last = edit.module.rsplit('.').next().unwrap_or("");
    let is_end = weldlm_models::input_embedding_names().contains(&last)
        || weldlm_models::output_head_names().contains(&last);
    // Only the rows differ: the vocabulary was resized in training.
    if let Some(rows) = edit.recipe.rows_if_resized(shape).filter(|_| is_end) {
        return Some(
            Problem::new(&adapter_says::VOCAB_LARGER)
                .arg("module", &edit.module)
                .arg("expected", rows)
                .arg("found", shape[0])
                .at(key),
        );
    }
    Some(
        Problem::new(&says::SHAPE_MISMATCH)
            .arg("module", &edit.module)
            .arg("expected", edit.recipe.expects())
            .arg("tensor", key)
            .arg("found", format!("({})", dims.join(", ")))
            .arg("trained_on", trained_on)
            .at(key),
    )
}
