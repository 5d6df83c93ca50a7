//! The output's tensors: every tensor of the base in its order, with what changes it, and the new ones.

use super::adapter::Adapter;
use super::base::Base;
use super::names::{self, Found, Names};
use super::ties;
use crate::request::{OutDtype, Request, Task};
use std::collections::{BTreeMap, HashMap, HashSet};
use weldlm_adapters::{AdapterData, Edit, Fit, Stage};
use weldlm_messages::{
    Problem, catalogue::adapter as adapter_says, catalogue::merge as says, catalogue::name as name_says,
};
use weldlm_tensor::Dtype;

/// An edit of an adapter at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Index of the adapter.
    pub adapter: usize,
    /// Index of the edit in the adapter.
    pub edit: usize,
    /// Whether the base stores the matrix transposed.
    pub transposed: bool,
}

/// A tensor of the output.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
    /// The base tensor that its rows come from (by index); a new tensor has none.
    pub source: Option<usize>,
    /// What changes it, in order: replacements, updates, rows.
    pub edits: Vec<Applied>,
}

impl Entry {
    /// Whether its bytes are the base's.
    pub fn is_untouched(&self, base_dtype: Option<Dtype>) -> bool {
        self.edits.is_empty() && base_dtype == Some(self.dtype)
    }
}

/// A layer that `safe_merge` left out, and why.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// The module or tensor.
    pub module: String,
    /// Why.
    pub problem: Problem,
}

/// The tensors of a plan and everything that was noticed on the way.
#[derive(Default)]
pub(crate) struct Draft {
    pub entries: Vec<Entry>,
    pub skipped: Vec<Skipped>,
    pub refusals: Vec<Problem>,
    pub warnings: Vec<Problem>,
    pub rules: Vec<Problem>,
    pub untied: bool,
    pub rows: Option<(u64, u64)>,
}

pub(crate) type ByKey = BTreeMap<String, Vec<Applied>>;

/// Decides about every tensor of the output.
pub(crate) fn draft(request: &Request, base: &Base, adapters: &[Adapter]) -> Draft {
    let mut draft = Draft::default();
    let mut by_key = ByKey::new();
    let names = Names::new(base);
    for (index, adapter) in adapters.iter().enumerate() {
        place(request, &names, (index, adapter), &mut by_key, &mut draft);
    }
    draft.warnings.extend(super::notes::of_mapping(request, adapters));
    draft.warnings.extend(super::notes::of_repetition(adapters));
    if !adapters.is_empty() && by_key.is_empty() && draft.refusals.is_empty() {
        let first = draft.skipped.first().map(|s| s.problem.clone());
        draft.refusals.push(first.unwrap_or_else(|| Problem::new(&adapter_says::CHANGES_NOTHING)));
    }
    let edits =
        || by_key.values().flatten().map(|a| (&adapters[a.adapter], &adapters[a.adapter].edits[a.edit]));
    if edits().next().is_some() && edits().all(|(adapter, edit)| adapter.is_zero(edit)) {
        draft
            .refusals
            .push(Problem::new(&adapter_says::CHANGES_NOTHING).at(adapters[0].folder().path().display()));
    }
    if let Err(problem) = by_key.values_mut().try_for_each(|applied| drop_copies(applied, adapters)) {
        draft.refusals.push(problem);
    }
    match ties::settle(base, adapters, &mut by_key) {
        Ok(untied) => draft.untied = untied,
        Err(problem) => draft.refusals.push(problem),
    }
    for (key, applied) in &mut by_key {
        applied.sort_by_key(|a| adapters[a.adapter].edits[a.edit].recipe.stage());
        if let Err(problem) = check_together(key, applied, adapters) {
            draft.refusals.push(problem);
        }
    }
    fill(request, base, adapters, by_key, &mut draft);
    draft
}

/// Puts the edits of one adapter at their keys.
fn place(
    request: &Request,
    names: &Names<'_>,
    (index, adapter): (usize, &Adapter),
    by_key: &mut ByKey,
    draft: &mut Draft,
) {
    let skip = |draft: &mut Draft, module: &str, problem: Problem| {
        if request.safe_merge {
            draft.skipped.push(Skipped { module: module.to_string(), problem });
        } else {
            draft.refusals.push(problem);
        }
    };
    for problem in &adapter.site_problems {
        let module = problem.place().unwrap_or("-").to_string();
        skip(draft, &module, problem.clone());
    }
    let resolved = match names::resolve(names, adapter, &request.module_mapping) {
        Ok(resolved) => resolved,
        Err(problem) => return draft.refusals.push(problem),
    };
    draft.rules.push(resolved.rule);
    let strict = (!request.safe_merge).then(|| placeless(names, adapter, &resolved.found)).flatten();
    if let Some(problem) = strict {
        draft.refusals.push(problem);
    }
    let replaced = names::replacements(&adapter.edits);
    for (i, (edit, found)) in adapter.edits.iter().zip(&resolved.found).enumerate() {
        let at = |transposed| Applied { adapter: index, edit: i, transposed };
        match found {
            Found::At { key, .. } if extra_check(names, edit, key, &replaced).is_err() => {
                if let Err(problem) = extra_check(names, edit, key, &replaced) {
                    skip(draft, &edit.module, problem);
                }
            }
            Found::At { key, fit } => {
                by_key.entry(key.clone()).or_default().push(at(*fit == Fit::Transposed))
            }
            Found::Nowhere if edit.may_be_new => by_key.entry(edit.name()).or_default().push(at(false)),
            Found::Nowhere if edit.may_be_absent => {}
            Found::Nowhere if request.safe_merge => {
                skip(draft, &edit.module, lost(names, edit));
            }
            Found::Misfit { .. } if request.safe_merge => {
                let trained_on = adapter.config.base_model.clone().unwrap_or_default();
                if let Some(problem) = names::misfit(edit, found, &trained_on) {
                    skip(draft, &edit.module, problem);
                }
            }
            Found::Nowhere | Found::Misfit { .. } => {}
        }
    }
    left_over(adapter, |problem| skip(draft, "-", problem));
    draft.warnings.extend(super::notes::of_adapter(names, adapter));
}

/// What a recipe asks of its tensor besides the shape; the tensor may be replaced by the same adapter first.
fn extra_check(
    names: &Names<'_>,
    edit: &Edit,
    key: &str,
    replaced: &HashMap<String, &[u64]>,
) -> Result<(), Problem> {
    let shape = replaced.get(&edit.name()).copied().or_else(|| names.shape(key)).unwrap_or(&[]);
    edit.recipe.check(shape)
}

fn lost(names: &Names<'_>, edit: &Edit) -> Problem {
    if edit.param == "bias" && names.shape(&format!("{}.weight", edit.module)).is_some() {
        return no_bias(edit);
    }
    Problem::new(&name_says::NO_SUCH_TENSOR).arg("name", edit.name()).at(edit.name())
}

fn no_bias(edit: &Edit) -> Problem {
    Problem::new(&adapter_says::NO_BIAS_IN_BASE)
        .arg("module", &edit.module)
        .arg("tensor", edit.name())
        .at(edit.name())
}

/// The refusal of edits without a place: a missing bias and stray whole tensors have words of their own.
fn placeless(names: &Names<'_>, adapter: &Adapter, found: &[Found]) -> Option<Problem> {
    let lost: Vec<_> = adapter
        .edits
        .iter()
        .zip(found)
        .filter(|(e, f)| **f == Found::Nowhere && !e.may_be_new && !e.may_be_absent)
        .map(|(e, _)| e)
        .collect();
    let placed = found.iter().any(|f| matches!(f, Found::At { .. }));
    if let Some(edit) =
        lost.first().filter(|e| placed && e.param == "bias" && e.recipe.stage() != Stage::Replace)
    {
        return Some(no_bias(edit));
    }
    if placed && !lost.is_empty() && lost.iter().all(|e| e.recipe.stage() == Stage::Replace) {
        return Some(unused(adapter, lost.len(), &lost[0].tensors[0]));
    }
    names::problem(names, adapter, found)
}

fn unused(adapter: &Adapter, count: usize, example: &str) -> Problem {
    Problem::new(&name_says::UNUSED_TENSORS)
        .arg("count", count)
        .arg("file", adapter.checkpoint.files[0].blob.path().display())
        .arg("example", example)
        .at(example)
}

/// Tensors that no edit uses and that are not known to be without a role.
fn left_over(adapter: &Adapter, mut skip: impl FnMut(Problem)) {
    let used: HashSet<&str> =
        adapter.edits.iter().flat_map(|e| &e.tensors).chain(&adapter.ignored).map(String::as_str).collect();
    let excused =
        |name: &str| name.ends_with(".bias") && name.contains("lora_B") && !adapter.config.lora_bias;
    let left: Vec<&str> = adapter
        .checkpoint
        .tensors
        .iter()
        .map(|t| t.name.as_str())
        .filter(|n| !used.contains(n) && !excused(n))
        .collect();
    // Sites that were refused have said so already.
    if let Some(first) = left.first().filter(|_| adapter.site_problems.is_empty()) {
        skip(unused(adapter, left.len(), first));
    }
}

/// PEFT can store one trained parameter under two names; equal copies count once.
fn drop_copies(applied: &mut Vec<Applied>, adapters: &[Adapter]) -> Result<(), Problem> {
    let mut kept: Vec<Applied> = Vec::new();
    for candidate in std::mem::take(applied) {
        let edit = &adapters[candidate.adapter].edits[candidate.edit];
        let mut copy = false;
        for earlier in kept.iter().filter(|e| e.adapter == candidate.adapter) {
            let other = &adapters[earlier.adapter].edits[earlier.edit];
            let replaces = |e: &Edit| e.recipe.stage() == Stage::Replace;
            if replaces(edit) && replaces(other) {
                let data = &adapters[candidate.adapter];
                copy |= data.values(&edit.tensors[0])? == data.values(&other.tensors[0])?;
            }
        }
        if !copy {
            kept.push(candidate);
        }
    }
    *applied = kept;
    Ok(())
}

/// Whether the changes of one tensor can be made together.
fn check_together(key: &str, applied: &[Applied], adapters: &[Adapter]) -> Result<(), Problem> {
    let edit = |a: &Applied| &adapters[a.adapter].edits[a.edit];
    for stage in [Stage::Replace, Stage::Update, Stage::Rows] {
        let here: Vec<&Applied> = applied.iter().filter(|a| edit(a).recipe.stage() == stage).collect();
        let [first, second, ..] = here[..] else { continue };
        if first.adapter == second.adapter {
            return Err(Problem::new(&name_says::TWO_ON_ONE)
                .arg("first", edit(first).tensors.join(", "))
                .arg("second", edit(second).tensors.join(", "))
                .arg("tensor", key)
                .at(key));
        }
        if stage != Stage::Update {
            return Err(Problem::new(&adapter_says::REPLACED_TWICE).arg("tensor", key).at(key));
        }
        if let Some(alone) = here.iter().find(|a| !edit(a).recipe.is_sum()) {
            return Err(Problem::new(&adapter_says::DORA_NOT_ALONE)
                .arg("tensor", key)
                .arg("kind", edit(alone).kind)
                .at(key));
        }
    }
    Ok(())
}

fn out_dtype(request: &Request, stored: Dtype) -> Dtype {
    match request.dtype {
        OutDtype::As(dtype) if stored.is_float() => dtype,
        _ => stored,
    }
}

/// Makes the entries: the base's tensors in their order, then what is new.
fn fill(request: &Request, base: &Base, adapters: &[Adapter], mut by_key: ByKey, draft: &mut Draft) {
    let mut renamed: Vec<String> = Vec::new();
    for (index, tensor) in base.checkpoint.tensors.iter().enumerate() {
        let edits = by_key.remove(&tensor.name).unwrap_or_default();
        let name = match clean_name(request.task, &tensor.name) {
            Clean::Keep(name) => name,
            Clean::Drop(kind) => {
                draft.warnings.push(
                    Problem::new(&says::DROPPED)
                        .arg("tensor", &tensor.name)
                        .arg("kind", kind)
                        .at(&tensor.name),
                );
                continue;
            }
            Clean::Adapter => {
                let path = base.folder().path().display();
                let problem =
                    Problem::new(&says::ADAPTER_IN_CHECKPOINT).arg("path", path).arg("tensor", &tensor.name);
                return draft.refusals.push(problem.at(&tensor.name));
            }
        };
        if name != tensor.name {
            renamed.push(name.clone());
        }
        if !edits.is_empty() && !tensor.dtype.is_float() {
            let problem =
                Problem::new(&says::UNSUPPORTED_DTYPE).arg("tensor", &tensor.name).arg("dtype", tensor.dtype);
            draft.refusals.push(problem.at(&tensor.name));
            continue;
        }
        let shape = replaced_shape(&edits, adapters).unwrap_or_else(|| tensor.shape.clone());
        note_resize(base, &tensor.name, (&tensor.shape, &shape), draft);
        draft.entries.push(Entry {
            name,
            dtype: out_dtype(request, tensor.dtype),
            shape,
            source: Some(index),
            edits,
        });
    }
    if let Some(example) = renamed.first() {
        draft.warnings.push(Problem::new(&says::RENAMED).arg("count", renamed.len()).arg("example", example));
    }
    for (key, edits) in by_key {
        new_entry(request, base, adapters, (key, edits), draft);
    }
    check_vocabulary(base, draft);
}

fn replaced_shape(edits: &[Applied], adapters: &[Adapter]) -> Option<Vec<u64>> {
    edits.iter().find_map(|a| adapters[a.adapter].edits[a.edit].recipe.replaces_with().map(<[u64]>::to_vec))
}

/// Only the two ends of a model may change their number of rows.
fn note_resize(base: &Base, key: &str, (from, to): (&[u64], &[u64]), draft: &mut Draft) {
    if from == to {
        return;
    }
    let last = key.strip_suffix(".weight").unwrap_or(key).rsplit('.').next().unwrap_or("");
    let end = weldlm_models::input_embedding_names().contains(&last)
        || weldlm_models::output_head_names().contains(&last);
    if end && from.len() == 2 {
        if base.ends.embedding.as_deref() == Some(key) {
            draft.rows = Some((from[0], to[0]));
        }
        return;
    }
    let show = |s: &[u64]| format!("({})", s.iter().map(u64::to_string).collect::<Vec<_>>().join(", "));
    draft.refusals.push(
        Problem::new(&name_says::SHAPE_MISMATCH)
            .arg("module", key)
            .arg("expected", show(to))
            .arg("tensor", key)
            .arg("found", show(from))
            .arg("trained_on", "-")
            .at(key),
    );
}

/// A tensor that the base does not store: the head of a tie that was undone, or a head trained from nothing.
fn new_entry(
    request: &Request,
    base: &Base,
    adapters: &[Adapter],
    (key, edits): (String, Vec<Applied>),
    draft: &mut Draft,
) {
    let is_head = base.ends.head.as_deref() == Some(key.as_str());
    let source = base.ends.embedding.as_deref().filter(|_| is_head && base.ends.tied);
    let source = source.and_then(|e| base.checkpoint.tensors.iter().position(|t| t.name == e));
    let template = source.map(|i| &base.checkpoint.tensors[i]);
    let brought = edits.iter().find_map(|a| {
        let adapter = &adapters[a.adapter];
        let edit = &adapter.edits[a.edit];
        let tensor = adapter.checkpoint.get(edit.tensors.first()?)?;
        (edit.recipe.stage() == Stage::Replace).then(|| (tensor.dtype, tensor.shape.clone()))
    });
    let shape = brought.clone().map(|b| b.1).or_else(|| template.map(|t| t.shape.clone()));
    // A new tensor is stored like its neighbours: in the type of the base.
    let common = base.checkpoint.tensors.iter().map(|t| t.dtype).find(|d| d.is_float());
    let dtype = template.map(|t| t.dtype).or(common).or(brought.map(|b| b.0));
    let (Some(shape), Some(dtype)) = (shape, dtype) else { return };
    if template.is_none() {
        draft.warnings.push(Problem::new(&says::NEW_TENSOR).arg("tensor", &key).at(&key));
    }
    if template.is_some() {
        untie_bias(request, base, &key, draft);
    }
    draft.entries.push(Entry { name: key, dtype: out_dtype(request, dtype), shape, source, edits });
}

/// Heads of masked language models tie their bias as well; an untied head needs its own copy.
fn untie_bias(request: &Request, base: &Base, head: &str, draft: &mut Draft) {
    let masked =
        base.facts.model_type.as_deref().and_then(weldlm_models::masked_head).filter(|m| m.weight == head);
    let Some((bias, origin)) = masked.and_then(|m| m.bias) else { return };
    let source = base.checkpoint.tensors.iter().position(|t| t.name == origin);
    if let Some(source) = source.filter(|_| base.checkpoint.get(bias).is_none()) {
        let tensor = &base.checkpoint.tensors[source];
        let dtype = out_dtype(request, tensor.dtype);
        draft.entries.push(Entry {
            name: bias.to_string(),
            dtype,
            shape: tensor.shape.clone(),
            source: Some(source),
            edits: Vec::new(),
        });
    }
}

/// Embedding and head of the result must agree in their rows.
fn check_vocabulary(base: &Base, draft: &mut Draft) {
    let rows = |key: &Option<String>| {
        let key = key.as_deref()?;
        draft.entries.iter().find(|e| e.name == key).map(|e| e.shape[0])
    };
    let (Some(embedding), Some(head)) = (rows(&base.ends.embedding), rows(&base.ends.head)) else { return };
    if embedding == head {
        return;
    }
    let (key_e, key_h) =
        (base.ends.embedding.as_deref().unwrap_or(""), base.ends.head.as_deref().unwrap_or(""));
    let resized_embedding = draft.rows.is_some();
    let (brings, rows, lacks, kept) =
        if resized_embedding { (key_e, embedding, key_h, head) } else { (key_h, head, key_e, embedding) };
    draft.refusals.push(
        Problem::new(&says::VOCAB_SPLIT)
            .arg("brings", brings)
            .arg("rows", rows)
            .arg("lacks", lacks)
            .arg("kept", kept)
            .at(lacks),
    );
}

enum Clean {
    Keep(String),
    Drop(&'static str),
    Adapter,
}

/// What an export makes of a tensor name: remnants of training wrappers go, heads of training losses go,
/// and adapter tensors inside a model are refused. A merge keeps names as they are.
fn clean_name(task: Task, name: &str) -> Clean {
    if task == Task::Merge {
        return Clean::Keep(name.to_string());
    }
    const LOSS_HEADS: &[&str] = &["v_head", "value_head", "reward_head", "loss_head", "loss_fn"];
    const WRAPPERS: &[&str] =
        &["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module", "base_layer"];
    let mut segments: Vec<&str> = name.split('.').collect();
    if segments.iter().any(|s| s.starts_with("lora_") || *s == "trainable_tokens_delta") {
        return Clean::Adapter;
    }
    if segments.contains(&"original_module") {
        return Clean::Drop("original_module");
    }
    if let Some(head) = segments.first().and_then(|s| LOSS_HEADS.iter().find(|h| *h == s)) {
        return Clean::Drop(head);
    }
    while let ["base_model", "model", rest @ ..] | ["module", rest @ ..] = segments.as_slice() {
        segments = rest.to_vec();
    }
    if let Some(at) = segments.iter().position(|s| *s == "modules_to_save") {
        let named = segments.get(at + 1) == Some(&"default");
        segments.drain(at..=at + usize::from(named));
    }
    segments.retain(|s| !WRAPPERS.contains(s));
    Clean::Keep(segments.join("."))
}
