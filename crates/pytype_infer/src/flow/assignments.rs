//! Assignments: what the target allows, what the value is, and what the place is afterwards.
//!
//! A variable without an annotation gets its type from the first assignment in its scope; later
//! ones are checked against it. An assignment narrows its target to the value's type.

use pytype_declare::{MemberKind, Node};
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, ClassFlags, ClassId, KnownClass, Ty, TyKind, TypeContext, is_proper_subtype, is_same_type,
    is_subtype, make_simplified_union, proper, remove_last_known_values,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::partial_types::{Partial, Slot};
use crate::Checker;

/// The right-hand side of an assignment: an expression, or a type that something else gave.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Expr(&'a Expr),
    /// A type at a place: an item of an unpacked tuple, the item of a loop, ...
    Typed(Ty, TextRange),
}

impl Value<'_> {
    pub fn range(&self) -> TextRange {
        match self {
            Value::Expr(expr) => expr.range(),
            Value::Typed(_, range) => *range,
        }
    }
    fn is_none_literal(&self) -> bool {
        matches!(self, Value::Expr(Expr::NoneLiteral(_)))
    }
}

/// What checking a target found.
pub struct Target {
    /// The type that may be assigned; `None` when the assignment defines it.
    pub declared: Option<Ty>,
    /// The variable or attribute that this assignment defines.
    pub defines: Option<Slot>,
}

impl Checker<'_> {
    /// The type of a value, for an expected type.
    pub fn infer_value(&mut self, value: &Value<'_>, expected: Option<Ty>) -> Ty {
        match value {
            Value::Expr(expr) => self.infer(expr, expected),
            Value::Typed(ty, _) => *ty,
        }
    }

    /// `target = value`. `narrows` is false for declarations with an explicit type.
    pub fn assign(&mut self, target: &Expr, value: &Value<'_>, narrows: bool) {
        match target {
            Expr::Tuple(tuple) => self.assign_many(&tuple.elts, value, target.range(), narrows),
            Expr::List(list) => self.assign_many(&list.elts, value, target.range(), narrows),
            Expr::Starred(starred) => self.assign(&starred.value, value, narrows),
            _ => self.assign_one(target, value, narrows),
        }
    }

    fn assign_one(&mut self, target: &Expr, value: &Value<'_>, narrows: bool) {
        let unknown = Value::Typed(self.any(), value.range());
        let value = if self.check_attribute_definition(target, value) { &unknown } else { value };
        self.complete_partial_from_value(target, value, None);
        if let Expr::Attribute(attribute) = target
            && &attribute.attr == "__match_args__"
        {
            self.error(ErrorCode::Misc, target.range(), "\"__match_args__\" cannot be assigned");
            self.infer_value(value, None);
            return;
        }
        if let Expr::Attribute(attribute) = target
            && is_super_call(&attribute.value)
        {
            self.error(ErrorCode::Misc, target.range(), "An attribute of \"super()\" cannot be assigned");
            self.infer_value(value, None);
            return;
        }
        if let Expr::Subscript(item) = target {
            self.assign_item(item, value);
            return;
        }
        // `x = None` so far: this value may complete it.
        if let Some(slot) = self.partial_slot_of(target).or_else(|| self.partial_slot_of_member(target))
            && self.partial_slot(slot) == Some(Partial::None)
            && self.partial_is_active(slot)
            && !self.deferred
        {
            let ty = self.infer_value(value, None);
            if let Some(optional) = self.complete_partial_none(slot, ty, target)
                && narrows
            {
                self.narrow_by_assignment(target, ty, Some(optional));
            }
            if !proper(&*self.ctx, ty).is_none() {
                if let Expr::Attribute(attribute) = target {
                    // The slots of its class are looked at.
                    self.infer(&attribute.value, None);
                }
                self.after_assignment(target, value);
            }
            return;
        }
        let Target { declared, defines } = self.check_target(target, value);
        if let Some(slot) = defines {
            let expected = self.inherited_context(slot);
            let mut ty = self.infer_value(value, expected);
            let keeps_literal = self.keeps_literal(slot)
                || self.expressions.assigns_index
                || self.slot_name(slot) == "__match_args__";
            if !keeps_literal {
                ty = remove_last_known_values(&*self.ctx, ty);
            }
            self.infer_slot(slot, target, ty, value.range());
            self.after_assignment(target, value);
            return;
        }
        let Some(mut declared) = declared else {
            self.infer_value(value, None);
            return;
        };
        if matches!(proper(&*self.ctx, declared).kind(), TyKind::Deleted) {
            let ty = self.infer_value(value, Some(declared));
            self.error(
                ErrorCode::Misc,
                value.range(),
                "The variable of an \"except\" block cannot be assigned behind the block",
            );
            // Only `Any` can be assigned all the same.
            if proper(&*self.ctx, ty).is_any()
                && let Some(place) = self.place_of(target)
            {
                self.binder.put(place, ty, None, true);
            }
            return;
        }
        if value.is_none_literal()
            && let Some(optional) = self.widen_conditional_none(target, declared)
        {
            declared = optional;
        }
        let is_module_member = self.is_module_attribute(target);
        // What is known of an attribute after an assignment does not depend on an annotation.
        let narrows = narrows || matches!(target, Expr::Attribute(_)) && !is_module_member;
        let (ty, narrowable) = match target {
            Expr::Attribute(attribute) if !is_module_member => {
                self.assign_attribute(attribute, declared, value)
            }
            Expr::Name(_) if self.options.allow_redefinition => {
                let (ty, wanted) = self.check_redefining_assignment(target, declared, value);
                declared = wanted;
                (ty, narrows)
            }
            _ => (self.check_simple_assignment(declared, value), narrows),
        };
        // The variable of a `for` forgets the values it went through once it is assigned again.
        let plain = remove_last_known_values(&*self.ctx, declared);
        if plain != declared
            && let Some(Slot::Variable(variable)) = self.slot_of(target)
            && pytype_declare::variables::variable_info(self.ctx.db, variable).declared.is_none()
            && !self.keeps_literal(Slot::Variable(variable))
            && self.ctx.local.covers(variable)
        {
            declared = plain;
            self.set_variable(variable, plain);
        }
        if self.assigns_abstract_class(ty, declared) {
            self.error(
                ErrorCode::TypeAbstract,
                value.range(),
                "Only a concrete class can be assigned here: the value is an abstract class or a protocol",
            );
            return;
        }
        if narrowable {
            self.narrow_by_assignment(target, ty, Some(declared));
        }
        self.after_assignment(target, value);
    }

    /// Checks that run once the target has its type: slots and the base classes' declarations.
    fn after_assignment(&mut self, target: &Expr, value: &Value<'_>) {
        if let Expr::Attribute(attribute) = target {
            self.check_slots(attribute);
        }
        self.check_special_name(target, value);
        self.check_base_declarations(target, value);
        self.check_enum_value(target, value);
    }

    /// Records in the binder that `target` now holds a `ty`.
    pub fn narrow_by_assignment(&mut self, target: &Expr, ty: Ty, declared: Option<Ty>) {
        let Some(place) = self.place_of(target) else { return };
        let is_inferred = self.is_inferred_variable(target);
        let ctx = &*self.ctx;
        self.binder.assign(ctx, place, ty, declared, is_inferred);
        self.expression_types.insert(target.range(), ty);
    }

    /// Whether the target is a variable without a declared type, or defines an attribute: to mypy, other
    /// assignments to an attribute have nothing to do with how its type was found.
    fn is_inferred_variable(&mut self, target: &Expr) -> bool {
        match target {
            Expr::Attribute(attribute) => self.defines_attribute(attribute),
            _ => {
                if let Some(Slot::Variable(variable)) = self.slot_of(target) {
                    pytype_declare::variables::variable_info(self.ctx.db, variable).declared.is_none()
                        && !self.is_parameter(variable)
                } else {
                    false
                }
            }
        }
    }

    /// Whether this is where the class gets an attribute whose type is inferred: the first assignment.
    pub(super) fn defines_attribute(&mut self, attribute: &ast::ExprAttribute) -> bool {
        let Some(Slot::Attribute { class, name, .. }) = self.self_attribute_slot(attribute) else {
            return false;
        };
        let Some((_, member)) = self.ctx.find_definition(class, name) else { return false };
        let MemberKind::SelfAttribute { method } = member.kind else { return false };
        let syntax = pytype_index::syntax_of_unit(self.db, method.file, method.id.unit);
        let first = syntax.self_attribute(method.id, name).map(pytype_index::header_range);
        method.file == self.file && first.is_some_and(|first| first.contains_range(attribute.range))
    }

    /// The variable, or attribute of the current method's object, that `target` is, when its type
    /// is inferred from assignments (here or elsewhere).
    pub fn slot_of(&mut self, target: &Expr) -> Option<Slot> {
        match target {
            Expr::Name(name) => {
                if let Node::Variable(variable) = self.resolve_name(Name::of(name))?.node {
                    Some(Slot::Variable(variable))
                } else {
                    None
                }
            }
            Expr::Attribute(attribute) => self.self_attribute_slot(attribute),
            Expr::Starred(starred) => self.slot_of(&starred.value),
            _ => None,
        }
    }

    /// The inferred attribute that `self.x` means inside of a method.
    pub fn self_attribute_slot(&mut self, attribute: &ast::ExprAttribute) -> Option<Slot> {
        let Expr::Name(base) = &*attribute.value else { return None };
        let Node::Variable(found) = self.resolve_name(Name::of(base))?.node else { return None };
        // A function inside of the method may assign to the attributes of the method's `self` too.
        let method = self.functions.iter().rev().find(|f| !f.is_lambda && f.self_parameter == Some(found))?;
        let class = method.class?;
        let name = Name::of(&attribute.attr);
        self.inferred_attribute_slot(class, name)
    }

    /// The slot of an attribute that `class` itself infers from its methods' assignments.
    pub fn inferred_attribute_slot(&mut self, class: pytype_types::ClassId, name: Name) -> Option<Slot> {
        let (owner, member) = self.ctx.find_definition(class, name)?;
        let pytype_types::ClassOrigin::Definition(definition) = owner.origin() else { return None };
        match &member.kind {
            MemberKind::SelfAttribute { .. }
                if owner == class && !self.ctx.is_typed_on_self(name, &member) =>
            {
                Some(Slot::Attribute { class: owner, definition, name })
            }
            // `x = None` in the class body, completed by `self.x = ...` in a method.
            MemberKind::Body(variable) => match names_variable(self, *variable) {
                true if self.partial_of(*variable).is_some() => Some(Slot::Variable(*variable)),
                _ => None,
            },
            MemberKind::SelfAttribute { .. } | MemberKind::Synthesized(_) => None,
        }
    }

    /// What `target` allows to be assigned, or that this assignment defines it.
    pub fn check_target(&mut self, target: &Expr, value: &Value<'_>) -> Target {
        match target {
            Expr::Name(name) => self.check_name_target(name, target),
            Expr::Attribute(attribute) => {
                if let Some(slot) = self.self_attribute_slot(attribute)
                    && self.is_defining(slot, target.range())
                {
                    self.infer(&attribute.value, None);
                    return Target { declared: None, defines: Some(slot) };
                }
                if let Some(known) = self.attribute_defined_on_other_self(attribute) {
                    self.expression_types.insert(target.range(), known);
                    return Target { declared: Some(known), defines: None };
                }
                if let Some(slot) = self.partial_slot_of(target) {
                    self.infer(&attribute.value, None);
                    let declared = self.read_partial_slot(slot, target.range());
                    return Target { declared: Some(declared), defines: None };
                }
                let declared = self.attribute_target_type(attribute, value);
                self.expression_types.insert(target.range(), declared);
                Target { declared: Some(declared), defines: None }
            }
            Expr::Starred(starred) => self.check_target(&starred.value, value),
            Expr::Tuple(tuple) => self.check_tuple_target(&tuple.elts, value),
            Expr::List(list) => self.check_tuple_target(&list.elts, value),
            Expr::Subscript(_) => Target { declared: None, defines: None },
            _ => Target { declared: Some(self.infer(target, None)), defines: None },
        }
    }

    /// The type of the attribute that is defined here, in a method whose `self` is annotated with another
    /// class: that class may have its own attribute of this name, which has nothing to do with it.
    fn attribute_defined_on_other_self(&mut self, attribute: &ast::ExprAttribute) -> Option<Ty> {
        let slot @ Slot::Attribute { class, .. } = self.self_attribute_slot(attribute)? else { return None };
        let object = self.infer(&attribute.value, None);
        let other = proper(&*self.ctx, object).as_instance().is_some_and(|instance| instance.class != class);
        if other && self.defines_attribute(attribute) { self.slot_type(slot) } else { None }
    }

    fn check_tuple_target(&mut self, targets: &[Expr], value: &Value<'_>) -> Target {
        let items: Vec<Ty> = targets
            .iter()
            .map(|t| self.check_target(t, value).declared.unwrap_or_else(Ty::ambiguous_never))
            .collect();
        let fallback = self.ctx.known_instance(KnownClass::Tuple);
        Target { declared: Some(Ty::tuple(items, fallback)), defines: None }
    }

    pub(super) fn check_name_target(&mut self, name: &ast::ExprName, target: &Expr) -> Target {
        let Some(binding) = self.resolve_name(Name::of(name)) else {
            return Target { declared: Some(self.infer(target, None)), defines: None };
        };
        match binding.node {
            Node::Variable(variable) => {
                let slot = Slot::Variable(variable);
                let info = pytype_declare::variables::variable_info(self.ctx.db, variable);
                let in_dataclass =
                    |class: ClassId| self.class_info(class).flags.contains(ClassFlags::DATACLASS);
                if info.is_init_var && self.class_body().is_some_and(in_dataclass) {
                    // The default of a parameter that is no attribute; it is not checked.
                    return Target { declared: Some(self.any()), defines: None };
                }
                let declared = info.declared;
                let redefines = self.options.allow_redefinition && self.is_redefined(variable);
                if declared.is_none()
                    && !redefines
                    && !self.is_throw_away(variable)
                    && self.is_defining(slot, target.range())
                {
                    return Target { declared: None, defines: Some(slot) };
                }
                let declared = self.variable_reference(variable, target.range());
                self.expression_types.insert(target.range(), declared);
                Target { declared: Some(declared), defines: None }
            }
            // Assigning to a class, a function, a module: checked against what it is.
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Class(_)
            | Node::Function(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => {
                let declared = self.infer_target_name(name);
                Target { declared: Some(declared), defines: None }
            }
        }
    }

    /// Whether the assignment at `range` is the one that gives `slot` its type: the first that
    /// the walk comes to, whenever it comes to it again.
    pub fn is_defining(&mut self, slot: Slot, range: TextRange) -> bool {
        if let Some(first) = self.definers.get(&slot).copied() {
            // `x = x if (x := f()) else None`: within the value, the inner assignment gives the type.
            let surrounds = matches!(slot, Slot::Variable(_))
                && range.start() > first.end()
                && first.start() >= self.statement_start
                && self.partial_slot(slot).is_none()
                && self.slot_type(slot).is_none();
            return first == range || surrounds;
        }
        if self.slot_type(slot).is_some() && !self.is_simple_literal(slot) && !self.half_known.contains(&slot)
        {
            return false;
        }
        let is_own = match slot {
            Slot::Variable(variable) => self.ctx.local.covers(variable) && !self.is_parameter(variable),
            Slot::Attribute { class, definition, name } => {
                self.ctx.local.covers(definition) && self.may_define_attribute(class, name, range)
            }
        };
        // What an unfinished walk gives a variable does not count: the next assignment may define it
        // too. An attribute is defined by the first that there is.
        if is_own && !(self.deferred && matches!(slot, Slot::Variable(_))) {
            self.definers.insert(slot, range);
            self.half_known.remove(&slot);
            self.defined.push(slot);
        }
        is_own
    }

    /// Whether the assignment to an attribute at `range` is the one that comes first in the text, reached or not: if it
    /// is never reached, no other gives the attribute a type.
    fn may_define_attribute(&self, class: ClassId, name: Name, range: TextRange) -> bool {
        let Some(member) = self.ctx.own_member(class, name) else { return true };
        let MemberKind::SelfAttribute { method } = member.kind else { return true };
        let unit = method.id.unit;
        if unit != 0 || method.file != self.file {
            return true;
        }
        let syntax = pytype_index::interface_syntax(self.ctx.db, method.file);
        match syntax.self_attribute(method.id, name).and_then(|node| node.assignment()) {
            Some(pytype_index::AssignmentNode::Plain(first)) => first.range.contains_range(range),
            Some(pytype_index::AssignmentNode::Annotated(_)) | None => true,
        }
    }

    fn is_simple_literal(&self, slot: Slot) -> bool {
        match slot {
            Slot::Variable(variable) => {
                pytype_declare::variables::variable_info(self.ctx.db, variable).simple_literal.is_some()
                    && !self.ctx.local.variables.borrow().contains_key(&variable)
            }
            Slot::Attribute { .. } => false,
        }
    }

    fn keeps_literal(&self, slot: Slot) -> bool {
        match slot {
            Slot::Variable(variable) => {
                pytype_declare::variables::variable_info(self.ctx.db, variable).is_final
            }
            Slot::Attribute { class, name, .. } => {
                self.ctx.find_definition(class, name).is_some_and(|(owner, _)| {
                    self.ctx.member_flags(owner, name).contains(pytype_types::AttributeFlags::FINAL)
                })
            }
        }
    }

    /// Gives what is being defined its type, or leaves it open, or reports that it cannot be told.
    pub fn infer_slot(&mut self, slot: Slot, target: &Expr, init: Ty, range: TextRange) {
        let init = without_function_names(&*self.ctx, init);
        let is_final = self.keeps_literal(slot);
        let complete = match proper(&*self.ctx, init).is_none() {
            true => is_final || self.options.allow_redefinition && matches!(slot, Slot::Variable(_)),
            false => self.is_complete_type(init),
        };
        let name = self.slot_name(slot);
        let is_dunder = name.starts_with("__") && name.ends_with("__");
        let trusts_none = !self.classes.is_empty()
            && self.functions.is_empty()
            && is_dunder
            && proper(&*self.ctx, init).is_none();
        if complete || trusts_none || self.no_partial_types {
            if self.conflicts_with_other_expansion(slot, init) {
                self.needs_annotation(slot, range);
                self.set_slot(slot, Ty::any(AnySource::Error));
                return;
            }
            self.set_slot(slot, init);
            self.note_definition_frame(slot);
            if let Slot::Variable(variable) = slot
                && self.options.allow_redefinition
            {
                self.bind_redefined(variable, init, init);
            }
            if let Some(attributes) = &mut self.inferred_attributes {
                attributes.insert(slot, init);
            }
            self.expression_types.insert(target.range(), init);
            return;
        }
        if name == "_" {
            return;
        }
        let is_reference = matches!(target, Expr::Name(_) | Expr::Attribute(_));
        if self.start_partial(slot, init, target.range(), is_reference) {
            self.note_definition_frame(slot);
        } else {
            self.needs_annotation(slot, range);
            let fallback = self.inference_fallback(init);
            self.set_slot(slot, fallback);
        }
    }

    /// In a function checked once for each value of a constrained type variable, an attribute
    /// must come out the same each time.
    fn conflicts_with_other_expansion(&self, slot: Slot, init: Ty) -> bool {
        let Some(attributes) = &self.inferred_attributes else { return false };
        matches!(slot, Slot::Attribute { .. })
            && attributes.get(&slot).is_some_and(|before| !is_same_type(&*self.ctx, *before, init))
    }

    /// The type to expect of a value that defines a class member: what the base classes declare.
    fn inherited_context(&mut self, slot: Slot) -> Option<Ty> {
        let name = self.slot_name(slot);
        let class = match slot {
            Slot::Attribute { class, .. } => class,
            Slot::Variable(variable) => {
                let Some(class) = self.class_body() else {
                    let is_module = self.functions.is_empty() && self.classes.is_empty();
                    return if is_module { self.module_level_context(&name) } else { None };
                };
                if self.scope_of_variable(variable) != self.scope() {
                    return None;
                }
                class
            }
        };
        let candidates = self.base_member_types(class, name);
        if candidates.is_empty() && name == "__slots__" {
            let text = self.ctx.known_instance(KnownClass::Str);
            return Some(self.known_with(KnownClass::Iterable, [text]));
        }
        let mut best = *candidates.first()?;
        for candidate in candidates {
            if is_proper_subtype(&*self.ctx, candidate, best) {
                best = candidate;
            } else if !is_subtype(&*self.ctx, best, candidate) {
                return None;
            }
        }
        Some(best)
    }

    fn module_level_context(&mut self, name: &str) -> Option<Ty> {
        (name == "__all__").then(|| {
            let text = self.ctx.known_instance(KnownClass::Str);
            self.known_with(KnownClass::Sequence, [text])
        })
    }

    /// `x = None` in one branch of an `if` after `x = 1` in another: `x` becomes optional.
    fn widen_conditional_none(&mut self, target: &Expr, declared: Ty) -> Option<Ty> {
        if self.options.allow_redefinition || proper(&*self.ctx, declared).is_any() {
            return None;
        }
        let Expr::Name(_) = target else { return None };
        let slot = self.slot_of(target)?;
        let Slot::Variable(variable) = slot else { return None };
        if variable.id.unit == 0 || !self.defined_in_sibling_branch(slot) {
            return None;
        }
        let optional = make_simplified_union(&*self.ctx, [declared, Ty::none()]);
        self.set_slot(slot, optional);
        Some(optional)
    }

    /// A value assigned to something with a type: checked; returns the value's type.
    pub fn check_simple_assignment(&mut self, declared: Ty, value: &Value<'_>) -> Ty {
        if self.is_stub && matches!(value, Value::Expr(Expr::EllipsisLiteral(_))) {
            return Ty::any(AnySource::SpecialForm);
        }
        let ty = self.infer_for_declared(declared, value);
        if matches!(proper(&*self.ctx, ty).kind(), TyKind::Deleted) {
            self.error(
                ErrorCode::Misc,
                value.range(),
                "The variable was deleted at the end of its \"except\" block",
            );
        }
        if !matches!(proper(&*self.ctx, declared).kind(), TyKind::Deleted) {
            self.check_assignable(ty, declared, value.range(), ErrorCode::Assignment);
        }
        ty
    }

    /// Infers a value for a declared type. For a declared union both ways are tried: with the
    /// declaration as context and without; the narrower result counts.
    pub(crate) fn infer_for_declared(&mut self, declared: Ty, value: &Value<'_>) -> Ty {
        let Value::Expr(expr) = value else { return self.infer_value(value, Some(declared)) };
        let always_allow_any = !proper(&*self.ctx, declared).is_any();
        let is_union = matches!(proper(&*self.ctx, declared).kind(), TyKind::Union(_));
        if !is_union || self.value_ignores_context(expr) || self.is_typed_dict_context(declared) {
            return self.infer_allowing_any(expr, Some(declared), always_allow_any);
        }
        let walrus_before = self.walrus_count;
        let (ty, found) = self.capturing(|c| c.infer_allowing_any(expr, Some(declared), always_allow_any));
        if walrus_before == self.walrus_count && !pytype_types::is_literal_type_like(&*self.ctx, ty) {
            let (other, other_found) = self.capturing(|c| c.infer_allowing_any(expr, None, always_allow_any));
            let better = !Self::has_findings(&other_found)
                && self.is_complete_type(other)
                && !proper(&*self.ctx, other).is_any()
                && is_proper_subtype(&*self.ctx, other, ty);
            if better {
                self.report_all(other_found);
                return other;
            }
        }
        self.report_all(found);
        self.expression_types.insert(expr.range(), ty);
        ty
    }

    /// Expressions whose type does not depend on what is expected of them.
    pub(super) fn value_ignores_context(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => true,
            Expr::Name(_) | Expr::Attribute(_) | Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) => true,
            Expr::Call(call) => self.calls_plain_function(&call.func),
            _ => false,
        }
    }

    /// Whether a call calls an undecorated function that is not generic.
    fn calls_plain_function(&mut self, func: &Expr) -> bool {
        let Some(Node::Function(function)) = self.reference(func).map(|binding| binding.node) else {
            return false;
        };
        let info = pytype_declare::signatures::function_info(self.ctx.db, function);
        info.items.iter().all(|item| {
            item.decorated == pytype_declare::DecoratedType::Known(item.signature)
                && item.signature.as_callable().is_some_and(|sig| !sig.is_generic())
        })
    }

    fn is_typed_dict_context(&self, declared: Ty) -> bool {
        match proper(&*self.ctx, declared).kind() {
            TyKind::TypedDict(_) => true,
            TyKind::Union(items) => {
                items.iter().any(|t| matches!(proper(&*self.ctx, t).kind(), TyKind::TypedDict(_)))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
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

    /// `object.attribute = value`: descriptors and properties may read as another type than they
    /// take. Returns the value's type and whether the place may be narrowed to it.
    fn assign_attribute(
        &mut self,
        attribute: &ast::ExprAttribute,
        settable: Ty,
        value: &Value<'_>,
    ) -> (Ty, bool) {
        let object = self.infer(&attribute.value, None);
        let on_class = match proper(&*self.ctx, object).kind() {
            TyKind::Type(_) => true,
            TyKind::Callable(sig) => sig.is_type_object(),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Overloaded(_)
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
            | TyKind::Module(_) => false,
        };
        let ty = self.check_simple_assignment(settable, value);
        if on_class {
            return (ty, true);
        }
        let (readable, _) = self.capturing(|c| c.attribute_read_type(attribute));
        let ty = if is_subtype(&*self.ctx, ty, readable) { ty } else { readable };
        (ty, is_subtype(&*self.ctx, readable, settable))
    }

    /// `object[key] = value`.
    fn assign_item(&mut self, item: &ast::ExprSubscript, value: &Value<'_>) {
        self.complete_partial_from_item(item, value);
        let object = self.infer(&item.value, None);
        let result = self.check_set_item(object, item, value);
        if matches!(proper(&*self.ctx, result).kind(), TyKind::Never { ambiguous: false }) {
            self.binder.unreachable();
        }
    }

    fn assigns_abstract_class(&self, ty: Ty, declared: Ty) -> bool {
        let TyKind::Type(wanted) = proper(&*self.ctx, declared).kind() else { return false };
        let TyKind::Callable(sig) = proper(&*self.ctx, ty).kind() else { return false };
        if !sig.is_type_object() {
            return false;
        }
        let abstract_like = |ty: Ty| {
            proper(&*self.ctx, ty)
                .as_instance()
                .is_some_and(|i| self.ctx.is_abstract(i.class) || self.ctx.class(i.class).is_protocol())
        };
        abstract_like(*wanted) && abstract_like(sig.instance_type.unwrap_or(sig.ret))
    }
}

fn names_variable(checker: &Checker<'_>, definition: pytype_index::DefRef) -> bool {
    matches!(
        pytype_index::definition(checker.ctx.db, definition.file, definition.id).kind,
        pytype_index::DefinitionKind::Variable
    )
}

/// A variable's type does not tell the name of the function that it was given.
fn without_function_names(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    let nameless = |sig: pytype_types::Sig| {
        let mut signature = sig.get().clone();
        signature.name = None;
        signature.into_ty()
    };
    match proper(ctx, ty).kind() {
        TyKind::Callable(sig) if sig.name.is_some() => nameless(*sig),
        TyKind::Overloaded(items) => Ty::overloaded(
            items.iter().map(|item| item.as_callable().map_or(item, nameless)).collect::<Vec<_>>(),
        ),
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

/// `super()`, `super(A, self)`.
fn is_super_call(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "super"))
}
