//! Classes and aliases as values.

use pytype_declare::Node;
use pytype_index::DefRef;
use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AliasId, AnySource, ClassFlags, ClassId, KnownClass, Param, ParamKind, Sig, SigFlags, Signature, Ty,
    TyKind, TyList, TypeContext, TypedDict,
};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use crate::Checker;

impl Checker<'_> {
    /// The class object: its constructors as something to call.
    pub fn class_object(&self, class: ClassId) -> Ty {
        let info = self.ctx.class(class);
        if let Some(dict) = info.typed_dict {
            return self.typed_dict_constructor(dict, info.type_params);
        }
        if class.is("types.NoneType") {
            return Ty::new(TyKind::Type(Ty::none()));
        }
        self.ctx.constructor(class)
    }

    /// A `TypedDict` class as a function of its keys.
    pub(crate) fn typed_dict_constructor(&self, dict: Ty, variables: TyList) -> Ty {
        let TyKind::TypedDict(items) = dict.kind() else { return self.error_any() };
        let mut params: Vec<Param> = items
            .items
            .iter()
            .map(|(name, item)| Param {
                name: Some(*name),
                ty: item.ty,
                kind: if item.required { ParamKind::Named } else { ParamKind::NamedOpt },
            })
            .collect();
        let extra = items.extra_item();
        params.extend(extra.map(|extra| Param { name: None, ty: extra.ty, kind: ParamKind::Star2 }));
        let mut signature = Signature::new(params, dict, self.known(KnownClass::Type));
        signature.variables = variables;
        signature.flags = SigFlags::BOUND | SigFlags::TYPE_OBJECT;
        signature.into_ty()
    }

    /// Whether this is a class object (and not some other callable).
    pub fn is_class_object(&self, ty: Ty) -> bool {
        self.class_object_signature(ty).is_some()
    }

    /// The (first) constructor, if `ty` is a class object.
    pub(crate) fn class_object_signature(&self, ty: Ty) -> Option<Sig> {
        let sig = match ty.kind() {
            TyKind::Callable(sig) => *sig,
            TyKind::Overloaded(items) => items.first()?.as_callable()?,
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
            | TyKind::Module(_) => return None,
        };
        sig.is_type_object().then_some(sig)
    }

    /// The class that a class object stands for.
    pub fn class_of_object(&self, ty: Ty) -> Option<ClassId> {
        self.class_of_signature(&*self.class_object_signature(ty)?)
    }

    /// The class that a constructor makes instances of.
    pub(crate) fn class_of_signature(&self, sig: &Signature) -> Option<ClassId> {
        if !sig.is_type_object() {
            return None;
        }
        self.class_of_instance(sig.instance_type.unwrap_or(sig.ret))
    }

    /// The class of an instance in any of its forms.
    pub(crate) fn class_of_instance(&self, ty: Ty) -> Option<ClassId> {
        match ty.kind() {
            TyKind::Instance(instance) => Some(instance.class),
            TyKind::Tuple { fallback, .. } | TyKind::Literal { fallback, .. } => {
                fallback.as_instance().map(|i| i.class)
            }
            TyKind::TypedDict(dict) => dict.fallback.as_instance().map(|i| i.class),
            TyKind::TypeVar(variable) => self.class_of_instance(self.type_var_info(variable).bound),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }

    /// The instance that a constructor makes, as the class itself sees it.
    pub(crate) fn instance_of_signature(&self, sig: &Signature) -> Ty {
        sig.instance_type.unwrap_or(sig.ret)
    }

    /// An alias used as a value: the class it names, with its arguments applied.
    pub(crate) fn alias_value(&mut self, alias: AliasId, range: TextRange, in_definition: bool) -> Ty {
        let ctx = std::rc::Rc::clone(&self.ctx);
        let info = ctx.alias(alias);
        if info.explicit_type_statement {
            return self.known(KnownClass::TypeAliasType);
        }
        let report_missing = self.options.disallow_any_generics && self.expressions.is_callee;
        if report_missing && !info.type_params.is_empty() && !info.no_args {
            self.fail(ErrorCode::TypeArg, range, |_| {
                format!(
                    "Type arguments of generic alias \"{}\" are missing",
                    alias.fullname().last_component()
                )
            });
        }
        let target = self.with_any_arguments(info.target, info.type_params);
        // A named tuple or typed dict of its own is known by its class only.
        let target = if matches!(target.kind(), TyKind::Instance(_)) { target } else { self.proper(target) };
        match target.kind() {
            TyKind::Instance(instance) => {
                let object = self.class_object(instance.class);
                if info.no_args {
                    object
                } else {
                    self.specialise_class_object(object, &instance.args, range)
                }
            }
            TyKind::Tuple { fallback, .. } if !fallback.is_instance_of("builtins.tuple") => self
                .class_of_instance(*fallback)
                .map_or_else(|| self.error_any(), |class| self.class_object(class)),
            TyKind::TypedDict(_) => self.typed_dict_constructor(target, TyList::EMPTY()),
            TyKind::None => Ty::new(TyKind::Type(target)),
            TyKind::Any(source) => Ty::any(*source),
            TyKind::Union(items) if self.alias_is_written_with_bar(alias) => {
                self.known_with(KnownClass::UnionType, *items)
            }
            _ if in_definition => self.any(),
            TyKind::Never { .. }
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
            | TyKind::Module(_) => self.known(KnownClass::SpecialForm),
        }
    }

    /// `ty` with these variables, which nothing will solve, replaced by `Any`.
    pub(crate) fn with_any_arguments(&self, ty: Ty, variables: TyList) -> Ty {
        if variables.is_empty() {
            return ty;
        }
        let any = Ty::any(AnySource::OmittedGenerics);
        let mut map = crate::algebra::Mapping::default();
        for variable in variables {
            map.bind(variable, any);
        }
        self.substitute(ty, &map)
    }

    /// The class or classes that a second argument of `isinstance` names, flattened.
    pub(crate) fn flat_tuple<'a>(expr: &'a Expr, into: &mut Vec<&'a Expr>) {
        match expr {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| Self::flat_tuple(item, into)),
            Expr::Starred(starred) => Self::flat_tuple(&starred.value, into),
            _ => into.push(expr),
        }
    }

    /// The `TypedDict` that `expr` refers to, directly or by an alias.
    pub(crate) fn refers_to_typed_dict(&self, expr: &Expr) -> bool {
        let Some(binding) = self.reference(expr) else { return false };
        match binding.node {
            Node::Class(class) => self.class_info(class).flags.contains(ClassFlags::TYPED_DICT),
            Node::Alias(alias) => {
                matches!(self.proper(self.ctx.alias(alias).target).kind(), TyKind::TypedDict(_))
            }
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => false,
        }
    }

    /// The items of a typed dict.
    pub(crate) fn as_typed_dict(&self, ty: Ty) -> Option<&'static TypedDict> {
        if let TyKind::TypedDict(dict) = ty.kind() { Some(dict.get()) } else { None }
    }

    /// A function's type as a value, decorators applied; `None` while it is not known.
    pub(crate) fn function_value(&mut self, function: DefRef) -> Option<Ty> {
        self.declared_function(function)
    }

    /// The text of `@deprecated` on a function.
    pub(crate) fn function_deprecation(&self, function: DefRef) -> Option<Name> {
        self.declared_function_deprecation(function)
    }
}
