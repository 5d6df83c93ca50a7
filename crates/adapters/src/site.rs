use crate::keys::{self, FULL};
use crate::{ALL, TensorHead};
use std::collections::{BTreeSet, HashMap};

/// A tensor of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which tensor of the adapter type it is, e.g. `lora_A`; `full` for a whole parameter.
    pub part: &'static str,
    /// `weight`, `bias`, or empty.
    pub leaf: String,
    /// The tensor in the file.
    pub head: TensorHead,
}

/// A module of the base model and the adapter tensors that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Module path inside the base model, as the adapter spells it.
    pub module: String,
    /// Its tensors, in file order.
    pub parts: Vec<Part>,
}

impl Site {
    /// The tensor of that part and leaf.
    pub fn get(&self, part: &str, leaf: &str) -> Option<&TensorHead> {
        self.parts.iter().find(|p| p.part == part && p.leaf == leaf).map(|p| &p.head)
    }

    /// The tensor of that part, whatever its leaf (`weight` or nothing).
    pub fn any(&self, part: &str) -> Option<&TensorHead> {
        self.parts.iter().find(|p| p.part == part && p.leaf != "bias").map(|p| &p.head)
    }

    /// Whether it has a tensor of that part.
    pub fn has(&self, part: &str) -> bool {
        self.parts.iter().any(|p| p.part == part)
    }
}

/// Sorts the tensors of an adapter file by module. With `adapter`, tensors of other adapters are left out.
/// Tensors that are known to play no part (`original_module`, training buffers) are returned apart.
pub fn sites(tensors: &[TensorHead], adapter: Option<&str>) -> (Vec<Site>, Vec<String>) {
    let named: BTreeSet<String> = keys::adapter_names(tensors);
    let mut sites: Vec<Site> = Vec::new();
    let mut by_module: HashMap<String, usize> = HashMap::new();
    let mut ignored = Vec::new();
    for head in tensors {
        let key = keys::parse(&head.name, &named);
        let other = matches!((adapter, &key.adapter), (Some(wanted), Some(found)) if wanted != found);
        if key.part.is_empty() || other {
            ignored.push(head.name.clone());
            continue;
        }
        let at = *by_module.entry(key.module.clone()).or_insert_with(|| {
            sites.push(Site { module: key.module, parts: Vec::new() });
            sites.len() - 1
        });
        sites[at].parts.push(Part { part: key.part, leaf: key.leaf, head: head.clone() });
    }
    spread_shared(&mut sites);
    debug_assert!(sites.iter().all(|s| s.parts.iter().all(|p| !p.part.is_empty() || p.part == FULL)));
    (sites, ignored)
}

/// What an adapter has once for all its modules goes to every site that has other parts of the same type.
fn spread_shared(sites: &mut Vec<Site>) {
    for kind in ALL.iter().filter(|kind| !kind.shared().is_empty()) {
        let is_shared = |p: &Part| kind.shared().contains(&p.part);
        let own = |site: &Site| site.parts.iter().any(|p| kind.parts().contains(&p.part) && !is_shared(p));
        let lonely = |site: &Site| site.parts.iter().any(is_shared) && !own(site);
        let shared: Vec<Part> = sites
            .iter()
            .filter(|s| lonely(s))
            .flat_map(|s| &s.parts)
            .filter(|p| is_shared(p))
            .cloned()
            .collect();
        if !sites.iter().any(own) {
            continue;
        }
        sites.retain(|site| !lonely(site) || !site.parts.iter().all(is_shared));
        for site in sites.iter_mut().filter(|site| own(site)) {
            site.parts.extend(shared.iter().cloned());
        }
    }
}
