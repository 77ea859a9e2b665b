//! What a dataclass gets: constructor, order, `__match_args__`, read-only fields, replacement.

use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{
    AnySource, AttributeFlags, ClassFlags, ClassId, ClassOrigin, KnownClass, LiteralValue, Param, ParamKind,
    Ty, TyKind, TyList, TypeContext,
};
use ruff_text_size::TextSize;

use super::{DataclassField, DataclassSpec, dataclass_fields, is_kw_only_marker};
use crate::class_transforms::methods::{Binding, Method, method, self_variable, variable};
use crate::classes::{ClassHeader, class_header};
use crate::member_table::member_table;
use crate::names::scope_access::definition;
use crate::{Context, DeclareDb, MemberKind, MemberTable, MemberTraits, substitution, syntax, variables};

/// A field as a parameter.
fn parameter(ctx: &Context<'_>, field: &DataclassField, own: Ty, kind: ParamKind) -> Param {
    let ty = substitution::replace_self(ctx, field.converted.unwrap_or(field.ty), own);
    Param { name: Some(field.alias.unwrap_or(field.name)), ty, kind }
}

fn init_kind(field: &DataclassField) -> ParamKind {
    match (field.kw_only, field.has_default) {
        (true, true) => ParamKind::NamedOpt,
        (true, false) => ParamKind::Named,
        (false, true) => ParamKind::Opt,
        (false, false) => ParamKind::Pos,
    }
}

fn replace_kind(field: &DataclassField) -> ParamKind {
    if field.is_init_var && !field.has_default { ParamKind::Named } else { ParamKind::NamedOpt }
}

/// Name of the member that holds the parameters of `dataclasses.replace` for a class.
pub const REPLACE_MEMBER: &str = "__mypy-replace";
/// Name of the member that holds the signature `__post_init__` must have.
pub const POST_INIT_MEMBER: &str = "__mypy-post_init";

/// Adds what a dataclass gets to the members of its body.
pub(crate) fn add_members(
    ctx: &Context<'_>,
    header: &ClassHeader,
    table: &mut MemberTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(spec) = &header.dataclass else { return };
    let class = header.info.id;
    let collected = dataclass_fields(ctx.db, class, ());
    diagnostics.extend(collected.diagnostics.iter().cloned());
    let adder = Adder {
        ctx,
        header,
        spec,
        fields: &collected.fields,
        own: pytype_types::class_instance_type(ctx, header.info.id),
    };
    adder.add_init(table);
    adder.add_order(table, diagnostics);
    adder.add_hash(table);
    adder.shape_fields(table);
    if spec.slots {
        adder.add_slots(table, diagnostics);
    }
    for field in &collected.fields {
        if field.is_init_var {
            table.members.remove(field.name);
        }
    }
    adder.add_match_args(table);
    adder.add_field_table(table);
    adder.add_replace(table);
    if table.contains(name!("__post_init__")) {
        let params = collected.fields.iter().filter(|field| field.is_init_var);
        let params = params.map(|field| parameter(ctx, field, adder.own, ParamKind::Pos)).collect();
        adder.add_method(table, POST_INIT_MEMBER, params, Ty::none(), Binding::Instance);
    }
}

struct Adder<'a, 'db> {
    ctx: &'a Context<'db>,
    header: &'a ClassHeader,
    spec: &'a DataclassSpec,
    fields: &'a [DataclassField],
    own: Ty,
}

impl Adder<'_, '_> {
    fn add_method(&self, table: &mut MemberTable, name: &str, params: Vec<Param>, ret: Ty, binding: Binding) {
        let name = Name::new(name);
        let member = method(
            self.ctx,
            Method {
                name,
                class: self.header.info.id,
                self_type: self.own,
                params,
                ret,
                variables: TyList::EMPTY(),
                binding,
            },
        );
        table.put(name, member);
    }

    fn add_init(&self, table: &mut MemberTable) {
        if !self.spec.init || table.contains(name!("__init__")) || self.fields.is_empty() {
            return;
        }
        let any_base = self.header.info.flags.contains(ClassFlags::FALLBACK_TO_ANY);
        let mut params: Vec<Param> = self
            .fields
            .iter()
            .filter(|field| field.is_in_init && !is_kw_only_marker(field.ty))
            .map(|field| parameter(self.ctx, field, self.own, init_kind(field)))
            .collect();
        if any_base {
            // The order of positional parameters is unknown: the unknown base may add some.
            for param in &mut params {
                if param.kind == ParamKind::Pos {
                    param.kind = ParamKind::Opt;
                }
            }
            let any = Ty::any(AnySource::Explicit);
            let free = |stem: &str, params: &[Param]| {
                let mut name = stem.to_owned();
                while params.iter().any(|param| param.name.is_some_and(|n| *n == name)) {
                    name.push('_');
                }
                Name::new(&name)
            };
            let star = Param { name: Some(free("generated_args", &params)), ty: any, kind: ParamKind::Star };
            let star2 =
                Param { name: Some(free("generated_kwargs", &params)), ty: any, kind: ParamKind::Star2 };
            params.insert(0, star);
            params.push(star2);
        }
        self.add_method(table, "__init__", params, Ty::none(), Binding::Instance);
    }

    fn add_order(&self, table: &mut MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        if !self.spec.order {
            return;
        }
        let class = self.header.info.id;
        let object = self.ctx.object();
        let bool_ty = self.ctx.known_instance(KnownClass::Bool);
        for text in ["__lt__", "__gt__", "__le__", "__ge__"] {
            let name = Name::new(text);
            self.check_no_custom(name, table, diagnostics);
            let other = self_variable(class.fullname().dot(text), class.fullname(), "_DT", object);
            let member = method(
                self.ctx,
                Method {
                    name,
                    class,
                    self_type: other,
                    params: vec![Param { name: Some(name!("other")), ty: other, kind: ParamKind::Pos }],
                    ret: bool_ty,
                    variables: TyList::from([other]),
                    binding: Binding::Instance,
                },
            );
            table.put(name, member);
        }
    }

    /// With `eq` alone, objects cannot be hashed; with `frozen` or `unsafe_hash`, they can.
    fn add_hash(&self, table: &mut MemberTable) {
        let name = name!("__hash__");
        if !self.spec.is_standard || table.contains(name) {
            return;
        }
        if self.spec.unsafe_hash || self.spec.eq && self.spec.frozen {
            let int = self.ctx.known_instance(KnownClass::Int);
            self.add_method(table, "__hash__", Vec::new(), int, Binding::Instance);
        } else if self.spec.eq {
            table.put(name, variable(Ty::none(), AttributeFlags::CLASS_VAR));
        }
    }

    /// Whether objects of this type are descriptors that say what reading them gives.
    fn is_descriptor(&self, ty: Ty) -> bool {
        let getter = name!("__get__");
        ty.as_instance().is_some_and(|instance| {
            let header = crate::classes::class_header(self.ctx.db, instance.class, ());
            header
                .info
                .mro
                .iter()
                .any(|base| crate::member_table::class_body(self.ctx.db, *base, ()).contains(getter))
        })
    }

    fn check_no_custom(&self, name: Name, table: &MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        let ClassOrigin::Definition(at) = self.header.info.id.origin() else { return };
        let own = table.get(name).copied();
        let found = own.or_else(|| {
            self.header
                .info
                .mro
                .iter()
                .skip(1)
                .find_map(|base| crate::member_table::member_table(self.ctx.db, *base).get(name).copied())
        });
        let Some(member) = found.filter(|member| !member.is_generated()) else { return };
        let MemberKind::Body(custom) = member.kind else { return };
        let origin = syntax::class(self.ctx.db, at).map_or(TextSize::new(0), |class| class.range.start());
        let place = syntax::definition_place(self.ctx.db, custom).filter(|_| custom.file == at.file);
        let message = format!("A dataclass with \"order=True\" cannot have its own \"{name}\"");
        if let Some(place) = place.and_then(|place| place.checked_sub(origin)) {
            diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
        }
    }

    /// Frozen fields are read-only, and fields that hold callables are not methods.
    fn shape_fields(&self, table: &mut MemberTable) {
        // A descriptor lives on the class, whether or not a value is written there.
        let implicit = |field: &DataclassField| {
            !field.has_default && self.spec.is_standard && !self.is_descriptor(field.ty)
        };
        for field in self.fields {
            let own_field = field.class == self.header.info.id;
            if own_field
                && implicit(field)
                && let Some(member) = table.members.get_mut(field.name)
            {
                member.traits |= MemberTraits::IMPLICIT;
            }
            if matches!(field.ty.kind(), TyKind::Callable(_)) {
                let ty = substitution::replace_self(self.ctx, field.ty, self.own);
                let mut flags = AttributeFlags::PROPERTY;
                if !self.spec.frozen {
                    flags |= AttributeFlags::SETTABLE;
                }
                table.put(field.name, variable(ty, flags));
            }
            if self.spec.frozen && !field.by_metaclass {
                self.freeze(field, table);
            }
        }
    }

    fn freeze(&self, field: &DataclassField, table: &mut MemberTable) {
        match table.members.get_mut(field.name) {
            Some(member) => {
                let is_variable = match member.kind {
                    MemberKind::Body(at) => {
                        let info = definition(self.ctx.db, at)
                            .filter(|d| matches!(d.kind, pytype_index::DefinitionKind::Variable))
                            .map(|_| variables::variable_info(self.ctx.db, at));
                        info.is_some_and(|info| !info.is_final)
                    }
                    MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_) => true,
                };
                if is_variable {
                    member.flags |= AttributeFlags::PROPERTY;
                    member.flags -= AttributeFlags::SETTABLE;
                }
            }
            None => {
                let ty = substitution::replace_self(self.ctx, field.ty, self.own);
                table.put(field.name, variable(ty, AttributeFlags::PROPERTY));
            }
        }
    }

    fn add_slots(&self, table: &mut MemberTable, diagnostics: &mut Vec<Diagnostic>) {
        let name = name!("__slots__");
        if table.contains(name) {
            let ClassOrigin::Definition(at) = self.header.info.id.origin() else { return };
            if let Some(class) = syntax::class(self.ctx.db, at) {
                let message = "A dataclass with \"slots=True\" cannot define \"__slots__\"";
                let place = class.name.range - class.range.start();
                diagnostics.push(Diagnostic::error(ErrorCode::Misc, place, message));
            }
            return;
        }
        let text = self.ctx.known_instance(KnownClass::Str);
        let items: TyList = self.fields.iter().map(|_| text).collect();
        let any_tuple = self.ctx.known_instance(KnownClass::Tuple);
        table.put(name, variable(Ty::tuple(items, any_tuple), AttributeFlags::SETTABLE));
    }

    fn add_match_args(&self, table: &mut MemberTable) {
        let name = name!("__match_args__");
        if !self.spec.match_args || table.contains(name) {
            return;
        }
        let text = self.ctx.known_instance(KnownClass::Str);
        let items: TyList = self
            .fields
            .iter()
            .filter(|field| field.is_in_init && !field.kw_only)
            .map(|field| Ty::literal(LiteralValue::Str(field.name), text))
            .collect();
        let any_tuple = self.ctx.known_instance(KnownClass::Tuple);
        table.put(name, variable(Ty::tuple(items, any_tuple), AttributeFlags::SETTABLE));
    }

    fn add_field_table(&self, table: &mut MemberTable) {
        let any = Ty::any(AnySource::Explicit);
        let field = if self.spec.is_standard {
            Ty::instance(self.ctx.known(KnownClass::DataclassField), [any])
        } else {
            any
        };
        let text = self.ctx.known_instance(KnownClass::Str);
        let ty = Ty::instance(self.ctx.known(KnownClass::Dict), [text, field]);
        let flags = AttributeFlags::CLASS_VAR | AttributeFlags::SETTABLE;
        table.put(name!("__dataclass_fields__"), variable(ty, flags));
    }

    fn add_replace(&self, table: &mut MemberTable) {
        let all = self
            .fields
            .iter()
            .map(|field| parameter(self.ctx, field, self.own, replace_kind(field)))
            .collect();
        self.add_method(table, REPLACE_MEMBER, all, Ty::none(), Binding::Static);
        if self.ctx.options().python_version >= (3, 13) {
            let params = self
                .fields
                .iter()
                .filter(|field| field.is_in_init)
                .map(|field| parameter(self.ctx, field, self.own, replace_kind(field)))
                .collect();
            self.add_method(table, "__replace__", params, self.own, Binding::Instance);
        }
    }
}

/// Whether `__hash__` of a class is only what says that its objects cannot be hashed. The specification has it;
/// mypy knows of no such member, so nothing is compared with it as a member.
pub fn takes_hash_away(db: &dyn DeclareDb, class: ClassId, name: Name) -> bool {
    name == "__hash__"
        && class_header(db, class, ()).dataclass.is_some()
        && member_table(db, class)
            .get(name)
            .is_some_and(|member| matches!(member.kind, MemberKind::Synthesized(ty) if ty.is_none()))
}
