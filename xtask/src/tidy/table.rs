//! Who may use whom, and what belongs to whom. To allow something new, change this file and say why.

/// What one crate may use.
pub struct Allowed {
    /// Its folder; crates below `crates/` go by their folder's name.
    pub name: &'static str,
    /// Ours that it may use.
    pub uses: &'static [&'static str],
}

/// Every crate, from the bottom up. `testkit` is not listed as used: tests of any crate may use it, and only tests.
pub const CRATES: &[Allowed] = &[
    Allowed { name: "about", uses: &[] },
    Allowed { name: "tensor", uses: &[] },
    // One catalogue of everything said to users, and one error type that every crate returns: with an error
    // enum in each crate, codes, both languages and exit codes would be kept in step by hand in ten places.
    Allowed { name: "messages", uses: &[] },
    Allowed { name: "source", uses: &["messages"] },
    // The counterpart of `source`. Staging, direct I/O, journals and free space are one concern; it is not in
    // `pipeline`, because the story must not touch files, nor in `formats`, which only says which bytes go where.
    // It asks `source` which folders the process is confined to.
    Allowed { name: "output", uses: &["messages", "source"] },
    Allowed { name: "models", uses: &["about", "messages", "tensor"] },
    Allowed { name: "adapters", uses: &["about", "messages", "tensor"] },
    Allowed { name: "formats", uses: &["about", "messages", "models", "output", "source", "tensor"] },
    // What will be done is decided from headers alone and knows nothing of doing it; together they had outgrown
    // one crate's budget.
    Allowed {
        name: "plan",
        uses: &["about", "adapters", "formats", "messages", "models", "output", "source", "tensor"],
    },
    Allowed {
        name: "pipeline",
        uses: &["about", "adapters", "formats", "messages", "models", "output", "plan", "source", "tensor"],
    },
    Allowed {
        name: "inspect",
        uses: &[
            "about", "adapters", "formats", "messages", "models", "output", "pipeline", "plan", "source",
            "tensor",
        ],
    },
    // Runs the story in processes of their own and keeps their history; knows neither HTTP nor terminal.
    Allowed { name: "jobs", uses: &["messages", "output", "pipeline", "source"] },
    Allowed {
        name: "server",
        uses: &[
            "about", "adapters", "formats", "inspect", "jobs", "messages", "output", "pipeline", "plan",
            "source",
        ],
    },
    Allowed {
        name: "cli",
        uses: &[
            "about", "adapters", "formats", "inspect", "jobs", "messages", "models", "output", "pipeline",
            "plan", "server", "source", "tensor",
        ],
    },
    Allowed {
        name: "testkit",
        uses: &[
            "about", "adapters", "formats", "inspect", "messages", "models", "output", "pipeline", "plan",
            "source", "tensor",
        ],
    },
    Allowed { name: "xtask", uses: &[] },
];

/// Only for tests, of any crate.
pub const TEST_ONLY: &str = "testkit";

/// Parts of others that only some of our crates may use.
pub const RESERVED: &[(&str, &[&str])] = &[
    // Compute is plain threads and channels; an async runtime is the web server's alone.
    ("tokio", &["server"]),
    ("axum", &["server"]),
    ("hyper", &["server"]),
    // The only client of a network: it asks the server on this machine.
    ("ureq", &["cli"]),
    // Libraries know no terminal.
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("ctrlc", &["cli"]),
    ("indicatif", &["cli"]),
];

/// Where a word may stand. A place is a path or the beginning of one.
pub struct Place {
    pub word: &'static str,
    pub places: &'static [&'static str],
    pub why: &'static str,
}

const FILES: &[&str] = &[
    "crates/source/",
    "crates/formats/",
    "crates/output/",
    "crates/jobs/",
    "crates/testkit/",
    "fuzz/",
    "xtask/",
];
const FILES_WHY: &str =
    "models are read in source and formats and written in output; jobs keeps its own folder";
const TERMINAL: &[&str] = &["crates/cli/", "xtask/"];
const TERMINAL_WHY: &str = "only cli talks to the terminal";
const KERNELS: &[&str] = &["crates/tensor/src/kernels/"];

/// Words with a place. Tests are exempt, except from `unsafe`.
pub const PLACES: &[Place] = &[
    Place { word: "std::fs", places: FILES, why: FILES_WHY },
    Place { word: "rustix::fs", places: FILES, why: FILES_WHY },
    Place {
        word: "std::net",
        places: &["crates/server/"],
        why: "only the web server has to do with a network",
    },
    Place { word: "print!", places: TERMINAL, why: TERMINAL_WHY },
    Place { word: "println!", places: TERMINAL, why: TERMINAL_WHY },
    Place { word: "eprint!", places: TERMINAL, why: TERMINAL_WHY },
    Place { word: "eprintln!", places: TERMINAL, why: TERMINAL_WHY },
    Place { word: "unsafe", places: KERNELS, why: "everything else is safe Rust" },
    Place { word: "clippy::too_many_lines", places: KERNELS, why: "split the function" },
    Place { word: "clippy::too_many_arguments", places: KERNELS, why: "make a struct of the parameters" },
];
