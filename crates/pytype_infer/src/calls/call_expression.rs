//! Call expressions.

use pytype_declare::{Binding, MemberKind, Node};
use pytype_index::{DefRef, DefinitionFlags};
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{KnownClass, Param, Sig, SigFlags, Signature, Ty, TyKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::{CallArgument, CallSite, arguments_of};
use crate::Checker;
use crate::expressions::{InferMode, MemberUse};

impl Checker<'_> {
    pub(crate) fn infer_call(&mut self, call: &ast::ExprCall, allow_none: bool) -> Ty {
        let reference = self.reference(&call.func);
        let name = reference.map(|binding| binding.fullname);
        if let Some(name) = name
            && let Some(ty) = self.infer_special_call(call, name)
        {
            return ty;
        }
        let arguments = arguments_of(&call.arguments);
        if let Some(ty) = self.infer_typed_dict_call(call, &arguments) {
            return ty;
        }
        self.check_class_test_arguments(call);
        self.complete_partial_from_call(call);
        let context = self.lambda_callee_context(call, &arguments);
        let mode = InferMode { is_callee: true, always_allow_any: true, ..InferMode::default() };
        let callee = self.infer_with(&call.func, context, mode);
        let callee = self.proper(callee);

        let (fullname, object) = self.called_name(call, reference);
        self.check_untyped_call(callee, call.range(), fullname, object);
        let result = self.infer_call_of(callee, call, &arguments, fullname, object);
        self.check_protocol_tests(call, name);
        self.check_format_call(call);
        let mut result = self.proper(result);
        if let TyKind::Union(items) = result.kind() {
            result = self.simplified_union(items.to_vec());
        }
        if matches!(result.kind(), TyKind::Never { ambiguous: false }) {
            self.mark_unreachable();
        }
        if !allow_none && result.is_none() && self.always_gives_none(&call.func) {
            let shown =
                callee.as_callable().map_or_else(|| "the function".to_owned(), |sig| self.show_callee(&sig));
            self.report_no_value(&shown, call.range());
        }
        result
    }

    /// The full name of what is called, and for a method call its object.
    fn called_name(
        &mut self,
        call: &ast::ExprCall,
        reference: Option<Binding>,
    ) -> (Option<Name>, Option<(Ty, Name)>) {
        if let Some(binding) = reference {
            if let Node::Alias(alias) = binding.node {
                let target = self.ctx_alias_target(alias);
                if let Some(instance) = target.as_instance() {
                    return (Some(instance.class.fullname()), None);
                }
            }
            return (Some(binding.fullname), None);
        }
        match &*call.func {
            Expr::Attribute(attribute) => {
                let object = self.lookup_type(&attribute.value);
                (None, object.map(|object| (self.proper(object), Name::of(&attribute.attr))))
            }
            _ => (None, None),
        }
    }

    /// The result of a call once the callee's type is known. A method of a union is called for
    /// each item.
    fn infer_call_of(
        &mut self,
        callee: Ty,
        call: &ast::ExprCall,
        arguments: &[CallArgument<'_>],
        fullname: Option<Name>,
        object: Option<(Ty, Name)>,
    ) -> Ty {
        let mut callee = callee;
        let mut fullname = fullname;
        if let (None, Some((object, member))) = (fullname, object) {
            fullname = self.method_fullname(object, member);
            if fullname.is_none() && self.is_union(object) {
                return self.infer_union_method_call(call, arguments, object, member);
            }
        }
        if let Some(name) = fullname {
            callee = match object {
                Some((object, _)) => self.refine_method(name, object, callee, arguments, call.range()),
                None => self.refine_function(name, callee, arguments, call.range()),
            };
        }
        let site = CallSite {
            range: call.range(),
            callee: Some(&call.func),
            callable_name: fullname,
            object: object.map(|(object, _)| object),
            original: None,
        };
        let outcome = self.check_call(callee, arguments, site);
        if let Some(sig) = self.proper(outcome.callee).as_callable()
            && (sig.type_guard.is_some() || sig.type_is.is_some())
        {
            self.record_guard(call.range(), sig.type_guard, sig.type_is);
        }
        self.literal_string_call(fullname, object.map(|(object, _)| object), arguments, outcome.result)
    }

    fn infer_union_method_call(
        &mut self,
        call: &ast::ExprCall,
        arguments: &[CallArgument<'_>],
        object: Ty,
        member: Name,
    ) -> Ty {
        let mut results = Vec::new();
        for item in pytype_types::checked_items(&*self.ctx, object) {
            let item = self.proper(item);
            let using = MemberUse { original: Some(object), self_type: Some(item), ..MemberUse::default() };
            // What is wrong with the access was said when the callee was inferred.
            let (method, _) = self.attempt(|c| c.member(item, member, call.func.range(), using));
            let Some(method) = self.narrow_overlapping(&call.func, method) else { continue };
            let fullname = self.method_fullname(item, member);
            let object = fullname.is_some().then_some((item, member));
            results.push(self.infer_call_of(method, call, arguments, fullname, object));
        }
        self.simplified_union(results)
    }

    /// `Point(...)` where `Point` is a typed dict, by itself, by an alias or specialised.
    fn infer_typed_dict_call(&mut self, call: &ast::ExprCall, arguments: &[CallArgument<'_>]) -> Option<Ty> {
        let refers = match &*call.func {
            Expr::Subscript(subscript) => self.refers_to_typed_dict(&subscript.value),
            func => self.refers_to_typed_dict(func),
        };
        if !refers {
            return None;
        }
        let mode = InferMode { is_callee: true, ..InferMode::default() };
        let callee = self.infer_with(&call.func, None, mode);
        let callee = self.proper(callee);
        let dict = self.proper(callee.as_callable()?.ret);
        self.as_typed_dict(dict)?;
        Some(self.check_typed_dict_call(dict, call, arguments, callee))
    }

    /// `(lambda x: ...)(1)`: the arguments say what the parameters are.
    fn lambda_callee_context(&mut self, call: &ast::ExprCall, arguments: &[CallArgument<'_>]) -> Option<Ty> {
        let Expr::Lambda(lambda) = &*call.func else { return None };
        let any = self.any();
        let params: Vec<Param> = crate::expressions::lambda_parameters(lambda)
            .into_iter()
            .map(|(name, kind, hidden)| Param { name: (!hidden).then_some(name), ty: any, kind })
            .collect();
        let mut signature = Signature::new(params, self.object(), self.instance_of(KnownClass::Function));
        let mapping = self.map_arguments(arguments, &signature);
        for (param, actuals) in signature.params.iter_mut().zip(mapping) {
            let types: Vec<Ty> = actuals.iter().map(|a| self.infer_argument(&arguments[*a], None)).collect();
            param.ty = self.join_list(&types);
        }
        Some(signature.into_ty())
    }

    /// `--disallow-untyped-calls`.
    pub(crate) fn check_untyped_call(
        &mut self,
        callee: Ty,
        range: TextRange,
        fullname: Option<Name>,
        object: Option<(Ty, Name)>,
    ) {
        if !self.options.disallow_untyped_calls || self.in_dynamic_function() {
            return;
        }
        let Some(sig) = callee.as_callable() else { return };
        if !sig.flags.contains(SigFlags::IMPLICIT) || sig.name.is_some_and(|name| name == "<lambda>") {
            return;
        }
        let fullname =
            fullname.or_else(|| object.and_then(|(object, member)| self.method_fullname(object, member)));
        let excluded = fullname.is_some_and(|name| {
            self.options.untyped_calls_exclude.iter().any(|prefix| {
                name == **prefix
                    || name.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        });
        if !excluded {
            self.fail(ErrorCode::NoUntypedCall, range, |c| {
                format!("Nothing is known of the result: {} has no annotations", c.show_callee(&sig))
            });
        }
    }

    /// Whether what is called is declared to give nothing but `None`.
    fn always_gives_none(&mut self, func: &Expr) -> bool {
        if let Some(binding) = self.reference(func) {
            return match binding.node {
                Node::Function(function) => self.function_gives_none(function),
                Node::Variable(variable) => self.variable_gives_none(variable),
                Node::Module(_)
                | Node::NamespaceModule(_)
                | Node::Class(_)
                | Node::TypeVariable(_)
                | Node::Alias(_)
                | Node::Implicit(_)
                | Node::Unknown(_) => false,
            };
        }
        let Expr::Attribute(attribute) = func else { return false };
        let object = self.proper(self.type_of(&attribute.value));
        let class = match object.kind() {
            TyKind::Instance(instance) => Some(instance.class),
            TyKind::Callable(_) => self.class_of_object(object),
            // mypy does not look into a class with overloaded constructors.
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
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
            | TyKind::Module(_) => None,
        };
        let Some(class) = class else { return false };
        self.member_gives_none(class, Name::of(&attribute.attr))
    }

    fn member_gives_none(&mut self, class: pytype_types::ClassId, name: Name) -> bool {
        let ctx = std::rc::Rc::clone(&self.ctx);
        let Some((_, member)) = ctx.find_definition(class, name) else { return false };
        match &member.kind {
            MemberKind::Body(definition) => match self.is_function_definition(*definition) {
                true => self.function_gives_none(*definition),
                false => self.variable_gives_none(*definition),
            },
            MemberKind::Synthesized(ty) => ty.as_callable().is_some_and(|sig| sig.ret.is_none()),
            MemberKind::SelfAttribute { .. } => false,
        }
    }

    /// Only an undecorated `def` says for sure what its calls give.
    fn function_gives_none(&self, function: DefRef) -> bool {
        let db = self.db.as_declare_db();
        let flags = pytype_index::definition(db, function.file, function.id).flags;
        if flags.contains(DefinitionFlags::DECORATED) {
            return false;
        }
        let declared: Option<Sig> = pytype_declare::signatures::signature_of(db, function)
            .and_then(|item| item.signature.as_callable());
        declared.is_some_and(|sig| !sig.flags.contains(SigFlags::IMPLICIT) && self.proper(sig.ret).is_none())
    }

    fn variable_gives_none(&mut self, variable: DefRef) -> bool {
        let declared = self.declared_variable(variable);
        match declared.map(|ty| self.proper(ty)).map(Ty::kind) {
            Some(TyKind::Callable(sig)) => self.proper(sig.ret).is_none(),
            Some(TyKind::Instance(instance)) => self.member_gives_none(instance.class, name!("__call__")),
            _ => false,
        }
    }

    /// The parameters of `reveal_type` and the like: exactly this many, by position.
    pub(super) fn fixed_arguments<'a, const N: usize>(
        &mut self,
        call: &'a ast::ExprCall,
        name: &str,
    ) -> Option<[&'a Expr; N]> {
        let plain = call.arguments.keywords.is_empty()
            && !call.arguments.args.iter().any(|arg| matches!(arg, Expr::Starred(_)));
        let all: Vec<&Expr> = call.arguments.args.iter().collect();
        match <[&Expr; N]>::try_from(all) {
            Ok(arguments) if plain => Some(arguments),
            _ => {
                self.fail(ErrorCode::Misc, call.range(), |_| {
                    format!("\"{name}\" takes {N} positional argument{}", if N == 1 { "" } else { "s" })
                });
                None
            }
        }
    }
}
