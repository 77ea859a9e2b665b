//! From text to syntax, with ruff's parser.

use std::sync::Arc;

use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};

use crate::{File, SourceDb, source_text};

/// A parsed file: syntax tree, tokens and syntax errors. Cheap to clone; equality is identity.
#[derive(Clone)]
pub struct ParsedFile(Arc<Parsed<ModModule>>);

impl ParsedFile {
    pub fn parsed(&self) -> &Parsed<ModModule> {
        &self.0
    }
    pub fn module(&self) -> &ModModule {
        self.0.syntax()
    }
}

impl PartialEq for ParsedFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for ParsedFile {}

/// The syntax tree of `file`; never fails: where the text is wrong the parser recovers and the
/// errors stand in the result.
#[salsa::tracked(returns(ref), no_eq)]
pub fn parse(db: &dyn SourceDb, file: File) -> ParsedFile {
    let text = &source_text(db, file).text;
    let kind = if file.is_stub(db) { PySourceType::Stub } else { PySourceType::Python };
    // The oldest version there is, so that all that is newer is marked; who reports it knows the target.
    let options = ParseOptions::from(kind).with_target_version(PythonVersion::PY310);
    let parsed = parse_unchecked(text, options);
    ParsedFile(Arc::new(parsed.try_into_module().expect("a module was parsed")))
}
