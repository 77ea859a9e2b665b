//! What the special forms mean.

use pytype_source::ErrorCode;
use pytype_types::{
    AliasId, AnySource, KnownClass, Ty, TyKind, TyList, TypeVarDecl, TypeVarDeclData, TypeVarId,
};
use pytype_types::{ClassId, LiteralValue, TypeVar, TypeVarKind, TypeVarOrigin};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::analyze::{Allow, Analyzer, Args};
use super::special_forms::SpecialForm;
use super::{AnnotationOptions, LateCheckKind};
use crate::DeclareDb;
use crate::classes::class_type_params;

impl Analyzer<'_, '_> {
    /// The type of `form[args]`; `None` when the form is an ordinary class here.
    pub fn special(&mut self, form: SpecialForm, range: TextRange, args: Args<'_>) -> Option<Ty> {
        Some(match form {
            SpecialForm::Any => Ty::any(AnySource::Explicit),
            SpecialForm::Final => self.final_form(range),
            SpecialForm::Tuple => self.tuple_form(range, args),
            SpecialForm::Union => Ty::union(self.parts(args.items, Allow::empty(), false)),
            SpecialForm::Optional => self.optional_form(range, args),
            SpecialForm::Callable => self.callable_form(range, args),
            SpecialForm::TypingType => self.type_form(range, args, "Type"),
            SpecialForm::BuiltinType if args.items.is_empty() => return None,
            SpecialForm::BuiltinType => self.type_form(range, args, "type"),
            SpecialForm::TypeForm => self.type_form_form(range, args),
            SpecialForm::ClassVar => self.class_var_form(range, args),
            SpecialForm::Never => Ty::never(),
            SpecialForm::Literal => self.literal_form(range, args),
            SpecialForm::Annotated => self.annotated_form(range, args),
            SpecialForm::Required | SpecialForm::NotRequired | SpecialForm::ReadOnly => {
                self.typed_dict_form(form, range, args)
            }
            SpecialForm::TypeGuard | SpecialForm::TypeIs => {
                let _ = self.type_predicate(range, args);
                self.known(KnownClass::Bool, TyList::EMPTY())
            }
            SpecialForm::Unpack => self.unpack_form(range, args),
            SpecialForm::SelfType => self.self_form(range, args),
            SpecialForm::TypeAlias => Ty::any(AnySource::SpecialForm),
            SpecialForm::Concatenate => self.concatenate_form(range, args),
            // In the standard library's stubs it would only double every method of `str`; what its
            // methods give is known where they are called.
            SpecialForm::LiteralString if self.place.file.is_typeshed(self.db()) => {
                self.known(KnownClass::Str, TyList::EMPTY())
            }
            SpecialForm::LiteralString => self.literal_type(LiteralValue::AnyStr),
            SpecialForm::InitVar => return None,
        })
    }

    fn final_form(&mut self, range: TextRange) -> Ty {
        if self.allow.contains(Allow::FINAL) {
            return Ty::any(AnySource::Error);
        }
        let message = "\"Final\" may only stand outermost in a variable's annotation";
        self.invalid_at(ErrorCode::ValidType, range, message)
    }

    fn tuple_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        if args.items.is_empty() && !args.empty {
            let any = self.omitted_any(range, "tuple");
            return self.known(KnownClass::Tuple, [any]);
        }
        if let [item, Expr::EllipsisLiteral(_)] = args.items {
            let item = self.part(item, Allow::empty());
            return self.known(KnownClass::Tuple, [item]);
        }
        let items = self.parts(args.items, Allow::UNPACK, false);
        let items =
            self.without_parameter_lists(super::unpack::flatten(&items), range, "the items of a tuple");
        if let [only] = items.as_slice()
            && let TyKind::Unpack(inner) = only.kind()
            && inner.is_instance_of("builtins.tuple")
        {
            // `tuple[*tuple[X, ...]]` is `tuple[X, ...]`.
            return *inner;
        }
        self.tuple_of(items)
    }

    fn optional_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        let [item] = args.items else {
            return self.invalid_at(ErrorCode::ValidType, range, "\"Optional[...]\" takes exactly one type");
        };
        optional(self.part(item, Allow::empty()))
    }

    fn type_form(&mut self, range: TextRange, args: Args<'_>, name: &str) -> Ty {
        let Some((first, rest)) = args.items.split_first() else {
            let any = self.omitted_any(range, name);
            return Ty::new(TyKind::Type(any));
        };
        if !rest.is_empty() {
            let message = format!("\"{name}[...]\" takes exactly one type");
            self.fail(ErrorCode::ValidType, range, message);
        }
        let item = self.part(first, Allow::empty());
        let own = self.alias.filter(|_| self.nesting == 0).map(|rules| rules.alias);
        if let Some(bad) = not_in_type(item, own) {
            let message = format!("\"{name}[...]\" cannot hold \"{bad}\"");
            self.fail(ErrorCode::ValidType, range, message);
            return Ty::new(TyKind::Type(Ty::any(AnySource::Error)));
        }
        type_of(item)
    }

    fn type_form_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        let Some((first, rest)) = args.items.split_first() else {
            let any = self.omitted_any(range, "TypeForm");
            return Ty::new(TyKind::TypeForm(any));
        };
        if !rest.is_empty() {
            self.fail(ErrorCode::ValidType, range, "\"TypeForm[...]\" takes exactly one type");
        }
        Ty::new(TyKind::TypeForm(self.part(first, Allow::empty())))
    }

    fn class_var_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        if self.nesting > 0 {
            self.fail(ErrorCode::ValidType, range, "\"ClassVar\" may not stand inside of another type");
        }
        if self.options.contains(AnnotationOptions::CLASS_FIELD) {
            let message = "A field of a named tuple or \"TypedDict\" cannot be a \"ClassVar\"";
            self.fail(ErrorCode::ValidType, range, message);
        }
        if self.options.contains(AnnotationOptions::DEFINING_ALIAS) {
            self.fail(ErrorCode::ValidType, range, "\"ClassVar\" may not stand in a type alias");
        }
        match args.items {
            [] => Ty::any(AnySource::OmittedGenerics),
            [item] => {
                let new_enough = self.ctx.options().python_version >= (3, 13);
                self.part(item, if new_enough { Allow::FINAL } else { Allow::empty() })
            }
            _ => {
                let message = "\"ClassVar[...]\" takes at most one type";
                self.invalid_at(ErrorCode::ValidType, range, message)
            }
        }
    }

    fn annotated_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        let is_value = self.options.contains(AnnotationOptions::VALUE_EXPRESSION);
        let first = match args.items {
            [first, _, ..] => first,
            [first] if is_value => first,
            _ => {
                let message = "\"Annotated[...]\" takes a type and at least one annotation";
                return self.invalid_at(ErrorCode::ValidType, range, message);
            }
        };
        let allow = self.allow & Allow::TYPED_DICT;
        // An alias of an annotated class is one of the class: it may leave out the class's arguments.
        if self.alias.is_some() && self.nesting == 0 && super::analyze::is_dotted(first) {
            let before = std::mem::replace(&mut self.allow, allow);
            let ty = self.expression(first);
            self.allow = before;
            return ty;
        }
        self.part(first, allow)
    }

    /// `Required`, `NotRequired` and `ReadOnly` where they are not taken as qualifiers.
    fn typed_dict_form(&mut self, form: SpecialForm, range: TextRange, args: Args<'_>) -> Ty {
        let name = match form {
            SpecialForm::Required => "Required",
            SpecialForm::NotRequired => "NotRequired",
            _ => "ReadOnly",
        };
        if !self.allow.contains(Allow::TYPED_DICT) {
            let message = format!("\"{name}[...]\" may only stand in a \"TypedDict\"");
            return self.invalid_at(ErrorCode::ValidType, range, message);
        }
        let [item] = args.items else {
            let message = format!("\"{name}[...]\" takes exactly one type");
            return self.invalid_at(ErrorCode::ValidType, range, message);
        };
        self.part(item, Allow::TYPED_DICT)
    }

    /// The argument of `TypeGuard[...]` or `TypeIs[...]`.
    pub fn type_predicate(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        match args.items {
            [item] => self.part(item, Allow::empty()),
            _ => {
                let message = "\"TypeGuard[...]\" and \"TypeIs[...]\" take exactly one type";
                self.invalid_at(ErrorCode::ValidType, range, message)
            }
        }
    }

    fn self_form(&mut self, range: TextRange, args: Args<'_>) -> Ty {
        if !args.items.is_empty() {
            self.fail(ErrorCode::Misc, range, "\"Self\" takes no type arguments");
        }
        if self.options.contains(AnnotationOptions::PROHIBIT_SELF) {
            return self.invalid_at(ErrorCode::Misc, range, "\"Self\" may not be used here");
        }
        let Some(class) = self.place.class else {
            let message = "\"Self\" may only be used inside of a class definition";
            return self.invalid_at(ErrorCode::Misc, range, message);
        };
        self.later(range, LateCheckKind::SelfOf(class));
        if super::class_facts::is_closed(self.db(), class) {
            return own_instance(self.db(), class);
        }
        self_type(class)
    }

    /// The `Any` for type arguments that were left out.
    pub fn omitted_any(&mut self, range: TextRange, name: &str) -> Ty {
        if self.disallows_bare_generics() {
            let message = format!("Missing type arguments for the generic type \"{name}\"");
            return self.invalid_at(ErrorCode::TypeArg, range, message);
        }
        Ty::any(AnySource::OmittedGenerics)
    }
}

/// `X | None`, with `None` last.
pub(crate) fn optional(ty: Ty) -> Ty {
    if ty.is_none() {
        return ty;
    }
    let items = ty.union_items();
    Ty::union(items.iter().filter(|item| !item.is_none()).chain([Ty::none()]))
}

/// `type[X]`, spread over unions.
pub(crate) fn type_of(item: Ty) -> Ty {
    if let TyKind::Union(items) = item.kind() {
        Ty::union(items.iter().map(type_of))
    } else {
        Ty::new(TyKind::Type(item))
    }
}

/// What may not stand in `type[...]`; `own` is the alias that is defined as that type.
fn not_in_type(item: Ty, own: Option<AliasId>) -> Option<&'static str> {
    match item.kind() {
        TyKind::Type(_) => Some("type[...]"),
        TyKind::Alias { alias, .. } if Some(*alias) == own => Some("type[...]"),
        TyKind::Literal { .. } => Some("Literal[...]"),
        TyKind::Union(items) => items.iter().find_map(|item| not_in_type(item, own)),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Instance(_)
        | TyKind::Callable(_)
        | TyKind::Overloaded(_)
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
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

/// The type `Self` in `class`.
pub fn self_type(class: ClassId) -> Ty {
    let fullname = class.fullname().dot("Self");
    let decl = TypeVarDecl::new(TypeVarDeclData {
        name: pytype_source::name!("Self"),
        fullname,
        kind: TypeVarKind::TypeVar,
        origin: TypeVarOrigin::SelfType(class),
    });
    let id = TypeVarId { owner: fullname, index: 0, meta: 0 };
    Ty::new(TyKind::TypeVar(TypeVar { id, decl }))
}

/// The class's instance with its own parameters as arguments.
pub fn own_instance(db: &dyn DeclareDb, class: ClassId) -> Ty {
    let params = class_type_params(db, class);
    let args: Vec<Ty> = params.iter().map(as_argument).collect();
    crate::classes::named_type(class, TyList::new(args))
}

/// A type parameter as an argument: a `TypeVarTuple` is unpacked.
pub(crate) fn as_argument(param: Ty) -> Ty {
    if let TyKind::TypeVarTuple(_) = param.kind() { Ty::new(TyKind::Unpack(param)) } else { param }
}
