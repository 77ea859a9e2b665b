//! The types of parameters inside of their function.

use pytype_index::{DefRef, DefinitionFlags, ScopeKind};
use pytype_types::{KnownClass, Param, ParamKind, ParamSpecFlavor, Ty, TyKind};
use ruff_python_ast::Parameter;

use super::written::parameters;
use crate::DeclareDb;
use crate::annotations::known;
use crate::names::scope_access;
use crate::syntax;

/// The type of a parameter inside of its function; `None` when it has no annotation and is not
/// `self`, or belongs to a lambda.
pub fn parameter_type(db: &dyn DeclareDb, parameter: DefRef) -> Option<Ty> {
    let scope = scope_access::definition(db, parameter)?.scope;
    let ScopeKind::Function(function) = scope_access::scope(db, parameter.file, scope)?.kind else {
        return None;
    };
    let at = DefRef { file: parameter.file, id: function };
    let node = match pytype_index::syntax_of_unit(db, parameter.file, parameter.id.unit).node(parameter.id)? {
        pytype_index::DefNode::Parameter(node) => node,
        _ => return None,
    };
    let list = parameters(syntax::function(db, at)?);
    let position = list.iter().position(|(_, other, _): &(_, &Parameter, _)| other.range == node.range)?;
    let item = super::signature_of(db, at)?;
    let sig = item.signature.as_callable()?;
    let param = sig.params.get(position)?;
    let unannotated = matches!(param.ty.kind(), TyKind::Any(pytype_types::AnySource::Unannotated));
    (!unannotated).then(|| local_type(db, param))
}

/// Whether the function of a parameter has annotations.
pub fn has_annotated_function(db: &dyn DeclareDb, parameter: DefRef) -> bool {
    let scope = scope_access::definition(db, parameter).map(|found| found.scope);
    let kind = scope.and_then(|scope| scope_access::scope(db, parameter.file, scope)).map(|scope| scope.kind);
    let Some(ScopeKind::Function(id)) = kind else { return false };
    scope_access::definition(db, DefRef { file: parameter.file, id })
        .is_some_and(|function| !function.flags.contains(DefinitionFlags::UNANNOTATED))
}

/// What a parameter holds: a tuple for `*args`, a dict for `**kwargs`.
pub fn local_type(db: &dyn DeclareDb, param: &Param) -> Ty {
    match (param.kind, param.ty.kind()) {
        (ParamKind::Star, TyKind::ParamSpec(spec)) if spec.flavor == ParamSpecFlavor::Args => param.ty,
        (ParamKind::Star2, TyKind::ParamSpec(spec)) if spec.flavor == ParamSpecFlavor::Kwargs => param.ty,
        (ParamKind::Star, TyKind::Unpack(inner)) => {
            if let TyKind::TypeVarTuple(_) = inner.kind() {
                let object = known::object(db);
                Ty::tuple([param.ty], known::known(db, KnownClass::Tuple, [object]))
            } else {
                *inner
            }
        }
        (ParamKind::Star2, TyKind::Unpack(inner)) => *inner,
        (ParamKind::Star, _) => known::known(db, KnownClass::Tuple, [param.ty]),
        (ParamKind::Star2, _) => {
            let text = known::known(db, KnownClass::Str, pytype_types::TyList::EMPTY());
            known::known(db, KnownClass::Dict, [text, param.ty])
        }
        (ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt, _) => param.ty,
    }
}
