//! What an assignment target takes, and what a place gives when it is read.

use pytype_declare::annotations::{self, AnnotationOptions};
use pytype_declare::{Node, variables};
use pytype_index::{DefRef, Truth};
use pytype_source::{Diagnostic, ErrorCode, Name, name};
use pytype_types::{AnySource, Attribute, Ty, TyKind, is_subtype, proper};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::assignments::Value;
use super::binder::PlaceKind;
use crate::Checker;
use crate::calls::CallArgument;
use crate::expressions::{InferMode, MemberUse};

impl Checker<'_> {
    /// Infers where an `Any` is fine, whatever `--disallow-any-expr` says.
    pub(super) fn infer_allowing_any(&mut self, expr: &Expr, expected: Option<Ty>, allow: bool) -> Ty {
        let mode = InferMode { always_allow_any: allow, ..InferMode::default() };
        self.infer_with(expr, expected, mode)
    }

    /// Reports a value that does not fit; returns whether it does.
    pub fn check_assignable(&mut self, ty: Ty, wanted: Ty, range: TextRange, code: ErrorCode) -> bool {
        self.check_assignable_at(ty, wanted, range, None, code)
    }

    /// The same; `origin` is the statement, on whose lines a suppression counts as well.
    pub fn check_assignable_at(
        &mut self,
        ty: Ty,
        wanted: Ty,
        range: TextRange,
        origin: Option<TextRange>,
        code: ErrorCode,
    ) -> bool {
        if is_subtype(&*self.ctx, ty, wanted) {
            return true;
        }
        let (given, expected) = pytype_types::describe_two(&*self.ctx, ty, wanted);
        let mut found = Diagnostic::error(
            code,
            range,
            format!("A value of type \"{given}\" does not fit the expected type \"{expected}\""),
        );
        found.origin = origin;
        self.report(found);
        false
    }

    // Attributes.

    /// The type that may be assigned to `object.attribute`.
    pub(super) fn attribute_target_type(&mut self, attribute: &ast::ExprAttribute, value: &Value<'_>) -> Ty {
        let object = self.infer(&attribute.value, None);
        let value = match value {
            Value::Expr(expr) => CallArgument::of(expr),
            Value::Typed(ty, range) => CallArgument::of_type(*ty, *range),
        };
        let found = self.assigned_attribute(object, attribute, value);
        found.set_ty.unwrap_or(found.ty)
    }

    /// The type of reading `object.attribute`, without narrowing.
    pub(super) fn attribute_read_type(&mut self, attribute: &ast::ExprAttribute) -> Ty {
        let object = self.infer(&attribute.value, None);
        self.member(object, Name::of(&attribute.attr), attribute.range, MemberUse::default())
    }

    /// An attribute of a value, if it has it.
    pub(crate) fn attribute_of_type(&mut self, object: Ty, name: Name) -> Option<Ty> {
        let found = self.find_member(object, name, TextRange::default(), MemberUse::default());
        found.ok().map(|attribute: Attribute| attribute.ty)
    }

    /// A name that is no variable, as the target of an assignment.
    pub(super) fn infer_target_name(&mut self, name: &ast::ExprName) -> Ty {
        let Some(binding) = self.resolve_name(Name::of(name)) else { return Ty::any(AnySource::Error) };
        match binding.node {
            Node::Class(_) => {
                self.error(
                    ErrorCode::Misc,
                    name.range,
                    format!("\"{}\" is a class and cannot be assigned", name.id),
                );
                self.binding_type(binding, name.range)
            }
            // That an alias cannot be assigned again is said already.
            Node::Alias(alias) => self.alias_value(alias, name.range, true),
            Node::Function(_) | Node::Module(_) | Node::NamespaceModule(_) => {
                self.binding_type(binding, name.range)
            }
            Node::Implicit(name) => self.ctx.implicit_type(name),
            Node::TypeVariable(_) | Node::Unknown(_) | Node::Variable(_) => Ty::any(AnySource::SpecialForm),
        }
    }

    // Items.

    /// `object[key] = value`; returns the result of `__setitem__`.
    pub(super) fn check_set_item(&mut self, object: Ty, item: &ast::ExprSubscript, value: &Value<'_>) -> Ty {
        let argument = match value {
            Value::Expr(expr) => CallArgument::of(expr),
            Value::Typed(ty, range) => CallArgument::of_type(*ty, *range),
        };
        let arguments = [CallArgument::of(&item.slice), argument];
        let object = self.proper(object);
        let name = name!("__setitem__");
        let method = self.item_setter(object, item);
        self.check_method_type(object, name, method, &arguments, value.range()).result
    }

    /// `__setitem__` of what has the item; that of a typed dict depends on the key.
    fn item_setter(&mut self, object: Ty, item: &ast::ExprSubscript) -> Ty {
        if let TyKind::TypedDict(dict) = object.kind() {
            return self.typed_dict_setter(object, dict, item);
        }
        let is_typed_dict = |ty: Ty| {
            let mut ty = proper(&*self.ctx, ty);
            if let TyKind::TypeVar(variable) = ty.kind() {
                ty = proper(&*self.ctx, self.type_var_info(variable).bound);
            }
            matches!(ty.kind(), TyKind::TypedDict(_))
        };
        if let TyKind::Union(items) = object.kind()
            && items.iter().any(is_typed_dict)
        {
            let mut setters = Vec::with_capacity(items.len());
            for ty in items.iter() {
                let ty = self.proper(ty);
                setters.push(self.item_setter(ty, item));
            }
            return pytype_types::make_simplified_union(&*self.ctx, setters);
        }
        if let TyKind::TypeVar(variable) = object.kind() {
            let bound = self.proper(self.type_var_info(variable).bound);
            if let TyKind::TypedDict(_) | TyKind::Union(_) = bound.kind() {
                return self.item_setter(bound, item);
            }
        }
        self.member(object, name!("__setitem__"), item.range, MemberUse::default())
    }

    /// `del object[key]`.
    pub(super) fn check_delete_item(&mut self, object: Ty, item: &ast::ExprSubscript) {
        let arguments = [CallArgument::of(&item.slice)];
        let name = name!("__delitem__");
        self.check_method(object, name, &arguments, item.range, MemberUse::default());
        if self.options.disallow_untyped_calls {
            let (method, _) = self.capturing(|c| c.member(object, name, item.range, MemberUse::default()));
            self.check_untyped_call(method, item.range, None, Some((object, name)));
        }
    }

    /// The item of a typed dict under a key.
    pub(super) fn typed_dict_item(&mut self, object: Ty, key: &Expr) -> Ty {
        let TyKind::TypedDict(dict) = proper(&*self.ctx, object).kind() else {
            return Ty::any(AnySource::Error);
        };
        self.index_typed_dict(object, dict, key, false).0
    }

    // Calls.

    /// Calls a special method with arguments of these types.
    pub(super) fn call_special(
        &mut self,
        object: Ty,
        method: &str,
        arguments: &[Ty],
        range: TextRange,
    ) -> Ty {
        let arguments: Vec<CallArgument<'_>> =
            arguments.iter().map(|ty| CallArgument::of_type(*ty, range)).collect();
        let using = MemberUse { is_operator: true, ..MemberUse::default() };
        self.check_method(object, Name::new(method), &arguments, range, using).result
    }

    /// What `await` gives.
    pub(super) fn awaited(&mut self, ty: Ty, range: TextRange) -> Ty {
        self.check_awaitable(ty, range, ErrorCode::Misc, "The value cannot be awaited")
    }

    /// The item type of a value, if it can be iterated over.
    pub(super) fn item_type_if_iterable(&mut self, ty: Ty, range: TextRange) -> Option<Ty> {
        let (item, found) = self.capturing(|c| c.iterated_item(ty, range));
        (!Self::has_errors(&found)).then_some(item)
    }

    // Operators.

    /// `target op value`.
    pub(super) fn check_binary_operation(
        &mut self,
        target: Ty,
        op: ast::Operator,
        value: &Expr,
        range: TextRange,
    ) -> Ty {
        let place = TextRange::empty(range.start());
        self.binary_operation(op, target, CallArgument::of_type(target, place), value, range)
    }

    /// The in-place method that `target op= value` uses, if the target has one.
    pub(super) fn in_place_method(&self, target: Ty, op: ast::Operator) -> Option<String> {
        let method = format!("__i{}", &crate::expressions::binary_method(op)[2..]);
        let target = proper(&*self.ctx, target);
        let has = |ty: Ty| match ty.kind() {
            TyKind::Instance(instance) => self.ctx.has_member(instance.class, &method),
            TyKind::TypedDict(dict) => {
                dict.fallback.as_instance().is_some_and(|i| self.ctx.has_member(i.class, &method))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
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
        };
        has(target).then_some(method)
    }

    pub(super) fn check_operator_method(
        &mut self,
        method: &str,
        target: Ty,
        value: &Expr,
        range: TextRange,
    ) -> Ty {
        self.check_op(method, target, CallArgument::of(value), range, false).result
    }

    // Variables.

    /// `name := value`.
    pub(crate) fn assign_walrus(&mut self, named: &ast::ExprNamed, value: Ty) {
        self.walrus_count = self.walrus_count.wrapping_add(1);
        let slot = if named.target.is_name_expr() { self.slot_of(&named.target) } else { None };
        let wanted = slot.and_then(|slot| self.slot_type(slot));
        // mypy infers the value once more for what the name holds: that tells what to report of it.
        let misfits = wanted.is_some_and(|wanted| !self.is_subtype(value, wanted));
        let given = match misfits {
            true => Value::Expr(&named.value),
            false => Value::Typed(value, named.value.range()),
        };
        self.assign(&named.target, &given, true);
        // What is still open says nothing of the name.
        if named.target.is_name_expr() {
            let known = match value.has(pytype_types::TyFlags::HAS_NEVER) {
                true => self.slot_of(&named.target).and_then(|slot| self.slot_type(slot)),
                false => Some(value),
            };
            match known {
                Some(ty) => self.expression_types.insert(named.target.range(), ty),
                None => self.expression_types.remove(&named.target.range()),
            };
        }
        self.check_final_assignment(&named.target, true);
    }

    // Definitions that are no values.

    /// Whether the assignment defines a class, alias or type variable rather than a variable.
    pub(super) fn is_special_definition(&mut self, assign: &ast::StmtAssign) -> bool {
        let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
        let Some(definition) = self.definition_at(name.range) else { return false };
        let first = self.first_definition(definition);
        if first != definition {
            use pytype_declare::names::AssignmentMeaning;
            // A class cannot be defined anew, but is no value of the variable either.
            return matches!(
                pytype_declare::names::classify_any_assignment(self.ctx.db, definition),
                AssignmentMeaning::NewType
                    | AssignmentMeaning::NamedTuple { .. }
                    | AssignmentMeaning::TypedDict
                    | AssignmentMeaning::Enum
            );
        }
        let node = pytype_declare::names::binding_of(self.ctx.db, definition).map(|b| b.node);
        matches!(node, Some(Node::Class(_) | Node::Alias(_) | Node::TypeVariable(_)))
    }

    /// The value of such a definition is looked at for its own findings only where mypy does.
    pub(super) fn check_special_definition(&mut self, assign: &ast::StmtAssign) {
        if self.is_stub {
            return;
        }
        let [Expr::Name(name)] = assign.targets.as_slice() else { return };
        let node = self.resolve_name(Name::of(name)).map(|b| b.node);
        // The stub says what arguments `namedtuple` takes.
        if let (Some(Node::Class(_)), Expr::Call(call)) = (node, &*assign.value)
            && self.refers_to(&call.func, "collections.namedtuple")
        {
            self.infer(&assign.value, None);
        }
        // An enum whose members are not written down: the argument is a value like any other.
        if let (Some(Node::Class(class)), Expr::Call(call)) = (node, &*assign.value)
            && self.class_info(class).is_enum()
            && let Some(members @ Expr::Name(_)) = call.arguments.args.get(1)
        {
            self.infer(members, None);
        }
        if let Some(Node::Alias(_)) = node {
            let (ty, _) = self.capturing(|c| c.infer(&assign.value, None));
            self.expression_types.insert(name.range, ty);
        }
    }

    /// Whether a `# type:` comment declares the targets of the statement.
    pub(super) fn has_type_comment(&self, assign: &ast::StmtAssign) -> bool {
        let syntax = pytype_index::syntax_of_unit(self.ctx.db, self.file, self.scope().unit);
        syntax.assignment_comment(assign.end()).is_some()
    }

    /// What is wrong with the annotation of a variable is found with the declaration; that of an
    /// attribute belongs to no definition and is looked at here.
    pub(super) fn check_annotation_statement(&mut self, assign: &ast::StmtAnnAssign) {
        if let Expr::Attribute(attribute) = &*assign.target {
            self.infer(&attribute.value, None);
            let scope = annotations::AnnotationScope::within(self.ctx.db, self.file, self.scope());
            let options = AnnotationOptions::ALLOW_FINAL | AnnotationOptions::ALLOW_CLASS_VAR;
            let mut findings = annotations::Findings::default();
            annotations::analyze_qualified(&self.ctx, &scope, &assign.annotation, options, &mut findings);
            let mut found = findings.diagnostics;
            annotations::run_late_checks(&self.ctx, &findings.checks, &mut found);
            self.report_all(found);
        }
    }

    /// `x: T` alone: nothing is known of the value from here on.
    pub(super) fn declare_without_value(&mut self, assign: &ast::StmtAnnAssign) {
        if self.is_redefinition(assign) {
            return;
        }
        if let Some(place) = self.place_of(&assign.target)
            && !matches!(self.binder.kind(place), PlaceKind::Value(_))
        {
            self.binder.cleanse(place);
        }
        let unknown = super::assignments::Value::Typed(self.any(), assign.target.range());
        self.check_base_declarations(&assign.target, &unknown);
    }

    /// `X: TypeAlias = ...`.
    pub(super) fn is_alias_declaration(&mut self, assign: &ast::StmtAnnAssign) -> bool {
        let Expr::Name(name) = &*assign.target else { return false };
        matches!(self.resolve_name(Name::of(name)).map(|b| b.node), Some(Node::Alias(_)))
    }

    /// Whether the name that is annotated here is defined before, in the same scope.
    pub(super) fn is_redefinition(&mut self, assign: &ast::StmtAnnAssign) -> bool {
        if self.options.allow_redefinition {
            return false;
        }
        let Expr::Name(name) = &*assign.target else { return false };
        let definition = self.definition_at(name.range);
        definition.is_some_and(|definition| self.first_definition(definition) != definition)
    }

    /// `x: Final = ...` and `x: ClassVar = ...` declare no type.
    pub(super) fn is_bare_qualifier(&mut self, assign: &ast::StmtAnnAssign) -> bool {
        match &*assign.target {
            Expr::Name(name) => match self.resolve_name(Name::of(name)).map(|b| b.node) {
                Some(Node::Variable(variable)) => {
                    variables::variable_info(self.ctx.db, variable).declared.is_none()
                }
                _ => true,
            },
            _ => self.fullname_of(&assign.annotation).is_some_and(|name| {
                matches!(name.as_str(), "typing.Final" | "typing_extensions.Final" | "typing.ClassVar")
            }),
        }
    }

    /// `Final` or `Final[T]`, inside of `Annotated` or `ClassVar` too.
    pub(super) fn is_final_annotation(&mut self, annotation: &Expr) -> bool {
        let (head, argument) = match annotation {
            Expr::Subscript(subscript) => (&*subscript.value, Some(&*subscript.slice)),
            other => (other, None),
        };
        let Some(name) = self.fullname_of(head) else { return false };
        match name.as_str() {
            "typing.Final" | "typing_extensions.Final" => true,
            "typing.ClassVar" => argument.is_some_and(|inner| self.is_final_annotation(inner)),
            "typing.Annotated" | "typing_extensions.Annotated" => match argument {
                Some(Expr::Tuple(items)) => {
                    items.elts.first().is_some_and(|first| self.is_final_annotation(first))
                }
                Some(_) | None => false,
            },
            _ => false,
        }
    }

    /// `type X = ...`: its value is a type; what is wrong with it is found with the declaration.
    pub(super) fn check_type_alias_statement(&mut self, _alias: &ast::StmtTypeAlias) {}

    /// Imports bind names; what they lack is found when the file's imports are checked. Told here is
    /// what is deprecated, and what does not fit the name's first definition.
    pub(super) fn check_import_statement(&mut self, statement: &Stmt) {
        self.check_repeated_imports(statement);
        let Stmt::ImportFrom(import) = statement else { return };
        for alias in &import.names {
            let name = Name::of(&alias.name);
            if let Some(binding) = self.ctx.lookup(self.file, pytype_index::ScopeId::MODULE, name, None) {
                self.report_deprecated_use(binding, import.range);
            }
        }
    }

    /// What is known of a condition from the platform, the version and `TYPE_CHECKING`.
    pub(crate) fn condition_truth(&self, test: &Expr) -> Truth {
        pytype_index::truth_of(test, self.options)
    }

    /// Whether the function stands in a block that only the type checker sees.
    pub(super) fn in_type_checking_block(&self, definition: Option<DefRef>) -> bool {
        definition.is_some_and(|definition| {
            let found = pytype_index::definition(self.ctx.db, definition.file, definition.id);
            found.flags.contains(pytype_index::DefinitionFlags::TYPE_CHECKING_ONLY)
        })
    }
}
