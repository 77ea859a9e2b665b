//! Syntax that the target version does not have yet.

use pytype_source::{Diagnostic, ErrorCode, ParsedFile};
use ruff_python_parser::UnsupportedSyntaxErrorKind as Kind;
use ruff_text_size::TextRange;

/// Reports what is newer than `version`.
pub(crate) fn check_new_syntax(parsed: &ParsedFile, text: &str, version: (u8, u8)) -> Vec<Diagnostic> {
    let newer = parsed.unsupported_syntax_errors().iter().filter_map(|error| {
        let (what, since) = introduced(error.kind)?;
        (version < since).then(|| {
            let message = format!(
                "{what} need Python {}.{}, but the target is Python {}.{}",
                since.0, since.1, version.0, version.1
            );
            Diagnostic::error(ErrorCode::Syntax, error.range, message)
        })
    });
    let mut found: Vec<Diagnostic> = newer.collect();
    let has_templates =
        parsed.unsupported_syntax_errors().iter().any(|error| error.kind == Kind::TemplateStrings);
    // An import of it reports this itself.
    if has_templates && version < (3, 14) && !text.contains("string.templatelib") {
        let message =
            "template strings need the module \"string.templatelib\", which the target does not have";
        found.push(Diagnostic::error(ErrorCode::ImportNotFound, TextRange::default(), message));
    }
    found
}

/// What it is, and the version that brought it; `None` for what every version of today has, and for
/// what mypy does not look at.
fn introduced(kind: Kind) -> Option<(&'static str, (u8, u8))> {
    Some(match kind {
        Kind::ExceptStar => ("Exception groups", (3, 11)),
        Kind::StarExpressionInIndex | Kind::StarAnnotation => {
            ("Stars in subscripts and annotations", (3, 11))
        }
        Kind::TypeParameterList => ("Lists of type parameters", (3, 12)),
        Kind::TypeAliasStatement => ("\"type\" statements", (3, 12)),
        Kind::TypeParamDefault => ("Defaults of type parameters", (3, 13)),
        Kind::UnparenthesizedExceptionTypes => ("several exceptions without parentheses", (3, 14)),
        Kind::TemplateStrings => ("template strings", (3, 14)),
        Kind::LazyImportStatement => ("lazy imports", (3, 15)),
        Kind::UnpackingInComprehension(_) => ("Stars in comprehensions", (3, 15)),
        Kind::Match
        | Kind::Walrus
        | Kind::UnparenthesizedNamedExpr(_)
        | Kind::StarTuple(_)
        | Kind::RelaxedDecorator { .. }
        | Kind::PositionalOnlyParameter
        | Kind::ParenthesizedKeywordArgumentName
        | Kind::Pep701FString(_)
        | Kind::ParenthesizedContextManager
        | Kind::UnparenthesizedUnpackInFor => return None,
    })
}
