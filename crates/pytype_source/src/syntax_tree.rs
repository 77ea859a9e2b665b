//! From text to syntax, with ruff's parser.

use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{AtomicNodeIndex, ModModule, PySourceType, PythonVersion, Suite};
use ruff_python_parser::{ParseError, ParseErrorType, ParseOptions, UnsupportedSyntaxError, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::nesting::{too_deep, too_many_brackets};
use crate::{File, SourceDb, source_text};

/// A parsed file: syntax tree, comments and syntax errors. Cheap to clone; equality is identity.
#[derive(Clone)]
pub struct ParsedFile {
    parts: Arc<Parts>,
    /// The tree to read instead, where names were changed.
    changed: Option<Arc<ModModule>>,
}

/// What is kept of a parse. The other tokens are not: they take as much room as the text.
struct Parts {
    module: ModModule,
    comments: Box<[TextRange]>,
    errors: Box<[ParseError]>,
    unsupported: Box<[UnsupportedSyntaxError]>,
}

impl ParsedFile {
    pub fn module(&self) -> &ModModule {
        self.changed.as_deref().unwrap_or(&self.parts.module)
    }

    /// The same file with another tree for [`Self::module`].
    pub fn with_module(&self, module: ModModule) -> ParsedFile {
        ParsedFile { parts: self.parts.clone(), changed: Some(Arc::new(module)) }
    }

    /// The same file without the tree as it was parsed, where there is another, and nobody else has it.
    pub fn without_original(mut self) -> ParsedFile {
        if let Some(parts) = Arc::get_mut(&mut self.parts)
            && let Some(changed) = self.changed.take()
        {
            match Arc::try_unwrap(changed) {
                Ok(module) => parts.module = module,
                Err(shared) => self.changed = Some(shared),
            }
        }
        self
    }

    /// The tree, to be changed by its only owner.
    pub fn module_mut(&mut self) -> Option<&mut ModModule> {
        match &mut self.changed {
            Some(changed) => Arc::get_mut(changed),
            None => Some(&mut Arc::get_mut(&mut self.parts)?.module),
        }
    }

    /// Where the comments stand, in order.
    pub fn comments(&self) -> &[TextRange] {
        &self.parts.comments
    }

    /// The same file with comments that stood in parts of the text which were not parsed.
    pub fn with_more_comments(mut self, more: Vec<TextRange>) -> ParsedFile {
        if let Some(parts) = Arc::get_mut(&mut self.parts) {
            let mut comments = std::mem::take(&mut parts.comments).into_vec();
            comments.extend(more);
            comments.sort_by_key(Ranged::start);
            parts.comments = comments.into();
        }
        self
    }

    /// The syntax errors that the parser recovered from.
    pub fn errors(&self) -> &[ParseError] {
        &self.parts.errors
    }

    /// Syntax that some supported version of Python does not have.
    pub fn unsupported_syntax_errors(&self) -> &[UnsupportedSyntaxError] {
        &self.parts.unsupported
    }
}

impl PartialEq for ParsedFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.parts, &other.parts) && std::ptr::eq(self.module(), other.module())
    }
}
impl Eq for ParsedFile {}

/// The syntax tree of `file`; never fails: where the text is wrong the parser recovers and the
/// errors stand in the result.
#[salsa::tracked(returns(ref), no_eq)]
pub fn parse(db: &dyn SourceDb, file: File) -> ParsedFile {
    parse_again(db, file)
}

/// [`parse`], for those who keep the answer themselves, and not for longer than they need it.
pub fn parse_again(db: &dyn SourceDb, file: File) -> ParsedFile {
    parse_text(&source_text(db, file).text, file.is_stub(db))
}

/// The syntax tree of `text`; see [`parse`].
pub fn parse_text(text: &str, is_stub: bool) -> ParsedFile {
    let kind = if is_stub { PySourceType::Stub } else { PySourceType::Python };
    // The oldest version there is, so that all that is newer is marked; who reports it knows the target.
    let options = ParseOptions::from(kind).with_target_version(PythonVersion::PY310);
    let parsed = parse_unchecked(text, options).try_into_module().expect("a module was parsed");
    let comments = parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let comments = comments.map(Ranged::range).collect();
    let brackets = too_many_brackets(parsed.tokens());
    let unsupported = parsed.unsupported_syntax_errors().into();
    let mut errors = parsed.errors().to_vec();
    let mut module = parsed.into_syntax();
    if let Some(location) = brackets.or_else(|| too_deep(&module)) {
        let range = module.range();
        let empty = ModModule { node_index: AtomicNodeIndex::NONE, range, body: Suite::new() };
        // To drop the tree would take as much stack as it is deep.
        std::mem::forget(std::mem::replace(&mut module, empty));
        let error = ParseErrorType::OtherError("this is nested too deeply".to_owned());
        errors = vec![ParseError { error, location }];
    }
    let parts = Parts { module, comments, errors: errors.into(), unsupported };
    ParsedFile { parts: Arc::new(parts), changed: None }
}
