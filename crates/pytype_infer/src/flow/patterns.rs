//! Patterns of `match`: what a value is when a pattern matches, what is left when it does not,
//! and what the pattern's names capture.

use pytype_declare::Node;
use pytype_index::DefRef;
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{
    AnySource, Instance, KnownClass, LiteralValue, SubtypeOptions, Ty, TyKind, TypeContext,
    coerce_to_literal, expand_by_instance, is_subtype, is_subtype_with, join_types, make_simplified_union,
    map_to_supertype, narrow_declared_type, proper, str_literals,
};
use ruff_python_ast::{self as ast, Expr, Pattern};
use ruff_text_size::{Ranged, TextRange};

use super::narrowing::TypeRange;
use crate::Checker;

/// A name that a pattern binds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capture {
    pub variable: DefRef,
    pub range: TextRange,
    pub ty: Ty,
}

/// What a pattern makes of a value.
#[derive(Clone, Debug)]
pub(super) struct PatternResult {
    /// The value's type when the pattern matches; `Never` when it cannot.
    pub matched: Ty,
    /// Its type when the pattern does not match; `Never` when it always does.
    pub rest: Ty,
    pub captures: Vec<Capture>,
}

/// Classes whose pattern takes one positional sub-pattern for the value itself.
const MATCH_SELF: &[KnownClass] = &[
    KnownClass::Bool,
    KnownClass::Bytearray,
    KnownClass::Bytes,
    KnownClass::Dict,
    KnownClass::Float,
    KnownClass::Frozenset,
    KnownClass::Int,
    KnownClass::List,
    KnownClass::Set,
    KnownClass::Str,
    KnownClass::Tuple,
];

/// Sequences that no sequence pattern matches.
const NOT_SEQUENCES: &[KnownClass] = &[KnownClass::Str, KnownClass::Bytes, KnownClass::Bytearray];

impl Checker<'_> {
    /// Matches a value of type `subject` against `pattern`.
    pub(super) fn match_pattern(&mut self, pattern: &Pattern, subject: Ty) -> PatternResult {
        match pattern {
            Pattern::MatchAs(pattern) => self.match_as(pattern, subject),
            Pattern::MatchOr(pattern) => self.match_or(pattern, subject),
            Pattern::MatchValue(pattern) => self.match_value(pattern, subject),
            Pattern::MatchSingleton(pattern) => self.match_singleton(pattern, subject),
            Pattern::MatchSequence(pattern) => self.match_sequence(pattern, subject),
            Pattern::MatchStar(pattern) => self.match_star(pattern, subject),
            Pattern::MatchMapping(pattern) => self.match_mapping(pattern, subject),
            Pattern::MatchClass(pattern) => self.match_class(pattern, subject),
        }
    }

    fn no_match(&self, subject: Ty) -> PatternResult {
        PatternResult { matched: Ty::never(), rest: subject, captures: Vec::new() }
    }

    fn is_never(&self, ty: Ty) -> bool {
        proper(&*self.ctx, ty).is_never()
    }

    fn capture(&mut self, name: &ast::Identifier, ty: Ty) -> Option<Capture> {
        let binding = self.resolve_name(Name::new(name))?;
        match binding.node {
            Node::Variable(variable) => Some(Capture { variable, range: name.range(), ty }),
            Node::Function(_) => {
                let declared = self.binding_type(binding, name.range());
                self.check_assignable(ty, declared, name.range(), ErrorCode::Misc);
                None
            }
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Class(_)
            | Node::TypeVariable(_)
            | Node::Alias(_)
            | Node::Implicit(_)
            | Node::Unknown(_) => None,
        }
    }

    /// Narrows by a type; a class that is both is invented where none is known.
    fn narrowed_to(&mut self, subject: Ty, to: Ty, upper_bound: bool, range: TextRange) -> (Ty, Ty) {
        let to = match proper(&*self.ctx, to).as_instance().and_then(|i| i.last_known) {
            Some(known) if matches!(known.kind(), TyKind::Literal { value: LiteralValue::Bool(_), .. }) => {
                known
            }
            _ => to,
        };
        let ranges = [TypeRange { ty: to, upper_bound }];
        let (yes, no) =
            self.conditional_types_with_intersection(subject, Some(&ranges), Some(subject), true, range);
        (yes.unwrap_or(subject), no.unwrap_or(subject))
    }

    fn match_as(&mut self, pattern: &ast::PatternMatchAs, subject: Ty) -> PatternResult {
        let mut result = match &pattern.pattern {
            Some(inner) => self.match_pattern(inner, subject),
            None => PatternResult { matched: subject, rest: Ty::never(), captures: Vec::new() },
        };
        if let Some(name) = &pattern.name
            && !self.is_never(result.matched)
        {
            result.matched = self.narrowed_to(subject, result.matched, false, pattern.range()).0;
            if !self.is_never(result.matched) {
                result.captures.extend(self.capture(name, result.matched));
            }
        }
        result
    }

    fn match_or(&mut self, pattern: &ast::PatternMatchOr, subject: Ty) -> PatternResult {
        let mut left = subject;
        let mut matched = Vec::new();
        let mut captures: Vec<Capture> = Vec::new();
        for (index, alternative) in pattern.patterns.iter().enumerate() {
            let result = self.match_pattern(alternative, left);
            if !self.is_never(result.matched) {
                left = result.rest;
                matched.push(result.matched);
            }
            if index > 0 {
                let same = captures.len() == result.captures.len()
                    && captures.iter().all(|c| result.captures.iter().any(|r| r.variable == c.variable));
                if !same {
                    self.error(
                        ErrorCode::Misc,
                        alternative.range(),
                        "All alternatives of a pattern must bind the same names",
                    );
                }
            }
            for capture in result.captures {
                match captures.iter_mut().find(|c| c.variable == capture.variable) {
                    Some(known) => known.ty = make_simplified_union(&*self.ctx, [known.ty, capture.ty]),
                    None => captures.push(capture),
                }
            }
        }
        PatternResult { matched: make_simplified_union(&*self.ctx, matched), rest: left, captures }
    }

    /// A value pattern is `subject == value`.
    fn match_value(&mut self, pattern: &ast::PatternMatchValue, subject: Ty) -> PatternResult {
        let value = self.infer(&pattern.value, None);
        let value = coerce_to_literal(&*self.ctx, value);
        let (matched, rest) = self.narrow_equal(subject, value);
        PatternResult { matched, rest, captures: Vec::new() }
    }

    fn match_singleton(&mut self, pattern: &ast::PatternMatchSingleton, subject: Ty) -> PatternResult {
        let to = match pattern.value {
            ast::Singleton::None => Ty::none(),
            ast::Singleton::True | ast::Singleton::False => {
                let value = LiteralValue::Bool(pattern.value == ast::Singleton::True);
                Ty::literal(value, self.ctx.known_instance(KnownClass::Bool))
            }
        };
        let (matched, rest) = self.narrowed_to(subject, to, false, pattern.range());
        PatternResult { matched, rest, captures: Vec::new() }
    }

    fn match_star(&mut self, pattern: &ast::PatternMatchStar, subject: Ty) -> PatternResult {
        let list = self.known_with(KnownClass::List, [subject]);
        let captures = pattern.name.as_ref().and_then(|name| self.capture(name, list)).into_iter().collect();
        PatternResult { matched: subject, rest: Ty::never(), captures }
    }

    // Sequences.

    fn can_match_sequence(&self, ty: Ty) -> bool {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Any(_) => return true,
            TyKind::Union(items) => return items.iter().any(|item| self.can_match_sequence(item)),
            TyKind::None
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
            | TyKind::Module(_) => {}
        }
        let options = SubtypeOptions { ignore_promotions: true, ..SubtypeOptions::default() };
        for class in NOT_SEQUENCES {
            if is_subtype_with(&*self.ctx, ty, self.ctx.known_instance(*class), options) {
                return false;
            }
        }
        let sequence = self.ctx.known_instance(KnownClass::Sequence);
        is_subtype(&*self.ctx, ty, sequence) || is_subtype(&*self.ctx, sequence, ty)
    }

    fn match_sequence(&mut self, pattern: &ast::PatternMatchSequence, subject: Ty) -> PatternResult {
        let current = proper(&*self.ctx, subject);
        if !self.can_match_sequence(current) {
            return self.no_match(subject);
        }
        let star = pattern.patterns.iter().position(Pattern::is_match_star);
        if let TyKind::Union(items) = current.kind() {
            return self.match_sequence_in_union(pattern, items.as_slice(), star);
        }
        let required = pattern.patterns.len() - usize::from(star.is_some());
        let mut tuple_items: Option<(Vec<Ty>, Ty)> = None;
        let inner: Vec<Ty> = match current.kind() {
            TyKind::Tuple { items, fallback } => {
                let items: Vec<Ty> = items.iter().map(|t| self.spread_bound(t)).collect();
                let fits = match items.iter().any(|t| matches!(t.kind(), TyKind::Unpack(_))) {
                    false => items.len() == required || (star.is_some() && items.len() > required),
                    true => star.is_some() || items.len() - 1 <= required,
                };
                if !fits {
                    return self.no_match(subject);
                }
                tuple_items = Some((items.clone(), *fallback));
                items
            }
            TyKind::Any(_) => vec![Ty::any(AnySource::Derived); pattern.patterns.len()],
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => {
                let item = match current.as_instance() {
                    Some(_) => self.item_type_if_iterable(current, TextRange::default()),
                    None => None,
                };
                vec![item.unwrap_or_else(|| self.ctx.object()); pattern.patterns.len()]
            }
        };
        let unpacks = inner.iter().any(|t| matches!(t.kind(), TyKind::Unpack(_)));
        let contracted = self.contract_star(&inner, star, required);
        let mut matched = Vec::new();
        let mut rest = Vec::new();
        let mut captures: Vec<Capture> = Vec::new();
        for (sub, ty) in pattern.patterns.iter().zip(&contracted) {
            let result = self.match_pattern(sub, *ty);
            matched.push(result.matched);
            rest.push(result.rest);
            self.add_captures(&mut captures, result.captures);
        }
        let matched = self.expand_star(&matched, star, inner.len(), unpacks);
        let rest_items = self.expand_star(&rest, star, inner.len(), unpacks);
        let (matched, rest) = match tuple_items {
            Some((items, fallback)) if !unpacks => {
                self.tuple_result(subject, &items, fallback, &matched, &rest_items)
            }
            Some((items, fallback)) => {
                let narrowed = Ty::tuple(matched, fallback);
                let normalised = Ty::tuple(items.clone(), fallback);
                let (new, _) = self.narrowed_to(narrowed, normalised, false, pattern.range());
                let always =
                    star.is_some() && required < items.len() && rest_items.iter().all(|t| self.is_never(*t));
                (new, if always { Ty::never() } else { subject })
            }
            None => self.sequence_result(pattern, current, subject, &matched, star),
        };
        PatternResult { matched, rest, captures }
    }

    fn match_sequence_in_union(
        &mut self,
        pattern: &ast::PatternMatchSequence,
        items: &[Ty],
        star: Option<usize>,
    ) -> PatternResult {
        let star_range = star.and_then(|index| match &pattern.patterns[index] {
            Pattern::MatchStar(star) => star.name.as_ref().map(Ranged::range),
            _ => None,
        });
        let (mut matched, mut rest) = (Vec::new(), Vec::new());
        let mut captures: Vec<(Capture, Vec<Ty>)> = Vec::new();
        for item in items {
            let result = self.match_sequence(pattern, *item);
            matched.push(result.matched);
            rest.push(result.rest);
            if self.is_never(result.matched) {
                continue;
            }
            for capture in result.captures {
                let index = match captures.iter().position(|(c, _)| c.variable == capture.variable) {
                    Some(index) => index,
                    None => {
                        captures.push((capture, Vec::new()));
                        captures.len() - 1
                    }
                };
                // A star that takes nothing says nothing of the items.
                let empty_star = Some(capture.range) == star_range
                    && capture
                        .ty
                        .as_instance()
                        .is_some_and(|i| i.args.first().is_some_and(|t| self.is_never(*t)));
                if !empty_star {
                    captures[index].1.push(capture.ty);
                }
            }
        }
        let captures = captures
            .into_iter()
            .map(|(capture, types)| Capture { ty: make_simplified_union(&*self.ctx, types), ..capture })
            .collect();
        PatternResult {
            matched: make_simplified_union(&*self.ctx, matched),
            rest: make_simplified_union(&*self.ctx, rest),
            captures,
        }
    }

    /// A `*Ts` among tuple items as a tuple of `object`, which is all that is known of its items.
    fn spread_bound(&self, item: Ty) -> Ty {
        if let TyKind::Unpack(inner) = item.kind()
            && matches!(inner.kind(), TyKind::TypeVarTuple(_))
        {
            Ty::new(TyKind::Unpack(self.known_with(KnownClass::Tuple, [self.ctx.object()])))
        } else {
            item
        }
    }

    fn tuple_result(&self, subject: Ty, items: &[Ty], fallback: Ty, matched: &[Ty], rest: &[Ty]) -> (Ty, Ty) {
        let new = if matched.iter().any(|t| self.is_never(*t)) {
            Ty::never()
        } else {
            Ty::tuple(matched.to_vec(), fallback)
        };
        let always = rest.iter().filter(|t| self.is_never(**t)).count();
        let left = if always == rest.len() {
            Ty::never()
        } else if always + 1 == rest.len() {
            // Only one position can fail: it is what is narrowed when the pattern does.
            let left =
                items.iter().zip(rest).map(|(item, rest)| if self.is_never(*rest) { *item } else { *rest });
            Ty::tuple(left.collect::<Vec<_>>(), fallback)
        } else {
            subject
        };
        (new, left)
    }

    fn sequence_result(
        &mut self,
        pattern: &ast::PatternMatchSequence,
        current: Ty,
        subject: Ty,
        matched: &[Ty],
        star: Option<usize>,
    ) -> (Ty, Ty) {
        let item = matched.iter().fold(Ty::never(), |all, ty| join_types(&*self.ctx, all, *ty));
        let wanted = self.sequence_of(current, item);
        let (new, left) = self.narrowed_to(current, wanted, false, pattern.range());
        let always = star.is_some() && pattern.patterns.len() == 1;
        (new, if always { left } else { subject })
    }

    /// `outer` with items of type `item`; `Sequence[item]` when it is no sequence itself.
    fn sequence_of(&self, outer: Ty, item: Ty) -> Ty {
        let outer = proper(&*self.ctx, outer);
        match outer.kind() {
            TyKind::Any(_) => return outer,
            TyKind::Union(items) => {
                let fitting =
                    items.iter().filter(|t| self.can_match_sequence(*t)).map(|t| self.sequence_of(t, item));
                return make_simplified_union(&*self.ctx, fitting.collect::<Vec<_>>());
            }
            TyKind::None
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
            | TyKind::Module(_) => {}
        }
        let sequence = self.known_with(KnownClass::Sequence, [item]);
        if !is_subtype(&*self.ctx, outer, self.ctx.known_instance(KnownClass::Sequence)) {
            return sequence;
        }
        let instance = if let TyKind::Tuple { .. } = outer.kind() {
            pytype_types::tuple_fallback(&*self.ctx, outer)
        } else {
            outer
        };
        let (Some(instance), Some(of)) = (instance.as_instance(), sequence.as_instance()) else {
            return sequence;
        };
        let empty = pytype_types::class_instance_type(&*self.ctx, instance.class);
        let partial = expand_by_instance(&*self.ctx, empty, of);
        expand_by_instance(&*self.ctx, partial, instance)
    }

    /// The items as the sub-patterns see them: a star stands for several.
    fn contract_star(&self, items: &[Ty], star: Option<usize>, required: usize) -> Vec<Ty> {
        let unpack = items.iter().position(|t| matches!(t.kind(), TyKind::Unpack(_)));
        if let Some(unpack) = unpack {
            let TyKind::Unpack(inner) = items[unpack].kind() else { return items.to_vec() };
            let of = proper(&*self.ctx, *inner)
                .as_instance()
                .and_then(|i| i.args.first().copied())
                .unwrap_or_else(|| self.ctx.object());
            let Some(star) = star else {
                let missing = (required + 1).saturating_sub(items.len());
                return [&items[..unpack], &vec![of; missing], &items[unpack + 1..]].concat();
            };
            let suffix = required - star;
            let (prefix_items, middle, suffix_items) = split_variadic(items, unpack, of, star, suffix);
            let middle =
                middle.into_iter().map(|t| if matches!(t.kind(), TyKind::Unpack(_)) { of } else { t });
            let mut all = prefix_items;
            all.push(make_simplified_union(&*self.ctx, middle.collect::<Vec<_>>()));
            all.extend(suffix_items);
            return all;
        }
        let Some(star) = star else { return items.to_vec() };
        let length = items.len().saturating_sub(required);
        let mut all = items[..star].to_vec();
        all.push(make_simplified_union(&*self.ctx, items[star..star + length].iter().copied()));
        all.extend_from_slice(&items[star + length..]);
        all
    }

    /// The reverse: the star's type for each item that it stands for.
    fn expand_star(&self, types: &[Ty], star: Option<usize>, length: usize, unpacks: bool) -> Vec<Ty> {
        let Some(star) = star else { return types.to_vec() };
        if unpacks {
            let packed = |(i, ty): (usize, &Ty)| match i == star && !self.is_never(*ty) {
                true => Ty::new(TyKind::Unpack(self.known_with(KnownClass::Tuple, [*ty]))),
                false => *ty,
            };
            return types.iter().enumerate().map(packed).collect();
        }
        let count = (length + 1).saturating_sub(types.len());
        let mut all = types[..star].to_vec();
        all.extend(std::iter::repeat_n(types[star], count));
        all.extend_from_slice(&types[star + 1..]);
        all
    }

    fn add_captures(&mut self, all: &mut Vec<Capture>, more: Vec<Capture>) {
        for capture in more {
            if all.iter().any(|c| c.variable == capture.variable) {
                self.error(ErrorCode::Misc, capture.range, "A pattern binds the same name twice");
            } else {
                all.push(capture);
            }
        }
    }

    // Mappings.

    fn match_mapping(&mut self, pattern: &ast::PatternMatchMapping, subject: Ty) -> PatternResult {
        let current = proper(&*self.ctx, subject);
        let mut can_match = true;
        let mut captures = Vec::new();
        for (key, value) in pattern.keys.iter().zip(&pattern.patterns) {
            let item = self.mapping_item(current, key);
            can_match &= item.is_some();
            let result = self.match_pattern(value, item.unwrap_or_else(|| self.ctx.object()));
            if self.is_never(result.matched) {
                can_match = false;
            } else {
                self.add_captures(&mut captures, result.captures);
            }
        }
        let mapping = self.ctx.known_instance(KnownClass::Mapping);
        if let Some(rest) = &pattern.rest {
            let object = self.ctx.object();
            let args = match current.as_instance() {
                Some(instance) if is_subtype(&*self.ctx, current, mapping) => {
                    let base = map_to_supertype(&*self.ctx, instance, self.ctx.known(KnownClass::Mapping));
                    base.as_instance().map(|i| i.args.to_vec())
                }
                _ => None,
            };
            let rest_ty = self.known_with(KnownClass::Dict, args.unwrap_or_else(|| vec![object, object]));
            captures.extend(self.capture(rest, rest_ty));
        }
        if !can_match {
            return PatternResult { matched: Ty::never(), rest: subject, captures };
        }
        if pattern.keys.is_empty() {
            let (yes, no) = self.narrowed_to(current, mapping, false, pattern.range());
            let matched = if current.is_any() { subject } else { yes };
            return PatternResult { matched, rest: no, captures };
        }
        PatternResult { matched: subject, rest: subject, captures }
    }

    /// What the item with this key is. `None` if there cannot be one.
    fn mapping_item(&mut self, mapping: Ty, key: &Expr) -> Option<Ty> {
        if matches!(mapping.kind(), TyKind::TypedDict(_)) {
            let (found, errors) = self.capturing(|c| c.typed_dict_item(mapping, key));
            if !Self::has_errors(&errors) {
                return Some(found);
            }
            let (found, errors) = self.capturing(|c| c.plain_mapping_item(mapping, key));
            return (!Self::has_errors(&errors)).then_some(found);
        }
        Some(self.capturing(|c| c.plain_mapping_item(mapping, key)).0)
    }

    fn plain_mapping_item(&mut self, mapping: Ty, key: &Expr) -> Ty {
        let key_ty = self.infer(key, None);
        self.call_special(mapping, "__getitem__", &[key_ty], key.range())
    }

    // Classes.

    fn match_class(&mut self, pattern: &ast::PatternMatchClass, subject: Ty) -> PatternResult {
        let current = proper(&*self.ctx, subject);
        if self.is_parameterised_alias(&pattern.cls) {
            let message = "An alias with type arguments cannot be the class of a pattern";
            self.error(ErrorCode::Misc, pattern.range(), message);
            return self.no_match(subject);
        }
        let class = self.infer(&pattern.cls, None);
        let Some(ranges) = self.class_pattern_ranges(class, pattern) else { return self.no_match(subject) };
        let class = Ty::union(ranges.iter().map(|r| r.ty));
        let (new, rest) = self.conditional_types_with_intersection(
            current,
            Some(&ranges),
            Some(current),
            true,
            pattern.range(),
        );
        let (mut new, mut rest) = (new.unwrap_or(current), rest.unwrap_or(current));
        if self.is_never(new) {
            return self.no_match(subject);
        }
        let narrowed = narrow_declared_type(&*self.ctx, current, new);
        let mut captures = Vec::new();
        let mut pairs: Vec<(Option<Name>, &Pattern)> = Vec::new();
        let positional = &pattern.arguments.patterns;
        if !positional.is_empty() {
            if self.matches_itself(class) {
                if positional.len() > 1 {
                    self.error(
                        ErrorCode::Misc,
                        pattern.range(),
                        "This class takes one positional sub-pattern",
                    );
                }
                let result = self.match_pattern(&positional[0], narrowed);
                if !self.is_never(result.matched) {
                    let rest = make_simplified_union(&*self.ctx, [rest, result.rest]);
                    return PatternResult { rest, ..result };
                }
                captures = result.captures;
            } else {
                let Some(names) = self.match_arg_names(class, positional.len(), pattern) else {
                    return self.no_match(subject);
                };
                pairs.extend(names.into_iter().zip(positional));
            }
        }
        if !self.add_keyword_patterns(pattern, &mut pairs) {
            return self.no_match(subject);
        }
        let is_object = class.is_instance_of("builtins.object");
        let mut can_match = true;
        for (keyword, sub) in pairs {
            let found = match keyword {
                Some(name) => self.attribute_of_type(narrowed, name),
                None => Some(Ty::any(AnySource::Error)),
            };
            let item = found.unwrap_or_else(|| Ty::any(AnySource::Error));
            if let (None, Some(name)) = (found, keyword) {
                if is_object {
                    new = self.with_any_attribute(new, name);
                } else {
                    let shown = pytype_types::describe(&*self.ctx, class);
                    self.error(
                        ErrorCode::Misc,
                        sub.range(),
                        format!("\"{shown}\" has no attribute \"{name}\""),
                    );
                }
            }
            let result = self.match_pattern(sub, item);
            if self.is_never(result.matched) {
                can_match = false;
            } else {
                self.add_captures(&mut captures, result.captures);
                if !self.is_never(result.rest) {
                    rest = current;
                }
            }
        }
        PatternResult { matched: if can_match { new } else { Ty::never() }, rest, captures }
    }

    fn add_keyword_patterns<'p>(
        &mut self,
        pattern: &'p ast::PatternMatchClass,
        pairs: &mut Vec<(Option<Name>, &'p Pattern)>,
    ) -> bool {
        let mut unique = true;
        for keyword in &pattern.arguments.keywords {
            let name = Name::of(&keyword.attr);
            if pairs.iter().any(|(known, _)| *known == Some(name)) {
                self.error(
                    ErrorCode::Misc,
                    keyword.pattern.range(),
                    format!("The attribute \"{name}\" is matched twice"),
                );
                unique = false;
            }
            pairs.push((Some(name), &keyword.pattern));
        }
        unique
    }

    fn class_pattern_ranges(
        &mut self,
        class: Ty,
        pattern: &ast::PatternMatchClass,
    ) -> Option<Vec<TypeRange>> {
        let class = proper(&*self.ctx, class);
        let exact = |ty| Some(vec![TypeRange { ty, upper_bound: false }]);
        match class.kind() {
            TyKind::Union(items) => {
                let all: Vec<TypeRange> = items
                    .iter()
                    .filter_map(|item| self.class_pattern_ranges(item, pattern))
                    .flatten()
                    .collect();
                (!all.is_empty()).then_some(all)
            }
            TyKind::Callable(sig) if sig.is_type_object() => self
                .type_range_of(class)
                .map(|r| vec![TypeRange { upper_bound: false, ..r }])
                .or_else(|| exact(sig.ret)),
            TyKind::Overloaded(items)
                if items.first().and_then(|t| t.as_callable()).is_some_and(|sig| sig.is_type_object()) =>
            {
                self.type_range_of(class).map(|r| vec![TypeRange { upper_bound: false, ..r }])
            }
            TyKind::Type(item) => Some(vec![TypeRange { ty: *item, upper_bound: true }]),
            TyKind::Any(_) => exact(class),
            _ if self.fullname_of(&pattern.cls).as_deref() == Some("typing.Callable") => {
                let any = Ty::any(AnySource::Unannotated);
                exact(pytype_types::callable_with_ellipsis(
                    any,
                    any,
                    self.ctx.known_instance(KnownClass::Function),
                ))
            }
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => {
                let shown = pytype_types::describe(&*self.ctx, class);
                self.error(
                    ErrorCode::Misc,
                    pattern.range(),
                    format!("A class is needed in a class pattern, not \"{shown}\""),
                );
                None
            }
        }
    }

    fn matches_itself(&self, class: Ty) -> bool {
        let class = proper(&*self.ctx, class);
        let instance: Option<&Instance> = match class.kind() {
            TyKind::Any(_) => return false,
            TyKind::Tuple { fallback, .. } => fallback.as_instance(),
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => class.as_instance(),
        };
        if let Some(instance) = instance
            && self.ctx.find_definition(instance.class, name!("__match_args__")).is_some()
        {
            return false;
        }
        MATCH_SELF.iter().any(|known| is_subtype(&*self.ctx, class, self.ctx.known_instance(*known)))
    }

    /// The attributes that positional sub-patterns stand for; reports when there are none.
    fn match_arg_names(
        &mut self,
        class: Ty,
        count: usize,
        pattern: &ast::PatternMatchClass,
    ) -> Option<Vec<Option<Name>>> {
        let Some(found) = self.attribute_of_type(class, name!("__match_args__")) else {
            let shown = pytype_types::describe(&*self.ctx, class);
            self.error(
                ErrorCode::Misc,
                pattern.range(),
                format!("\"{shown}\" defines no \"__match_args__\" for positional sub-patterns"),
            );
            return None;
        };
        let TyKind::Tuple { items, .. } = proper(&*self.ctx, found).kind() else {
            return Some(vec![None; count]);
        };
        let names: Vec<Option<Name>> = items
            .iter()
            .map(|item| match str_literals(&*self.ctx, item).as_deref() {
                Some([one]) => Some(*one),
                _ => None,
            })
            .collect();
        if count > names.len() {
            self.error(ErrorCode::Misc, pattern.range(), "More positional sub-patterns than the class takes");
            return None;
        }
        Some(names)
    }
}

/// Splits items with an unpacked part for a pattern with `prefix` sub-patterns before its star and
/// `suffix` behind it; the unpacked part gives as many items as are missing.
fn split_variadic(
    items: &[Ty],
    unpack: usize,
    of: Ty,
    prefix: usize,
    suffix: usize,
) -> (Vec<Ty>, Vec<Ty>, Vec<Ty>) {
    let before = &items[..unpack];
    let after = &items[unpack + 1..];
    let mut front: Vec<Ty> = before.iter().copied().take(prefix).collect();
    front.extend(std::iter::repeat_n(of, prefix.saturating_sub(before.len())));
    let from_after = after.len().min(suffix);
    let mut back: Vec<Ty> = std::iter::repeat_n(of, suffix - from_after).collect();
    back.extend_from_slice(&after[after.len() - from_after..]);
    let mut middle: Vec<Ty> = before.iter().copied().skip(prefix).collect();
    middle.push(items[unpack]);
    middle.extend_from_slice(&after[..after.len() - from_after]);
    (front, middle, back)
}
