//! MiSS: a block of r rows is added to every stretch of r inputs; `mini` repeats a narrow block over the outputs, `bat`
//! adds W·b + b block by block. Kang and Yin 2024, <https://arxiv.org/abs/2409.15371>; layouts as in PEFT 0.20.
//! Bone is what it was called up to PEFT 0.18.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{map, sum};
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{self};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "miss",
        summary: "MiSS on linear layers: plain, mini and bat",
        summary_zh: "MiSS：线性层，支持普通、mini 与 bat 三种形式",
        link: "https://arxiv.org/abs/2409.15371",
        limits: &[],
    },
    peft_types: &["MISS"],
    parts: &["miss_block"],
    edits: |parts, config| edits(parts, config, "miss_block"),
    ..PLAIN
};

pub(crate) fn edits(parts: &Parts<'_>, config: &Config, part: &str) -> Result<Vec<Edit>, Problem> {
    let form = config.raw.get("init_weights").and_then(|v| v.as_str()).unwrap_or("");
    if form == "bat" {
        return bat(parts, part);
    }
    let head = parts.shaped(part, &[0, 0])?;
    let (rank, width) = (head.shape[0], head.shape[1]);
    if rank == 0 || width == 0 {
        return Err(parts.misshapen(head, "(r, *)"));
    }
    let wanted = if form == "mini" { Wanted::columns(None) } else { Wanted::rows(width) };
    let (name, problem) = (head.name.clone(), parts.misshapen(head, "a divisor of the outputs"));
    let recipe = Made::sum(wanted.upright(), move |target, data| {
        let (block, width) = (data.values(&name)?, width as usize);
        Ok(sum(target, move |row, out| {
            for (out, line) in out.iter_mut().zip(block.chunks_exact(width).cycle()) {
                *out = f64::from(line[row % width]);
            }
        }))
    });
    let recipe = recipe.check(move |shape| {
        let fits = shape.first().is_some_and(|rows| rows % width == 0);
        if fits { Ok(()) } else { Err(problem.clone()) }
    });
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}

fn bat(parts: &Parts<'_>, part: &str) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped(part, &[0, 0, 0])?;
    let (blocks, rank) = (head.shape[0], head.shape[1]);
    if head.shape[2] != rank || rank == 0 {
        return Err(parts.misshapen(head, "(*, r, r)"));
    }
    let (name, problem) = (head.name.clone(), parts.misshapen(head, "r divides the inputs"));
    let recipe = Made::rewrite(Wanted::rows(blocks * rank).upright(), move |target, data| {
        let (block, rank) = (data.values(&name)?, rank as usize);
        Ok(map(target, move |row, values| {
            let own = &block[row / rank * rank * rank..][..rank * rank];
            let mut added = vec![0f64; rank];
            for stretch in values.chunks_exact_mut(rank) {
                let line = &own[row % rank * rank..][..rank];
                added.iter_mut().zip(line).for_each(|(a, b)| *a = f64::from(*b));
                for (value, line) in stretch.iter().zip(own.chunks_exact(rank)) {
                    math::add_scaled(&mut added, *value, line);
                }
                stretch.iter_mut().zip(&added).for_each(|(s, a)| *s += a);
            }
        }))
    });
    let recipe = recipe.check(move |shape| {
        let fits = shape.get(1).is_some_and(|inputs| inputs % rank == 0);
        if fits { Ok(()) } else { Err(problem.clone()) }
    });
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}
