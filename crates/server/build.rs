//! Builds the pages out of `web/` into `ui/`, from where the server takes them: with Node, and only when their
//! sources changed. Without Node the program is built without pages and says so. A packaged crate has no `web/` beside
//! it and brings `ui/` along.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fs::{self, File};
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::process::Command;

const NODE_MIN: u32 = 20;
/// Entries of `web/` that the pages are not made of.
const ASIDE: &[&str] = &["node_modules", "e2e", "dist", "coverage"];

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let (ui, web) = (here.join("ui"), here.join("../../web"));
    watch(&here.join("build.rs"));
    // What embeds it wants a folder, if an empty one.
    fs::create_dir_all(&ui)?;
    if !web.join("package.json").is_file() {
        return Ok(());
    }
    let sources = sources(&web)?;
    sources.iter().for_each(|path| watch(path));
    // Others may build at this moment, into other target folders.
    let lock = File::open(web.join("package.json"))?;
    lock.lock()?;
    // Below `ui`, because a build by hand empties that, and then the stamp must go, too.
    let stamp = ui.join(".sources");
    let now = fingerprint(&web, &sources)?;
    if fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    match build(&web) {
        Ok(()) => fs::write(&stamp, now)?,
        Err(why) => {
            let built = ui.join("index.html").is_file();
            let outcome = if built { "keeps its old pages" } else { "is built without its web pages" };
            println!("cargo::warning=weldlm {outcome}: {why}");
            come_back();
        }
    }
    Ok(())
}

fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

/// When Node may have arrived, or after any other failure: nothing is there by that name, so with every build.
fn come_back() {
    println!("cargo::rerun-if-env-changed=PATH");
    if run(Command::new("node").arg("--version")).is_ok() {
        return watch(Path::new("try-again"));
    }
    ["/usr/bin", "/usr/local/bin"].map(Path::new).into_iter().filter(|p| p.is_dir()).for_each(watch);
}

/// Files and folders that the pages are made of.
fn sources(web: &Path) -> Fallible<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(web)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && !ASIDE.contains(&&*name) {
            found.push(web.join(&*name));
        }
    }
    found.sort();
    Ok(found)
}

/// Names and contents, so that a fresh clone or another branch is told from a touched file.
fn fingerprint(web: &Path, paths: &[PathBuf]) -> Fallible<String> {
    let mut hasher = DefaultHasher::new();
    let mut left: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let mut inner = fs::read_dir(&path)?.map(|e| Ok(e?.path())).collect::<Fallible<Vec<_>>>()?;
            inner.sort();
            left.extend(inner.into_iter().rev());
        } else {
            hasher.write(path.strip_prefix(web)?.to_string_lossy().as_bytes());
            hasher.write(&fs::read(&path)?);
        }
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn build(web: &Path) -> Fallible<()> {
    let found = run(Command::new("node").arg("--version"))
        .map_err(|_| format!("Node.js is missing; install version {NODE_MIN} or newer and build again"))?;
    let major = found.trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    if major.is_none_or(|n| n < NODE_MIN) {
        return Err(format!("Node.js {NODE_MIN} or newer is needed, this is {}", found.trim()).into());
    }
    let npm = |arguments: &[&str]| run(Command::new("npm").args(arguments).current_dir(web));
    let installed = web.join("node_modules/.weldlm-lock");
    let wanted = fingerprint(web, &[web.join("package-lock.json")])?;
    if fs::read_to_string(&installed).map_or(true, |have| have != wanted) {
        npm(&["ci", "--include=dev", "--no-audit", "--no-fund", "--prefer-offline"])?;
        fs::write(&installed, wanted)?;
    }
    npm(&["run", "build"])?;
    Ok(())
}

/// What it printed, or the beginning of what it complained about.
fn run(command: &mut Command) -> Fallible<String> {
    let name = format!("{:?}", command.get_args().collect::<Vec<_>>());
    let output = command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    let telling = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("at "));
    Err(format!("{name}: {}", telling.take(8).collect::<Vec<_>>().join(" | ")).into())
}
