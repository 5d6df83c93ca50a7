//! RandLoRA: a full-rank update out of random bases that all modules share; λ and γ scale them.
//! Albert et al. 2025, <https://arxiv.org/abs/2502.00987>; layouts as in PEFT 0.20. The bases always lie along the shorter
//! side of W, which decides how their product is turned. It is a product of full rank, and costs what that costs.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{outputs_inputs, product};
use crate::vera::not_stored;
use crate::{Change, Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::transpose;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "randlora",
        summary: "RandLoRA on linear and Conv1D layers, with the shared bases in the file",
        summary_zh: "RandLoRA：线性层与 Conv1D，共享基须在文件中",
        link: "https://arxiv.org/abs/2502.00987",
        limits: &["adapters saved with save_projection=False"],
    },
    peft_types: &["RANDLORA"],
    parts: &["randlora_lambda", "randlora_gamma", "randlora_A", "randlora_B"],
    shared: &["randlora_A", "randlora_B"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let lambda = parts.shaped("randlora_lambda", &[0, 0])?;
    let (rank, bases) = (lambda.shape[0], lambda.shape[1]);
    let gamma = parts.shaped("randlora_gamma", &[bases, 0])?;
    let shorter = gamma.shape[1];
    if parts.get("randlora_A").or(parts.get("randlora_B")).is_none() {
        return Err(not_stored(parts, "save_projection: false"));
    }
    let a = parts.shaped("randlora_A", &[rank, 1, 0])?;
    let b = parts.shaped("randlora_B", &[0, 0, rank])?;
    let (width, stored, longest) = (a.shape[2], b.shape[1], b.shape[0]);
    if width < shorter || stored < bases || shorter == 0 || rank == 0 || bases == 0 {
        return Err(parts.misshapen(a, &format!("({rank}, 1, >={shorter})")));
    }
    let alpha = config.number("randlora_alpha", 640.0)?;
    let scaling = alpha / rank as f64;
    let names = [lambda, gamma, a, b].map(|head| head.name.clone());
    let zero_if = vec![lambda.name.clone(), gamma.name.clone()];
    let problem = parts.misshapen(b, &format!("shorter side {shorter}, longer side at most {longest}"));
    let recipe = Made::sum(Wanted::columns(None), move |target, data| {
        let (outputs, inputs) = outputs_inputs(target);
        let (rank, bases, shorter) = (rank as usize, bases as usize, shorter as usize);
        let (lambda, gamma) = (data.values(&names[0])?, data.values(&names[1])?);
        let (a, b) = (data.values(&names[2])?, data.values(&names[3])?);
        // (rank · bases, shorter), the rank outermost; PEFT's own B has it innermost, and so it must stay.
        let mut short = Vec::with_capacity(rank * bases * shorter);
        for (a, lambda) in a.chunks_exact(width as usize).zip(lambda.chunks_exact(bases)) {
            for (factor, gamma) in lambda.iter().zip(gamma.chunks_exact(shorter)) {
                short.extend(a.iter().zip(gamma).map(|(a, g)| a * factor * g));
            }
        }
        let mut long = Vec::with_capacity(outputs.max(inputs) * rank * bases);
        for line in b.chunks_exact(stored as usize * rank).take(outputs.max(inputs)) {
            long.extend_from_slice(&line[..rank * bases]);
        }
        let inner = rank * bases;
        let factors = if inputs == shorter {
            (long, short)
        } else {
            let long_rows = outputs.max(inputs);
            (transpose(&short, inner), transpose(&long, long_rows))
        };
        Ok(Change::Add(Box::new(product(target, factors, inner, scaling))))
    });
    let recipe = recipe.check(move |shape| {
        let fits = shape.iter().min() == Some(&shorter) && shape.iter().max().is_some_and(|n| *n <= longest);
        if fits && shape.len() == 2 { Ok(()) } else { Err(problem.clone()) }
    });
    let rank = Some(rank * bases);
    Ok(vec![Edit { rank, alpha: Some(alpha), scaling, zero_if, ..parts.edit("weight", recipe) }])
}
