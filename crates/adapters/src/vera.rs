//! VeRA: W + (λ_b∘B)·(λ_d∘A), with two random matrices that all modules share. Kopiczko et al. 2023,
//! <https://arxiv.org/abs/2310.11454>; layouts as in PEFT 0.20. PVeRA (<https://arxiv.org/abs/2512.07703>) has a second half
//! of λ_d and A for the spread of its samples, which plays no part in their mean.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{outputs_inputs, product};
use crate::{Change, Edit};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "vera",
        summary: "VeRA on linear and Conv1D layers, with the shared projections in the file",
        summary_zh: "VeRA：线性层与 Conv1D，共享投影须在文件中",
        link: "https://arxiv.org/abs/2310.11454",
        limits: &["adapters saved with save_projection=False"],
    },
    peft_types: &["VERA"],
    parts: &["vera_lambda_b", "vera_lambda_d", "vera_A", "vera_B"],
    shared: &["vera_A", "vera_B"],
    edits: |parts, _| edits(parts, KIND.parts, 1),
    ..PLAIN
};

/// The refusal of an adapter whose random matrices were left out of the file.
pub(crate) fn not_stored(parts: &Parts<'_>, what: &str) -> Problem {
    Problem::new(&says::VARIANT_REFUSED)
        .arg("what", what)
        .words("reason", (&says::WHY_NOT_STORED).into())
        .words("remedy", (&says::DO_MERGE_WITH_PEFT).into())
        .at(parts.module())
}

/// `halves` is 2 when only the first half of λ_d and A counts.
pub(crate) fn edits(parts: &Parts<'_>, names: &[&'static str], halves: u64) -> Result<Vec<Edit>, Problem> {
    let &[lambda_b, lambda_d, a, b] = names else { return Ok(Vec::new()) };
    let (lambda_b, lambda_d) = (parts.shaped(lambda_b, &[0])?, parts.shaped(lambda_d, &[0])?);
    if parts.get(a).or(parts.get(b)).is_none() {
        return Err(not_stored(parts, "save_projection: false"));
    }
    let outputs = lambda_b.shape[0];
    let rank = lambda_d.shape[0] / halves;
    if rank * halves != lambda_d.shape[0] {
        return Err(parts.misshapen(lambda_d, &format!("({halves} r)")));
    }
    let (a, b) = (parts.shaped(a, &[rank * halves, 0])?, parts.shaped(b, &[0, 0])?);
    if b.shape[1] != rank || b.shape[0] < outputs {
        return Err(parts.misshapen(b, &format!("(>={outputs}, {rank})")));
    }
    let widest = a.shape[1];
    let names = [lambda_b, lambda_d, a, b].map(|head| head.name.clone());
    let zero_if = vec![lambda_b.name.clone(), lambda_d.name.clone()];
    let problem = parts.misshapen(a, "as wide as the inputs");
    let recipe = Made::sum(Wanted::rows(outputs), move |target, data| {
        let (outputs, inputs) = outputs_inputs(target);
        let rank = rank as usize;
        let (lambda_b, lambda_d) = (data.values(&names[0])?, data.values(&names[1])?);
        let (a, mut left) = (data.values(&names[2])?, data.values(&names[3])?);
        let mut right = Vec::with_capacity(rank * inputs);
        for (row, factor) in a.chunks_exact(widest as usize).zip(&lambda_d).take(rank) {
            right.extend(row.iter().take(inputs).map(|v| v * factor));
        }
        left.truncate(outputs * rank);
        for (row, factor) in left.chunks_exact_mut(rank.max(1)).zip(&lambda_b) {
            row.iter_mut().for_each(|v| *v *= factor);
        }
        Ok(Change::Add(Box::new(product(target, (left, right), rank, 1.0))))
    });
    let recipe = recipe.check(move |shape| {
        let inputs = |[rows, columns]: [u64; 2]| if rows == outputs { columns } else { rows };
        let fits = <[u64; 2]>::try_from(shape).is_ok_and(|shape| inputs(shape) <= widest);
        if fits { Ok(()) } else { Err(problem.clone()) }
    });
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}
