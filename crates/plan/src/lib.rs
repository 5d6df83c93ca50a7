//! The plan: from headers and small files alone, everything that will be done, or why it will not.
//!
//! A [`Request`] is the user's words, checked; [`make`] turns it into a [`Plan`]. Nothing is written here, and
//! this crate knows neither how tensors are merged nor where the words come from.

#![forbid(unsafe_code)]

pub mod adapter;
pub mod base;
mod card;
pub(crate) mod config;
pub mod hash;
mod json_edit;
mod layout;
mod mapping;
mod names;
mod nearest;
mod notes;
pub mod request;
pub mod side;
mod tensors;
mod ties;
mod totals;

pub use adapter::Adapter;
pub use base::{Base, Ends};
pub use config::ConfigEdit;
pub use layout::OutFile;
pub use request::Request;
pub use side::{Content, SideFile};
pub use tensors::{Applied, Entry, Skipped};
pub use totals::{TILE_ELEMENTS, Totals};

use crate::request::{OutDtype, Task};
use serde_json::{Map, json};
use std::path::PathBuf;
use weldlm_adapters::Edit;
use weldlm_formats::TensorInfo;
use weldlm_messages::{
    Problem, catalogue::merge as says, catalogue::name as name_says, catalogue::output as output_says,
    catalogue::source,
};
use weldlm_output::{Situation, human};
use weldlm_tensor::Dtype;

/// Everything that will be done.
pub struct Plan {
    /// The request.
    pub request: Request,
    /// What lies at the output path.
    pub situation: Situation,
    /// The base.
    pub base: Base,
    /// The adapters, in the order of the request.
    pub adapters: Vec<Adapter>,
    /// How the names of each adapter were matched, for people.
    pub rules: Vec<Problem>,
    /// The output's tensors.
    pub entries: Vec<Entry>,
    /// The output's weight files.
    pub files: Vec<OutFile>,
    /// The output's other files.
    pub side: Vec<SideFile>,
    /// Edits of config.json.
    pub config_edits: Vec<ConfigEdit>,
    /// Layers left out by `safe_merge`.
    pub skipped: Vec<Skipped>,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
    /// Bytes, memory, time.
    pub totals: Totals,
    /// Identifies request and inputs by content; equal plans make equal outputs.
    pub digest: String,
    /// The same with the inputs' time stamps, for the journal of one run.
    pub run_id: String,
}

/// Makes the plan of a request.
///
/// # Errors
/// Every reason for which it will not be done. Nothing was written then.
pub fn make(request: &Request) -> Result<Plan, Vec<Problem>> {
    let plan = decide(request, &|inputs| weldlm_output::examine(&request.output, request.if_exists, inputs))?;
    plan.check_space().map_err(one)?;
    Ok(plan)
}

/// The plan of a request whose output is not to be written: for computing a result again.
///
/// # Errors
/// As [`make`], but for what concerns the output.
pub fn without_output(request: &Request) -> Result<Plan, Vec<Problem>> {
    decide(request, &|_| Ok(Situation::Free))
}

/// How an adapter fits a base.
pub struct Fitting {
    /// How its names were matched, for people.
    pub rule: Problem,
    /// How many tensors would change.
    pub changed: usize,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
}

/// Whether an adapter fits a base, decided as a merge would.
///
/// # Errors
/// Every reason for which the merge would be refused.
pub fn fit(base: &Base, adapter: &Adapter) -> Result<Fitting, Vec<Problem>> {
    let (from, with) = (base.folder().label(), adapter.folder().label());
    let fields = json!({"base_model_path": from, "adapter_path": [with], "output_path": "-"});
    let request =
        Request::check(Task::Merge, fields.as_object().unwrap_or(&Map::new()), "fit").map_err(one)?;
    let draft = tensors::draft(&request, base, std::slice::from_ref(adapter));
    if !draft.refusals.is_empty() {
        return Err(draft.refusals);
    }
    let changed = draft.entries.iter().filter(|e| !e.edits.is_empty()).count();
    let rule = draft.rules.into_iter().next().unwrap_or_else(|| Problem::new(&name_says::RULE_AS_THEY_STAND));
    Ok(Fitting { rule, changed, warnings: draft.warnings })
}

type Examine<'a> = &'a dyn Fn(&[PathBuf]) -> Result<Situation, Problem>;

fn decide(request: &Request, examine: Examine<'_>) -> Result<Plan, Vec<Problem>> {
    let base = Base::open(&request.base).map_err(|problem| one(exchanged(request, problem)))?;
    let mut refusals = Vec::new();
    let mut adapters = Vec::new();
    for adapter in &request.adapters {
        match Adapter::open(adapter) {
            Ok(adapter) => adapters.push(adapter),
            Err(problem) => refusals.push(problem),
        }
    }
    let inputs: Vec<PathBuf> = std::iter::once(location(base.folder()))
        .chain(adapters.iter().map(|a| location(a.folder())))
        .collect();
    let situation = examine(&inputs);
    if !refusals.is_empty() {
        refusals.extend(situation.err());
        return Err(refusals);
    }
    let draft = tensors::draft(request, &base, &adapters);
    refusals.extend(draft.refusals);
    let situation = situation.map_err(|problem| refusals.push(problem)).unwrap_or(Situation::Free);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let config_edits = config::edits(request, &base, &adapters, &draft.entries, draft.untied);
    let side = side::collect(request, &base, &adapters, &draft.entries, &config_edits).map_err(one)?;
    let files = layout::lay_out(request, &base, &draft.entries).map_err(one)?;
    let mut plan = Plan {
        totals: Totals::default(),
        digest: String::new(),
        run_id: String::new(),
        warnings: draft.warnings,
        skipped: draft.skipped,
        rules: draft.rules,
        entries: draft.entries,
        request: request.clone(),
        side: side.files,
        situation,
        base,
        adapters,
        files,
        config_edits,
    };
    plan.warnings.extend(side.warnings);
    plan.add_index_files();
    plan.note(draft.untied, draft.rows);
    plan.totals = totals::of(&plan);
    plan.identify().map_err(one)?;
    Ok(plan)
}

/// A merge whose base is an adapter has its two inputs exchanged.
fn exchanged(request: &Request, problem: Problem) -> Problem {
    if request.task == Task::Merge && problem.code() == says::EXPORT_NEEDS_BASE.code {
        return Problem::new(&says::SWAPPED).arg("base", &request.base).at("base_model_path");
    }
    problem
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

/// The folder, or the file when the user named a file.
fn location(folder: &weldlm_source::Folder) -> PathBuf {
    folder.only().map_or_else(|| folder.path().to_path_buf(), |file| folder.file_path(file))
}

impl Plan {
    /// The edit behind an entry's change.
    pub fn edit(&self, applied: &Applied) -> &Edit {
        &self.adapters[applied.adapter].edits[applied.edit]
    }

    /// The base tensor of an entry.
    pub fn source(&self, entry: &Entry) -> Option<&TensorInfo> {
        entry.source.map(|i| &self.base.checkpoint.tensors[i])
    }

    /// Whether an entry's bytes are its base tensor's.
    pub fn is_untouched(&self, entry: &Entry) -> bool {
        entry.is_untouched(self.source(entry).map(|t| t.dtype))
    }

    fn add_index_files(&mut self) {
        for format in weldlm_formats::ALL {
            let of_format = |f: &&OutFile| f.format.about() == format.about();
            let files: Vec<_> = self.files.iter().filter(of_format).map(|f| f.plan.clone()).collect();
            if files.len() > 1 {
                let text = weldlm_formats::index_text(&files).into_bytes();
                let name = format.index_name().to_string();
                self.side.push(SideFile { name, len: text.len() as u64, content: Content::Bytes(text) });
            }
        }
        self.side.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn note(&mut self, untied: bool, rows: Option<(u64, u64)>) {
        let ends = &self.base.ends;
        if untied {
            let bytes =
                self.entries.iter().find(|e| !ends.head_stored && Some(&e.name) == ends.head.as_ref());
            let bytes = bytes.and_then(|e| e.dtype.bytes(&e.shape)).unwrap_or(0);
            let touched = |key: &Option<String>| {
                self.entries.iter().any(|e| Some(&e.name) == key.as_ref() && !e.edits.is_empty())
            };
            let changed = [&ends.embedding, &ends.head]
                .into_iter()
                .filter(|k| touched(k))
                .flatten()
                .cloned()
                .collect::<Vec<_>>();
            self.warnings.push(
                Problem::new(&says::UNTIED).arg("changed", changed.join(", ")).arg("bytes", human(bytes)),
            );
        }
        if let Some((from, to)) = rows {
            self.warnings.push(Problem::new(&says::VOCAB_RESIZED).arg("from", from).arg("to", to));
        }
        if self.base.config_text.is_none() {
            let path = self.base.folder().path().display();
            self.warnings.push(Problem::new(&source::NO_CONFIG).arg("path", path));
        }
        let wide = self
            .base
            .checkpoint
            .tensors
            .iter()
            .map(|t| t.dtype)
            .find(|d| matches!(d, Dtype::Bf16 | Dtype::F32 | Dtype::F64));
        if let (OutDtype::As(Dtype::F16), Some(from)) = (self.request.dtype, wide) {
            self.warnings.push(Problem::new(&says::F16_RISK).arg("from", from));
        }
    }

    /// The two identities: by content, and of this run.
    fn identify(&mut self) -> Result<(), Problem> {
        let r = &self.request;
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        add(&format!("{:?} {:?} {:?} {:?}", r.task, r.dtype, r.safe_merge, r.module_mapping));
        for adapter in &self.adapters {
            add(&format!("{} {:?}", adapter.scale, adapter.hashes));
        }
        for tensor in &self.base.checkpoint.tensors {
            add(&format!("{} {} {:?} {:?}", tensor.name, tensor.dtype, tensor.shape, tensor.place));
        }
        for file in &self.files {
            add(&format!("{} {} {:?}", file.plan.name, file.plan.len, file.plan.offsets));
        }
        for file in &self.side {
            let bytes = match &file.content {
                Content::Bytes(bytes) => crate::hash::bytes(bytes),
                Content::Copy(path) => {
                    crate::hash::blob(&weldlm_source::Blob::open(path)?, &mut |_| true)?.unwrap_or_default()
                }
            };
            add(&format!("{} {bytes}", file.name));
        }
        self.digest = hasher.finalize().to_hex().to_string();
        for file in &self.base.checkpoint.files {
            hasher.update(file.blob.stamp().as_bytes());
        }
        self.run_id = hasher.finalize().to_hex().to_string();
        Ok(())
    }

    fn check_space(&self) -> Result<(), Problem> {
        let Some(free) = weldlm_output::free_bytes(&self.request.output) else { return Ok(()) };
        // An unfinished run has taken part of it already; the writer checks again as it goes.
        if self.situation == Situation::Partial || self.totals.bytes_written <= free {
            return Ok(());
        }
        Err(Problem::new(&output_says::NO_SPACE)
            .arg("needed", human(self.totals.bytes_written))
            .arg("path", self.request.output.display())
            .arg("free", human(free))
            .at("output_path"))
    }
}
