//! Making typed dicts: displays and constructor calls.

use indexmap::IndexMap;
use pytype_source::{ErrorCode, Name};
use pytype_types::{ArgKind, ClassFlags, KnownClass, Ty, TyList, TypedDict};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::{CallArgument, CallSite};
use crate::Checker;
use crate::expressions::{DictEntry, string_values};

/// What a display or call gives for the keys of a typed dict.
#[derive(Default)]
struct Keys<'a> {
    /// Every value that a key can get, the last that surely counts first.
    values: IndexMap<Name, Vec<CallArgument<'a>>>,
    /// Keys that are there whatever the unpacked dicts are.
    always: FxHashSet<Name>,
    /// A `**` item that may have other keys.
    open: Option<TextRange>,
}

impl Checker<'_> {
    /// `Point(x=1, **more)`, `Point({...})` or `Point(dict(...))`.
    pub(super) fn check_typed_dict_call(
        &mut self,
        dict: Ty,
        call: &ast::ExprCall,
        arguments: &[CallArgument<'_>],
        callee: Ty,
    ) -> Ty {
        let range = ruff_text_size::Ranged::range(call);
        let all_named = arguments.iter().all(|a| matches!(a.kind, ArgKind::Named | ArgKind::Star2));
        if arguments.is_empty() || all_named {
            let entries: Vec<DictEntry<'_>> = arguments.iter().filter_map(entry_of).collect();
            return self.check_typed_dict_entries(dict, &entries, range, Some(callee));
        }
        if let [only] = arguments
            && only.kind == ArgKind::Pos
            && let Some(expr) = only.expr()
        {
            match expr {
                Expr::Dict(display) => {
                    let entries: Vec<DictEntry<'_>> = display
                        .items
                        .iter()
                        .map(|item| match &item.key {
                            Some(key) => DictEntry::Item(key, &item.value),
                            None => DictEntry::Spread(&item.value),
                        })
                        .collect();
                    return self.check_typed_dict_entries(dict, &entries, range, Some(callee));
                }
                Expr::Call(inner) if self.is_dict_display_call(inner) => {
                    let inner_arguments = super::arguments_of(&inner.arguments);
                    let entries: Vec<DictEntry<'_>> = inner_arguments.iter().filter_map(entry_of).collect();
                    return self.check_typed_dict_entries(dict, &entries, range, Some(callee));
                }
                _ => {}
            }
        }
        self.fail(ErrorCode::Misc, range, |_| {
            "A typed dict is made from keyword arguments, {...} or dict(...)".to_owned()
        });
        self.error_any()
    }

    /// `dict(a=1, **b)`: a display in the form of a call.
    pub(crate) fn is_dict_display_call(&self, call: &ast::ExprCall) -> bool {
        call.arguments.args.is_empty() && self.refers_to(&call.func, "builtins.dict")
    }

    /// The typed dict that these entries make; what is wrong with keys and values is reported.
    pub(crate) fn check_typed_dict_entries(
        &mut self,
        dict: Ty,
        entries: &[DictEntry<'_>],
        range: TextRange,
        callee: Option<Ty>,
    ) -> Ty {
        let Some(items) = self.as_typed_dict(dict) else { return self.error_any() };
        match self.collect_keys(dict, items, entries, range) {
            Some(keys) => self.check_typed_dict_keys(dict, items, keys, range, callee),
            None => self.error_any(),
        }
    }

    /// Whether the display has all required keys of a typed dict and no other keys than its own.
    pub(crate) fn display_has_keys_of(&mut self, entries: &[DictEntry<'_>], dict: Ty) -> bool {
        let Some(items) = self.as_typed_dict(dict) else { return false };
        let (keys, _) = self.attempt(|c| c.collect_keys(dict, items, entries, TextRange::default()));
        keys.is_some_and(|keys| {
            items.items.iter().all(|(name, item)| !item.required || keys.values.contains_key(name))
                && keys.values.keys().all(|key| items.item(*key).is_some())
        })
    }

    fn collect_keys<'a>(
        &mut self,
        dict: Ty,
        items: &TypedDict,
        entries: &[DictEntry<'a>],
        _range: TextRange,
    ) -> Option<Keys<'a>> {
        let mut keys = Keys::default();
        for entry in entries {
            match entry {
                DictEntry::Named(name, value) => {
                    keys.values.insert(*name, vec![CallArgument::of(value)]);
                    keys.always.insert(*name);
                }
                DictEntry::Item(key, value) => {
                    let ty = self.infer(key, None);
                    let Some([name]) =
                        string_values(ty).as_deref().and_then(|v| <[Name; 1]>::try_from(v).ok())
                    else {
                        self.fail(ErrorCode::Misc, Self::place(key), |_| {
                            "A key of a typed dict must be a string literal".to_owned()
                        });
                        return None;
                    };
                    keys.values.insert(name, vec![CallArgument::of(value)]);
                    keys.always.insert(name);
                }
                DictEntry::Spread(value) => {
                    if self.collect_spread(dict, value, &mut keys)? {
                        keys.open = Some(Self::place(value));
                    }
                }
            }
        }
        if self.options.extra_checks
            && let Some(open) = keys.open
        {
            if items.extra_items.is_some_and(|extra| extra.ty.is_never()) {
                self.fail(ErrorCode::TypeddictItem, open, |_| {
                    "What may have other keys cannot be unpacked into a closed typed dict".to_owned()
                });
            }
            let absent: Vec<&str> = items
                .items
                .iter()
                .filter(|(name, item)| !item.required && !keys.values.contains_key(*name))
                .map(|(name, _)| name.as_str())
                .collect();
            if !absent.is_empty() {
                self.fail(ErrorCode::TypeddictItem, open, |_| {
                    format!("No item that is unpacked says what these keys would be: {}", absent.join(", "))
                });
            }
        }
        Some(keys)
    }

    /// Adds the keys of `**value`; tells whether it may have others. `None` when it cannot be
    /// unpacked here.
    fn collect_spread<'a>(&mut self, dict: Ty, value: &'a Expr, keys: &mut Keys<'a>) -> Option<bool> {
        let ty = self.infer(value, Some(dict));
        let ty = self.proper(ty);
        let range = Self::place(value);
        let mut dicts: Vec<&'static TypedDict> = Vec::new();
        let mut open = false;
        for item in ty.union_items() {
            let item = self.proper(item);
            match self.as_typed_dict(item) {
                Some(dict) => dicts.push(dict),
                None if self.is_mapping_of_any(item) => open = true,
                None => {
                    self.fail(ErrorCode::TypeddictItem, range, |c| {
                        format!("{} cannot be unpacked into a typed dict", c.show(item))
                    });
                    return None;
                }
            }
        }
        let mut names: Vec<Name> = Vec::new();
        for name in dicts.iter().flat_map(|dict| dict.items.keys()) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        for name in names {
            let types = dicts.iter().filter_map(|dict| dict.items.get(&name)).map(|item| item.ty);
            let argument = CallArgument::of_type(Ty::union(types), range);
            let required = dicts.iter().all(|dict| dict.items.get(&name).is_some_and(|item| item.required));
            let values = keys.values.entry(name).or_default();
            if !required {
                // What was there before may stay.
                values.push(argument);
                continue;
            }
            keys.always.insert(name);
            match values.first().copied() {
                // Values that are written out are looked at even when they are replaced.
                Some(first) if first.expr().is_some() => *values = vec![first, argument],
                _ => *values = vec![argument],
            }
        }
        let closed = |dict: &&TypedDict| dict.extra_items.is_some_and(|extra| extra.ty.is_never());
        Some(open || !dicts.iter().all(closed))
    }

    fn is_mapping_of_any(&self, ty: Ty) -> bool {
        if ty.is_any() {
            return true;
        }
        let mapping = self.ctx_known_class(KnownClass::Mapping);
        match ty.as_instance() {
            Some(instance) if self.class_info(instance.class).has_base(mapping) => {
                let mapped = self.map_to_supertype(ty, mapping);
                mapped.as_instance().is_some_and(|i| i.args.iter().all(|arg| self.proper(arg).is_any()))
            }
            _ => false,
        }
    }

    fn check_typed_dict_keys(
        &mut self,
        dict: Ty,
        items: &TypedDict,
        keys: Keys<'_>,
        range: TextRange,
        callee: Option<Ty>,
    ) -> Ty {
        if self.expressions.mutating_typed_dict {
            let frozen = keys.values.keys().any(|key| items.item(*key).is_some_and(|item| item.read_only));
            if frozen {
                self.fail(ErrorCode::TypeddictReadonlyMutated, range, |_| {
                    "A read-only key is changed".to_owned()
                });
            }
        }
        let required: Vec<Name> =
            items.items.iter().filter(|(_, item)| item.required).map(|(name, _)| *name).collect();
        let extra: Vec<Name> = keys.values.keys().copied().filter(|key| items.item(*key).is_none()).collect();
        let missing: Vec<Name> = required.iter().copied().filter(|key| !keys.always.contains(key)).collect();
        let anonymous = self.is_anonymous(items);
        if !extra.is_empty() {
            self.report_extra_keys(dict, &keys, items, &extra, anonymous, range);
        }
        if !missing.is_empty() {
            self.fail(ErrorCode::TypeddictItem, range, |c| {
                format!("Keys of {} are missing: {}", c.show(dict), join_names(&missing))
            });
        }
        let absent = required.iter().any(|key| !keys.values.contains_key(key));
        let only_required = keys.values.keys().all(|key| required.contains(key));
        if absent && only_required && (!extra.is_empty() || !missing.is_empty()) {
            return self.error_any();
        }
        let constructor = callee.filter(|c| c.as_callable().is_some()).unwrap_or_else(|| {
            let class = items.fallback.as_instance().map(|i| i.class);
            let generic = class.filter(|_| !anonymous).map(|class| self.class_object(class));
            generic.unwrap_or_else(|| self.typed_dict_constructor(dict, TyList::EMPTY()))
        });
        let arguments: Vec<CallArgument<'_>> = keys
            .values
            .iter()
            .filter_map(|(name, values)| {
                values.first().map(|first| CallArgument { kind: ArgKind::Named, name: Some(*name), ..*first })
            })
            .collect();
        let (result, _) = self.attempt(|c| {
            c.forgetting_types(|c| {
                c.expecting(c.expected(), |c| {
                    c.check_call(constructor, &arguments, CallSite::at(range)).result
                })
            })
        });
        let typed = self.as_typed_dict(self.proper(result)).unwrap_or(items);
        for (name, item) in &typed.items {
            for value in keys.values.get(name).into_iter().flatten() {
                self.check_typed_dict_value(*name, item.ty, value);
            }
        }
        if let Some(extra) = typed.extra_item() {
            for (name, values) in keys.values.iter().filter(|(name, _)| !typed.items.contains_key(*name)) {
                for value in values {
                    self.check_typed_dict_value(*name, extra.ty, value);
                }
            }
        }
        result
    }

    fn check_typed_dict_value(&mut self, name: Name, wanted: Ty, value: &CallArgument<'_>) {
        let ty = match value.expr() {
            Some(expr) if self.is_stub && matches!(expr, Expr::EllipsisLiteral(_)) => return,
            Some(expr) => self.infer_for_declared(wanted, &crate::flow::assignments::Value::Expr(expr)),
            None => self.infer_argument(value, Some(wanted)),
        };
        self.check_subtype(ty, wanted, value.range(), ErrorCode::TypeddictItem, |_| {
            format!("The value of key \"{name}\" does not fit")
        });
    }

    fn report_extra_keys(
        &mut self,
        dict: Ty,
        keys: &Keys<'_>,
        items: &TypedDict,
        extra: &[Name],
        anonymous: bool,
        range: TextRange,
    ) {
        let expected_any =
            items.items.iter().any(|(name, item)| item.required || keys.values.contains_key(name));
        let missing = items.items.iter().any(|(name, item)| item.required && !keys.values.contains_key(name));
        if anonymous {
            let code = if expected_any { ErrorCode::TypeddictItem } else { ErrorCode::Misc };
            return self.fail(code, range, |c| format!("{} has no keys {}", c.show(dict), join_names(extra)));
        }
        if missing {
            self.fail(ErrorCode::TypeddictItem, range, |c| format!("Keys of {} are missing", c.show(dict)));
        }
        self.fail(ErrorCode::TypeddictUnknownKey, range, |c| {
            format!("{} has no keys {}", c.show(dict), join_names(extra))
        });
    }

    /// Whether no class declares the typed dict.
    pub(crate) fn is_anonymous(&self, dict: &TypedDict) -> bool {
        dict.fallback
            .as_instance()
            .is_none_or(|i| !self.class_info(i.class).flags.contains(ClassFlags::TYPED_DICT))
    }

    /// A typed dict like `dict` in which no key is required.
    pub(crate) fn without_required(&self, dict: &TypedDict) -> Ty {
        let mut changed = dict.clone();
        for item in changed.items.values_mut() {
            item.required = false;
        }
        Ty::typed_dict(changed)
    }
}

fn entry_of<'a>(argument: &CallArgument<'a>) -> Option<DictEntry<'a>> {
    let value = argument.expr()?;
    match (argument.kind, argument.name) {
        (ArgKind::Named, Some(name)) => Some(DictEntry::Named(name, value)),
        (ArgKind::Star2, _) => Some(DictEntry::Spread(value)),
        _ => None,
    }
}

fn join_names(names: &[Name]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
