//! Constraints from instances: by name along the ancestors, or by the members of a protocol.

use pytype_source::name;
use smallvec::SmallVec;

use super::{Constraint, Direction, against_any, infer_constraints, infer_part, push, upper_bound, values};
use crate::normalize::{object_tuple, prefix_params, split_around, with_prefix};
use crate::{
    AttributeFlags, ClassFlags, Instance, KnownClass, ParamSpec, Signature, SubtypeOptions, Ty, TyKind,
    TypeContext, Variance,
};

/// Classes that a tuple is compared with item by item.
const TUPLE_LIKE: [&str; 5] =
    ["builtins.tuple", "typing.Iterable", "typing.Container", "typing.Sequence", "typing.Reversible"];

/// More protocols inside each other than this are not looked into.
const MAX_PROTOCOL_DEPTH: usize = 20;

struct Matching<'a> {
    ctx: &'a dyn TypeContext,
    template: Ty,
    instance: &'a Instance,
    is_protocol: bool,
    direction: Direction,
}

pub(super) fn infer(
    ctx: &dyn TypeContext,
    template: Ty,
    instance: &Instance,
    original: Ty,
    direction: Direction,
    out: &mut Vec<Constraint>,
) {
    let is_protocol = ctx.class(instance.class).is_protocol();
    let this = Matching { ctx, template, instance, is_protocol, direction };
    let mut found = Vec::new();
    let mut actual = original;
    if is_protocol {
        this.structural_extras(actual, &mut found);
    }
    match actual.kind() {
        TyKind::Callable(sig) => actual = sig.fallback,
        TyKind::Overloaded(items) => {
            if let Some(sig) = items.first().and_then(|first| first.as_callable()) {
                actual = sig.fallback;
            }
        }
        TyKind::TypedDict(_) => actual = ctx.known_instance(KnownClass::TypedDictFallback),
        TyKind::Literal { fallback, .. } => actual = *fallback,
        TyKind::Module(_) => {
            // A module is an instance of `ModuleType` whose members are its own.
            if this.match_protocol(original, original, out) {
                return;
            }
            actual = ctx.known_instance(KnownClass::ModuleType);
        }
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Union(_)
        | TyKind::Tuple { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. } => {}
    }
    if let TyKind::Instance(actual_instance) = actual.kind()
        && this.instance_pair(actual, actual_instance, original, &mut found)
    {
        out.append(&mut found);
        return;
    }
    if !found.is_empty() {
        out.append(&mut found);
        return;
    }
    this.others(actual, original, out);
}

impl Matching<'_> {
    /// A callable against a protocol with `__call__`, a class object against any protocol.
    fn structural_extras(&self, actual: Ty, out: &mut Vec<Constraint>) {
        let ctx = self.ctx;
        let first = match actual.kind() {
            TyKind::Callable(sig) => Some(*sig),
            TyKind::Overloaded(items) => items.first().and_then(|first| first.as_callable()),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
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
        };
        if first.is_some() {
            self.callback(actual, out);
        }
        match actual.kind() {
            TyKind::Callable(sig) if sig.is_type_object() && self.direction == Direction::SupertypeOf => {
                if let Some(instance) = plain_instance_of(ctx, sig) {
                    self.members(instance, self.template, instance, self.template, true, out);
                }
            }
            TyKind::Type(item) if self.direction == Direction::SupertypeOf => {
                let mut item = *item;
                if let TyKind::Instance(_) = item.kind() {
                    self.members(item, self.template, item, self.template, true, out);
                }
                if let TyKind::TypeVar(variable) = item.kind() {
                    item = crate::proper(ctx, upper_bound(ctx, variable.decl));
                }
                if let TyKind::Instance(instance) = item.kind()
                    && let Some(metaclass) = ctx.class(instance.class).metaclass
                {
                    self.members(metaclass, self.template, actual, self.template, false, out);
                }
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
            | TyKind::Module(_) => {}
        }
    }

    fn callback(&self, actual: Ty, out: &mut Vec<Constraint>) {
        let ctx = self.ctx;
        let name = name!("__call__");
        if !ctx.protocol_members(self.instance.class).contains(&name) || !self.may_enter(self.template) {
            return;
        }
        self.enter(self.template);
        if let Some(call) = ctx.member(self.template, name, actual) {
            let erased = crate::erase_type_vars(ctx, call.ty);
            let fits = match self.direction {
                Direction::SupertypeOf => crate::is_subtype(ctx, actual, erased),
                Direction::SubtypeOf => crate::is_subtype(ctx, erased, actual),
            };
            if fits {
                infer_part(ctx, call.ty, actual, self.direction, out);
            }
        }
        self.leave();
    }

    /// Whether that settled the matter.
    fn instance_pair(
        &self,
        actual: Ty,
        instance: &Instance,
        original: Ty,
        out: &mut Vec<Constraint>,
    ) -> bool {
        let ctx = self.ctx;
        match self.direction {
            Direction::SubtypeOf if ctx.class(self.instance.class).has_base(instance.class) => {
                let mapped = crate::map_instance_to_supertype(ctx, self.instance, instance.class);
                if let Some(mapped) = mapped.as_instance() {
                    self.arguments(mapped, instance, false, out);
                }
                true
            }
            Direction::SupertypeOf if ctx.class(instance.class).has_base(self.instance.class) => {
                let mapped = crate::map_instance_to_supertype(ctx, instance, self.instance.class);
                if let Some(mapped) = mapped.as_instance() {
                    self.arguments(self.instance, mapped, true, out);
                }
                true
            }
            Direction::SupertypeOf => self.match_protocol(actual, original, out),
            Direction::SubtypeOf => {
                if !ctx.class(instance.class).is_protocol() || !self.may_enter(actual) {
                    return false;
                }
                let erased = crate::erase_type_vars(ctx, self.template);
                if !implements(ctx, erased, actual) {
                    return false;
                }
                self.enter(actual);
                self.members(actual, self.template, self.template, actual, false, out);
                self.leave();
                true
            }
        }
    }

    /// The template is a protocol that `actual` implements without deriving from it.
    fn match_protocol(&self, actual: Ty, subtype: Ty, out: &mut Vec<Constraint>) -> bool {
        let ctx = self.ctx;
        if !self.is_protocol || self.direction != Direction::SupertypeOf || !self.may_enter(self.template) {
            return false;
        }
        let erased = crate::erase_type_vars(ctx, self.template);
        if !implements(ctx, actual, erased) {
            return false;
        }
        self.enter(self.template);
        self.members(actual, self.template, subtype, self.template, false, out);
        self.leave();
        true
    }

    fn may_enter(&self, protocol: Ty) -> bool {
        let stack = self.ctx.relations().inferring_protocols.borrow();
        let class = |ty: &Ty| ty.as_instance().map(|instance| instance.class);
        let wanted = class(&protocol);
        stack.iter().filter(|ty| class(ty) == wanted).count() < MAX_PROTOCOL_DEPTH
            && !stack.contains(&protocol)
    }

    fn enter(&self, protocol: Ty) {
        self.ctx.relations().inferring_protocols.borrow_mut().push(protocol);
    }

    fn leave(&self) {
        self.ctx.relations().inferring_protocols.borrow_mut().pop();
    }

    /// Compares the types of each member of `protocol`, which is `instance` or `template`.
    fn members(
        &self,
        instance: Ty,
        template: Ty,
        subtype: Ty,
        protocol: Ty,
        class_object: bool,
        out: &mut Vec<Constraint>,
    ) {
        let ctx = self.ctx;
        let Some(protocol_instance) = protocol.as_instance() else { return };
        let mut found = Vec::new();
        for name in ctx.protocol_members(protocol_instance.class) {
            let is_call = name.as_str() == "__call__";
            let own = if class_object {
                ctx.class_object_member(instance, *name, subtype)
            } else if let TyKind::Module(module) = instance.kind() {
                ctx.module_member(*module, *name)
            } else {
                ctx.member(instance, *name, subtype)
            };
            let wanted = ctx.member(template, *name, subtype);
            let (Some(own), Some(wanted)) = (own, wanted) else {
                if is_call {
                    continue;
                }
                return;
            };
            if class_object {
                // A class object may well lack what its instances have.
                let erased = crate::erase_type_vars(ctx, wanted.ty);
                let options = SubtypeOptions { ignore_pos_arg_names: true, ..SubtypeOptions::default() };
                if !crate::is_subtype_with(ctx, own.ty, erased, options) {
                    continue;
                }
            }
            if is_call && is_metaclass(ctx, instance) {
                continue;
            }
            found.extend(infer_constraints(ctx, wanted.ty, own.ty, self.direction));
            let settable = ctx
                .member(protocol, *name, protocol)
                .is_some_and(|member| member.flags.contains(AttributeFlags::SETTABLE));
            if settable {
                found.extend(infer_constraints(ctx, wanted.ty, own.ty, self.direction.reversed()));
            }
        }
        out.append(&mut found);
    }

    /// Compares the type arguments of two instances of one class.
    fn arguments(
        &self,
        template: &Instance,
        actual: &Instance,
        invariant_tuple: bool,
        out: &mut Vec<Constraint>,
    ) {
        let ctx = self.ctx;
        let class = actual.class;
        let params = ctx.class(class).type_params;
        let variadic = params.iter().position(|param| matches!(param.kind(), TyKind::TypeVarTuple(_)));
        let pack = |args: &[Ty]| -> SmallVec<[Ty; 4]> {
            let Some(at) = variadic else { return SmallVec::from_slice(args) };
            let split = split_around(ctx, args, at, params.len() - at - 1);
            let mut packed = split.prefix;
            packed.push(Ty::tuple(split.middle.to_vec(), object_tuple(ctx)));
            packed.extend(split.suffix);
            packed
        };
        let (templates, actuals) = (pack(&template.args), pack(&actual.args));
        for ((param, template), actual) in params.iter().zip(templates).zip(actuals) {
            match param.kind() {
                TyKind::TypeVar(_) => {
                    let variance = crate::subtype::variance_of(ctx, class, param);
                    if variance != Variance::Contravariant {
                        infer_part(ctx, template, actual, self.direction, out);
                    }
                    if variance != Variance::Covariant {
                        infer_part(ctx, template, actual, self.direction.reversed(), out);
                    }
                }
                TyKind::ParamSpec(_) => infer_param_spec(template, actual, out),
                TyKind::TypeVarTuple(_) if invariant_tuple => {
                    infer_part(ctx, template, actual, Direction::SubtypeOf, out);
                    infer_part(ctx, template, actual, Direction::SupertypeOf, out);
                }
                TyKind::TypeVarTuple(_) => infer_part(ctx, template, actual, self.direction, out),
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
                | TyKind::Unpack(_)
                | TyKind::Parameters(_)
                | TyKind::Alias { .. }
                | TyKind::Module(_) => {}
            }
        }
    }

    fn others(&self, actual: Ty, original: Ty, out: &mut Vec<Constraint>) {
        let ctx = self.ctx;
        match actual.kind() {
            TyKind::Any(_) => against_any::infer(ctx, &self.instance.args, actual, self.direction, out),
            TyKind::Tuple { items, .. } if self.direction == Direction::SupertypeOf => {
                let like = TUPLE_LIKE.contains(&self.instance.class.fullname().as_str());
                if like && let Some(template) = self.instance.args.first() {
                    match self.union_of_items(*template, items) {
                        Some(union) => infer_part(ctx, *template, union, Direction::SupertypeOf, out),
                        None => items.iter().for_each(|item| self.tuple_item(*template, item, out)),
                    }
                    return;
                }
                let fallback = crate::tuple_fallback(ctx, actual);
                if self.match_protocol(fallback, original, out) {
                    return;
                }
                infer_part(ctx, self.template, fallback, self.direction, out);
            }
            TyKind::TypeVar(variable) if !variable.id.is_meta() && values(ctx, variable.decl).is_empty() => {
                infer_part(ctx, self.template, upper_bound(ctx, variable.decl), self.direction, out);
            }
            TyKind::ParamSpec(spec) => {
                let bound = match spec.flavor {
                    crate::ParamSpecFlavor::Bare => ctx.object(),
                    crate::ParamSpecFlavor::Args => object_tuple(ctx),
                    crate::ParamSpecFlavor::Kwargs => crate::normalize::object_dict(ctx),
                };
                infer_part(ctx, self.template, bound, self.direction, out);
            }
            TyKind::None
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
            | TyKind::Module(_) => {}
        }
    }

    /// The union of a tuple's items, where a join of them would say nothing: a tuple is a sequence of
    /// a supertype of its items (the typing specification, "Tuples").
    fn union_of_items(&self, template: Ty, items: &[Ty]) -> Option<Ty> {
        let ctx = self.ctx;
        if items.len() < 2 || !matches!(template.kind(), TyKind::TypeVar(_)) {
            return None;
        }
        let parts: Vec<Ty> = items
            .iter()
            .map(|item| {
                if let TyKind::Unpack(_) = item.kind() {
                    crate::normalize::unpacked_tuple_item(ctx, *item)
                } else {
                    Some(*item)
                }
            })
            .collect::<Option<_>>()?;
        let is_object = |ty: Ty| crate::proper(ctx, ty).is_instance_of("builtins.object");
        if parts.iter().copied().any(is_object) || !is_object(crate::join_type_list(ctx, &parts)) {
            return None;
        }
        Some(crate::make_simplified_union(ctx, parts))
    }

    fn tuple_item(&self, template: Ty, item: Ty, out: &mut Vec<Constraint>) {
        let item = if let TyKind::Unpack(_) = item.kind() {
            crate::normalize::unpacked_tuple_item(self.ctx, item)
        } else {
            Some(item)
        };
        if let Some(item) = item {
            infer_part(self.ctx, template, item, Direction::SupertypeOf, out);
        }
    }
}

/// The instance that a class object makes, without its tuple or typed dict form.
fn plain_instance_of(ctx: &dyn TypeContext, sig: &Signature) -> Option<Ty> {
    let mut made = crate::proper(ctx, sig.instance_type.unwrap_or(sig.ret));
    if let TyKind::TypeVar(variable) = made.kind() {
        made = crate::proper(ctx, upper_bound(ctx, variable.decl));
    }
    match made.kind() {
        TyKind::Instance(_) => Some(made),
        TyKind::Tuple { fallback, .. } | TyKind::Literal { fallback, .. } => Some(*fallback),
        TyKind::TypedDict(dict) => Some(dict.fallback),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
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

/// Whether a type has what a protocol asks for, `__call__` left out of account.
fn implements(ctx: &dyn TypeContext, actual: Ty, protocol: Ty) -> bool {
    crate::subtype::implements_protocol_but_call(ctx, actual, protocol)
}

fn is_metaclass(ctx: &dyn TypeContext, ty: Ty) -> bool {
    ty.as_instance().is_some_and(|instance| {
        let info = ctx.class(instance.class);
        info.has_base(ctx.known(KnownClass::Type)) && !info.flags.contains(ClassFlags::FALLBACK_TO_ANY)
    })
}

/// `Concatenate[A, P]` against a list of parameters: `P` is what is left of it.
fn infer_param_spec(template: Ty, actual: Ty, out: &mut Vec<Constraint>) {
    let TyKind::ParamSpec(spec) = template.kind() else { return };
    let skipped = prefix_params(spec).len();
    let target = match actual.kind() {
        TyKind::Parameters(sig) if skipped == 0 => Ty::new(TyKind::Parameters(*sig)),
        TyKind::Parameters(sig) => {
            let rest = sig.params.get(skipped..).unwrap_or_default();
            let rest = Signature { params: rest.into(), ..sig.get().clone() };
            Ty::new(TyKind::Parameters(rest.intern()))
        }
        TyKind::ParamSpec(other) => {
            let rest = prefix_params(other).get(skipped..).unwrap_or_default();
            Ty::new(TyKind::ParamSpec(with_prefix(*other, rest.to_vec())))
        }
        // Only a list of parameters or another `ParamSpec` says anything.
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
        | TyKind::Alias { .. }
        | TyKind::Module(_) => return,
    };
    let variable = Ty::new(TyKind::ParamSpec(ParamSpec { prefix: None, ..*spec }));
    push(out, variable, Direction::SubtypeOf, target);
    push(out, variable, Direction::SupertypeOf, target);
}
