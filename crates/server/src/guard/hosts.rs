//! The names that this server answers to.

use crate::errors::{Answer, Failure};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use std::net::{Ipv4Addr, Ipv6Addr};
use weldlm_messages::{Problem, catalogue::server as says};

/// Names besides addresses and `localhost`.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// These, and the usual ones.
    pub fn new(names: &[String]) -> Hosts {
        Hosts(names.iter().map(|n| n.trim_end_matches('.').to_ascii_lowercase()).collect())
    }

    /// Whether a request was made by one of the names.
    ///
    /// # Errors
    /// When it was made by another, by none, or by several.
    pub fn check(&self, headers: &HeaderMap, uri: &Uri) -> Answer<()> {
        let mut all = headers.get_all(header::HOST).iter();
        let host = all.next().and_then(|v| v.to_str().ok()).unwrap_or_default();
        let asked = uri.authority().is_none_or(|a| a.as_str().eq_ignore_ascii_case(host));
        if asked && all.next().is_none() && self.knows(host) {
            return Ok(());
        }
        let shown: String = host.chars().filter(|c| !c.is_control()).take(100).collect();
        Err(Failure::new(StatusCode::FORBIDDEN, Problem::new(&says::BAD_HOST).arg("host", shown)))
    }

    fn knows(&self, host: &str) -> bool {
        let (name, rest) = match host.strip_prefix('[').and_then(|h| h.split_once(']')) {
            Some((address, rest)) => {
                return address.parse::<Ipv6Addr>().is_ok() && is_port(rest);
            }
            None => host.split_at(host.find(':').unwrap_or(host.len())),
        };
        let name = name.to_ascii_lowercase();
        let known = name.parse::<Ipv4Addr>().is_ok() || name == "localhost" || self.0.contains(&name);
        known && is_port(rest)
    }
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let hosts = Hosts::new(&["box.lan".to_string()]);
        for good in
            ["127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860", "[::1]", "10.0.0.2", "Box.lan:80"]
        {
            assert!(hosts.knows(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil",
            "[::1",
            "[evil]",
            "127.0.0.1:x",
            "::1",
            "localhost:",
            "a@localhost",
        ] {
            assert!(!hosts.knows(bad), "{bad}");
        }
    }
}
