//! Tied embeddings: the merged model must compute the function of base + adapter, so the tie is undone when
//! only one end changes or both change differently. (PEFT's own merge gets most of these cases wrong.)

use super::adapter::Adapter;
use super::base::Base;
use super::tensors::{Applied, ByKey};
use weldlm_adapters::{AdapterData, Stage};
use weldlm_messages::{Problem, catalogue::merge as says};

/// The changes of one end, by what they mean for the other.
#[derive(Default)]
struct End {
    /// The matrix as it was at save time (resized, or saved beside its LoRA): both ends had it.
    shared: Vec<Applied>,
    /// Trained for this end alone.
    own: Vec<Applied>,
    /// Trained rows.
    rows: Vec<Applied>,
}

impl End {
    fn take(by_key: &mut ByKey, key: &str, adapters: &[Adapter]) -> End {
        let mut end = End::default();
        for applied in by_key.remove(key).unwrap_or_default() {
            let edit = &adapters[applied.adapter].edits[applied.edit];
            match edit.recipe.stage() {
                Stage::Replace if !edit.may_be_new => end.shared.push(applied),
                Stage::Replace | Stage::Update => end.own.push(applied),
                Stage::Rows => end.rows.push(applied),
            }
        }
        end
    }

    fn is_empty(&self) -> bool {
        self.shared.is_empty() && self.own.is_empty() && self.rows.is_empty()
    }

    fn into_edits(self) -> Vec<Applied> {
        [self.shared, self.own, self.rows].concat()
    }
}

/// Distributes the changes of a tied model over both ends; says whether the tie is undone.
pub(crate) fn settle(base: &Base, adapters: &[Adapter], by_key: &mut ByKey) -> Result<bool, Problem> {
    let ends = &base.ends;
    let (true, Some(embedding)) = (ends.tied, &ends.embedding) else { return Ok(false) };
    let Some(head) = &ends.head else { return without_head(embedding, adapters, by_key) };
    let mut e = End::take(by_key, embedding, adapters);
    let mut h = End::take(by_key, head, adapters);
    if e.is_empty() && h.is_empty() {
        return Ok(false);
    }
    if base.facts.is_encoder_decoder {
        return Err(Problem::new(&says::TIED_ENCODER_DECODER).arg("tensor", embedding).at(embedding));
    }
    if e.shared.is_empty() {
        e.shared.clone_from(&h.shared);
    }
    if h.shared.is_empty() || !e.shared.is_empty() {
        h.shared.clone_from(&e.shared);
    }
    // Rows trained on the embedding of a tied model are the head's too; some producers store them twice.
    if h.rows.is_empty() || same_content(&e.rows, &h.rows, adapters)? {
        h.rows.clone_from(&e.rows);
    }
    if same_content(&e.own, &h.own, adapters)? {
        h.own.clone_from(&e.own);
    }
    let ensured = |end: &End| end.own.iter().all(|a| adapters[a.adapter].config.ensure_weight_tying);
    if !(e.own.is_empty() && h.own.is_empty()) && ensured(&e) && ensured(&h) {
        // PEFT stores the one delta on both sides.
        let own = if e.own.is_empty() { h.own.clone() } else { e.own.clone() };
        e.own.clone_from(&own);
        h.own = own;
    }
    for end in [&mut e, &mut h] {
        let replaces = |a: &Applied| adapters[a.adapter].edits[a.edit].recipe.stage() == Stage::Replace;
        if end.own.iter().any(replaces) {
            end.shared.clear();
        }
    }
    let same = e.own == h.own && e.rows == h.rows;
    if same && !ends.head_stored {
        by_key.insert(embedding.clone(), e.into_edits());
    } else {
        by_key.insert(embedding.clone(), e.into_edits());
        by_key.insert(head.clone(), h.into_edits());
    }
    Ok(!same)
}

/// A tied model whose head has no known name can only be changed at both ends alike.
fn without_head(embedding: &str, adapters: &[Adapter], by_key: &mut ByKey) -> Result<bool, Problem> {
    let end = End::take(by_key, embedding, adapters);
    let ensured = end.own.iter().all(|a| adapters[a.adapter].config.ensure_weight_tying);
    if !ensured {
        return Err(Problem::new(&says::HEAD_UNKNOWN).arg("tensor", embedding).at(embedding));
    }
    if !end.is_empty() {
        by_key.insert(embedding.to_string(), end.into_edits());
    }
    Ok(false)
}

/// Whether both ends get the same tensors, byte for byte.
fn same_content(a: &[Applied], b: &[Applied], adapters: &[Adapter]) -> Result<bool, Problem> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b) {
        let (edit_a, edit_b) = (&adapters[a.adapter].edits[a.edit], &adapters[b.adapter].edits[b.edit]);
        if edit_a.kind != edit_b.kind || edit_a.tensors.len() != edit_b.tensors.len() {
            return Ok(false);
        }
        for (x, y) in edit_a.tensors.iter().zip(&edit_b.tensors) {
            if adapters[a.adapter].values(x)? != adapters[b.adapter].values(y)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
