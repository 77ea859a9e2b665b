//! Values that are equal across types: `1 == 1.0`, `StrEnum.A == "a"`.
//!
//! Narrowing by `==` must not conclude from unequal types that values are unequal when the types
//! compare in a common domain.

use pytype_types::{Ty, TyKind, TypeContext, proper};

use crate::Checker;

/// The domain a class compares in, by the name of one of its ancestors, and whether enums of that
/// domain are open to its plain values.
fn domain_of(ancestor: &str) -> Option<(&'static str, bool)> {
    match ancestor {
        "builtins.str" => Some(("text", true)),
        "builtins.bool" | "builtins.int" | "builtins.float" | "builtins.complex" => Some(("number", true)),
        "builtins.bytes" | "builtins.bytearray" | "builtins.memoryview" => Some(("bytes", false)),
        "typing.Mapping" => Some(("mapping", false)),
        "typing.AbstractSet" => Some(("set", false)),
        _ => None,
    }
}

#[derive(Default)]
struct Domain {
    name: &'static str,
    open: bool,
    classes: Vec<pytype_source::Name>,
    enums: Vec<pytype_source::Name>,
}

#[derive(Default)]
struct Domains {
    /// `object` or `Any`: may be equal to anything.
    top: bool,
    domains: Vec<Domain>,
}

impl Checker<'_> {
    /// `current` split in what comparing with `target` narrows as usual, and what may be equal to
    /// it although its type says otherwise.
    pub(super) fn split_ambiguous(&self, current: Ty, target: Ty) -> (Option<Ty>, Option<Ty>) {
        let items = if let TyKind::Union(items) = proper(&*self.ctx, current).kind() {
            *items
        } else {
            pytype_types::TyList::new([current])
        };
        let (ambiguous, plain): (Vec<Ty>, Vec<Ty>) =
            items.iter().partition(|item| self.is_ambiguous(*item, target));
        let union = |items: Vec<Ty>| (!items.is_empty()).then(|| Ty::union(items));
        (union(plain), union(ambiguous))
    }

    fn is_ambiguous(&self, left: Ty, right: Ty) -> bool {
        let (left, right) = (self.domains(left), self.domains(right));
        if left.top || right.top {
            let other = if left.top { &right } else { &left };
            return other.domains.iter().any(|d| d.open && !d.enums.is_empty());
        }
        left.domains.iter().any(|l| {
            right.domains.iter().filter(|r| r.name == l.name).any(|r| {
                let same_enum =
                    !l.enums.is_empty() && l.enums == r.enums && l.classes == l.enums && r.classes == r.enums;
                !same_enum && (l.classes != r.classes || !l.enums.is_empty() || !r.enums.is_empty())
            })
        })
    }

    fn domains(&self, ty: Ty) -> Domains {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Union(items) => self.domains_of_all(items.as_slice()),
            TyKind::TypeVar(variable) => {
                let info = self.ctx.type_var(variable.decl);
                if info.values.is_empty() {
                    self.domains(info.bound)
                } else {
                    self.domains_of_all(&info.values)
                }
            }
            TyKind::Literal { fallback, .. } => self.domains(*fallback),
            TyKind::Any(_) => Domains { top: true, ..Domains::default() },
            TyKind::Instance(instance) => match instance.last_known {
                Some(known) => self.domains(known),
                None if instance.class.is("builtins.object") => Domains { top: true, ..Domains::default() },
                None => self.domains_of_class(instance.class),
            },
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => Domains::default(),
        }
    }

    fn domains_of_class(&self, class: pytype_types::ClassId) -> Domains {
        let info = self.ctx.class(class);
        let mut all = Domains::default();
        for ancestor in &info.mro {
            let Some((name, open)) = domain_of(&ancestor.fullname()) else { continue };
            let enums = if info.is_enum() { vec![class.fullname()] } else { vec![] };
            add(&mut all, Domain { name, open, classes: vec![class.fullname()], enums });
        }
        all
    }

    fn domains_of_all(&self, items: &[Ty]) -> Domains {
        let mut all = Domains::default();
        for item in items {
            let found = self.domains(*item);
            all.top |= found.top;
            found.domains.into_iter().for_each(|domain| add(&mut all, domain));
        }
        all
    }
}

fn add(all: &mut Domains, domain: Domain) {
    let Some(known) = all.domains.iter_mut().find(|d| d.name == domain.name) else {
        all.domains.push(domain);
        return;
    };
    for (into, from) in [(&mut known.classes, domain.classes), (&mut known.enums, domain.enums)] {
        into.extend(from);
        into.sort();
        into.dedup();
    }
}
