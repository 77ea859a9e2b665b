//! `isinstance` and `issubclass`: what may not stand as their second argument.

use pytype_declare::Node;
use pytype_source::{ErrorCode, Name};
use pytype_types::{AttributeFlags, ClassFlags, ClassId, Ty, TyKind, TypeContext, fix_type_args};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::Checker;

impl Checker<'_> {
    /// Before the call is checked: forms that have no meaning at run time.
    pub(super) fn check_class_test_arguments(&mut self, call: &ast::ExprCall) {
        let Expr::Name(name) = &*call.func else { return };
        let function = name.id.as_str();
        if !matches!(function, "isinstance" | "issubclass") || call.arguments.len() != 2 {
            return;
        }
        let Some(second) = call.arguments.args.get(1) else { return };
        let mut classes = Vec::new();
        Self::flat_tuple(second, &mut classes);
        for class in classes {
            self.check_class_test_argument(class, call, function);
        }
    }

    fn check_class_test_argument(&mut self, class: &Expr, call: &ast::ExprCall, function: &str) {
        let range = call.range();
        if self.is_literal_form(class) {
            return self.report_class_test(range, function, "Literal");
        }
        let binding = self.reference(class);
        let mut parameterised_alias = false;
        if let Some(Node::Alias(alias)) = binding.map(|b| b.node)
            && matches!(class, Expr::Name(_))
        {
            let info = self.ctx.alias(alias);
            match self.proper(info.target).kind() {
                TyKind::Any(_) => return self.report_class_test(range, function, "Any"),
                TyKind::None => return,
                TyKind::Union(_) => {}
                // `Annotated[int, ...]` is `int` at run time as well.
                TyKind::Instance(instance) if instance.args.is_empty() && !info.explicit_type_statement => {}
                TyKind::Never { .. }
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
                | TyKind::Module(_) => parameterised_alias = !info.no_args,
            }
        }
        if parameterised_alias {
            return self.report_parameterised_test(range);
        }
        if let Expr::Subscript(subscript) = class {
            let parameterised = match self.reference(&subscript.value).map(|b| b.node) {
                Some(Node::Class(class)) => !self.class_info(class).type_params.is_empty(),
                Some(Node::Alias(_)) => true,
                _ => false,
            };
            if parameterised {
                return self.report_parameterised_test(range);
            }
        }
        if let Some(Node::Class(class)) = binding.map(|b| b.node) {
            let flags = self.class_info(class).flags;
            if flags.contains(ClassFlags::TYPED_DICT) {
                self.report_class_test(range, function, "TypedDict");
            } else if flags.contains(ClassFlags::NEW_TYPE) {
                self.report_class_test(range, function, "NewType");
            }
        }
    }

    fn report_parameterised_test(&mut self, range: TextRange) {
        self.fail(ErrorCode::Misc, range, |_| {
            "A class with type arguments cannot be used in a test at run time".to_owned()
        });
    }

    fn report_class_test(&mut self, range: TextRange, function: &str, what: &str) {
        self.fail(ErrorCode::Misc, range, |_| format!("{function}() cannot be used with a {what} type"));
    }

    /// `Literal[...]`, or an alias of such.
    fn is_literal_form(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Subscript(subscript) => {
                self.refers_to(&subscript.value, "typing.Literal")
                    || self.refers_to(&subscript.value, "typing_extensions.Literal")
            }
            Expr::Name(_) => match self.reference(expr).map(|b| b.node) {
                Some(Node::Alias(alias)) => {
                    matches!(self.ctx.alias(alias).target.kind(), TyKind::Literal { .. })
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// After the call: only protocols made for it can be tested at run time.
    pub(super) fn check_protocol_tests(&mut self, call: &ast::ExprCall, name: Option<Name>) {
        let Some(name) = name else { return };
        let is_subclass_test = name == "builtins.issubclass";
        if !(is_subclass_test || name == "builtins.isinstance") || call.arguments.len() != 2 {
            return;
        }
        let Some(second) = call.arguments.args.get(1) else { return };
        let mut classes = Vec::new();
        Self::flat_tuple(second, &mut classes);
        for expr in classes {
            let ty = self.proper(self.type_of(expr));
            let Some(class) = self.class_of_object(ty) else { continue };
            let flags = self.class_info(class).flags;
            if !flags.contains(ClassFlags::PROTOCOL) {
                continue;
            }
            if !flags.contains(ClassFlags::RUNTIME_CHECKABLE) {
                self.fail(ErrorCode::Misc, call.range(), |_| {
                    "Only protocols with @runtime_checkable can be tested at run time".to_owned()
                });
            }
            if !is_subclass_test && let Some(value) = call.arguments.args.first() {
                self.check_unsafe_overlap(value, class, call.range());
            }
            if is_subclass_test && self.has_data_members(class) {
                self.fail(ErrorCode::Misc, call.range(), |_| {
                    "issubclass() works only with protocols that have nothing but methods".to_owned()
                });
            }
        }
    }

    /// At run time only the names of the members count: a value that has them all, but with other
    /// types, passes the test without being what the protocol describes (the typing specification,
    /// "`@runtime_checkable` decorator").
    fn check_unsafe_overlap(&mut self, value: &Expr, protocol: ClassId, range: TextRange) {
        let ty = self.proper(self.type_of(value));
        let items: Vec<Ty> = if let TyKind::Union(items) = ty.kind() {
            items.iter().map(|item| self.proper(item)).collect()
        } else {
            vec![ty]
        };
        if let Some(item) = items.into_iter().find(|item| self.overlaps_unsafely(*item, protocol)) {
            self.fail(ErrorCode::Misc, range, |c| {
                format!(
                    "{} has all that \"{}\" asks for, but with other types: the test cannot tell",
                    c.show(item),
                    protocol.name()
                )
            });
        }
    }

    fn overlaps_unsafely(&self, item: Ty, protocol: ClassId) -> bool {
        let Some(instance) = item.as_instance() else { return false };
        if self.class_info(instance.class).flags.contains(ClassFlags::FALLBACK_TO_ANY) {
            return false;
        }
        let params = self.class_info(protocol).type_params;
        let any = self.any();
        let wanted = Ty::instance(protocol, fix_type_args(&*self.ctx, params, &[], any).args);
        // `__hash__ = None` and the like say that something is not supported.
        let has = |name: Name| self.ctx.member(item, name, item).is_some_and(|member| !member.ty.is_none());
        self.ctx.protocol_members(protocol).iter().all(|name| has(*name)) && !self.is_subtype(item, wanted)
    }

    /// Whether a protocol asks for members that are no methods.
    fn has_data_members(&self, class: ClassId) -> bool {
        let instance = Ty::instance(class, self.class_info(class).type_params);
        self.ctx.protocol_members(class).iter().any(|name| {
            self.ctx.member(instance, *name, instance).is_some_and(|member| {
                !member.flags.contains(AttributeFlags::METHOD)
                    && !matches!(member.ty.kind(), TyKind::Callable(_) | TyKind::Overloaded(_))
            })
        })
    }
}
