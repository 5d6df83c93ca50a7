use super::{Types, types};
use weldlm_adapters::{Config, Edit, TokenIndices};
use weldlm_formats::Checkpoint;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_plan::request::AdapterRequest;
use weldlm_plan::{Adapter, Base, Fitting, adapter as adapters, fit};
use weldlm_source::Folder;

/// What an adapter is.
pub struct AdapterView {
    /// Where it lies.
    pub folder: Folder,
    /// Its config, when it has one of PEFT's.
    pub config: Option<Config>,
    /// Its weights.
    pub checkpoint: Option<Checkpoint>,
    /// Their types, the largest first.
    pub types: Vec<Types>,
    /// The adapter as a merge would take it.
    pub adapter: Option<Adapter>,
    /// Why it cannot be merged, whatever the base.
    pub refusals: Vec<Problem>,
}

/// Changes of the same kind and with the same numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Adapter type.
    pub kind: &'static str,
    /// Rank, alpha and scaling of low-rank types.
    pub low_rank: Option<(u64, f64, f64)>,
    /// How many tensors change so.
    pub tensors: u64,
}

/// A base that an adapter was tried on.
pub struct Candidate {
    /// What the user, or the cache, calls it.
    pub base: String,
    /// How it fits, or every reason why it does not.
    pub outcome: Result<Fitting, Vec<Problem>>,
}

/// Tries an adapter on a base.
pub fn candidate(base: &str, adapter: &Adapter) -> Candidate {
    let opened = Base::open(base).map_err(|problem| vec![problem]);
    Candidate { base: base.to_string(), outcome: opened.and_then(|base| fit(&base, adapter)) }
}

/// Opens an adapter; what stands in the way of a merge is part of the view.
pub(super) fn view(folder: &Folder, request: &AdapterRequest) -> Result<AdapterView, Problem> {
    let mut view = AdapterView {
        folder: folder.clone(),
        config: None,
        checkpoint: None,
        types: Vec::new(),
        adapter: None,
        refusals: Vec::new(),
    };
    match adapters::find(request) {
        Ok((found, config)) => {
            view.checkpoint = adapters::open_weights(&found).ok();
            view.folder = found;
            view.config = Some(config);
        }
        // Its names say what it is, even without a config.
        Err(_) => view.checkpoint = adapters::open_weights(folder).ok(),
    }
    view.types = view.checkpoint.as_ref().map(types).unwrap_or_default();
    match Adapter::open(request) {
        Ok(adapter) => {
            view.refusals.extend(adapter.site_problems.iter().cloned());
            let zero = !adapter.edits.is_empty() && adapter.edits.iter().all(|e| adapter.is_zero(e));
            let nothing = zero || (adapter.edits.is_empty() && adapter.site_problems.is_empty());
            view.refusals.extend(nothing.then(|| Problem::new(&says::CHANGES_NOTHING)));
            view.adapter = Some(adapter);
        }
        Err(problem) if view.checkpoint.is_none() && view.config.is_none() && !is_foreign(&problem) => {
            return Err(problem);
        }
        Err(problem) => view.refusals.push(problem),
    }
    Ok(view)
}

/// An adapter of another family is one all the same.
fn is_foreign(problem: &Problem) -> bool {
    problem.code() == says::FOREIGN_FORMAT.code
}

impl AdapterView {
    /// The config, when it speaks of LoRA's numbers; other types have other ones.
    pub fn lora_config(&self) -> Option<&Config> {
        self.config.as_ref().filter(|c| c.raw.contains_key("lora_alpha"))
    }

    /// What the adapter is called.
    pub fn name(&self) -> String {
        self.folder.short_name()
    }

    /// Its changes, by kind and numbers.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for edit in self.edits() {
            let low_rank = edit.rank.map(|rank| (rank, edit.alpha.unwrap_or(0.0), edit.scaling));
            match groups.iter_mut().find(|g| g.kind == edit.kind && g.low_rank == low_rank) {
                Some(group) => group.tensors += 1,
                None => groups.push(Group { kind: edit.kind, low_rank, tensors: 1 }),
            }
        }
        groups
    }

    /// What a base must have: names with `*` for numbers, shapes, and how often.
    pub fn needs(&self) -> Vec<(String, String, u64)> {
        let mut needs: Vec<(String, String, u64)> = Vec::new();
        for edit in self.edits().filter(|e| !e.may_be_new) {
            let (name, shape) = (pattern(&edit.name()), edit.recipe.expects());
            match needs.iter_mut().find(|n| n.0 == name && n.1 == shape) {
                Some(need) => need.2 += 1,
                None => needs.push((name, shape, 1)),
            }
        }
        needs
    }

    /// Rows of trained tokens that the config lists.
    pub fn trained_tokens(&self) -> usize {
        match self.config.as_ref().and_then(|c| c.tokens.as_ref()) {
            None => 0,
            Some(TokenIndices::Embedding(ids)) => ids.len(),
            Some(TokenIndices::ByModule(pairs)) => pairs.iter().map(|p| p.1.len()).sum(),
        }
    }

    /// `target_modules` as the config has it: a list, or a pattern.
    pub fn targets(&self) -> Vec<String> {
        let Some(config) = &self.config else { return Vec::new() };
        let pattern = config.raw.get("target_modules").and_then(|v| v.as_str()).map(str::to_string);
        pattern.map_or_else(|| config.target_modules.clone(), |p| vec![p])
    }

    fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.adapter.iter().flat_map(|a| &a.edits)
    }
}

/// A name with `*` for its numbers.
fn pattern(name: &str) -> String {
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    name.split('.').map(|s| if number(s) { "*" } else { s }).collect::<Vec<_>>().join(".")
}
