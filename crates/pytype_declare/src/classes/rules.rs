//! Rules about a class as a whole that need more than its definition: relations between types,
//! members of bases.

use pytype_source::{Diagnostic, ErrorCode, name};
use pytype_types::{
    ClassFlags, ClassId, ClassInfo, Position, SubtypeOptions, Ty, TyKind, TyList, TypeContext, Variance,
};
use ruff_text_size::TextRange;

use super::header::ClassHeader;
use crate::class_transforms::typed_dict_base_items;
use crate::{Context, type_variables};

/// Enums of the standard library, which may be extended whatever they contain.
const ENUM_BASES: &[&str] = &["enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum"];

/// Applies the rules to a class whose statement's name is at `place`.
pub(super) fn check(ctx: &Context<'_>, header: &ClassHeader, place: TextRange) -> Vec<Diagnostic> {
    let mut rules = Rules { ctx, header, info: &header.info, place, found: Vec::new() };
    rules.final_bases();
    rules.disjoint_bases();
    rules.variance_of_bases();
    rules.order_of_parameters();
    rules.protocol_variance();
    rules.typed_dict_bases();
    if header.info.is_enum() && !header.incompatible_bases {
        rules.enum_rules();
    }
    rules.found
}

struct Rules<'a, 'db> {
    ctx: &'a Context<'db>,
    header: &'a ClassHeader,
    info: &'a ClassInfo,
    place: TextRange,
    found: Vec<Diagnostic>,
}

impl Rules<'_, '_> {
    fn misc(&mut self, message: impl Into<String>) {
        self.found.push(Diagnostic::error(ErrorCode::Misc, self.place, message));
    }

    fn ancestors(&self) -> &[ClassId] {
        self.info.mro.get(1..).unwrap_or(&[])
    }

    fn final_bases(&mut self) {
        for base in self.ancestors().to_vec() {
            if self.ctx.class(base).is_final() {
                self.misc(format!("Cannot inherit from final class \"{}\"", base.name()));
            }
        }
    }

    /// Only one line of ancestors may have a layout of its own.
    fn disjoint_bases(&mut self) {
        let bases = self.info.bases.iter().filter_map(|base| base.as_instance()).map(|base| base.class);
        if !can_share_layout(self.ctx, &bases.collect::<Vec<_>>()) {
            self.misc(format!("The bases of \"{}\" have incompatible layouts", self.info.id.name()));
        }
    }

    /// A variable with a declared variance must be given to a parameter of the same variance.
    fn variance_of_bases(&mut self) {
        if self.info.flags.contains(ClassFlags::PEP695) || self.info.type_params.is_empty() {
            return;
        }
        for base in self.info.bases.iter().filter_map(|base| base.as_instance()) {
            let params = self.ctx.class(base.class).type_params;
            for (arg, param) in base.args.iter().zip(params) {
                if !matches!(arg.kind(), TyKind::TypeVar(_)) {
                    let within = Position::Output.within(self.ctx.parameter_variance(base.class, param));
                    self.variance_inside(arg, within);
                    continue;
                }
                let (Some(given), Some(wanted)) = (self.variance(arg), self.variance(param)) else {
                    continue;
                };
                if given != Variance::Invariant && given != wanted {
                    let name = type_variables::declaration_of(arg).map_or("", |decl| decl.name.as_str());
                    let message =
                        format!("The variance of \"{name}\" differs from that of the base's type parameter");
                    self.found.push(Diagnostic::error(ErrorCode::TypeVar, self.place, message));
                }
            }
        }
    }

    /// A class must not be a base twice with its type variables in another order.
    fn order_of_parameters(&mut self) {
        let bases: Vec<&pytype_types::Instance> =
            self.info.bases.iter().filter_map(|base| base.as_instance()).collect();
        let only_variables = |args: TyList| args.iter().all(|arg| matches!(arg.kind(), TyKind::TypeVar(_)));
        for (at, base) in bases.iter().enumerate() {
            if base.args.len() < 2 || !only_variables(base.args) {
                continue;
            }
            let reordered = bases.iter().enumerate().any(|(other_at, other)| {
                if other_at == at || !self.ctx.class(other.class).has_base(base.class) {
                    return false;
                }
                let seen = pytype_types::map_to_supertype(self.ctx, other, base.class);
                let Some(seen) = seen.as_instance() else { return false };
                seen.args != base.args && seen.args.iter().all(|arg| base.args.contains(&arg))
            });
            if reordered {
                self.misc(format!(
                    "\"{}\" is among the bases twice, with its type variables in another order",
                    base.class.name()
                ));
                return;
            }
        }
    }

    /// A variable inside of a base's type argument must not stand where values go the other way.
    fn variance_inside(&mut self, arg: Ty, position: Position) {
        let mut wrong = None;
        pytype_types::for_each_position(self.ctx, arg, position, &mut |variable, position| {
            let opposite = match self.variance(variable) {
                Some(Variance::Covariant) => Position::Input,
                Some(Variance::Contravariant) => Position::Output,
                Some(Variance::Invariant) | None => return,
            };
            if position == opposite {
                wrong = type_variables::declaration_of(variable).map(|decl| decl.name);
            }
        });
        if let Some(name) = wrong {
            let message =
                format!("The declared variance of \"{name}\" does not fit its use in this base class");
            self.found.push(Diagnostic::error(ErrorCode::TypeVar, self.place, message));
        }
    }

    fn variance(&self, ty: Ty) -> Option<Variance> {
        if let TyKind::TypeVar(variable) = ty.kind() {
            let declared = self.ctx.type_var(variable.decl);
            (!declared.infers_variance).then_some(declared.variance)
        } else {
            None
        }
    }

    /// The declared variance of a protocol's parameters must be that of their use.
    fn protocol_variance(&mut self) {
        if !self.info.is_protocol() || self.info.flags.contains(ClassFlags::PEP695) {
            return;
        }
        let params = self.info.type_params;
        // Stands for the other arguments: a class that is like no other.
        let dummy = Ty::plain_instance(super::intersection_class(name!(""), [self.ctx.object()]));
        for (index, param) in params.iter().enumerate() {
            let Some(declared) = self.variance(param) else { continue };
            let with = |ty: Ty| -> Ty {
                let args: TyList =
                    (0..params.len()).map(|other| if other == index { ty } else { dummy }).collect();
                Ty::instance(self.info.id, args)
            };
            let (up, down) = (with(self.ctx.object()), with(Ty::never()));
            let options = SubtypeOptions { ignore_declared_variance: true, ..SubtypeOptions::default() };
            let fits = |left, right| pytype_types::is_subtype_with(self.ctx, left, right, options);
            let used = if fits(down, up) {
                Variance::Covariant
            } else if fits(up, down) {
                Variance::Contravariant
            } else {
                Variance::Invariant
            };
            if used != declared {
                let name = type_variables::declaration_of(param).map_or("", |decl| decl.name.as_str());
                let (declared, used) = (describe(declared), describe(used));
                self.misc(format!(
                    "The type variable \"{name}\" is {declared}, but its use in the protocol is {used}"
                ));
            }
        }
    }

    /// Fields that several bases of a typed dict have, or that the class gives a new type.
    fn typed_dict_bases(&mut self) {
        let Some(TyKind::TypedDict(dict)) = self.info.typed_dict.map(Ty::kind) else { return };
        for (base, args) in &self.header.typed_dict_bases {
            for (name, item) in typed_dict_base_items(self.ctx, *base, *args) {
                let Some(own) = dict.items.get(&name) else { continue };
                let compatible = if item.read_only {
                    pytype_types::is_subtype(self.ctx, own.ty, item.ty)
                } else {
                    pytype_types::is_equivalent(self.ctx, own.ty, item.ty)
                };
                if compatible {
                    continue;
                }
                let message =
                    format!("The type of the item \"{name}\" does not fit base class \"{}\"", base.name());
                let declared = self.header.typed_dict_fields.iter().find(|field| field.name == name);
                let place = declared.map_or(self.place, |field| field.place + self.origin());
                self.found.push(Diagnostic::error(ErrorCode::Misc, place, message));
            }
            self.extra_items(dict, *base);
        }
    }

    /// Items that a base knows only as extra ones, and what it says of those (PEP 728).
    fn extra_items(&mut self, dict: &pytype_types::TypedDict, base: ClassId) {
        let Some(TyKind::TypedDict(inherited)) = self.ctx.class(base).typed_dict.map(Ty::kind) else {
            return;
        };
        let Some(extra) = inherited.extra_item() else {
            if inherited.extra_items.is_some() && dict.extra_item().is_some() {
                self.misc(format!("The closed typed dict \"{}\" has no extra items", base.name()));
            }
            return;
        };
        let fits = |ty: Ty| match extra.read_only {
            true => pytype_types::is_subtype(self.ctx, ty, extra.ty),
            false => pytype_types::is_equivalent(self.ctx, ty, extra.ty),
        };
        for field in &self.header.typed_dict_fields {
            let item = field.item;
            let can_be_extra = extra.read_only || !item.required && !item.read_only;
            if inherited.items.contains_key(&field.name) || can_be_extra && fits(item.ty) {
                continue;
            }
            let message = format!(
                "The item \"{}\" does not fit the extra items of base class \"{}\"",
                field.name,
                base.name()
            );
            self.found.push(Diagnostic::error(ErrorCode::Misc, field.place + self.origin(), message));
        }
        let own = dict.extra_items.unwrap_or(extra);
        if !fits(own.ty) || own.read_only && !extra.read_only {
            self.misc(format!("The extra items do not fit those of base class \"{}\"", base.name()));
        }
    }

    fn origin(&self) -> ruff_text_size::TextSize {
        match self.info.id.origin() {
            pytype_types::ClassOrigin::Definition(at) => crate::syntax::class(self.ctx.db, at)
                .map_or_else(Default::default, |class| class.range.start()),
            pytype_types::ClassOrigin::InlineBase(..) | pytype_types::ClassOrigin::Intersection(_) => {
                Default::default()
            }
        }
    }

    fn enum_rules(&mut self) {
        for base in self.ancestors().to_vec() {
            let extends = self.ctx.class(base).is_enum() && !ENUM_BASES.contains(&base.fullname().as_str());
            if extends && !self.ctx.enum_members(base).is_empty() {
                self.misc(format!("The enum \"{}\" has members: it cannot be extended", base.name()));
            }
        }
        self.enum_without_members();
        self.enum_mixins();
    }

    fn enum_without_members(&mut self) {
        let is_stub = self.info.flags.contains(ClassFlags::STUB);
        let in_library =
            self.info.id.fullname().starts_with("enum.") || self.info.id.fullname().starts_with("_typeshed.");
        if is_stub && !in_library && self.ctx.enum_members(self.info.id).is_empty() {
            self.misc("An enum in a stub has no members; write them as \"name = value\"");
        }
    }

    /// Data types and other mixins come before the enum, and only one may make the values.
    fn enum_mixins(&mut self) {
        let bases: Vec<ClassId> =
            self.info.bases.iter().filter_map(|base| base.as_instance()).map(|base| base.class).collect();
        let first_enum = bases.iter().position(|base| self.ctx.class(*base).is_enum());
        if let Some(first) = first_enum
            && bases.iter().skip(first + 1).any(|base| !self.ctx.class(*base).is_enum())
        {
            self.misc("Mixins that are no enums must come before the enum");
        }
        let mut has_new = false;
        for base in bases {
            let info = self.ctx.class(base);
            let makes_values = if info.is_enum() {
                info.mro.iter().skip(1).any(|b| !self.ctx.class(*b).is_enum() && self.has_new(*b))
            } else {
                self.has_new(base)
            };
            if makes_values && has_new {
                self.misc(format!("An enum can have one data type only: \"{}\" is another", base.name()));
            }
            has_new |= makes_values;
        }
    }

    fn has_new(&self, class: ClassId) -> bool {
        self.ctx
            .find_definition(class, name!("__new__"))
            .is_some_and(|(owner, _)| !owner.is("builtins.object"))
    }
}

fn describe(variance: Variance) -> &'static str {
    match variance {
        Variance::Invariant => "invariant",
        Variance::Covariant => "covariant",
        Variance::Contravariant => "contravariant",
    }
}

/// Whether instances can have the layouts of all these classes at once: only one line of ancestors may
/// decide it.
pub fn can_share_layout(ctx: &Context<'_>, classes: &[ClassId]) -> bool {
    let mut candidate: Option<ClassId> = None;
    for layout in classes.iter().filter_map(|class| layout_of(ctx, *class)) {
        match candidate {
            None => candidate = Some(layout),
            Some(current) if ctx.class(current).has_base(layout) => {}
            Some(current) if ctx.class(layout).has_base(current) => candidate = Some(layout),
            Some(_) => return false,
        }
    }
    true
}

/// The nearest ancestor that decides the layout of instances.
fn layout_of(ctx: &Context<'_>, class: ClassId) -> Option<ClassId> {
    ctx.class(class).mro.iter().copied().find(|ancestor| {
        let flags = ctx.class(*ancestor).flags;
        let slots = crate::slots::has_own_slots(ctx.db, *ancestor);
        flags.contains(ClassFlags::DISJOINT_BASE) || slots
    })
}
