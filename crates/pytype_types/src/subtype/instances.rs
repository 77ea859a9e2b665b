//! Instances of classes against other types.

use pytype_source::name;

use super::{Relation, is_metaclass, operator_member};
use crate::normalize::{object_tuple, split_around};
use crate::{
    AnySource, ClassFlags, ClassId, ClassInfo, Instance, KnownClass, Ty, TyKind, TyList, TypeVarOrigin,
    Variance, erase_type, expand_by_instance, find_unpack, map_to_supertype, proper, tuple_fallback,
    variable_id,
};

impl Relation<'_> {
    pub(super) fn instance_fits(&self, left: Ty, instance: &Instance, right: Ty) -> bool {
        let class = self.ctx.class(instance.class);
        if class.flags.contains(ClassFlags::FALLBACK_TO_ANY) && !self.proper {
            // It may derive from anything that one can derive from.
            return !right.is_none();
        }
        match right.kind() {
            TyKind::Instance(other) => self.instances(left, instance, right, other),
            TyKind::Tuple { items, fallback } => {
                self.instance_fits_tuple(left, instance, right, *items, *fallback)
            }
            TyKind::Literal { .. } => instance.last_known.is_some_and(|known| self.holds(known, right)),
            TyKind::Type(item) | TyKind::TypeForm(item) => self.metaclass_fits(instance, *item, right),
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                operator_member(self.ctx, left, name!("__call__")).is_some_and(|call| self.holds(call, right))
            }
            // `tuple[Any, ...]` is the `Any` of tuples.
            TyKind::TypeVarTuple(_) => {
                !self.proper
                    && self.as_tuple(instance).is_some_and(|tuple| is_erased_instance(self.ctx, &tuple))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::TypedDict(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => false,
        }
    }

    /// The instance as one of `tuple`, if it is one.
    fn as_tuple(&self, instance: &Instance) -> Option<Instance> {
        let tuple = self.ctx.known(KnownClass::Tuple);
        if !self.ctx.class(instance.class).has_base(tuple) {
            return None;
        }
        map_to_supertype(self.ctx, instance, tuple).as_instance().copied()
    }

    fn instance_fits_tuple(
        &self,
        left: Ty,
        instance: &Instance,
        right: Ty,
        items: TyList,
        fallback: Ty,
    ) -> bool {
        let Some(wanted) = fallback.as_instance() else { return false };
        if self.ctx.class(wanted.class).is_enum() {
            return self.holds(left, tuple_fallback(self.ctx, right));
        }
        if let [only] = items.as_slice()
            && let TyKind::Unpack(inner) = only.kind()
            && let unpacked = proper(self.ctx, *inner)
            && unpacked.as_instance().is_some()
        {
            return self.holds(left, unpacked);
        }
        if !self.ctx.class(instance.class).has_base(wanted.class) {
            return false;
        }
        let mapped = map_to_supertype(self.ctx, instance, wanted.class);
        let Some(mapped_instance) = mapped.as_instance() else { return false };
        if !self.proper
            && mapped_instance.class.is("builtins.tuple")
            && is_erased_instance(self.ctx, mapped_instance)
        {
            return true;
        }
        self.is_normalized(mapped_instance) && self.holds(mapped, fallback)
    }

    /// Whether the instance stands for a tuple of unknown length of its class (`C[*tuple[int, ...]]`).
    fn is_normalized(&self, instance: &Instance) -> bool {
        if instance.args.is_empty() {
            return false;
        }
        let tuple = self.ctx.class(instance.class).tuple_type;
        tuple.is_some_and(|tuple| expand_by_instance(self.ctx, tuple, instance).as_instance().is_some())
    }

    /// An instance of `type` or of a metaclass where `type[item]` is wanted.
    fn metaclass_fits(&self, instance: &Instance, item: Ty, right: Ty) -> bool {
        if self.proper {
            return false;
        }
        if instance.class.is("builtins.type") {
            return self.holds(Ty::new(TyKind::Type(Ty::any(AnySource::SpecialForm))), right);
        }
        let item = proper(self.ctx, item);
        is_metaclass(self.ctx.class(instance.class), false) && (item.is_any() || self.is_object(item))
    }

    fn instances(&self, left: Ty, instance: &Instance, right: Ty, other: &Instance) -> bool {
        if self.is_object(right) {
            return true;
        }
        let class = self.ctx.class(instance.class);
        let target = self.ctx.class(other.class);
        let nominal = (class.has_base(other.class) || self.is_any_named_tuple(class, other))
            && !self.options.ignore_declared_variance;
        if nominal {
            let same = target.type_params.is_empty()
                || self.options.ignore_type_params
                || self.cached(left, right, || self.same_class_fits(instance, other, target));
            return same || self.promoted(class, target, right);
        }
        if target.is_protocol() {
            return self.cached(left, right, || self.implements_protocol(left, right));
        }
        self.promoted(class, target, right)
    }

    /// `typing.NamedTuple` stands for all named tuples, though they do not derive from it.
    #[inline]
    fn is_any_named_tuple(&self, class: &ClassInfo, other: &Instance) -> bool {
        let name = other.class.fullname();
        (name == name!("typing.NamedTuple") || name == name!("typing_extensions.NamedTuple"))
            && class
                .mro
                .iter()
                .any(|ancestor| self.ctx.class(*ancestor).flags.contains(ClassFlags::NAMED_TUPLE))
    }

    /// `int` as `float`, `float` as `complex`: as declared of the class or of an ancestor.
    #[inline]
    fn promoted(&self, class: &ClassInfo, target: &ClassInfo, right: Ty) -> bool {
        class.flags.intersects(ClassFlags::PROMOTED | ClassFlags::NATIVE_INT)
            && self.promoted_to(class, target, right)
    }

    fn promoted_to(&self, class: &ClassInfo, target: &ClassInfo, right: Ty) -> bool {
        if self.options.ignore_promotions || target.is_protocol() {
            return false;
        }
        if target.flags.contains(ClassFlags::NATIVE_INT) && class.has_base_named("builtins.int")
            || class.flags.contains(ClassFlags::NATIVE_INT) && target.id.is("builtins.int")
        {
            return true;
        }
        class.mro.iter().any(|ancestor| {
            self.ctx.class(*ancestor).promotions.iter().any(|promoted| self.holds(promoted, right))
        })
    }

    /// Type arguments, after the left side is seen as an instance of the right side's class.
    fn same_class_fits(&self, instance: &Instance, other: &Instance, target: &ClassInfo) -> bool {
        let mut mapped = map_to_supertype(self.ctx, instance, other.class);
        if self.options.erase_instances {
            mapped = erase_type(self.ctx, mapped);
        }
        let Some(mapped) = mapped.as_instance() else { return false };
        let class = other.class;
        let params = target.type_params.as_slice();
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let Some(at) = variadic else {
            let pairs = mapped.args.iter().zip(other.args.iter());
            return pairs
                .zip(params)
                .all(|((own, wanted), param)| self.argument_fits(class, own, wanted, *param));
        };
        if !self.proper && is_erased_instance(self.ctx, mapped) {
            return true;
        }
        let suffix = params.len() - at - 1;
        let own = packed_arguments(self.ctx, &mapped.args, at, suffix);
        let wanted = packed_arguments(self.ctx, &other.args, at, suffix);
        own.len() == wanted.len()
            && own
                .iter()
                .zip(&wanted)
                .zip(params)
                .all(|((own, wanted), param)| self.argument_fits(class, *own, *wanted, *param))
    }

    fn argument_fits(&self, class: ClassId, own: Ty, wanted: Ty, param: Ty) -> bool {
        let variance = match variance_of(self.ctx, class, param) {
            Variance::Invariant if self.options.always_covariant => return self.holds(own, wanted),
            variance => variance,
        };
        match param.kind() {
            TyKind::ParamSpec(_) if variance == Variance::Invariant => self.same_parameters(own, wanted),
            // Lists of parameters are compared as those of functions are, which is the other way
            // around than the types of the arguments that they take.
            TyKind::ParamSpec(_) => self.by_variance(own, wanted, reversed(variance)),
            TyKind::TypeVarTuple(tuple)
                if variance == Variance::Invariant
                    && matches!(tuple.decl.origin, TypeVarOrigin::Assignment(_)) =>
            {
                // As long as variance could not be declared, tuples of unknown length were taken
                // for those of a known one.
                self.holds(own, wanted) && (has_unpack(own) || has_unpack(wanted) || self.holds(wanted, own))
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => self.by_variance(own, wanted, variance),
        }
    }

    /// Whether the parameters accept what the others do, with the same types; names and kinds may be
    /// more general.
    fn same_parameters(&self, own: Ty, wanted: Ty) -> bool {
        match (own.kind(), wanted.kind()) {
            (TyKind::Parameters(left), TyKind::Parameters(right)) => {
                self.parameters_fit(*left, *right, &mut |l, r| self.holds(l, r) && self.holds(r, l))
            }
            _ => self.holds(own, wanted),
        }
    }

    fn by_variance(&self, own: Ty, wanted: Ty, variance: Variance) -> bool {
        match variance {
            Variance::Covariant => self.holds(own, wanted),
            Variance::Contravariant => self.holds(wanted, own),
            // What an empty display makes is kept nowhere, so that it may become anything.
            Variance::Invariant => {
                matches!(proper(self.ctx, own).kind(), TyKind::Never { ambiguous: true })
                    || (self.holds(own, wanted) && self.holds(wanted, own))
            }
        }
    }
}

/// Type arguments with those of the `TypeVarTuple` put into one tuple.
pub(crate) fn packed_arguments(
    ctx: &dyn crate::TypeContext,
    args: &[Ty],
    prefix: usize,
    suffix: usize,
) -> Vec<Ty> {
    let split = split_around(ctx, args, prefix, suffix);
    let mut packed = split.prefix.to_vec();
    packed.push(Ty::tuple(split.middle.to_vec(), object_tuple(ctx)));
    packed.extend_from_slice(&split.suffix);
    packed
}

/// The variance of one of a class's type parameters: what is being tried, else what was declared
/// or inferred.
pub(crate) fn variance_of(ctx: &dyn crate::TypeContext, class: ClassId, param: Ty) -> Variance {
    let trials = ctx.relations().trial_variances.borrow();
    if !trials.is_empty()
        && let Some(id) = variable_id(param)
        && let Some((_, variance)) = trials.iter().rev().find(|(trial, _)| *trial == id)
    {
        return *variance;
    }
    drop(trials);
    ctx.parameter_variance(class, param)
}

fn has_unpack(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Tuple { items, .. } if find_unpack(items).is_some())
}

fn reversed(variance: Variance) -> Variance {
    match variance {
        Variance::Covariant => Variance::Contravariant,
        Variance::Contravariant => Variance::Covariant,
        Variance::Invariant => Variance::Invariant,
    }
}

/// Whether all type arguments are `Any`.
fn is_erased_instance(ctx: &dyn crate::TypeContext, instance: &Instance) -> bool {
    !instance.args.is_empty()
        && instance.args.iter().all(|arg| {
            if let TyKind::Unpack(_) = arg.kind() {
                crate::unpacked_tuple_item(ctx, arg).is_some_and(|item| proper(ctx, item).is_any())
            } else {
                proper(ctx, arg).is_any()
            }
        })
}
