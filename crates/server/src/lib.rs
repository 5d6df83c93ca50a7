//! The web server: the interface at `/api/v1`, live events, and the pages.
//!
//! The only crate with an async runtime. Whatever waits for files or for the index of jobs is done on blocking
//! threads; jobs themselves run in processes of their own and outlive this one. It prints nothing: what there is to
//! say goes to a function that the caller gives.

#![forbid(unsafe_code)]

pub mod app;
mod asked;
mod assets;
mod clock;
mod errors;
mod feed;
pub mod guard;
pub mod listen;
mod routes;
pub mod schema;
mod speech;

pub use guard::auth::Secret;
pub use routes::document;

use crate::app::{App, Parts};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use weldlm_jobs::{Filter, Jobs, State};
use weldlm_messages::{Lang, Problem, catalogue::server as says};
use weldlm_output::write_private;

/// Characters that a secret must have where others can reach the server.
const SECRET_MIN: usize = 8;
/// Names the running server, for its clients on this machine.
pub const SERVER_FILE: &str = "server.json";
/// Threads that serve connections; they only wait.
const THREADS: usize = 2;
/// Threads that read files for them.
const BLOCKING_THREADS: usize = 16;

/// How the server is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address or name to listen on.
    pub host: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The folders that may be read and written.
    pub roots: Vec<PathBuf>,
    /// What clients must know; a fresh token when none is given.
    pub secret: Option<Secret>,
    /// Names besides addresses and `localhost`.
    pub allow_hosts: Vec<String>,
    /// The data folder.
    pub data: PathBuf,
    /// Jobs that run at the same time.
    pub workers: Option<usize>,
    /// The language when a client names none.
    pub lang: Lang,
    /// The weldlm program, for workers.
    pub program: PathBuf,
}

/// What the server has to say.
#[derive(Debug, Clone)]
pub enum Said {
    /// It listens here; the address signs in by itself when there is a token.
    At(String),
    /// Something worth knowing.
    Note(Problem),
    /// Something worth a second look.
    Warning(Problem),
}

/// Runs the server until SIGINT or SIGTERM.
///
/// # Errors
/// When it cannot start: the address is taken, the options are not safe, the data folder is not usable.
pub fn run(options: Options, say: &dyn Fn(Said)) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(|e| cannot_listen(&options.host, &e))?;
    let ended = runtime.block_on(serve(options, say));
    runtime.shutdown_background();
    ended
}

async fn serve(options: Options, say: &dyn Fn(Said)) -> Result<(), Problem> {
    let secret = match &options.secret {
        Some(secret) => secret.clone(),
        None => Secret::random_token()?,
    };
    let ip = address(&options.host).await?;
    if !ip.is_loopback() {
        open_to_all(&options, say)?;
    }
    let listener = listen(SocketAddr::new(ip, options.port)).await?;
    let at = listener.local_addr().map_err(|e| cannot_listen(&options.host, &e))?;
    weldlm_source::confine(&options.roots)?;
    let jobs = Jobs::open(
        &options.data,
        weldlm_jobs::Options {
            workers: options.workers,
            program: options.program.clone(),
            roots: options.roots.clone(),
            commands: false,
        },
    )?;
    jobs.notices().into_iter().for_each(|notice| say(Said::Warning(notice)));
    let (stop, stopping) = watch::channel(false);
    let parts = Parts {
        jobs: jobs.clone(),
        secret: secret.clone(),
        hosts: options.allow_hosts,
        lang: options.lang,
        roots: weldlm_source::roots().map_or(options.roots, <[PathBuf]>::to_vec),
        program: Some(options.program),
    };
    let app = Arc::new(App::new(parts, stopping.clone())?);
    let local = SocketAddr::new(if ip.is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { ip }, at.port());
    let described =
        serde_json::json!({"address": format!("http://{local}"), "token": app.auth.local_token()});
    write_private(&jobs.home().join(SERVER_FILE), described.to_string().as_bytes())?;
    tokio::spawn(app.feeds.clone().tell(jobs.clone()));
    say(Said::At(match &secret {
        Secret::Token(token) => format!("http://{local}/#token={token}"),
        Secret::Password(_) | Secret::None => format!("http://{local}/"),
    }));
    if matches!(secret, Secret::Password(_)) {
        say(Said::Note(Problem::new(&says::UI_PASSWORD)));
    }
    let served = tokio::spawn(listen::serve(listener, app::router(app), stopping, listen::CONNECTIONS));
    signalled().await;
    say(Said::Note(farewell(&jobs)));
    // Whoever listens is gone already when this fails.
    let _ = stop.send(true);
    let _ = served.await;
    jobs.close();
    Ok(())
}

fn farewell(jobs: &Jobs) -> Problem {
    let running = jobs.list(&Filter { limit: 1, ..Filter::default() }).map_or(0, |page| {
        page.counts.iter().filter(|(state, _)| State::is_active(**state)).map(|(_, count)| count).sum::<u64>()
    });
    match running {
        0 => Problem::new(&says::STOPPED),
        running => Problem::new(&says::STOPPING).arg("jobs", running),
    }
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

async fn address(host: &str) -> Result<IpAddr, Problem> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse() {
        return Ok(ip);
    }
    let mut found = tokio::net::lookup_host((bare, 0)).await.into_iter().flatten().map(|a| a.ip());
    found.next().ok_or_else(|| Problem::new(&says::NO_HOST).arg("host", host).at("--host"))
}

/// What must hold before other machines can reach the server.
fn open_to_all(options: &Options, say: &dyn Fn(Said)) -> Result<(), Problem> {
    let length = match &options.secret {
        Some(Secret::Token(text) | Secret::Password(text)) => text.chars().count(),
        Some(Secret::None) | None => {
            return Err(Problem::new(&says::OPEN_TO_ALL).arg("host", &options.host).at("--host"));
        }
    };
    if length < SECRET_MIN {
        return Err(Problem::new(&says::SHORT_SECRET).arg("limit", SECRET_MIN));
    }
    let roots: Vec<String> = options.roots.iter().map(|r| r.display().to_string()).collect();
    say(Said::Warning(
        Problem::new(&says::REACHABLE).arg("roots", roots.join(", ")).arg("port", options.port),
    ));
    Ok(())
}

fn cannot_listen(address: &dyn std::fmt::Display, error: &std::io::Error) -> Problem {
    Problem::new(&says::CANNOT_LISTEN).arg("address", address).arg("reason", error)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|e| {
        if e.kind() == std::io::ErrorKind::AddrInUse {
            Problem::new(&says::PORT_TAKEN).arg("address", address)
        } else {
            cannot_listen(&address, &e)
        }
    })
}
