//! `.value` and `.name` of enum members.

use pytype_source::{Name, name};
use pytype_types::{AnySource, Instance, KnownClass, LiteralValue, Ty, TyKind, TypeContext};

use super::Lookup;
use super::facts::{Facts, Sort};
use crate::class_transforms::enums::EXCLUDED;
use crate::classes::class_header;
use crate::member_table::member_table;
use crate::{Context, InferredVariable, type_operations as ops};

/// The literal type of a member of the enum whose instance is `instance`.
pub(super) fn literal(instance: Ty, name: Name) -> Ty {
    Ty::literal(LiteralValue::Enum(name), ops::without_last_known(instance))
}

impl<'db> Lookup<'_, 'db> {
    /// A variable of an enum read through one of its members.
    pub(super) fn enum_attribute(&self, object: Ty, facts: &Facts<'db>, ty: Ty) -> Ty {
        let member = self.ctx.enum_member_named(facts.owner, facts.name);
        if let Some(member) = member
            && facts.name != "name"
            && facts.name != "value"
        {
            let owner = ops::supertype(self.ctx, object, facts.owner).unwrap_or(object);
            return ops::with_last_known(ops::without_last_known(owner), literal(owner, member));
        }
        if let Some(inner) = ty.as_instance().filter(|ty| ty.class.is("enum.nonmember"))
            && let Some(inner) = inner.args.first()
        {
            return *inner;
        }
        self.enum_property(object, facts, ty)
    }

    /// `name` and `value` (and their private forms) as `enum.Enum` declares them are made precise.
    pub(super) fn enum_property(&self, _object: Ty, facts: &Facts<'db>, ty: Ty) -> Ty {
        let is_enum_base = matches!(
            facts.owner.fullname().as_str(),
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag"
        );
        if !is_enum_base || self.access.is_lvalue {
            return ty;
        }
        let Some(instance) = ops::proper(self.ctx, self.original).as_instance().or_else(|| {
            if let TyKind::Literal { fallback, .. } = ops::proper(self.ctx, self.original).kind() {
                fallback.as_instance()
            } else {
                None
            }
        }) else {
            return ty;
        };
        let member = member_name(self.ctx, self.original);
        match facts.name.as_str() {
            "name" | "_name_" => match member {
                Some(name) => {
                    let text = self.ctx.known_instance(KnownClass::Str);
                    ops::with_last_known(text, Ty::literal(LiteralValue::Str(name), text))
                }
                None => ty,
            },
            "value" | "_value_" => self.enum_value(instance, member, ty),
            _ => ty,
        }
    }

    fn enum_value(&self, instance: &Instance, member: Option<Name>, default: Ty) -> Ty {
        let class = instance.class;
        if self.implements_new(class) {
            return default;
        }
        if let Some(name) = member {
            let Some(facts) = self.ctx.member_facts(class, name) else { return default };
            return self.underlying(class, self.known_type(&facts), default).unwrap_or(default);
        }
        // Any member: the value has a known type when all members' values have the same.
        let mut types: Vec<Ty> = Vec::new();
        for (name, member) in member_table(self.ctx.db, class).members.iter() {
            if member.is_implicit() {
                continue;
            }
            let facts = self.ctx.facts_of(class, name, *member);
            let known = self.known_type(&facts);
            if known.is_some_and(|ty| {
                matches!(ty.kind(), TyKind::Callable(_)) || ty.is_instance_of("enum.nonmember")
            }) {
                continue;
            }
            match self.underlying(class, known, default) {
                Some(ty) => types.push(ty),
                None => return default,
            }
        }
        let Some(first) = types.first().copied() else { return default };
        if types.iter().all(|ty| *ty == first) {
            return first;
        }
        if types.iter().all(|ty| ops::is_equivalent(self.ctx, *ty, first)) {
            return ops::simplified_union(self.ctx, &types);
        }
        default
    }

    fn known_type(&self, facts: &Facts<'db>) -> Option<Ty> {
        match facts.sort {
            Sort::Static(_) => Some(Ty::any(AnySource::SpecialForm)),
            Sort::Function(..) | Sort::GeneratedMethod(_) | Sort::Variable(_) => {
                match self.ctx.raw_type(facts) {
                    InferredVariable::Type(ty) => Some(ty),
                    InferredVariable::NotReady | InferredVariable::Unknown => None,
                }
            }
        }
    }

    /// The type of the value behind a member: `auto()` and `member(...)` seen through.
    fn underlying(&self, class: pytype_types::ClassId, ty: Option<Ty>, default: Ty) -> Option<Ty> {
        let ty = ops::proper(self.ctx, ty?);
        let Some(instance) = ty.as_instance() else { return Some(ty) };
        if instance.class == class {
            // A member made by a call: what its value is, nobody says.
            return Some(default);
        }
        let is_stub = self.ctx.class_info(class).flags.contains(pytype_types::ClassFlags::STUB);
        if is_stub && matches!(instance.class.fullname().as_str(), "builtins.ellipsis" | "types.EllipsisType")
        {
            let declared = self.ctx.member_facts(class, name!("_value_"));
            let declared = declared.filter(|facts| matches!(facts.sort, Sort::Variable(_)));
            return Some(declared.and_then(|facts| self.known_type(&facts)).unwrap_or(ty));
        }
        if instance.class.is("enum.member") {
            return Some(instance.args.first().copied().unwrap_or(ty));
        }
        if !instance.class.is("enum.auto") {
            return Some(ty);
        }
        let Some(facts) = self.ctx.member_facts(class, name!("_generate_next_value_")) else {
            return Some(default);
        };
        if facts.owner.is("enum.Enum") {
            return Some(self.ctx.known_instance(KnownClass::Int));
        }
        Some(self.known_type(&facts).and_then(|ty| ty.as_callable()).map_or(default, |sig| sig.ret))
    }

    /// Whether an enum class of the ancestors makes its members in a `__new__` of its own.
    fn implements_new(&self, class: pytype_types::ClassId) -> bool {
        let order = &self.ctx.class_info(class).mro;
        let first = order.iter().find(|ancestor| {
            self.ctx.class_info(**ancestor).is_enum()
                && member_table(self.ctx.db, **ancestor).contains(name!("__new__"))
        });
        first.is_some_and(|owner| {
            !matches!(owner.fullname().as_str(), "enum.Enum" | "enum.IntEnum" | "enum.StrEnum")
        })
    }
}

/// The member that a value is known to be.
fn member_name(ctx: &Context<'_>, ty: Ty) -> Option<Name> {
    let ty = ops::proper(ctx, ty);
    let literal = if let TyKind::Literal { .. } = ty.kind() { ty } else { ty.as_instance()?.last_known? };
    if let TyKind::Literal { value: LiteralValue::Enum(name), .. } = literal.kind() {
        Some(*name)
    } else {
        None
    }
}

impl Context<'_> {
    /// The member of the enum that `name` is, or is another name of.
    pub(crate) fn enum_member_named(&self, class: pytype_types::ClassId, name: Name) -> Option<Name> {
        if self.enum_members(class).contains(&name) {
            return Some(name);
        }
        match member_table(self.db, class).get(name)?.kind {
            crate::MemberKind::Body(at) if self.class_info(class).is_enum() => {
                crate::names::enum_shapes::alias_target(self.db, at)
            }
            crate::MemberKind::Body(_)
            | crate::MemberKind::SelfAttribute { .. }
            | crate::MemberKind::Synthesized(_) => None,
        }
    }
}

/// The names of an enum's members in order.
pub(crate) fn members_of(ctx: &Context<'_>, class: pytype_types::ClassId) -> Vec<Name> {
    let header = class_header(ctx.db, class, ());
    if !header.info.is_enum() {
        return Vec::new();
    }
    let table = member_table(ctx.db, class);
    table
        .members
        .iter()
        .filter(|(name, member)| is_member(ctx, *name, member))
        .map(|(name, _)| name)
        .collect()
}

fn is_member(ctx: &Context<'_>, name: Name, member: &crate::Member) -> bool {
    let excluded = EXCLUDED.contains(&name.as_str()) || is_sunder(&name) || name.starts_with("__");
    let at = match member.kind {
        crate::MemberKind::Synthesized(_) => return !member.is_generated() && !excluded,
        crate::MemberKind::SelfAttribute { .. } => return false,
        crate::MemberKind::Body(at) => at,
    };
    match ctx.binding_of(at).map(|binding| binding.node) {
        Some(crate::Node::Function(_)) => crate::names::enum_shapes::is_marked_member(ctx.db, at),
        Some(crate::Node::Class(_)) => !excluded,
        Some(crate::Node::Variable(_)) => {
            !excluded
                && member.traits.contains(crate::MemberTraits::HAS_VALUE)
                && !crate::names::enum_shapes::is_nonmember_value(ctx.db, at)
                && crate::names::enum_shapes::alias_target(ctx.db, at).is_none()
        }
        Some(_) | None => false,
    }
}

fn is_sunder(name: &str) -> bool {
    name.len() > 2
        && name.starts_with('_')
        && name.ends_with('_')
        && !name.starts_with("__")
        && !name.ends_with("__")
}

/// The names of an enum's members in order; empty for other classes.
#[salsa::tracked(returns(ref))]
pub(crate) fn enum_members(db: &dyn crate::DeclareDb, class: pytype_types::ClassId, _key: ()) -> Vec<Name> {
    match class.origin() {
        pytype_types::ClassOrigin::Definition(at) => {
            members_of(&Context::of_declarations(db, at.file), class)
        }
        pytype_types::ClassOrigin::InlineBase(..) | pytype_types::ClassOrigin::Intersection(_) => Vec::new(),
    }
}
