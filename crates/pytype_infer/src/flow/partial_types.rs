//! Partial types: variables whose first assignment says only half (`x = []`, `x = None`).
//!
//! A partial variable waits in the scope that assigned it until a later use completes its type
//! (`x.append(1)`, `x[k] = v`, `x = 1`). When the scope ends, what is still open is `None` for
//! `x = None`, and `var-annotated` for the rest.

use indexmap::IndexMap;
use pytype_declare::{InferredVariable, Node};
use pytype_index::DefRef;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, ClassId, Ty, TyFlags, TyKind, TypeContext, erase_type_vars, make_simplified_union, proper,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxBuildHasher;

use crate::Checker;

/// Something whose type is inferred from assignments: a variable or a self attribute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Slot {
    Variable(DefRef),
    /// The attribute of a class that methods assign; `definition` is the class's own.
    Attribute {
        class: ClassId,
        definition: DefRef,
        name: Name,
    },
}

/// What a first assignment left open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Partial {
    /// `x = None`: the type of a later assignment, or `None`.
    None,
    /// `x = []`, `x = {}`, `x = set()`: the class, arguments to come.
    Generic {
        class: ClassId,
        /// `x = defaultdict(list)`: the value type, its own argument still open.
        value: Option<Ty>,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct PartialEntry {
    pub partial: Partial,
    pub range: TextRange,
    /// An assignment in a scope within this one began to say more (`self.x = []` after `x = None` in
    /// the class): what comes of it there is the type.
    pub superseded: bool,
    /// The function was deferred already: nobody outside of it has seen a type.
    pub unseen: bool,
}

/// The variables of one scope (function, class body, module) that are still partial.
#[derive(Clone, Default, Debug)]
pub struct PartialScope {
    pub open: IndexMap<Slot, PartialEntry, FxBuildHasher>,
    pub is_function: bool,
    /// How many functions there are around, itself included.
    pub functions: usize,
    /// Within a function: completes nothing that stands outside of it.
    pub is_local: bool,
}

/// The methods that give a partial container its item type, from one argument.
fn item_method(class: &str, method: &str) -> bool {
    match class {
        "builtins.list" => method == "append",
        "builtins.set" => matches!(method, "add" | "discard"),
        _ => false,
    }
}

/// The methods that give a partial container its types from another container.
fn container_method(class: &str, method: &str, argument: &str) -> bool {
    match (class, method) {
        ("builtins.list", "extend") => argument == "builtins.list",
        ("builtins.dict" | "collections.OrderedDict", "update") => argument == "builtins.dict",
        ("builtins.set", "update") => matches!(argument, "builtins.set" | "builtins.list"),
        _ => false,
    }
}

impl Checker<'_> {
    /// Opens a scope for partial types; close it with [`Checker::leave_partial_scope`].
    pub fn enter_partial_scope(&mut self, is_function: bool) {
        let is_local = is_function || self.partials.last().is_some_and(|p| p.is_local);
        let functions = self.functions.len() + usize::from(is_function);
        self.partials.push(PartialScope { open: IndexMap::default(), is_function, functions, is_local });
    }

    /// Closes the innermost scope: what is still open is settled or reported.
    pub fn leave_partial_scope(&mut self) {
        let Some(scope) = self.partials.pop() else { return };
        if self.deferred {
            self.leave_partial(scope);
            return;
        }
        let permissive = self.is_permissive(&scope);
        for (slot, entry) in scope.open {
            if entry.superseded {
                if !permissive && !self.partials_reported.contains(&slot) {
                    self.needs_annotation(slot, entry.range);
                }
                continue;
            }
            match entry.partial {
                Partial::None if !permissive => self.set_slot(slot, Ty::none()),
                Partial::None => self.set_slot(slot, Ty::union([Ty::any(AnySource::Error), Ty::none()])),
                Partial::Generic { class, .. } => {
                    if !permissive {
                        self.needs_annotation(slot, entry.range);
                    }
                    let filled = pytype_types::fill_with_any(&*self.ctx, class);
                    self.set_slot(slot, filled);
                }
            }
        }
    }

    /// A function that is walked again leaves its attributes half known until then: what others read in
    /// the meantime is filled up with `Any`.
    fn leave_partial(&mut self, scope: PartialScope) {
        for (slot, entry) in scope.open.into_iter().filter(|(_, entry)| !entry.unseen && !entry.superseded) {
            let ty = match entry.partial {
                Partial::None => Ty::union([Ty::any(AnySource::Error), Ty::none()]),
                Partial::Generic { class, .. } => pytype_types::fill_with_any(&*self.ctx, class),
            };
            self.set_for_now(slot, ty);
        }
    }

    /// Gives an attribute a type until the next walk defines it again.
    fn set_for_now(&mut self, slot: Slot, ty: Ty) {
        if let Slot::Attribute { class, name, .. } = slot {
            self.ctx.local.self_attributes.borrow_mut().insert((class, name), InferredVariable::Type(ty));
        }
    }

    /// Whether variables of this scope that stay open are no mistake.
    fn is_permissive(&self, scope: &PartialScope) -> bool {
        let innermost = scope.functions.checked_sub(1).and_then(|at| self.functions.get(at));
        let dynamic = innermost.is_some_and(|f| f.is_dynamic);
        (self.options.allow_untyped_globals && !scope.is_local)
            || (self.options.check_untyped_defs && dynamic)
    }

    /// Reports `var-annotated`. Every read reports it, since one that is part of an attempt may be
    /// forgotten; a file's findings are each shown once.
    pub fn needs_annotation(&mut self, slot: Slot, range: TextRange) {
        self.partials_reported.insert(slot);
        let name = self.slot_name(slot);
        self.error(
            ErrorCode::VarAnnotated,
            range,
            format!("Cannot infer the type of \"{name}\" from this value; annotate it"),
        );
    }

    pub fn slot_name(&self, slot: Slot) -> Name {
        match slot {
            Slot::Variable(variable) => {
                pytype_index::definition(self.ctx.db, variable.file, variable.id).name
            }
            Slot::Attribute { name, .. } => name,
        }
    }

    /// Gives the variable or attribute its type.
    pub fn set_slot(&mut self, slot: Slot, ty: Ty) {
        if self.deferred {
            return;
        }
        match slot {
            Slot::Variable(variable) => self.set_variable(variable, ty),
            Slot::Attribute { class, name, .. } => {
                let mut attributes = self.ctx.local.self_attributes.borrow_mut();
                attributes.insert((class, name), InferredVariable::Type(ty));
            }
        }
    }

    /// The type of the variable or attribute, if it is known.
    pub fn slot_type(&mut self, slot: Slot) -> Option<Ty> {
        match slot {
            Slot::Variable(variable) => self.known_variable_type(variable),
            Slot::Attribute { class, definition, name } => {
                if self.partial_slot(slot).is_some() {
                    return None;
                }
                if self.ctx.local.covers(definition) {
                    let found = self.ctx.local.self_attributes.borrow().get(&(class, name)).copied();
                    return match found {
                        Some(InferredVariable::Type(ty)) => Some(ty),
                        Some(InferredVariable::NotReady | InferredVariable::Unknown) | None => None,
                    };
                }
                match self.ctx.inferred_self_attribute(class, definition, name) {
                    InferredVariable::Type(ty) => Some(ty),
                    InferredVariable::NotReady | InferredVariable::Unknown => None,
                }
            }
        }
    }

    pub fn partial_slot(&self, slot: Slot) -> Option<Partial> {
        self.open_entry(slot).map(|(_, entry)| entry.partial)
    }

    /// The innermost scope that waits for more about `slot`, and what it knows.
    fn open_entry(&self, slot: Slot) -> Option<(&PartialScope, &PartialEntry)> {
        let found = self.partials.iter().rev().find_map(|scope| Some((scope, scope.open.get(&slot)?)));
        found.filter(|(_, entry)| !entry.superseded)
    }

    /// The attribute of this name whose type is open, asked for through something else than `self`.
    pub(crate) fn open_attribute(&self, wanted: Name) -> Option<Slot> {
        let scopes = self.partials.iter().rev();
        scopes.flat_map(|scope| scope.open.keys()).copied().find(|slot| match slot {
            Slot::Attribute { name, .. } => *name == wanted,
            Slot::Variable(_) => false,
        })
    }

    pub fn partial_of(&self, variable: DefRef) -> Option<Partial> {
        self.partial_slot(Slot::Variable(variable))
    }

    /// Whether assignments here may complete the open type of `slot`.
    pub fn partial_is_active(&self, slot: Slot) -> bool {
        let here_is_local = self.partials.last().is_some_and(|p| p.is_local);
        self.open_entry(slot).is_some_and(|(scope, entry)| match entry.partial {
            // Completing `x = None` from another scope is common and allowed.
            Partial::None => true,
            Partial::Generic { .. } => {
                let other_scopes =
                    !self.options.local_partial_types && !matches!(slot, Slot::Attribute { .. });
                other_scopes || scope.is_local == here_is_local
            }
        })
    }

    /// Starts a partial type for `slot`, if `init` is one that a later use may complete.
    pub fn start_partial(&mut self, slot: Slot, init: Ty, range: TextRange, is_reference: bool) -> bool {
        let Some(partial) = self.partial_from(init, is_reference) else { return false };
        if let Some((innermost, outer)) = self.partials.split_last_mut() {
            innermost
                .open
                .insert(slot, PartialEntry { partial, range, superseded: false, unseen: self.deferred });
            if !self.deferred {
                let waiting = outer.iter_mut().rev().find_map(|scope| scope.open.get_mut(&slot));
                waiting.into_iter().for_each(|entry| entry.superseded = true);
            }
        }
        true
    }

    fn partial_from(&mut self, init: Ty, is_reference: bool) -> Option<Partial> {
        let init = proper(&*self.ctx, init);
        if init.is_none() {
            return Some(Partial::None);
        }
        let instance = init.as_instance()?;
        if !is_reference {
            return None;
        }
        let open = |ty: Ty| {
            let ty = proper(&*self.ctx, ty);
            ty.is_none() || ty.is_never()
        };
        match instance.class.fullname().as_str() {
            "builtins.list" | "builtins.set" | "builtins.dict" | "collections.OrderedDict" => instance
                .args
                .iter()
                .all(open)
                .then_some(Partial::Generic { class: instance.class, value: None }),
            "collections.defaultdict" => {
                let [key, value] = instance.args.as_slice() else { return None };
                let value_instance = proper(&*self.ctx, *value).as_instance()?;
                let value_is_open = match value_instance.args.as_slice() {
                    [] => true,
                    [one] => open(*one),
                    _ => false,
                };
                let erased = pytype_types::erase_type(&*self.ctx, *value);
                (open(*key) && value_is_open)
                    .then_some(Partial::Generic { class: instance.class, value: Some(erased) })
            }
            _ => None,
        }
    }

    /// Completes an open type.
    pub fn complete_partial(&mut self, slot: Slot, ty: Ty) {
        let mut is_local = true;
        let mut entry = None;
        for scope in self.partials.iter_mut().rev() {
            entry = scope.open.shift_remove(&slot);
            if entry.is_some() {
                is_local = scope.is_local;
                break;
            }
        }
        self.binder.version += 1;
        if self.deferred {
            // A value is not known yet: it is anything.
            let ty = match entry.map(|entry| entry.partial) {
                Some(Partial::Generic { .. }) => ty,
                Some(Partial::None) | None => Ty::any(AnySource::SpecialForm),
            };
            if !is_local {
                // What waits for it is not walked again.
                self.deferred = false;
                self.set_slot(slot, ty);
                self.deferred = true;
            } else if entry.is_some_and(|entry| !entry.unseen) {
                self.set_for_now(slot, ty);
            }
            return;
        }
        self.set_slot(slot, ty);
        if let Slot::Variable(variable) = slot
            && self.options.allow_redefinition
        {
            self.bind_redefined(variable, ty, ty);
        }
    }

    /// A read of something still open: its type for this read. Reports it where mypy does.
    pub fn read_partial_slot(&mut self, slot: Slot, range: TextRange) -> Ty {
        let Some(partial) = self.partial_slot(slot) else { return Ty::any(AnySource::Error) };
        let active = self.partial_is_active(slot);
        match partial {
            Partial::None if active => Ty::none(),
            Partial::None => Ty::union([Ty::any(AnySource::Error), Ty::none()]),
            Partial::Generic { class, .. } => {
                if active {
                    let first = self.open_entry(slot).map(|(_, entry)| entry.range);
                    let is_local = self.open_entry(slot).is_some_and(|(scope, _)| scope.is_local);
                    if !self.deferred && (is_local || !self.options.allow_untyped_globals) {
                        self.needs_annotation(slot, first.unwrap_or(range));
                    }
                } else if !self.deferred {
                    let name = self.slot_name(slot);
                    self.cannot_determine(name, range);
                }
                pytype_types::fill_with_any(&*self.ctx, class)
            }
        }
    }

    /// The variable or self attribute that `expr` reads, if its type is still open.
    pub fn partial_slot_of(&mut self, expr: &Expr) -> Option<Slot> {
        if self.partials.iter().all(|scope| scope.open.is_empty()) {
            return None;
        }
        let slot = self.slot_of(expr)?;
        self.partial_slot(slot).map(|_| slot)
    }

    /// The open attribute that `target` is, of whatever object or class.
    pub(super) fn partial_slot_of_member(&mut self, target: &Expr) -> Option<Slot> {
        let Expr::Attribute(attribute) = target else { return None };
        let name = Name::of(&attribute.attr);
        if !self.is_open_name(name) {
            return None;
        }
        let object = self.infer(&attribute.value, None);
        self.open_slot_of_member(object, name)
    }

    /// Whether the type of something of this name is open.
    fn is_open_name(&self, name: Name) -> bool {
        self.partials.iter().any(|scope| scope.open.keys().any(|slot| self.slot_name(*slot) == name))
    }

    /// The attribute `object.name`, if its type is still open.
    pub(crate) fn open_slot_of_member(&mut self, object: Ty, name: Name) -> Option<Slot> {
        let object = self.proper(object);
        let class = match object.as_instance() {
            Some(instance) => instance.class,
            None => self.class_of_object(object)?,
        };
        let slot = self.inferred_attribute_slot(class, name)?;
        self.partial_slot(slot).map(|_| slot)
    }

    /// The open variable that `expr` is, or attribute of the `self` of the function under way: what
    /// a method call or an item may complete. Functions inside of a method complete no attribute.
    fn partial_slot_in_reach(&mut self, expr: &Expr) -> Option<Slot> {
        let slot = self.partial_slot_of(expr)?;
        if let Expr::Attribute(attribute) = expr {
            let frame = self.functions.last().filter(|frame| !frame.is_lambda)?;
            let (own, Expr::Name(object)) = (frame.self_parameter?, &*attribute.value) else { return None };
            let found = self.resolve_name(Name::of(object))?.node;
            if found != Node::Variable(own) {
                return None;
            }
        }
        Some(slot)
    }

    /// `x.append(1)` and its like: completes the type of `x` before the call is checked.
    pub fn complete_partial_from_call(&mut self, call: &ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else { return };
        if self.deferred {
            return;
        }
        if let Some(slot) = self.partial_slot_in_reach(&method.value) {
            if !self.partial_is_active(slot) {
                return;
            }
            if let Some(Partial::Generic { class, value: None }) = self.partial_slot(slot)
                && let Some(ty) = self.container_from_call(class, &method.attr, call)
                && self.partial_slot(slot).is_some()
            {
                self.complete_partial(slot, ty);
            }
            return;
        }
        // `x[k].append(v)` for `x = defaultdict(list)`.
        let Expr::Subscript(item) = &*method.value else { return };
        let Some(slot) = self.partial_slot_in_reach(&item.value) else { return };
        let Some(Partial::Generic { class, value: Some(value) }) = self.partial_slot(slot) else { return };
        let Some(value_class) = value.as_instance().map(|i| i.class) else { return };
        if !self.partial_is_active(slot) {
            return;
        }
        if let Some(value) = self.container_from_call(value_class, &method.attr, call) {
            let key = self.infer(&item.slice, None);
            if self.is_complete_type(key) && self.partial_slot(slot).is_some() {
                let ty = self.container(class, &[key, value]);
                self.complete_partial(slot, ty);
            }
        }
    }

    /// The class with these arguments: a container is not known to hold certain values for ever.
    fn container(&self, class: ClassId, args: &[Ty]) -> Ty {
        let args = args.iter().map(|arg| pytype_types::remove_last_known_values(&*self.ctx, *arg));
        Ty::instance(class, args.collect::<Vec<_>>())
    }

    fn container_from_call(&mut self, class: ClassId, method: &str, call: &ast::ExprCall) -> Option<Ty> {
        let [argument] = &*call.arguments.args else { return None };
        if !call.arguments.keywords.is_empty() || argument.is_starred_expr() {
            return None;
        }
        let name = class.fullname();
        if item_method(&name, method) {
            let item = self.infer(argument, None);
            return self.is_complete_type(item).then(|| self.container(class, &[item]));
        }
        if !matches!(method, "extend" | "update") {
            return None;
        }
        let argument = self.infer(argument, None);
        let argument = proper(&*self.ctx, argument);
        if argument.is_any() {
            return Some(pytype_types::fill_with_any(&*self.ctx, class));
        }
        let instance = argument.as_instance()?;
        let fits = container_method(&name, method, &instance.class.fullname())
            && instance.args.iter().all(|t| self.is_complete_type(t));
        fits.then(|| self.container(class, instance.args.as_slice()))
    }

    /// `x[k] = v` for an open `x = {}`.
    pub fn complete_partial_from_item(
        &mut self,
        target: &ast::ExprSubscript,
        value: &super::assignments::Value<'_>,
    ) {
        let Some(slot) = self.partial_slot_in_reach(&target.value) else { return };
        let Some(Partial::Generic { class, value: default }) = self.partial_slot(slot) else { return };
        let is_mapping = matches!(
            class.fullname().as_str(),
            "builtins.dict" | "collections.OrderedDict" | "collections.defaultdict"
        );
        if !is_mapping || !self.partial_is_active(slot) || self.deferred {
            return;
        }
        let key = self.infer(&target.slice, None);
        let value = self.infer_value(value, None);
        let same_default = default.is_none_or(|d| pytype_types::is_equivalent(&*self.ctx, value, d));
        if self.is_complete_type(key) && self.is_complete_type(value) && same_default {
            let ty = self.container(class, &[key, value]);
            self.complete_partial(slot, ty);
        }
    }

    /// `x = [1]` (or `x += [1]`) for an open `x = []`.
    pub fn complete_partial_from_value(
        &mut self,
        target: &Expr,
        value: &super::assignments::Value<'_>,
        operator: Option<ast::Operator>,
    ) {
        let Some(slot) = self.partial_slot_of(target) else { return };
        let Some(Partial::Generic { class, .. }) = self.partial_slot(slot) else { return };
        let supported = match operator {
            None => true,
            Some(ast::Operator::Add) => class.is("builtins.list"),
            Some(ast::Operator::BitOr) => class.is("builtins.set"),
            Some(_) => false,
        };
        if !supported || !self.partial_is_active(slot) {
            return;
        }
        let ty = self.infer_value(value, None);
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Instance(instance) if instance.class == class && self.is_complete_type(ty) => {
                self.complete_partial(slot, ty);
            }
            TyKind::Any(_) => {
                let filled = pytype_types::fill_with_any(&*self.ctx, class);
                self.complete_partial(slot, filled);
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
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {}
        }
    }

    /// Assigns to something that so far was only ever `None`: its type becomes optional.
    /// Returns the type it then has; `None` while it stays open.
    pub fn complete_partial_none(&mut self, slot: Slot, ty: Ty, target: &Expr) -> Option<Ty> {
        if proper(&*self.ctx, ty).is_none() {
            return None;
        }
        if self.is_complete_type(ty) {
            let ty = pytype_types::remove_last_known_values(&*self.ctx, ty);
            let optional = make_simplified_union(&*self.ctx, [ty, Ty::none()]);
            self.complete_partial(slot, optional);
            return Some(optional);
        }
        if self.start_partial(slot, ty, target.range(), true) {
            return None;
        }
        if let Some((scope, entry)) = self.open_entry(slot)
            && !self.deferred
            && !self.is_permissive(scope)
        {
            let range = entry.range;
            self.needs_annotation(slot, range);
        }
        let fallback = self.inference_fallback(ty);
        if let Some(place) = self.place_of(target) {
            self.binder.put(place, fallback, None, true);
        }
        self.complete_partial(slot, Ty::union([fallback, Ty::none()]));
        None
    }

    /// Whether an inferred type needs no later use to be complete.
    pub fn is_complete_type(&self, ty: Ty) -> bool {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::None => self.options.allow_redefinition,
            TyKind::Never { .. } => false,
            TyKind::Tuple { items, .. } => items.iter().all(is_filled),
            TyKind::Any(_)
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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
            | TyKind::Module(_) => is_filled(ty),
        }
    }

    /// The type a variable keeps after its inference failed: what is unknown becomes `Any`.
    pub fn inference_fallback(&self, ty: Ty) -> Ty {
        let filled = pytype_types::ambiguous_never_to_any(&*self.ctx, ty);
        erase_type_vars(&*self.ctx as &dyn TypeContext, filled)
    }
}

/// Whether no part of the type is the left-over of a failed inference.
fn is_filled(ty: Ty) -> bool {
    !ty.has(TyFlags::HAS_AMBIGUOUS_NEVER | TyFlags::HAS_ERASED | TyFlags::HAS_META)
}
