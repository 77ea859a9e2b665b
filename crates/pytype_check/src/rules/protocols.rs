//! The declared variance of a protocol's type parameters must be the one its members give.

use pytype_infer::Checker;
use pytype_source::ErrorCode;
use pytype_types::{ClassFlags, ClassId, SubtypeOptions, Ty, TyKind, TypeContext, Variance, is_subtype_with};
use ruff_text_size::TextRange;

pub fn check_protocol_variance(checker: &mut Checker<'_>, class: ClassId, place: TextRange) {
    let info = checker.ctx.class(class);
    if !info.is_protocol() || info.flags.contains(ClassFlags::PEP695) {
        return;
    }
    let params = info.type_params;
    let object = checker.ctx.object();
    let options = SubtypeOptions { ignore_declared_variance: true, ..SubtypeOptions::default() };
    for (index, param) in params.iter().enumerate() {
        let TyKind::TypeVar(variable) = param.kind() else { continue };
        // Every other parameter is the same on both sides.
        let with = |own: Ty| {
            let args = params.iter().enumerate().map(|(i, other)| if i == index { own } else { other });
            Ty::instance(class, args.collect::<Vec<_>>())
        };
        let (up, down) = (with(object), with(Ty::never()));
        let expected = if is_subtype_with(&*checker.ctx, down, up, options) {
            Variance::Covariant
        } else if is_subtype_with(&*checker.ctx, up, down, options) {
            Variance::Contravariant
        } else {
            Variance::Invariant
        };
        let declared = checker.ctx.type_var(variable.decl).variance;
        if declared != expected {
            checker.error(
                ErrorCode::Misc,
                place,
                format!(
                    "\"{}\" is {} in the members of this protocol, but declared {}",
                    variable.decl.name,
                    name_of(expected),
                    name_of(declared)
                ),
            );
        }
    }
}

fn name_of(variance: Variance) -> &'static str {
    match variance {
        Variance::Invariant => "invariant",
        Variance::Covariant => "covariant",
        Variance::Contravariant => "contravariant",
    }
}
