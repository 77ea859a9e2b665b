//! Function definitions: defaults, decorators, and the walk over a body.

use pytype_declare::{
    DecoratedType, FunctionInfo, FunctionItem, FunctionKind, InferredVariable, MemberKind, Node, signatures,
};
use pytype_index::{DefRef, DefinitionKind, ScopeId};
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{
    AnySource, ClassId, KnownClass, ParamKind, Sig, Ty, TyKind, TypeContext, is_subtype, proper,
};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::binder::{FrameOptions, PlaceKind};
use super::partial_types::Slot;
use super::units::outlives_its_walk;
use crate::calls::{CallArgument, CallSite};
use crate::{Checker, FunctionFrame};

/// A function whose walk needs a type that is not there yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deferred {
    pub definition: DefRef,
    pub classes: Vec<ClassId>,
    pub scopes: Vec<ScopeId>,
}

impl Checker<'_> {
    /// A `def` among the statements of a level. Its defaults and decorators belong to the level;
    /// its body is walked here only when it stands in a function, or defines attributes.
    pub(super) fn check_function_statement(&mut self, statement: &ast::StmtFunctionDef) {
        let Some(definition) = self.definition_at(statement.range()) else { return };
        let Some(item) = self.function_item(definition) else { return };
        self.reached.push(definition);
        if !item.is_overload {
            let info = signatures::function_info(self.ctx.db, self.first_definition(definition));
            if info.is_redefinition() {
                self.report_undefined_decorators(statement);
            }
            if self.is_left_out(info, definition) {
                // Nobody looks into it.
                self.method_findings.insert(definition, Vec::new());
                return;
            }
            if info.is_redefinition() {
                // Its body is checked like any other, but neither defaults nor decorators.
                return;
            }
        }
        if item.no_type_check {
            self.set_decorated(definition, Ty::any(AnySource::SpecialForm));
            return;
        }
        self.check_defaults(statement, &item);
        let nested = !self.functions.is_empty();
        if nested {
            let deferred = self.deferred;
            self.walk_function(definition, statement, &item);
            self.deferred = deferred;
        } else if self.is_interface_method(definition) {
            self.walk_interface_method(definition, statement, &item);
        }
        statement.decorator_list.iter().for_each(|decorator| self.check_transform_arguments(decorator));
        self.apply_decorators(definition, statement, &item);
        self.check_property_parameters(statement, &item);
        self.check_function_variant(definition, statement, &item);
    }

    /// The declared facts of one `def`.
    pub fn function_item(&self, definition: DefRef) -> Option<FunctionItem> {
        let own = |at: DefRef| {
            let info = signatures::function_info(self.ctx.db, at);
            info.items.iter().find(|item| item.definition == definition).cloned()
        };
        own(self.first_definition(definition)).or_else(|| own(definition))
    }

    /// The first definition of the symbol that `definition` belongs to: its identity.
    pub fn first_definition(&self, definition: DefRef) -> DefRef {
        let db = self.ctx.db;
        let own = pytype_index::definition(db, definition.file, definition.id);
        let scope = pytype_index::scope(db, definition.file, own.scope);
        match scope.symbols.get(own.name).and_then(|symbol| symbol.definitions.first()) {
            Some(first) => DefRef { file: definition.file, id: *first },
            None => definition,
        }
    }

    /// Whether mypy does not look into a function because of what stands beside it. The last of functions that
    /// only define a name again is looked at as a body of the module or class alone: not within a function, and not
    /// where it would define attributes.
    pub fn is_left_out(&self, info: &FunctionInfo, definition: DefRef) -> bool {
        info.leaves_out(definition)
            || info.is_redefinition() && (definition.id.unit != 0 || self.is_interface_method(definition))
    }

    /// Whether a function of the interface must be walked with it: it gives types to attributes
    /// or to module variables.
    fn is_interface_method(&self, definition: DefRef) -> bool {
        let found = pytype_index::definition(self.ctx.db, definition.file, definition.id);
        let DefinitionKind::Function { self_attributes, .. } = &found.kind else { return false };
        if found.flags.contains(pytype_index::DefinitionFlags::ASSIGNS_GLOBALS) {
            return true;
        }
        let Some(class) = self.classes.last() else { return !self_attributes.is_empty() };
        self_attributes
            .iter()
            .any(|attribute| self.ctx.is_defined_with_class(*class, attribute.name, definition))
    }

    /// Walks a method that defines attributes; its findings are kept for the file's assembly. If
    /// it read what is not inferred yet, it is walked again later.
    fn walk_interface_method(
        &mut self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
    ) {
        self.must_walk_again = false;
        let first = self.defined.len();
        let ((), found) = self.capturing(|c| c.walk_function(definition, statement, item));
        self.deferred = false;
        if std::mem::replace(&mut self.must_walk_again, false) {
            // The next walk infers what this one did anew.
            self.half_known.extend(self.defined.drain(first..));
            self.method_findings.insert(definition, found.into_iter().filter(outlives_its_walk).collect());
            let again = Deferred { definition, classes: self.classes.clone(), scopes: self.scopes.clone() };
            self.deferred_functions.push(again);
            return;
        }
        self.method_findings.insert(definition, found);
    }

    /// A later pass over a deferred method.
    pub fn walk_deferred(&mut self, deferred: &Deferred) {
        let syntax = pytype_index::interface_syntax(self.ctx.db, self.file);
        let Some(statement) = syntax.function(deferred.definition.id) else { return };
        let Some(item) = self.function_item(deferred.definition) else { return };
        self.classes.clone_from(&deferred.classes);
        self.scopes.clone_from(&deferred.scopes);
        self.walk_interface_method(deferred.definition, statement, &item);
    }

    /// Walks a body with the given signature, once for each combination of the values of its
    /// constrained type variables.
    pub fn walk_function(
        &mut self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
    ) {
        let Some(signature) = item.signature.as_callable() else { return };
        let expansions = self.value_expansions(signature);
        // Within an expansion of an enclosing function, its type variables have their values.
        let declared = self.specialised(item.signature);
        let signature = declared.as_callable().unwrap_or(signature);
        let outer_substitution = self.value_substitution.take();
        let several = expansions.len() > 1;
        if several && self.functions.is_empty() {
            // What a walk before this one found out about local variables does not count.
            self.definers.retain(|slot, _| !matches!(slot, Slot::Variable(variable) if is_local(variable)));
            self.ctx.local.variables.borrow_mut().retain(|variable, _| !is_local(variable));
        }
        let before = several.then(|| (self.definers.clone(), self.ctx.local.variables.borrow().clone()));
        let outer_attributes =
            std::mem::replace(&mut self.inferred_attributes, several.then(Default::default));
        for expansion in expansions {
            let signature = match &expansion {
                Some(substitution) => pytype_types::expand_type(&*self.ctx, declared, substitution)
                    .as_callable()
                    .unwrap_or(signature),
                None => signature,
            };
            // Each time the local variables get their types anew.
            if let Some((definers, variables)) = &before {
                self.definers.retain(|slot, _| match slot {
                    Slot::Attribute { .. } => true,
                    Slot::Variable(variable) => !is_local(variable) || definers.contains_key(slot),
                });
                let mut known = self.ctx.local.variables.borrow_mut();
                known.retain(|variable, _| !is_local(variable) || variables.contains_key(variable));
            }
            self.value_substitution = match (expansion, &outer_substitution) {
                (Some(mut own), Some(outer)) => {
                    outer.iter().for_each(|(id, ty)| own.insert(id, ty));
                    Some(own)
                }
                (own, outer) => own.or_else(|| outer.clone()),
            };
            self.walk_body(definition, statement, item, signature, several);
        }
        self.inferred_attributes = outer_attributes;
        self.value_substitution = outer_substitution;
    }

    fn walk_body(
        &mut self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
        signature: Sig,
        several: bool,
    ) {
        let Some(scope) = self.function_scope(definition) else { return };
        let frame = self.function_frame(definition, statement, scope, signature);
        let top = FrameOptions { can_skip: true, fall_through: 0, ..FrameOptions::default() };
        let line = statement.range().start();
        let (unreachable, frame) = self.with_fresh_binder(|c, outer| {
            let inherited: Vec<_> = outer.known_variables(&c.binder);
            c.enter_partial_scope(true);
            c.functions.push(frame);
            c.scopes.push(scope);
            let unreachable = c.in_frame_with(top, |c| {
                c.inherit_narrowing(inherited, line);
                c.bind_parameters(statement, scope, signature);
                if several || is_empty_generator(statement) {
                    c.binder.suppress_unreachable_warnings();
                }
                c.check_block(&statement.body);
                c.binder.is_unreachable()
            });
            c.scopes.pop();
            c.leave_partial_scope();
            (unreachable, c.functions.pop())
        });
        if let Some(frame) = frame
            && !unreachable
        {
            self.check_end_of_body(statement, item, &frame);
        }
    }

    /// Runs `body` as that of a nested function that begins at `start`.
    pub(crate) fn in_nested_binder<R>(
        &mut self,
        start: ruff_text_size::TextSize,
        body: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.with_fresh_binder(|c, outer| {
            let inherited: Vec<_> = outer.known_variables(&c.binder);
            let unreachable = outer.is_unreachable();
            let only_variables = outer.knows_only_variables(&c.binder);
            c.in_frame(|c| {
                if !c.inherit_narrowing(inherited, start) || !only_variables {
                    c.enter_epoch(("nested", start));
                }
                if unreachable {
                    c.binder.unreachable();
                }
                body(c)
            })
        })
    }

    /// What an enclosing function knows of its variables holds in a nested one too, if nothing
    /// assigns them afterwards. Says whether that is all of them.
    fn inherit_narrowing(
        &mut self,
        known: Vec<(PlaceKind, super::binder::Current, Option<Ty>)>,
        line: ruff_text_size::TextSize,
    ) -> bool {
        let mut all = true;
        for (kind, current, declared) in known {
            let PlaceKind::Name(Node::Variable(variable)) = kind else {
                all = false;
                continue;
            };
            if self.is_assigned_after(variable, line) {
                all = false;
                continue;
            }
            let place = self.name_place(Node::Variable(variable));
            self.binder.put(place, current.ty, declared, current.from_assignment);
            self.binder.set_guarded(place, current.guarded);
        }
        all
    }

    fn function_frame(
        &self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        scope: ScopeId,
        signature: Sig,
    ) -> FunctionFrame {
        let db = self.ctx.db;
        let own = pytype_index::definition(db, definition.file, definition.id);
        let is_generator = own.flags.contains(pytype_index::DefinitionFlags::GENERATOR);
        let is_async = statement.is_async;
        let declared = signature.ret;
        let class = self.classes.last().copied().filter(|_| self.is_method_scope(own.scope));
        let first = statement.parameters.posonlyargs.iter().chain(&statement.parameters.args).next();
        // `__new__` is static, and its first parameter the class.
        let is_static =
            signature.flags.contains(pytype_types::SigFlags::STATIC_METHOD) && own.name != "__new__";
        let self_parameter = first
            .filter(|_| class.is_some() && !is_static)
            .and_then(|p| self.parameter_in(scope, Name::of(&p.parameter.name)));
        FunctionFrame {
            definition: Some(definition),
            signature: Some(signature),
            return_type: self.returned_type(declared, is_async, is_generator),
            yield_type: is_generator.then(|| self.generator_yield_type(declared, is_async)),
            send_type: is_generator.then(|| self.generator_send_type(declared, is_async)),
            declared_return: declared,
            is_async,
            is_generator,
            is_lambda: false,
            is_dynamic: signature.flags.contains(pytype_types::SigFlags::IMPLICIT),
            class,
            self_parameter,
        }
    }

    /// Whether a scope is a class's body, so that a function in it is a method.
    fn is_method_scope(&self, scope: ScopeId) -> bool {
        let db = self.ctx.db;
        match pytype_index::scope(db, self.file, scope).kind {
            pytype_index::ScopeKind::Class(_) => true,
            pytype_index::ScopeKind::TypeParameters(_) => pytype_index::scope(db, self.file, scope)
                .parent
                .is_some_and(|parent| self.is_method_scope(parent)),
            pytype_index::ScopeKind::Module
            | pytype_index::ScopeKind::Function(_)
            | pytype_index::ScopeKind::Lambda
            | pytype_index::ScopeKind::Comprehension => false,
        }
    }

    /// The parameter called `name` of the function with this scope.
    pub fn parameter_in(&self, scope: ScopeId, name: Name) -> Option<DefRef> {
        let found = pytype_index::scope(self.ctx.db, self.file, scope).symbols.get(name)?;
        found.definitions.first().map(|id| DefRef { file: self.file, id: *id })
    }

    /// What `return` gives, from the declared result.
    pub fn returned_type(&self, declared: Ty, is_async: bool, is_generator: bool) -> Ty {
        match (is_async, is_generator) {
            (false, false) => declared,
            (true, false) => self.coroutine_return_type(declared),
            (_, true) => self.generator_return_type(declared, is_async),
        }
    }

    /// Parameters are variables with the types of the signature, inside: `*args` is a tuple and
    /// `**kwargs` a dictionary.
    fn bind_parameters(&mut self, statement: &ast::StmtFunctionDef, scope: ScopeId, signature: Sig) {
        let names = statement.parameters.iter().map(|p| Name::of(p.name()));
        for (name, param) in names.zip(signature.params.iter()) {
            let Some(definition) = self.parameter_in(scope, name) else { continue };
            let ty = self.parameter_value_type(param.ty, param.kind);
            self.ctx.local.variables.borrow_mut().insert(definition, InferredVariable::Type(ty));
            self.widened.remove(&definition);
            if self.options.allow_redefinition && !self.is_stub {
                self.bind_redefined(definition, ty, ty);
            }
        }
    }

    /// A parameter's type as its variable has it inside of the function.
    pub fn parameter_value_type(&self, ty: Ty, kind: ParamKind) -> Ty {
        match kind {
            ParamKind::Star => match ty.kind() {
                TyKind::ParamSpec(_) => ty,
                TyKind::Unpack(inner) => {
                    if let TyKind::TypeVarTuple(_) = proper(&*self.ctx, *inner).kind() {
                        Ty::tuple([ty], self.known_with(KnownClass::Tuple, [self.ctx.object()]))
                    } else {
                        *inner
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
                | TyKind::TypeVarTuple(_)
                | TyKind::Parameters(_)
                | TyKind::Alias { .. }
                | TyKind::Module(_) => self.known_with(KnownClass::Tuple, [ty]),
            },
            ParamKind::Star2 => match ty.kind() {
                TyKind::ParamSpec(_) => ty,
                TyKind::Unpack(inner) => *inner,
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
                | TyKind::Parameters(_)
                | TyKind::Alias { .. }
                | TyKind::Module(_) => {
                    let text = self.ctx.known_instance(KnownClass::Str);
                    self.known_with(KnownClass::Dict, [text, ty])
                }
            },
            ParamKind::Pos | ParamKind::Opt | ParamKind::Named | ParamKind::NamedOpt => ty,
        }
    }

    /// Default values are checked against their parameters, on the level of the `def`.
    fn check_defaults(&mut self, statement: &ast::StmtFunctionDef, item: &FunctionItem) {
        let Some(signature) = item.signature.as_callable() else { return };
        let trivial = is_trivial_body(&statement.body);
        // Defaults of an unannotated function are as unchecked as its body.
        let is_dynamic = signature.flags.contains(pytype_types::SigFlags::IMPLICIT);
        let mut frame = FunctionFrame::for_lambda(Ty::any(AnySource::SpecialForm));
        frame.is_dynamic = is_dynamic;
        if is_dynamic {
            self.functions.push(frame);
        }
        let with_defaults = statement.parameters.iter().zip(signature.params.iter());
        for (parameter, declared) in with_defaults {
            let Some(default) = parameter.default() else { continue };
            if default.is_ellipsis_literal_expr() && (trivial || self.is_stub) {
                continue;
            }
            // Nothing is said of them, not even that the first is an instance.
            let ty = if is_dynamic { Ty::any(AnySource::Unannotated) } else { declared.ty };
            self.check_default(default, ty);
        }
        if is_dynamic {
            self.functions.pop();
        }
    }

    fn check_default(&mut self, default: &Expr, declared: Ty) {
        let value = super::assignments::Value::Expr(default);
        self.check_simple_assignment(declared, &value);
    }

    // The end of a body.

    /// Falling off the end returns `None`; reports it when that does not fit.
    fn check_end_of_body(
        &mut self,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
        frame: &FunctionFrame,
    ) {
        if self.deferred || self.is_dynamic_frame(frame) {
            return;
        }
        let returns = proper(&*self.ctx, frame.return_type);
        if frame.class.is_some_and(|class| self.is_replaced_method(class, statement)) {
            return;
        }
        let trivial = is_trivial_body(&statement.body);
        let may_be_empty = item.is_abstract
            || self.is_variant(item)
            || self.is_stub
            || self.options.allow_empty_bodies
            || frame.class.is_some_and(|class| self.ctx.class(class).is_protocol());
        if (trivial && (may_be_empty || is_subtype(&*self.ctx, Ty::none(), returns)))
            || self.in_type_checking_block(frame.definition)
        {
            return;
        }
        let code = if trivial { ErrorCode::EmptyBody } else { ErrorCode::Return };
        let place = self.function_line(statement);
        let mut found = match returns.kind() {
            TyKind::None => return,
            TyKind::Any(_) if !returns.is_invalid() => return,
            _ if !self.options.warn_no_return => {
                if is_subtype(&*self.ctx, Ty::none(), returns) {
                    return;
                }
                let code = if trivial { ErrorCode::EmptyBody } else { ErrorCode::ReturnValue };
                Diagnostic::error(code, place, "the end of the function is reached, which returns \"None\"")
            }
            TyKind::Never { .. } => {
                let code = if trivial { ErrorCode::EmptyBody } else { ErrorCode::Misc };
                Diagnostic::error(code, place, "The end of a function that never returns is reached")
            }
            TyKind::Any(_)
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
            | TyKind::Module(_) => {
                let declared = item
                    .signature
                    .as_callable()
                    .map_or(returns, |sig| self.returned_type(sig.ret, frame.is_async, frame.is_generator));
                let shown = pytype_types::describe(&*self.ctx, declared);
                Diagnostic::error(
                    code,
                    place,
                    format!("Not every way through the function returns a \"{shown}\""),
                )
            }
        };
        let abstract_class =
            frame.class.and_then(|class| self.ctx.class(class).metaclass).is_some_and(|metaclass| {
                metaclass.as_instance().is_some_and(|i| self.ctx.class(i.class).has_base_named("abc.ABCMeta"))
            });
        if trivial && abstract_class {
            found = found.with_note("An abstract method needs \"@abstractmethod\"");
        }
        self.report(found);
    }

    /// Whether a function is one of several that the same name stands for, and not what is run.
    fn is_variant(&self, item: &FunctionItem) -> bool {
        let info = signatures::function_info(self.ctx.db, item.definition);
        let implementation = info.implementation.and_then(|at| info.items.get(at));
        info.items.len() > 1
            && !info.is_property()
            && implementation.is_none_or(|found| found.definition != item.definition)
    }

    /// Whether the class has no such method after all: a typed dict has none, and a class transform
    /// may have made its own.
    fn is_replaced_method(&self, class: ClassId, statement: &ast::StmtFunctionDef) -> bool {
        if self.ctx.class(class).flags.contains(pytype_types::ClassFlags::NAMED_TUPLE) {
            return false;
        }
        match self.ctx.members_of(class).get(Name::of(&statement.name)).map(|member| member.kind) {
            Some(MemberKind::Body(_) | MemberKind::SelfAttribute { .. }) => false,
            Some(MemberKind::Synthesized(_)) | None => true,
        }
    }

    fn is_dynamic_frame(&self, frame: &FunctionFrame) -> bool {
        frame.is_dynamic && !self.options.check_untyped_defs
    }

    // Decorators.

    /// Of decorators that nobody applies, what does not depend on types is reported all the same.
    fn report_undefined_decorators(&mut self, statement: &ast::StmtFunctionDef) {
        let ((), found) = self.capturing(|c| {
            for decorator in &statement.decorator_list {
                c.infer(&decorator.expression, None);
            }
        });
        self.report_all(found.into_iter().filter(|f| f.code == Some(ErrorCode::NameDefined)).collect());
    }

    /// Passes the function through its decorators, innermost first.
    fn apply_decorators(
        &mut self,
        definition: DefRef,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
    ) {
        let DecoratedType::Inferred = item.decorated else { return };
        let info = signatures::function_info(self.ctx.db, definition);
        let is_later_part = info.items.first().is_some_and(|first| first.definition != definition);
        if info.is_property() && is_later_part && !item.is_setter {
            // Nobody asks for the type of a deleter, or of what is no part of the property.
            return;
        }
        let Some(first) = statement.decorator_list.first() else { return };
        let whole = first.expression.range();
        let outer = self.expressions.decorated.replace(self.function_line(statement));
        let mut ty = item.signature;
        let skipped = usize::from(item.is_setter);
        let class = self.enclosing_class();
        for decorator in statement.decorator_list.iter().skip(skipped).rev() {
            if self.is_declarative_decorator(&decorator.expression)
                || class.is_some_and(|class| {
                    signatures::is_attrs_field_part(self.ctx.db, class, &decorator.expression)
                })
            {
                continue;
            }
            let callee = self.infer(&decorator.expression, None);
            self.check_untyped_decorator(statement, item, callee, decorator);
            ty = self.apply_decorator(&decorator.expression, callee, ty, whole);
        }
        self.expressions.decorated = outer;
        let ty = self.named_after(ty, statement);
        if self.options.disallow_any_decorated
            && !self.is_stub
            && !self.deferred
            && pytype_types::has_any(&*self.ctx, ty)
        {
            let place = self.function_line(statement);
            self.error(ErrorCode::Misc, place, "The type of the function becomes \"Any\" by its decorators");
        }
        self.set_decorated(definition, ty);
    }

    /// A property is read without arguments: its getter takes nothing but the object.
    fn check_property_parameters(&mut self, statement: &ast::StmtFunctionDef, item: &FunctionItem) {
        if item.kind != FunctionKind::Property || item.is_setter || item.is_deleter {
            return;
        }
        let InferredVariable::Type(ty) = self.ctx.item_type(item) else { return };
        let Some(signature) = proper(&*self.ctx, ty).as_callable() else { return };
        let required = |kind: ParamKind| matches!(kind, ParamKind::Pos | ParamKind::Named);
        if signature.params.iter().filter(|param| required(param.kind)).count() > 1
            && let Some(first) = statement.decorator_list.first()
        {
            let message = "The method of a property takes no parameters but the object";
            self.error(ErrorCode::Misc, first.expression.range(), message);
        }
    }

    /// One decorator called with the function as it is so far. Findings about the call stand at the
    /// first decorator, those about its argument at the decorator itself.
    pub(super) fn apply_decorator(
        &mut self,
        decorator: &Expr,
        callee: Ty,
        function: Ty,
        whole: TextRange,
    ) -> Ty {
        let mut callable_name = self.reference_name(decorator);
        let mut object = None;
        if let (None, Expr::Attribute(attribute)) = (callable_name, decorator)
            && let Some(ty) = self.lookup_type(&attribute.value)
        {
            callable_name = self.method_fullname(ty, Name::of(&attribute.attr));
            object = Some(proper(&*self.ctx, ty));
        }
        let site = CallSite { callable_name, object, ..CallSite::at(whole) };
        let arguments = [CallArgument::of_type(function, decorator.range())];
        self.expecting(None, |c| c.check_call(callee, &arguments, site).result)
    }

    fn set_decorated(&mut self, definition: DefRef, ty: Ty) {
        self.ctx.local.decorated.borrow_mut().insert(definition, InferredVariable::Type(ty));
    }

    /// A decorated function shows under its own name.
    fn named_after(&self, ty: Ty, statement: &ast::StmtFunctionDef) -> Ty {
        if let TyKind::Callable(sig) = proper(&*self.ctx, ty).kind()
            && sig.name.is_none()
            && !sig.is_type_object()
        {
            let mut named = sig.get().clone();
            named.name = Some(Name::of(&statement.name));
            named.into_ty()
        } else {
            ty
        }
    }

    fn check_untyped_decorator(
        &mut self,
        statement: &ast::StmtFunctionDef,
        item: &FunctionItem,
        callee: Ty,
        decorator: &ast::Decorator,
    ) {
        if !self.options.disallow_untyped_decorators || self.deferred {
            return;
        }
        let typed = item.signature.as_callable().is_some_and(|sig| {
            !sig.flags.contains(pytype_types::SigFlags::IMPLICIT) && is_typed_signature(&sig)
        });
        if typed && self.is_untyped_decorator(callee) {
            self.error(
                ErrorCode::UntypedDecorator,
                decorator.expression.range(),
                format!("The decorator has no types, so \"{}\" loses its own", statement.name),
            );
        }
    }

    fn is_untyped_decorator(&self, callee: Ty) -> bool {
        let callee = proper(&*self.ctx, callee);
        match callee.kind() {
            TyKind::Callable(sig) => !is_typed_signature(sig),
            TyKind::Overloaded(items) => items.iter().any(|item| self.is_untyped_decorator(item)),
            TyKind::Instance(_) => match self.ctx.member(callee, name!("__call__"), callee) {
                Some(call) => self.is_untyped_decorator(call.ty),
                None => false,
            },
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => true,
        }
    }
}

/// Whether any part of the signature was annotated.
fn is_typed_signature(sig: &Sig) -> bool {
    let unannotated = |ty: Ty| matches!(ty.kind(), TyKind::Any(AnySource::Unannotated));
    !(sig.params.iter().all(|p| unannotated(p.ty)) && unannotated(sig.ret))
}

/// A body that says nothing: a docstring, `pass`, `...` or `raise NotImplementedError`.
pub fn is_trivial_body(body: &[Stmt]) -> bool {
    let body = match body {
        [Stmt::Expr(first), rest @ ..] if first.value.is_string_literal_expr() => rest,
        _ => body,
    };
    match body {
        [] => true,
        [Stmt::Pass(_)] => true,
        [Stmt::Expr(only)] => only.value.is_ellipsis_literal_expr(),
        [Stmt::Raise(raise)] => {
            let raised = match raise.exc.as_deref() {
                Some(Expr::Call(call)) => Some(&*call.func),
                other => other,
            };
            matches!(raised, Some(Expr::Name(name)) if name.id == "NotImplementedError")
        }
        _ => false,
    }
}

/// A body of `return; yield` and nothing else: the `yield` only makes it a generator.
fn is_empty_generator(statement: &ast::StmtFunctionDef) -> bool {
    let [Stmt::Return(returned), Stmt::Expr(second)] = statement.body.as_slice() else { return false };
    let Expr::Yield(yielded) = &*second.value else { return false };
    let is_none = |value: Option<&Expr>| value.is_none_or(Expr::is_none_literal_expr);
    is_none(returned.value.as_deref()) && is_none(yielded.value.as_deref())
}

/// Whether a variable is one of a function's.
fn is_local(variable: &DefRef) -> bool {
    variable.id.unit != pytype_index::ScopeId::MODULE.unit
}
