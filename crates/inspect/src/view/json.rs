use super::{AdapterView, Below, Candidate, ModelView, Types, View, place};
use serde_json::{Map, Value, json};
use weldlm_formats::Checkpoint;
use weldlm_messages::{Lang, Problem};

/// A view as JSON; `candidates` are the bases that an adapter was tried on.
pub fn to_json(view: &View, candidates: &[Candidate], tensors: bool, lang: Lang) -> Value {
    match view {
        View::Model(model) => self::model(model, tensors, lang),
        View::Adapter(adapter) => self::adapter(adapter, candidates, tensors, lang),
        View::Below(folder, found) => {
            let kind =
                |b: &Below| json!({"name": b.name, "kind": if b.is_adapter { "adapter" } else { "model" }});
            json!({"kind": "folder", "path": place(folder), "below": found.iter().map(kind).collect::<Vec<_>>()})
        }
    }
}

fn types(types: &[Types]) -> Value {
    let one = |t: &Types| json!({"dtype": t.dtype.name(), "tensors": t.tensors, "values": t.values, "bytes": t.bytes});
    types.iter().map(one).collect()
}

fn listing(checkpoint: &Checkpoint) -> Value {
    let one = |t: &weldlm_formats::TensorInfo| {
        let file = &checkpoint.file_of(t).name;
        json!({"name": t.name, "dtype": t.dtype.name(), "shape": t.shape, "bytes": t.bytes(), "file": file})
    };
    checkpoint.tensors.iter().map(one).collect()
}

fn weights(value: &mut Map<String, Value>, checkpoint: &Checkpoint, tensors: bool) {
    let files = checkpoint.files.iter().map(|f| json!({"name": f.name, "bytes": f.blob.len()}));
    value.insert("format".into(), json!(checkpoint.format.about().name));
    value.insert("files".into(), files.collect());
    value.insert("parameters".into(), json!(checkpoint.parameters()));
    value.insert("bytes".into(), json!(checkpoint.total_bytes()));
    value.insert("tensor_count".into(), json!(checkpoint.tensors.len()));
    if tensors {
        value.insert("tensors".into(), listing(checkpoint));
    }
}

fn problems(problems: &[Problem], lang: Lang) -> Value {
    problems.iter().map(|p| p.to_json(lang)).collect()
}

fn model(view: &ModelView, tensors: bool, lang: Lang) -> Value {
    let (base, facts) = (&view.base, &view.base.facts);
    let mut value = Map::new();
    let mut put = |key: &str, v: Value| value.insert(key.to_string(), v);
    put("kind", json!("model"));
    put("name", json!(base.folder().short_name()));
    put("path", json!(place(base.folder())));
    put("model_type", json!(facts.model_type));
    put("architectures", json!(facts.architectures));
    put("layers", json!(facts.num_hidden_layers));
    put("hidden_size", json!(facts.hidden_size));
    put("heads", json!(facts.num_attention_heads));
    put("key_value_heads", json!(facts.num_key_value_heads));
    put("intermediate_size", json!(facts.intermediate_size));
    put("vocab_size", json!(facts.vocab_size));
    put("types", types(&view.types));
    put("tied", json!(base.ends.tied));
    put("embedding", json!(base.ends.embedding));
    put("head", json!(base.ends.head));
    put("head_stored", json!(base.ends.head_stored));
    put(
        "quantised",
        view.quantised.as_ref().map_or(Value::Null, |q| json!({"method": q.method, "detail": q.detail})),
    );
    put("tokenizer", json!({"tokens": view.tokens, "chat_template": view.has_template}));
    put(
        "weldlm",
        match &view.receipt {
            None => Value::Null,
            Some(Ok(receipt)) => json!({
                "version": receipt["weldlm"], "state": receipt["state"], "base": receipt["base"]["name"],
                "adapters": receipt["adapters"].as_array().into_iter().flatten().map(|a| json!({"name": a["name"], "scale": a["scale"]})).collect::<Vec<_>>(),
            }),
            Some(Err(problem)) => json!({"problem": problem.to_json(lang)}),
        },
    );
    put("not_read", json!(view.unread));
    put("beside", json!(view.beside));
    put("leftovers", json!(view.leftovers));
    weights(&mut value, &base.checkpoint, tensors);
    Value::Object(value)
}

fn adapter(view: &AdapterView, candidates: &[Candidate], tensors: bool, lang: Lang) -> Value {
    let mut value = Map::new();
    let mut put = |key: &str, v: Value| value.insert(key.to_string(), v);
    put("kind", json!("adapter"));
    put("name", json!(view.name()));
    put("path", json!(place(&view.folder)));
    if let Some(config) = &view.config {
        put("peft_type", json!(config.peft_type));
        put("base_model", json!(config.base_model));
        put("task_type", json!(config.task_type));
        put("modules_to_save", json!(config.modules_to_save));
    }
    if let Some(config) = view.lora_config() {
        put("r", json!(config.r));
        put("lora_alpha", json!(config.lora_alpha));
        put("init", json!(config.init));
        put("bias", json!(config.bias));
    }
    put("target_modules", json!(view.targets()));
    put("trained_tokens", json!(view.trained_tokens()));
    put("types", types(&view.types));
    let group = |g: super::Group| {
        let (rank, alpha, scaling) =
            g.low_rank.map_or((None, None, None), |(r, a, s)| (Some(r), Some(a), Some(s)));
        json!({"type": g.kind, "rank": rank, "alpha": alpha, "scaling": scaling, "tensors": g.tensors})
    };
    put("groups", view.groups().into_iter().map(group).collect());
    put("mergeable", json!(view.refusals.is_empty()));
    put("refusals", problems(&view.refusals, lang));
    let need =
        |(name, shape, count): (String, String, u64)| json!({"name": name, "shape": shape, "count": count});
    put("needs", view.needs().into_iter().map(need).collect());
    put("bases", candidates.iter().map(|c| tried(c, lang)).collect());
    if let Some(checkpoint) = &view.checkpoint {
        weights(&mut value, checkpoint, tensors);
    }
    Value::Object(value)
}

fn tried(candidate: &Candidate, lang: Lang) -> Value {
    match &candidate.outcome {
        Ok(fitting) => json!({
            "base": candidate.base, "fits": true, "names": fitting.rule.what(lang), "changed": fitting.changed,
            "warnings": problems(&fitting.warnings, lang),
        }),
        Err(reasons) => json!({"base": candidate.base, "fits": false, "problems": problems(reasons, lang)}),
    }
}
