//! `{"name": str, "age": int}` as a type.

use indexmap::IndexMap;
use pytype_source::{ErrorCode, Name};
use pytype_types::{KnownClass, Ty, TyKind, TyList, TypedDict, TypedDictItem, proper};
use ruff_python_ast::{self as ast, Expr};
use rustc_hash::FxBuildHasher;

use super::analyze::{Allow, Analyzer, args_of, is_dotted};
use super::special_forms::SpecialForm;

type Items = IndexMap<Name, TypedDictItem, FxBuildHasher>;

impl Analyzer<'_, '_> {
    /// The typed dict that a dict display stands for, which is an experiment still.
    pub fn inline_typed_dict(&mut self, dict: &ast::ExprDict) -> Ty {
        let mut items = Items::default();
        for item in &dict.items {
            match &item.key {
                Some(Expr::StringLiteral(key)) => {
                    let item = self.inline_item(&item.value);
                    items.insert(Name::new(key.value.to_str()), item);
                }
                Some(_) => {
                    return self.invalid_at(ErrorCode::ValidType, dict.range, "A key must be a string");
                }
                None => {}
            }
        }
        let features = &self.ctx.options().enable_incomplete_feature;
        if !features.iter().any(|feature| feature == "InlineTypedDict") {
            let message = "A dict as a type is an experiment; declare the \"TypedDict\" as a class";
            self.fail(ErrorCode::Misc, dict.range, message);
        }
        for item in dict.items.iter().filter(|item| item.key.is_none()) {
            self.merge(&item.value, dict, &mut items);
        }
        let fallback = self.known(KnownClass::TypedDictFallback, TyList::EMPTY());
        Ty::typed_dict(TypedDict { items, fallback, extra_items: None })
    }

    /// One value, with the qualifiers around it.
    fn inline_item(&mut self, value: &Expr) -> TypedDictItem {
        let mut required = true;
        let mut read_only = false;
        let mut inner = value;
        while let Expr::Subscript(subscript) = inner
            && is_dotted(&subscript.value)
            && let [only] = args_of(&subscript.slice).items
        {
            match self.form_of(&subscript.value) {
                Some(SpecialForm::Required) => required = true,
                Some(SpecialForm::NotRequired) => required = false,
                Some(SpecialForm::ReadOnly) => read_only = true,
                Some(_) | None => break,
            }
            inner = only;
        }
        TypedDictItem { ty: self.part(inner, Allow::empty()), required, read_only }
    }

    /// `**Other`: the items of another typed dict.
    fn merge(&mut self, other: &Expr, dict: &ast::ExprDict, items: &mut Items) {
        let ty = self.part(other, Allow::empty());
        match proper(self.ctx, ty).kind() {
            TyKind::TypedDict(other) => {
                for (name, item) in &other.items {
                    if items.contains_key(name) {
                        let message = format!("The key \"{name}\" is there already");
                        self.fail(ErrorCode::Misc, dict.range, message);
                        continue;
                    }
                    items.insert(*name, *item);
                }
            }
            TyKind::Any(_) => {}
            TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
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
            | TyKind::Module(_) => {
                self.fail(ErrorCode::ValidType, dict.range, "Only another \"TypedDict\" can be merged in")
            }
        }
    }
}
