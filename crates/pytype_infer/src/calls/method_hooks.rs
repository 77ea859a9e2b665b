//! Methods of which more is known than their signatures say: those of typed dicts, and a few of
//! `int` and `tuple`.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    KnownClass, LiteralValue, Param, ParamKind, Sig, Signature, Ty, TyKind, TyList, TypedDict,
};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::callable::FormalToActual;
use super::{CallArgument, CallSite};
use crate::Checker;
use crate::expressions::{literal_or_self, string_values, with_last_known, written_int};

/// The argument that goes to a parameter, when exactly one does.
fn only(mapping: &FormalToActual, formal: usize) -> Option<usize> {
    match mapping.get(formal).map(|actuals| actuals.as_slice()) {
        Some([one]) => Some(*one),
        _ => None,
    }
}

fn is_empty_dict(argument: Option<&CallArgument<'_>>) -> bool {
    matches!(argument.and_then(CallArgument::expr), Some(Expr::Dict(dict)) if dict.items.is_empty())
}

/// Methods that a typed dict's class has itself.
fn typed_dict_method(fullname: Name) -> Option<&'static str> {
    let fullname: &'static str = fullname.as_str();
    let method = fullname
        .strip_prefix("typing._TypedDict.")
        .or_else(|| fullname.strip_prefix("typing_extensions._TypedDict."))
        .or_else(|| fullname.strip_prefix("mypy_extensions._TypedDict."))?;
    Some(method)
}

impl Checker<'_> {
    /// The method's signature made precise for this object and these arguments.
    pub(crate) fn refine_method(
        &mut self,
        fullname: Name,
        object: Ty,
        method: Ty,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) -> Ty {
        let object = self.proper(object);
        let Some(dict) = self.as_typed_dict(object) else {
            return self.refine_dispatch(fullname, object, method);
        };
        let name = match (fullname.as_str(), typed_dict_method(fullname)) {
            ("typing.Mapping.get", _) => "get",
            (_, Some(name)) => name,
            _ => return method,
        };
        let change: fn(&mut Self, &TypedDict, Sig, &[CallArgument<'_>], TextRange) -> Option<Signature> =
            match name {
                "get" => Self::typed_dict_get_signature,
                "pop" => Self::typed_dict_pop_signature,
                "setdefault" => Self::typed_dict_setdefault_signature,
                "update" | "__ior__" => Self::typed_dict_mutating_update_signature,
                "__or__" | "__ror__" => Self::typed_dict_update_signature,
                _ => return method,
            };
        let changed = |c: &mut Self, ty: Ty| {
            if let TyKind::Callable(sig) = ty.kind() {
                change(c, dict, *sig, arguments, range).map_or(ty, Signature::into_ty)
            } else {
                ty
            }
        };
        match method.kind() {
            TyKind::Callable(_) => changed(self, method),
            TyKind::Overloaded(items) => {
                let items: Vec<Ty> = items.iter().map(|item| changed(self, item)).collect();
                Ty::new(TyKind::Overloaded(TyList::new(items)))
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
            | TyKind::Module(_) => method,
        }
    }

    /// The key and the second argument of a call with two parameters, when the key is written out.
    fn key_and_default<'a, 'b>(
        &mut self,
        sig: Sig,
        arguments: &'b [CallArgument<'a>],
    ) -> Option<(Name, &'b CallArgument<'a>)> {
        if sig.params.len() != 2 {
            return None;
        }
        let mapping = self.map_arguments(arguments, &sig);
        let key = arguments.get(only(&mapping, 0)?)?;
        let default = arguments.get(only(&mapping, 1)?)?;
        match key.expr()? {
            Expr::StringLiteral(string) => Some((Name::new(string.value.to_str()), default)),
            _ => None,
        }
    }

    fn typed_dict_get_signature(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        _range: TextRange,
    ) -> Option<Signature> {
        let [variable] = sig.variables.as_slice() else { return None };
        let (key, default) = self.key_and_default(sig, arguments)?;
        let mut value = self.proper(dict.item(key)?.ty);
        if let Some(inner) = self.as_typed_dict(value)
            && is_empty_dict(Some(default))
        {
            value = self.without_required(inner);
        }
        let mut signature = sig.get().clone();
        signature.params[1].ty = self.simplified_union([value, *variable]);
        Some(signature)
    }

    fn typed_dict_pop_signature(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        _range: TextRange,
    ) -> Option<Signature> {
        let mut signature = sig.get().clone();
        signature.params.first_mut()?.ty = self.instance_of(KnownClass::Str);
        if let [variable] = sig.variables.as_slice()
            && let Some((key, _)) = self.key_and_default(sig, arguments)
            && let Some(item) = dict.item(key)
        {
            let both = self.simplified_union([item.ty, *variable]);
            signature.params[1].ty = both;
            signature.ret = both;
        }
        Some(signature)
    }

    fn typed_dict_setdefault_signature(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        _range: TextRange,
    ) -> Option<Signature> {
        let mut signature = sig.get().clone();
        signature.params.first_mut()?.ty = self.instance_of(KnownClass::Str);
        if let Some((key, _)) = self.key_and_default(sig, arguments)
            && let Some(item) = dict.item(key)
        {
            signature.params[1].ty = item.ty;
        }
        Some(signature)
    }

    fn typed_dict_mutating_update_signature(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) -> Option<Signature> {
        self.typed_dict_update_with(dict, sig, arguments, range, true)
    }

    fn typed_dict_update_signature(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        range: TextRange,
    ) -> Option<Signature> {
        self.typed_dict_update_with(dict, sig, arguments, range, false)
    }

    /// An update may not change a read-only item: nothing that the other typed dict may have under
    /// that key (the typing specification, "Read-only items", "Update method").
    fn check_read_only_update(&mut self, dict: &TypedDict, given: &TypedDict, range: TextRange) {
        let changed = dict.items.iter().find(|(name, item)| {
            item.read_only && given.items.get(*name).is_some_and(|other| !self.proper(other.ty).is_never())
        });
        if let Some((name, _)) = changed {
            self.fail(ErrorCode::TypeddictReadonlyMutated, range, |_| {
                format!("The item \"{name}\" is read-only, and this update may change it")
            });
        }
    }

    /// `update` and `|` take some of the typed dict's keys.
    fn typed_dict_update_with(
        &mut self,
        dict: &TypedDict,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        _range: TextRange,
        mutates: bool,
    ) -> Option<Signature> {
        let [param] = &*sig.params else { return None };
        self.as_typed_dict(self.proper(param.ty))?;
        let mut partial = dict.clone();
        partial.fallback = self.instance_of(KnownClass::TypedDictFallback);
        for item in partial.items.values_mut() {
            item.required = false;
        }
        let mut wanted = Ty::typed_dict(partial.clone());
        let mapping = self.map_arguments(arguments, &sig);
        if let Some(first) = mapping.first().and_then(|actuals| actuals.first()) {
            let argument = arguments[*first];
            let before = std::mem::replace(&mut self.expressions.mutating_typed_dict, mutates);
            let (given, found) = self.capturing(|c| c.infer_argument(&argument, Some(wanted)));
            self.expressions.mutating_typed_dict = before;
            let frozen: Vec<_> =
                found.into_iter().filter(|d| d.code == Some(ErrorCode::TypeddictReadonlyMutated)).collect();
            self.report_all(frozen);
            let mut choices = Vec::new();
            for item in self.proper(given).union_items() {
                let Some(given) = self.as_typed_dict(self.proper(item)) else { continue };
                if mutates {
                    self.check_read_only_update(dict, given, argument.range());
                }
                let mut choice = partial.clone();
                for (name, item) in &mut choice.items {
                    item.required = given.items.get(name).is_some_and(|i| i.required);
                    // The argument is only read.
                    item.read_only = true;
                }
                if !self.options.extra_checks {
                    choice.items.retain(|name, _| given.items.contains_key(name));
                }
                choices.push(Ty::typed_dict(choice));
            }
            if !choices.is_empty() {
                wanted = self.simplified_union(choices);
            }
        }
        let mut signature = sig.get().clone();
        signature.params[0] = Param { ty: wanted, kind: ParamKind::Pos, ..signature.params[0] };
        Some(signature)
    }

    /// The result of a method made precise; `None` when its signature says all.
    pub(super) fn refine_method_result(
        &mut self,
        fullname: Name,
        sig: &Signature,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
        mapping: &FormalToActual,
        site: CallSite<'_>,
    ) -> Option<Ty> {
        let object = self.proper(site.object?);
        if let Some(dict) = self.as_typed_dict(object) {
            let method = if fullname == "typing.Mapping.get" { "get" } else { typed_dict_method(fullname)? };
            let call = TypedDictCall { object, dict, arguments, types, mapping };
            return match method {
                "get" => self.typed_dict_get_result(call),
                "pop" => self.typed_dict_pop_result(call),
                "setdefault" => self.typed_dict_setdefault_result(call),
                "__delitem__" => self.typed_dict_delete_result(call),
                _ => None,
            };
        }
        match fullname.as_str() {
            "builtins.int.__pow__" => self.int_power_result(arguments, mapping),
            "builtins.int.__neg__" => self.negated_int(object, -1),
            "builtins.int.__pos__" => self.negated_int(object, 1),
            "builtins.tuple.__mul__" | "builtins.tuple.__rmul__" => {
                self.repeated_tuple(object, types.get(only(mapping, 0)?).copied()?)
            }
            "functools.partial.__call__" => self.partial_call_result(object, arguments, site),
            _ => self.refine_dispatch_result(fullname, object, sig, types, mapping, site),
        }
    }

    fn typed_dict_keys(&self, call: TypedDictCall<'_, '_>) -> Option<Vec<Name>> {
        let position = only(call.mapping, 0)?;
        string_values(*call.types.get(position)?)
    }

    fn typed_dict_get_result(&mut self, call: TypedDictCall<'_, '_>) -> Option<Ty> {
        let keys = self.typed_dict_keys(call)?;
        let (default, default_argument) = match call.mapping.get(1).map(|actuals| actuals.as_slice()) {
            None | Some([]) => (Ty::none(), None),
            Some([one]) => (*call.types.get(*one)?, call.arguments.get(*one)),
            Some(_) => return None,
        };
        let mut results = Vec::new();
        for key in keys {
            match call.dict.item(key) {
                None if call.dict.extra_items.is_some_and(|extra| extra.ty.is_never()) => {
                    results.push(default)
                }
                None => return None,
                Some(item) if item.required => results.push(item.ty),
                Some(item) => match self.as_typed_dict(self.proper(item.ty)) {
                    Some(inner) if is_empty_dict(default_argument) => {
                        results.push(self.without_required(inner))
                    }
                    _ => results.extend([item.ty, default]),
                },
            }
        }
        if results.contains(&default) {
            results.retain(|ty| *ty != default);
            results.push(default);
        }
        Some(self.simplified_union(results))
    }

    fn key_place(&self, call: TypedDictCall<'_, '_>) -> TextRange {
        only(call.mapping, 0)
            .and_then(|p| call.arguments.get(p))
            .map_or_else(TextRange::default, CallArgument::range)
    }

    fn report_key_not_literal(&mut self, range: TextRange) -> Option<Ty> {
        self.fail(ErrorCode::Misc, range, |_| "A key of a typed dict must be a string literal".to_owned());
        Some(self.error_any())
    }

    fn typed_dict_pop_result(&mut self, call: TypedDictCall<'_, '_>) -> Option<Ty> {
        only(call.mapping, 0)?;
        let range = self.key_place(call);
        let Some(keys) = self.typed_dict_keys(call) else { return self.report_key_not_literal(range) };
        let mut results = Vec::new();
        for key in keys {
            let Some(item) = call.dict.item(key) else {
                self.report_unknown_key(call.object, call.dict, key, range, false);
                return Some(self.error_any());
            };
            if item.required || item.read_only {
                self.report_key_not_deletable(call.object, key, range);
            }
            results.push(item.ty);
        }
        match call.mapping.get(1).map(|actuals| actuals.as_slice()) {
            None | Some([]) => {}
            Some([one]) => results.push(*call.types.get(*one)?),
            Some(_) => return None,
        }
        Some(self.simplified_union(results))
    }

    fn report_key_not_deletable(&mut self, object: Ty, key: Name, range: TextRange) {
        self.fail(ErrorCode::Misc, range, |c| {
            format!("Key \"{key}\" of {} cannot be deleted", c.show(object))
        });
    }

    fn typed_dict_setdefault_result(&mut self, call: TypedDictCall<'_, '_>) -> Option<Ty> {
        only(call.mapping, 0)?;
        let default_at = only(call.mapping, 1)?;
        let range = self.key_place(call);
        let Some(keys) = self.typed_dict_keys(call) else { return self.report_key_not_literal(range) };
        if keys.iter().any(|key| call.dict.item(*key).is_some_and(|item| item.read_only)) {
            self.fail(ErrorCode::TypeddictReadonlyMutated, range, |_| {
                "A read-only key is changed".to_owned()
            });
        }
        let default = *call.types.get(default_at)?;
        let mut results = Vec::new();
        for key in keys {
            let Some(item) = call.dict.item(key) else {
                self.report_unknown_key(call.object, call.dict, key, range, false);
                return Some(self.error_any());
            };
            if !self.is_subtype(default, item.ty) {
                let place = call.arguments.get(default_at).map_or(range, CallArgument::range);
                let wanted = item.ty;
                self.fail(ErrorCode::TypeddictItem, place, |c| {
                    let (given, wanted) = c.show_two(default, wanted);
                    format!("The default has type {given}, but the key has type {wanted}")
                });
                return Some(self.error_any());
            }
            results.push(item.ty);
        }
        Some(self.simplified_union(results))
    }

    fn typed_dict_delete_result(&mut self, call: TypedDictCall<'_, '_>) -> Option<Ty> {
        only(call.mapping, 0)?;
        let range = self.key_place(call);
        let Some(keys) = self.typed_dict_keys(call) else { return self.report_key_not_literal(range) };
        for key in keys {
            match call.dict.item(key) {
                Some(item) if item.required || item.read_only => {
                    self.report_key_not_deletable(call.object, key, range);
                }
                Some(_) => {}
                None => self.report_unknown_key(call.object, call.dict, key, range, false),
            }
        }
        None
    }

    /// `2 ** 3` is an `int`, `2 ** -3` a `float`.
    fn int_power_result(&self, arguments: &[CallArgument<'_>], mapping: &FormalToActual) -> Option<Ty> {
        if mapping.len() != 2 || !mapping[1].is_empty() {
            return None;
        }
        let exponent = arguments.get(only(mapping, 0)?)?.expr()?;
        let positive_sign =
            matches!(exponent, Expr::UnaryOp(unary) if unary.op == ruff_python_ast::UnaryOp::UAdd);
        let exponent = written_int(exponent).filter(|_| !positive_sign)?;
        Some(self.instance_of(if exponent >= 0 { KnownClass::Int } else { KnownClass::Float }))
    }

    /// `-x` of an integer whose value is known.
    fn negated_int(&self, object: Ty, sign: i64) -> Option<Ty> {
        let TyKind::Literal { value: LiteralValue::Int(value), fallback } = literal_or_self(object).kind()
        else {
            return None;
        };
        let literal = Ty::literal(LiteralValue::Int(value.checked_mul(sign)?), *fallback);
        match object.kind() {
            TyKind::Literal { .. } => Some(literal),
            _ if self.in_literal_context() => Some(literal),
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
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Some(with_last_known(object, literal)),
        }
    }

    /// `(a, b) * 2`.
    fn repeated_tuple(&self, object: Ty, count: Ty) -> Option<Ty> {
        let TyKind::Tuple { items, fallback } = object.kind() else { return None };
        let TyKind::Literal { value: LiteralValue::Int(count), .. } = literal_or_self(count).kind() else {
            return None;
        };
        let count = usize::try_from(*count).unwrap_or(0);
        let length = items.len().checked_mul(count).filter(|length| *length <= 10_000)?;
        let repeated: Vec<Ty> = items.iter().cycle().take(length).collect();
        Some(Ty::tuple(repeated, *fallback))
    }
}

/// A call of a typed dict's method.
#[derive(Clone, Copy)]
struct TypedDictCall<'a, 'b> {
    object: Ty,
    dict: &'b TypedDict,
    arguments: &'b [CallArgument<'a>],
    types: &'b [Ty],
    mapping: &'b FormalToActual,
}
