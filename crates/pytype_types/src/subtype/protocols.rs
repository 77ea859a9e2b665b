//! Structural subtyping: whether a type has all that a protocol asks for.

use super::{Relation, SubtypeOptions};
use crate::context::{Assumption, AssumptionReason};
use crate::{
    Attribute, AttributeFlags, ClassFlags, ClassInfo, Ty, TyKind, TypeContext, proper, tuple_fallback,
};
use pytype_source::{Name, name};

/// Whether `left` implements the protocol instance `right`.
pub fn is_protocol_implementation(ctx: &dyn TypeContext, left: Ty, right: Ty, proper_subtype: bool) -> bool {
    Relation { ctx, options: SubtypeOptions::default(), proper: proper_subtype }
        .implements_protocol(proper(ctx, left), proper(ctx, right))
}

/// The same, `__call__` left out of account.
pub(crate) fn implements_protocol_but_call(ctx: &dyn TypeContext, left: Ty, right: Ty) -> bool {
    let relation = Relation { ctx, options: SubtypeOptions::default(), proper: false };
    relation.implements_but(proper(ctx, left), proper(ctx, right), name!("__call__"))
}

/// Whether instances of the class are classes. `precise`: not merely because a base is unknown.
pub(crate) fn is_metaclass(class: &ClassInfo, precise: bool) -> bool {
    class.id.is("abc.ABCMeta")
        || class.has_base_named("builtins.type")
        || (!precise && class.flags.contains(ClassFlags::FALLBACK_TO_ANY))
}

/// The names that a protocol asks for and that cannot be called.
pub fn non_callable_members(ctx: &dyn TypeContext, protocol: Ty) -> Vec<Name> {
    let Some(instance) = protocol.as_instance() else { return Vec::new() };
    let callable = |name: &Name| {
        ctx.member(protocol, *name, protocol).is_some_and(|member| {
            matches!(proper(ctx, member.ty).kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
        })
    };
    ctx.protocol_members(instance.class).iter().copied().filter(|name| !callable(name)).collect()
}

/// As many comparisons with one protocol may be open before it is taken to fit.
const MAX_DEPTH: usize = 20;

impl Relation<'_> {
    pub(crate) fn implements_protocol(&self, left: Ty, right: Ty) -> bool {
        self.implements(left, right, false, None)
    }

    /// The class object of `instance` as an implementation.
    pub(super) fn class_object_implements(&self, instance: Ty, right: Ty) -> bool {
        self.implements(instance, right, true, None)
    }

    /// The same except for the member `skip`.
    pub(super) fn implements_but(&self, left: Ty, right: Ty, skip: Name) -> bool {
        let plain = Relation { ctx: self.ctx, options: SubtypeOptions::default(), proper: false };
        plain.implements(left, right, false, Some(skip))
    }

    fn implements(&self, original_left: Ty, right: Ty, class_object: bool, skip: Option<Name>) -> bool {
        let Some(protocol) = right.as_instance() else { return false };
        let left = if let TyKind::Tuple { .. } = original_left.kind() {
            tuple_fallback(self.ctx, original_left)
        } else {
            original_left
        };
        let left_class = left.as_instance().map(|instance| self.ctx.class(instance.class));
        let checked = |name: &Name| !matches!(name.as_str(), "__init__" | "__new__") && Some(*name) != skip;
        let members = self.ctx.protocol_members(protocol.class);
        if let Some(class) = left_class
            && class.is_protocol()
        {
            let own = self.ctx.protocol_members(class.id);
            if members.iter().any(|name| checked(name) && !own.contains(name)) {
                return false;
            }
        }
        let reason = AssumptionReason::Protocol { proper: self.proper, class_object };
        let assumption = Assumption { left, right, reason };
        if self.is_open(assumption, protocol.class) {
            return true;
        }
        let check = Check { left, original_left, right, class_object, left_class };
        self.assuming(assumption, || {
            members.iter().filter(|name| checked(name)).all(|name| self.member_fits(&check, *name))
        })
    }

    /// Whether the comparison is under way already, or too many with the same protocol are.
    fn is_open(&self, wanted: Assumption, protocol: crate::ClassId) -> bool {
        let state = self.ctx.relations();
        let assumptions = state.assumptions.borrow();
        let mut same_protocol = 0;
        let mut oldest = usize::MAX;
        for (at, known) in assumptions.iter().enumerate() {
            let AssumptionReason::Protocol { proper, .. } = known.reason else { continue };
            if proper != self.proper || known.right.as_instance().is_none_or(|r| r.class != protocol) {
                continue;
            }
            if *known == wanted {
                state.oldest_used.set(state.oldest_used.get().min(at + 1));
                return true;
            }
            same_protocol += 1;
            oldest = oldest.min(at);
        }
        if same_protocol > MAX_DEPTH {
            state.oldest_used.set(state.oldest_used.get().min(oldest + 1));
        }
        same_protocol > MAX_DEPTH
    }

    fn own_member(&self, check: &Check<'_>, name: Name) -> Option<Attribute> {
        if name == name!("__call__") {
            if check.class_object {
                // Calling a class is constructing.
                let class = check.left_class?;
                let ty = self.ctx.constructor(class.id);
                let flags = AttributeFlags::METHOD;
                return Some(Attribute { ty, set_ty: None, flags, defined_in: None });
            }
            // The metaclass's `__call__` must not stand in for a constructor that does not fit.
            if check.left_class.is_some_and(|class| is_metaclass(class, true)) {
                return None;
            }
        }
        match check.left.kind() {
            TyKind::Module(module) => {
                // What `ModuleType` itself has counts, but not that it has any attribute.
                let of_all = || {
                    let module_type = self.module_type();
                    let found = self.ctx.member(module_type, name, module_type)?;
                    found.defined_in.is_some().then_some(found)
                };
                let mut found = self.ctx.module_member(*module, name).or_else(of_all)?;
                found.flags |= AttributeFlags::SETTABLE;
                found.flags -= AttributeFlags::CLASS_VAR;
                Some(found)
            }
            _ if check.class_object => self.ctx.class_object_member(check.left, name, check.original_left),
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
            | TyKind::Alias { .. } => self.ctx.member(check.left, name, check.original_left),
        }
    }

    /// Whether a method of a protocol may be called with its parameters' names on this object. Stubs
    /// often say of a parameter that it has no name where those who use them do not care; and a
    /// function that is a method, seen on its class, has a `self` of whatever name.
    fn names_count(&self, check: &Check<'_>, own: &Attribute) -> bool {
        let in_source =
            own.defined_in.is_some_and(|class| !self.ctx.class(class).flags.contains(ClassFlags::STUB));
        in_source && !check.class_object
    }

    fn member_fits(&self, check: &Check<'_>, name: Name) -> bool {
        let Some(wanted) = self.ctx.member(check.right, name, check.original_left) else { return true };
        let Some(own) = self.own_member(check, name) else { return false };
        let options = if self.proper {
            SubtypeOptions::default()
        } else {
            let names_count = name == name!("__call__") || self.names_count(check, &own);
            SubtypeOptions { ignore_pos_arg_names: !names_count, ..SubtypeOptions::default() }
        };
        if !self.with(options).holds(own.ty, wanted.ty) {
            return false;
        }
        // `__hash__ = None` takes the method away, whatever `None` is compatible with.
        if proper(self.ctx, own.ty).is_none()
            && matches!(proper(self.ctx, wanted.ty).kind(), TyKind::Callable(_))
        {
            return false;
        }
        self.kinds_fit(check, &own, &wanted)
    }

    /// Settable members, class variables, class and static methods.
    fn kinds_fit(&self, check: &Check<'_>, own: &Attribute, wanted: &Attribute) -> bool {
        let (own_kind, wanted_kind) = (MemberSort::of(own), MemberSort::of(wanted));
        if wanted_kind.settable {
            // What may be assigned through the protocol must be assignable.
            let plain = Relation { ctx: self.ctx, options: SubtypeOptions::default(), proper: false };
            if !plain.holds(assignable(wanted), assignable(own)) || !own_kind.settable {
                return false;
            }
        }
        let class_vars_fit = if check.class_object {
            (!wanted_kind.variable || own_kind.class_var) && !wanted_kind.class_var
        } else if wanted_kind.settable {
            own_kind.class_var == wanted_kind.class_var
        } else {
            !wanted_kind.class_var || own_kind.class_var
        };
        class_vars_fit && (!wanted_kind.class_or_static || own_kind.class_or_static)
    }
}

/// One type against one protocol.
struct Check<'a> {
    /// The instance whose members are looked up, or a module.
    left: Ty,
    /// What `self` is.
    original_left: Ty,
    right: Ty,
    class_object: bool,
    left_class: Option<&'a ClassInfo>,
}

/// What kind of member an attribute is, for protocols.
struct MemberSort {
    settable: bool,
    class_var: bool,
    class_or_static: bool,
    /// A variable or property.
    variable: bool,
}

impl MemberSort {
    fn of(attribute: &Attribute) -> MemberSort {
        let flags = attribute.flags;
        let is_method = flags.contains(AttributeFlags::METHOD);
        let is_property = flags.contains(AttributeFlags::PROPERTY);
        MemberSort {
            // What no class defines is whatever one makes it.
            settable: flags.contains(AttributeFlags::SETTABLE) || attribute.defined_in.is_none(),
            class_var: flags.contains(AttributeFlags::CLASS_VAR) && !is_method && !is_property,
            class_or_static: flags.intersects(AttributeFlags::CLASS_METHOD | AttributeFlags::STATIC_METHOD),
            variable: is_property || !is_method,
        }
    }
}

/// The type that may be assigned: that of the setter, for a property which has its own.
fn assignable(attribute: &Attribute) -> Ty {
    match attribute.set_ty {
        Some(ty) if attribute.flags.contains(AttributeFlags::PROPERTY) => ty,
        Some(_) | None => attribute.ty,
    }
}
