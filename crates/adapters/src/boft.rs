//! BOFT: W' = s∘(W·Mᵀ), where M is a product of butterfly factors, each a permuted block-diagonal rotation of the
//! inputs. Liu et al. 2023, <https://arxiv.org/abs/2311.06243>; layouts as in PEFT 0.20, which makes more than one factor
//! only where its CUDA extension could be built.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::{Square, rotate};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "boft",
        summary: "BOFT on linear and Conv2d layers, with any number of butterfly factors",
        summary_zh: "BOFT：线性层与 Conv2d，蝶形因子数不限",
        link: "https://arxiv.org/abs/2311.06243",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["BOFT"],
    parts: &["boft_R", "boft_s"],
    edits,
    ..PLAIN
};

/// One factor: where each input is taken from before its block turns it, and the blocks.
struct Factor {
    order: Vec<usize>,
    blocks: Vec<Square>,
}

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let r = parts.shaped("boft_R", &[0, 0, 0, 0])?;
    let [factors, blocks, size, other] = [0, 1, 2, 3].map(|i| r.shape[i]);
    let halves = factors.checked_sub(1).and_then(|n| 1u64.checked_shl(n.try_into().ok()?));
    let divides = halves.is_some_and(|h| h == 1 || (size % 2 == 0 && blocks % h == 0));
    if size != other || size == 0 || blocks == 0 || !divides {
        return Err(parts.misshapen(r, "(m, n, b, b)"));
    }
    let s = parts.shaped("boft_s", &[0, 0])?;
    let outputs: u64 = s.shape.iter().product();
    let names = [r.name.clone(), s.name.clone()];
    let module = parts.module().to_string();
    let recipe = Made::rewrite(Wanted::matrix(outputs, blocks * size).upright(), move |target, data| {
        let (r, s) = (data.values(&names[0])?, data.values(&names[1])?);
        let (size, blocks) = (size as usize, blocks as usize);
        let mut all = Vec::new();
        for (i, factor) in r.chunks_exact(blocks * size * size).enumerate() {
            let turned =
                factor.chunks_exact(size * size).map(|block| Square::skew_part(block, size).cayley());
            // A row is multiplied from the right.
            let turned: Option<Vec<Square>> = turned.map(|r| r.map(|r| r.transpose())).collect();
            let blocks_of = turned.ok_or_else(|| Problem::new(&says::SINGULAR).at(&module))?;
            let order = butterfly(blocks * size, blocks >> i, size / 2, factors > 1);
            all.push(Factor { order, blocks: blocks_of });
        }
        Ok(map(target, move |row, values| {
            let mut moved = vec![0f64; values.len()];
            for factor in &all {
                factor.order.iter().zip(&*values).for_each(|(to, v)| moved[*to] = *v);
                rotate(&mut moved, &factor.blocks);
                factor.order.iter().zip(&mut *values).for_each(|(from, v)| *v = moved[*from]);
            }
            values.iter_mut().for_each(|v| *v *= f64::from(s[row]));
        }))
    });
    Ok(vec![parts.edit("weight", recipe)])
}

/// Within each of `groups` stretches, pieces of length `piece` are taken in the order even, odd.
fn butterfly(n: usize, groups: usize, piece: usize, permute: bool) -> Vec<usize> {
    let (stretch, piece) = (n / groups.max(1), piece.max(1));
    if !permute {
        return (0..n).collect();
    }
    let pieces = stretch / piece;
    let sorted: Vec<usize> = (0..pieces).step_by(2).chain((1..pieces).step_by(2)).collect();
    let within = |start: usize| {
        let sorted = sorted.clone();
        sorted.into_iter().flat_map(move |p| (0..piece).map(move |i| start + p * piece + i))
    };
    (0..n).step_by(stretch.max(1)).flat_map(within).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        assert_eq!(butterfly(8, 2, 1, true), [0, 2, 1, 3, 4, 6, 5, 7]);
        assert_eq!(butterfly(8, 1, 2, true), [0, 1, 4, 5, 2, 3, 6, 7]);
        assert_eq!(butterfly(3, 1, 1, false), [0, 1, 2]);
    }
}
