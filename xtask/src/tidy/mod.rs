//! What this repository promises about its own text. Each check is an entry of [`ALL`] with a sample that it
//! must object to, so that a check that has stopped working is noticed.

pub mod budgets;
mod catalogue;
mod deps;
mod docs;
mod layers;
mod table;
mod text;
mod words;

use crate::repo::Repo;

/// One promise.
pub struct Check {
    pub name: &'static str,
    /// Findings, each starting with `file:line: `.
    pub run: fn(&Repo) -> Vec<String>,
    /// Files, by path, that break it.
    #[cfg_attr(not(test), allow(dead_code, reason = "only the tests try the samples"))]
    pub broken: &'static [(&'static str, &'static str)],
}

/// Every check.
pub const ALL: &[&Check] = &[
    &layers::DEPENDENCIES,
    &layers::KNOWN,
    &layers::RESERVED,
    &words::PLACES,
    &words::UNFINISHED,
    &budgets::RUST,
    &budgets::PAGES,
    &deps::REASONS,
    &deps::INHERITED,
    &deps::UNUSED,
    &catalogue::SAID,
    &docs::CAPTIONS,
    &docs::FRESH,
    &docs::LINKS,
    &text::PLACES_AND_HOSTS,
    &text::FILES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_objects_to_its_sample() {
        for check in ALL {
            assert_ne!(
                (check.run)(&Repo::of(check.broken)),
                Vec::<String>::new(),
                "{} finds nothing",
                check.name
            );
        }
    }

    fn clean(check: &Check) {
        let findings = (check.run)(&Repo::load(&crate::root()).unwrap());
        assert!(
            findings.is_empty(),
            "{} findings ({}):\n{}",
            findings.len(),
            check.name,
            findings.join("\n")
        );
    }

    /// One test a check, so that the runner names what is broken.
    macro_rules! one_test_each {
        ($($test:ident: $check:path;)*) => {
            $(#[test] fn $test() { clean(&$check); })*

            #[test]
            fn no_check_is_left_out() {
                let mut tested = vec![$($check.name),*];
                let mut listed: Vec<_> = ALL.iter().map(|c| c.name).collect();
                tested.sort_unstable();
                listed.sort_unstable();
                assert_eq!(tested, listed);
            }
        };
    }

    one_test_each! {
        crates_use_only_what_the_table_allows: layers::DEPENDENCIES;
        the_table_knows_every_crate: layers::KNOWN;
        some_parts_belong_to_some_crates: layers::RESERVED;
        files_and_unsafe_stay_in_their_places: words::PLACES;
        nothing_unfinished: words::UNFINISHED;
        rust_keeps_its_budgets: budgets::RUST;
        pages_keep_their_budgets: budgets::PAGES;
        dependencies_have_reasons: deps::REASONS;
        dependencies_come_from_the_workspace: deps::INHERITED;
        dependencies_are_used: deps::UNUSED;
        every_message_is_said: catalogue::SAID;
        members_have_captions: docs::CAPTIONS;
        the_map_is_fresh: docs::FRESH;
        links_lead_somewhere: docs::LINKS;
        no_private_places_or_hosts: text::PLACES_AND_HOSTS;
        files_are_small_and_scripts_run: text::FILES;
    }
}
