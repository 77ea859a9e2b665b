//! Which function bodies need no syntax tree for an interface, told from the text alone.
//!
//! Most of a file is in bodies that define nothing outside of themselves ([`FunctionFacts::is_open`]). To
//! parse them in order to throw their trees away is half of what reading a file costs. This goes through
//! the text once, line by line, and leaves out the bodies of which that much is certain: they yield nothing,
//! import nothing, declare nothing `global`, and assign no attribute of their first parameter. In their place stands
//! one string of the same length, so that every other position stays.
//!
//! It only ever errs on the side of parsing too much: where the text is not plain enough to be sure
//! (tabs before statements, quotes within the same quotes of an f-string, what does not end), it
//! gives up, and the whole file is parsed.
//!
//! [`FunctionFacts::is_open`]: crate::builder

mod closed_bodies;

use ruff_text_size::{TextRange, TextSize};
use smallvec::SmallVec;

pub(crate) use closed_bodies::parse_closed_bodies;

/// A file's text without some of its bodies.
pub(crate) struct Skimmed {
    pub text: String,
    /// The bodies that are left out, in order: from their first statement to the end of the last.
    pub bodies: Vec<TextRange>,
    /// The comments in them, in order.
    pub comments: Vec<TextRange>,
}

/// Leaves bodies out of `text`; `None` if there are none to leave out, or it is not clear where they are.
pub(crate) fn skim(text: &str) -> Option<Skimmed> {
    if text.len() > u32::MAX as usize || has_lone_return(text.as_bytes()) {
        return None;
    }
    let mut skimmer =
        Skimmer { text: text.as_bytes(), at: 0, open: None, bodies: Vec::new(), comments: Vec::new() };
    skimmer.run()?;
    if skimmer.bodies.is_empty() {
        return None;
    }
    let Skimmer { bodies, mut comments, .. } = skimmer;
    comments.retain(|comment| {
        let at = bodies.partition_point(|body| body.end() <= comment.start());
        bodies.get(at).is_some_and(|body| body.start() < comment.start())
    });
    let mut left = text.as_bytes().to_vec();
    for body in &bodies {
        if let Some([first, within @ .., last]) = left.get_mut(std::ops::Range::<usize>::from(*body)) {
            within.fill(b' ');
            (*first, *last) = (b'\'', b'\'');
        }
    }
    Some(Skimmed { text: String::from_utf8(left).ok()?, bodies, comments })
}

/// Whether some line ends as no file's lines do any more.
fn has_lone_return(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', text).any(|at| text.get(at + 1).is_some_and(|next| *next != b'\n'))
}

struct Skimmer<'t> {
    text: &'t [u8],
    at: usize,
    /// The function whose body is read, if it is an outermost one.
    open: Option<OpenFunction<'t>>,
    bodies: Vec<TextRange>,
    /// All comments so far.
    comments: Vec<TextRange>,
}

/// A function whose body is being read.
struct OpenFunction<'t> {
    indent: usize,
    /// Its first parameter, through which it may define attributes.
    this: Option<&'t [u8]>,
    /// Where its body begins and ends, as far as it has been read.
    body: Option<(usize, usize)>,
    /// How many lines with statements it has, a string at the beginning not counted.
    statements: u32,
    /// It may define something.
    defines: bool,
}

/// What counts of a logical line, which may be several lines of the text.
struct Line<'t> {
    start: usize,
    /// Behind its last character that is no comment.
    end: usize,
    /// Its first two words.
    words: SmallVec<[&'t [u8]; 2]>,
    /// The last `=` that assigns outside of brackets.
    assignment: Option<usize>,
    /// The first words `in` and `as`.
    first_in: Option<usize>,
    first_as: Option<usize>,
    /// Where the first parameter is mentioned.
    mentions: SmallVec<[Mention; 4]>,
    /// It says `yield`, `import` or `global`, or something that may be the same.
    says_more: bool,
}

/// A place at which the first parameter is mentioned.
struct Mention {
    start: usize,
    end: usize,
}

impl Mention {
    /// Whether a statement may begin with it: nothing but blanks stands before it in its line, or what ends a
    /// statement or the head of one.
    fn may_begin_statement(&self, text: &[u8]) -> bool {
        let before = text[..self.start].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        matches!(before, None | Some(b'\n' | b';' | b':'))
    }
}

impl<'t> Skimmer<'t> {
    /// Reads the text. `None` if it is not clear.
    fn run(&mut self) -> Option<()> {
        while let Some(indent) = self.next_line()? {
            if self.open.as_ref().is_some_and(|function| indent <= function.indent) {
                self.close();
            }
            let line = self.line()?;
            match &mut self.open {
                Some(function) => function.add(&line, self.text),
                None => self.open = self.function(&line, indent)?,
            }
        }
        self.close();
        Some(())
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b'\n')
    }

    /// Goes to the next line that has a statement, and says how far it is indented.
    fn next_line(&mut self) -> Option<Option<usize>> {
        loop {
            let start = self.at;
            while self.byte(self.at) == b' ' {
                self.at += 1;
            }
            match self.text.get(self.at) {
                None => return Some(None),
                Some(b'#') => self.comment(),
                Some(b'\r' | b'\n') => {}
                Some(b'\t' | b'\x0c' | b'\\' | b'\0' | 0xEF) => return None,
                Some(_) => return Some(Some(self.at - start)),
            }
            while self.byte(self.at) != b'\n' {
                self.at += 1;
            }
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at =
            memchr::memchr2(b'\n', b'\r', &self.text[start..]).map_or(self.text.len(), |end| start + end);
        self.comments.push(range(start, self.at));
    }

    /// Reads a logical line from its first character to the end of its last line.
    fn line(&mut self) -> Option<Line<'t>> {
        let mut line = Line {
            start: self.at,
            end: self.at,
            words: SmallVec::new(),
            assignment: None,
            first_in: None,
            first_as: None,
            mentions: SmallVec::new(),
            says_more: false,
        };
        let this = self.open.as_ref().and_then(|function| function.this);
        let text = self.text;
        let mut depth = 0_u32;
        // Most of the time of reading goes by here: the place is in hand.
        let mut at = self.at;
        while let Some(&byte) = text.get(at) {
            let start = at;
            at += 1;
            match byte {
                b' ' | b'\t' | b'\r' => continue,
                b'\n' if depth == 0 => {
                    self.at = at;
                    return Some(line);
                }
                b'\n' => continue,
                b'#' => {
                    self.at = start;
                    self.comment();
                    at = self.at;
                    continue;
                }
                b'\\' => {
                    at += usize::from(self.byte(at) == b'\r');
                    if self.byte(at) != b'\n' {
                        return None;
                    }
                    at += 1;
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
                b'\'' | b'"' => {
                    self.at = at;
                    self.string(byte)?;
                    at = self.at;
                }
                b'=' if depth == 0 => {
                    let is_part = self.byte(at) == b'='
                        || start
                            .checked_sub(1)
                            .is_some_and(|before| b"=!<>:+-*/%&|^@~".contains(&text[before]));
                    if !is_part {
                        line.assignment = Some(start);
                    }
                }
                b'0'..=b'9' => at = word_end(text, at),
                byte if is_word(byte) => {
                    self.at = start;
                    self.word(this, &mut line)?;
                    at = self.at;
                }
                b'\0' | b'\x0c' => return None,
                _ => {}
            }
            line.end = at;
        }
        self.at = at;
        (depth == 0).then_some(line)
    }

    /// Reads the word that begins here, or the string that it is the prefix of.
    fn word(&mut self, this: Option<&[u8]>, line: &mut Line<'t>) -> Option<()> {
        let start = self.at;
        self.at = word_end(self.text, start);
        let word = &self.text[start..self.at];
        let quote = self.byte(self.at);
        if matches!(quote, b'\'' | b'"') && word.len() <= 2 {
            let is = |word: &[u8], letters: &[u8]| {
                word.len() == letters.len()
                    && word.iter().zip(letters).all(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            self.at += 1;
            let formatted: [&[u8]; 6] = [b"f", b"fr", b"rf", b"t", b"tr", b"rt"];
            if formatted.iter().any(|letters| is(word, letters)) {
                let from = self.at;
                self.formatted_string(quote)?;
                line.says_more |= self.text[from..self.at].windows(5).any(|part| part == b"yield");
            } else {
                self.string(quote)?;
            }
            return Some(());
        }
        if line.words.len() < 2 {
            line.words.push(word);
        }
        match word.len() {
            2 if word == b"in" => line.first_in = line.first_in.or(Some(start)),
            2 if word == b"as" => line.first_as = line.first_as.or(Some(start)),
            5 => line.says_more |= word == b"yield",
            6 => line.says_more |= word == b"import" || word == b"global",
            _ => {}
        }
        if let Some(this) = this {
            if word == this {
                line.mentions.push(Mention { start, end: self.at });
            }
            // Names are compared in a normal form.
            line.says_more |= !word.is_ascii();
        }
        Some(())
    }

    /// Whether three quotes in a row begin or end here, of which the first has been read.
    fn is_triple(&self, quote: u8) -> bool {
        self.byte(self.at) == quote && self.byte(self.at + 1) == quote
    }

    /// Reads a string to its end, from behind its first quote.
    fn string(&mut self, quote: u8) -> Option<()> {
        let triple = self.is_triple(quote);
        if triple {
            self.at += 2;
        } else if self.byte(self.at) == quote {
            self.at += 1;
            return Some(());
        }
        loop {
            let rest = self.text.get(self.at..)?;
            self.at += if triple {
                memchr::memchr2(quote, b'\\', rest)?
            } else {
                rest.iter().position(|byte| *byte == quote || matches!(byte, b'\\' | b'\n'))?
            };
            let byte = self.text[self.at];
            self.at += 1;
            match byte {
                b'\\' => self.escaped()?,
                b'\n' => return None,
                _ if !triple => return Some(()),
                _ if self.is_triple(quote) => {
                    self.at += 2;
                    return Some(());
                }
                _ => {}
            }
        }
    }

    /// Goes past what a backslash stands before.
    fn escaped(&mut self) -> Option<()> {
        if self.byte(self.at) == b'\r' {
            self.at += 1;
        }
        self.at += 1;
        (self.at <= self.text.len()).then_some(())
    }

    /// Reads a string with replacement fields to its end, from behind its first quote.
    fn formatted_string(&mut self, quote: u8) -> Option<()> {
        let triple = self.is_triple(quote);
        if triple {
            self.at += 2;
        }
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match byte {
                b'\\' if !matches!(self.byte(self.at), b'{' | b'}') => self.escaped()?,
                b'\n' if !triple => return None,
                b'{' if self.byte(self.at) == b'{' => self.at += 1,
                b'{' => self.replacement(quote, triple)?,
                byte if byte == quote && !triple => return Some(()),
                byte if byte == quote && self.is_triple(quote) => {
                    self.at += 2;
                    return Some(());
                }
                _ => {}
            }
        }
    }

    /// Reads a replacement field, from behind its brace.
    fn replacement(&mut self, quote: u8, triple: bool) -> Option<()> {
        let mut depth = 0_u32;
        let mut in_format = false;
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match byte {
                // A string within the same quotes: where either ends cannot be seen from here.
                byte if byte == quote && (!triple || self.is_triple(quote)) => return None,
                b'\\' | b'#' => return None,
                b'\n' if !triple => return None,
                b'{' if in_format => self.replacement(quote, triple)?,
                b'(' | b'[' | b'{' => depth += 1,
                b'}' if depth == 0 => return Some(()),
                b')' | b']' | b'}' if !in_format => depth = depth.checked_sub(1)?,
                b':' if depth == 0 => in_format = true,
                b'\'' | b'"' if !in_format => self.string(byte)?,
                _ => {}
            }
        }
    }

    /// The function that a line begins whose body stands in the lines below it.
    fn function(&self, line: &Line<'t>, indent: usize) -> Option<Option<OpenFunction<'t>>> {
        if !matches!(*line.words, [b"def", _] | [b"async", b"def"])
            || self.text.get(line.end.saturating_sub(1)) != Some(&b':')
        {
            return Some(None);
        }
        let mut function =
            OpenFunction { indent, this: None, body: None, statements: 0, defines: line.says_more };
        let header = &self.text[line.start..line.end];
        let bracket = line.start + header.iter().position(|byte| matches!(byte, b'(' | b'['))?;
        let first = skip_blanks(self.text, bracket + 1, true);
        match self.byte(first) {
            _ if self.text[bracket] == b'[' => function.defines = true,
            b')' | b'*' => {}
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                function.this = Some(&self.text[first..word_end(self.text, first)]);
            }
            _ => function.defines = true,
        }
        Some(Some(function))
    }

    /// The function that was open is over.
    fn close(&mut self) {
        if let Some(function) = self.open.take()
            && let Some((start, end)) = function.body
            && !function.defines
            // Bodies that do nothing stay.
            && function.statements >= 2
            && self.text[end - 1] != b';'
        {
            self.bodies.push(range(start, end));
        }
    }
}

impl OpenFunction<'_> {
    fn add(&mut self, line: &Line<'_>, text: &[u8]) {
        let is_first_string = self.body.is_none() && line.words.is_empty();
        self.statements += u32::from(!is_first_string);
        self.body = Some((self.body.map_or(line.start, |(start, _)| start), line.end));
        self.defines |= line.says_more || line.mentions.iter().any(|mention| may_define(line, mention, text));
    }
}

/// Whether an attribute may be assigned through what is mentioned.
fn may_define(line: &Line<'_>, mention: &Mention, text: &[u8]) -> bool {
    let is_before = |place: Option<usize>| place.is_some_and(|place| mention.start < place);
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    let (first, second) = (line.words.first().copied(), line.words.get(1).copied());
    let begins = |word: &[u8]| first == Some(word) || first == Some(b"async") && second == Some(word);
    if begins(b"for") && line.first_in.is_none_or(|place| mention.start < place) {
        return true;
    }
    if begins(b"with") && line.first_as.is_some_and(|place| place < mention.start) {
        return true;
    }
    let dot = skip_blanks(text, mention.end, false);
    match byte(dot) {
        b'.' => {}
        b')' | b'\\' | b'\n' | b'\r' | b'#' => {
            return is_before(line.assignment) || matches!(byte(line.start), b'(' | b'[');
        }
        _ => return false,
    }
    if matches!(byte(line.start), b'(' | b'[' | b'*') {
        return true;
    }
    let attribute = skip_blanks(text, dot + 1, false);
    if !is_word(byte(attribute)) {
        return true;
    }
    match byte(skip_blanks(text, word_end(text, attribute), false)) {
        b':' => is_before(line.assignment) || mention.may_begin_statement(text),
        b'=' | b',' | b')' | b']' | b'\\' | b'\n' | b'\r' | b'#' => is_before(line.assignment),
        _ => false,
    }
}

/// Where the next character from `at` on stands that is no blank; ends of lines count as blanks if `lines`.
fn skip_blanks(text: &[u8], mut at: usize, lines: bool) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = text.get(at)
        && (lines || !matches!(text[at], b'\r' | b'\n'))
    {
        at += 1;
    }
    at
}

/// Where the word ends that `at` is in.
fn word_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len())
}

/// Whether a byte is part of a name or number, or of a character beyond ASCII.
fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        let of_ascii = byte as u8;
        table[byte] = of_ascii.is_ascii_alphanumeric() || of_ascii == b'_' || !of_ascii.is_ascii();
        byte += 1;
    }
    table
};

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(TextSize::new(start as u32), TextSize::new(end as u32))
}

#[cfg(test)]
mod tests;
