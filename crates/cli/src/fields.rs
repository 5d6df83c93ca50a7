//! Command-line options as the table of fields that every request is.

use crate::args::{Common, ExportArgs, MergeArgs};
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::path::Path;
use weldlm_messages::Problem;
use weldlm_pipeline::request::{Task, parse_file};

/// Request files are written by people.
const CONFIG_BYTES_MAX: u64 = 16 << 20;

type Fields = Map<String, Value>;

fn read(path: &Path) -> Result<Fields, Problem> {
    let text = weldlm_source::read_text(path, CONFIG_BYTES_MAX)?;
    parse_file(&text, &path.display().to_string())
}

/// `weldlm request.json` means `weldlm merge --config request.json`, or export, whatever the file asks for.
pub fn with_bare_file(arguments: Vec<OsString>) -> Result<Vec<OsString>, Problem> {
    // Options that may stand before a command: --json, --lang LANG, --lang=LANG.
    let mut at = 1;
    while let Some(option) = arguments.get(at).and_then(|a| a.to_str()).filter(|a| a.starts_with("--")) {
        at += if option == "--lang" { 2 } else { 1 };
    }
    let Some(first) = arguments.get(at).map(Path::new) else { return Ok(arguments) };
    let is_file = first.extension().is_some_and(|e| ["json", "yaml", "yml"].iter().any(|known| e == *known));
    if !is_file {
        return Ok(arguments);
    }
    let command = Task::of(&read(first)?, &first.display().to_string())?.name();
    let mut out = arguments.clone();
    out.splice(at..at, [OsString::from(command), OsString::from("--config")]);
    Ok(out)
}

fn put<T: Into<Value>>(fields: &mut Fields, key: &str, value: Option<T>) {
    if let Some(value) = value {
        fields.insert(key.to_string(), value.into());
    }
}

fn put_list<T: Into<Value> + Clone>(fields: &mut Fields, key: &str, values: &[T]) {
    if !values.is_empty() {
        fields.insert(key.to_string(), Value::Array(values.iter().cloned().map(Into::into).collect()));
    }
}

fn common(args: &Common) -> Result<(Fields, String), Problem> {
    let (mut fields, origin) = match &args.config {
        Some(path) => (read(path)?, path.display().to_string()),
        None => (Fields::new(), "the command line".to_string()),
    };
    put(&mut fields, "output_path", args.output.clone());
    put_list(&mut fields, "adapter_path", &args.adapter);
    put_list(&mut fields, "scale", &args.scale);
    put(&mut fields, "dtype", args.dtype.clone());
    put(&mut fields, "safe_merge", args.safe_merge);
    put(&mut fields, "tokenizer_path", args.tokenizer.clone());
    put(&mut fields, "include_tokenizer", args.include_tokenizer);
    put_list(&mut fields, "module_mapping", &args.module_mapping);
    put(&mut fields, "max_shard_size", args.max_shard_size.clone());
    put(&mut fields, "safe_serialization", args.safe_serialization.clone());
    put(&mut fields, "if_exists", args.if_exists.clone());
    put(&mut fields, "verify", args.verify.clone());
    put(&mut fields, "on_event", args.on_event.clone());
    put(&mut fields, "threads", args.threads);
    put(&mut fields, "push_to_hub", args.push_to_hub);
    put(&mut fields, "repo_id", args.repo_id.clone());
    put(&mut fields, "trust_remote_code", args.trust_remote_code);
    Ok((fields, origin))
}

/// The fields of a merge, and where they come from.
pub fn merge(args: &MergeArgs) -> Result<(Fields, String), Problem> {
    let (mut fields, origin) = common(&args.common)?;
    put(&mut fields, "base_model_path", args.base.clone());
    Ok((fields, origin))
}

/// The fields of an export, and where they come from.
pub fn export(args: &ExportArgs) -> Result<(Fields, String), Problem> {
    let (mut fields, origin) = common(&args.common)?;
    put(&mut fields, "input_path", args.input.clone());
    match args.format.as_slice() {
        [] => {}
        [one] => put(&mut fields, "export_format", Some(json!(one))),
        many => put_list(&mut fields, "export_format", many),
    }
    Ok((fields, origin))
}
