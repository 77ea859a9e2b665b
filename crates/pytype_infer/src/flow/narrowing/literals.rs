//! Literal values that a comparison leaves, kept beside the type (the typing specification,
//! "Literals", "Interactions with narrowing"): `s: str` stays a `str` after `s == "a"`, but may be
//! given where `Literal["a"]` is asked for.

use pytype_types::{Ty, TyKind, coerce_to_literal, proper};
use ruff_python_ast::Expr;

use super::Narrowed;
use crate::Checker;
use crate::flow::binder::PlaceKind;

/// Classes whose objects are equal to a literal only if they are that value.
const VALUE_CLASSES: [&str; 3] = ["builtins.str", "builtins.int", "builtins.bytes"];

impl Checker<'_> {
    /// The values that `expr` can have when it is equal to one of `values`.
    pub(super) fn known_literals<'e>(
        &mut self,
        expr: &'e Expr,
        ty: Ty,
        values: &[Ty],
    ) -> Option<Narrowed<'e>> {
        let ty = proper(&*self.ctx, ty);
        let of_values = |item: Ty| {
            let item = proper(&*self.ctx, item);
            item.is_none() || VALUE_CLASSES.iter().any(|class| item.is_instance_of(class))
        };
        if ty.is_none() || !ty.union_items().iter().all(of_values) {
            return None;
        }
        let known = self.literals_of(values)?;
        self.values_of(expr, known)
    }

    /// The values left when `expr`, which can only have certain ones, has none of `values`.
    pub(super) fn remaining_literals<'e>(
        &mut self,
        expr: &'e Expr,
        ty: Ty,
        values: &[Ty],
    ) -> Option<Narrowed<'e>> {
        let ty = proper(&*self.ctx, ty);
        let TyKind::Union(items) = ty.kind() else { return None };
        let own: Vec<Ty> = items.iter().map(|item| proper(&*self.ctx, item)).collect();
        if !own.iter().all(|item| matches!(item.kind(), TyKind::Literal { .. })) {
            return None;
        }
        let excluded = self.literals_of(values)?;
        let left: Vec<Ty> = own.into_iter().filter(|item| !excluded.contains(item)).collect();
        if left.is_empty() || left.len() == items.len() { None } else { self.values_of(expr, left) }
    }

    /// The values as literal types, if all are known.
    fn literals_of(&self, values: &[Ty]) -> Option<Vec<Ty>> {
        let mut found = Vec::with_capacity(values.len());
        for value in values {
            let value = proper(&*self.ctx, coerce_to_literal(&*self.ctx, *value));
            for item in value.union_items().iter() {
                let item = proper(&*self.ctx, item);
                if !matches!(item.kind(), TyKind::Literal { .. }) {
                    return None;
                }
                found.push(item);
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn values_of<'e>(&mut self, expr: &'e Expr, values: Vec<Ty>) -> Option<Narrowed<'e>> {
        let place = self.place_of(expr)?;
        let place = self.binder.place(PlaceKind::Literals(place));
        Some(Narrowed { expr, place, ty: Ty::union(values), guarded: false })
    }

    /// Whether what `expr` was compared with makes it fit where `wanted` is asked for.
    pub(crate) fn fits_by_value(&mut self, expr: &Expr, wanted: Ty) -> bool {
        if !matches!(proper(&*self.ctx, wanted).kind(), TyKind::Literal { .. } | TyKind::Union(_)) {
            return false;
        }
        let Some(place) = self.existing_place_of(expr) else { return false };
        let Some(place) = self.binder.existing_place(PlaceKind::Literals(place)) else { return false };
        self.binder.get(place).is_some_and(|values| self.is_subtype(values, wanted))
    }
}
