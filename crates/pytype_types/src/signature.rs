//! Signatures: the one shape of everything that can be called.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use bitflags::bitflags;
use once_cell::race::OnceRef;
use pytype_source::Name;

use crate::intern::{Interned, hash_of, interner};
use crate::ty::TyNode;
use crate::{Ty, TyKind, TyList};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamKind {
    /// Required, by position (and by name when it has one).
    Pos,
    /// Like `Pos`, with a default.
    Opt,
    /// `*args`. Its type is that of one item, an `Unpack` of a tuple or a `TypeVarTuple`, or `P.args`.
    Star,
    /// Keyword-only, required.
    Named,
    /// Keyword-only, with a default.
    NamedOpt,
    /// `**kwargs`. Its type is that of one value, an `Unpack` of a `TypedDict`, or `P.kwargs`.
    Star2,
}

impl ParamKind {
    pub fn is_positional(self) -> bool {
        matches!(self, ParamKind::Pos | ParamKind::Opt)
    }
    pub fn is_named(self) -> bool {
        matches!(self, ParamKind::Named | ParamKind::NamedOpt)
    }
    pub fn is_required(self) -> bool {
        matches!(self, ParamKind::Pos | ParamKind::Named)
    }
    pub fn is_optional(self) -> bool {
        matches!(self, ParamKind::Opt | ParamKind::NamedOpt)
    }
    pub fn is_star(self) -> bool {
        matches!(self, ParamKind::Star | ParamKind::Star2)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Param {
    /// `None` for a positional-only parameter.
    pub name: Option<Name>,
    pub ty: Ty,
    pub kind: ParamKind,
}

bitflags! {
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct SigFlags: u16 {
        /// `Callable[..., R]`: compatible with any parameters.
        const ELLIPSIS = 1 << 0;
        /// From a `def` without any annotation (`no-untyped-call`).
        const IMPLICIT = 1 << 1;
        /// The first parameter of the definition was bound and removed.
        const BOUND = 1 << 2;
        /// Parameters came out of `Concatenate`.
        const FROM_CONCATENATE = 1 << 3;
        /// `**kwargs: Unpack[TD]` was expanded into named parameters.
        const UNPACK_KWARGS = 1 << 4;
        /// Made from a class: calling it makes an instance. The fallback is the metaclass.
        const TYPE_OBJECT = 1 << 5;
        /// Parameter kinds are not precise (from `ParamSpec` with unknown kinds).
        const IMPRECISE_KINDS = 1 << 6;
        /// The coroutine type of an `async def` (so that un-awaited results can be told).
        const COROUTINE = 1 << 7;
        /// A `classmethod`/`staticmethod` as it stands in the class.
        const CLASS_METHOD = 1 << 8;
        const STATIC_METHOD = 1 << 9;
        /// Only a list of parameters, the value of a `ParamSpec` (mypy's `Parameters`).
        const PARAMETERS_ONLY = 1 << 10;
        /// Made from a `type[C]` value: the class may be a subclass, so it may be instantiated.
        const FROM_TYPE = 1 << 11;
        /// What `functools.partial` leaves: missing arguments were given before.
        const PARTIAL = 1 << 12;
        /// `*args: T, **kwargs: T` whose `T` became `Any`: not the same as `...`.
        const SPECIALISED_ANY = 1 << 13;
    }
}

/// A callable's parameters and result.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    pub params: Box<[Param]>,
    pub ret: Ty,
    /// The type variables that a call solves anew.
    pub variables: TyList,
    /// Where attributes are looked up: an instance of `function`, or of the metaclass.
    pub fallback: Ty,
    /// Shown in revealed types and messages.
    pub name: Option<Name>,
    /// Full name of the definition (`m.C.method`), for deprecations and messages.
    pub definition: Option<Name>,
    /// The author's words, for an overload that is `@deprecated` (by itself or with the whole set).
    pub deprecated: Option<Name>,
    pub flags: SigFlags,
    /// The type that `TypeGuard[...]` / `TypeIs[...]` in the result narrows to; `ret` is then `bool`.
    pub type_guard: Option<Ty>,
    pub type_is: Option<Ty>,
    /// For type objects: the instance type as the class sees it, when `ret` is something else
    /// (a `__new__` that returns another class).
    pub instance_type: Option<Ty>,
    /// The first parameter's type before it was bound away, for `self`-dependent checks.
    pub bound_self: Option<Ty>,
}

/// An interned signature, with what is made of it again and again.
pub(crate) struct SignatureNode {
    signature: Signature,
    /// The callable type that has it.
    callable: OnceRef<'static, TyNode>,
    /// The signature that is left when the first parameter is bound.
    bound: OnceRef<'static, SignatureNode>,
}
impl PartialEq for SignatureNode {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}
impl Eq for SignatureNode {}
impl Hash for SignatureNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

/// An interned signature. Two handles are equal exactly when the signatures are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sig(Interned<SignatureNode>);

interner!(SIGNATURES, SignatureNode);

impl Sig {
    /// The signature, for as long as the process lives.
    pub fn get(self) -> &'static Signature {
        &self.0.get().signature
    }

    /// The callable type with this signature: made once.
    pub(crate) fn callable(self) -> Interned<TyNode> {
        let node = self.0.get();
        Interned::again(node.callable.get_or_init(|| TyNode::interned(TyKind::Callable(self)).get()))
    }

    /// The signature after its first parameter was bound: without it, unless it is `*args`, which takes
    /// the object too and goes on taking the rest.
    #[must_use]
    pub fn without_first(self) -> Sig {
        let node = self.0.get();
        Sig(Interned::again(node.bound.get_or_init(|| self.new_without_first().0.get())))
    }

    fn new_without_first(self) -> Sig {
        let (bound_self, rest) = match self.params.split_first() {
            Some((first, _)) if first.kind.is_star() => return self,
            Some((first, rest)) => (Some(first.ty), rest),
            None => (self.bound_self, &[][..]),
        };
        let flags = self.flags | SigFlags::BOUND;
        Signature { bound_self, flags, ..self.with_params(rest.into()) }.intern()
    }
}

impl Deref for Sig {
    type Target = Signature;
    fn deref(&self) -> &Signature {
        self.get()
    }
}
impl fmt::Debug for Sig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl Signature {
    /// The same with other parameters.
    pub fn with_params(&self, params: Box<[Param]>) -> Signature {
        Signature {
            params,
            ret: self.ret,
            variables: self.variables,
            fallback: self.fallback,
            name: self.name,
            definition: self.definition,
            deprecated: self.deprecated,
            flags: self.flags,
            type_guard: self.type_guard,
            type_is: self.type_is,
            instance_type: self.instance_type,
            bound_self: self.bound_self,
        }
    }

    /// A plain signature without type variables or flags.
    pub fn new(params: Vec<Param>, ret: Ty, fallback: Ty) -> Signature {
        Signature {
            params: params.into_boxed_slice(),
            ret,
            variables: TyList::EMPTY(),
            fallback,
            name: None,
            definition: None,
            deprecated: None,
            flags: SigFlags::empty(),
            type_guard: None,
            type_is: None,
            instance_type: None,
            bound_self: None,
        }
    }

    pub fn intern(self) -> Sig {
        Sig(SIGNATURES.find_or_store(
            hash_of(&self),
            self,
            |known, signature| known.signature == *signature,
            |signature| SignatureNode { signature, callable: OnceRef::new(), bound: OnceRef::new() },
        ))
    }

    /// The callable type with this signature.
    pub fn into_ty(self) -> Ty {
        Ty::callable(self.intern())
    }

    pub fn is_type_object(&self) -> bool {
        self.flags.contains(SigFlags::TYPE_OBJECT)
    }
    pub fn is_generic(&self) -> bool {
        !self.variables.is_empty()
    }
    /// The `*args` parameter.
    pub fn star(&self) -> Option<&Param> {
        self.params.iter().find(|p| p.kind == ParamKind::Star)
    }
    /// The `**kwargs` parameter.
    pub fn star2(&self) -> Option<&Param> {
        self.params.iter().find(|p| p.kind == ParamKind::Star2)
    }
    pub fn min_args(&self) -> usize {
        self.params.iter().filter(|p| p.kind == ParamKind::Pos).count()
    }
}
