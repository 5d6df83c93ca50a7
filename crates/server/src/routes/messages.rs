//! The catalogue of everything that is said to users.

use crate::schema::{Message, MessageText, Problem};
use axum::Json;
use std::collections::BTreeMap;
use weldlm_messages::{Lang, catalogue};

/// Every message by its code, in every language.
#[utoipa::path(get, path = "/messages", tag = "about", responses(
    (status = 200, description = "The messages", body = BTreeMap<String, Message>),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn messages() -> Json<BTreeMap<&'static str, Message>> {
    let words = |m: &weldlm_messages::Message, lang| MessageText {
        text: m.text(lang).to_string(),
        hint: m.hint(lang).to_string(),
    };
    let one = |m: &'static weldlm_messages::Message| {
        (m.code, Message { en: words(m, Lang::En), zh: words(m, Lang::Zh) })
    };
    Json(catalogue::all().map(one).collect())
}
