//! Each rule of the issue's security list.

use crate::support::{Ask, Server, TOKEN, folder, root};
use serde_json::{Value, json};
use weldlm_server::Secret;

async fn page(server: &Server) -> (String, String) {
    let login = server.send(Ask::new("POST", "/api/v1/login").json(&json!({"secret": TOKEN}))).await;
    assert_eq!(login.status, 204, "{login:?}");
    let cookie = login.header("set-cookie").to_string();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_string();
    let session = server.send(Ask::new("GET", "/api/v1/session").header("cookie", &pair)).await;
    assert_eq!(session.json["authenticated"], true);
    (pair, session.json["csrf"].as_str().unwrap().to_string())
}

#[tokio::test]
async fn strangers_get_nothing_but_the_login() {
    let server = Server::with_token();
    let document: Value = serde_json::from_str(weldlm_server::document()).unwrap();
    let open = [("get", "/session"), ("post", "/login")];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| !open.contains(&(m.as_str(), path))) {
            let method = ["get", "post", "put", "delete"].into_iter().find(|m| m == method).unwrap();
            let method: &'static str = Box::leak(method.to_uppercase().into_boxed_str());
            let path = format!("/api/v1{}", path.replace("{id}", "x").replace("{name}", "x"));
            let reply = server.send(Ask::new(method, &path).json(&json!({}))).await;
            assert_eq!(reply.code(), (401, "H101"), "{method} {path}");
        }
    }
    for odd in
        ["/api/v1/nothing", "/api/v2/jobs", "/api/v1//jobs", "/api/v1/%6aobs", "/api", "/api/v1/session/x"]
    {
        let status = server.send(Ask::new("GET", odd)).await.status;
        assert!(status == 401 || (odd == "/api" && status == 404), "{odd} {status}");
    }
    assert_eq!(server.send(Ask::new("GET", "/api/v1/session")).await.json["authenticated"], false);
}

#[tokio::test]
async fn secrets_are_checked_and_tries_limited() {
    let server = Server::with_token();
    let wrong = |secret: &str| Ask::new("POST", "/api/v1/login").json(&json!({"secret": secret}));
    assert_eq!(server.send(wrong("x")).await.code(), (401, "H102"));
    assert_eq!(server.send(wrong("")).await.code(), (401, "H102"));
    let bearer = Ask::new("GET", "/api/v1/system").header("authorization", "Bearer x");
    assert_eq!(server.send(bearer.clone()).await.code(), (401, "H102"));
    let (cookie, _) = page(&server).await;
    for _ in 0..7 {
        server.send(wrong(&TOKEN[1..])).await;
    }
    let limited = server.send(wrong(TOKEN)).await;
    assert_eq!(limited.code(), (429, "H103"));
    assert!(limited.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(server.send(bearer).await.code(), (429, "H103"));
    // Who is signed in is not locked out.
    assert_eq!(server.send(Ask::new("GET", "/api/v1/system").header("cookie", &cookie)).await.status, 200);
}

#[tokio::test]
async fn passwords_work_and_are_not_tokens_of_the_address() {
    let server = Server::new(Secret::Password("correct horse".into()));
    let session = server.send(Ask::new("GET", "/api/v1/session")).await;
    assert_eq!((&session.json["auth"], &session.json["authenticated"]), (&json!("password"), &json!(false)));
    let login = |secret: &str| Ask::new("POST", "/api/v1/login").json(&json!({"secret": secret}));
    assert_eq!(server.send(login("wrong horse")).await.status, 401);
    assert_eq!(server.send(login("correct horse")).await.status, 204);
}

#[tokio::test]
async fn other_sites_cannot_act_in_the_name_of_a_page() {
    let server = Server::with_token();
    let (cookie, csrf) = page(&server).await;
    let pause = || Ask::new("POST", "/api/v1/jobs/x/pause").header("cookie", &cookie);
    let meant = || pause().header("x-csrf-token", &csrf);
    assert_eq!(server.send(pause()).await.code(), (403, "H104"));
    assert_eq!(server.send(pause().header("x-csrf-token", "x")).await.code(), (403, "H104"));
    assert_eq!(server.send(meant()).await.status, 404);
    assert_eq!(server.send(meant().header("origin", "http://127.0.0.1:7860")).await.status, 404);
    for origin in
        ["http://evil.example", "null", "http://127.0.0.1:7861", "file://", "http://127.0.0.1:7860.evil"]
    {
        assert_eq!(server.send(meant().header("origin", origin)).await.code(), (403, "H104"), "{origin}");
    }
    assert_eq!(server.send(meant().header("sec-fetch-site", "cross-site")).await.code(), (403, "H104"));
    let text = Ask::new("POST", "/api/v1/plan").header("cookie", &cookie).header("x-csrf-token", &csrf);
    assert_eq!(server.send(text.header("content-type", "text/plain")).await.code(), (415, "H109"));
    // Without a sign-in the same holds, since any page in this browser could reach the server.
    let open = Server::new(Secret::None);
    assert_eq!(open.send(Ask::new("POST", "/api/v1/jobs/x/pause")).await.code(), (403, "H104"));
    let session = open.send(Ask::new("GET", "/api/v1/session")).await;
    let csrf = session.json["csrf"].as_str().unwrap().to_string();
    assert_eq!(
        open.send(Ask::new("POST", "/api/v1/jobs/x/pause").header("x-csrf-token", &csrf)).await.status,
        404
    );
    // Signed out is signed out.
    let logout = Ask::new("POST", "/api/v1/logout").header("cookie", &cookie);
    let session = server.send(Ask::new("GET", "/api/v1/session").header("cookie", &cookie)).await;
    let csrf = session.json["csrf"].as_str().unwrap();
    assert_eq!(server.send(logout.header("x-csrf-token", csrf)).await.status, 204);
    assert_eq!(server.send(Ask::new("GET", "/api/v1/system").header("cookie", &cookie)).await.status, 401);
}

#[tokio::test]
async fn names_of_others_are_refused() {
    let server = Server::with_token();
    for (host, status) in [
        ("localhost:7860", 200),
        ("[::1]:7860", 200),
        ("box.lan", 200),
        ("evil.example", 403),
        ("evil.example:7860", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
    ] {
        for path in ["/api/v1/session", "/"] {
            let reply = server.send(Ask::new("GET", path).header("host", host)).await;
            assert_eq!(reply.status, status, "{host} {path}");
        }
    }
    let twice = Ask::new("GET", "/api/v1/session").header("host", "localhost").header("host", "evil.example");
    assert_eq!(server.send(twice).await.code(), (403, "H105"));
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let server = Server::with_token();
    for ask in [
        Ask::new("GET", "/"),
        Ask::new("GET", "/nothing.js"),
        Ask::new("GET", "/api/v1/session"),
        Ask::new("GET", "/api/v1/jobs"),
        Ask::new("GET", "/").header("host", "evil.example"),
    ] {
        let reply = server.send(ask).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert!(!reply.header("cache-control").is_empty());
    }
}

#[tokio::test]
async fn paths_stay_below_the_root() {
    let server = Server::with_token();
    let inside = folder("paths");
    std::os::unix::fs::symlink(root().parent().unwrap(), inside.join("out")).unwrap();
    std::os::unix::fs::symlink("/etc", inside.join("etc")).unwrap();
    let (root, inside) = (root().display().to_string(), inside.display().to_string());
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let files = |path: &str| Ask::program("GET", &format!("/api/v1/files?path={}", encode(path)));
    assert_eq!(server.send(files(&inside)).await.status, 200);
    let outside = [
        "/".to_string(),
        "/etc".to_string(),
        "~/".to_string(),
        format!("{root}/.."),
        format!("{root}/../secret.txt"),
        format!("{root}-but-not"),
        format!("{inside}/out"),
        format!("{inside}/etc"),
        format!("{inside}/out/secret.txt"),
        format!("{inside}/../../../../../../etc/passwd"),
        "/proc/self/root/etc".to_string(),
        "/proc/self/cwd".to_string(),
        format!("{root}/nothing/../../.."),
    ];
    for path in &outside {
        assert_eq!(server.send(files(path)).await.code(), (403, "S122"), "{path}");
        let inspect = Ask::program("POST", "/api/v1/inspect").json(&json!({"path": path}));
        assert!(server.send(inspect).await.status.is_client_error(), "{path}");
        let diff = Ask::program("POST", "/api/v1/diff").json(&json!({"a": path, "b": inside}));
        assert!(server.send(diff).await.status.is_client_error(), "{path}");
        let plan =
            json!({"base_model_path": path, "adapter_path": inside, "output_path": format!("{path}/new")});
        let plan = server.send(Ask::program("POST", "/api/v1/plan").json(&plan)).await;
        assert_eq!((&plan.json["fits"], plan.status.as_u16()), (&json!(false), 200), "{path}");
        assert!(!plan.text.contains("root:"), "{path}");
    }
    assert_eq!(server.send(files(&format!("{inside}\0x"))).await.code(), (400, "H115"));
    assert_eq!(
        server.send(Ask::program("GET", "/api/v1/files?path=%2e%2e%2f%2e%2e")).await.code(),
        (403, "S122")
    );
    assert_eq!(server.send(Ask::program("GET", "/api/v1/files?path=%ff%fe")).await.status, 403);
    // What leads out is not even listed.
    let listed = server.send(files(&inside)).await;
    assert_eq!(listed.json["entries"], json!([]));
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/assets/../../Cargo.toml", "/..%2fCargo.toml"] {
        let reply = server.send(Ask::new("GET", path)).await;
        assert!(!reply.text.contains("[package]"), "{path}");
    }
}

#[tokio::test]
async fn fields_cannot_start_commands_or_hide_nul() {
    let server = Server::with_token();
    let body = |extra: Value| {
        let mut body = json!({"base_model_path": "b", "adapter_path": "a", "output_path": "o"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    for path in ["/api/v1/plan", "/api/v1/jobs"] {
        let ask = |extra| Ask::program("POST", path).json(&body(extra));
        assert_eq!(server.send(ask(json!({"on_event": "touch /tmp/x"}))).await.code(), (422, "H114"));
        assert_eq!(server.send(ask(json!({"adapter_path": ["a", "b\0c"]}))).await.code(), (400, "H115"));
        assert_eq!(server.send(ask(json!({"module_mapping": {"a\0": "b"}}))).await.code(), (400, "H115"));
    }
    let recipe = |body: Value| Ask::program("PUT", "/api/v1/recipes/x").json(&body);
    let text = json!({"text": "base_model_path: b\non_event: id\n", "format": "yaml"});
    assert_eq!(server.send(recipe(text)).await.code(), (422, "H114"));
    // A value that looks like an option is a value.
    let option = server
        .send(Ask::program("POST", "/api/v1/plan").json(&body(json!({"base_model_path": "--help"}))))
        .await;
    assert_eq!((option.status.as_u16(), &option.json["fits"]), (200, &json!(false)));
}

#[tokio::test]
async fn large_and_broken_requests_are_refused_in_words() {
    let server = Server::with_token();
    let post = |body: Vec<u8>| Ask::program("POST", "/api/v1/plan").body(body);
    assert_eq!(server.send(post(vec![b' '; (1 << 20) + 1])).await.code(), (413, "H108"));
    assert_eq!(server.send(post(b"{".to_vec())).await.code(), (400, "H110"));
    assert_eq!(server.send(post(b"[]".to_vec())).await.code(), (422, "H110"));
    assert_eq!(server.send(post("{\"a\":".repeat(10_000).into_bytes())).await.code(), (400, "H110"));
    assert_eq!(server.send(post(vec![0xff, 0xfe])).await.code(), (400, "H110"));
    assert_eq!(
        server.send(Ask::program("POST", "/api/v1/login").json(&json!({"secret": 1}))).await.code(),
        (422, "H110")
    );
    assert_eq!(server.send(Ask::program("PATCH", "/api/v1/jobs")).await.code(), (405, "H107"));
    assert_eq!(server.send(Ask::program("GET", "/api/v1/nothing")).await.code(), (404, "H106"));
    assert_eq!(server.send(Ask::program("GET", "/api/v1/jobs?limit=x")).await.code(), (400, "H110"));
    assert_eq!(server.send(Ask::program("GET", "/api/v1/jobs?state=odd")).await.code(), (400, "H110"));
    let problem = server.send(Ask::program("GET", "/api/v1/jobs/none?lang=zh")).await;
    assert_eq!(problem.status, 404);
    assert_eq!(problem.json["what"], problem.json["texts"]["zh"]["what"]);
}

/// Routes that take JSON.
const ROUTES: &[(&str, &str)] = &[
    ("POST", "/plan"),
    ("POST", "/inspect"),
    ("POST", "/diff"),
    ("POST", "/jobs"),
    ("POST", "/jobs/x/move"),
    ("PUT", "/recipes/r"),
    ("PUT", "/settings"),
    ("DELETE", "/jobs/x"),
    ("POST", "/jobs/x/retry"),
];

/// Whatever JSON comes: an answer of our shape, and never a fault.
#[tokio::test]
async fn odd_json_is_no_fault() {
    let server = Server::with_token();
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("x".repeat(100_000)),
        json!([]),
        json!({}),
        json!([null, {"a": []}]),
        deep,
        json!("\u{0}"),
        json!("../../etc"),
        json!("\u{202e}"),
    ];
    let fields = [
        "base_model_path",
        "input_path",
        "adapter_path",
        "output_path",
        "export_format",
        "dtype",
        "safe_merge",
        "module_mapping",
        "scale",
        "max_shard_size",
        "threads",
        "if_exists",
        "path",
        "base",
        "a",
        "b",
        "tensors",
        "before",
        "secret",
        "lang",
        "workers",
        "memory_limit",
        "text",
        "format",
        "fields",
        "unknown",
    ];
    for &(method, path) in ROUTES {
        let path = format!("/api/v1{path}");
        for value in &values {
            for field in [None].into_iter().chain(fields.iter().map(Some)) {
                let mut body = json!({"base_model_path": "b", "adapter_path": "a", "output_path": "o"});
                match field {
                    None => body = value.clone(),
                    Some(field) => body[*field] = value.clone(),
                }
                let reply = server.send(Ask::program(method, &path).json(&body)).await;
                assert!(!reply.status.is_server_error(), "{method} {path} {body}: {}", reply.text);
                if reply.status.is_client_error() {
                    assert!(reply.json["texts"]["zh"]["what"].is_string(), "{method} {path}: {}", reply.text);
                }
            }
        }
    }
}
