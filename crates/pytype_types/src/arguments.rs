//! Which argument of a call goes to which parameter.

use pytype_source::Name;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::normalize::unpacked_tuple_item;
use crate::{AnySource, KnownClass, Param, ParamKind, Ty, TyKind, TypeContext};

/// How an argument is written in a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArgKind {
    Pos,
    /// `name=value`.
    Named,
    /// `*value`.
    Star,
    /// `**value`.
    Star2,
}

impl ArgKind {
    pub fn is_star(self) -> bool {
        matches!(self, ArgKind::Star | ArgKind::Star2)
    }
}

/// The positions of the arguments that go to one parameter: most often there is one.
pub type Actuals = SmallVec<[usize; 2]>;

/// For each parameter, the positions of the arguments that go to it. `actual_type` tells the type
/// of an argument with a star, which decides how many parameters it fills.
pub fn map_actuals_to_formals(
    ctx: &dyn TypeContext,
    actual_kinds: &[ArgKind],
    actual_names: &[Option<Name>],
    formals: &[Param],
    actual_type: &mut dyn FnMut(usize) -> Ty,
) -> Vec<Actuals> {
    let mut mapping = Mapping { formals, to_actual: vec![Actuals::new(); formals.len()], next: 0 };
    let mut ambiguous: Vec<usize> = Vec::new();
    for (actual, kind) in actual_kinds.iter().enumerate() {
        match kind {
            ArgKind::Pos => mapping.positional(actual),
            ArgKind::Star => {
                if let TyKind::Tuple { items, .. } = crate::proper(ctx, actual_type(actual)).kind() {
                    mapping.fixed_star(actual, items.len())
                } else {
                    mapping.open_star(actual)
                }
            }
            ArgKind::Named => {
                if let Some(name) = actual_names.get(actual).copied().flatten() {
                    mapping.named(actual, name, false);
                }
            }
            ArgKind::Star2 => {
                if let TyKind::TypedDict(dict) = crate::proper(ctx, actual_type(actual)).kind() {
                    for name in dict.items.keys() {
                        mapping.named(actual, *name, true);
                    }
                } else {
                    ambiguous.push(actual)
                }
            }
        }
    }
    if !ambiguous.is_empty() {
        mapping.open_star2(&ambiguous, actual_kinds);
    }
    mapping.to_actual
}

struct Mapping<'a> {
    formals: &'a [Param],
    to_actual: Vec<Actuals>,
    /// The parameter that the next positional argument goes to.
    next: usize,
}

impl Mapping<'_> {
    fn positional(&mut self, actual: usize) {
        let Some(formal) = self.formals.get(self.next) else { return };
        if !formal.kind.is_star() {
            self.to_actual[self.next].push(actual);
            self.next += 1;
        } else if formal.kind == ParamKind::Star {
            self.to_actual[self.next].push(actual);
        }
    }

    fn fixed_star(&mut self, actual: usize, items: usize) {
        for _ in 0..items {
            let Some(formal) = self.formals.get(self.next) else { return };
            if formal.kind == ParamKind::Star2 {
                return;
            }
            self.to_actual[self.next].push(actual);
            if formal.kind != ParamKind::Star {
                self.next += 1;
            }
        }
    }

    fn open_star(&mut self, actual: usize) {
        while let Some(formal) = self.formals.get(self.next) {
            if formal.kind.is_named() || formal.kind == ParamKind::Star2 {
                break;
            }
            self.to_actual[self.next].push(actual);
            if formal.kind == ParamKind::Star {
                break;
            }
            self.next += 1;
        }
    }

    fn named(&mut self, actual: usize, name: Name, from_typed_dict: bool) {
        let by_name = self.formals.iter().position(|formal| formal.name == Some(name));
        let by_name = by_name.filter(|at| from_typed_dict || self.formals[*at].kind != ParamKind::Star);
        let to = by_name.or_else(|| self.formals.iter().position(|formal| formal.kind == ParamKind::Star2));
        if let Some(to) = to {
            self.to_actual[to].push(actual);
        }
    }

    /// `**kwargs` of unknown keys fills whatever has no argument yet.
    fn open_star2(&mut self, ambiguous: &[usize], actual_kinds: &[ArgKind]) {
        for (at, formal) in self.formals.iter().enumerate() {
            let given = self.to_actual[at].first();
            let open = given.is_none_or(|first| actual_kinds.get(*first) == Some(&ArgKind::Star));
            let takes = formal.kind == ParamKind::Star2
                || (formal.name.is_some() && formal.kind != ParamKind::Star && open);
            if takes {
                self.to_actual[at].extend_from_slice(ambiguous);
            }
        }
    }
}

/// The reverse: for each argument, the positions of the parameters that it goes to.
pub fn map_formals_to_actuals(formal_to_actual: &[Actuals], actuals: usize) -> Vec<Vec<usize>> {
    let mut reverse = vec![Vec::new(); actuals];
    for (formal, given) in formal_to_actual.iter().enumerate() {
        for actual in given {
            if let Some(formals) = reverse.get_mut(*actual) {
                formals.push(formal);
            }
        }
    }
    reverse
}

/// The types that `*` and `**` arguments must have, as the checker knows them.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentInferContext {
    /// `Mapping[Any, Any]`.
    pub mapping_type: Ty,
    /// `Iterable[Any]`.
    pub iterable_type: Ty,
}

impl ArgumentInferContext {
    /// The types that mypy's checker uses.
    pub fn new(ctx: &dyn TypeContext) -> ArgumentInferContext {
        ArgumentInferContext {
            mapping_type: ctx.known_instance(KnownClass::Mapping),
            iterable_type: ctx.known_instance(KnownClass::Iterable),
        }
    }
}

/// What a parameter sees of an argument: of `*tuple` the next item, of `**typed_dict` the matching
/// item. It has state; use one for each call, and ask for the parameters in order.
#[derive(Debug)]
pub struct ArgTypeExpander {
    context: ArgumentInferContext,
    tuple_index: usize,
    used_keys: FxHashSet<Name>,
}

impl ArgTypeExpander {
    pub fn new(context: ArgumentInferContext) -> ArgTypeExpander {
        ArgTypeExpander { context, tuple_index: 0, used_keys: FxHashSet::default() }
    }

    /// The type that a parameter of this name and kind gets from the argument.
    #[inline]
    pub fn expand_actual_type(
        &mut self,
        ctx: &dyn TypeContext,
        actual: Ty,
        kind: ArgKind,
        formal_name: Option<Name>,
        formal_kind: ParamKind,
        allow_unpack: bool,
    ) -> Ty {
        match kind {
            ArgKind::Pos | ArgKind::Named => actual,
            ArgKind::Star => self.star(ctx, crate::proper(ctx, actual), allow_unpack),
            ArgKind::Star2 => self.star2(ctx, crate::proper(ctx, actual), formal_name, formal_kind),
        }
    }

    fn star(&mut self, ctx: &dyn TypeContext, mut actual: Ty, allow_unpack: bool) -> Ty {
        if let TyKind::TypeVarTuple(_) = actual.kind() {
            actual = crate::normalize::object_tuple(ctx);
        }
        match actual.kind() {
            TyKind::Instance(instance) if !instance.args.is_empty() => {
                self.item_of(ctx, actual, self.context.iterable_type, 0)
            }
            TyKind::Tuple { items, .. } => {
                // An exhausted tuple goes on with the next `*args`.
                self.tuple_index = if self.tuple_index >= items.len() { 1 } else { self.tuple_index + 1 };
                let Some(item) = items.get(self.tuple_index - 1).copied() else {
                    return Ty::any(AnySource::Error);
                };
                if allow_unpack || !matches!(item.kind(), TyKind::Unpack(_)) {
                    return item;
                }
                unpacked_tuple_item(ctx, item).unwrap_or_else(|| ctx.object())
            }
            TyKind::ParamSpec(_) => actual,
            TyKind::Any(_)
            | TyKind::None
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Ty::any(AnySource::Error),
        }
    }

    fn star2(&mut self, ctx: &dyn TypeContext, actual: Ty, name: Option<Name>, kind: ParamKind) -> Ty {
        match actual.kind() {
            TyKind::TypedDict(dict) => {
                let by_name = name.filter(|name| kind != ParamKind::Star2 && dict.items.contains_key(name));
                let unused = || dict.items.keys().copied().find(|name| !self.used_keys.contains(name));
                let Some(key) = by_name.or_else(unused) else { return Ty::any(AnySource::Error) };
                self.used_keys.insert(key);
                dict.items.get(&key).map_or_else(|| Ty::any(AnySource::Error), |item| item.ty)
            }
            TyKind::Instance(_) => self.item_of(ctx, actual, self.context.mapping_type, 1),
            TyKind::ParamSpec(_) => actual,
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
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Ty::any(AnySource::Error),
        }
    }

    /// The type argument `position` of `actual` seen as `wanted`'s class; `Any` if it is none.
    fn item_of(&self, ctx: &dyn TypeContext, actual: Ty, wanted: Ty, position: usize) -> Ty {
        let found = || {
            let class = wanted.as_instance()?.class;
            if !crate::is_subtype(ctx, actual, wanted) {
                return None;
            }
            let mapped = crate::map_instance_to_supertype(ctx, actual.as_instance()?, class);
            mapped.as_instance()?.args.get(position).copied()
        };
        found().unwrap_or_else(|| Ty::any(AnySource::Error))
    }
}
