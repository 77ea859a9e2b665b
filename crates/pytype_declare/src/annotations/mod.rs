//! From the syntax of annotations to types.
//!
//! An annotation's type depends on names, on the type parameters of classes and on aliases, never
//! on class headers, so that headers, aliases and signatures can be asked for in any order. What
//! needs more (whether an argument fits the bound of the parameter it is given for) is recorded as a
//! [`LateCheck`] and answered once headers are known.
//!
//! A named tuple or `TypedDict` is named by the alias of its class ([`crate::classes::named_type`]).

pub(crate) mod analyze;
mod any_inside;
mod arguments;
mod callables;
pub(crate) mod class_facts;
mod expression_form;
pub(crate) mod free_variables;
mod inline_typed_dicts;
pub(crate) mod known;
mod late_checks;
pub(crate) mod literals;
mod options;
mod qualifiers;
pub(crate) mod references;
mod scope;
pub(crate) mod special;
pub(crate) mod special_forms;
pub(crate) mod strings;
pub(crate) mod unpack;

pub use any_inside::{has_explicit_any, has_unimported_any};
pub(crate) use expression_form::has_type_form;
pub use expression_form::is_type_expression;
pub(crate) use late_checks::run_alias_checks;
pub use late_checks::{LateCheck, LateCheckKind, run_late_checks};
pub use options::AnnotationOptions;
pub use scope::AnnotationScope;
pub use special::{own_instance, self_type};
pub use strings::parse_annotation;
pub(crate) use strings::parse_nested_annotation;

use analyze::Analyzer;
use bitflags::bitflags;
use pytype_source::Diagnostic;
use pytype_types::Ty;
use ruff_python_ast::Expr;
use ruff_text_size::TextSize;

use crate::Context;

bitflags! {
    /// What an annotation says besides the type.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Qualifiers: u16 {
        const FINAL = 1 << 0;
        const CLASS_VAR = 1 << 1;
        /// `dataclasses.InitVar[...]`.
        const INIT_VAR = 1 << 2;
        const REQUIRED = 1 << 3;
        const NOT_REQUIRED = 1 << 4;
        const READ_ONLY = 1 << 5;
        /// `TypeAlias`: the assignment defines an alias.
        const TYPE_ALIAS = 1 << 6;
    }
}

/// An annotation as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Annotation {
    /// `None` for a bare qualifier (`x: Final = 1`).
    pub ty: Option<Ty>,
    pub qualifiers: Qualifiers,
}

/// What the analysis of annotations finds wrong, and what is to be looked at later.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    pub diagnostics: Vec<Diagnostic>,
    pub checks: Vec<LateCheck>,
}

/// The type that `expr` means as an annotation or another type expression. Everything that is
/// wrong with it is reported, bounds of type arguments included: for bodies, where class headers
/// may be asked for. Declarations use [`analyze_declared`].
pub fn analyze_type(
    ctx: &Context<'_>,
    scope: &AnnotationScope,
    expr: &Expr,
    options: AnnotationOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Ty {
    let mut findings = Findings::default();
    let ty = analyze_declared(ctx, scope, expr, options, &mut findings);
    diagnostics.append(&mut findings.diagnostics);
    run_late_checks(ctx, &findings.checks, diagnostics);
    ty
}

/// The type arguments in a subscript that is evaluated (`C[int]()`), with unpacked tuples flattened
/// out; `lists` tells whether lists of parameters are taken, `unpack` whether anything unpacked is.
pub fn analyze_type_arguments(
    ctx: &Context<'_>,
    scope: &AnnotationScope,
    items: &[Expr],
    lists: bool,
    unpack: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Ty> {
    let mut options = AnnotationOptions::empty();
    options.set(AnnotationOptions::ALLOW_UNPACK, unpack);
    options.set(AnnotationOptions::ALLOW_PARAM_SPEC | AnnotationOptions::ALLOW_PARAM_SPEC_LITERALS, lists);
    let mut findings = Findings::default();
    let mut analyzer = Analyzer::new(ctx, scope, options, &mut findings);
    let types = items.iter().map(|item| analyzer.outermost(item)).collect();
    let types = if unpack { unpack::flatten(&analyzer.one_variadic(types, items)) } else { types };
    diagnostics.append(&mut findings.diagnostics);
    run_late_checks(ctx, &findings.checks, diagnostics);
    types
}

/// [`analyze_type`] without the checks that need class headers, which are left in `findings`.
pub fn analyze_declared(
    ctx: &Context<'_>,
    scope: &AnnotationScope,
    expr: &Expr,
    options: AnnotationOptions,
    findings: &mut Findings,
) -> Ty {
    Analyzer::new(ctx, scope, options, findings).outermost(expr)
}

/// An annotation of a variable, field or `TypedDict` item: a type within qualifiers.
pub fn analyze_qualified(
    ctx: &Context<'_>,
    scope: &AnnotationScope,
    expr: &Expr,
    options: AnnotationOptions,
    findings: &mut Findings,
) -> Annotation {
    Analyzer::new(ctx, scope, options, findings).qualified(expr)
}

impl Findings {
    /// The same with places counted from `origin`.
    #[must_use]
    pub fn relative_to(self, origin: TextSize) -> Findings {
        let relative = |mut finding: Diagnostic| {
            finding.range = finding.range.checked_sub(origin).unwrap_or_default();
            finding
        };
        Findings {
            diagnostics: self.diagnostics.into_iter().map(relative).collect(),
            checks: self.checks.into_iter().map(|check| check.relative_to(origin)).collect(),
        }
    }
}

/// A finding whose place was counted from `origin`, back in the file.
#[must_use]
pub fn placed_at(mut finding: Diagnostic, origin: TextSize) -> Diagnostic {
    finding.range += origin;
    finding
}
