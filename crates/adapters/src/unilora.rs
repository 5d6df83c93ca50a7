//! Uni-LoRA: every element of a LoRA's factors is one of a few trained numbers, times a fixed scale.
//! <https://arxiv.org/abs/2506.00799>; layouts as in PEFT 0.20. Which number goes where is drawn at random and can be left
//! out of the file.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::product;
use crate::vera::not_stored;
use crate::{AdapterData, Change, Config, Edit};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "unilora",
        summary: "Uni-LoRA on linear and Conv1D layers, with the indices in the file",
        summary_zh: "Uni-LoRA：线性层与 Conv1D，索引须在文件中",
        link: "https://arxiv.org/abs/2506.00799",
        limits: &["adapters saved with save_indices=False"],
    },
    peft_types: &["UNILORA"],
    parts: &[
        "unilora_indices_A",
        "unilora_indices_B",
        "unilora_scales_A",
        "unilora_scales_B",
        "unilora_theta_d",
    ],
    shared: &["unilora_theta_d"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    if parts.get("unilora_indices_A").is_none() {
        return Err(not_stored(parts, "save_indices: false"));
    }
    let theta = parts.shaped("unilora_theta_d", &[0])?;
    let (a, b) = (parts.need("unilora_indices_A")?, parts.need("unilora_indices_B")?);
    let (&[rank, inputs], &[outputs, rank_of_b]) = (&a.shape[..], &b.shape[..]) else {
        return Err(parts.misshapen(a, "(r, *)"));
    };
    if rank != rank_of_b || rank == 0 {
        return Err(parts.misshapen(b, &format!("(*, {rank})")));
    }
    let scales_a = parts.shaped("unilora_scales_A", &[rank, inputs])?;
    let scales_b = parts.shaped("unilora_scales_B", &[outputs, rank])?;
    let names = [theta, a, scales_a, b, scales_b].map(|head| head.name.clone());
    let recipe = Made::sum(Wanted::matrix(outputs, inputs), move |target, data| {
        let theta = data.values(&names[0])?;
        let right = pick(&theta, [&names[1], &names[2]], data)?;
        let left = pick(&theta, [&names[3], &names[4]], data)?;
        Ok(Change::Add(Box::new(product(target, (left, right), rank as usize, 1.0))))
    });
    let zero_if = vec![theta.name.clone()];
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}

fn pick(theta: &[f32], [indices, scales]: [&String; 2], data: &dyn AdapterData) -> Result<Vec<f32>, Problem> {
    let scales = data.values(scales)?;
    let one = |(index, scale): (i64, f32)| {
        let value = usize::try_from(index).ok().and_then(|i| theta.get(i));
        value.map(|v| v * scale).ok_or_else(|| {
            Problem::new(&says::INDEX_OUT_OF_RANGE)
                .arg("module", "unilora_theta_d")
                .arg("tensor", indices)
                .arg("index", index)
                .arg("shape", format!("({})", theta.len()))
                .at(indices)
        })
    };
    data.indices(indices)?.into_iter().zip(scales).map(one).collect()
}
