//! List, set, tuple and dict displays.

use pytype_source::{ErrorCode, Name, name};
use pytype_types::shared_parts::Answers;
use pytype_types::{KnownClass, Param, ParamKind, Signature, Ty, TyKind, TyList};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use super::tuple_indexing::unpack_position;
use crate::Checker;
use crate::calls::{CallArgument, CallSite};
use pytype_types::ArgKind;

/// Classes whose single argument is the type of each item, as far as displays are concerned.
const TUPLE_LIKE: &[&str] =
    &["builtins.tuple", "typing.Iterable", "typing.Container", "typing.Sequence", "typing.Reversible"];

fn is_tuple_like(ty: Ty) -> bool {
    ty.as_instance().is_some_and(|i| TUPLE_LIKE.iter().any(|name| i.class.is(name)))
}

/// Distinct types in order of first appearance.
#[derive(Default)]
struct Distinct {
    order: Vec<Ty>,
    seen: rustc_hash::FxHashSet<Ty>,
}

impl Distinct {
    fn push(&mut self, ty: Ty) {
        if self.seen.insert(ty) {
            self.order.push(ty);
        }
    }
}

/// An expression whose type is that of its class whatever is expected of it.
fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_))
}

impl Checker<'_> {
    /// A list or set display, or a tuple display of unknown length.
    pub(crate) fn infer_list_like(&mut self, items: &[Expr], class: KnownClass, range: TextRange) -> Ty {
        if let Some(fast) = self.infer_constants(items, class) {
            return fast;
        }
        if let Some(fast) = self.infer_plain_items(items, class) {
            return fast;
        }
        let variable = self.synthetic_variable(name!("T"), name!("<display>"), 1);
        let name = match class {
            KnownClass::Set => name!("<set>"),
            KnownClass::Tuple => name!("<tuple>"),
            _ => name!("<list>"),
        };
        let param = Param { name: None, ty: variable, kind: ParamKind::Star };
        let mut constructor =
            Signature::new(vec![param], self.known_with(class, [variable]), self.known(KnownClass::Function));
        constructor.variables = TyList::new([variable]);
        constructor.name = Some(name);
        let arguments: Vec<CallArgument<'_>> = items
            .iter()
            .map(|item| match item {
                Expr::Starred(starred) => CallArgument::of_kind(&starred.value, ArgKind::Star),
                _ => CallArgument::of(item),
            })
            .collect();
        let outcome = self.check_call(constructor.into_ty(), &arguments, CallSite::at(range));
        self.without_last_known(outcome.result)
    }

    /// Constants of one class where `Any` is expected, as in the data of most tests: nothing can come of
    /// solving for the type of the items.
    fn infer_constants(&mut self, items: &[Expr], class: KnownClass) -> Option<Ty> {
        if !self.expected().is_some_and(Ty::is_any) || !items.iter().all(is_constant) {
            return None;
        }
        let mut found: Option<Ty> = None;
        for item in items {
            let ty = self.infer(item, None);
            let ty = self.without_last_known(ty);
            if *found.get_or_insert(ty) != ty {
                return None;
            }
        }
        Some(self.known_with(class, [found?]))
    }

    /// The common case: no expected type, no star items, and item types that join well.
    fn infer_plain_items(&mut self, items: &[Expr], class: KnownClass) -> Option<Ty> {
        if self.expected().is_some() || items.is_empty() {
            return None;
        }
        let mut distinct = Distinct::default();
        for item in items {
            if matches!(item, Expr::Starred(_)) {
                return None;
            }
            let ty = self.infer(item, None);
            distinct.push(ty);
        }
        let item = self.join_plain_items(&distinct.order)?;
        Some(self.known_with(class, [item]))
    }

    fn join_plain_items(&mut self, types: &[Ty]) -> Option<Ty> {
        match types {
            [] => None,
            [one] => Some(*one),
            _ => {
                let joined = self.join_list(types);
                joins_well(joined).then_some(joined)
            }
        }
    }

    pub(crate) fn infer_tuple(&mut self, tuple: &ast::ExprTuple) -> Ty {
        let elements: Vec<&Expr> = tuple.elts.iter().collect();
        self.infer_tuple_elements(&elements, tuple.range)
    }

    /// A tuple of these expressions, where the expected type is that of the expression under way.
    pub(crate) fn infer_tuple_elements(&mut self, elements: &[&Expr], range: TextRange) -> Ty {
        let contexts = self.tuple_contexts(elements);
        let context_unpack = contexts.as_deref().is_some_and(|c| unpack_position(c).is_some());
        let keeps_unpack = context_unpack || self.has_precise_tuples();
        let mut items: Vec<Ty> = Vec::with_capacity(elements.len());
        let mut seen_unpack = false;
        let mut next = 0;
        for element in elements {
            let Expr::Starred(starred) = element else {
                let context = contexts.as_ref().and_then(|c| c.get(next)).copied();
                if context.is_some() {
                    next += 1;
                }
                items.push(self.infer(element, context));
                continue;
            };
            let context = match contexts.as_ref().and_then(|c| c.get(next)).map(|t| t.kind()) {
                Some(TyKind::Unpack(inner)) if context_unpack => Some(*inner),
                _ => None,
            };
            let value = self.infer(&starred.value, context);
            let value = self.proper(value);
            let TyKind::Tuple { items: inner, .. } = value.kind() else {
                if keeps_unpack && !seen_unpack && self.is_iterable(value) && value.as_instance().is_some() {
                    let item = self.item_of_iterable(value, range);
                    items.push(Ty::new(TyKind::Unpack(self.known_with(KnownClass::Tuple, [item]))));
                    seen_unpack = true;
                    next += 1;
                    continue;
                }
                return self.infer_open_tuple(elements, range);
            };
            if unpack_position(inner).is_some() {
                if seen_unpack {
                    return self.infer_open_tuple(elements, range);
                }
                seen_unpack = true;
            }
            items.extend(inner.iter());
            next += if context_unpack { 1 } else { inner.len() };
        }
        let tuple = Ty::tuple(items, self.known_with(KnownClass::Tuple, [self.any()]));
        if seen_unpack { self.normalised_tuple(tuple) } else { tuple }
    }

    /// A tuple with a star item of unknown length: `tuple[T, ...]`.
    fn infer_open_tuple(&mut self, elements: &[&Expr], range: TextRange) -> Ty {
        let owned: Vec<Expr> = elements.iter().map(|e| (*e).clone()).collect();
        self.infer_list_like(&owned, KnownClass::Tuple, range)
    }

    /// What is expected of each item of a tuple display, if that is known.
    fn tuple_contexts(&mut self, elements: &[&Expr]) -> Option<Vec<Ty>> {
        let mut expected = self.proper(self.expected()?);
        if let TyKind::Union(items) = expected.kind() {
            let fitting: Vec<Ty> = items
                .iter()
                .map(|item| self.proper(item))
                .filter(|item| {
                    if let TyKind::Tuple { items, .. } = item.kind() {
                        tuple_context_matches(elements, items)
                    } else {
                        is_tuple_like(*item)
                    }
                })
                .collect();
            if let [one] = fitting.as_slice() {
                expected = *one;
            }
        }
        match expected.kind() {
            TyKind::Tuple { items, .. } if tuple_context_matches(elements, items) => Some(items.to_vec()),
            TyKind::Instance(instance) if is_tuple_like(expected) => {
                instance.args.first().map(|item| vec![*item; elements.len()])
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
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => None,
        }
    }

    pub(crate) fn infer_dict(&mut self, dict: &ast::ExprDict) -> Ty {
        let entries: Vec<DictEntry<'_>> = dict
            .items
            .iter()
            .map(|item| match &item.key {
                Some(key) => DictEntry::Item(key, &item.value),
                None => DictEntry::Spread(&item.value),
            })
            .collect();
        self.infer_dict_entries(&entries, dict.range)
    }

    /// A dict display, or a call `dict(a=1, **b)` seen as one.
    pub(crate) fn infer_dict_entries(&mut self, entries: &[DictEntry<'_>], range: TextRange) -> Ty {
        if let Some(expected) = self.expected()
            && let Some(ty) = self.infer_as_typed_dict(entries, expected, range)
        {
            return ty;
        }
        if let Some(fast) = self.infer_plain_dict(entries) {
            return fast;
        }
        let key = self.synthetic_variable(name!("KT"), name!("<dict>"), 1);
        let value = self.synthetic_variable(name!("VT"), name!("<dict>"), 2);
        let pair = Ty::tuple([key, value], self.known(KnownClass::Tuple));
        let mapping = self.known_with(KnownClass::SupportsKeysAndGetItem, [key, value]);
        let mut params = Vec::with_capacity(entries.len());
        let mut arguments = Vec::with_capacity(entries.len());
        for entry in entries {
            let (ty, argument) = match entry {
                DictEntry::Item(key, value) => (pair, CallArgument::pair(key, value)),
                DictEntry::Named(name, value) => (pair, CallArgument::named_pair(*name, value)),
                DictEntry::Spread(value) => (mapping, CallArgument::of(value)),
            };
            params.push(Param { name: None, ty, kind: ParamKind::Pos });
            arguments.push(argument);
        }
        let result = self.known_with(KnownClass::Dict, [key, value]);
        let mut constructor = Signature::new(params, result, self.known(KnownClass::Function));
        constructor.variables = TyList::new([key, value]);
        constructor.name = Some(name!("<dict>"));
        self.check_call(constructor.into_ty(), &arguments, CallSite::at(range)).result
    }

    /// The common case of a dict display, as for lists.
    fn infer_plain_dict(&mut self, entries: &[DictEntry<'_>]) -> Option<Ty> {
        if self.expected().is_some() || entries.is_empty() {
            return None;
        }
        let (mut keys, mut values) = (Distinct::default(), Distinct::default());
        let mut spread: Option<(Ty, Ty)> = None;
        for entry in entries {
            match entry {
                DictEntry::Spread(value) => {
                    let ty = self.infer(value, None);
                    match self.proper(ty).as_instance() {
                        Some(i) if i.class.is("builtins.dict") && i.args.len() == 2 => {
                            spread = Some((i.args[0], i.args[1]));
                        }
                        _ => return None,
                    }
                }
                DictEntry::Item(key, value) => {
                    keys.push(self.infer(key, None));
                    values.push(self.infer(value, None));
                }
                DictEntry::Named(name, value) => {
                    keys.push(self.string_with_value(*name));
                    values.push(self.infer(value, None));
                }
            }
        }
        let key = self.join_plain_items(&keys.order)?;
        let value = self.join_plain_items(&values.order)?;
        if spread.is_some_and(|spread| spread != (key, value)) {
            return None;
        }
        Some(self.known_with(KnownClass::Dict, [key, value]))
    }

    fn string_with_value(&self, text: pytype_source::Name) -> Ty {
        let plain = self.known(KnownClass::Str);
        let literal = Ty::literal(pytype_types::LiteralValue::Str(text), plain);
        super::literals::with_last_known(plain, literal)
    }

    /// A dict display where a typed dict is expected; `None` when it is to be an ordinary dict.
    fn infer_as_typed_dict(
        &mut self,
        entries: &[DictEntry<'_>],
        expected: Ty,
        range: TextRange,
    ) -> Option<Ty> {
        let (candidates, exhaustive) = self.typed_dicts_expected(expected, entries);
        match candidates.as_slice() {
            [] => None,
            [one] if exhaustive => Some(self.infer_typed_dict_display(entries, *one, range)),
            _ => {
                for candidate in &candidates {
                    let ((ty, log), wrong) = self.attempt(|c| {
                        c.logging_types(|c| c.infer_typed_dict_display(entries, *candidate, range))
                    });
                    if wrong {
                        self.forget_types(log);
                    } else {
                        self.keep_types(log);
                        return Some(ty);
                    }
                }
                if exhaustive {
                    self.fail(ErrorCode::Misc, range, |_| {
                        "None of the expected typed dicts fits this display".to_owned()
                    });
                }
                None
            }
        }
    }

    /// The typed dicts that `expected` allows for this display, and whether it allows nothing else.
    fn typed_dicts_expected(&mut self, expected: Ty, entries: &[DictEntry<'_>]) -> (Vec<Ty>, bool) {
        let expected = self.proper(expected);
        match expected.kind() {
            TyKind::TypedDict(_) => (vec![expected], true),
            TyKind::Union(items) => {
                let mut found = Vec::new();
                let mut exhaustive = true;
                for item in *items {
                    let (candidates, only) = self.typed_dicts_expected(item, entries);
                    for candidate in candidates {
                        if self.display_has_keys_of(entries, candidate) {
                            found.push(candidate);
                        }
                    }
                    exhaustive &= only;
                }
                (found, exhaustive)
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
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => (Vec::new(), false),
        }
    }

    fn infer_typed_dict_display(&mut self, entries: &[DictEntry<'_>], dict: Ty, range: TextRange) -> Ty {
        let result = self.check_typed_dict_entries(dict, entries, range, None);
        if let TyKind::TypedDict(_) = self.proper(result).kind() { result } else { dict }
    }

    /// A type variable for a call that stands for a display or comprehension.
    pub(crate) fn synthetic_variable(&self, name: Name, owner: Name, index: u32) -> Ty {
        use pytype_types::{TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId, TypeVarKind, TypeVarOrigin};
        let decl = TypeVarDecl::new(TypeVarDeclData {
            name,
            fullname: name,
            kind: TypeVarKind::TypeVar,
            origin: TypeVarOrigin::Synthetic { bound: self.object() },
        });
        let id = TypeVarId { owner, index, meta: 0 };
        Ty::new(TyKind::TypeVar(TypeVar { id, decl }))
    }
}

/// One entry of a dict display.
#[derive(Clone, Copy)]
pub(crate) enum DictEntry<'a> {
    Item(&'a Expr, &'a Expr),
    /// `name=value` of a `dict(...)` call.
    Named(pytype_source::Name, &'a Expr),
    /// `**value`.
    Spread(&'a Expr),
}

/// Whether a display of these elements can be a tuple with these items.
fn tuple_context_matches(elements: &[&Expr], items: &[Ty]) -> bool {
    let stars = elements.iter().filter(|e| matches!(e, Expr::Starred(_))).count();
    match unpack_position(items) {
        None => elements.len() - stars <= items.len(),
        Some(position) => {
            stars == 1
                && elements.len() == items.len()
                && elements.iter().position(|e| matches!(e, Expr::Starred(_))) == Some(position)
        }
    }
}

/// Whether the join of item types is plain enough to be the item type of a display.
fn joins_well(ty: Ty) -> bool {
    fn part(ty: Ty, visited: &Answers<Ty, ()>) -> bool {
        match ty.kind() {
            TyKind::Instance(_) => true,
            TyKind::Tuple { items, .. } => {
                items.iter().all(|item| !visited.is_new(item) || part(item, visited))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
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
            | TyKind::Module(_) => false,
        }
    }
    part(ty, &Answers::default())
}
