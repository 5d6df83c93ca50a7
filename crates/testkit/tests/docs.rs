//! The pages below `docs/reference` agree with the code. `UPDATE_DOCS=1 cargo test -p weldlm-testkit --test docs`
//! writes the generated ones anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use weldlm_adapters::Refused;
use weldlm_messages::{Class, Lang, catalogue};
use weldlm_pipeline::request::{FIELDS, Task};
use weldlm_pipeline::{Context, Request, plan, weld};
use weldlm_testkit::golden::{self, Case};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Compares a page with what it must be, or writes it when asked to.
fn check(page: &str, fresh: &str) {
    let path = docs().join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, fresh).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == fresh,
        "docs/{page} is stale; run: UPDATE_DOCS=1 cargo test -p weldlm-testkit --test docs"
    );
}

/// Text fit for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn adapters_page() -> String {
    let mut page = String::from(
        "# Adapter types\n\nWritten by `UPDATE_DOCS=1 cargo test -p weldlm-testkit --test docs`.\n\n\
         ## Merged\n\nThe name is the one in receipts. More on each behind its link.\n\n\
         | name | `peft_type` | | 中文 | not |\n|---|---|---|---|---|\n",
    );
    for kind in weldlm_adapters::ALL {
        let about = kind.about();
        let types: Vec<String> = kind.peft_types().iter().map(|t| format!("`{t}`")).collect();
        let row = [
            format!("[{}]({})", about.name, about.link),
            types.join(", "),
            cell(about.summary),
            cell(about.summary_zh),
            cell(&about.limits.join("; ")),
        ];
        writeln!(page, "| {} |", row.join(" | ")).unwrap();
    }
    page.push_str("\n## Refused\n\nBy `peft_type`:\n\n");
    refused(&mut page, weldlm_adapters::refused_types());
    page.push_str("\nA LoRA whose config has one of these keys:\n\n");
    refused(&mut page, weldlm_adapters::refused_variants());
    page.push_str(
        "\nWhat an adapter's `init_lora_weights` did to the base is computed again where that is possible \
         (`pissa`, `olora`) and refused where it is not.\n",
    );
    page
}

/// A table of what is refused, with equal reasons together.
fn refused(page: &mut String, list: impl Iterator<Item = Refused>) {
    let mut groups: Vec<(Refused, Vec<String>)> = Vec::new();
    for one in list {
        let name = format!("`{}`", one.name);
        match groups.iter_mut().find(|(g, _)| g.reason == one.reason && g.remedy == one.remedy) {
            Some((_, names)) => names.push(name),
            None => groups.push((one, vec![name])),
        }
    }
    page.push_str("| | why | instead |\n|---|---|---|\n");
    for (group, names) in groups {
        let [why, remedy] = [group.reason, group.remedy].map(|m| cell(m.text(Lang::En)));
        writeln!(page, "| {} | {why} | {remedy} |", names.join(", ")).unwrap();
    }
}

/// What an ending means, in both languages.
fn ending(class: Class) -> [String; 2] {
    let code = class.exit_code();
    match class {
        Class::Warning => ["warning".into(), "警告".into()],
        Class::Note => ["words".into(), "用语".into()],
        _ => [format!("exit {code}"), format!("退出码 {code}")],
    }
}

fn messages_page(lang: Lang) -> String {
    let (zh, at) = (lang == Lang::Zh, lang as usize);
    let pick = |en: &'static str, chinese: &'static str| if zh { chinese } else { en };
    let mut page = format!("# {}\n\n", pick("Messages", "消息"));
    page.push_str(pick(
        "Everything that weldlm says, by its stable code. `{…}` is filled with facts. A code is never used again \
         for another meaning, and JSON output carries it, so scripts need not read sentences. The exit code is \
         that of the first message that has one. Reasons and remedies (A2…) are said inside of other messages.\n",
        "weldlm 说的每一句话,按固定代码排列。`{…}` 处会填入具体内容。代码不会改作他用,JSON 输出中也带有代码,\
         因此脚本不必解析句子。退出码取自第一条带退出码的消息。A2… 的理由与建议出现在其他消息之中。\n",
    ));
    page.push_str("\n<!-- UPDATE_DOCS=1 cargo test -p weldlm-testkit --test docs -->\n");
    let topics = [
        ('U', "The request", "请求"),
        ('S', "Files and folders", "文件与文件夹"),
        ('N', "Names", "名称"),
        ('A', "Adapters", "适配器"),
        ('M', "The merge", "合并"),
        ('O', "The output", "输出"),
        ('V', "Verification", "校验"),
        ('R', "Words of reports", "报告用语"),
        ('I', "Words of inspect, diff and doctor", "inspect、diff、doctor 的用语"),
        ('D', "Words of the demo", "demo 的用语"),
        ('J', "Jobs", "任务"),
        ('H', "The web server and its clients", "网页服务及其客户端"),
    ];
    let known = |code: &str| topics.iter().any(|(letter, ..)| code.starts_with(*letter));
    assert!(catalogue::all().all(|m| known(m.code)), "a topic is missing here");
    for (letter, en, chinese) in topics {
        let columns = pick("| code | | text | what to do |", "| 代码 | | 内容 | 怎么办 |");
        write!(page, "\n## {}\n\n{columns}\n|---|---|---|---|\n", pick(en, chinese)).unwrap();
        for m in catalogue::all().filter(|m| m.code.starts_with(letter)) {
            let [text, hint] = [m.text(lang), m.hint(lang)].map(cell);
            writeln!(page, "| {} | {} | {text} | {hint} |", m.code, ending(m.class)[at]).unwrap();
        }
    }
    page
}

#[test]
fn docs_adapters_are_fresh() {
    check("reference/adapters.md", &adapters_page());
}

#[test]
fn docs_messages_are_fresh() {
    check("reference/errors.md", &messages_page(Lang::En));
    check("reference/errors.zh.md", &messages_page(Lang::Zh));
}

/// Codes that the guide names exist, and both languages name the same ones.
#[test]
fn docs_guide_names_codes_that_exist() {
    let known: BTreeSet<&str> = catalogue::all().map(|m| m.code).collect();
    let is_code =
        |w: &&str| w.len() == 4 && w.starts_with(char::is_uppercase) && w[1..].parse::<u16>().is_ok();
    for page in ["merging.md", "exporting.md", "receipt.md", "events.md"] {
        let [en, zh] = ["en", "zh"].map(|lang| {
            let text = std::fs::read_to_string(docs().join("guide").join(lang).join(page)).unwrap();
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            words.filter(is_code).map(str::to_string).collect::<BTreeSet<_>>()
        });
        assert_eq!(en, zh, "{page}: the languages name different codes");
        let unknown: Vec<_> = en.iter().filter(|code| !known.contains(code.as_str())).collect();
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
    }
}

/// Every field of a request stands in the guide, with its option.
#[test]
fn docs_guide_has_every_field() {
    for lang in ["en", "zh"] {
        let read = |page| std::fs::read_to_string(docs().join("guide").join(lang).join(page)).unwrap();
        let text = read("merging.md") + &read("exporting.md");
        for field in FIELDS {
            assert!(text.contains(&format!("`{}", field.name)), "{lang}: {} is missing", field.name);
        }
        let merges = FIELDS.iter().filter(|f| text.contains(&format!("| `{}` | ", f.name)));
        for field in merges {
            let row = format!("| `{}` | `{}", field.name, field.option);
            assert!(text.contains(&row), "{lang}: {row}");
        }
    }
}

fn receipt(task: Task, fields: &Map<String, Value>) -> Value {
    let request = Request::check(task, fields, "test").unwrap();
    let plan = plan::make(&request).unwrap();
    let stop = AtomicBool::new(false);
    weld(&plan, &[], &Context::new(&stop, &|_| {})).unwrap().receipt
}

fn fields(case: &Case, to: &Path) -> Map<String, Value> {
    let adapters: Vec<String> = case.adapters().iter().map(|a| a.display().to_string()).collect();
    let mut fields = json!({
        "base_model_path": case.make_base(to).display().to_string(),
        "adapter_path": adapters,
        "output_path": to.join("out").display().to_string(),
        "safe_merge": true,
        "safe_serialization": "both",
        "max_shard_size": "100kB",
    });
    for (key, value) in case.json["options"].as_object().into_iter().flatten() {
        fields[key] = value.clone();
    }
    fields.as_object().unwrap().clone()
}

#[test]
fn docs_schema_describes_receipts() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(docs().join("reference/weldlm.schema.json")).unwrap())
            .unwrap();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for case in golden::all("cases") {
        let dir = tempfile::tempdir().unwrap();
        let receipt = receipt(Task::Merge, &fields(&case, dir.path()));
        let found = Validator { schema: &schema, used: &mut used }.faults(&schema, &receipt, "");
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", case.id)));
    }
    let dir = tempfile::tempdir().unwrap();
    let partial = golden::all("refusals").into_iter().find(|c| c.id == "extra-layer").unwrap();
    let mut request = fields(&partial, dir.path());
    let skipped = receipt(Task::Merge, &request);
    assert_eq!(skipped["state"], "partial");
    faults.extend(Validator { schema: &schema, used: &mut used }.faults(&schema, &skipped, ""));
    let base = request.remove("base_model_path").unwrap();
    request.remove("adapter_path");
    request.extend([("input_path".into(), base), ("export_format".into(), json!("hf"))]);
    request.insert("output_path".into(), json!(dir.path().join("export").display().to_string()));
    let export = receipt(Task::Export, &request);
    faults.extend(Validator { schema: &schema, used: &mut used }.faults(&schema, &export, ""));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // A schema that describes what never comes is as wrong as one that lacks something.
    for key in ["/change/relative", "/skipped/[]/reason", "/config_edits/[]/value", "/groups/[]/alpha"] {
        assert!(used.iter().any(|place| place.ends_with(key)), "{key} never came up");
    }
}

/// As much of JSON Schema 2020-12 as the receipt's schema uses; a keyword that is not known is a fault.
struct Validator<'a> {
    schema: &'a Value,
    used: &'a mut BTreeSet<String>,
}

impl Validator<'_> {
    fn faults(&mut self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        self.used.insert(place.to_string());
        let Some(rules) = schema.as_object() else { return Vec::new() };
        let mut faults = Vec::new();
        for (keyword, rule) in rules {
            let fits = match keyword.as_str() {
                "$ref" => {
                    let pointer = rule.as_str().unwrap().trim_start_matches('#');
                    let target = self.schema.pointer(pointer).unwrap().clone();
                    faults.extend(self.faults(&target, value, place));
                    true
                }
                "properties" => {
                    for (key, below) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = rule.get(key) {
                            faults.extend(self.faults(schema, below, &format!("{place}/{key}")));
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    let known = |key: &str| rules.get("properties").is_some_and(|p| p.get(key).is_some());
                    for (key, below) in value.as_object().into_iter().flatten().filter(|(k, _)| !known(k)) {
                        if rule == false {
                            faults.push(format!("{place}/{key} is not in the schema"));
                        }
                        faults.extend(self.faults(rule, below, &format!("{place}/*")));
                    }
                    true
                }
                "items" => {
                    for below in value.as_array().into_iter().flatten() {
                        faults.extend(self.faults(rule, below, &format!("{place}/[]")));
                    }
                    true
                }
                "type" => rule.as_array().map_or_else(|| is(rule, value), |l| l.iter().any(|t| is(t, value))),
                "required" => {
                    rule.as_array().unwrap().iter().all(|k| value.get(k.as_str().unwrap()).is_some())
                }
                "const" => rule == value,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64() >= rule.as_f64(),
                "pattern" => matches_pattern(rule.as_str().unwrap(), value.as_str().unwrap_or_default()),
                "$schema" | "$id" | "$defs" | "title" | "description" => true,
                _ => false,
            };
            if !fits {
                faults.push(format!("{place}: {value} against {keyword}: {rule}"));
            }
        }
        faults
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}

/// The patterns that the schema has.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let hex = |len: usize| text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match pattern {
        "^[0-9a-f]{64}$" => hex(64),
        "^[0-9a-f]{32}$" => hex(32),
        "^[A-Z][0-9]{3}$" => {
            text.len() == 4
                && text.starts_with(char::is_uppercase)
                && text[1..].bytes().all(|b| b.is_ascii_digit())
        }
        other => panic!("{other} is not known here"),
    }
}
