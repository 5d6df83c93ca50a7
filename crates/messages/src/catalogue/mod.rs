//! The catalogue, one file a topic. The first letter of a code is its topic: `U` usage, `S` sources,
//! `N` names, `A` adapters, `M` merging, `O` output, `V` verification, `R` words of reports,
//! `I` words of inspect, diff and doctor, `D` words around the demo, `J` jobs,
//! `H` the web server and its clients.

use crate::Message;

macro_rules! messages {
    ($( $name:ident = $code:literal $class:ident, $en:literal, $zh:literal $(, hint $hint_en:literal, $hint_zh:literal)? ; )*) => {
        $(
            #[doc = $en]
            pub static $name: crate::Message = crate::Message {
                code: $code,
                class: crate::Class::$class,
                text: [$en, $zh],
                hint: messages!(@hint $($hint_en, $hint_zh)?),
            };
        )*
        /// Every message of this topic.
        pub(super) static ALL: &[&crate::Message] = &[$( &$name ),*];
    };
    (@hint $en:literal, $zh:literal) => { [$en, $zh] };
    (@hint) => { ["", ""] };
}

pub mod adapter;
pub mod demo;
pub mod inspect;
pub mod jobs;
pub mod merge;
pub mod name;
pub mod output;
pub mod report;
pub mod server;
pub mod source;
pub mod usage;
pub mod verify;

/// Every message there is.
pub fn all() -> impl Iterator<Item = &'static Message> {
    [
        usage::ALL,
        source::ALL,
        name::ALL,
        adapter::ALL,
        merge::ALL,
        output::ALL,
        verify::ALL,
        report::ALL,
        inspect::ALL,
        demo::ALL,
        server::ALL,
        jobs::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
