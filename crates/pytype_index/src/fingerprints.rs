//! What stands for a piece of syntax in comparisons: a hash of its text, and of what else its
//! index depends on.
//!
//! The syntax of a piece is a function of its text alone as long as the whole file parses; when
//! it does not, the parser's recovery may reach anywhere, and the whole text counts.

use std::hash::{DefaultHasher, Hash, Hasher};

use ruff_text_size::{TextRange, TextSize};

use crate::builder::FileFacts;
use crate::{DefId, ScopeId};

/// Makes fingerprints for the pieces of one file.
pub(crate) struct Fingerprints<'a> {
    pub facts: FileFacts<'a>,
    /// A hash of the whole text if the file has syntax errors.
    pub recovered: Option<u64>,
}

impl Fingerprints<'_> {
    /// Everything but `bodies`, which stand in order; `flags` are what is known of them anyway.
    pub(crate) fn interface(&self, bodies: &[TextRange], flags: impl Hash) -> u64 {
        let mut hasher = self.hasher();
        flags.hash(&mut hasher);
        let mut at = TextSize::default();
        for body in bodies {
            self.text(TextRange::new(at, body.start().max(at)), &mut hasher);
            at = body.end().max(at);
        }
        self.text(TextRange::new(at, TextSize::of(self.facts.text).max(at)), &mut hasher);
        hasher.finish()
    }

    /// A whole function, whose body sees `parent` first.
    pub(crate) fn body(&self, definition: DefId, parent: ScopeId, range: TextRange) -> u64 {
        let mut hasher = self.hasher();
        (definition, parent).hash(&mut hasher);
        self.text(self.with_comment(range), &mut hasher);
        hasher.finish()
    }

    /// A piece of text that belongs to a definition, to the end of its line if it is a statement.
    pub(crate) fn header(&self, range: TextRange, is_statement: bool) -> u64 {
        let mut hasher = self.hasher();
        let range = if is_statement { self.with_comment(range) } else { range };
        self.text(range, &mut hasher);
        hasher.finish()
    }

    /// A range with what comes behind it in its last line: a comment may declare a type.
    fn with_comment(&self, range: TextRange) -> TextRange {
        let rest = self.facts.text.get(usize::from(range.end())..).unwrap_or("");
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        TextRange::new(range.start(), range.end() + TextSize::of(line))
    }

    fn hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        let FileFacts { options, module, is_package, text: _, comments: _, db: _ } = self.facts;
        (options.python_version, &options.platform).hash(&mut hasher);
        let names = options.always_true.iter().chain(&options.always_false);
        (options.always_true.len(), options.always_false.len()).hash(&mut hasher);
        names.for_each(|name| name.as_str().hash(&mut hasher));
        (module.as_str(), is_package).hash(&mut hasher);
        self.recovered.hash(&mut hasher);
        hasher
    }

    fn text(&self, range: TextRange, hasher: &mut DefaultHasher) {
        self.facts.text.get(std::ops::Range::<usize>::from(range)).unwrap_or("").hash(hasher);
    }
}
