//! What the second argument of `isinstance` stands for, and what it leaves of a type.

use pytype_types::{
    KnownClass, LiteralValue, OverlapOptions, SubtypeOptions, Ty, TyKind, TypeContext, erase_type_vars,
    is_overlapping_types_with, is_proper_subtype_with, is_subtype, is_subtype_with, make_simplified_union,
    proper, restrict_subtype_away, shallow_erase_for_equality, try_expanding_sum_type,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use crate::Checker;

/// A class (or union of classes) that a value is tested against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeRange {
    pub ty: Ty,
    /// The test is against some subclass of it that is not known (`cls: type[A]`).
    pub upper_bound: bool,
}

impl Checker<'_> {
    /// The classes that the second argument of `isinstance` lists. `None` if it is not understood.
    pub(super) fn type_ranges(&mut self, expr: &Expr, flatten: bool) -> Option<Vec<TypeRange>> {
        if let Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::BitOr, right, .. }) = expr {
            let mut all = Vec::new();
            for side in [left, right] {
                if side.is_none_literal_expr() {
                    all.push(TypeRange { ty: Ty::none(), upper_bound: false });
                } else {
                    all.extend(self.type_ranges(side, false)?);
                }
            }
            return Some(all);
        }
        let ty = self.lookup_type(expr)?;
        if !flatten {
            return Some(vec![self.type_range_of(ty)?]);
        }
        let mut flat = Vec::new();
        self.flatten_tuple(ty, &mut flat);
        flat.into_iter().map(|ty| self.type_range_of(ty)).collect()
    }

    fn flatten_tuple(&self, ty: Ty, flat: &mut Vec<Ty>) {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Union(items) => {
                let mut all = Vec::new();
                items.iter().for_each(|item| self.flatten_tuple(item, &mut all));
                flat.push(Ty::union(all));
            }
            TyKind::Tuple { items, .. } => items.iter().for_each(|item| self.flatten_tuple(item, flat)),
            TyKind::Unpack(inner) => self.flatten_tuple(*inner, flat),
            TyKind::Instance(instance) if instance.class.is("builtins.tuple") => {
                flat.extend(instance.args.iter());
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => flat.push(ty),
        }
    }

    /// The class that a class object stands for.
    pub(crate) fn type_range_of(&self, ty: Ty) -> Option<TypeRange> {
        let mut ty = proper(&*self.ctx, ty);
        if let TyKind::TypeVar(variable) = ty.kind() {
            ty = proper(&*self.ctx, self.ctx.type_var(variable.decl).bound);
        }
        match ty.kind() {
            TyKind::Union(items) => {
                let ranges = items.iter().filter_map(|item| self.type_range_of(item)).map(|range| range.ty);
                Some(TypeRange { ty: make_simplified_union(&*self.ctx, ranges), upper_bound: true })
            }
            TyKind::Callable(sig) if sig.is_type_object() => Some(self.range_of_class_object(sig)),
            TyKind::Overloaded(items)
                if let Some(sig) = items.first().and_then(|t| t.as_callable())
                    && sig.is_type_object() =>
            {
                Some(self.range_of_class_object(&sig))
            }
            TyKind::Type(item) => {
                let exact =
                    item.is_none() || item.as_instance().is_some_and(|i| self.ctx.class(i.class).is_final());
                Some(TypeRange { ty: *item, upper_bound: !exact })
            }
            TyKind::Any(_) => Some(TypeRange { ty, upper_bound: false }),
            TyKind::Instance(instance) if instance.class.is("builtins.type") => {
                Some(TypeRange { ty: self.ctx.object(), upper_bound: true })
            }
            TyKind::Instance(instance)
                if instance.class.is("types.UnionType") && !instance.args.is_empty() =>
            {
                Some(TypeRange { ty: Ty::union(instance.args.iter()), upper_bound: false })
            }
            TyKind::Instance(instance) if instance.class.is("typing._SpecialForm") => None,
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                // A class could be called like a function, so that a variable of such a type may hold one.
                let class = self.ctx.known_instance(KnownClass::Type);
                if is_subtype(&*self.ctx, class, ty) {
                    None
                } else {
                    Some(TypeRange { ty: Ty::never(), upper_bound: false })
                }
            }
        }
    }

    fn range_of_class_object(&self, sig: &pytype_types::Sig) -> TypeRange {
        let instance = sig.instance_type.unwrap_or(sig.ret);
        let ty = match proper(&*self.ctx, instance).kind() {
            TyKind::Instance(instance) => pytype_types::fill_with_any(&*self.ctx, instance.class),
            TyKind::Tuple { fallback, .. } => match fallback.as_instance() {
                Some(instance) => {
                    erase_type_vars(&*self.ctx, pytype_types::fill_with_any(&*self.ctx, instance.class))
                }
                None => instance,
            },
            TyKind::TypedDict(dict) => match dict.fallback.as_instance() {
                Some(instance) => pytype_types::fill_with_any(&*self.ctx, instance.class),
                None => instance,
            },
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => erase_type_vars(&*self.ctx, instance),
        };
        TypeRange { ty, upper_bound: false }
    }

    /// What a value of type `current` is if the test succeeds and if it fails. `None` where
    /// nothing was learned (or `default`, where given).
    pub(crate) fn conditional_types(
        &self,
        current: Ty,
        ranges: Option<&[TypeRange]>,
        default: Option<Ty>,
        runtime_isinstance: bool,
        from_equality: bool,
    ) -> (Option<Ty>, Option<Ty>) {
        let Some(ranges) = ranges else { return (Some(current), default) };
        let mut current = current;
        match ranges {
            [] => return (Some(Ty::never()), default),
            [one] => {
                if let TyKind::Literal { value: LiteralValue::Enum(_) | LiteralValue::Bool(_), fallback } =
                    proper(&*self.ctx, one.ty).kind()
                {
                    let class = fallback.as_instance().map(|i| i.class.fullname());
                    current = try_expanding_sum_type(&*self.ctx, current, class.as_deref());
                }
            }
            _ => {}
        }
        let proper_current = proper(&*self.ctx, current);
        if let TyKind::Union(items) = proper_current.kind() {
            let mut yes = Vec::with_capacity(items.len());
            let mut no = Vec::with_capacity(items.len());
            for item in items.iter() {
                let (item_yes, item_no) =
                    self.conditional_types(item, Some(ranges), Some(item), runtime_isinstance, from_equality);
                yes.push(item_yes.unwrap_or(item));
                no.push(item_no.unwrap_or(item));
            }
            return (
                Some(make_simplified_union(&*self.ctx, yes)),
                Some(make_simplified_union(&*self.ctx, no)),
            );
        }
        let mut proposed = self.proposed_type(ranges);
        if proper_current.is_unknown() {
            return (Some(proposed), Some(current));
        }
        if proposed.is_any() {
            return (Some(proposed), default);
        }
        let no_promotions = SubtypeOptions { ignore_promotions: true, ..SubtypeOptions::default() };
        if !ranges.iter().any(|range| range.upper_bound) {
            if is_proper_subtype_with(&*self.ctx, current, proposed, no_promotions) {
                return (default, Some(Ty::never()));
            }
            let structural = match proposed.kind() {
                TyKind::Callable(_) => true,
                TyKind::Instance(instance) => self.ctx.class(instance.class).is_protocol(),
                TyKind::Any(_)
                | TyKind::None
                | TyKind::Never { .. }
                | TyKind::Deleted
                | TyKind::Erased
                | TyKind::Union(_)
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
                | TyKind::Module(_) => false,
            };
            if structural && is_subtype_with(&*self.ctx, current, proposed, no_promotions) {
                let rest = restrict_subtype_away(
                    &*self.ctx,
                    current,
                    default.unwrap_or(proposed),
                    runtime_isinstance,
                );
                return (default, Some(rest));
            }
        }
        if from_equality {
            // Values of different type arguments can be equal.
            proposed = shallow_erase_for_equality(&*self.ctx, proposed);
        }
        let overlap = OverlapOptions { ignore_promotions: true, ..OverlapOptions::default() };
        if !is_overlapping_types_with(&*self.ctx, current, proposed, overlap) {
            return (Some(Ty::never()), default);
        }
        let precise = Ty::union(ranges.iter().filter(|range| !range.upper_bound).map(|range| range.ty));
        let remaining = restrict_subtype_away(&*self.ctx, current, precise, runtime_isinstance);
        if is_proper_subtype_with(&*self.ctx, proper_current, proposed, no_promotions) {
            proposed = default.unwrap_or(current);
        }
        (Some(proposed), Some(remaining))
    }

    /// The union of the classes tested for. A value never becomes a `NewType` by a test.
    fn proposed_type(&self, ranges: &[TypeRange]) -> Ty {
        let union = make_simplified_union(&*self.ctx, ranges.iter().map(|range| range.ty));
        let items = union.union_items().iter().map(|item| {
            let mut item = proper(&*self.ctx, item);
            while let TyKind::Instance(instance) = item.kind() {
                let class = self.ctx.class(instance.class);
                if !class.flags.contains(pytype_types::ClassFlags::NEW_TYPE) {
                    break;
                }
                let Some(base) = class.bases.first() else { break };
                item = *base;
            }
            item
        });
        proper(&*self.ctx, Ty::union(items))
    }

    /// The same; when nothing is both, a class that derives from both is invented if one can exist.
    pub(crate) fn conditional_types_with_intersection(
        &mut self,
        current: Ty,
        ranges: Option<&[TypeRange]>,
        default: Option<Ty>,
        runtime_isinstance: bool,
        range: TextRange,
    ) -> (Option<Ty>, Option<Ty>) {
        let (yes, no) = self.conditional_types(current, ranges, default, runtime_isinstance, false);
        let Some(ranges) = ranges else { return (yes, no) };
        if !yes.is_some_and(|ty| proper(&*self.ctx, ty).is_never()) {
            return (yes, no);
        }
        match self.intersections(current, ranges, range) {
            super::intersections::Outcome::NotApplicable => (yes, no),
            super::intersections::Outcome::Impossible => (Some(Ty::never()), Some(current)),
            super::intersections::Outcome::Types(types) => {
                (Some(make_simplified_union(&*self.ctx, types)), Some(current))
            }
        }
    }
}
