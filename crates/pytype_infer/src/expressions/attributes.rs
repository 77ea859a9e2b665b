//! Attribute access, and the reporting of what member lookup finds wrong.

use std::cell::RefCell;
use std::rc::Rc;

use pytype_declare::member_lookup::{self, CallChecker, MemberAccess, MemberError, MemberProblem};
use pytype_declare::{Context, Node};
use pytype_source::{ErrorCode, Name};
use pytype_types::{AnySource, Attribute, AttributeFlags, ClassId, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use super::operators::operator_symbol;
use crate::Checker;
use crate::calls::{CallArgument, CallSite};

/// How a member is looked up, beyond its object and name.
#[derive(Clone, Copy, Default, Debug)]
pub struct MemberUse {
    pub is_lvalue: bool,
    pub is_super: bool,
    /// The class to look in, with `is_super`.
    pub super_of: Option<pytype_types::ClassId>,
    /// An operator or another implicit use: looked up on the class.
    pub is_operator: bool,
    /// The type that findings speak of when it is not the object's own (a union, a bound).
    pub original: Option<Ty>,
    /// What `self` is bound to when it is not the object.
    pub self_type: Option<Ty>,
    /// See [`MemberAccess::through_self`].
    pub through_self: bool,
}

impl Checker<'_> {
    pub(crate) fn infer_attribute(&mut self, expr: &Expr, attribute: &ast::ExprAttribute) -> Ty {
        if let Some(ty) = self.infer_super_member(attribute) {
            return ty;
        }
        if let Some(binding) = self.reference(expr) {
            let ty = self.binding_type(binding, attribute.range);
            let ty = self.narrow_reference(expr, ty);
            self.report_deprecated_use(binding, attribute.range);
            return ty;
        }
        if let Some(slot) = self.partial_slot_of(expr) {
            self.infer(&attribute.value, None);
            let ty = self.read_partial_slot(slot, attribute.range);
            return self.narrow_reference(expr, ty);
        }
        let is_callee = self.expressions.is_callee;
        let mode = super::InferMode { is_callee, ..Default::default() };
        let mut object = self.infer_with(&attribute.value, None, mode);
        if self.is_declared_type_object(&attribute.value, object) {
            object = Ty::new(TyKind::Type(Ty::any(AnySource::Explicit)));
        }
        let name = Name::of(&attribute.attr);
        if matches!(object.kind(), TyKind::Module(_))
            && let Some(found) = self.attribute_found_on_module(&attribute.value, name)
        {
            return found;
        }
        if matches!(object.kind(), TyKind::Module(_)) && !self.names_module(&attribute.value) {
            return self.any();
        }
        let mut ty = self.member_of_expression(object, attribute, MemberUse::default(), None).ty;
        if ty.is_any() {
            ty = self.refined_array_value(object, attribute, ty);
        }
        self.narrow_reference(expr, ty)
    }

    /// Whether an expression that is a module names it: a name, a module's member, an attribute of
    /// a class or, in an annotated method itself, of `self`. Elsewhere a module is a value of type `ModuleType`,
    /// which has all attributes.
    fn names_module(&mut self, expr: &Expr) -> bool {
        let Expr::Attribute(attribute) = expr else { return expr.is_name_expr() };
        let object = self.infer(&attribute.value, None);
        if matches!(object.kind(), TyKind::Module(_)) || self.is_class_object(object) {
            return true;
        }
        let innermost = self.functions.iter().rfind(|function| !function.is_lambda);
        let innermost = innermost.filter(|function| !function.is_dynamic);
        let Some(own) = innermost.and_then(|function| function.self_parameter) else { return false };
        self.named_variable(&attribute.value) == Some(own)
    }

    /// Whether the name `expr` is declared as `type`, which means `type[Any]` for `assert_type`
    /// (the typing specification, "Special types"). Elsewhere a `type` has the attributes of that
    /// class only: as in mypy, and that is what finds misspelt names.
    fn is_declared_type_object(&mut self, expr: &Expr, object: Ty) -> bool {
        let Expr::Name(name) = expr else { return false };
        if !self.expressions.asserting_type || !object.is_instance_of("builtins.type") {
            return false;
        }
        let binding = self.resolve_name(Name::of(name));
        matches!(binding.map(|binding| binding.node), Some(Node::Variable(variable))
            if pytype_declare::variables::variable_info(self.ctx.db, variable).declared == Some(object))
    }

    /// The type of reading `object.name`; what is wrong is reported at `range`.
    pub fn member(&mut self, object: Ty, name: Name, range: TextRange, using: MemberUse) -> Ty {
        self.member_attribute(object, name, range, using).ty
    }

    /// The attribute `object.name`; what is wrong with using it so is reported at `range`.
    pub fn member_attribute(
        &mut self,
        object: Ty,
        name: Name,
        range: TextRange,
        using: MemberUse,
    ) -> Attribute {
        let found = self.find_member(object, name, range, using);
        self.reported_member(found, object, name, range, using)
    }

    /// The attribute `object.name` as the target of an assignment of `value`; what is wrong is
    /// reported at `range`.
    pub(crate) fn assigned_attribute(
        &mut self,
        object: Ty,
        target: &ast::ExprAttribute,
        value: CallArgument<'_>,
    ) -> Attribute {
        let using = MemberUse { is_lvalue: true, ..MemberUse::default() };
        self.member_of_expression(object, target, using, Some(value))
    }

    /// The attribute that is written here, of an `object` with the type of the expression before the dot. A
    /// variable whose type mentions `Self` is looked up once more where that is a method's own parameter.
    fn member_of_expression(
        &mut self,
        object: Ty,
        attribute: &ast::ExprAttribute,
        using: MemberUse,
        value: Option<CallArgument<'_>>,
    ) -> Attribute {
        let (name, range) = (Name::of(&attribute.attr), attribute.range);
        let found = self.find_member_given(object, name, range, using, value);
        let flags = match &found {
            Ok(attribute) => attribute.flags,
            Err(error) => error.recovered.flags,
        };
        if flags.contains(AttributeFlags::SELF_TYPED) && self.is_own_parameter(&attribute.value) {
            let using = MemberUse { through_self: true, ..using };
            let found = self.find_member_given(object, name, range, using, value);
            return self.reported_member(found, object, name, range, using);
        }
        self.reported_member(found, object, name, range, using)
    }

    /// Whether `expr` names the first parameter of a method that is being walked.
    fn is_own_parameter(&mut self, expr: &Expr) -> bool {
        let Some(variable) = self.named_variable(expr) else { return false };
        self.functions.iter().any(|function| function.self_parameter == Some(variable))
    }

    fn named_variable(&mut self, expr: &Expr) -> Option<pytype_index::DefRef> {
        let Expr::Name(name) = expr else { return None };
        match self.resolve_name(Name::of(name))?.node {
            Node::Variable(variable) => Some(variable),
            Node::Class(_)
            | Node::Function(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        }
    }

    fn reported_member(
        &mut self,
        found: Result<Attribute, MemberError>,
        object: Ty,
        name: Name,
        range: TextRange,
        using: MemberUse,
    ) -> Attribute {
        match found {
            Ok(attribute) => attribute,
            Err(mut error) => {
                let original = using.original.unwrap_or(object);
                if let [MemberProblem::NotReady { .. }] = error.problems.as_slice()
                    && let Some(slot) = self.open_slot_of_member(object, name)
                {
                    error.recovered.ty = self.read_partial_slot(slot, range);
                    return error.recovered;
                }
                for problem in &error.problems {
                    self.report_member_problem(problem, original, name, range);
                }
                error.recovered
            }
        }
    }

    /// The member `name` that `base` itself defines, as objects of type `object` see it; with the
    /// type that may be assigned where it is another than the one read. Nothing is reported.
    pub fn member_of_base(&mut self, object: Ty, base: ClassId, name: Name) -> Option<Attribute> {
        let own = self.ctx.own_member(base, name)?;
        let settable = own.flags.contains(AttributeFlags::SETTABLE | AttributeFlags::PROPERTY);
        // As when the operator asks for it: a callable without a class variable's annotation is a method then.
        let is_operator = super::is_operator_method(name.as_str());
        let (attribute, _) = self.capturing(|c| {
            let mut find = |is_lvalue: bool| {
                let using =
                    MemberUse { is_lvalue, is_operator, super_of: Some(base), ..MemberUse::default() };
                match c.find_member(object, name, TextRange::default(), using) {
                    Ok(found) => found,
                    Err(error) => error.recovered,
                }
            };
            let read = find(false);
            let set_ty = if settable { Some(find(true).ty) } else { None };
            let set_ty = set_ty.filter(|ty| *ty != read.ty);
            Attribute { set_ty, flags: own.flags, defined_in: Some(base), ..read }
        });
        Some(attribute)
    }

    /// The attribute `object.name`, with what is wrong as data.
    pub(crate) fn find_member(
        &mut self,
        object: Ty,
        name: Name,
        range: TextRange,
        using: MemberUse,
    ) -> Result<Attribute, MemberError> {
        self.find_member_given(object, name, range, using, None)
    }

    /// [`Checker::find_member`] where `value` is about to be assigned.
    fn find_member_given(
        &mut self,
        object: Ty,
        name: Name,
        range: TextRange,
        using: MemberUse,
        value: Option<CallArgument<'_>>,
    ) -> Result<Attribute, MemberError> {
        let in_literal_context = self.in_literal_context();
        let in_final_definition = self.in_final_definition;
        let ctx = Rc::clone(&self.ctx);
        let calls = DescriptorCalls { checker: RefCell::new(self), range, value };
        let access = MemberAccess {
            is_lvalue: using.is_lvalue,
            is_super: using.is_super,
            self_type: using.self_type.unwrap_or(object),
            in_literal_context,
            is_operator: using.is_operator,
            super_class: using.super_of,
            in_final_definition,
            through_self: using.through_self,
            calls: Some(&calls),
        };
        let found = member_lookup::analyze_member(&ctx, object, name, &access);
        match found {
            Ok(attribute) => Ok(attribute),
            Err(mut error) => {
                // The use of something deprecated is no mistake.
                error.problems.retain(|problem| match problem {
                    MemberProblem::Deprecated { definition, message } => {
                        self.warn_deprecated(*definition, *message, range);
                        false
                    }
                    _ => true,
                });
                if error.problems.is_empty() { Ok(error.recovered) } else { Err(error) }
            }
        }
    }

    /// Records one problem of member lookup.
    pub fn report_member_problem(
        &mut self,
        problem: &MemberProblem,
        original: Ty,
        name: Name,
        range: TextRange,
    ) {
        match problem {
            MemberProblem::Missing { object, in_union, .. } => {
                self.report_missing_member(*object, *in_union, original, name, range);
            }
            MemberProblem::MissingInModule { name, .. }
                if operator_symbol(name).is_some()
                    || matches!(name.as_str(), "__getitem__" | "__setitem__") =>
            {
                self.report_missing_member(original, None, original, *name, range);
            }
            MemberProblem::MissingInModule { module, name } => {
                self.fail(ErrorCode::AttrDefined, range, |_| {
                    format!("Module \"{module}\" has no attribute \"{name}\"")
                });
            }
            MemberProblem::NotExported { module, name } => {
                self.fail(ErrorCode::AttrDefined, range, |_| {
                    format!("Module \"{module}\" does not export \"{name}\"")
                });
            }
            MemberProblem::NotReady { name } => match self.open_attribute(*name) {
                Some(slot) => {
                    self.read_partial_slot(slot, range);
                }
                None => {
                    self.cannot_determine(*name, range);
                }
            },
            MemberProblem::Deprecated { definition, message } => {
                self.warn_deprecated(*definition, *message, range);
            }
            MemberProblem::ReadOnlyProperty { .. }
            | MemberProblem::FinalAssigned { .. }
            | MemberProblem::ClassVarAssigned { .. }
            | MemberProblem::MethodAssigned { .. }
            | MemberProblem::ClassAssigned { .. }
            | MemberProblem::InvalidSelf { .. }
            | MemberProblem::NoSelfParameter { .. }
            | MemberProblem::AmbiguousThroughClass { .. }
            | MemberProblem::UnsafeSuper { .. }
            | MemberProblem::BadDescriptor { .. }
            | MemberProblem::DescriptorArity { .. }
            | MemberProblem::DescriptorObject { .. }
            | MemberProblem::InitAccess
            | MemberProblem::MissingInSuper { .. }
            | MemberProblem::SlotReadOnClass { .. }
            | MemberProblem::InstanceOnly { .. }
            | MemberProblem::FinalOnInstanceOnly { .. }
            | MemberProblem::Deleted => {
                self.fail(problem.code(), range, |c| c.describe_member_problem(problem));
            }
        }
    }

    fn describe_member_problem(&self, problem: &MemberProblem) -> String {
        problem.message(&|ty| self.display(ty))
    }

    /// Reports a missing attribute; operators and item access have codes of their own.
    fn report_missing_member(
        &mut self,
        object: Ty,
        in_union: Option<Ty>,
        original: Ty,
        name: Name,
        range: TextRange,
    ) {
        let text = name.as_str();
        if text == "__contains__" {
            return self.fail(ErrorCode::Operator, range, |c| {
                format!("\"in\" is not supported by {}", c.show(original))
            });
        }
        if let Some(symbol) = operator_symbol(text) {
            let vague = self.expressions.in_union_item;
            return self.fail(ErrorCode::Operator, range, |c| match vague {
                true => {
                    format!("Operator {symbol} is not supported by some item of the left operand's union")
                }
                false => {
                    format!("Operator {symbol} is not supported by left operand of type {}", c.show(original))
                }
            });
        }
        let unary = match text {
            "__neg__" => Some("-"),
            "__pos__" => Some("+"),
            "__invert__" => Some("~"),
            _ => None,
        };
        if let Some(symbol) = unary {
            return self.fail(ErrorCode::Operator, range, |c| {
                format!("Unary {symbol} is not supported by {}", c.show(original))
            });
        }
        match text {
            "__getitem__" if self.is_class_object(original) => {
                self.fail(ErrorCode::Misc, range, |c| {
                    format!("{} is not generic and cannot be indexed", c.show(original))
                });
            }
            "__getitem__" => {
                self.fail(ErrorCode::Index, range, |c| {
                    format!("A value of type {} cannot be indexed", c.show(original))
                });
            }
            "__setitem__" => {
                self.fail(ErrorCode::Index, range, |c| {
                    format!("Items of a value of type {} cannot be assigned", c.show(original))
                });
            }
            "__call__" => {
                self.fail(ErrorCode::Operator, range, |c| format!("{} is not callable", c.show(original)));
            }
            _ => self.report_missing_attribute(object, in_union, original, name, range),
        }
    }

    fn report_missing_attribute(
        &mut self,
        object: Ty,
        in_union: Option<Ty>,
        original: Ty,
        name: Name,
        range: TextRange,
    ) {
        let original = in_union.unwrap_or(original);
        match original.kind() {
            TyKind::Union(items) => {
                // The attributes of `None` are those of `object`; the item that is written is `None`.
                let none = items.iter().find(|item| item.is_none());
                let is_item = items.contains(&object);
                let item = none.filter(|_| !is_item && object.is_instance_of("builtins.object"));
                let item = item.unwrap_or(object);
                self.fail(ErrorCode::UnionAttr, range, |c| {
                    format!("{}, an item of {}, has no attribute \"{name}\"", c.show(item), c.show(original))
                });
            }
            TyKind::TypeVar(variable)
                if in_union.is_some() || self.is_union(self.type_var_info(variable).bound) =>
            {
                self.fail(ErrorCode::UnionAttr, range, |c| {
                    format!(
                        "{}, an item of the bound of {}, has no attribute \"{name}\"",
                        c.show(object),
                        c.show(original)
                    )
                });
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
                let code = if in_union.is_some() { ErrorCode::UnionAttr } else { ErrorCode::AttrDefined };
                self.fail(code, range, |c| format!("{} has no attribute \"{name}\"", c.show(original)));
            }
        }
    }
}

/// Calls of descriptor methods made on behalf of member lookup.
struct DescriptorCalls<'a, 'db> {
    checker: RefCell<&'a mut Checker<'db>>,
    range: TextRange,
    /// What is assigned, when the attribute is the target of an assignment.
    value: Option<CallArgument<'a>>,
}

impl DescriptorCalls<'_, '_> {
    /// The callee as it was resolved; `None` if the call is wrong, which was then reported.
    fn resolve(&self, callee: Ty, arguments: &[CallArgument<'_>]) -> Option<Ty> {
        let mut guard = self.checker.try_borrow_mut().ok()?;
        let checker: &mut Checker<'_> = &mut guard;
        let (outcome, wrong) = checker
            .trial(|c| c.expecting(None, |c| c.check_call(callee, arguments, CallSite::at(self.range))));
        match wrong {
            None => Some(outcome.callee),
            Some(found) => {
                checker.report_all(found);
                None
            }
        }
    }
}

impl CallChecker for DescriptorCalls<'_, '_> {
    fn call(&self, _ctx: &Context<'_>, callee: Ty, arguments: &[Ty]) -> Option<Ty> {
        let arguments: Vec<_> = arguments.iter().map(|ty| CallArgument::of_type(*ty, self.range)).collect();
        self.resolve(callee, &arguments)
    }

    fn call_setter(&self, _ctx: &Context<'_>, callee: Ty, object: Ty) -> Option<Ty> {
        let anything = Ty::any(AnySource::SpecialForm);
        let unknown = CallArgument::of_type(anything, self.range);
        let object = CallArgument::of_type(object, self.range);
        let Some(value) = self.value else { return self.resolve(callee, &[object, unknown]) };
        let chosen = {
            let mut guard = self.checker.try_borrow_mut().ok()?;
            let site = CallSite::at(self.range);
            let arguments = [object, value];
            let (outcome, _) =
                guard.attempt(|c| c.expecting(None, |c| c.check_call(callee, &arguments, site)));
            outcome.callee
        };
        // The value is checked against what the setter takes like in any assignment.
        if chosen.as_callable().is_some() {
            self.resolve(callee, &[object, unknown]);
            return Some(chosen);
        }
        self.resolve(callee, &[object, value])
    }
}
