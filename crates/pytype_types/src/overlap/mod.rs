//! Overlap: whether some value may be of both types.

mod structural;

use std::cell::RefCell;

use pytype_source::name;

use crate::shared_parts::Answers;
use crate::subtype::{is_recursive_pair, operator_member, packed_arguments};
use crate::{
    AnySource, CallableOptions, Instance, KnownClass, LiteralValue, Sig, SubtypeOptions, Ty, TyKind,
    TypeContext, are_parameters_compatible, callable_fallback, erase_type, is_callable_compatible_by,
    is_proper_subtype_with, is_subtype_with, map_to_supertype, proper, tuple_fallback,
};

/// How types are compared for overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OverlapOptions {
    pub ignore_promotions: bool,
    /// Stricter, so that overloads are not suspected without need: `None` overlaps only with types
    /// that name it, `Any` only with `object`, and the names of positional parameters count.
    pub overlap_for_overloads: bool,
}

pub fn is_overlapping_types(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    is_overlapping_types_with(ctx, left, right, OverlapOptions::default())
}

pub fn is_overlapping_types_with(
    ctx: &dyn TypeContext,
    left: Ty,
    right: Ty,
    options: OverlapOptions,
) -> bool {
    Overlap { ctx, options, open: RefCell::default(), done: Answers::default() }.overlaps(left, right)
}

/// The same for the types without their type arguments.
pub fn is_overlapping_erased_types(
    ctx: &dyn TypeContext,
    left: Ty,
    right: Ty,
    ignore_promotions: bool,
) -> bool {
    let options = OverlapOptions { ignore_promotions, ..OverlapOptions::default() };
    is_overlapping_types_with(ctx, erase_type(ctx, left), erase_type(ctx, right), options)
}

/// The alternatives that a type consists of: the items of a union or overload set, the constraints
/// of a type variable or else its bound.
pub fn possible_variants(ctx: &dyn TypeContext, ty: Ty) -> Vec<Ty> {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::TypeVar(variable) => {
            let values = crate::constraints::values(ctx, variable.decl);
            if values.is_empty() {
                vec![crate::constraints::upper_bound(ctx, variable.decl)]
            } else {
                values.to_vec()
            }
        }
        TyKind::ParamSpec(_) => vec![ctx.object()],
        TyKind::TypeVarTuple(_) => vec![crate::object_tuple(ctx)],
        TyKind::Union(items) | TyKind::Overloaded(items) => items.to_vec(),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => vec![ty],
    }
}

/// An enum and a union that names one of its members.
pub(crate) fn is_enum_and_members(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let (Some(instance), TyKind::Union(items)) = (left.as_instance(), right.kind()) else { return false };
    ctx.class(instance.class).is_enum()
        && items.iter().any(|item| {
            if let TyKind::Literal { fallback, .. } = proper(ctx, item).kind() {
                fallback.as_instance().is_some_and(|of| of.class == instance.class)
            } else {
                false
            }
        })
}

const MAX_DEPTH: u32 = 100;

/// One comparison.
struct Overlap<'a> {
    ctx: &'a dyn TypeContext,
    options: OverlapOptions,
    /// Pairs with recursive aliases that are being compared.
    open: RefCell<Vec<(Ty, Ty)>>,
    done: Answers<(Ty, Ty), bool>,
}

impl Overlap<'_> {
    fn overlaps(&self, left: Ty, right: Ty) -> bool {
        let state = self.ctx.relations();
        let depth = state.depth.get();
        if depth > MAX_DEPTH || self.open.borrow().contains(&(left, right)) {
            return true;
        }
        state.depth.set(depth + 1);
        let recursive = is_recursive_pair(self.ctx, left, right);
        if recursive {
            self.open.borrow_mut().push((left, right));
        }
        let result =
            self.done.answer((left, right), || self.types(self.relevant(left), self.relevant(right)));
        if recursive {
            self.open.borrow_mut().pop();
        }
        state.depth.set(depth);
        result
    }

    /// The type itself; without strict optional types, `None` in a union does not count.
    fn relevant(&self, ty: Ty) -> Ty {
        let ty = proper(self.ctx, ty);
        match ty.kind() {
            TyKind::Union(items) if !self.ctx.options().strict_optional => {
                proper(self.ctx, Ty::union(crate::unions::relevant_items(self.ctx, *items)))
            }
            TyKind::Module(_) => self.ctx.known_instance(KnownClass::ModuleType),
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
            | TyKind::Alias { .. } => ty,
        }
    }

    /// Whether one of the two covers the other.
    fn related(&self, left: Ty, right: Ty) -> bool {
        let options =
            SubtypeOptions { ignore_promotions: self.options.ignore_promotions, ..SubtypeOptions::default() };
        let fits = |l: Ty, r: Ty| {
            if self.options.overlap_for_overloads {
                is_proper_subtype_with(self.ctx, l, r, options)
            } else {
                is_subtype_with(self.ctx, l, r, options)
            }
        };
        fits(left, right) || fits(right, left)
    }

    fn types(&self, left: Ty, right: Ty) -> bool {
        let is_illegal = |ty: Ty| matches!(ty.kind(), TyKind::Erased | TyKind::Deleted);
        if is_illegal(left) || is_illegal(right) {
            return true;
        }
        let is_object = |ty: Ty| ty.is_instance_of("builtins.object");
        if left.is_any() || right.is_any() {
            return !self.options.overlap_for_overloads || is_object(left) || is_object(right);
        }
        // Large enums are settled before they are compared member by member.
        let named = |l: Ty, r: Ty| {
            if let TyKind::Union(items) = r.kind() {
                is_enum_and_members(self.ctx, l, r)
                    || (matches!(l.kind(), TyKind::Literal { .. }) && items.contains(&l))
            } else {
                false
            }
        };
        if named(left, right) || named(right, left) {
            return true;
        }
        let none_and_object = |l: Ty, r: Ty| l.is_none() && is_object(r);
        if self.options.overlap_for_overloads
            && (none_and_object(left, right) || none_and_object(right, left))
        {
            return false;
        }
        if self.related(left, right) {
            return true;
        }
        let is_variable =
            |ty: Ty| matches!(ty.kind(), TyKind::TypeVar(_) | TyKind::ParamSpec(_) | TyKind::TypeVarTuple(_));
        let (lefts, rights) = (possible_variants(self.ctx, left), possible_variants(self.ctx, right));
        if lefts.len() > 1 || rights.len() > 1 || is_variable(left) || is_variable(right) {
            return lefts.iter().any(|l| rights.iter().any(|r| self.overlaps(*l, *r)));
        }
        if self.ctx.options().strict_optional && left.is_none() != right.is_none() {
            return false;
        }
        self.single(left, right)
    }

    /// Two types that are no unions of any kind, and of which neither covers the other.
    fn single(&self, mut left: Ty, mut right: Ty) -> bool {
        match (left.kind(), right.kind()) {
            (TyKind::TypedDict(l), TyKind::TypedDict(r)) => return self.typed_dicts(l, r),
            (TyKind::TypedDict(dict), TyKind::Instance(instance))
            | (TyKind::Instance(instance), TyKind::TypedDict(dict))
                if self.is_mapping(instance) =>
            {
                return self.typed_dict_and_mapping(dict, instance);
            }
            (TyKind::TypedDict(dict), _) => left = dict.fallback,
            (_, TyKind::TypedDict(dict)) => right = dict.fallback,
            _ => {}
        }
        let is_tuple = |ty: Ty| matches!(ty.kind(), TyKind::Tuple { .. });
        let any_tuple = |ty: Ty| is_tuple(ty) || ty.is_instance_of("builtins.tuple");
        if any_tuple(left) && any_tuple(right) {
            return self.tuples(left, right);
        }
        if is_tuple(left) {
            left = tuple_fallback(self.ctx, left);
        } else if is_tuple(right) {
            right = tuple_fallback(self.ctx, right);
        }
        self.callable_or_plain(left, right)
    }

    fn callable_or_plain(&self, left: Ty, right: Ty) -> bool {
        match (left.kind(), right.kind()) {
            (TyKind::Type(l) | TyKind::TypeForm(l), TyKind::Type(r) | TyKind::TypeForm(r)) => {
                self.overlaps(*l, *r)
            }
            (TyKind::Type(item) | TyKind::TypeForm(item), _) => self.type_object(*item, right),
            (_, TyKind::Type(item) | TyKind::TypeForm(item)) => self.type_object(*item, left),
            (TyKind::Parameters(l), TyKind::Parameters(r)) => {
                are_parameters_compatible(self.ctx, *l, *r, self.callable_options(), &mut |l, r| {
                    self.overlaps(l, r)
                })
            }
            (TyKind::Parameters(_), _) | (_, TyKind::Parameters(_)) => false,
            (TyKind::Callable(l), TyKind::Callable(r)) => self.callables(*l, *r),
            (TyKind::Callable(_), TyKind::Instance(_)) => self.callable_and_instance(left, right),
            (TyKind::Instance(_), TyKind::Callable(_)) => self.callable_and_instance(right, left),
            _ => self.plain(self.without_callable(left), self.without_callable(right)),
        }
    }

    fn callable_options(&self) -> CallableOptions {
        CallableOptions {
            ignore_pos_arg_names: !self.options.overlap_for_overloads,
            allow_partial_overlap: true,
            ..CallableOptions::default()
        }
    }

    fn callables(&self, left: Sig, right: Sig) -> bool {
        let options = self.callable_options();
        let reversed = CallableOptions { check_args_covariantly: true, ..options };
        is_callable_compatible_by(self.ctx, left, right, options, &mut |l, r| self.overlaps(l, r))
            || is_callable_compatible_by(self.ctx, right, left, reversed, &mut |l, r| self.overlaps(l, r))
    }

    fn callable_and_instance(&self, callable: Ty, instance: Ty) -> bool {
        if let Some(call) = operator_member(self.ctx, instance, name!("__call__"))
            && matches!(proper(self.ctx, call).kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
        {
            return self.overlaps(call, callable);
        }
        self.plain(self.without_callable(callable), instance)
    }

    fn without_callable(&self, ty: Ty) -> Ty {
        if let TyKind::Callable(_) = ty.kind() { callable_fallback(self.ctx, ty) } else { ty }
    }

    /// `type[item]` and something that is no `type[...]`.
    fn type_object(&self, item: Ty, other: Ty) -> bool {
        match other.kind() {
            TyKind::Callable(sig) => self.overlaps(item, sig.ret),
            TyKind::Instance(instance) => {
                let is_metaclass = || self.ctx.class(instance.class).has_base_named("builtins.type");
                match proper(self.ctx, item).kind() {
                    TyKind::Instance(own) => match self.ctx.class(own.class).metaclass {
                        Some(metaclass) => self.overlaps(metaclass, other),
                        None => is_metaclass(),
                    },
                    TyKind::Any(_) => is_metaclass(),
                    TyKind::None
                    | TyKind::Never { .. }
                    | TyKind::Deleted
                    | TyKind::Erased
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
                    | TyKind::Module(_) => false,
                }
            }
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
        }
    }

    /// Literals and instances.
    fn plain(&self, mut left: Ty, mut right: Ty) -> bool {
        match (left.kind(), right.kind()) {
            (TyKind::Literal { value: l, fallback: lf }, TyKind::Literal { value: r, fallback: rf }) => {
                let is_any = |value: LiteralValue| value == LiteralValue::AnyStr;
                if !same_value(*l, *r) && !is_any(*l) && !is_any(*r) {
                    return false;
                }
                (left, right) = (*lf, *rf);
            }
            (TyKind::Literal { fallback, .. }, _) => left = *fallback,
            (_, TyKind::Literal { fallback, .. }) => right = *fallback,
            _ => {}
        }
        match (left.kind(), right.kind()) {
            (TyKind::Instance(l), TyKind::Instance(r)) => self.related(left, right) || self.instances(l, r),
            _ => false,
        }
    }

    fn instances(&self, left: &Instance, right: &Instance) -> bool {
        // Unrelated classes are taken to have no common subclass.
        let (sub, ancestor) = if self.ctx.class(left.class).has_base(right.class) {
            (left, right)
        } else if self.ctx.class(right.class).has_base(left.class) {
            (right, left)
        } else {
            return false;
        };
        let mapped = map_to_supertype(self.ctx, sub, ancestor.class);
        let Some(mapped) = mapped.as_instance() else { return false };
        let params = self.ctx.class(ancestor.class).type_params.as_slice();
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let pack = |instance: &Instance| match variadic {
            Some(at) => packed_arguments(self.ctx, &instance.args, at, params.len() - at - 1),
            None => instance.args.to_vec(),
        };
        let (own, other) = (pack(mapped), pack(ancestor));
        own.len() == other.len() && own.iter().zip(&other).all(|(l, r)| self.overlaps(*l, *r))
    }

    fn is_mapping(&self, instance: &Instance) -> bool {
        self.ctx.class(instance.class).has_base(self.ctx.known(KnownClass::Mapping))
    }

    fn any(&self) -> Ty {
        Ty::any(AnySource::SpecialForm)
    }
}

/// Whether two literal values are equal at run time: `True` is 1.
fn same_value(left: LiteralValue, right: LiteralValue) -> bool {
    match (left, right) {
        (LiteralValue::Int(number), LiteralValue::Bool(truth))
        | (LiteralValue::Bool(truth), LiteralValue::Int(number)) => number == i64::from(truth),
        _ => left == right,
    }
}
