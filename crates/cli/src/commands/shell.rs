//! Completions and the manual page, from the same definitions as the command line itself.

use crate::args::{Cli, CompletionArgs};
use crate::{End, Ended};
use clap::CommandFactory;
use std::io::Write;

/// Prints completions.
pub fn completions(args: &CompletionArgs) -> Ended {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "weldlm", &mut text);
    let _ = std::io::stdout().write_all(&text);
    Ok(End::Done)
}

/// Prints the manual page, subcommands included.
pub fn man() -> Ended {
    let mut text = Vec::new();
    let mut command = Cli::command();
    command.build();
    for page in std::iter::once(&command).chain(command.get_subcommands().filter(|c| !c.is_hide_set())) {
        // Writing to memory cannot fail.
        let _ = clap_mangen::Man::new(page.clone()).render(&mut text);
    }
    let _ = std::io::stdout().write_all(&text);
    Ok(End::Done)
}
