//! The central data: what a type can be.

use std::fmt;

use bitflags::bitflags;
use indexmap::IndexMap;
use pytype_source::Name;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

use crate::distinct_types::DistinctTypes;
use crate::intern::{Interned, hash_of, interner};
use crate::{AliasId, ClassId, LiteralValue, ParamSpec, Sig, TypeVar, TypeVarTuple};

/// Why a type is `Any`; the strict flags tell them apart, relations do not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AnySource {
    /// No annotation.
    Unannotated,
    /// Written `Any`.
    Explicit,
    /// From a module that could not be found or is not followed.
    Unimported,
    /// Type arguments left out (`list` for `list[Any]`).
    OmittedGenerics,
    /// The result of something wrong that was already reported.
    Error,
    /// A special form of the type system where a value is expected.
    SpecialForm,
    /// Made from another `Any` (an attribute of it, a call of it).
    Derived,
    /// The checker could not do better; never to be blamed on the user.
    Implementation,
    /// What is written as a type is none, and was reported under this name (`x: any`). It fits
    /// everything, as any `Any` does, but it has no attributes, and cannot be called.
    Invalid(Name),
}

/// A class with its type arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    pub class: ClassId,
    pub args: TyList,
    /// For the value of a literal expression that nothing has widened yet: `Literal[...]`, which
    /// shows as `Literal[1]?`. The type is otherwise that of the class.
    pub last_known: Option<Ty>,
    /// Attributes known beyond the class's own (after `hasattr`).
    pub extra: Option<Interned<ExtraAttributes>>,
}

/// Attributes that one value is known to have beyond its class.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExtraAttributes {
    pub attributes: Vec<(Name, Ty)>,
    /// The value is false where it is tested: the left operand that `and` gave.
    pub never_true: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypedDictItem {
    pub ty: Ty,
    pub required: bool,
    pub read_only: bool,
}

/// A `TypedDict`'s items, in order of declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypedDict {
    pub items: IndexMap<Name, TypedDictItem, FxBuildHasher>,
    /// The instance of the class that declares it; anonymous ones use `typing._TypedDict`.
    pub fallback: Ty,
    /// PEP 728: `Some(Never)` when closed, `Some(T)` with `extra_items=T`.
    pub extra_items: Option<TypedDictItem>,
}

impl TypedDict {
    /// The item with this name: one that is declared, or an extra one.
    pub fn item(&self, name: Name) -> Option<TypedDictItem> {
        self.items.get(&name).copied().or_else(|| self.extra_item())
    }

    /// What an item may be that is not declared, if there may be one that something is known of.
    pub fn extra_item(&self) -> Option<TypedDictItem> {
        let extra = self.extra_items.filter(|extra| !extra.ty.is_never())?;
        Some(TypedDictItem { required: false, ..extra })
    }
}

impl Hash for TypedDict {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for item in &self.items {
            item.hash(state);
        }
        self.fallback.hash(state);
        self.extra_items.hash(state);
    }
}

/// What a type can be. Every `match` on it is exhaustive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    Any(AnySource),
    None,
    /// `Never` / `NoReturn`: no value. `ambiguous` when inference merely found no bound (`[]`).
    Never {
        ambiguous: bool,
    },
    /// The variable of an `except ... as e` after its block.
    Deleted,
    /// Stands for unsolved variables in the context of a first inference pass; compatible with all.
    Erased,
    Instance(Instance),
    /// Flat, at least two items, in source order.
    Union(TyList),
    Callable(Sig),
    /// Callables only, at least two.
    Overloaded(TyList),
    /// Fixed items, of which one may be an `Unpack`; `fallback` is the instance of `tuple` or of
    /// the named tuple's class. Its type argument is the join of the items.
    Tuple {
        items: TyList,
        fallback: Ty,
    },
    TypedDict(Interned<TypedDict>),
    /// `fallback` is the plain instance (of `int`, `str`, the enum, ...).
    Literal {
        value: LiteralValue,
        fallback: Ty,
    },
    /// `type[X]`, where X is an instance, a type variable, `Any`, a tuple, `None` or a typed dict, never a union.
    Type(Ty),
    /// `TypeForm[X]` (PEP 747).
    TypeForm(Ty),
    TypeVar(TypeVar),
    ParamSpec(ParamSpec),
    TypeVarTuple(TypeVarTuple),
    /// `*Ts` or `*tuple[...]` among type arguments, tuple items, or as the type of `*args`; `Unpack[TD]` of `**kwargs`.
    Unpack(Ty),
    /// The value of a `ParamSpec`: a signature of which only the parameters count.
    Parameters(Sig),
    /// A use of an alias that refers to itself; expanded one step by `TypeContext::expand_alias`.
    Alias {
        alias: AliasId,
        args: TyList,
    },
    /// A module object; an instance of `types.ModuleType` with the module's own attributes.
    Module(Name),
}

bitflags! {
    /// Facts about a whole type, computed once when it is made.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct TyFlags: u16 {
        /// A type variable of any kind occurs somewhere (`Self` included).
        const HAS_TYPE_VAR = 1 << 0;
        /// An unknown of the solver occurs somewhere.
        const HAS_META = 1 << 1;
        const HAS_ANY = 1 << 2;
        /// A recursive alias occurs somewhere.
        const HAS_ALIAS = 1 << 3;
        const HAS_ERASED = 1 << 4;
        /// An ambiguous `Never` occurs somewhere.
        const HAS_AMBIGUOUS_NEVER = 1 << 5;
        /// A last known value occurs somewhere.
        const HAS_LAST_KNOWN = 1 << 6;
        const HAS_UNPACK = 1 << 7;
        const HAS_PARAM_SPEC = 1 << 8;
        const HAS_NEVER = 1 << 9;
        const HAS_SELF = 1 << 10;
        /// A callable with type variables of its own occurs somewhere.
        const HAS_GENERIC_CALLABLE = 1 << 11;
    }
}

#[derive(Debug)]
pub(crate) struct TyNode {
    kind: TyKind,
    flags: TyFlags,
}
impl TyNode {
    pub(crate) fn interned(kind: TyKind) -> Interned<TyNode> {
        TYPES.find_or_store(
            hash_of(&kind),
            kind,
            |known, kind| known.kind == *kind,
            |kind| TyNode { flags: flags_of(&kind), kind },
        )
    }
}
impl PartialEq for TyNode {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}
impl Eq for TyNode {}
impl Hash for TyNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

/// A type. Two handles are equal exactly when the types are structurally equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ty(Interned<TyNode>);

/// An interned list of types.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TyList(Interned<SmallVec<[Ty; 2]>>);

interner!(TYPES, TyNode);
interner!(LISTS, SmallVec<[Ty; 2]>);
interner!(TYPED_DICTS, TypedDict);
interner!(EXTRAS, ExtraAttributes);

impl TyList {
    /// The list without items.
    #[allow(non_snake_case)]
    pub fn EMPTY() -> TyList {
        static EMPTY: std::sync::LazyLock<TyList> =
            std::sync::LazyLock::new(|| TyList(LISTS.intern(SmallVec::new())));
        *EMPTY
    }
    pub fn new(items: impl AsRef<[Ty]>) -> TyList {
        let items = items.as_ref();
        if items.is_empty() {
            return TyList::EMPTY();
        }
        TyList(LISTS.find_or_store(
            hash_of(items),
            items,
            |known, items| **known == **items,
            SmallVec::from_slice,
        ))
    }
    pub fn as_slice(self) -> &'static [Ty] {
        self.0.get()
    }
    pub fn iter(self) -> std::iter::Copied<std::slice::Iter<'static, Ty>> {
        self.as_slice().iter().copied()
    }
    /// The list with each item replaced.
    #[must_use]
    pub fn map(self, f: impl FnMut(Ty) -> Ty) -> TyList {
        self.iter().map(f).collect()
    }
}
impl std::ops::Deref for TyList {
    type Target = [Ty];
    fn deref(&self) -> &[Ty] {
        self.as_slice()
    }
}
impl FromIterator<Ty> for TyList {
    fn from_iter<I: IntoIterator<Item = Ty>>(iter: I) -> TyList {
        TyList::new(iter.into_iter().collect::<SmallVec<[Ty; 8]>>())
    }
}
impl IntoIterator for TyList {
    type Item = Ty;
    type IntoIter = std::iter::Copied<std::slice::Iter<'static, Ty>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
impl fmt::Debug for TyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
impl fmt::Debug for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

impl Ty {
    /// Interns a type as given: no simplification.
    pub fn new(kind: TyKind) -> Ty {
        Ty(TyNode::interned(kind))
    }
    pub fn kind(self) -> &'static TyKind {
        &self.0.get().kind
    }
    pub fn flags(self) -> TyFlags {
        self.0.get().flags
    }
    pub fn has(self, flags: TyFlags) -> bool {
        self.0.get().flags.intersects(flags)
    }

    pub fn any(source: AnySource) -> Ty {
        /// One for each source, in the order in which they are declared.
        static ANY: std::sync::LazyLock<[Ty; 8]> = std::sync::LazyLock::new(|| {
            [
                AnySource::Unannotated,
                AnySource::Explicit,
                AnySource::Unimported,
                AnySource::OmittedGenerics,
                AnySource::Error,
                AnySource::SpecialForm,
                AnySource::Derived,
                AnySource::Implementation,
            ]
            .map(|source| Ty::new(TyKind::Any(source)))
        });
        let at = match source {
            AnySource::Unannotated => 0,
            AnySource::Explicit => 1,
            AnySource::Unimported => 2,
            AnySource::OmittedGenerics => 3,
            AnySource::Error => 4,
            AnySource::SpecialForm => 5,
            AnySource::Derived => 6,
            AnySource::Implementation => 7,
            AnySource::Invalid(_) => return Ty::new(TyKind::Any(source)),
        };
        ANY[at]
    }
    pub fn none() -> Ty {
        static NONE: std::sync::LazyLock<Ty> = std::sync::LazyLock::new(|| Ty::new(TyKind::None));
        *NONE
    }
    pub fn never() -> Ty {
        static NEVER: std::sync::LazyLock<Ty> =
            std::sync::LazyLock::new(|| Ty::new(TyKind::Never { ambiguous: false }));
        *NEVER
    }
    pub fn ambiguous_never() -> Ty {
        Ty::new(TyKind::Never { ambiguous: true })
    }
    pub fn instance(class: ClassId, args: impl Into<TyList>) -> Ty {
        Ty::new(TyKind::Instance(Instance { class, args: args.into(), last_known: None, extra: None }))
    }
    /// An instance of a class without type parameters.
    pub fn plain_instance(class: ClassId) -> Ty {
        Ty::instance(class, TyList::EMPTY())
    }
    pub fn callable(sig: Sig) -> Ty {
        Ty(sig.callable())
    }
    /// The overload set of `items`; the one item itself when there is just one.
    pub fn overloaded(items: impl Into<TyList>) -> Ty {
        let items: TyList = items.into();
        match items.as_slice() {
            [one] => *one,
            _ => Ty::new(TyKind::Overloaded(items)),
        }
    }
    pub fn tuple(items: impl Into<TyList>, fallback: Ty) -> Ty {
        Ty::new(TyKind::Tuple { items: items.into(), fallback })
    }
    pub fn literal(value: LiteralValue, fallback: Ty) -> Ty {
        Ty::new(TyKind::Literal { value, fallback })
    }
    pub fn typed_dict(dict: TypedDict) -> Ty {
        Ty::new(TyKind::TypedDict(TYPED_DICTS.intern(dict)))
    }
    pub fn extra_attributes(extra: ExtraAttributes) -> Interned<ExtraAttributes> {
        EXTRAS.intern(extra)
    }
    /// A union of `items` as they stand: nested unions are flattened and equal items dropped, nothing
    /// else is simplified. No item gives `Never`; one gives itself.
    pub fn union(items: impl IntoIterator<Item = Ty>) -> Ty {
        let mut flat = DistinctTypes::default();
        for item in items {
            if let TyKind::Union(inner) = item.kind() {
                flat.extend(inner.iter());
            } else {
                flat.insert(item);
            }
        }
        match flat.as_slice() {
            [] => Ty::never(),
            [one] => *one,
            all => Ty::new(TyKind::Union(TyList::from(all))),
        }
    }

    pub fn is_any(self) -> bool {
        matches!(self.kind(), TyKind::Any(_))
    }
    /// Whether nothing is known of a value, so that everything may be done with it.
    pub fn is_unknown(self) -> bool {
        self.is_any() && !self.is_invalid()
    }

    /// Whether this stands for something that was reported as a mistake.
    pub fn is_mistaken(self) -> bool {
        matches!(self.kind(), TyKind::Any(AnySource::Error | AnySource::Invalid(_)))
    }

    /// Whether this stands for something written as a type that is none ([`AnySource::Invalid`]).
    pub fn is_invalid(self) -> bool {
        matches!(self.kind(), TyKind::Any(AnySource::Invalid(_)))
    }
    pub fn is_none(self) -> bool {
        matches!(self.kind(), TyKind::None)
    }
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Never { .. })
    }
    /// The instance, if this is one.
    pub fn as_instance(self) -> Option<&'static Instance> {
        if let TyKind::Instance(instance) = self.kind() { Some(instance) } else { None }
    }
    pub fn as_callable(self) -> Option<Sig> {
        if let TyKind::Callable(sig) = self.kind() { Some(*sig) } else { None }
    }
    /// The items of a union, or the type itself as the only item.
    pub fn union_items(self) -> TyList {
        if let TyKind::Union(items) = self.kind() { *items } else { TyList::new([self]) }
    }
    /// Whether this is an instance of the class with this full name.
    pub fn is_instance_of(self, fullname: &str) -> bool {
        self.as_instance().is_some_and(|i| i.class.is(fullname))
    }
}

impl<const N: usize> From<[Ty; N]> for TyList {
    fn from(items: [Ty; N]) -> TyList {
        TyList::new(items)
    }
}
impl From<Vec<Ty>> for TyList {
    fn from(items: Vec<Ty>) -> TyList {
        TyList::new(items)
    }
}
impl From<&[Ty]> for TyList {
    fn from(items: &[Ty]) -> TyList {
        TyList::new(items)
    }
}

fn flags_of(kind: &TyKind) -> TyFlags {
    let list = |items: TyList| items.iter().fold(TyFlags::empty(), |all, t| all | t.flags());
    let variable = |id: crate::TypeVarId| {
        TyFlags::HAS_TYPE_VAR | if id.is_meta() { TyFlags::HAS_META } else { TyFlags::empty() }
    };
    match kind {
        TyKind::Any(_) => TyFlags::HAS_ANY,
        TyKind::None | TyKind::Deleted | TyKind::Module(_) => TyFlags::empty(),
        TyKind::Never { ambiguous } => {
            TyFlags::HAS_NEVER | if *ambiguous { TyFlags::HAS_AMBIGUOUS_NEVER } else { TyFlags::empty() }
        }
        TyKind::Erased => TyFlags::HAS_ERASED,
        TyKind::Instance(instance) => {
            list(instance.args)
                | if instance.last_known.is_some() { TyFlags::HAS_LAST_KNOWN } else { TyFlags::empty() }
        }
        TyKind::Union(items) | TyKind::Overloaded(items) => list(*items),
        TyKind::Callable(sig) | TyKind::Parameters(sig) => signature_flags(sig),
        TyKind::Tuple { items, fallback } => list(*items) | fallback.flags(),
        TyKind::TypedDict(dict) => {
            let items = dict.items.values().chain(&dict.extra_items);
            items.fold(dict.fallback.flags(), |all, item| all | item.ty.flags())
        }
        TyKind::Literal { .. } => TyFlags::empty(),
        TyKind::Type(item) | TyKind::TypeForm(item) => item.flags(),
        TyKind::Unpack(item) => item.flags() | TyFlags::HAS_UNPACK,
        TyKind::TypeVar(variable_ty) => {
            let own = match variable_ty.decl.origin {
                crate::TypeVarOrigin::SelfType(_) => TyFlags::HAS_SELF,
                crate::TypeVarOrigin::Assignment(_)
                | crate::TypeVarOrigin::Parameter(_)
                | crate::TypeVarOrigin::Synthetic { .. } => TyFlags::empty(),
            };
            own | variable(variable_ty.id)
        }
        TyKind::ParamSpec(spec) => {
            let prefix = spec.prefix.map_or(TyFlags::empty(), |sig| signature_flags(&sig));
            variable(spec.id) | TyFlags::HAS_PARAM_SPEC | prefix
        }
        TyKind::TypeVarTuple(tuple) => variable(tuple.id),
        TyKind::Alias { args, .. } => list(*args) | TyFlags::HAS_ALIAS,
    }
}

fn signature_flags(sig: &Sig) -> TyFlags {
    let mut flags = sig.ret.flags();
    for param in &sig.params {
        flags |= param.ty.flags();
    }
    for extra in [sig.type_guard, sig.type_is, sig.instance_type].into_iter().flatten() {
        flags |= extra.flags();
    }
    if sig.is_generic() {
        flags |= TyFlags::HAS_GENERIC_CALLABLE | TyFlags::HAS_TYPE_VAR;
    }
    flags
}
