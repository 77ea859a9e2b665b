//! Subscripts: items of values, and type arguments given to classes and aliases.

use pytype_declare::Node;
use pytype_declare::annotations::is_type_expression;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{ClassFlags, KnownClass, Param, ParamKind, Signature, Ty, TyKind, TyList, TypedDict};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::attributes::MemberUse;
use super::literals::{literal_or_self, string_values};
use crate::Checker;
use crate::calls::CallArgument;

/// What an item lookup says of its parts.
#[derive(Clone, Copy)]
struct Indexing<'a> {
    index: &'a Expr,
    range: TextRange,
    /// The union that the value is an item of, for findings.
    original: Option<Ty>,
    /// What `self` is bound to.
    self_type: Ty,
}

impl Checker<'_> {
    pub(crate) fn infer_subscript(&mut self, expr: &Expr, subscript: &ast::ExprSubscript) -> Ty {
        let ty = match self.infer_type_application(subscript) {
            Some(ty) => return ty,
            None => {
                let value = self.infer(&subscript.value, None);
                self.index(value, &subscript.slice, subscript.range)
            }
        };
        let ty = self.narrow_reference(expr, ty);
        if self.in_literal_context() { literal_or_self(ty) } else { ty }
    }

    /// The type of `value[index]`.
    pub fn index(&mut self, value: Ty, index: &Expr, range: TextRange) -> Ty {
        self.index_item(value, Indexing { index, range, original: None, self_type: value })
    }

    fn index_item(&mut self, value: Ty, at: Indexing<'_>) -> Ty {
        self.infer(at.index, None);
        match value.kind() {
            TyKind::Union(_) => {
                let original = at.original.or(Some(value));
                let results: Vec<Ty> = pytype_types::checked_items(&*self.ctx, value)
                    .iter()
                    .map(|item| self.index_item(item, Indexing { original, self_type: item, ..at }))
                    .collect();
                // Literals stay apart: narrowing may need them.
                self.simplified_union_keeping_literals(results)
            }
            TyKind::Tuple { items, fallback } if !self.in_dynamic_function() => {
                self.index_tuple(value, *items, *fallback, at.index, at.range)
            }
            TyKind::TypedDict(dict) => self.index_typed_dict(value, dict, at.index, false).0,
            TyKind::Callable(_) | TyKind::Overloaded(_) if self.is_class_object(value) => {
                self.index_class_object(value, at)
            }
            TyKind::TypeVar(variable) => {
                let bound = self.values_or_bound(variable);
                self.index_item(bound, Indexing { self_type: value, ..at })
            }
            TyKind::Alias { .. } => {
                let expanded = self.proper(value);
                self.index_item(expanded, at)
            }
            TyKind::Instance(instance) if instance.class.is("typing._SpecialForm") => {
                self.known(KnownClass::SpecialForm)
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
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Module(_) => self.get_item(value, at),
        }
    }

    fn get_item(&mut self, value: Ty, at: Indexing<'_>) -> Ty {
        let using = MemberUse {
            is_operator: true,
            original: at.original,
            self_type: Some(at.self_type),
            ..MemberUse::default()
        };
        let arguments = [CallArgument::of(at.index)];
        self.check_method(value, name!("__getitem__"), &arguments, at.range, using).result
    }

    fn index_class_object(&mut self, value: Ty, at: Indexing<'_>) -> Ty {
        let class = self.class_of_object(value);
        if let Some(class) = class {
            let info = self.class_info(class);
            if info.is_enum() {
                return self.index_enum(class, at);
            }
            if !info.type_params.is_empty() || class.is("builtins.type") {
                return self.known(KnownClass::GenericAlias);
            }
        }
        self.get_item(value, at)
    }

    /// `Color["RED"]`.
    fn index_enum(&mut self, class: pytype_types::ClassId, at: Indexing<'_>) -> Ty {
        let index = self.infer(at.index, None);
        let text = self.known(KnownClass::Str);
        self.check_subtype(index, text, at.range, ErrorCode::Misc, |c| {
            format!("An enum is indexed by the names of its members, not by {}", c.show(index))
        });
        Ty::plain_instance(class)
    }

    /// The item of a typed dict under a literal key, and which keys that can be; reported when the
    /// key is none. `for_writing` is an assignment to it.
    pub fn index_typed_dict(
        &mut self,
        value: Ty,
        dict: &TypedDict,
        index: &Expr,
        for_writing: bool,
    ) -> (Ty, Vec<Name>) {
        let keys = match index {
            Expr::StringLiteral(string) => vec![Name::new(string.value.to_str())],
            _ => {
                let key = self.infer(index, None);
                match string_values(key) {
                    Some(keys) => keys,
                    None => {
                        self.fail(ErrorCode::LiteralRequired, index.range(), |c| {
                            format!("A key of {} must be a string literal", c.show(value))
                        });
                        return (self.error_any(), Vec::new());
                    }
                }
            }
        };
        let mut types = Vec::with_capacity(keys.len());
        for key in &keys {
            match dict.item(*key) {
                Some(item) => types.push(item.ty),
                None => {
                    self.report_unknown_key(value, dict, *key, index.range(), for_writing);
                    return (self.error_any(), Vec::new());
                }
            }
        }
        (self.simplified_union(types), keys)
    }

    /// `__setitem__` of a typed dict for one subscript: the value is that of the key.
    pub(crate) fn typed_dict_setter(
        &mut self,
        object: Ty,
        dict: &TypedDict,
        item: &ast::ExprSubscript,
    ) -> Ty {
        let (wanted, keys) = self.index_typed_dict(object, dict, &item.slice, true);
        if keys.iter().any(|key| dict.item(*key).is_some_and(|item| item.read_only)) {
            self.fail(ErrorCode::TypeddictReadonlyMutated, item.range, |_| {
                "A read-only key is changed".to_owned()
            });
        }
        let param = |ty| Param { name: None, ty, kind: ParamKind::Pos };
        let params = vec![param(self.known(KnownClass::Str)), param(wanted)];
        let mut signature = Signature::new(params, Ty::none(), self.known(KnownClass::Function));
        signature.name = Some(name!("__setitem__"));
        signature.into_ty()
    }

    /// Reports a key that a typed dict does not have.
    pub(crate) fn report_unknown_key(
        &mut self,
        value: Ty,
        dict: &TypedDict,
        key: Name,
        range: TextRange,
        for_writing: bool,
    ) {
        let anonymous = dict
            .fallback
            .as_instance()
            .is_some_and(|i| !self.class_info(i.class).flags.contains(ClassFlags::TYPED_DICT));
        let code = match (anonymous, for_writing) {
            (true, _) => ErrorCode::Misc,
            (false, true) => ErrorCode::TypeddictUnknownKey,
            (false, false) => ErrorCode::TypeddictItem,
        };
        self.fail(code, range, |c| format!("{} has no key \"{key}\"", c.show(value)));
    }

    pub(crate) fn infer_slice(&mut self, slice: &ast::ExprSlice) -> Ty {
        let parts = [&slice.lower, &slice.upper, &slice.step];
        let args: Vec<Ty> = parts
            .into_iter()
            .map(|part| part.as_ref().map_or_else(Ty::none, |part| self.infer(part, None)))
            .collect();
        let slice = self.ctx_known_class(KnownClass::Slice);
        let expected = self.class_info(slice).type_params.len();
        if expected == args.len() { Ty::instance(slice, args) } else { self.known(KnownClass::Slice) }
    }

    /// Whether something within the brackets has no form of a type at all; reported. The whole is
    /// an ordinary subscript then.
    fn reports_no_types(&mut self, subscript: &ast::ExprSubscript) -> bool {
        let items = match &*subscript.slice {
            Expr::Tuple(tuple) => tuple.elts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let has_form = |item: &Expr| match item {
            Expr::Starred(starred) => is_type_expression(&starred.value),
            other => is_type_expression(other),
        };
        if items.iter().all(has_form) {
            return false;
        }
        self.fail(ErrorCode::Misc, subscript.range, |_| "A type is expected within the brackets".to_owned());
        true
    }

    /// `C[int]` or `Alias[int]` as a value; `None` when the subscript is none of these.
    fn infer_type_application(&mut self, subscript: &ast::ExprSubscript) -> Option<Ty> {
        let binding = self.reference(&subscript.value)?;
        match binding.node {
            Node::Class(class) => {
                let info = self.class_info(class);
                let generic = !info.type_params.is_empty() || class.is("builtins.tuple");
                if !generic || info.is_enum() || self.reports_no_types(subscript) {
                    return None;
                }
                let args = self.type_arguments(class, &subscript.slice);
                let is_callee = self.expressions.is_callee;
                let mode = super::InferMode { is_callee, ..Default::default() };
                let object = self.infer_with(&subscript.value, None, mode);
                Some(match object.kind() {
                    TyKind::Callable(_) | TyKind::Overloaded(_) => {
                        self.specialise_class_object(object, &TyList::new(args), subscript.range)
                    }
                    TyKind::Any(source) => Ty::any(*source),
                    TyKind::None
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
                })
            }
            Node::Alias(_) if self.reports_no_types(subscript) => None,
            Node::Alias(alias) => Some(self.apply_alias(alias, subscript)),
            Node::Function(_) => {
                // A function is never generic at run time.
                let object = self.infer(&subscript.value, None);
                if object.as_callable().is_some_and(|sig| sig.is_type_object()) {
                    return None;
                }
                self.infer(&subscript.slice, None);
                self.fail(ErrorCode::Misc, subscript.range, |_| {
                    "Type arguments can only be given to generic classes".to_owned()
                });
                Some(self.error_any())
            }
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        }
    }
}
