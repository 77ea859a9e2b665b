//! Narrowing a union by what one of its attributes or items was found to be.

use pytype_source::Name;
use pytype_types::{
    OverlapOptions, Ty, TyKind, int_literals, is_overlapping_types_with, make_simplified_union, proper,
    str_literals,
};
use ruff_python_ast::Expr;

use super::{Narrowed, Narrowing, through_walrus};
use crate::Checker;
use crate::flow::binder::PlaceKind;

impl Checker<'_> {
    /// Adds what the narrowed attributes and items say of the objects they belong to.
    pub(crate) fn with_parents<'e>(&mut self, narrowing: Narrowing<'e>) -> Narrowing<'e> {
        if narrowing.unreachable || narrowing.items.iter().all(|n| n.expr.is_name_expr()) {
            return narrowing;
        }
        let mut result = narrowing.clone();
        let of_types = |n: &&Narrowed<'_>| !matches!(self.binder.kind(n.place), PlaceKind::Literals(_));
        let items: Vec<Narrowed<'e>> = narrowing.items.iter().filter(of_types).copied().collect();
        for narrowed in &items {
            let refined = self.refined_parents(narrowed.expr, narrowed.ty);
            result = self.both(result, refined, true);
        }
        result
    }

    fn refined_parents<'e>(&mut self, expr: &'e Expr, ty: Ty) -> Narrowing<'e> {
        let mut refined = Narrowing::nothing();
        let (mut expr, mut ty) = (expr, ty);
        loop {
            let parent = match expr {
                Expr::Attribute(attribute) => {
                    self.assigned_inside(&attribute.value, &mut refined);
                    through_walrus(&attribute.value)
                }
                Expr::Subscript(subscript) => {
                    self.assigned_inside(&subscript.value, &mut refined);
                    self.assigned_inside(&subscript.slice, &mut refined);
                    through_walrus(&subscript.value)
                }
                _ => return refined,
            };
            let Some(parent_ty) = self.lookup_type(parent) else { return refined };
            let TyKind::Union(items) = proper(&*self.ctx, parent_ty).kind() else { return refined };
            let mut fitting = Vec::new();
            for item in items.iter() {
                let Some(member) = self.replay(expr, item) else { return refined };
                if is_overlapping_types_with(&*self.ctx, member, ty, OverlapOptions::default()) {
                    fitting.push(item);
                }
            }
            if fitting.is_empty() {
                return refined;
            }
            let Some(place) = self.place_of(parent) else { return refined };
            ty = make_simplified_union(&*self.ctx, fitting);
            refined.items.push(Narrowed { expr: parent, place, ty, guarded: false });
            expr = parent;
        }
    }

    /// `(x := value).attribute`: the condition was asked, so `x` was assigned.
    fn assigned_inside<'e>(&mut self, expr: &'e Expr, refined: &mut Narrowing<'e>) {
        let mut current = expr;
        while let Expr::Named(named) = current {
            if let (Some(ty), Some(place)) = (self.lookup_type(&named.value), self.place_of(&named.target)) {
                refined.items.push(Narrowed { expr: &named.target, place, ty, guarded: false });
            }
            current = &named.value;
        }
    }

    /// The type of the same attribute or item on another object.
    fn replay(&mut self, expr: &Expr, object: Ty) -> Option<Ty> {
        match expr {
            Expr::Attribute(attribute) => self.attribute_of_type(object, Name::of(&attribute.attr)),
            Expr::Subscript(subscript) => {
                let index = self.lookup_type(&subscript.slice)?;
                let object = proper(&*self.ctx, object);
                if let Some(keys) = str_literals(&*self.ctx, index) {
                    let TyKind::TypedDict(dict) = object.kind() else { return None };
                    let types: Option<Vec<Ty>> =
                        keys.iter().map(|key| dict.items.get(key).map(|i| i.ty)).collect();
                    return types.map(|types| make_simplified_union(&*self.ctx, types));
                }
                let indices = int_literals(&*self.ctx, index)?;
                match object.kind() {
                    TyKind::Tuple { items, .. } => {
                        let types: Option<Vec<Ty>> = indices.iter().map(|i| item_at(items, *i)).collect();
                        types.map(|types| make_simplified_union(&*self.ctx, types))
                    }
                    TyKind::Instance(instance)
                        if instance.class.is("builtins.list") || instance.class.is("builtins.tuple") =>
                    {
                        instance.args.first().copied()
                    }
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
                    | TyKind::ParamSpec(_)
                    | TyKind::TypeVarTuple(_)
                    | TyKind::Unpack(_)
                    | TyKind::Parameters(_)
                    | TyKind::Alias { .. }
                    | TyKind::Module(_) => None,
                }
            }
            _ => None,
        }
    }
}

fn item_at(items: &[Ty], index: i64) -> Option<Ty> {
    let index = if index < 0 { items.len() as i64 + index } else { index };
    usize::try_from(index).ok().and_then(|index| items.get(index).copied())
}
