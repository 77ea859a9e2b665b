//! `issubclass`, `callable` and `hasattr`.

use pytype_source::{Name, name};
use pytype_types::{
    AnySource, ExtraAttributes, Instance, KnownClass, Ty, TyKind, TypeContext, make_simplified_union, proper,
    with_bound,
};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::{Conditions, Narrowing};
use crate::Checker;

impl Checker<'_> {
    pub(super) fn subclass_conditions<'e>(
        &mut self,
        call: &'e ast::ExprCall,
        expr: &'e Expr,
    ) -> Conditions<'e> {
        let nothing = (Narrowing::nothing(), Narrowing::nothing());
        let Some(mut ty) = self.lookup_type(expr) else { return nothing };
        let ranges = self.type_ranges(&call.arguments.args[1], true);
        if let TyKind::TypeVar(variable) = ty.kind() {
            ty = self.ctx.type_var(variable.decl).bound;
        }
        ty = proper(&*self.ctx, ty);
        let instance = match ty.kind() {
            TyKind::Union(items) => {
                let mut classes = Vec::new();
                for item in items.iter() {
                    if let TyKind::Type(inner) = proper(&*self.ctx, item).kind() {
                        classes.push(*inner)
                    } else {
                        return nothing;
                    }
                }
                Ty::union(classes)
            }
            TyKind::Type(inner) => *inner,
            TyKind::Instance(instance) if self.ctx.class(instance.class).has_base_named("builtins.type") => {
                self.ctx.object()
            }
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
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => return nothing,
        };
        let (yes, no) =
            self.conditional_types_with_intersection(instance, ranges.as_deref(), None, true, expr.range());
        let (Some(yes), Some(no)) = (self.class_object_of(yes), self.class_object_of(no)) else {
            return nothing;
        };
        self.sides(expr, yes, no)
    }

    /// `type[...]` of what an instance was narrowed to; the outer `None` when it has none.
    fn class_object_of(&self, ty: Option<Ty>) -> Option<Option<Ty>> {
        let Some(ty) = ty else { return Some(None) };
        let mut inner = proper(&*self.ctx, ty);
        if let TyKind::TypeVar(variable) = inner.kind() {
            inner = proper(&*self.ctx, self.ctx.type_var(variable.decl).bound);
        }
        match inner.kind() {
            TyKind::Never { .. } => Some(Some(ty)),
            TyKind::Union(items) => Some(Some(Ty::union(items.iter().map(|t| Ty::new(TyKind::Type(t)))))),
            TyKind::Instance(_) | TyKind::None => Some(Some(Ty::new(TyKind::Type(ty)))),
            TyKind::Any(_)
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => None,
        }
    }

    pub(super) fn callable_conditions<'e>(&mut self, expr: &'e Expr) -> Conditions<'e> {
        let nothing = (Narrowing::nothing(), Narrowing::nothing());
        let Some(ty) = self.lookup_type(expr) else { return nothing };
        if proper(&*self.ctx, ty).is_any() {
            return nothing;
        }
        let (callable, other) = self.split_callable(ty, false);
        match (callable.is_empty(), other.is_empty()) {
            (false, false) => self.sides(expr, Some(Ty::union(callable)), Some(Ty::union(other))),
            (false, true) => (Narrowing::nothing(), Narrowing::unreachable()),
            (true, _) => (Narrowing::unreachable(), Narrowing::nothing()),
        }
    }

    /// The parts of a type that can be called, and those that cannot. In a union, what is not
    /// clearly callable counts as not.
    fn split_callable(&self, ty: Ty, strict: bool) -> (Vec<Ty>, Vec<Ty>) {
        let ty = proper(&*self.ctx, ty);
        match ty.kind() {
            TyKind::Callable(_) | TyKind::Overloaded(_) | TyKind::Type(_) => (vec![ty], vec![]),
            TyKind::Any(_) => (vec![ty], vec![ty]),
            TyKind::None => (vec![], vec![ty]),
            TyKind::Union(items) => {
                let mut all = (Vec::new(), Vec::new());
                for item in items.iter() {
                    let (yes, no) = self.split_callable(item, true);
                    all.0.extend(yes);
                    all.1.extend(no);
                }
                all
            }
            TyKind::TypeVar(variable) => {
                let info = self.ctx.type_var(variable.decl);
                let bound = if info.values.is_empty() { info.bound } else { Ty::union(info.values.iter()) };
                let (yes, no) = self.split_callable(bound, strict);
                (yes, if no.is_empty() { vec![] } else { vec![ty] })
            }
            TyKind::Instance(_) | TyKind::Tuple { .. } => {
                if let Some(call) = self.ctx.member(ty, name!("__call__"), ty) {
                    let (yes, no) = self.split_callable(call.ty, false);
                    if !yes.is_empty() && no.is_empty() {
                        return (vec![ty], vec![]);
                    }
                }
                if strict { (vec![], vec![ty]) } else { (vec![self.callable_version(ty)], vec![ty]) }
            }
            _ if strict => (vec![], vec![ty]),
            TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::TypeForm(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => (vec![ty], vec![ty]),
        }
    }

    /// The same value with a `__call__` about which nothing is known.
    fn callable_version(&self, ty: Ty) -> Ty {
        let any = Ty::any(AnySource::Unannotated);
        let function = self.ctx.known_instance(KnownClass::Function);
        let star = |kind| pytype_types::Param { name: None, ty: any, kind };
        let params = vec![star(pytype_types::ParamKind::Star), star(pytype_types::ParamKind::Star2)];
        let mut signature = pytype_types::Signature::new(params, any, function);
        signature.flags |= pytype_types::SigFlags::ELLIPSIS;
        with_attribute(ty, name!("__call__"), signature.into_ty())
    }

    pub(super) fn hasattr_conditions<'e>(
        &mut self,
        expr: &'e Expr,
        attribute: &Expr,
    ) -> Option<Conditions<'e>> {
        let ty = self.lookup_type(expr)?;
        let name = match attribute {
            Expr::StringLiteral(text) => Name::new(text.value.to_str()),
            _ => {
                let found = self.lookup_type(attribute)?;
                let literals = pytype_types::str_literals(&*self.ctx, found)?;
                let [one] = literals.as_slice() else { return None };
                *one
            }
        };
        if self.has_attribute(ty, name) {
            return Some(self.sides(expr, Some(ty), None));
        }
        if matches!(ty.kind(), TyKind::Module(_)) {
            let known = self.place_of(expr).and_then(|place| self.binder.get(place));
            let module = known.unwrap_or_else(|| self.ctx.known_instance(KnownClass::ModuleType));
            let extended = with_attribute(module, name, Ty::any(AnySource::Unannotated));
            return Some(self.sides(expr, Some(extended), None));
        }
        let source = proper(&*self.ctx, ty);
        if let TyKind::Union(items) = source.kind() {
            let without: Vec<Ty> = items.iter().filter(|t| !self.has_attribute(*t, name)).collect();
            let yes = self.with_any_attribute(source, name);
            let no = make_simplified_union(&*self.ctx, without);
            return Some(self.sides(expr, Some(yes), Some(no)));
        }
        let extended = self.with_any_attribute(source, name);
        if extended == source {
            return Some((Narrowing::nothing(), Narrowing::nothing()));
        }
        Some(self.sides(expr, Some(extended), None))
    }

    /// What `hasattr(module, "name")` told of an attribute that the module does not define.
    pub(crate) fn attribute_found_on_module(&mut self, module: &Expr, name: Name) -> Option<Ty> {
        let place = self.existing_place_of(module)?;
        let known = self.binder.get(place)?;
        let extra = known.as_instance()?.extra?;
        extra.attributes.iter().find(|(found, _)| *found == name).map(|(_, ty)| *ty)
    }

    fn has_attribute(&mut self, ty: Ty, name: Name) -> bool {
        if proper(&*self.ctx, ty).is_any() {
            return false;
        }
        self.attribute_of_type(ty, name).is_some()
    }

    /// The type with an attribute of type `Any` where it has none.
    pub(crate) fn with_any_attribute(&mut self, ty: Ty, name: Name) -> Ty {
        let ty = proper(&*self.ctx, ty);
        let any = Ty::any(AnySource::Unannotated);
        match ty.kind() {
            TyKind::Instance(_) | TyKind::Tuple { .. } | TyKind::Callable(_) => with_attribute(ty, name, any),
            TyKind::Type(inner) if inner.as_instance().is_some() => {
                Ty::new(TyKind::Type(with_attribute(*inner, name, any)))
            }
            // The variable stays itself, with a bound of which more is known.
            TyKind::TypeVar(variable) if self.ctx.type_var(variable.decl).values.is_empty() => {
                let bound = self.with_any_attribute(self.ctx.type_var(variable.decl).bound, name);
                with_bound(&*self.ctx, variable, bound)
            }
            TyKind::Union(items) => {
                let (with, without): (Vec<Ty>, Vec<Ty>) =
                    items.iter().partition(|t| self.has_attribute(*t, name));
                let extended: Vec<Ty> =
                    without.into_iter().map(|t| self.with_any_attribute(t, name)).collect();
                make_simplified_union(&*self.ctx, with.into_iter().chain(extended))
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
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
            | TyKind::Module(_) => ty,
        }
    }
}

/// The instance (or tuple) with one more attribute known.
fn with_attribute(ty: Ty, name: Name, attribute: Ty) -> Ty {
    match ty.kind() {
        TyKind::Instance(instance) => {
            let mut attributes = instance.extra.map(|e| e.attributes.clone()).unwrap_or_default();
            attributes.retain(|(known, _)| *known != name);
            attributes.push((name, attribute));
            let extra = Some(Ty::extra_attributes(ExtraAttributes { attributes, never_true: false }));
            Ty::new(TyKind::Instance(Instance { extra, ..*instance }))
        }
        TyKind::Callable(sig) => {
            let mut changed = sig.get().clone();
            changed.fallback = with_attribute(sig.fallback, name, attribute);
            changed.into_ty()
        }
        TyKind::Tuple { items, fallback } => Ty::tuple(*items, with_attribute(*fallback, name, attribute)),
        TyKind::Any(_)
        | TyKind::None
        | TyKind::Never { .. }
        | TyKind::Deleted
        | TyKind::Erased
        | TyKind::Union(_)
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
        | TyKind::Module(_) => ty,
    }
}
