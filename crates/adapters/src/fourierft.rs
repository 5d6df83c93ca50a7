//! FourierFT: Δ is the inverse Fourier transform of a few coefficients, whose places are drawn at random from a seed.
//! Gao et al. 2024, <https://arxiv.org/abs/2405.03003>; layouts as in PEFT 0.20. A row of Δ is one transform of the row's
//! length, after the coefficients were turned by the row's phase; that is some forty times the arithmetic of a small LoRA.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{outputs_inputs, sum};
use crate::{Config, Edit, Target};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{Complex, InverseTransform, TorchRandom, unit};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "fourierft",
        summary: "FourierFT on linear and Conv1D layers; its places are drawn again from the seed as torch draws them",
        summary_zh: "FourierFT：线性层与 Conv1D；按 torch 的方式由种子重新生成位置",
        link: "https://arxiv.org/abs/2405.03003",
        limits: &[],
    },
    peft_types: &["FOURIERFT"],
    parts: &["fourierft_spectrum"],
    edits,
    ..PLAIN
};

/// The places of `count` coefficients in a matrix of outputs × inputs, as PEFT draws them.
pub(crate) fn places(target: &Target, seed: u64, count: usize) -> Vec<(usize, usize)> {
    let (outputs, inputs) = outputs_inputs(target);
    let start = TorchRandom::new(seed).permutation_start(outputs as u64 * inputs as u64, count as u64);
    start.into_iter().map(|at| (at as usize / inputs, at as usize % inputs)).collect()
}

/// The refusal of more coefficients than elements.
pub(crate) fn room_for(
    parts: &Parts<'_>,
    part: &str,
) -> Result<impl Fn(&[u64]) -> Result<(), Problem> + use<>, Problem> {
    let head = parts.shaped(part, &[0])?;
    let (count, problem) = (head.shape[0], parts.misshapen(head, "at most one for each element"));
    Ok(move |shape: &[u64]| if count <= shape.iter().product() { Ok(()) } else { Err(problem.clone()) })
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped("fourierft_spectrum", &[0])?;
    let seed = config.seed("random_loc_seed", 777);
    let scaling = config.number("scaling", 150.0)?;
    let name = head.name.clone();
    let recipe = Made::sum(Wanted::columns(None), move |target, data| {
        let spectrum = data.values(&name)?;
        let (outputs, inputs) = outputs_inputs(target);
        let places = places(target, seed, spectrum.len());
        let transform = InverseTransform::new(inputs);
        let turns: Vec<Complex> = (0..outputs).map(|i| unit(i, outputs)).collect();
        let factor = scaling / (outputs as f64 * inputs as f64);
        Ok(sum(target, move |row, out| {
            let mut line = vec![(0.0, 0.0); inputs];
            for ((u, v), value) in places.iter().zip(&spectrum) {
                let (re, im) = turns[u * row % outputs];
                line[*v].0 += f64::from(*value) * re;
                line[*v].1 += f64::from(*value) * im;
            }
            let waves = transform.apply(&line);
            out.iter_mut().zip(waves).for_each(|(o, (re, _))| *o = re * factor);
        }))
    });
    let recipe = recipe.check(room_for(parts, "fourierft_spectrum")?);
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { zero_if, scaling, ..parts.edit("weight", recipe) }])
}
