//! SHiRA: W plus a few trained elements at fixed places. Bhardwaj et al. 2024,
//! <https://arxiv.org/abs/2406.13175>; layouts as in PEFT 0.20, which saves the places with the values.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{outputs_inputs, sum};
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::Sparse;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "shira",
        summary: "SHiRA (sparse high-rank) on linear layers",
        summary_zh: "SHiRA（稀疏高秩）：线性层",
        link: "https://arxiv.org/abs/2406.13175",
        limits: &[],
    },
    peft_types: &["SHIRA"],
    parts: &["shira_weight", "shira_indices"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let weight = parts.shaped("shira_weight", &[0])?;
    let indices = parts.need("shira_indices")?;
    if indices.shape != [2, weight.shape[0]] {
        return Err(parts.misshapen(indices, &format!("(2, {})", weight.shape[0])));
    }
    let names = [weight.name.clone(), indices.name.clone()];
    let module = parts.module().to_string();
    let recipe = Made::sum(Wanted::columns(None).upright(), move |target, data| {
        let (values, places) = (data.values(&names[0])?, data.indices(&names[1])?);
        let (outputs, inputs) = outputs_inputs(target);
        let (rows, columns) = places.split_at(values.len());
        let mut elements = Vec::with_capacity(values.len());
        for ((row, column), value) in rows.iter().zip(columns).zip(values) {
            let inside = |i: i64, n: usize| usize::try_from(i).ok().filter(|i| *i < n);
            let (Some(row), Some(column)) = (inside(*row, outputs), inside(*column, inputs)) else {
                return Err(Problem::new(&says::INDEX_OUT_OF_RANGE)
                    .arg("module", &module)
                    .arg("tensor", &names[1])
                    .arg("index", format!("({row}, {column})"))
                    .arg("shape", format!("({outputs}, {inputs})"))
                    .at(&names[1]));
            };
            elements.push((row, column, f64::from(value)));
        }
        let sparse = Sparse::new(outputs, elements);
        Ok(sum(target, move |row, out| {
            sparse.row(row).iter().for_each(|(column, value)| out[*column] += value);
        }))
    });
    let zero_if = vec![weight.name.clone()];
    Ok(vec![Edit { zero_if, ..parts.edit("weight", recipe) }])
}
