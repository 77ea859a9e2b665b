//! Which kinds of `Any` a type holds, for the flags that forbid them.

use pytype_types::shared_parts::Answers;
use pytype_types::translate::for_each_part;
use pytype_types::{AnySource, Ty, TyFlags, TyKind};

/// Whether `Any` is written somewhere in the type.
pub fn has_explicit_any(ty: Ty) -> bool {
    has_any_from(ty, AnySource::Explicit)
}

/// Whether a part of the type is unknown because its import is.
pub fn has_unimported_any(ty: Ty) -> bool {
    has_any_from(ty, AnySource::Unimported)
}

fn has_any_from(ty: Ty, wanted: AnySource) -> bool {
    part_has_any(ty, wanted, &Answers::default())
}

fn part_has_any(ty: Ty, wanted: AnySource, visited: &Answers<Ty, ()>) -> bool {
    if !ty.has(TyFlags::HAS_ANY) || !visited.is_new(ty) {
        return false;
    }
    match ty.kind() {
        TyKind::Any(source) => *source == wanted,
        // Looked at where it is declared.
        TyKind::TypedDict(_) => false,
        TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => {
            let mut found = false;
            for_each_part(ty, &mut |part| found = found || part_has_any(part, wanted, visited));
            found
        }
    }
}
