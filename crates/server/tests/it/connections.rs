//! What can only be seen through sockets: time, number, disconnection, the end.

use crate::support::{Server, TOKEN, folder};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use weldlm_server::listen;

async fn start(server: &Server, most: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(listen::serve(listener, server.router.clone(), server.stop.subscribe(), most));
    at
}

async fn send(at: std::net::SocketAddr, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream
        .write_all(format!("{head}\r\nHost: {at}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    stream
}

async fn some(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 64 << 10];
    let read =
        tokio::time::timeout(Duration::from_secs(10), stream.read(&mut buffer)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_have_a_number() {
    let server = Server::with_token();
    let at = start(&server, 2).await;
    let mut first = send(at, "GET /api/v1/session HTTP/1.1").await;
    let mut second = send(at, "GET /api/v1/session HTTP/1.1").await;
    assert!(
        some(&mut first).await.starts_with("HTTP/1.1 200")
            && some(&mut second).await.starts_with("HTTP/1.1 200")
    );
    let mut third = send(at, "GET /api/v1/session HTTP/1.1").await;
    assert_eq!(some(&mut third).await, "");
    drop((first, third));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut fourth = send(at, "GET /api/v1/session HTTP/1.1").await;
    assert!(some(&mut fourth).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_and_huge_heads_are_cut() {
    let server = Server::with_token();
    let at = start(&server, 8).await;
    let mut huge = TcpStream::connect(at).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: {at}\r\nX: {}\r\n\r\n", "x".repeat(100 << 10));
    let _ = huge.write_all(head.as_bytes()).await;
    let answer = some(&mut huge).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut slow = TcpStream::connect(at).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
    let (began, mut rest) = (Instant::now(), Vec::new());
    tokio::time::timeout(Duration::from_secs(40), slow.read_to_end(&mut rest)).await.unwrap().ok();
    assert!(began.elapsed() > Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn live_events_end_when_the_server_stops() {
    let server = Server::with_token();
    let at = start(&server, 8).await;
    let mut stream = send(at, "GET /api/v1/events HTTP/1.1").await;
    assert!(some(&mut stream).await.contains("text/event-stream"));
    let body = serde_json::json!({"base_model_path": "b", "adapter_path": "a", "output_path": folder("live").join("o")});
    let job = server.jobs.submit(body.as_object().unwrap()).unwrap();
    assert!(some(&mut stream).await.contains(&job.id));
    server.stop.send(true).unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await.unwrap().ok();
}
