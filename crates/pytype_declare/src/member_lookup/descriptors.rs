//! Descriptors: attributes whose value comes from `__get__` and goes through `__set__`.

use pytype_source::{Name, name};
use pytype_types::{AnySource, ParamKind, Ty, TyKind};

use super::{Lookup, MemberProblem, Sort};
use crate::type_operations as ops;

impl Lookup<'_, '_> {
    /// The value behind a descriptor, or what may be assigned to it; other values are themselves.
    pub(super) fn descriptor(&self, ty: Ty) -> Ty {
        let proper = ops::proper(self.ctx, ty);
        match proper.kind() {
            TyKind::Union(items) => {
                let results: Vec<Ty> = items.iter().map(|item| self.descriptor(item)).collect();
                // Reading simplifies the union; what is only optional is simple already.
                let is_optional = items.iter().filter(|item| !item.is_none()).count() < 2;
                if is_optional && results.as_slice() == items.as_slice() {
                    return ty;
                }
                ops::simplified_union(self.ctx, &results)
            }
            TyKind::Instance(instance) => {
                let has = |name| self.ctx.find_definition(instance.class, name).is_some();
                match self.access.is_lvalue {
                    true if has(name!("__set__")) => self.set_descriptor(proper),
                    _ if has(name!("__get__")) => self.get_descriptor(proper),
                    _ => ty,
                }
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => ty,
        }
    }

    fn get_descriptor(&self, descriptor: Ty) -> Ty {
        let Some(method) = self.special_method(descriptor, name!("__get__")) else {
            let method = name!("__get__");
            self.problem(MemberProblem::BadDescriptor { descriptor, method });
            return Ty::any(AnySource::Error);
        };
        let (object, owner) = match ops::proper(self.ctx, self.self_type).kind() {
            TyKind::Callable(sig) if sig.is_type_object() => {
                (Ty::none(), sig.instance_type.unwrap_or(sig.ret))
            }
            TyKind::Overloaded(items) => match items.first().and_then(|first| first.as_callable()) {
                Some(sig) if sig.is_type_object() => (Ty::none(), sig.instance_type.unwrap_or(sig.ret)),
                Some(_) | None => (self.self_type, self.self_type),
            },
            TyKind::Type(item) => (Ty::none(), *item),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
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
            | TyKind::Module(_) => (self.self_type, self.self_type),
        };
        let called = self.called(method, &[object, ops::type_of(self.ctx, owner)]);
        match called.map(|called| (called, called.kind())) {
            Some((_, TyKind::Callable(sig))) => sig.ret,
            Some((called, TyKind::Any(_))) => called,
            Some((_, _)) => {
                let method = name!("__get__");
                self.problem(MemberProblem::BadDescriptor { descriptor, method });
                Ty::any(AnySource::Error)
            }
            None => Ty::any(AnySource::Error),
        }
    }

    /// Whether `__set__` takes the object and one value more.
    fn check_setter(&self, descriptor: Ty, method: Ty) {
        let Some(sig) = method.as_callable() else { return };
        if sig.params.iter().any(|param| !matches!(param.kind, ParamKind::Pos | ParamKind::Opt)) {
            return;
        }
        let required = sig.params.iter().filter(|param| param.kind == ParamKind::Pos).count();
        if required > 2 || sig.params.len() < 2 {
            self.problem(MemberProblem::DescriptorArity { descriptor });
        } else if let Some(object) = sig.params.first()
            && !pytype_types::is_subtype(self.ctx, self.self_type, object.ty)
        {
            self.problem(MemberProblem::DescriptorObject { descriptor, object: self.self_type });
        }
    }

    fn set_descriptor(&self, descriptor: Ty) -> Ty {
        let Some(method) = self.special_method(descriptor, name!("__set__")) else {
            let method = name!("__set__");
            self.problem(MemberProblem::BadDescriptor { descriptor, method });
            return Ty::any(AnySource::Error);
        };
        let overloaded = matches!(method.kind(), TyKind::Overloaded(_));
        let generic = method.as_callable().is_some_and(|sig| sig.is_generic());
        // A single `__set__` says what it takes; the assigned value is then checked like any other.
        let called = match self.access.calls {
            Some(calls) if overloaded || generic => {
                self.found.may_change.set(true);
                calls.call_setter(self.ctx, method, self.self_type)
            }
            None if overloaded || generic => {
                ops::resolve_call(self.ctx, method, &[self.self_type, Ty::any(AnySource::SpecialForm)])
            }
            Some(_) | None => {
                self.check_setter(descriptor, method);
                Some(method)
            }
        };
        match called.and_then(|called| called.as_callable()) {
            Some(sig) => sig.params.get(1).map_or(Ty::any(AnySource::Error), |value| value.ty),
            None => Ty::any(AnySource::Error),
        }
    }

    /// A special method of a descriptor, bound to it.
    fn special_method(&self, descriptor: Ty, name: Name) -> Option<Ty> {
        let instance = descriptor.as_instance()?;
        let facts = self.ctx.member_facts(instance.class, name)?;
        if !facts.is_method() {
            return None;
        }
        if let Sort::Function(info, _) = facts.sort
            && let Some(message) = info.deprecation()
        {
            self.problem(MemberProblem::Deprecated { definition: info.fullname, message });
        }
        let before = (self.found.flags.get(), self.found.owner.get());
        let bound = self.reading().bound_to(descriptor).bound_hook(descriptor, &facts);
        self.found.flags.set(before.0);
        self.found.owner.set(before.1);
        bound
    }

    /// What a callable comes down to when it is called with these arguments.
    fn called(&self, callee: Ty, arguments: &[Ty]) -> Option<Ty> {
        match self.access.calls {
            Some(calls) => {
                // The call reports the use of a deprecated overload each time.
                let signatures = super::binding::signatures(callee);
                if signatures.iter().any(|sig| sig.deprecated.is_some()) {
                    self.found.may_change.set(true);
                }
                let called = calls.call(self.ctx, callee, arguments);
                if called.is_none() {
                    // So is a wrong call.
                    self.found.may_change.set(true);
                }
                called
            }
            None => ops::resolve_call(self.ctx, callee, arguments),
        }
    }
}
