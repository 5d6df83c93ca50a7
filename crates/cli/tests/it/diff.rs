//! `diff`: every kind of difference, and none.

use crate::support::run;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use weldlm_tensor::Dtype;
use weldlm_testkit::model::{Tensor, Tensors};

fn write(dir: &Path, change: impl Fn(&mut Tensors)) {
    let values: Vec<f32> = (0..600_000).map(|i| (i % 97) as f32 - 48.0).collect();
    let mut model = Tensors::default();
    model.0.insert("big".into(), Tensor::of(Dtype::Bf16, &[600, 1000], &values));
    model.0.insert("norm".into(), Tensor::of(Dtype::F32, &[4], &[1.0, 2.0, 2.0, 4.0]));
    model.0.insert("ids".into(), Tensor { dtype: Dtype::I64, shape: vec![2], bytes: vec![0; 16] });
    change(&mut model);
    fs::create_dir_all(dir).unwrap();
    model.write(&dir.join("model.safetensors"));
    fs::write(dir.join("config.json"), r#"{"a": 1, "rope": {"theta": 10000.0}}"#).unwrap();
}

fn diff(dir: &Path, more: &[&str]) -> Value {
    let run = run(dir, &[&["diff", "a", "b", "--json"], more].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn equal_is_said_first() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a"), |_| {});
    write(&dir.path().join("b"), |_| {});
    let found = diff(dir.path(), &[]);
    assert_eq!((&found["equal"], &found["same"]), (&json!(true), &json!(3)));
    let text = run(dir.path(), &["diff", "a", "b"]);
    assert!(text.code == 0 && text.out.starts_with("equal") && text.out.lines().count() == 1, "{}", text.out);
    let text = run(dir.path(), &["diff", "a", "b", "--lang", "zh"]);
    assert!(text.out.starts_with("相同"), "{}", text.out);
}

#[test]
fn values_are_measured() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a"), |_| {});
    write(&dir.path().join("b"), |model| {
        model.0.insert("norm".into(), Tensor::of(Dtype::F32, &[4], &[1.0, 2.5, 2.0, f32::NAN]));
        let last = model.0.get_mut("big").unwrap();
        let n = last.bytes.len();
        last.bytes[n - 2..].copy_from_slice(&0x4000u16.to_le_bytes());
        model.0.get_mut("ids").unwrap().bytes[8] = 1;
    });
    let found = diff(dir.path(), &[]);
    assert_eq!((&found["equal"], &found["same_weights"]), (&json!(false), &json!(false)));
    let of =
        |name: &str| found["values"].as_array().unwrap().iter().find(|v| v["name"] == name).unwrap().clone();
    let norm = of("norm");
    assert_eq!(
        (&norm["differing"], &norm["max_abs"], &norm["not_finite"]),
        (&json!(2), &json!(0.5), &json!(1))
    );
    assert_eq!(norm["relative"], json!(0.5 / 25f64.sqrt()));
    // The last of 600 000 values, in another tile than the first: 599 999 % 97 = 54, so 6 became 2.
    let big = of("big");
    assert_eq!(
        (&big["differing"], &big["values"], &big["max_abs"]),
        (&json!(1), &json!(600_000), &json!(4.0))
    );
    let squares: f64 = (0..600_000).map(|i| f64::from(i % 97 - 48).powi(2)).sum();
    assert!((big["relative"].as_f64().unwrap() - 4.0 / squares.sqrt()).abs() < 1e-15);
    let ids = of("ids");
    assert_eq!((&ids["differing"], &ids["max_abs"]), (&json!(1), &Value::Null));
    let headers = diff(dir.path(), &["--headers"]);
    assert_eq!((&headers["same_weights"], &headers["values_compared"]), (&json!(true), &json!(false)));
    let text = run(dir.path(), &["diff", "a", "b"]).out;
    assert!(text.starts_with("different") && text.contains("norm: 2 of 4 values differ"), "{text}");
    let text = run(dir.path(), &["diff", "a", "b", "--headers"]).out;
    assert!(text.contains("values were not compared"), "{text}");
}

#[test]
fn headers_and_missing_tensors() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a"), |_| {});
    write(&dir.path().join("b"), |model| {
        let norm = model.0.remove("norm").unwrap();
        model.0.insert("norm2".into(), norm);
        let wide = Tensor::of(
            Dtype::F32,
            &[600, 1000],
            &model.0["big"].values().iter().map(|v| *v as f32).collect::<Vec<_>>(),
        );
        model.0.insert("big".into(), wide);
    });
    let found = diff(dir.path(), &[]);
    assert_eq!((&found["only_a"], &found["only_b"]), (&json!(["norm"]), &json!(["norm2"])));
    let header = json!([{"name": "big", "a": "BF16 (600, 1000)", "b": "F32 (600, 1000)"}]);
    assert_eq!((&found["headers"], &found["values"], &found["same"]), (&header, &json!([]), &json!(1)));
}

#[test]
fn config_tokenizer_and_other_files() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    write(&a, |_| {});
    write(&b, |_| {});
    fs::write(b.join("config.json"), r#"{"rope": {"theta": 5.0}, "a": 1, "new": [1]}"#).unwrap();
    let tokenizer = |vocab: Value, added: Value, merges: Value| {
        json!({"model": {"vocab": vocab, "merges": merges}, "added_tokens": added}).to_string()
    };
    let old =
        tokenizer(json!({"x": 0, "y": 1, "z": 2}), json!([{"id": 3, "content": "<s>"}]), json!(["x y"]));
    let new = tokenizer(
        json!({"x": 0, "y": 5, "w": 2}),
        json!([{"id": 4, "content": "<s>"}]),
        json!([["x", "y"], ["y", "z"]]),
    );
    fs::write(a.join("tokenizer.json"), old).unwrap();
    fs::write(b.join("tokenizer.json"), new).unwrap();
    fs::write(b.join("tokenizer_config.json"), r#"{"chat_template": "hi"}"#).unwrap();
    fs::create_dir(a.join("1_Pooling")).unwrap();
    fs::write(a.join("1_Pooling/config.json"), "{}").unwrap();
    let found = diff(dir.path(), &[]);
    assert_eq!((&found["equal"], &found["same_weights"]), (&json!(false), &json!(true)));
    let keys = json!([{"key": "rope.theta", "a": 10000.0, "b": 5.0}, {"key": "new", "a": null, "b": [1]}]);
    assert_eq!(found["config"], keys);
    let t = &found["tokenizer"];
    let counts = |w: &Value| [&w["only_a"], &w["only_b"], &w["other_id"]].map(|n| n.as_u64().unwrap());
    assert_eq!((counts(&t["vocabulary"]), counts(&t["added_tokens"])), ([1, 1, 1], [0, 0, 1]));
    assert_eq!(t["vocabulary"]["first"][0], json!({"token": "y", "a": 1, "b": 5}));
    assert_eq!(
        (&t["merges"], &t["chat_template_differs"]),
        (&json!({"a": 1, "b": 2, "differ": 1}), &json!(true))
    );
    assert_eq!(found["files"]["differ"], json!(["config.json", "tokenizer.json"]));
    assert_eq!(found["files"]["only_a"], json!(["1_Pooling/config.json"]));
    assert_eq!(found["files"]["only_b"], json!(["tokenizer_config.json"]));
    let text = run(dir.path(), &["diff", "a", "b"]).out;
    assert!(text.contains("rope.theta: 10000.0 → 5.0") && text.contains("\"y\": 1 → 5"), "{text}");
}

#[test]
fn files_and_layouts_do_not_matter_to_weights() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a"), |_| {});
    let export =
        ["export", "--input", "a", "--format", "hf", "--output", "b", "--safe-serialization", "false"];
    let done = run(dir.path(), &export);
    assert_eq!(done.code, 0, "{}", done.err);
    let found = diff(dir.path(), &[]);
    assert_eq!((&found["same_weights"], &found["b"]["format"]), (&json!(true), &json!("torch")));
    let files = run(dir.path(), &["diff", "a/model.safetensors", "b/pytorch_model.bin"]).out;
    assert!(files.starts_with("equal"), "{files}");
    assert_eq!(run(dir.path(), &["diff", "a", "nowhere"]).code, 3);
}
