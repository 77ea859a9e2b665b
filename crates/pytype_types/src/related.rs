//! Finding, among many types, those that one type can have anything to do with.
//!
//! Unions of hundreds of classes or literals are narrowed against each other; comparing each item
//! with each would make a chain of tests cubic. Classes are related only along their ancestors, and
//! two literals only when they are equal, so that few candidates are left for the full comparison.

use pytype_source::Name;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{ClassFlags, ClassId, LiteralValue, Ty, TyKind, TypeContext, TypedDict, proper};

/// Types by what they can be related to. Made for overlap without promotions, and for subtyping.
#[derive(Default)]
pub(crate) struct RelatedTypes {
    /// Instances by their class.
    exact: FxHashMap<ClassId, SmallVec<[u32; 1]>>,
    /// Instances by each class they derive from, their own left out.
    derived: FxHashMap<ClassId, SmallVec<[u32; 1]>>,
    /// Literals by value.
    literals: FxHashMap<Ty, u32>,
    /// Literals by each class that their values are instances of.
    literal_classes: FxHashMap<ClassId, SmallVec<[u32; 1]>>,
    tagged: TaggedDicts<u32>,
    /// Types that may be related to anything.
    others: Vec<u32>,
    count: u32,
}

/// What of a type tells what it can be related to.
enum Sort {
    /// An instance of a class that is only what its ancestors say.
    Nominal(ClassId),
    Literal(Ty, ClassId),
    TypedDict(&'static TypedDict),
    Other,
}

impl RelatedTypes {
    pub(crate) fn new(ctx: &dyn TypeContext, types: &[Ty]) -> RelatedTypes {
        let mut found = RelatedTypes::default();
        for (at, ty) in (0u32..).zip(types) {
            found.count = at + 1;
            match sort_of(ctx, *ty) {
                Sort::Nominal(class) => {
                    found.exact.entry(class).or_default().push(at);
                    for base in ctx.class(class).mro.iter().skip(1) {
                        found.derived.entry(*base).or_default().push(at);
                    }
                }
                Sort::Literal(literal, class) => {
                    found.literals.insert(literal, at);
                    for base in &ctx.class(class).mro {
                        found.literal_classes.entry(*base).or_default().push(at);
                    }
                }
                Sort::TypedDict(dict) => {
                    if !found.tagged.insert(dict, at) {
                        found.others.push(at);
                    }
                }
                Sort::Other => found.others.push(at),
            }
        }
        found
    }

    /// The places of the types that `ty` may be related to, in order.
    pub(crate) fn candidates(&self, ctx: &dyn TypeContext, ty: Ty) -> Vec<u32> {
        let sort = sort_of(ctx, ty);
        if let Sort::TypedDict(dict) = sort
            && let Some(tagged) = self.tagged.like(dict)
        {
            // Nothing but other typed dicts is ruled out.
            let mut found: Vec<u32> = (0..self.count).filter(|at| !self.tagged.holds(*at)).collect();
            found.extend_from_slice(tagged);
            found.sort_unstable();
            return found;
        }
        let mut found: Vec<u32> = self.others.clone();
        found.extend(self.tagged.all());
        let mut take = |table: &FxHashMap<ClassId, SmallVec<[u32; 1]>>, class: ClassId| {
            found.extend(table.get(&class).into_iter().flatten());
        };
        match sort {
            Sort::Nominal(class) => {
                for base in &ctx.class(class).mro {
                    take(&self.exact, *base);
                }
                take(&self.derived, class);
                take(&self.literal_classes, class);
                // A subclass's instance may have a literal's value as well.
                if ctx.class(class).mro.len() > 1 {
                    let bases = ctx.class(class).mro.iter().skip(1);
                    bases
                        .filter(|base| !base.is("builtins.object"))
                        .for_each(|base| take(&self.literal_classes, *base));
                }
            }
            Sort::Literal(literal, class) => {
                for base in &ctx.class(class).mro {
                    take(&self.exact, *base);
                }
                take(&self.derived, class);
                found.extend(self.literals.get(&literal));
            }
            Sort::TypedDict(_) | Sort::Other => return (0..self.count).collect(),
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn sort_of(ctx: &dyn TypeContext, ty: Ty) -> Sort {
    let ty = proper(ctx, ty);
    match ty.kind() {
        TyKind::Instance(instance) if is_nominal(ctx, instance.class) => Sort::Nominal(instance.class),
        TyKind::Literal { value, fallback } => match (value, fallback.as_instance()) {
            // `True` is 1.
            (LiteralValue::Bool(_), _) | (_, None) => Sort::Other,
            (_, Some(instance)) => Sort::Literal(ty, instance.class),
        },
        TyKind::TypedDict(dict) => Sort::TypedDict(dict.get()),
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
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => Sort::Other,
    }
}

/// Typed dicts by the literal that stands under one key, the same for all of them: two with different
/// ones there have nothing in common.
pub(crate) struct TaggedDicts<T> {
    key: Option<Name>,
    by_tag: FxHashMap<Ty, SmallVec<[T; 1]>>,
    all: Vec<T>,
}

impl<T> Default for TaggedDicts<T> {
    fn default() -> TaggedDicts<T> {
        TaggedDicts { key: None, by_tag: FxHashMap::default(), all: Vec::new() }
    }
}

impl<T: Copy + Ord> TaggedDicts<T> {
    /// Takes a typed dict, if it has a tag under the same key as those before it. They come in order.
    pub(crate) fn insert(&mut self, dict: &TypedDict, as_item: T) -> bool {
        let key = self.key.or_else(|| tags(dict).next().map(|(key, _)| key));
        let Some(tag) = key.and_then(|key| tag_under(dict, key)) else { return false };
        self.key = key;
        self.by_tag.entry(tag).or_default().push(as_item);
        self.all.push(as_item);
        true
    }

    /// Those with the same tag; `None` where nothing tells this typed dict from them.
    pub(crate) fn like(&self, dict: &TypedDict) -> Option<&[T]> {
        let tag = tag_under(dict, self.key?)?;
        Some(self.by_tag.get(&tag).map_or(&[], |items| items.as_slice()))
    }

    fn all(&self) -> impl Iterator<Item = T> + '_ {
        self.all.iter().copied()
    }

    fn holds(&self, item: T) -> bool {
        self.all.binary_search(&item).is_ok()
    }
}

/// The required keys of which the value is one literal.
fn tags(dict: &TypedDict) -> impl Iterator<Item = (Name, Ty)> + '_ {
    dict.items.keys().filter_map(|key| Some((*key, tag_under(dict, *key)?)))
}

fn tag_under(dict: &TypedDict, key: Name) -> Option<Ty> {
    let item = dict.items.get(&key).filter(|item| item.required)?;
    // `True` is 1.
    let is_tag =
        matches!(item.ty.kind(), TyKind::Literal { value, .. } if !matches!(value, LiteralValue::Bool(_)));
    is_tag.then_some(item.ty)
}

/// Whether a class is related only to its ancestors and to what derives from it.
pub(crate) fn is_nominal(ctx: &dyn TypeContext, class: ClassId) -> bool {
    let info = ctx.class(class);
    let open = ClassFlags::PROTOCOL | ClassFlags::FALLBACK_TO_ANY | ClassFlags::NAMED_TUPLE;
    !info.flags.intersects(open | ClassFlags::NATIVE_INT)
        && info.mro.iter().all(|base| ctx.class(*base).promotions.is_empty())
        && !matches!(
            class.fullname().as_str(),
            "typing.NamedTuple"
                | "typing_extensions.NamedTuple"
                | "builtins.object"
                | "builtins.type"
                | "builtins.tuple"
        )
        && !info.has_base_named("builtins.type")
}
