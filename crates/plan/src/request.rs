//! The words of the user, checked one by one. Command-line flags, the JSON bodies of the HTTP API, recipe
//! files and forms all end as the same table of fields; [`Request::check`] is the only way to a [`Request`].

use crate::nearest::nearest;
use serde_json::{Map, Value};
use std::path::PathBuf;
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::usage as says};
use weldlm_output::IfExists;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Base + adapters → a model.
    Merge,
    /// A model, or base + adapters → a format.
    Export,
}

/// The type of the output's floating-point tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutDtype {
    /// Each tensor keeps its own.
    #[default]
    Keep,
    /// All of them become this.
    As(weldlm_tensor::Dtype),
}

/// Which weight files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Serialization {
    /// safetensors.
    #[default]
    Safetensors,
    /// pytorch_model.bin.
    Torch,
    /// Both.
    Both,
}

/// How much is checked before the result is published. The bytes are always read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyLevel {
    /// Read back and compared with what was written.
    None,
    /// Also rows of W + ΔW recomputed in f64 from the inputs.
    #[default]
    Weights,
}

/// An adapter and the weight that it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterRequest {
    /// Folder, file or id.
    pub path: String,
    /// Which adapter of a file that holds several.
    pub name: Option<String>,
    /// Factor on its ΔW.
    pub scale: f64,
}

/// A request that has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is to be done.
    pub task: Task,
    /// Folder, file or id of the base model (of the model, for an export).
    pub base: String,
    /// The adapters; an export may have none.
    pub adapters: Vec<AdapterRequest>,
    /// The output folder.
    pub output: PathBuf,
    /// Type of the output.
    pub dtype: OutDtype,
    /// Skip what does not match instead of refusing.
    pub safe_merge: bool,
    /// Folder whose tokenizer is taken.
    pub tokenizer: Option<String>,
    /// Whether a tokenizer is written at all.
    pub include_tokenizer: bool,
    /// Module paths rewritten by hand, in order.
    pub module_mapping: Vec<(String, String)>,
    /// Largest size of a weight file; the base's layout is kept when not given.
    pub max_shard_size: Option<u64>,
    /// Which weight files are written.
    pub serialization: Serialization,
    /// What to do when the output is there.
    pub if_exists: IfExists,
    /// How much is checked.
    pub verify: VerifyLevel,
    /// Whether the model's own code is trusted: it is never run, which is worth a note.
    pub trust_remote_code: bool,
    /// A command that is told every event and may veto the plan.
    pub on_event: Option<String>,
    /// Worker threads; one per processor when not given.
    pub threads: Option<usize>,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder, a file, or an id of the local hub cache.
    Path,
    /// Several of them.
    Paths,
    /// Text.
    Text,
    /// true or false.
    Bool,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A size, such as 5GB or 512MiB.
    Bytes,
    /// A number, or one for each adapter.
    Number,
    /// Pairs OLD=NEW.
    Mapping,
    /// A command; only for the command line.
    Command,
    /// Belongs to a format that is not built yet.
    Later,
}

/// A field of a request.
pub struct Field {
    /// Its name, as in the JSON bodies.
    pub name: &'static str,
    /// The command-line option.
    pub option: &'static str,
    /// In which requests it may stand.
    pub tasks: &'static [Task],
    /// What it takes.
    pub kind: Kind,
    /// What holds when it is not given, as JSON.
    pub default: &'static str,
}

const BOTH: &[Task] = &[Task::Merge, Task::Export];
const MERGE: &[Task] = &[Task::Merge];
const EXPORT: &[Task] = &[Task::Export];

macro_rules! fields {
    ($($name:literal $option:literal $tasks:ident $kind:expr, $default:literal;)*) => {
        /// Every field there is.
        pub const FIELDS: &[Field] = &[
            $(Field { name: $name, option: $option, tasks: $tasks, kind: $kind, default: $default }),*
        ];
    };
}

fields! {
    "base_model_path" "--base" MERGE Kind::Path, "null";
    "input_path" "--input" EXPORT Kind::Path, "null";
    "adapter_path" "--adapter" BOTH Kind::Paths, "null";
    "output_path" "--output" BOTH Kind::Path, "null";
    "export_format" "--format" EXPORT Kind::Choice(FORMATS), "null";
    "dtype" "--dtype" BOTH Kind::Choice(&["keep", "fp16", "bf16", "fp32"]), "\"keep\"";
    "safe_merge" "--safe-merge" BOTH Kind::Bool, "false";
    "tokenizer_path" "--tokenizer" BOTH Kind::Path, "null";
    "include_tokenizer" "--include-tokenizer" BOTH Kind::Bool, "true";
    "module_mapping" "--module-mapping" BOTH Kind::Mapping, "null";
    "scale" "--scale" BOTH Kind::Number, "1";
    "max_shard_size" "--max-shard-size" BOTH Kind::Bytes, "null";
    "safe_serialization" "--safe-serialization" BOTH Kind::Choice(&["true", "false", "both"]), "\"true\"";
    "if_exists" "--if-exists" BOTH Kind::Choice(&["fail", "resume", "replace"]), "\"fail\"";
    "verify" "--verify" BOTH Kind::Choice(&["weights", "none"]), "\"weights\"";
    "on_event" "--on-event" BOTH Kind::Command, "null";
    "threads" "--threads" BOTH Kind::Number, "null";
    "push_to_hub" "--push-to-hub" BOTH Kind::Bool, "false";
    "repo_id" "--repo-id" BOTH Kind::Text, "null";
    "trust_remote_code" "--trust-remote-code" BOTH Kind::Bool, "false";
    "bits" "--bits" EXPORT Kind::Later, "null";
    "group_size" "--group-size" EXPORT Kind::Later, "null";
    "dataloader" "--dataloader" EXPORT Kind::Later, "null";
    "desc_act" "--desc-act" EXPORT Kind::Later, "null";
}

/// A value of `export_format`.
pub struct Export {
    /// What it says of itself; its name is the value.
    pub about: About,
    /// The fields that mean something for it in particular.
    pub options: &'static [&'static str],
}

/// The formats that exports have.
pub const EXPORTS: &[Export] = &[Export {
    about: About {
        name: "hf",
        summary: "Hugging Face folder: weights, config, tokenizer, receipt; cleaned of training leftovers.",
        summary_zh: "Hugging Face 文件夹：权重、配置、分词器与收据，并去除训练残留文件。",
        link: "https://huggingface.co/docs/transformers/main_classes/model",
        limits: &[],
    },
    options: &["dtype", "safe_serialization", "max_shard_size"],
}];
/// Their names, and those of formats that will come.
const FORMATS: &[&str] = &["hf"];
const LATER_FORMATS: &[&str] = &["gguf", "gptq", "awq", "fp8", "bnb", "onnx"];

impl Task {
    /// What a request file asks for, by its fields.
    ///
    /// # Errors
    /// When it is neither a merge nor an export.
    pub fn of(fields: &Map<String, Value>, file: &str) -> Result<Task, Problem> {
        if fields.contains_key("export_format") || fields.contains_key("input_path") {
            Ok(Task::Export)
        } else if fields.contains_key("base_model_path") {
            Ok(Task::Merge)
        } else {
            Err(Problem::new(&says::WHICH_COMMAND).arg("file", file).at(file))
        }
    }

    /// Its name as a command, in receipts and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Task::Merge => "merge",
            Task::Export => "export",
        }
    }
}

/// Reads the text of a request file: JSON, or YAML (of which JSON is a part).
///
/// # Errors
/// When it is not readable or not a table of fields.
pub fn parse_file(text: &str, file: &str) -> Result<Map<String, Value>, Problem> {
    let bad = |reason: &dyn std::fmt::Display| {
        Problem::new(&says::BAD_CONFIG_FILE).arg("file", file).arg("reason", reason).at(file)
    };
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(e) if text.trim_start().starts_with('{') => return Err(bad(&e)),
        Err(_) => serde_yaml_ng::from_str(text).map_err(|e| bad(&e))?,
    };
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(bad(&"it is not a table of fields")),
    }
}

impl Request {
    /// Worker threads: one per processor unless the request says otherwise.
    pub fn threads(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or(processors)
    }

    /// Checks a table of fields word by word. `origin` names where they come from, for messages.
    ///
    /// # Errors
    /// The first field that is unknown, missing, of the wrong kind, or not built yet.
    pub fn check(task: Task, fields: &Map<String, Value>, origin: &str) -> Result<Request, Problem> {
        let known: Vec<&str> = FIELDS.iter().filter(|f| f.tasks.contains(&task)).map(|f| f.name).collect();
        for key in fields.keys() {
            if !known.contains(&key.as_str()) {
                let near = nearest(key, known.iter().copied());
                return Err(Problem::new(&says::UNKNOWN_KEY)
                    .arg("key", key)
                    .arg("file", origin)
                    .arg("nearest", near)
                    .at(key));
            }
        }
        let read = Reader { fields };
        read.refuse_what_comes_later(task)?;
        let adapters = read.adapters()?;
        if task == Task::Merge && adapters.is_empty() {
            return Err(read.missing("adapter_path"));
        }
        Ok(Request {
            task,
            base: read.required(if task == Task::Merge { "base_model_path" } else { "input_path" })?,
            adapters,
            output: weldlm_source::expand_home(&read.required("output_path")?),
            dtype: read.dtype()?,
            safe_merge: read.flag("safe_merge", false)?,
            tokenizer: read.text("tokenizer_path")?.filter(|t| !t.is_empty()),
            include_tokenizer: read.flag("include_tokenizer", true)?,
            module_mapping: read.mapping()?,
            max_shard_size: read.bytes("max_shard_size")?,
            serialization: read.serialization()?,
            if_exists: read.one_of(
                "if_exists",
                &[("fail", IfExists::Fail), ("resume", IfExists::Resume), ("replace", IfExists::Replace)],
            )?,
            verify: read
                .one_of("verify", &[("weights", VerifyLevel::Weights), ("none", VerifyLevel::None)])?,
            trust_remote_code: read.flag("trust_remote_code", false)?,
            on_event: read.text("on_event")?.filter(|t| !t.is_empty()),
            threads: read.threads()?,
        })
    }
}

struct Reader<'a> {
    fields: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|v| !v.is_null())
    }

    fn bad(&self, field: &str, value: &Value, expected: &str) -> Problem {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        Problem::new(&says::BAD_VALUE)
            .arg("value", shown)
            .arg("field", field)
            .arg("expected", expected)
            .at(field)
    }

    fn missing(&self, field: &'static str) -> Problem {
        let option = FIELDS.iter().find(|f| f.name == field).map_or("", |f| f.option);
        Problem::new(&says::MISSING_FIELD)
            .arg("field", field)
            .arg("option", format!("{option} / \"{field}\""))
            .at(field)
    }

    fn text(&self, field: &str) -> Result<Option<String>, Problem> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(s)) if !s.contains('\0') => Ok(Some(s.clone())),
            Some(other) => Err(self.bad(field, other, "a text")),
        }
    }

    fn required(&self, field: &'static str) -> Result<String, Problem> {
        self.text(field)?.filter(|t| !t.is_empty()).ok_or_else(|| self.missing(field))
    }

    fn flag(&self, field: &str, default: bool) -> Result<bool, Problem> {
        match self.get(field) {
            None => Ok(default),
            Some(Value::Bool(b)) => Ok(*b),
            Some(Value::String(s)) if s == "true" || s == "false" => Ok(s == "true"),
            Some(other) => Err(self.bad(field, other, "true or false")),
        }
    }

    fn one_of<T: Copy + Default>(&self, field: &str, values: &[(&str, T)]) -> Result<T, Problem> {
        let Some(value) = self.get(field) else { return Ok(T::default()) };
        let found = value.as_str().and_then(|s| values.iter().find(|(name, _)| *name == s));
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        found.map(|(_, v)| *v).ok_or_else(|| self.bad(field, value, &names.join(", ")))
    }

    fn refuse_what_comes_later(&self, task: Task) -> Result<(), Problem> {
        let later = |what: &str, have: &str, place: &str| {
            Err(Problem::new(&says::NOT_BUILT_YET).arg("what", what).arg("have", have).at(place))
        };
        if self.flag("push_to_hub", false)? {
            return later("push_to_hub", "push_to_hub: false", "push_to_hub");
        }
        self.text("repo_id")?;
        if self.get("verify").and_then(Value::as_str) == Some("logits") {
            return later("verify: logits", "verify: weights, verify: none", "verify");
        }
        if task != Task::Export {
            return Ok(());
        }
        let given = match self.get("export_format") {
            None => return Err(self.missing("export_format")),
            Some(Value::String(s)) => vec![s.as_str()],
            Some(Value::Array(list)) if !list.is_empty() => {
                list.iter().map(|v| v.as_str().unwrap_or("")).collect()
            }
            Some(other) => return Err(self.bad("export_format", other, &FORMATS.join(", "))),
        };
        for format in given {
            let name = format.split(':').next().unwrap_or("").to_lowercase();
            if LATER_FORMATS.contains(&name.as_str()) {
                return later(&format!("export_format: {format}"), &FORMATS.join(", "), "export_format");
            }
            if !FORMATS.contains(&name.as_str()) || format.contains(':') {
                return Err(self.bad("export_format", &Value::from(format), &FORMATS.join(", ")));
            }
        }
        for (field, formats) in [
            ("bits", "gptq, awq"),
            ("group_size", "gptq, awq"),
            ("dataloader", "gptq, awq"),
            ("desc_act", "gptq"),
        ] {
            if self.get(field).is_some() {
                return Err(Problem::new(&says::NOT_FOR_FORMAT)
                    .arg("field", field)
                    .arg("formats", formats)
                    .arg("format", "hf")
                    .at(field));
            }
        }
        Ok(())
    }

    fn adapters(&self) -> Result<Vec<AdapterRequest>, Problem> {
        let paths: Vec<&str> = match self.get("adapter_path") {
            None => Vec::new(),
            Some(Value::String(s)) if s.is_empty() => Vec::new(),
            Some(Value::String(s)) => vec![s],
            Some(Value::Array(list)) => {
                let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
                texts.ok_or_else(|| {
                    self.bad("adapter_path", &Value::Array(list.clone()), "a path or a list of paths")
                })?
            }
            Some(other) => return Err(self.bad("adapter_path", other, "a path or a list of paths")),
        };
        let scales = self.scales()?;
        if !scales.is_empty() && scales.len() != paths.len() {
            return Err(Problem::new(&says::SCALES_DO_NOT_MATCH)
                .arg("scales", scales.len())
                .arg("adapters", paths.len())
                .at("scale"));
        }
        let adapter = |(i, path): (usize, &&str)| {
            let (path, name) = path.split_once("::").map_or((*path, None), |(p, n)| (p, Some(n.to_string())));
            AdapterRequest { path: path.to_string(), name, scale: scales.get(i).copied().unwrap_or(1.0) }
        };
        Ok(paths.iter().enumerate().map(adapter).collect())
    }

    fn scales(&self) -> Result<Vec<f64>, Problem> {
        let number = |v: &Value| match v {
            Value::String(s) => s.parse().ok(),
            other => other.as_f64(),
        };
        let list = match self.get("scale") {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list.clone(),
            Some(one) => vec![one.clone()],
        };
        let scale = |v: &Value| {
            let found = number(v).filter(|s: &f64| s.is_finite());
            found.ok_or_else(|| self.bad("scale", v, "a finite number"))
        };
        list.iter().map(scale).collect()
    }

    fn dtype(&self) -> Result<OutDtype, Problem> {
        use weldlm_tensor::Dtype::{Bf16, F16, F32};
        let Some(value) = self.get("dtype") else { return Ok(OutDtype::Keep) };
        match value.as_str().map(|s| s.to_lowercase().trim_start_matches("torch.").to_string()).as_deref() {
            Some("keep" | "auto") => Ok(OutDtype::Keep),
            Some("f32" | "fp32" | "float32") => Ok(OutDtype::As(F32)),
            Some("f16" | "fp16" | "float16") => Ok(OutDtype::As(F16)),
            Some("bf16" | "bfloat16") => Ok(OutDtype::As(Bf16)),
            _ => Err(self.bad("dtype", value, "keep, f32 (fp32), f16 (fp16), bf16")),
        }
    }

    fn mapping(&self) -> Result<Vec<(String, String)>, Problem> {
        let bad = |v: &Value| {
            let shown = v.as_str().map_or_else(|| v.to_string(), str::to_string);
            Problem::new(&says::BAD_MAPPING).arg("value", shown).at("module_mapping")
        };
        let pair = |v: &Value| -> Result<(String, String), Problem> {
            let (old, new) = v.as_str().and_then(|s| s.split_once('=')).ok_or_else(|| bad(v))?;
            Ok((old.trim().to_string(), new.trim().to_string()))
        };
        match self.get("module_mapping") {
            None => Ok(Vec::new()),
            Some(Value::Object(map)) => map
                .iter()
                .map(|(old, new)| Ok((old.clone(), new.as_str().ok_or_else(|| bad(new))?.to_string())))
                .collect(),
            Some(Value::Array(list)) => list.iter().map(pair).collect(),
            Some(Value::String(s)) if s.is_empty() => Ok(Vec::new()),
            Some(one) => Ok(vec![pair(one)?]),
        }
    }

    fn bytes(&self, field: &str) -> Result<Option<u64>, Problem> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let parsed = match value {
            Value::String(s) => parse_bytes(s),
            other => other.as_u64(),
        };
        let found = parsed.filter(|b| *b > 0);
        found.map(Some).ok_or_else(|| self.bad(field, value, "a size such as 5GB or 512MiB"))
    }

    fn serialization(&self) -> Result<Serialization, Problem> {
        match self.get("safe_serialization") {
            None => Ok(Serialization::Safetensors),
            Some(Value::Bool(true)) => Ok(Serialization::Safetensors),
            Some(Value::Bool(false)) => Ok(Serialization::Torch),
            Some(Value::String(s)) if s == "true" => Ok(Serialization::Safetensors),
            Some(Value::String(s)) if s == "false" => Ok(Serialization::Torch),
            Some(Value::String(s)) if s == "both" => Ok(Serialization::Both),
            Some(other) => Err(self.bad("safe_serialization", other, "true, false or both")),
        }
    }

    fn threads(&self) -> Result<Option<usize>, Problem> {
        let Some(value) = self.get("threads") else { return Ok(None) };
        let parsed = value.as_u64().or_else(|| value.as_str().and_then(|s| s.parse().ok()));
        match parsed {
            Some(n @ 1..=1024) => Ok(Some(n as usize)),
            _ => Err(self.bad("threads", value, "a number from 1 to 1024")),
        }
    }
}

/// `5GB` (powers of ten), `512MiB` (powers of two), `1000`.
fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().ok()?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    let bytes = number * factor as f64;
    (bytes.is_finite() && bytes < 9e18).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(task: Task, json: &str) -> Result<Request, Problem> {
        Request::check(task, &parse_file(json, "f").unwrap(), "f")
    }

    #[test]
    fn the_articles_bodies_are_taken_word_for_word() {
        let merge = check(
            Task::Merge,
            r#"{"base_model_path": "b", "adapter_path": "a", "output_path": "o", "safe_merge": true,
                "dtype": "fp16", "tokenizer_path": "t"}"#,
        )
        .unwrap();
        assert!(merge.safe_merge);
        assert_eq!(merge.dtype, OutDtype::As(weldlm_tensor::Dtype::F16));
        let export = check(
            Task::Export,
            r#"{"input_path": "i", "export_format": "hf", "output_path": "o", "push_to_hub": false, "repo_id": ""}"#,
        )
        .unwrap();
        assert_eq!(export.base, "i");
    }

    #[test]
    fn unknown_missing_and_later_fields() {
        let code = |task, json: &str| check(task, json).err().map_or("ok", |p| p.code());
        let problem = check(Task::Merge, r#"{"base_model_pth": "b"}"#).unwrap_err();
        assert!(problem.to_string().contains("base_model_path"), "{problem}");
        assert_eq!(code(Task::Merge, r#"{"adapter_path": "a", "output_path": "o"}"#), "U103");
        assert_eq!(code(Task::Merge, r#"{"base_model_path": "b", "output_path": "o"}"#), "U103");
        let export = |extra: &str| {
            code(Task::Export, &format!(r#"{{"input_path": "i", "output_path": "o", {extra}}}"#))
        };
        assert_eq!(export(r#""export_format": "gptq""#), "U105");
        assert_eq!(export(r#""export_format": "gguf:q4_k_m""#), "U105");
        assert_eq!(export(r#""export_format": "zip""#), "U102");
        assert_eq!(export(r#""export_format": "hf", "push_to_hub": true"#), "U105");
        assert_eq!(export(r#""export_format": "hf", "bits": 4"#), "U106");
        assert_eq!(export(r#""export_format": "hf""#), "ok");
    }

    #[test]
    fn values() {
        let merge = |extra: &str| {
            check(
                Task::Merge,
                &format!(
                    r#"{{"base_model_path": "b", "adapter_path": ["a", "c::x"], "output_path": "o", {extra}}}"#
                ),
            )
        };
        let r = merge(r#""scale": [0.5, 2], "module_mapping": {"a.b": "c"}, "max_shard_size": "5GB", "safe_serialization": "both""#).unwrap();
        assert_eq!((r.adapters[0].scale, r.adapters[1].scale), (0.5, 2.0));
        assert_eq!(r.adapters[1].name.as_deref(), Some("x"));
        assert_eq!(r.module_mapping, [("a.b".to_string(), "c".to_string())]);
        assert_eq!(r.max_shard_size, Some(5_000_000_000));
        assert_eq!(r.serialization, Serialization::Both);
        assert!(merge(r#""scale": 1"#).is_err());
        assert!(merge(r#""scale": ["NaN", 1]"#).is_err());
        assert!(merge(r#""dtype": "int4""#).is_err());
        assert!(merge(r#""max_shard_size": "5 apples""#).is_err());
        assert!(merge(r#""threads": 0"#).is_err());
        assert_eq!(parse_bytes("512MiB"), Some(512 << 20));
        assert_eq!(parse_bytes("1.5 GB"), Some(1_500_000_000));
    }

    #[test]
    fn fields_and_formats_are_described_truly() {
        assert!(EXPORTS.iter().map(|e| e.about.name).eq(FORMATS.iter().copied()));
        let known = |name: &str| FIELDS.iter().any(|f| f.name == name);
        assert!(EXPORTS.iter().flat_map(|e| e.options).all(|o| known(o)));
        for field in FIELDS {
            let default: Value = serde_json::from_str(field.default).unwrap();
            let Kind::Choice(values) = field.kind else { continue };
            for value in values.iter().map(|v| Value::from(*v)).chain([default]) {
                let json = serde_json::json!({"input_path": "i", "output_path": "o", "export_format": "hf"});
                let mut map = json.as_object().unwrap().clone();
                if !value.is_null() {
                    map.insert(field.name.to_string(), value.clone());
                }
                assert!(Request::check(Task::Export, &map, "f").is_ok(), "{} {value}", field.name);
            }
        }
    }

    #[test]
    fn yaml_is_read_too() {
        let map =
            parse_file("base_model_path: b\nadapter_path: a\noutput_path: o\nscale: 0.5\n", "f").unwrap();
        assert_eq!(Request::check(Task::Merge, &map, "f").unwrap().adapters[0].scale, 0.5);
        assert!(parse_file("{\"a\": ", "f").is_err());
        assert!(parse_file("just text", "f").is_err());
    }
}
