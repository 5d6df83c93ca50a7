//! PEANuT: W + s·B·f(A·W), where f is a small neural network over the columns of A·W. Zhong et al. 2024,
//! <https://arxiv.org/abs/2410.01870>; layouts as in PEFT 0.20. After one look at the base it is a product of factors.

use crate::deft::Seen;
use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::{Change, Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "peanut",
        summary: "PEANuT on linear layers, of any depth, with relu, leaky_relu, silu, tanh, sigmoid or gelu_new",
        summary_zh: "PEANuT：线性层，任意深度，激活函数 relu、leaky_relu、silu、tanh、sigmoid、gelu_new",
        link: "https://arxiv.org/abs/2410.01870",
        limits: &[
            "other activation functions",
            "together with another adapter on the same tensor (it is not a sum)",
        ],
    },
    peft_types: &["PEANUT"],
    parts: &["peanut_A", "peanut_B", "peanut_encoders", "peanut_decoders"],
    leaves: NUMBERED,
    edits,
    ..PLAIN
};

/// The layers of the two stacks are numbered.
const NUMBERED: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

type Activation = fn(f64) -> f64;

/// transformers' names of functions that are defined without special functions.
const ACTIVATIONS: &[(&str, Activation)] = &[
    ("relu", |x| x.max(0.0)),
    ("leaky_relu", |x| if x < 0.0 { 0.01 * x } else { x }),
    ("silu", |x| x / (1.0 + (-x).exp())),
    ("swish", |x| x / (1.0 + (-x).exp())),
    ("tanh", f64::tanh),
    ("sigmoid", |x| 1.0 / (1.0 + (-x).exp())),
    ("linear", |x| x),
    ("gelu_new", |x| {
        0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
    }),
];

/// The matrices of a stack, by name, as many as there are.
fn stack(parts: &Parts<'_>, part: &str, rank: u64) -> Result<Vec<String>, Problem> {
    let numbered = NUMBERED.iter().map_while(|n| parts.site.get(part, &format!("{n}.weight")));
    let square = numbered.map(|head| {
        let fits = head.shape == [rank, rank] && head.dtype.is_float();
        if fits { Ok(head.name.clone()) } else { Err(parts.misshapen(head, &format!("({rank}, {rank})"))) }
    });
    square.collect()
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let a = parts.shaped("peanut_A", &[0, 0])?;
    let (rank, outputs) = (a.shape[0], a.shape[1]);
    let b = parts.shaped("peanut_B", &[outputs, rank])?;
    if rank == 0 {
        return Err(parts.misshapen(a, "(r, *)"));
    }
    let names: Vec<&'static str> = ACTIVATIONS.iter().map(|(name, _)| *name).collect();
    let wanted = config.one_of("act_fn", &names)?;
    let activation =
        ACTIVATIONS.iter().find(|(name, _)| *name == wanted).map_or(ACTIVATIONS[0].1, |(_, f)| *f);
    let (down, up) = (stack(parts, "peanut_encoders", rank)?, stack(parts, "peanut_decoders", rank)?);
    let count = |part: &str| parts.site.parts.iter().filter(|p| p.part == part).count();
    if down.len() != up.len()
        || down.len() != count("peanut_encoders")
        || up.len() != count("peanut_decoders")
    {
        return Err(parts.misshapen(a, "as many encoders as decoders, at most ten"));
    }
    let scaling = config.number("scaling", 1.0)?;
    let names = (a.name.clone(), b.name.clone());
    let zero_if = vec![b.name.clone()];
    let recipe = Made::rewrite(Wanted::rows(outputs).upright(), move |target, data| {
        let rank = rank as usize;
        let (a, mut b) = (data.values(&names.0)?, data.values(&names.1)?);
        b.iter_mut().for_each(|v| *v = (f64::from(*v) * scaling) as f32);
        let load =
            |names: &[String]| names.iter().map(|n| data.values(n)).collect::<Result<Vec<_>, Problem>>();
        let (down, up) = (load(&down)?, load(&up)?);
        let finish = move |seen: &[f64]| network(seen, rank, (&down, &up), activation);
        Ok(Change::Rewrite(Box::new(Seen::new(target, (b, a), rank, finish))))
    });
    Ok(vec![Edit { rank: Some(rank), scaling, zero_if, ..parts.edit("weight", recipe) }])
}

/// Sends every column of `seen` (rank, inputs) through the encoders, then through the decoders with what the encoders
/// were given added again, in reverse.
fn network(seen: &[f64], rank: usize, (down, up): (&[Vec<f32>], &[Vec<f32>]), f: Activation) -> Vec<f32> {
    let inputs = seen.len() / rank.max(1);
    let layer = |matrix: &[f32], x: &[f64]| -> Vec<f64> {
        let sum = |row: &[f32]| row.iter().zip(x).map(|(m, x)| f64::from(*m) * x).sum::<f64>();
        matrix.chunks_exact(rank).map(|row| f(sum(row))).collect()
    };
    let mut out = vec![0f32; seen.len()];
    for j in 0..inputs {
        let mut x: Vec<f64> = (0..rank).map(|k| f(seen[k * inputs + j])).collect();
        let mut given = Vec::with_capacity(down.len());
        for matrix in down {
            let next = layer(matrix, &x);
            given.push(std::mem::replace(&mut x, next));
        }
        for matrix in up {
            x = layer(matrix, &x);
            let again = given.pop().unwrap_or_default();
            x.iter_mut().zip(again).for_each(|(x, g)| *x += g);
        }
        x.iter().enumerate().for_each(|(k, v)| out[k * inputs + j] = *v as f32);
    }
    out
}
