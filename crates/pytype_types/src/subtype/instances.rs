//! Instances of classes against other types.

use super::Relation;
use crate::{
    ClassFlags, ClassId, Instance, KnownClass, ParamSpecFlavor, Ty, TyFlags, TyKind, TyList, Variance, map_to_supertype,
    proper,
};
use pytype_source::Name;

impl Relation<'_> {
    pub(super) fn instance_fits(&self, left: Ty, instance: &Instance, right: Ty) -> bool {
        let class = self.ctx.class(instance.class);
        if class.flags.contains(ClassFlags::FALLBACK_TO_ANY) && !self.proper {
            // It may derive from anything; but a tuple or typed dict has known parts.
            return match right.kind() {
                TyKind::None => false,
                TyKind::Never { .. } => false,
                TyKind::Callable(_) | TyKind::Instance(_) | TyKind::Type(_) | TyKind::Overloaded(_) => {
                    !(matches!(right.kind(), TyKind::Instance(r) if self.ctx.class(r.class).is_final() && r.class != instance.class)) || self.nominal(left, instance, right)
                }
                _ => matches!(right.kind(), TyKind::Tuple { .. } | TyKind::TypeVar(_)) && !matches!(right.kind(), TyKind::TypeVar(_)),
            };
        }
        match right.kind() {
            TyKind::Instance(other) => self.instances(left, instance, right, other),
            TyKind::Tuple { items, fallback } => {
                // `tuple[Any, ...]` fits every tuple.
                let Some(item) = (instance.class.is("builtins.tuple")).then(|| instance.args.first()).flatten() else {
                    return false;
                };
                if proper(self.ctx, *item).is_any() && !self.proper {
                    return fallback.is_instance_of("builtins.tuple")
                        || !self.proper && items.iter().all(|i| self.holds(*item, i));
                }
                match items.as_slice() {
                    [only] => match only.kind() {
                        TyKind::Unpack(inner) => self.holds(left, *inner),
                        _ => false,
                    },
                    _ => false,
                }
            }
            TyKind::Literal { .. } => instance.last_known.is_some_and(|known| self.holds(known, right)),
            TyKind::Type(item) => self.metaclass_instance_fits(instance, *item),
            TyKind::Callable(_) | TyKind::Overloaded(_) => {
                let call = self.ctx.member(left, Name::new("__call__"), left);
                match call {
                    Some(call) => self.holds(call.ty, right),
                    None => false,
                }
            }
            TyKind::TypeVar(variable) => {
                let _ = variable;
                false
            }
            TyKind::TypeVarTuple(_) | TyKind::ParamSpec(_) => {
                if let TyKind::ParamSpec(spec) = right.kind() {
                    return spec.flavor != ParamSpecFlavor::Bare && !self.proper && instance.args.iter().all(Ty::is_any) && !instance.args.is_empty();
                }
                false
            }
            TyKind::TypeForm(_) => false,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::TypedDict(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                matches!(right.kind(), TyKind::None) && instance.class.is("types.NoneType")
                    || matches!(right.kind(), TyKind::Union(items) if items.iter().any(|i| self.holds(left, i)))
            }
        }
    }

    /// An instance of `type` or of a metaclass where `type[item]` is wanted.
    fn metaclass_instance_fits(&self, instance: &Instance, item: Ty) -> bool {
        let item = proper(self.ctx, item);
        if instance.class.is("builtins.type") {
            return match item.kind() {
                TyKind::Any(_) => true,
                TyKind::Instance(_) => self.is_object(item),
                _ => false,
            } || (!self.proper && instance.class.is("builtins.type") && !matches!(item.kind(), TyKind::Never { .. }) && !self.proper);
        }
        let class = self.ctx.class(instance.class);
        if class.has_base_named("builtins.type") {
            return match item.kind() {
                TyKind::Any(_) => true,
                TyKind::Instance(_) => self.is_object(item),
                _ => false,
            };
        }
        false
    }

    fn nominal(&self, left: Ty, instance: &Instance, right: Ty) -> bool {
        match right.kind() {
            TyKind::Instance(other) => self.ctx.class(instance.class).has_base(other.class) || left == right,
            _ => false,
        }
    }

    fn instances(&self, left: Ty, instance: &Instance, right: Ty, other: &Instance) -> bool {
        if self.is_object(right) {
            return true;
        }
        if instance.class == other.class && instance.args == other.args {
            return self.extra_fits(instance, other);
        }
        let simple = !left.has(TyFlags::HAS_META | TyFlags::HAS_ERASED | TyFlags::HAS_ALIAS)
            && !right.has(TyFlags::HAS_META | TyFlags::HAS_ERASED | TyFlags::HAS_ALIAS);
        let key = (left, right, self.options.bits(self.proper));
        if simple && let Some(known) = self.ctx.relations().subtype_cache.borrow().get(&key) {
            return *known;
        }
        let assumed_before = self.ctx.relations().assumed.borrow().len() + self.ctx.relations().assumed_proper.borrow().len();
        let result = self.instances_uncached(left, instance, right, other);
        // A result that rests on an assumption of a comparison under way proves nothing by itself.
        if simple && (!result || assumed_before == 0) {
            self.ctx.relations().subtype_cache.borrow_mut().insert(key, result);
        }
        result
    }

    fn instances_uncached(&self, left: Ty, instance: &Instance, right: Ty, other: &Instance) -> bool {
        let class = self.ctx.class(instance.class);
        if !self.options.ignore_promotions && self.promoted(instance.class, right) {
            return true;
        }
        let target = self.ctx.class(other.class);
        let is_protocol = target.is_protocol();
        // A class that derives from a protocol, or any named class, is compared by its arguments.
        if class.has_base(other.class) && !self.options.ignore_declared_variance {
            let mapped = map_to_supertype(self.ctx, instance, other.class);
            let Some(mapped) = mapped.as_instance() else { return true };
            if self.options.ignore_type_params {
                return true;
            }
            let mut args = mapped.args;
            if self.options.erase_instances {
                args = crate::erase_type(self.ctx, Ty::instance(mapped.class, mapped.args)).as_instance().map_or(args, |i| i.args);
            }
            if self.args_fit(args, other.args, target.type_params) {
                return self.extra_fits(instance, other);
            }
            if !is_protocol {
                return false;
            }
        }
        if is_protocol && self.implements_protocol(left, right) {
            return true;
        }
        // An instance of `type` subclasses stands for the class it was made from only when known.
        false
    }

    fn extra_fits(&self, instance: &Instance, other: &Instance) -> bool {
        let Some(wanted) = other.extra else { return true };
        let Some(own) = instance.extra else { return false };
        wanted.attributes.iter().all(|(name, ty)| {
            own.attributes.iter().any(|(known, own_ty)| known == name && self.holds(*own_ty, *ty))
        })
    }

    /// `int` as `float`, `float` as `complex`: as declared of the class or of an ancestor.
    fn promoted(&self, class: ClassId, right: Ty) -> bool {
        let info = self.ctx.class(class);
        let Some(target) = right.as_instance() else { return false };
        if self.ctx.class(target.class).is_protocol() {
            return false;
        }
        info.mro.iter().any(|ancestor| {
            self.ctx.class(*ancestor).promotions.iter().any(|promoted| self.holds(promoted, right))
        })
    }

    /// Type arguments, by the variance of the parameters.
    pub(super) fn args_fit(&self, left: TyList, right: TyList, params: TyList) -> bool {
        if left == right {
            return true;
        }
        if params.iter().any(|p| matches!(p.kind(), TyKind::TypeVarTuple(_))) {
            return self.variadic_args_fit(left, right, params);
        }
        for ((own, wanted), param) in left.iter().zip(right.iter()).zip(params.iter()) {
            if !self.arg_fits(own, wanted, param) {
                return false;
            }
        }
        true
    }

    fn arg_fits(&self, own: Ty, wanted: Ty, param: Ty) -> bool {
        if own == wanted {
            return true;
        }
        match param.kind() {
            TyKind::TypeVar(variable) => {
                let variance = if self.options.always_covariant {
                    Variance::Covariant
                } else {
                    self.ctx.type_var(variable.decl).variance
                };
                self.by_variance(own, wanted, variance)
            }
            TyKind::ParamSpec(spec) => {
                // Parameters are accepted: the subtype takes at least what the supertype does.
                let _ = spec;
                if proper(self.ctx, own).is_any() || proper(self.ctx, wanted).is_any() {
                    return !self.proper;
                }
                self.holds(own, wanted) && self.holds(wanted, own)
            }
            _ => self.by_variance(own, wanted, Variance::Invariant),
        }
    }

    pub(super) fn by_variance(&self, own: Ty, wanted: Ty, variance: Variance) -> bool {
        match variance {
            Variance::Covariant => self.holds(own, wanted),
            Variance::Contravariant => self.holds(wanted, own),
            Variance::Invariant => {
                let plain = Relation { options: super::SubtypeOptions { ignore_promotions: true, ..self.options }, ..*self };
                if self.proper {
                    return plain.holds(own, wanted) && plain.holds(wanted, own);
                }
                plain.holds(own, wanted) && plain.holds(wanted, own)
            }
        }
    }

    fn variadic_args_fit(&self, left: TyList, right: TyList, params: TyList) -> bool {
        let Some(at) = params.iter().position(|p| matches!(p.kind(), TyKind::TypeVarTuple(_))) else { return true };
        let suffix = params.len() - at - 1;
        let split = |args: TyList| {
            (args.len() >= at + suffix).then(|| {
                let args = args.as_slice();
                (&args[..at], &args[at..args.len() - suffix], &args[args.len() - suffix..])
            })
        };
        let (Some((lp, lm, ls)), Some((rp, rm, rs))) = (split(left), split(right)) else { return false };
        let heads = lp.iter().zip(rp).zip(params.iter().take(at));
        let tails = ls.iter().zip(rs).zip(params.iter().skip(at + 1));
        if !heads.chain(tails).all(|((own, wanted), param)| self.arg_fits(*own, *wanted, param)) {
            return false;
        }
        let fallback = self.ctx.known_instance(KnownClass::Tuple);
        let (own, wanted) = (Ty::tuple(lm.to_vec(), fallback), Ty::tuple(rm.to_vec(), fallback));
        let same = |l: &[Ty], r: &[Ty]| l.len() == r.len() && l.iter().zip(r).all(|(a, b)| self.by_variance(*a, *b, Variance::Invariant));
        same(lm, rm) || (self.holds(own, wanted) && self.holds(wanted, own))
    }
}
