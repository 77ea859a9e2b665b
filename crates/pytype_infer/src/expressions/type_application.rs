//! Type arguments given to class objects: `C[int]`, `Alias[int]`.

use pytype_source::ErrorCode;
use pytype_types::{
    AliasId, AnySource, ClassId, KnownClass, Param, ParamKind, Sig, Signature, Ty, TyKind, TyList,
    TypeContext, TypeVarKind, fix_type_args,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use super::tuple_indexing::unpack_position;
use crate::Checker;

impl Checker<'_> {
    /// The class object with type arguments put in; a wrong number is reported.
    pub(crate) fn specialise_class_object(&mut self, object: Ty, args: &TyList, range: TextRange) -> Ty {
        match object.kind() {
            TyKind::Callable(sig) => {
                let Some(result) = self.specialise_constructor(*sig, args, range) else {
                    return self.error_any();
                };
                if !self.fits_receiver(result) {
                    self.report_receiver(object, range);
                }
                result
            }
            TyKind::Overloaded(items) => {
                let mut result = Vec::with_capacity(items.len());
                for item in *items {
                    let Some(sig) = item.as_callable() else { continue };
                    match self.specialise_constructor(sig, args, range) {
                        Some(ty) => result.push(ty),
                        None => return self.error_any(),
                    }
                }
                // Overloads for a `self` of other type arguments are out.
                let fitting: Vec<Ty> =
                    result.iter().copied().filter(|item| self.fits_receiver(*item)).collect();
                if fitting.is_empty() {
                    self.report_receiver(object, range);
                    return Ty::overloaded(result);
                }
                Ty::overloaded(fitting)
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => self.any(),
        }
    }

    /// Whether the type arguments fit what the constructor's `self` is annotated with.
    fn fits_receiver(&self, constructor: Ty) -> bool {
        let Some(sig) = constructor.as_callable() else { return true };
        let (Some(receiver), Some(instance)) = (sig.bound_self, sig.instance_type) else { return true };
        if !sig.is_type_object() || !sig.variables.is_empty() {
            return true;
        }
        let plain = self.proper(receiver);
        let comparable = plain.as_instance().is_some_and(|r| {
            instance.as_instance().is_some_and(|i| i.class == r.class)
                && !plain.has(pytype_types::TyFlags::HAS_TYPE_VAR)
        });
        !comparable || self.is_subtype(instance, plain)
    }

    fn report_receiver(&mut self, object: Ty, range: TextRange) {
        self.fail(ErrorCode::Misc, range, |c| {
            format!(
                "{} cannot be made with these type arguments: \"self\" is annotated otherwise",
                c.show(object)
            )
        });
    }

    fn specialise_constructor(&mut self, sig: Sig, args: &TyList, range: TextRange) -> Option<Ty> {
        let class = self.class_of_signature(&sig);
        let parameters = match class {
            Some(class) => self.class_info(class).type_params,
            None => sig.variables,
        };
        if class.is_some_and(|class| class.is("builtins.tuple")) && args.len() != parameters.len() {
            return Some(self.tuple_constructor(&sig, args));
        }
        let args = self.fit_type_arguments(&parameters, args, range)?;
        let mut given: Vec<Option<Ty>> = args.into_iter().map(Some).collect();
        given.truncate(sig.variables.len());
        Some(Ty::callable(self.apply_type_arguments(sig, &given, range, false)))
    }

    /// `tuple[int, str]` is called with one such tuple.
    fn tuple_constructor(&self, sig: &Signature, args: &TyList) -> Ty {
        let tuple = Ty::tuple(*args, self.known(KnownClass::Tuple));
        let param = Param { name: None, ty: tuple, kind: ParamKind::Pos };
        let mut result = Signature::new(vec![param], tuple, sig.fallback);
        result.flags = sig.flags;
        result.name = sig.name;
        result.definition = sig.definition;
        result.into_ty()
    }

    /// Type arguments brought into the form of the parameters: defaults filled in, what belongs to
    /// a `TypeVarTuple` packed into a tuple. `None` when their number is wrong (reported).
    fn fit_type_arguments(
        &mut self,
        parameters: &TyList,
        args: &TyList,
        range: TextRange,
    ) -> Option<Vec<Ty>> {
        let is_variadic = |p: &Ty| self.variable_kind(*p) == Some(TypeVarKind::TypeVarTuple);
        let variadic = parameters.iter().position(|p| is_variadic(&p));
        let needed = |p: &Ty| self.variable_default(*p).is_none() && !is_variadic(p);
        let required = parameters.iter().filter(needed).count();
        let Some(variadic) = variadic else {
            if args.len() < required || args.len() > parameters.len() {
                let wanted = parameters.len();
                let given = args.len();
                self.fail(ErrorCode::Misc, range, |_| {
                    format!("The class takes {wanted} type arguments, but {given} are given")
                });
                return None;
            }
            return Some(fix_type_args(&*self.ctx, *parameters, args, self.any()).args.to_vec());
        };
        let suffix = parameters.len() - variadic - 1;
        let open = unpack_position(args).is_some();
        if args.len() < required && !open {
            let given = args.len();
            self.fail(ErrorCode::TypeArg, range, |_| {
                format!("The class takes at least {required} type arguments, but {given} are given")
            });
        }
        if args.len() < variadic + suffix {
            return Some(vec![Ty::any(AnySource::Error); parameters.len()]);
        }
        let middle_end = args.len() - suffix;
        let mut result = args[..variadic].to_vec();
        result.push(Ty::tuple(
            &args[variadic..middle_end],
            self.known_with(KnownClass::Tuple, [self.object()]),
        ));
        result.extend_from_slice(&args[middle_end..]);
        Some(result)
    }

    /// The type arguments in a subscript of `class`; wrong ones are reported and become `Any`.
    pub(crate) fn type_arguments(&mut self, class: ClassId, index: &Expr) -> Vec<Ty> {
        let is_tuple = class.is("builtins.tuple");
        let items: &[Expr] = match index {
            Expr::Tuple(tuple) => match tuple.elts.as_slice() {
                [_, Expr::EllipsisLiteral(_)] if is_tuple => &tuple.elts[..1],
                items => items,
            },
            _ => std::slice::from_ref(index),
        };
        let parameters = self.class_info(class).type_params;
        let has = |kind| parameters.iter().any(|p| self.variable_kind(p) == Some(kind));
        let lists = has(TypeVarKind::ParamSpec);
        let unpack = is_tuple || has(TypeVarKind::TypeVarTuple);
        let types = self.analyzed_type_arguments(items, lists, unpack);
        if lists && parameters.len() == 1 && !types.is_empty() && !self.is_parameter_list(&types) {
            return vec![self.parameter_list(&types)];
        }
        types
    }

    fn is_parameter_list(&self, types: &[Ty]) -> bool {
        matches!(types, [one] if one.is_any())
            || types.iter().any(|t| matches!(t.kind(), TyKind::Parameters(_) | TyKind::ParamSpec(_)))
    }

    fn parameter_list(&self, types: &[Ty]) -> Ty {
        let params = types.iter().map(|ty| Param { name: None, ty: *ty, kind: ParamKind::Pos }).collect();
        let mut signature = Signature::new(params, self.any(), self.known(KnownClass::Function));
        signature.flags |= pytype_types::SigFlags::PARAMETERS_ONLY;
        Ty::new(TyKind::Parameters(signature.intern()))
    }

    /// `Alias[int]` as a value.
    pub(crate) fn apply_alias(&mut self, alias: AliasId, subscript: &ast::ExprSubscript) -> Ty {
        let ctx = std::rc::Rc::clone(&self.ctx);
        let info = ctx.alias(alias);
        if info.explicit_type_statement {
            return self.known(KnownClass::TypeAliasType);
        }
        let Some(target) = self.subscript_as_type(subscript) else { return self.error_any() };
        let target = self.proper(target);
        let range = subscript.range;
        match target.kind() {
            TyKind::Instance(instance) => {
                let object = self.class_object(instance.class);
                self.specialise_class_object(object, &instance.args, range)
            }
            TyKind::Tuple { fallback, .. } if !fallback.is_instance_of("builtins.tuple") => {
                let Some(instance) = fallback.as_instance() else { return self.error_any() };
                let object = self.class_object(instance.class);
                self.specialise_class_object(object, &instance.args, range)
            }
            TyKind::Tuple { items, .. } if !self.expressions.is_callee => {
                let object = self.ctx.known(KnownClass::Tuple);
                let object = self.class_object(object);
                object.as_callable().map_or_else(|| self.any(), |sig| self.tuple_constructor(&sig, items))
            }
            TyKind::TypedDict(_) => self.typed_dict_constructor(target, TyList::EMPTY()),
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
            | TyKind::Module(_) => {
                self.fail(ErrorCode::Misc, range, |_| {
                    "Type arguments can only be given to generic classes".to_owned()
                });
                self.error_any()
            }
        }
    }
}
