//! Assignments to class members: final names, slots, and what the base classes declare.

use pytype_declare::{InferredVariable, Member, MemberKind, Node, variables};
use pytype_index::{DefRef, DefinitionKind};
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{
    AnySource, AttributeFlags, ClassId, Ty, TyKind, TypeContext, class_instance_type, is_subtype, proper,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::assignments::Value;
use super::partial_types::Slot;
use crate::Checker;

impl Checker<'_> {
    /// Reports an assignment to a final name. `plain`: the statement is not its declaration.
    pub(super) fn check_final_assignment(&mut self, target: &Expr, plain: bool) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|t| self.check_final_assignment(t, plain)),
            Expr::List(list) => list.elts.iter().for_each(|t| self.check_final_assignment(t, plain)),
            Expr::Starred(starred) => self.check_final_assignment(&starred.value, plain),
            Expr::Name(name) => self.check_final_name(name, target.range(), plain),
            _ => {}
        }
    }

    fn check_final_name(&mut self, name: &ast::ExprName, range: TextRange, plain: bool) {
        let Some(Node::Variable(variable)) = self.resolve_name(Name::of(name)).map(|b| b.node) else {
            return;
        };
        let is_private = name.id.starts_with("__") && !name.id.ends_with("__");
        if is_private && self.class_body().is_some_and(|class| self.ctx.class(class).is_enum()) {
            // No member, but a class variable.
            return;
        }
        let declares = self.declares_final(variable, range);
        if let Some(class) = self.class_body()
            && !declares
        {
            let name = Name::of(name);
            let is_private = name.starts_with("__") && !name.ends_with("__");
            let info = self.ctx.class(class);
            let bases: Vec<ClassId> = info.mro.iter().skip(1).copied().collect();
            let overrides = !is_private
                && bases.into_iter().any(|base| {
                    self.ctx.own_member(base, name).is_some_and(|m| {
                        m.flags.contains(AttributeFlags::FINAL) && !m.flags.contains(AttributeFlags::METHOD)
                    })
                });
            if overrides {
                self.error(
                    ErrorCode::Misc,
                    range,
                    format!("\"{name}\" is final in a base class and cannot be assigned"),
                );
            }
        }
        let is_final = variables::variable_info(self.ctx.db, variable).is_final
            || !declares && self.is_declared_final_later(variable, range);
        if is_final && !declares && (plain || self.definers.get(&Slot::Variable(variable)) != Some(&range)) {
            self.error(
                ErrorCode::Misc,
                range,
                format!("\"{}\" is final and cannot be assigned again", name.id),
            );
        }
    }

    /// Whether the assignment at `range` is the one in `__init__` that gives a final attribute its
    /// value, when the class's body declares it without one.
    pub(super) fn gives_finals_values(&mut self, targets: &[Expr], range: TextRange) -> bool {
        let Some(frame) = self.functions.last().filter(|frame| frame.self_parameter.is_some()) else {
            return false;
        };
        let (Some(class), Some(function)) = (frame.class, frame.definition) else { return false };
        if pytype_index::definition(self.ctx.db, function.file, function.id).name != "__init__" {
            return false;
        }
        let mut found = false;
        for target in targets {
            found |= self.gives_final_value(class, target, range);
        }
        found
    }

    fn gives_final_value(&mut self, class: ClassId, target: &Expr, range: TextRange) -> bool {
        let items = match target {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            Expr::Attribute(attribute) => {
                let name = Name::of(&attribute.attr);
                let Expr::Name(object) = &*attribute.value else { return false };
                let is_self =
                    self.functions.last().and_then(|frame| frame.self_parameter).is_some_and(|this| {
                        self.resolve_name(Name::of(object)).map(|b| b.node) == Some(Node::Variable(this))
                    });
                if !is_self || !self.is_final_without_value(class, name) {
                    return false;
                }
                if *self.final_values.entry((class, name)).or_insert(range) == range {
                    return true;
                }
                // In another branch than the first assignment it has no value yet. mypy takes only the first,
                // whence comments that expect an error here.
                let place = self.place_of(target);
                return place.is_some_and(|place| self.binder.get(place).is_none())
                    && !self.is_ignored(target.range(), ErrorCode::Misc);
            }
            _ => return false,
        };
        let mut found = false;
        for item in items {
            found |= self.gives_final_value(class, item, range);
        }
        found
    }

    fn is_final_without_value(&self, class: ClassId, name: Name) -> bool {
        let Some(member) = self.ctx.own_member(class, name) else { return false };
        let MemberKind::Body(definition) = member.kind else { return false };
        if !member.flags.contains(AttributeFlags::FINAL) || definition.file != self.file {
            return false;
        }
        let syntax = pytype_index::syntax_of_unit(self.ctx.db, definition.file, definition.id.unit);
        match syntax.node(definition.id) {
            Some(pytype_index::DefNode::AnnAssign(declaration)) => declaration.value.is_none(),
            _ => false,
        }
    }

    /// Whether the target at `range` is where the final variable is declared.
    /// Whether another declaration of a variable, none at `range`, makes it final.
    fn is_declared_final_later(&self, variable: DefRef, range: TextRange) -> bool {
        let db = self.ctx.db;
        let first = pytype_index::definition(db, variable.file, variable.id);
        let Some(symbol) = pytype_index::lookup_in_scope(db, variable.file, first.scope, first.name) else {
            return false;
        };
        let here = pytype_index::definition_at(db, self.file, variable.id.unit, range);
        let declares = |id: &pytype_index::DefId| {
            let found = pytype_index::definition(db, variable.file, *id);
            found.flags.contains(pytype_index::DefinitionFlags::ANNOTATED)
                && variables::variable_info(db, DefRef { id: *id, ..variable }).is_final
        };
        let mut others = symbol.definitions.iter().filter(|id| **id != variable.id);
        others.clone().all(|id| Some(*id) != here || !declares(id)) && others.any(declares)
    }

    fn declares_final(&self, variable: DefRef, range: TextRange) -> bool {
        let db = self.ctx.db;
        variables::variable_info(self.ctx.db, variable).is_final
            && pytype_index::definition_at(db, self.file, variable.id.unit, range) == Some(variable.id)
    }

    /// The class whose body (not one of whose methods) is being walked.
    pub(crate) fn class_body(&self) -> Option<ClassId> {
        if self.is_in_class_scope() { self.classes.last().copied() } else { None }
    }

    /// Whether names are looked up in a class body first.
    #[inline]
    pub(crate) fn is_in_class_scope(&self) -> bool {
        let scope = self.scope();
        // The first scope of a unit is the module or the function itself.
        scope.ordinal != 0
            && matches!(
                pytype_index::scope(self.ctx.db, self.file, scope).kind,
                pytype_index::ScopeKind::Class(_)
            )
    }

    /// `self.x = ...` in a class with `__slots__` that lack `x`.
    pub(super) fn check_slots(&mut self, attribute: &ast::ExprAttribute) {
        let Some(object) = self.lookup_type(&attribute.value) else { return };
        let mut object = proper(&*self.ctx, object);
        if let TyKind::TypeVar(variable) = object.kind()
            && matches!(variable.decl.origin, pytype_types::TypeVarOrigin::SelfType(_))
        {
            object = proper(&*self.ctx, self.ctx.type_var(variable.decl).bound);
        }
        let Some(instance) = object.as_instance() else { return };
        let Some(slots) = self.ctx.slots(instance.class) else { return };
        let name = Name::of(&attribute.attr);
        if slots.contains(&name) {
            return;
        }
        let set_attribute = name!("__setattr__");
        let handles_any = self.ctx.class(instance.class).mro.clone();
        let handles_any = handles_any
            .iter()
            .filter(|class| !class.is("builtins.object"))
            .any(|class| self.ctx.members_of(*class).get(set_attribute).is_some());
        let Some((_, member)) = self.ctx.find_definition(instance.class, name) else { return };
        if handles_any
            || member.flags.contains(AttributeFlags::METHOD)
            || member.flags.contains(AttributeFlags::PROPERTY)
        {
            return;
        }
        let is_definition =
            matches!(member.kind, MemberKind::SelfAttribute { .. }) && self.defines_attribute(attribute);
        if !is_definition
            && let Some(found) = self.type_in_class(object, name, &member)
            && self.is_assignable_without_slot(found)
        {
            return;
        }
        self.error(
            ErrorCode::Misc,
            attribute.range(),
            format!("\"{name}\" is not in the \"__slots__\" of \"{}\"", instance.class.name()),
        );
    }

    /// The type of a class's variable, whatever reading it through an object gives.
    fn type_in_class(&mut self, object: Ty, name: Name, member: &Member) -> Option<Ty> {
        if let MemberKind::Body(variable) = member.kind
            && pytype_index::definition(self.db, variable.file, variable.id).kind == DefinitionKind::Variable
            && let Some(known) = self.known_variable_type(variable)
        {
            return Some(known);
        }
        Some(self.ctx.member(object, name, object)?.ty)
    }

    fn is_assignable_without_slot(&self, ty: Ty) -> bool {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Any(_) | TyKind::Callable(_) | TyKind::Overloaded(_) => true,
            TyKind::Instance(instance) => {
                self.ctx.find_definition(instance.class, name!("__set__")).is_some()
            }
            TyKind::Union(items) => items.iter().all(|t| self.is_assignable_without_slot(t)),
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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

    /// The types that the base classes give a member, nearest first; without those that were never
    /// completed.
    pub(super) fn base_member_types(&mut self, class: ClassId, name: Name) -> Vec<Ty> {
        let bases: Vec<ClassId> = self.ctx.class(class).mro.iter().skip(1).copied().collect();
        let mut types = Vec::new();
        for base in bases {
            if let Some(found) = self.expected_from_base(class, base, name)
                && !self.was_left_open(base, name, found)
            {
                types.push(found);
            }
        }
        types
    }

    /// What `base` lets expect of a value for the member `name` of `class`: what a method takes the place of takes the
    /// object as well, as in mypy's `get_variable_type_context`.
    fn expected_from_base(&mut self, class: ClassId, base: ClassId, name: Name) -> Option<Ty> {
        let member = self.ctx.own_member(base, name)?;
        let is_method = member.flags.contains(AttributeFlags::METHOD);
        if !is_method || member.flags.contains(AttributeFlags::PROPERTY) {
            return Some(self.member_from_base(class, base, name)?.ty);
        }
        let object = pytype_types::normalize::type_of(&*self.ctx, class_instance_type(&*self.ctx, class));
        Some(self.member_of_base(object, base, name)?.ty)
    }

    /// Whether `ty` is what became of a variable like `x = []` that nothing completed.
    fn was_left_open(&self, base: ClassId, name: Name, ty: Ty) -> bool {
        let Some(instance) = ty.as_instance() else { return false };
        let open = Ty::any(AnySource::SpecialForm);
        let is_container = ["builtins.list", "builtins.set", "builtins.dict", "collections.OrderedDict"]
            .iter()
            .any(|container| instance.class.is(container));
        if !is_container || instance.args.iter().any(|arg| arg != open) {
            return false;
        }
        let Some(member) = self.ctx.own_member(base, name) else { return false };
        match member.kind {
            MemberKind::Body(at) => {
                let definition = pytype_index::definition(self.ctx.db, at.file, at.id);
                matches!(definition.kind, pytype_index::DefinitionKind::Variable)
                    && variables::variable_info(self.ctx.db, at).declared.is_none()
            }
            MemberKind::SelfAttribute { .. } => !self.ctx.is_typed_on_self(name, &member),
            MemberKind::Synthesized(_) => false,
        }
    }

    /// The member of `base` as objects of `class` see it.
    pub(super) fn member_from_base(
        &mut self,
        class: ClassId,
        base: ClassId,
        name: Name,
    ) -> Option<pytype_types::Attribute> {
        self.ctx.members_of(base).get(name)?;
        let object = class_instance_type(&*self.ctx, class);
        self.member_of_base(object, base, name)
    }

    /// An assignment in a class body, or to a self attribute, against what base classes declare.
    pub(super) fn check_base_declarations(&mut self, target: &Expr, value: &Value<'_>) {
        let (class, name) = match target {
            Expr::Name(name) => match self.class_body() {
                Some(class) => (class, Name::of(name)),
                None => return,
            },
            Expr::Attribute(attribute) => match self.self_attribute_of(attribute) {
                Some(found) => found,
                None => return,
            },
            _ => return,
        };
        let Some(member) = self.ctx.members_of(class).get(name) else { return };
        let order = self.ctx.class(class).mro.iter().skip(1).copied();
        let bases: Vec<ClassId> =
            order.filter(|base| self.ctx.members_of(*base).get(name).is_some()).collect();
        if bases.is_empty() {
            return;
        }
        let is_declared = member.flags.contains(AttributeFlags::DECLARED);
        if is_declared && !self.is_first_assignment(target, class, name) {
            return;
        }
        let flags = self.ctx.member_flags(class, name);
        let range = target.range();
        for base in &bases {
            // A declaration alone makes no attribute that could stand in the field's way.
            let is_attribute = matches!((target, value), (Expr::Name(_), Value::Expr(_)));
            if is_attribute && self.is_named_tuple_field(*base, name) {
                let message = format!("\"{name}\" is a field of the named tuple \"{}\"", base.name());
                self.error(ErrorCode::Misc, range, message);
                break;
            }
            let inherited = self.ctx.member_flags(*base, name);
            if !self.check_class_variable_override(flags, inherited, *base, range)
                || !self.check_final_override(flags, inherited, *base, name, range)
            {
                break;
            }
        }
        let Some(own) = self.assigned_member_type(class, name, is_declared, value) else { return };
        let allows_any_type = matches!(name.as_str(), "__slots__" | "__deletable__" | "__match_args__");
        let is_private = name.starts_with("__") && !name.ends_with("__");
        if is_private {
            return;
        }
        let last_direct = self.ctx.class(class).bases.last().and_then(|b| b.as_instance()).map(|i| i.class);
        for base in bases {
            if allows_any_type && !(name == "__slots__" && base.is("builtins.object")) {
                continue;
            }
            let Some(inherited) = self.member_from_base(class, base, name) else { continue };
            if !self.check_assignable(own, inherited.ty, value.range(), ErrorCode::Assignment) {
                return;
            }
            let settable = is_writable(inherited.flags);
            let has_setter = inherited.flags.contains(AttributeFlags::PROPERTY)
                && inherited.set_ty.is_some_and(|ty| !proper(&*self.ctx, ty).is_any());
            if settable
                && !has_setter
                && self.options.enabled_error_codes.contains(ErrorCode::MutableOverride)
                && !self.check_assignable(inherited.ty, own, value.range(), ErrorCode::MutableOverride)
            {
                return;
            }
            if has_setter
                && let Some(set_ty) = inherited.set_ty
                && !is_subtype(&*self.ctx, set_ty, own)
            {
                self.error(
                    ErrorCode::Override,
                    range,
                    format!("\"{name}\" accepts less than the setter in \"{}\" does", base.name()),
                );
                return;
            }
            if Some(base) == last_direct {
                break;
            }
        }
    }

    /// The attribute that an assignment through `self` defines in the class of the method.
    fn self_attribute_of(&mut self, attribute: &ast::ExprAttribute) -> Option<(ClassId, Name)> {
        let Expr::Name(base) = &*attribute.value else { return None };
        let frame = self.functions.iter().rev().find(|f| !f.is_lambda)?;
        let (class, parameter, function) = (frame.class?, frame.self_parameter?, frame.definition?);
        let name = Name::of(&attribute.attr);
        match self.ctx.members_of(class).get(name)?.kind {
            MemberKind::SelfAttribute { method } if method == function => {}
            MemberKind::SelfAttribute { .. } | MemberKind::Body(_) | MemberKind::Synthesized(_) => {
                return None;
            }
        }
        if let Node::Variable(found) = self.resolve_name(Name::of(base))?.node
            && found == parameter
        {
            Some((class, name))
        } else {
            None
        }
    }

    fn is_named_tuple_field(&self, base: ClassId, name: Name) -> bool {
        let fields = pytype_declare::classes::class_header(self.ctx.db, base, ()).named_tuple.as_ref();
        fields.is_some_and(|fields| fields.iter().any(|field| field.name == name))
    }

    fn is_first_assignment(&self, target: &Expr, class: ClassId, name: Name) -> bool {
        match target {
            Expr::Name(_) => match self.ctx.members_of(class).get(name).map(|m| m.kind) {
                Some(MemberKind::Body(definition)) => {
                    let db = self.ctx.db;
                    pytype_index::definition_at(db, self.file, definition.id.unit, target.range())
                        == Some(definition.id)
                }
                _ => true,
            },
            _ => true,
        }
    }

    /// The type that is compared with the base classes': of the value for inferred members, the
    /// declared one otherwise.
    fn assigned_member_type(
        &mut self,
        class: ClassId,
        name: Name,
        declared: bool,
        value: &Value<'_>,
    ) -> Option<Ty> {
        let object = class_instance_type(&*self.ctx, class);
        if declared {
            return self.member_of_base(object, class, name).map(|a| a.ty);
        }
        let expr_ty = match value {
            Value::Expr(expr) => match self.named_generic_class(expr) {
                Some(class) => Some(self.class_object(class)),
                None => self.expression_types.get(&expr.range()).copied(),
            },
            Value::Typed(ty, _) => Some(*ty),
        }?;
        self.member_with_type(class, name, expr_ty).or(Some(expr_ty))
    }

    /// A class with type parameters, if `expr` names one. mypy infers the value without what the base expects
    /// of it, so that the parameters stay open: such a class is no `type[list[int]]`.
    fn named_generic_class(&self, expr: &Expr) -> Option<ClassId> {
        let binding = pytype_declare::names::lookup_expr(self.db, self.file, self.scope(), expr)?;
        let Node::Class(class) = binding.node else { return None };
        (!self.class_info(class).type_params.is_empty()).then_some(class)
    }

    /// What the class's own member `name` would be on an object if its type were `ty`: functions
    /// are bound, descriptors asked.
    fn member_with_type(&mut self, class: ClassId, name: Name, ty: Ty) -> Option<Ty> {
        let member = self.ctx.own_member(class, name)?;
        let object = class_instance_type(&*self.ctx, class);
        let ty = InferredVariable::Type(ty);
        let MemberKind::Body(variable) = member.kind else { return None };
        if !self.ctx.local.covers(variable) {
            return None;
        }
        let before = self.ctx.local.variables.borrow_mut().insert(variable, ty);
        let found = self.member_of_base(object, class, name);
        let mut variables = self.ctx.local.variables.borrow_mut();
        match before {
            Some(before) => variables.insert(variable, before),
            None => variables.remove(&variable),
        };
        found.map(|found| found.ty)
    }

    fn check_class_variable_override(
        &mut self,
        own: AttributeFlags,
        inherited: AttributeFlags,
        base: ClassId,
        range: TextRange,
    ) -> bool {
        let is_variable =
            |flags: AttributeFlags| !flags.intersects(AttributeFlags::METHOD | AttributeFlags::PROPERTY);
        if !is_variable(inherited) {
            return true;
        }
        let class_var = |flags: AttributeFlags| flags.contains(AttributeFlags::CLASS_VAR);
        let (wrong, wanted) = match (class_var(own), class_var(inherited)) {
            (true, false) => ("class", "instance"),
            (false, true) => ("instance", "class"),
            (true, true) | (false, false) => return true,
        };
        let base = base.name();
        self.error(
            ErrorCode::Misc,
            range,
            format!("An {wrong} variable cannot override the {wanted} variable of \"{base}\""),
        );
        false
    }

    fn check_final_override(
        &mut self,
        own: AttributeFlags,
        inherited: AttributeFlags,
        base: ClassId,
        name: Name,
        range: TextRange,
    ) -> bool {
        if name.starts_with("__") && !name.ends_with("__") {
            return true;
        }
        let own_final = own.contains(AttributeFlags::FINAL);
        let is_method = inherited.contains(AttributeFlags::METHOD);
        if inherited.contains(AttributeFlags::FINAL) && (own_final || is_method) {
            self.error(
                ErrorCode::Misc,
                range,
                format!("\"{name}\" is final in \"{}\" and cannot be overridden", base.name()),
            );
            return false;
        }
        let is_enum_base = base.fullname().starts_with("enum.");
        let special = matches!(name.as_str(), "name" | "value" | "_name_" | "_value_");
        if own_final && !is_enum_base && !special && is_writable(inherited) {
            self.error(
                ErrorCode::Misc,
                range,
                format!("A final \"{name}\" cannot override a variable that can be assigned"),
            );
        }
        true
    }
}

/// Whether a member can be assigned: variables, also final ones, and properties with a setter.
fn is_writable(flags: AttributeFlags) -> bool {
    if flags.contains(AttributeFlags::PROPERTY) {
        return flags.contains(AttributeFlags::SETTABLE);
    }
    !flags.contains(AttributeFlags::METHOD)
        && flags.intersects(AttributeFlags::SETTABLE | AttributeFlags::FINAL)
}
