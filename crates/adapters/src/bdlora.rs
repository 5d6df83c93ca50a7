//! BD-LoRA: a LoRA of which one factor is block-diagonal, so that it can be served in shards; the file holds its blocks one
//! below the other. <https://arxiv.org/abs/2510.23346>; layouts as in PEFT 0.20. Spread out, it is an ordinary LoRA.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::product;
use crate::{Change, Config, Edit, lora};
use serde_json::Value;
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "bdlora",
        summary: "BD-LoRA (use_bdlora): LoRA with a block-diagonal factor on linear layers",
        summary_zh: "BD-LoRA（use_bdlora）：带块对角因子的 LoRA，线性层",
        link: "https://arxiv.org/abs/2510.23346",
        limits: &[],
    },
    peft_types: &["LORA"],
    parts: &["lora_A", "lora_B"],
    claims: |site, config| {
        config.raw.get("use_bdlora").is_some_and(Value::is_object)
            && site.parts.iter().any(|p| lora::PARTS.contains(&p.part))
    },
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let (a, b) = (parts.shaped("lora_A", &[0, 0])?, parts.shaped("lora_B", &[0, 0])?);
    let options = config.raw.get("use_bdlora");
    let last = parts.module().rsplit('.').next().unwrap_or("");
    let named = |key: &str| {
        let names = options.and_then(|o| o.get(key)).and_then(Value::as_array);
        names.into_iter().flatten().filter_map(Value::as_str).any(|name| last.contains(name))
    };
    let blocks = options.and_then(|o| o.get("nblocks")).and_then(Value::as_u64).unwrap_or(1).max(1);
    let (of_a, of_b) = match (named("target_modules_bd_a"), named("target_modules_bd_b")) {
        (true, _) => (blocks, 1),
        (_, true) => (1, blocks),
        _ => (1, 1),
    };
    let (rank, outputs) = (a.shape[0], b.shape[0]);
    let divides = rank != 0 && rank.is_multiple_of(blocks) && outputs.is_multiple_of(of_b);
    if !divides || b.shape[1] != rank / of_b {
        return Err(parts.misshapen(b, &format!("(*, {rank} / {of_b})")));
    }
    let inputs = a.shape[1] * of_a;
    let (alpha, scaling) = config.scaling(parts.module(), rank)?;
    let names = [a.name.clone(), b.name.clone()];
    let zero_if = names.to_vec();
    let recipe = Made::sum(Wanted::matrix(outputs, inputs), move |target, data| {
        let right = spread(&data.values(&names[0])?, (rank as usize, inputs as usize), of_a as usize);
        let left = spread(&data.values(&names[1])?, (outputs as usize, rank as usize), of_b as usize);
        Ok(Change::Add(Box::new(product(target, (left, right), rank as usize, scaling))))
    });
    Ok(vec![Edit { rank: Some(rank), alpha: Some(alpha), scaling, zero_if, ..parts.edit("weight", recipe) }])
}

/// The block-diagonal matrix of that shape, from its blocks one below the other.
fn spread(stored: &[f32], (rows, columns): (usize, usize), blocks: usize) -> Vec<f32> {
    let (width, height) = (columns / blocks, rows / blocks);
    let mut out = vec![0f32; rows * columns];
    for (i, (line, out)) in
        stored.chunks_exact(width.max(1)).zip(out.chunks_exact_mut(columns.max(1))).enumerate()
    {
        let from = i / height.max(1) * width;
        out[from..from + width].copy_from_slice(line);
    }
    out
}
