//! What `for`, `*` and `async for` get out of a value.

use pytype_source::{ErrorCode, Name};
use pytype_types::{KnownClass, Ty, TyKind};
use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::attributes::MemberUse;
use crate::Checker;

impl Checker<'_> {
    /// The type of the items that `for ... in expr` gives.
    pub fn iterable_item(&mut self, expr: &Expr) -> Ty {
        let iterable = self.infer(expr, None);
        self.iterated_item(iterable, expr.range())
    }

    /// The type of the items that iterating over a value of type `iterable` gives.
    pub fn iterated_item(&mut self, iterable: Ty, range: TextRange) -> Ty {
        let iterable = self.proper(iterable);
        let iterator = self.special_method(iterable, "__iter__", range);
        if let TyKind::Tuple { fallback, .. } = iterable.kind()
            && fallback.is_instance_of("builtins.tuple")
        {
            return self.tuple_items_union(iterable);
        }
        self.special_method(iterator, "__next__", range)
    }

    /// The item type of a value that is known to be iterable: from its nominal `Iterable` base if
    /// there is one.
    pub fn item_of_iterable(&mut self, iterable: Ty, range: TextRange) -> Ty {
        if let TyKind::Instance(instance) = iterable.kind() {
            let base = self.ctx_known_class(KnownClass::Iterable);
            if self.class_info(instance.class).has_base(base) {
                let mapped = self.map_to_supertype(iterable, base);
                let item = mapped.as_instance().and_then(|i| i.args.first().copied());
                if let Some(item) = item
                    && !item.is_any()
                {
                    return item;
                }
            }
        }
        self.iterated_item(iterable, range)
    }

    /// The type of the items that `async for ... in expr` gives.
    pub fn async_iterable_item(&mut self, expr: &Expr) -> Ty {
        let iterable = self.infer(expr, None);
        let range = expr.range();
        let iterator = self.special_method(iterable, "__aiter__", range);
        let awaitable = self.special_method(iterator, "__anext__", range);
        self.check_awaitable(
            awaitable,
            range,
            ErrorCode::Misc,
            "\"async for\" needs \"__anext__\" to be awaitable",
        )
    }

    /// The result of calling a special method without arguments.
    pub fn special_method(&mut self, object: Ty, method: &str, range: TextRange) -> Ty {
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        self.expecting(None, |c| c.check_method(object, Name::new(method), &[], range, using).result)
    }

    /// Whether values of this type can be iterated over.
    pub fn is_iterable(&self, ty: Ty) -> bool {
        let iterable = self.known(KnownClass::Iterable);
        if let TyKind::Callable(_) | TyKind::Overloaded(_) = ty.kind() {
            match self.class_object_signature(ty) {
                // Over a class it is the metaclass that iterates.
                Some(sig) => self.is_subtype(sig.fallback, iterable),
                None => false,
            }
        } else {
            self.is_subtype(ty, iterable)
        }
    }

    /// All that the items of a tuple can be.
    pub(crate) fn tuple_items_union(&self, tuple: Ty) -> Ty {
        let mapped = self.tuple_fallback(tuple);
        mapped.as_instance().and_then(|i| i.args.first().copied()).unwrap_or_else(|| self.any())
    }
}
