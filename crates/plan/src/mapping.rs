//! Module paths rewritten by hand (`--module-mapping OLD=NEW`), and the search for the mapping that would help.

use super::names::Names;
use std::collections::HashMap;
use weldlm_adapters::{Edit, Fit};

/// Rewrites a path: each mapping in turn replaces the leftmost place where all segments of OLD stand; an empty
/// OLD puts NEW in front, an empty NEW takes OLD away. Dots at the ends of OLD and NEW do not matter.
pub(crate) fn apply(by_hand: &[(String, String)], path: &str) -> String {
    by_hand.iter().fold(path.to_string(), |path, (old, new)| apply_one(old, new, &path).unwrap_or(path))
}

/// The rewritten path, or `None` when OLD does not stand in it.
pub(crate) fn apply_one(old: &str, new: &str, path: &str) -> Option<String> {
    let segments = |text: &str| -> Vec<String> {
        text.trim_matches('.').split('.').filter(|s| !s.is_empty()).map(str::to_string).collect()
    };
    let (old, new, mut path) = (segments(old), segments(new), segments(path));
    let at = if old.is_empty() { 0 } else { path.windows(old.len()).position(|w| w == old.as_slice())? };
    path.splice(at..at + old.len(), new);
    Some(path.join("."))
}

/// Mappings are tried one after the other; more than this is another model.
const MAPPINGS_MAX: usize = 4;

/// The shortest mapping found that gives every one of these edits a place whose shape fits; `None` when there
/// is none.
pub(crate) fn suggest(names: &Names<'_>, lost: &[&Edit]) -> Option<Vec<(String, String)>> {
    let mut mapping: Vec<(String, String)> = Vec::new();
    let keys: Vec<(Vec<&str>, &[u64])> =
        names.all().map(|(key, shape)| (key.split('.').collect(), shape)).collect();
    for _ in 0..MAPPINGS_MAX {
        let left: Vec<(&&Edit, String)> = lost
            .iter()
            .map(|e| (e, apply(&mapping, &e.name())))
            .filter(|(e, path)| !fits(names, e, path))
            .collect();
        if left.is_empty() {
            return Some(mapping);
        }
        let mut votes: HashMap<(String, String), usize> = HashMap::new();
        for (edit, path) in &left {
            if let Some(pair) = nearest_pair(edit, path, &keys) {
                *votes.entry(pair).or_default() += 1;
            }
        }
        // Most votes, then the shortest, then by name, so that the answer does not depend on a hash.
        let best = votes.into_iter().max_by(|a, b| {
            let length = |p: &(String, String)| p.0.len() + p.1.len();
            a.1.cmp(&b.1).then(length(&b.0).cmp(&length(&a.0))).then(b.0.cmp(&a.0))
        })?;
        mapping.push(best.0);
    }
    lost.iter().all(|e| fits(names, e, &apply(&mapping, &e.name()))).then_some(mapping)
}

fn fits(names: &Names<'_>, edit: &Edit, path: &str) -> bool {
    names.shape(path).is_some_and(|shape| edit.recipe.fits(shape) != Fit::No)
}

/// The difference between a path and the most similar key that it could mean: same numbers, fitting shape.
fn nearest_pair(edit: &Edit, path: &str, keys: &[(Vec<&str>, &[u64])]) -> Option<(String, String)> {
    let path: Vec<&str> = path.split('.').collect();
    let numbers = |segments: &[&str]| -> Vec<String> {
        segments.iter().filter(|s| s.bytes().all(|b| b.is_ascii_digit())).map(|s| (*s).to_string()).collect()
    };
    let own = numbers(&path);
    // Outside of numbered layers a similar name is too weak a reason.
    if own.is_empty() {
        return None;
    }
    let candidates = keys.iter().filter(|(key, shape)| {
        key.last() == path.last() && numbers(key) == own && edit.recipe.fits(shape) != Fit::No
    });
    let common = |key: &[&str]| {
        let front = key.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let rest = key.len().min(path.len()) - front;
        let back = key.iter().rev().zip(path.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
        (front, back)
    };
    // A path that shares nothing but `weight` with a key says nothing.
    let best = candidates
        .map(|(key, _)| (common(key), key))
        .filter(|((_, back), _)| *back >= 2)
        .max_by_key(|((front, back), key)| (front + back, usize::MAX - key.len()))?;
    let ((front, back), key) = best;
    // The leftmost place where OLD stands must be this one.
    let old = path[front..path.len() - back].join(".");
    let new = key[front..key.len() - back].join(".");
    let whole = (path[..path.len() - back].join("."), key[..key.len() - back].join("."));
    let unique = !old.is_empty() && apply_one(&old, &new, &path.join(".")).as_deref() == Some(&key.join("."));
    Some(if unique {
        (old, new)
    } else if front == 0 {
        (String::new(), new)
    } else {
        whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_leftmost() {
        let map = |old: &str, new: &str, path: &str| apply(&[(old.into(), new.into())], path);
        assert_eq!(map("model.language_model.", "model.", "model.language_model.layers.0"), "model.layers.0");
        assert_eq!(map("model", "m", "language_model.model.x"), "language_model.m.x");
        assert_eq!(map("odel", "m", "model.x"), "model.x");
        assert_eq!(map("", "model", "layers.0"), "model.layers.0");
        assert_eq!(map("transformer", "", "transformer.h.0"), "h.0");
        assert_eq!(map("attn", "self_attn", "h.0.attn.q_proj"), "h.0.self_attn.q_proj");
    }
}
