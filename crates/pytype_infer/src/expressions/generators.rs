//! What the declared result of a generator says of its parts.

use pytype_types::{AnySource, KnownClass, Ty, TyKind};

use crate::Checker;

/// A part of a generator's type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Yield,
    Send,
    Return,
}

impl Checker<'_> {
    /// Whether `ty` may be declared as the result of a generator (or with `is_coroutine`, of a coroutine).
    pub fn is_generator_return_type(&self, ty: Ty, is_coroutine: bool) -> bool {
        let generator = self.known(if is_coroutine { KnownClass::Awaitable } else { KnownClass::Generator });
        self.is_subtype(generator, ty) || ty.is_instance_of("typing.AwaitableGenerator")
    }

    /// Whether `ty` may be declared as the result of an async generator.
    pub fn is_async_generator_return_type(&self, ty: Ty) -> bool {
        let generator = self.known(KnownClass::AsyncGenerator);
        self.is_subtype(generator, ty)
    }

    /// What `yield` gives to the caller.
    pub fn generator_yield_type(&self, ty: Ty, is_coroutine: bool) -> Ty {
        self.generator_part(ty, is_coroutine, Part::Yield)
    }

    /// What `yield` evaluates to.
    pub fn generator_send_type(&self, ty: Ty, is_coroutine: bool) -> Ty {
        self.generator_part(ty, is_coroutine, Part::Send)
    }

    /// What `return` must give in the generator.
    pub fn generator_return_type(&self, ty: Ty, is_coroutine: bool) -> Ty {
        self.generator_part(ty, is_coroutine, Part::Return)
    }

    /// The result of an `async def`'s declared coroutine.
    pub fn coroutine_return_type(&self, ty: Ty) -> Ty {
        match self.proper(ty).kind() {
            TyKind::Any(source) => Ty::any(*source),
            TyKind::Instance(instance) => instance.args.get(2).copied().unwrap_or_else(|| self.any()),
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => self.any(),
        }
    }

    fn generator_part(&self, ty: Ty, is_coroutine: bool, part: Part) -> Ty {
        let ty = self.proper(ty);
        match ty.kind() {
            TyKind::Any(_) => return Ty::any(AnySource::Derived),
            TyKind::Union(items) => {
                let parts: Vec<Ty> =
                    items.iter().map(|item| self.generator_part(item, is_coroutine, part)).collect();
                return self.simplified_union(parts);
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
        let fits = self.is_generator_return_type(ty, is_coroutine)
            || (part != Part::Return && self.is_async_generator_return_type(ty));
        let instance = match ty.as_instance() {
            Some(instance) if fits => instance,
            // Not a generator at all: reported where it is declared.
            _ => return self.error_any(),
        };
        let name = instance.class.fullname();
        let arg = |n: usize| instance.args.get(n).copied();
        let is_generator = matches!(name.as_str(), "typing.Generator" | "typing.AwaitableGenerator");
        match (part, name.as_str()) {
            (Part::Return, "typing.Awaitable") => arg(0).unwrap_or_else(|| self.any()),
            (Part::Yield | Part::Send, "typing.Awaitable") => self.any(),
            (Part::Yield, _) => arg(0).unwrap_or_else(|| self.any()),
            (Part::Send, _) if is_generator && instance.args.len() >= 3 => {
                arg(1).unwrap_or_else(|| self.any())
            }
            (Part::Send, "typing.AsyncGenerator") if instance.args.len() >= 2 => {
                arg(1).unwrap_or_else(|| self.any())
            }
            (Part::Return, _) if is_generator && instance.args.len() >= 3 => {
                arg(2).unwrap_or_else(|| self.any())
            }
            (Part::Send | Part::Return, _) => Ty::none(),
        }
    }
}
