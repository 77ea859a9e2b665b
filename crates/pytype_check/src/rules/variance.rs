//! Where in a method's signature a `ParamSpec` or `TypeVarTuple` with a declared variance may stand.

use pytype_declare::type_variables::declaration_of;
use pytype_infer::Checker;
use pytype_source::Name;
use pytype_types::{Position, Ty, TypeContext, TypeVarKind, for_each_position};

/// A `ParamSpec` or `TypeVarTuple` in `ty` that its declared variance keeps from its position.
pub fn misplaced_variable(checker: &Checker<'_>, ty: Ty, position: Position) -> Option<Name> {
    let mut misplaced = None;
    for_each_position(&*checker.ctx, ty, position, &mut |variable, position| {
        let Some(decl) = declaration_of(variable).filter(|decl| decl.kind != TypeVarKind::TypeVar) else {
            return;
        };
        let declared = checker.ctx.type_var(decl);
        if !declared.infers_variance && !position.allows(declared.variance) {
            misplaced = Some(decl.name);
        }
    });
    misplaced
}
