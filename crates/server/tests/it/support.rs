//! A server in a folder of its own.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;
use tower::ServiceExt;
use weldlm_jobs::{Jobs, Options};
use weldlm_messages::Lang;
use weldlm_server::Secret;
use weldlm_server::app::{App, Parts, router};

pub const TOKEN: &str = "a-token-for-tests-only";
const HOST: &str = "127.0.0.1:7860";

/// The one folder that this process may use; what lies beside it is outside.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let outer = tempfile::tempdir().unwrap().keep();
        let root = outer.canonicalize().unwrap().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.parent().unwrap().join("secret.txt"), "secret").unwrap();
        std::fs::create_dir(root.parent().unwrap().join("root-but-not")).unwrap();
        // The golden files are only read, to make inputs of them.
        weldlm_source::confine(&[root.clone(), weldlm_testkit::golden::folder()]).unwrap();
        root
    })
}

/// A folder below the root.
pub fn folder(name: &str) -> PathBuf {
    let path = root().join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

pub struct Server {
    pub router: Router,
    pub jobs: Jobs,
    pub stop: watch::Sender<bool>,
}

impl Server {
    pub fn new(secret: Secret) -> Server {
        let data = tempfile::tempdir_in(root()).unwrap().keep();
        // A worker that ends at once: what is tested here is what the server does with jobs, not the jobs.
        let options =
            Options { workers: Some(2), program: PathBuf::from("/bin/false"), ..Options::default() };
        let jobs = Jobs::open(&data, options).unwrap();
        let (stop, stopping) = watch::channel(false);
        let parts = Parts {
            jobs: jobs.clone(),
            secret,
            hosts: vec!["box.lan".to_string()],
            lang: Lang::En,
            roots: vec![root().to_path_buf()],
            program: None,
        };
        let app = Arc::new(App::new(parts, stopping).unwrap());
        tokio::spawn(app.feeds.clone().tell(jobs.clone()));
        Server { router: router(app), jobs, stop }
    }

    pub fn with_token() -> Server {
        Server::new(Secret::Token(TOKEN.to_string()))
    }

    pub async fn send(&self, request: Ask) -> Reply {
        let mut builder = Request::builder().method(request.method).uri(&request.path);
        if !request.headers.iter().any(|(name, _)| *name == "host") {
            builder = builder.header("host", HOST);
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let response =
            self.router.clone().oneshot(builder.body(Body::from(request.body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, headers, json: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }
}

/// A request.
#[derive(Clone)]
pub struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &'static str, path: &str) -> Ask {
        Ask { method, path: path.to_string(), headers: Vec::new(), body: Vec::new() }
    }

    /// Signed in as a program.
    pub fn program(method: &'static str, path: &str) -> Ask {
        Ask::new(method, path).header("authorization", &format!("Bearer {TOKEN}"))
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Ask {
        self.headers.push((name, value.to_string()));
        self
    }

    pub fn json(self, body: &Value) -> Ask {
        self.body(body.to_string().into_bytes())
    }

    pub fn body(mut self, body: Vec<u8>) -> Ask {
        self.body = body;
        self.header("content-type", "application/json")
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.json["code"].as_str().unwrap_or("-"))
    }
}
