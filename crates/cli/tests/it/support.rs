//! Running the program.

use std::path::Path;
use std::process::Command;

/// What a run printed and how it ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The program with these arguments in this folder, in English.
pub fn weldlm(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weldlm"));
    command.args(arguments).current_dir(dir).env("LC_ALL", "C").env_remove("WELDLM_LANG");
    command
}

/// Runs it to its end.
pub fn run(dir: &Path, arguments: &[&str]) -> Run {
    let output = weldlm(dir, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}
