//! Just enough Rust to count lines and find words: comments and literals blanked out, tests cut away,
//! functions measured. Not a parser; `rustfmt` has already made the text regular.

/// What the checks look at in a Rust file.
pub struct Rust {
    /// The code without comments and literals, line for line.
    pub code: String,
    /// The same without what is compiled for tests only.
    pub live: String,
    /// Lines, comments included, that are not for tests.
    pub live_lines: usize,
    /// Its functions, tests left out.
    pub functions: Vec<Function>,
    /// Whether a program wrote it.
    pub generated: bool,
}

/// A function with a body.
#[derive(Debug, PartialEq)]
pub struct Function {
    pub name: String,
    /// Line of the `fn`, from 1.
    pub line: usize,
    /// Lines from the `fn` to the closing brace.
    pub lines: usize,
    /// Parameters, `self` included.
    pub parameters: usize,
}

impl Rust {
    pub fn new(text: &str) -> Rust {
        let code = mask(text);
        let (live, test_lines) = cut_tests(&code);
        let functions = functions(&live);
        let generated = text.lines().take(5).any(|line| line.contains("@generated"));
        Rust { live_lines: text.lines().count() - test_lines, code, live, functions, generated }
    }
}

/// The line of a byte offset, from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].bytes().filter(|&b| b == b'\n').count() + 1
}

/// Offsets at which `word` stands, not as a part of a longer word. A word may end in `!` or hold `::`.
pub fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |b: Option<&u8>| b.is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_');
    text.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let bytes = text.as_bytes();
        let may_go_on = !word.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let starts = at == 0 || !is_part(bytes.get(at - 1));
        starts && (may_go_on || !is_part(bytes.get(at + word.len())))
    })
}

/// Replaces comments and the insides of string and character literals by blanks; lines stay where they are.
fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let word_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        let end = opaque_end(&chars, at, word_before);
        for &c in &chars[at..end.max(at + 1)] {
            out.push(if end > at && c != '\n' { ' ' } else { c });
        }
        at = end.max(at + 1);
    }
    out
}

/// Where the comment or literal that starts at `at` ends; `at` itself when none starts there.
fn opaque_end(chars: &[char], at: usize, word_before: bool) -> usize {
    let next = |n: usize| chars.get(at + n).copied();
    match chars[at] {
        '/' if next(1) == Some('/') => find(chars, at, '\n'),
        '/' if next(1) == Some('*') => block_comment_end(chars, at),
        '"' => quoted_end(chars, at + 1),
        'r' if !word_before || matches!(chars[at - 1], 'b' | 'c') => {
            raw_string_end(chars, at + 1).unwrap_or(at)
        }
        '\'' if next(1) == Some('\\') => find(chars, at + 3, '\'') + 1,
        '\'' if next(2) == Some('\'') => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, wanted: char) -> usize {
    (from..chars.len()).find(|&i| chars[i] == wanted).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0usize, start);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw_string_end(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from..].iter().take_while(|&&c| c == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return None;
    }
    let closes = |&at: &usize| {
        chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
    };
    Some((from + hashes + 1..chars.len()).find(closes).map_or(chars.len(), |at| at + 1 + hashes))
}

/// Blanks the items that only tests see; returns the rest and how many lines they had.
fn cut_tests(code: &str) -> (String, usize) {
    const MARK: &str = "#[cfg(test)]";
    let (mut live, mut lines, mut from) = (String::with_capacity(code.len()), 0, 0);
    while let Some(start) = code[from..].find(MARK).map(|at| from + at) {
        let end = item_end(code, start + MARK.len());
        live.push_str(&code[from..start]);
        live.extend(code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        lines += line_of(code, end) - line_of(code, start) + 1;
        from = end;
    }
    live.push_str(&code[from..]);
    (live, lines)
}

/// Where the item ends: behind its closing brace, or behind its semicolon if it has no braces.
fn item_end(code: &str, from: usize) -> usize {
    let mut round = 0i32;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b'{' if round == 0 => return braces_end(code, at),
            b';' if round == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Behind the brace that closes the one at `open`.
fn braces_end(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

fn functions(code: &str) -> Vec<Function> {
    words(code, "fn").filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function> {
    let rest = code[at + 2..].trim_start();
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return None; // a type such as `fn(u8) -> u8`, or a macro's `fn $name`
    }
    let open = parameters_open(code, code.len() - rest.len() + name.len())?;
    let (parameters, close) = count_parameters(code, open);
    let end = item_end(code, close);
    let lines = line_of(code, end) - line_of(code, at) + 1;
    code[..end].ends_with('}').then(|| Function { name, line: line_of(code, at), lines, parameters })
}

/// The parenthesis that opens the parameters, behind the generics.
fn parameters_open(code: &str, from: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut angle = 0;
    for at in from..bytes.len() {
        match bytes[at] {
            b'<' => angle += 1,
            b'>' if bytes[at - 1] != b'-' => angle -= 1,
            b'(' if angle == 0 => return Some(at),
            b'{' | b';' if angle == 0 => return None,
            _ => {}
        }
    }
    None
}

/// How many parameters stand in the parentheses that open at `open`, and where those close.
fn count_parameters(code: &str, open: usize) -> (usize, usize) {
    let bytes = code.as_bytes();
    let (mut depth, mut n, mut pending) = (0, 0, false);
    for at in open..bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'>' if bytes[at - 1] != b'-' => depth -= 1,
            b',' if depth == 1 => (n, pending) = (n + usize::from(pending), false),
            byte => pending |= !byte.is_ascii_whitespace(),
        }
        pending |= depth > 1;
        if depth == 0 {
            return (n + usize::from(pending), at + 1);
        }
    }
    (n, code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_comments_and_literals() {
        let cases = [
            ("a // unsafe\nb", "a          \nb"),
            ("a /* x /* y */ z */ b", "a                   b"),
            (r#"let s = "un\"safe"; t"#, r"let s =           ; t"),
            (r##"let s = r#"a"b"#; t"##, r"let s =         ; t"),
            ("let s = br\"a\\\"; t", "let s = b     ; t"),
            ("'\"' 'x '\\'' f::<'a>(b'{')", "    'x      f::<'a>(b   )"),
            ("for r in rs", "for r in rs"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn words_stand_alone() {
        let found = |word| words("unsafe unsafe_code an_unsafe x.unsafe", word).collect::<Vec<_>>();
        assert_eq!(found("unsafe"), [0, 31]);
        assert_eq!(words("println! eprintln!(", "println!").count(), 1);
    }

    #[test]
    fn cuts_test_items() {
        let rust = Rust::new(
            "fn a() {}\n#[cfg(test)]\nuse x::{y};\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n",
        );
        assert_eq!(rust.functions.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(rust.live_lines, 2);
        assert_eq!(rust.functions[1].line, 8);
    }

    #[test]
    fn measures_functions() {
        let cases = [
            ("fn f() {}", 1, 0),
            ("fn f(a: u8,) {\n}", 2, 1),
            (
                "fn f<F: Fn(u8, u8) -> u8, const N: usize>(&self, a: (u8, u8), b: Vec<(u8, u8)>) -> [u8; 4] {\n\n}",
                3,
                3,
            ),
            ("fn f(a: &dyn Fn(u8) -> u8, _: [u8; 2]) where u8: Copy {\n { }\n}", 3, 2),
            ("fn f(\n    a: u8,\n    b: HashMap<u8, u8>,\n) {\n}", 5, 2),
        ];
        for (text, lines, parameters) in cases {
            let expected = Function { name: "f".into(), line: 1, lines, parameters };
            assert_eq!(functions(text), [expected], "{text}");
        }
        assert_eq!(functions("trait T { fn f(&self); }\nlet x: fn(u8) = g;"), []);
    }
}
