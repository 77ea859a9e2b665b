//! Type expressions that belong to classes: bases, fields, items, `self` attributes.

use pytype_index::{DefRef, ScopeId, ScopeKind};
use pytype_source::ErrorCode;
use pytype_types::{ClassId, Ty};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use crate::annotations::{self, AnnotationOptions, AnnotationScope, Findings, Qualifiers};
use crate::classes::{HeaderBuilder, class_id};
use crate::names::scope_access::{definition, scope};
use crate::{Context, DeclareDb, VariableInfo};

/// Where a type expression stands.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The definition it belongs to.
    pub at: DefRef,
    pub scope: ScopeId,
    /// The class that `Self` means.
    pub class: Option<ClassId>,
    /// The class whose type parameters are bound, where the scope does not tell.
    pub owner: Option<ClassId>,
}

/// What a type expression is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    Base,
    NamedTupleField,
    TypedDictField,
    NewTypeBase,
    TypeArgument,
}

impl Use {
    fn options(self) -> AnnotationOptions {
        match self {
            Use::Base => {
                AnnotationOptions::BASE_CLASS
                    | AnnotationOptions::PROHIBIT_SELF
                    | AnnotationOptions::ALLOW_PARAM_SPEC
                    | AnnotationOptions::ALLOW_UNPACK
            }
            Use::NamedTupleField | Use::TypedDictField => {
                AnnotationOptions::PROHIBIT_SELF | AnnotationOptions::CLASS_FIELD
            }
            Use::NewTypeBase => AnnotationOptions::PROHIBIT_SELF,
            Use::TypeArgument => AnnotationOptions::ALLOW_PARAM_SPEC,
        }
    }
}

fn annotation_scope(db: &dyn DeclareDb, place: &Place) -> AnnotationScope {
    let mut found = AnnotationScope::within(db, place.at.file, place.scope);
    if definition(db, place.at).is_some_and(|d| d.scope.unit == place.scope.unit) {
        found = found.seen_by(place.at.id);
    }
    found.class = found.class.or(place.class);
    found
}

/// The type that an expression means; findings have spans of the file. What can only be looked at
/// once class headers are known is handed back.
pub(crate) fn analyze(
    ctx: &Context<'_>,
    place: &Place,
    expr: &Expr,
    purpose: Use,
    found: &mut Findings,
) -> Ty {
    let mut scope = annotation_scope(ctx.db, place);
    if let Some(owner) = place.owner {
        for param in crate::classes::class_type_params(ctx.db, owner).iter() {
            scope.variables.add(param);
        }
    }
    annotations::analyze_declared(ctx, &scope, expr, purpose.options(), found)
}

/// What an annotated assignment declares.
pub(crate) fn variable_declaration(db: &dyn DeclareDb, place: &Place, annotation: &Expr) -> VariableInfo {
    let ctx = Context::of_declarations(db, place.at.file);
    let scope = annotation_scope(db, place);
    let options = AnnotationOptions::ALLOW_FINAL | AnnotationOptions::ALLOW_CLASS_VAR;
    let mut findings = Findings::default();
    let found = annotations::analyze_qualified(&ctx, &scope, annotation, options, &mut findings);
    VariableInfo {
        declared: found.ty,
        is_final: found.qualifiers.contains(Qualifiers::FINAL),
        is_class_var: found.qualifiers.contains(Qualifiers::CLASS_VAR),
        is_init_var: false,
        simple_literal: None,
        diagnostics: Vec::new(),
        checks: Vec::new(),
    }
}

/// The class that a method is defined in.
pub(crate) fn class_around(db: &dyn DeclareDb, method: DefRef) -> Option<ClassId> {
    let mut current = Some(definition(db, method)?.scope);
    while let Some(id) = current {
        let here = scope(db, method.file, id)?;
        if let ScopeKind::Class(class) = here.kind {
            return Some(class_id(db, DefRef { file: method.file, id: class }));
        }
        current = here.parent;
    }
    None
}

/// `--disallow-any-unimported` and `--disallow-any-explicit` for a type that a class is made from.
pub(crate) fn report_any(builder: &mut HeaderBuilder<'_>, what: &str, ty: Ty, place: TextRange) {
    let options = builder.ctx.options();
    if options.disallow_any_unimported && annotations::has_unimported_any(ty) {
        let message = format!("{what} becomes \"Any\" because an import cannot be followed");
        builder.error(ErrorCode::NoAnyUnimported, place, message);
    }
    let is_typeshed = builder.at.file.is_typeshed(builder.db);
    if options.disallow_any_explicit && !is_typeshed && annotations::has_explicit_any(ty) {
        builder.error(ErrorCode::ExplicitAny, place, "Explicit \"Any\" is not allowed");
    }
}

/// A name that is not defined.
pub(crate) fn report_undefined(builder: &mut HeaderBuilder<'_>, expr: &Expr) {
    let name = crate::classes::short_name(expr).unwrap_or_default();
    builder.error(ErrorCode::NameDefined, expr.range(), format!("Name \"{name}\" is not defined"));
}
