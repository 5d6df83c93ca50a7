//! In which language an answer is given: `?lang=`, then the browser's, then the server's.

use crate::schema::Spoken;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use serde_json::Value;
use std::convert::Infallible;
use weldlm_messages::Lang;

/// The language of a request.
#[derive(Debug, Clone, Copy)]
pub struct Tongue(pub Lang);

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Tongue, Infallible> {
        Ok(parts.extensions.get::<Tongue>().copied().unwrap_or(Tongue(Lang::En)))
    }
}

impl From<Tongue> for Spoken {
    fn from(tongue: Tongue) -> Spoken {
        if tongue.0 == Lang::Zh { Spoken::Zh } else { Spoken::En }
    }
}

/// The language that a request asks for.
pub fn of_request(query: Option<&str>, headers: &HeaderMap, server: Lang) -> Tongue {
    let in_query =
        query.unwrap_or_default().split('&').filter_map(|p| p.strip_prefix("lang=")).find_map(known);
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    Tongue(in_query.or_else(|| accepted.and_then(preferred)).unwrap_or(server))
}

fn known(tag: &str) -> Option<Lang> {
    let tag = tag.trim().to_ascii_lowercase();
    let is = |language: &str| {
        tag == language || tag.strip_prefix(language).is_some_and(|t| t.starts_with(['-', '_']))
    };
    if is("zh") {
        Some(Lang::Zh)
    } else if is("en") {
        Some(Lang::En)
    } else {
        None
    }
}

/// `zh-CN,zh;q=0.9,en;q=0.8`: the known language of the highest weight.
fn preferred(accepted: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in accepted.split(',').take(32) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|w| w.parse().ok()).unwrap_or(1.0);
        if let Some(lang) = known(tag).filter(|_| weight > best.map_or(0.0, |b| b.0)) {
            best = Some((weight, lang));
        }
    }
    best.map(|b| b.1)
}

/// Puts stored problems, which carry their words in both languages, into the language of the request.
pub fn translate(value: &mut Value, lang: Lang) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|v| translate(v, lang)),
        Value::Object(map) => {
            let words = map.get("texts").and_then(|t| t.get(lang.tag())).and_then(Value::as_object).cloned();
            for (name, text) in words.into_iter().flatten() {
                // A problem has two texts, a line of the log one.
                let place = if map.contains_key("what") {
                    name.as_str()
                } else if name == "what" {
                    "text"
                } else {
                    continue;
                };
                map.insert(place.to_string(), text);
            }
            map.iter_mut().filter(|(name, _)| *name != "texts").for_each(|(_, v)| translate(v, lang));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_known_wish_counts() {
        let of = |query: Option<&str>, accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            of_request(query, &headers, Lang::En).0
        };
        assert_eq!(of(None, "zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(of(None, "fr, en;q=0.5, zh;q=0.7"), Lang::Zh);
        assert_eq!(of(None, "zhx, de"), Lang::En);
        assert_eq!(of(Some("a=1&lang=en"), "zh"), Lang::En);
        assert_eq!(of(Some("lang=xx"), "zh_TW"), Lang::Zh);
    }

    #[test]
    fn stored_problems_are_translated() {
        let words = |what: &str| json!({"what": what, "hint": ""});
        let mut value = json!({"jobs": [{"problems": [{"what": "a", "hint": "h", "texts": {"en": words("a"), "zh": words("甲")}}]}]});
        translate(&mut value, Lang::Zh);
        assert_eq!(value["jobs"][0]["problems"][0]["what"], "甲");
    }
}
