//! `# type: ignore` comments: what they say, and whether one stands on some lines.

use ruff_text_size::{TextRange, TextSize};

use crate::{ErrorCode, ParsedFile};

/// What stands behind `type: ignore` in a comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IgnoreTag {
    /// The codes named; none for a bare comment, which silences everything.
    Codes(Vec<String>),
    /// Not understood.
    Invalid,
}

/// `# type: ignore[...]`, if the comment is one.
fn ignore_tag(comment: &str) -> Option<IgnoreTag> {
    let text = comment.strip_prefix('#')?.trim_start();
    let said = text.strip_prefix("type:")?.trim_start();
    let Some(rest) = said.strip_prefix("ignore") else {
        // `# type: int  # type: ignore`: a type, and a suppression behind it.
        return ignore_tag(said.find('#').and_then(|at| said.get(at..))?);
    };
    let tag = rest.trim();
    if tag.is_empty() || tag.starts_with('#') {
        return rest
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || c == '#')
            .then(|| IgnoreTag::Codes(Vec::new()));
    }
    if !tag.starts_with('[') {
        // Text after a dash is a remark (the typing specification, "Directives").
        if rest.starts_with(char::is_whitespace) && tag.starts_with("- ") {
            return Some(IgnoreTag::Codes(Vec::new()));
        }
        // `# type: ignored` is another comment; `# type: ignore: reason` is a mistake.
        return rest.chars().next().is_some_and(|c| !c.is_alphanumeric()).then_some(IgnoreTag::Invalid);
    }
    let Some((codes, behind)) = tag[1..].split_once(']') else { return Some(IgnoreTag::Invalid) };
    let behind = behind.trim();
    if codes.contains('#') || !(behind.is_empty() || behind.starts_with('#')) {
        return Some(IgnoreTag::Invalid);
    }
    let codes: Vec<String> =
        codes.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    // Error codes are written with hyphens. What is none is a remark, and the comment a bare one.
    let is_remark = !codes.is_empty() && codes.iter().all(|code| code.contains('_'));
    Some(IgnoreTag::Codes(if is_remark { Vec::new() } else { codes }))
}

/// [`ignore_tag`], also behind a type: `# type: int  # type: ignore`.
pub fn ignore_tag_in(comment: &str) -> Option<IgnoreTag> {
    ignore_tag(comment).or_else(|| {
        let text = comment.strip_prefix('#')?;
        text.trim_start().strip_prefix("type:")?;
        ignore_tag(&text[text.find('#')?..])
    })
}

impl IgnoreTag {
    /// Whether the comment silences findings with this code.
    pub fn covers(&self, code: ErrorCode) -> bool {
        match self {
            IgnoreTag::Invalid => false,
            IgnoreTag::Codes(codes) => codes.is_empty() || codes.iter().any(|known| known == code.as_str()),
        }
    }
}

impl ParsedFile {
    /// Whether a comment on one of the lines of `range` silences findings with this code.
    pub fn is_ignored(&self, text: &str, range: TextRange, code: ErrorCode) -> bool {
        let text_before = text.get(..range.start().to_usize()).unwrap_or_default();
        let first = text_before.rfind('\n').map_or(0, |at| at + 1);
        let text_behind = text.get(range.end().to_usize()..).unwrap_or_default();
        let last = text_behind.find('\n').map_or(text.len(), |at| range.end().to_usize() + at);
        let comments = self.comments();
        let from = comments.partition_point(|comment| comment.start().to_usize() < first);
        comments[from..]
            .iter()
            .take_while(|comment| comment.start() < TextSize::try_from(last).unwrap_or(range.end()))
            .filter_map(|comment| text.get(comment.start().to_usize()..comment.end().to_usize()))
            .filter_map(ignore_tag_in)
            .any(|tag| tag.covers(code))
    }
}
