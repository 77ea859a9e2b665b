//! What the relations ask of the layers above: classes, members, declared bounds, aliases.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bitflags::bitflags;
use pytype_config::ModuleOptions;
use pytype_index::DefRef;
use pytype_source::Name;
use rustc_hash::FxHashMap;

use crate::intern::{Interned, interner};
use crate::shared_parts::Answers;
use crate::{
    ClassId, ClassInfo, KnownClass, Sig, Ty, TyKind, TyList, TypeVarDecl, TypeVarId, TypeVarInfo, Variance,
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct AliasKey {
    definition: DefRef,
    fullname: Name,
}

/// A type alias, by where it is defined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AliasId(Interned<AliasKey>);

interner!(ALIASES, AliasKey);

impl AliasId {
    pub fn new(definition: DefRef, fullname: Name) -> AliasId {
        AliasId(ALIASES.intern(AliasKey { definition, fullname }))
    }
    pub fn definition(self) -> DefRef {
        self.0.definition
    }
    pub fn fullname(self) -> Name {
        self.0.fullname
    }
}

/// What an alias stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AliasInfo {
    /// In terms of `type_params`; mentions [`crate::TyKind::Alias`] where it is recursive.
    pub target: Ty,
    pub type_params: TyList,
    /// Whether it reaches itself: only then do its uses stay `TyKind::Alias`.
    pub recursive: bool,
    /// Made by a `type` statement or `TypeAliasType` (a value of that class at run time).
    pub explicit_type_statement: bool,
    /// An alias of a bare generic class without arguments (`A = list`): usable as the class itself.
    pub no_args: bool,
}

bitflags! {
    /// How an attribute is defined, as far as overriding and protocols care.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct AttributeFlags: u16 {
        /// Can be assigned through an instance.
        const SETTABLE = 1 << 0;
        /// Declared `ClassVar` (or a method, class, ...): belongs to the class object.
        const CLASS_VAR = 1 << 1;
        const CLASS_METHOD = 1 << 2;
        const STATIC_METHOD = 1 << 3;
        /// A function (also class and static methods), not a variable of callable type.
        const METHOD = 1 << 4;
        const PROPERTY = 1 << 5;
        const FINAL = 1 << 6;
        /// A variable assigned in the class body or declared there (so visible on the class object).
        const CLASS_LEVEL = 1 << 7;
        const ABSTRACT = 1 << 8;
        /// Came from `__getattr__`.
        const FROM_GETATTR = 1 << 9;
        /// Declared with an explicit type (not inferred).
        const DECLARED = 1 << 10;
        /// A variable whose type mentions `Self`.
        const SELF_TYPED = 1 << 11;
    }
}

/// An attribute as seen through one object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// The type of reading it: bound, with the object's type arguments put in, descriptors applied.
    pub ty: Ty,
    /// The type that may be assigned, when it differs (properties with setters, descriptors).
    pub set_ty: Option<Ty>,
    pub flags: AttributeFlags,
    pub defined_in: Option<ClassId>,
}

/// What the algorithms on types may ask. Implemented by the layer that knows declarations;
/// every answer is a fact about the program, so the same question has the same answer.
pub trait TypeContext {
    /// The header of a class.
    fn class(&self, id: ClassId) -> &ClassInfo;

    /// A class the language itself refers to; `builtins.object` if typeshed lacks it.
    fn known(&self, class: KnownClass) -> ClassId;

    /// What was declared of a type variable.
    fn type_var(&self, decl: TypeVarDecl) -> &TypeVarInfo;

    /// The variance of `param`, one of the type parameters of `class`.
    fn parameter_variance(&self, _class: ClassId, param: Ty) -> Variance {
        match param.kind() {
            TyKind::TypeVar(variable) => self.type_var(variable.decl).variance,
            TyKind::ParamSpec(spec) => self.type_var(spec.decl).variance,
            TyKind::TypeVarTuple(tuple) => self.type_var(tuple.decl).variance,
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
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Variance::Invariant,
        }
    }

    fn alias(&self, id: AliasId) -> &AliasInfo;

    /// The member `name` of `object` (an instance, tuple, typed dict, literal or `None`) looked up
    /// as relations do it (mypy's `find_member`): `self` types bound to `self_type`, properties and
    /// descriptors read, nothing reported. `None` when there is no such member.
    fn member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute>;

    /// The same on the class object `type[object]`.
    fn class_object_member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute>;

    /// An attribute of a module, as it is seen from outside.
    fn module_member(&self, module: Name, name: Name) -> Option<Attribute>;

    /// The names a protocol class asks for, its own and inherited, sorted as mypy does.
    fn protocol_members(&self, class: ClassId) -> &[Name];

    /// The names that a class and its ancestors other than `object` define, sorted, without methods
    /// of the class that use its type parameters in nothing but `self`; only asked to infer variance.
    fn member_names(&self, _class: ClassId) -> Vec<Name> {
        Vec::new()
    }

    /// Calling the class: its constructors as one callable or overload set, in terms of the
    /// class's type parameters (which are its variables).
    fn constructor(&self, class: ClassId) -> Ty;

    /// The names of an enum's members in order; empty for other classes.
    fn enum_members(&self, class: ClassId) -> &[Name];

    /// Whether the class has abstract members left to implement (then `type[C]` must not be given).
    fn is_abstract(&self, class: ClassId) -> bool;

    fn options(&self) -> &ModuleOptions;

    /// Scratch state of the relations: assumptions on recursive types, caches of one unit of work.
    fn relations(&self) -> &RelationState;

    /// An instance of a known class; missing type arguments are `Any`.
    fn known_instance(&self, class: KnownClass) -> Ty {
        let id = self.known(class);
        open_instance(id, self.class(id))
    }

    /// `builtins.object`'s instance.
    fn object(&self) -> Ty {
        self.known_instance(KnownClass::Object)
    }
}

/// An instance of a class with `Any` for all type arguments.
pub fn open_instance(id: ClassId, class: &ClassInfo) -> Ty {
    let any = Ty::any(crate::AnySource::Implementation);
    Ty::instance(id, std::iter::repeat_n(any, class.type_params.len()).collect::<TyList>())
}

/// A comparison under way, see [`RelationState`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Assumption {
    pub left: Ty,
    pub right: Ty,
    pub reason: AssumptionReason,
}

/// Why a comparison may come back to itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AssumptionReason {
    /// Recursive aliases, by what they stand for.
    Alias { proper: bool },
    /// The members of a protocol.
    Protocol { proper: bool, class_object: bool },
}

/// Two types that are compared, and how: the bits of the options.
pub(crate) type SubtypeKey = (Ty, Ty, u32);

/// Scratch state of the relations, kept for one unit of work on one thread.
#[derive(Default, Debug)]
pub struct RelationState {
    /// Comparisons under way that are taken to hold while their parts are compared.
    pub(crate) assumptions: RefCell<Vec<Assumption>>,
    /// The oldest assumption that was made use of since this was last reset: 1 + its place; 0 for
    /// the assumption that what nests too deeply fits.
    pub(crate) oldest_used: Cell<usize>,
    /// Comparisons that hold as long as an assumption that is still open does, with that one.
    pub(crate) tentative: RefCell<FxHashMap<SubtypeKey, usize>>,
    /// Their keys, in the order in which they were found.
    pub(crate) tentative_order: RefCell<Vec<SubtypeKey>>,
    /// Nesting of comparisons.
    pub(crate) depth: Cell<u32>,
    /// Joins that are part of the one under way, and nesting of joins.
    pub(crate) joins: Answers<(Ty, Ty), Ty>,
    pub(crate) join_depth: Cell<u32>,
    /// Results of comparing two types, for the option set in the key.
    pub(crate) subtype_cache: RefCell<FxHashMap<SubtypeKey, bool>>,
    /// Unions that were simplified while no comparison was under way.
    pub(crate) simplified_unions: RefCell<FxHashMap<Ty, Ty>>,
    /// Whether an alias leads to one that leads back to itself.
    pub(crate) recursive_aliases: RefCell<FxHashMap<AliasId, bool>>,
    /// The variance that type parameters are tried with while it is inferred.
    pub(crate) trial_variances: RefCell<Vec<(TypeVarId, Variance)>>,
    /// The last number given to a fresh unknown.
    pub last_meta: Cell<u32>,
    /// Generic signatures with fresh unknowns, by the number that was the last before, each with the number
    /// that is the last after.
    pub(crate) freshened: RefCell<FxHashMap<(Sig, u32), (Sig, u32)>>,
    /// Nesting of inference on recursive types.
    pub inferring: RefCell<Vec<(Ty, Ty)>>,
    /// Templates and actual types whose constraints are being looked for.
    pub inferring_constraints: RefCell<Vec<(Ty, Ty)>>,
    /// Protocol templates whose members are being matched.
    pub inferring_protocols: RefCell<Vec<Ty>>,
    /// The solver makes unions of lower bounds instead of joining them.
    pub infer_unions: Cell<bool>,
    /// Constraints are taken from unions as they stand, without simplifying them.
    pub keep_unions: Cell<bool>,
}

impl RelationState {
    /// Drops all but what stays true, above all the comparisons that were made, between two units of work:
    /// unknowns are numbered anew, so that the types that mention them are the same again.
    pub fn come_to_rest(&mut self) {
        /// More comparisons than this are not kept: what was compared lately comes back soon, and a
        /// table of this size is full.
        const LIMIT: usize = 7 << 13;
        fn keep_if_small<K, V>(table: &mut RefCell<FxHashMap<K, V>>) {
            let table = table.get_mut();
            if table.len() >= LIMIT {
                *table = FxHashMap::default();
            }
        }
        keep_if_small(&mut self.subtype_cache);
        keep_if_small(&mut self.simplified_unions);
        keep_if_small(&mut self.freshened);
        let RelationState {
            assumptions,
            oldest_used,
            tentative,
            tentative_order,
            depth,
            joins,
            join_depth,
            subtype_cache: _,
            simplified_unions: _,
            recursive_aliases: _,
            trial_variances,
            last_meta,
            freshened: _,
            inferring,
            inferring_constraints,
            inferring_protocols,
            infer_unions,
            keep_unions,
        } = self;
        assumptions.get_mut().clear();
        oldest_used.set(0);
        tentative.get_mut().clear();
        tentative_order.get_mut().clear();
        depth.set(0);
        joins.clear();
        join_depth.set(0);
        trial_variances.get_mut().clear();
        last_meta.set(0);
        inferring.get_mut().clear();
        inferring_constraints.get_mut().clear();
        inferring_protocols.get_mut().clear();
        infer_unions.set(false);
        keep_unions.set(false);
    }

    /// A number for a fresh unknown of the solver.
    pub fn fresh_meta(&self) -> u32 {
        let next = self.last_meta.get() + 1;
        self.last_meta.set(next);
        next
    }
}

impl<T: TypeContext + ?Sized> TypeContext for Rc<T> {
    fn class(&self, id: ClassId) -> &ClassInfo {
        (**self).class(id)
    }
    fn known(&self, class: KnownClass) -> ClassId {
        (**self).known(class)
    }
    fn type_var(&self, decl: TypeVarDecl) -> &TypeVarInfo {
        (**self).type_var(decl)
    }
    fn parameter_variance(&self, class: ClassId, param: Ty) -> Variance {
        (**self).parameter_variance(class, param)
    }
    fn alias(&self, id: AliasId) -> &AliasInfo {
        (**self).alias(id)
    }
    fn member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        (**self).member(object, name, self_type)
    }
    fn class_object_member(&self, object: Ty, name: Name, self_type: Ty) -> Option<Attribute> {
        (**self).class_object_member(object, name, self_type)
    }
    fn module_member(&self, module: Name, name: Name) -> Option<Attribute> {
        (**self).module_member(module, name)
    }
    fn protocol_members(&self, class: ClassId) -> &[Name] {
        (**self).protocol_members(class)
    }
    fn member_names(&self, class: ClassId) -> Vec<Name> {
        (**self).member_names(class)
    }
    fn constructor(&self, class: ClassId) -> Ty {
        (**self).constructor(class)
    }
    fn enum_members(&self, class: ClassId) -> &[Name] {
        (**self).enum_members(class)
    }
    fn is_abstract(&self, class: ClassId) -> bool {
        (**self).is_abstract(class)
    }
    fn options(&self) -> &ModuleOptions {
        (**self).options()
    }
    fn relations(&self) -> &RelationState {
        (**self).relations()
    }
    fn known_instance(&self, class: KnownClass) -> Ty {
        (**self).known_instance(class)
    }
}
