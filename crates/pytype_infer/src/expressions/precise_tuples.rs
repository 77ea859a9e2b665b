//! The feature `PreciseTupleTypes`: tuples with one part of unknown length keep what is known of
//! the other items.

use pytype_source::name;
use pytype_types::{KnownClass, Ty, TyKind};
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::tuple_indexing::unpack_position;
use crate::Checker;

impl Checker<'_> {
    /// `(a, b) + items` and `items + (a, b)` with one part of unknown length, where the feature
    /// `PreciseTupleTypes` keeps what is known.
    pub(super) fn infer_open_tuple_addition(&mut self, left: Ty, right: &Expr) -> Option<Ty> {
        if !self.has_precise_tuples() {
            return None;
        }
        let is_plain = |fallback: Ty, items: &[Ty]| {
            fallback.is_instance_of("builtins.tuple") && unpack_position(items).is_none()
        };
        match left.kind() {
            TyKind::Tuple { items, fallback } if is_plain(*fallback, items) => {
                let right_type = self.infer(right, None);
                let right_type = self.proper(right_type);
                let adds_itself = self.defining_class(right_type, name!("__radd__")).is_some();
                if right_type.as_instance().is_none() || adds_itself || !self.is_iterable(right_type) {
                    return None;
                }
                let item = self.item_of_iterable(right_type, right.range());
                let open = Ty::new(TyKind::Unpack(self.known_with(KnownClass::Tuple, [item])));
                Some(Ty::tuple([items.as_slice(), &[open]].concat(), *fallback))
            }
            TyKind::Instance(_) if left.is_instance_of("builtins.tuple") => {
                let right = self.infer(right, None);
                let right = self.proper(right);
                let TyKind::Tuple { items, fallback } = right.kind() else { return None };
                if !is_plain(*fallback, items) {
                    return None;
                }
                let open = Ty::new(TyKind::Unpack(left));
                Some(Ty::tuple([&[open], items.as_slice()].concat(), *fallback))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }

    /// Whether tuples with a part of unknown length keep what is known of the others.
    pub(crate) fn has_precise_tuples(&self) -> bool {
        self.options.enable_incomplete_feature.iter().any(|feature| feature == "PreciseTupleTypes")
    }
}
