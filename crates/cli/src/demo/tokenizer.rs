//! A byte-level BPE tokenizer, trained here on a short text that was written for it.
//! The file's form: <https://huggingface.co/docs/tokenizers>; bytes as characters and words as in GPT-2.

use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

const TEXTS: [&str; 2] = [include_str!("text/en.txt"), include_str!("text/zh.txt")];
const BYTES: u32 = 256;

/// Tokens in all.
pub const VOCABULARY: u32 = 1792;
/// Tokens that are no text; they have the last ids.
pub const SPECIAL: [&str; 8] = [
    "<|bos|>",
    "<|end|>",
    "<|pad|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|reserved_0|>",
    "<|reserved_1|>",
];
const FIRST_SPECIAL: u32 = VOCABULARY - SPECIAL.len() as u32;

/// The id of a special token.
pub fn special(name: &str) -> u32 {
    let at = SPECIAL.iter().position(|s| *s == name);
    debug_assert!(at.is_some(), "{name} is no special token");
    FIRST_SPECIAL + at.unwrap_or(0) as u32
}

type Pair = (u32, u32);

/// A trained vocabulary: id 0 to 255 are the bytes, and each further id is a pair of earlier ones.
struct Bpe {
    merges: Vec<Pair>,
}

impl Bpe {
    fn train(texts: &[&str], merges_max: usize) -> Bpe {
        let mut training = Training::of(texts);
        let mut merges = Vec::new();
        while merges.len() < merges_max {
            let Some(pair) = training.most_frequent() else { break };
            training.merge(pair, BYTES + merges.len() as u32);
            merges.push(pair);
        }
        Bpe { merges }
    }

    /// The bytes of every token, in the characters of the file.
    fn tokens(&self) -> Vec<String> {
        let mut tokens: Vec<String> = (0..=255).map(|b| byte_as_char(b).to_string()).collect();
        for (left, right) in &self.merges {
            tokens.push(format!("{}{}", tokens[*left as usize], tokens[*right as usize]));
        }
        tokens
    }
}

/// Words with their counts, and where each pair of neighbours is.
struct Training {
    words: Vec<(Vec<u32>, u64)>,
    pairs: BTreeMap<Pair, (u64, BTreeSet<usize>)>,
}

impl Training {
    fn of(texts: &[&str]) -> Training {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for word in texts.iter().flat_map(|text| words(text)) {
            *counts.entry(word).or_default() += 1;
        }
        let words = counts.into_iter().map(|(word, n)| (word.bytes().map(u32::from).collect(), n)).collect();
        let mut training = Training { words, pairs: BTreeMap::new() };
        (0..training.words.len()).for_each(|at| training.count(at));
        training
    }

    fn count(&mut self, at: usize) {
        let (word, n) = &self.words[at];
        for pair in neighbours(word) {
            let (count, places) = self.pairs.entry(pair).or_default();
            *count += n;
            places.insert(at);
        }
    }

    fn discount(&mut self, at: usize) {
        let (word, n) = &self.words[at];
        for pair in neighbours(word) {
            if let Some((count, _)) = self.pairs.get_mut(&pair) {
                *count -= n;
                if *count == 0 {
                    self.pairs.remove(&pair);
                }
            }
        }
    }

    /// The pair that stands together most often, at least twice; of several, the one with the lowest ids.
    fn most_frequent(&self) -> Option<Pair> {
        let best = self.pairs.iter().max_by_key(|(pair, (count, _))| (*count, Reverse(**pair)));
        best.filter(|(_, (count, _))| *count >= 2).map(|(pair, _)| *pair)
    }

    fn merge(&mut self, pair: Pair, token: u32) {
        let places = self.pairs.get(&pair).map(|(_, places)| places.clone()).unwrap_or_default();
        for at in places {
            self.discount(at);
            join(&mut self.words[at].0, pair, token);
            self.count(at);
        }
    }
}

fn neighbours(word: &[u32]) -> impl Iterator<Item = Pair> + use<'_> {
    word.windows(2).map(|w| (w[0], w[1]))
}

/// Puts `token` in the place of each occurrence of the pair, from left to right.
fn join(word: &mut Vec<u32>, pair: Pair, token: u32) {
    let mut joined = Vec::with_capacity(word.len());
    let mut rest = word.as_slice();
    while let [first, tail @ ..] = rest {
        let hit = *first == pair.0 && tail.first() == Some(&pair.1);
        joined.push(if hit { token } else { *first });
        rest = if hit { &tail[1..] } else { tail };
    }
    *word = joined;
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Space,
    Other,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Digit,
        c if c.is_whitespace() => Class::Space,
        _ => Class::Other,
    }
}

/// Length of the run of characters of one class at the front of a text.
fn run(text: &str, of: Class) -> usize {
    text.find(|c| class(c) != of).unwrap_or(text.len())
}

/// A text as the words that the `ByteLevel` pre-tokenizer makes of it:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, tail) = rest.split_at(word_len(rest));
        words.push(word);
        rest = tail;
    }
    words
}

fn word_len(text: &str) -> usize {
    const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    if let Some(found) = CONTRACTIONS.iter().find(|c| text.starts_with(**c)) {
        return found.len();
    }
    let led = usize::from(text.starts_with(' '));
    match text[led..].chars().next().map(class) {
        Some(Class::Space) | None => {}
        Some(class) => return led + run(&text[led..], class),
    }
    // The last space before a word belongs to the word.
    let spaces = run(text, Class::Space);
    let last = text[..spaces].chars().next_back().map_or(0, char::len_utf8);
    if spaces == text.len() || spaces == last { spaces } else { spaces - last }
}

/// GPT-2's way to write bytes as visible characters: itself where it is visible, else one after U+00FF.
fn byte_as_char(byte: u8) -> char {
    let visible = |b: u8| matches!(b, 33..=126 | 161..=172 | 174..=255);
    let hidden_before = (0..byte).filter(|b| !visible(*b)).count() as u32;
    if visible(byte) { char::from(byte) } else { char::from_u32(256 + hidden_before).unwrap_or(' ') }
}

fn added_token(name: &str) -> Map<String, Value> {
    let flags = ["single_word", "lstrip", "rstrip", "normalized"];
    let mut token = Map::from_iter([("content".to_string(), json!(name))]);
    token.extend(flags.iter().map(|flag| ((*flag).to_string(), json!(false))));
    token.insert("special".to_string(), json!(true));
    token
}

/// Whatever a tokenizer needs, as files: name and contents.
pub fn files() -> Vec<(&'static str, String)> {
    let bpe = Bpe::train(&TEXTS, (FIRST_SPECIAL - BYTES) as usize);
    let tokens = bpe.tokens();
    let merges = bpe.merges.iter().map(|(l, r)| format!("{} {}", tokens[*l as usize], tokens[*r as usize]));
    let merges: Vec<String> = merges.collect();
    let vocab: Map<String, Value> = tokens.iter().zip(0u32..).map(|(t, id)| (t.clone(), json!(id))).collect();
    let with_id = |(name, id): (&&str, u32)| {
        let mut token = Map::from_iter([("id".to_string(), json!(id))]);
        token.extend(added_token(name));
        Value::Object(token)
    };
    let added: Vec<Value> = SPECIAL.iter().zip(FIRST_SPECIAL..).map(with_id).collect();
    let byte_level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": byte_level, "post_processor": null, "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocab, "merges": merges,
        },
    });
    let by_id = SPECIAL.iter().zip(FIRST_SPECIAL..).map(|(s, id)| (id.to_string(), added_token(s).into()));
    let roles = json!({"bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "pad_token": SPECIAL[2]});
    let mut config = json!({
        "added_tokens_decoder": Value::Object(by_id.collect()), "bos_token": SPECIAL[0],
        "clean_up_tokenization_spaces": false, "eos_token": SPECIAL[1],
    });
    config["model_max_length"] = json!(super::model::POSITIONS);
    config["pad_token"] = json!(SPECIAL[2]);
    config["tokenizer_class"] = json!("PreTrainedTokenizerFast");
    vec![
        ("tokenizer.json", format!("{tokenizer:#}")),
        ("tokenizer_config.json", format!("{config:#}\n")),
        ("special_tokens_map.json", format!("{roles:#}\n")),
        ("chat_template.jinja", include_str!("files/chat_template.jinja").to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_gpt_2() {
        assert_eq!(
            words("I'm  at home,\n\n it's 12 o'clock. "),
            ["I", "'m", " ", " at", " home", ",", "\n\n", " it", "'s", " 12", " o", "'", "clock", ".", " "]
        );
        assert_eq!(words("词元,和 a\nb"), ["词元", ",", "和", " a", "\n", "b"]);
    }

    #[test]
    fn the_most_frequent_pair_comes_first() {
        let bpe = Bpe::train(&["aab aab aab cab"], 10);
        assert_eq!(bpe.tokens()[256..], ["ab", "aab", "Ġaab"]);
    }

    #[test]
    fn bytes_are_distinct_characters() {
        let chars: BTreeSet<char> = (0..=255).map(byte_as_char).collect();
        assert_eq!(chars.len(), 256);
        assert_eq!([b' ', b'\n', b'a', 0xad].map(byte_as_char), ['Ġ', 'Ċ', 'a', 'Ń']);
    }

    #[test]
    fn the_text_is_long_enough_for_the_vocabulary() {
        let bpe = Bpe::train(&TEXTS, (FIRST_SPECIAL - BYTES) as usize);
        assert_eq!(bpe.merges.len() as u32, FIRST_SPECIAL - BYTES);
        assert_eq!(bpe.tokens().iter().collect::<BTreeSet<_>>().len() as u32, FIRST_SPECIAL);
    }
}
