//! Items of `ctypes` arrays, of which the stubs know nothing: an array of `c_int` gives and takes
//! `int`.

use pytype_source::{ErrorCode, Name};
use pytype_types::{AnySource, KnownClass, Ty, TyKind, make_simplified_union};
use ruff_python_ast as ast;

use crate::Checker;

impl Checker<'_> {
    /// A method of a `ctypes.Array` with the types of its items filled in.
    pub(super) fn refine_array_method(&mut self, fullname: Name, item: Ty, method: Ty) -> Ty {
        match fullname.as_str() {
            "_ctypes.Array.__getitem__" | "_ctypes.Array.__iter__" => {
                let given = self.unboxed_item(item);
                map_signatures(method, &mut |signature| signature.ret = in_place_of_any(signature.ret, given))
            }
            "_ctypes.Array.__setitem__" => {
                let taken = self.convertible_item(item);
                map_signatures(method, &mut |signature| {
                    if let Some(value) = signature.params.last_mut() {
                        value.ty = in_place_of_any(value.ty, taken);
                    }
                })
            }
            _ => method,
        }
    }

    /// `value` of a `ctypes.Array`: arrays of characters have text, others no such attribute.
    pub(crate) fn refined_array_value(&mut self, object: Ty, attribute: &ast::ExprAttribute, ty: Ty) -> Ty {
        let Some(array) = object.as_instance() else { return ty };
        let [item] = *array.args else { return ty };
        if attribute.attr != *"value" || !array.class.is("_ctypes.Array") {
            return ty;
        }
        let mut values = Vec::new();
        for item in pytype_types::checked_items(&*self.ctx, self.proper(item)).iter() {
            let item = self.proper(item);
            if item.is_any() {
                values.push(Ty::any(AnySource::Derived));
            } else if item.is_instance_of("ctypes.c_char") {
                values.push(self.known(KnownClass::Bytes));
            } else if item.is_instance_of("ctypes.c_wchar") {
                values.push(self.known(KnownClass::Str));
            } else {
                let message = "Only arrays of \"c_char\" and \"c_wchar\" have a \"value\"";
                self.error(ErrorCode::Misc, attribute.range, message);
            }
        }
        make_simplified_union(&*self.ctx, values)
    }

    /// What reading an item of this type gives: classes that derive directly from `_SimpleCData` are
    /// replaced by the plain type.
    fn unboxed_item(&self, item: Ty) -> Ty {
        let item = self.proper(item);
        if let TyKind::Union(items) = item.kind() {
            return make_simplified_union(&*self.ctx, items.iter().map(|item| self.unboxed_item(item)));
        }
        let Some(instance) = item.as_instance() else { return item };
        let bases = self.class_info(instance.class).bases;
        let simple = bases.iter().filter_map(Ty::as_instance).find(|b| b.class.is("_ctypes._SimpleCData"));
        simple.and_then(|base| base.args.first().copied()).unwrap_or(item)
    }

    /// What may be put where an item of this type is.
    fn convertible_item(&self, item: Ty) -> Ty {
        let mut allowed = Vec::new();
        for item in pytype_types::checked_items(&*self.ctx, self.proper(item)).iter() {
            let item = self.proper(item);
            allowed.push(item);
            let Some(instance) = item.as_instance() else { continue };
            let info = self.class_info(instance.class);
            let Some(simple) = info.mro.iter().copied().find(|base| base.is("_ctypes._SimpleCData")) else {
                continue;
            };
            let mapped = self.map_to_supertype(item, simple);
            allowed.extend(mapped.as_instance().and_then(|base| base.args.first().copied()));
            if info.has_base_named("ctypes._PointerLike") {
                allowed.push(self.known(KnownClass::Int));
                allowed.push(Ty::none());
            }
        }
        make_simplified_union(&*self.ctx, allowed)
    }
}

/// `Any` and `list[Any]` with something known in the place of `Any`.
fn in_place_of_any(ty: Ty, known: Ty) -> Ty {
    if ty.is_any() {
        return known;
    }
    match ty.as_instance() {
        Some(instance) if instance.args.len() == 1 && instance.args[0].is_any() => {
            Ty::instance(instance.class, [known])
        }
        _ => ty,
    }
}

fn map_signatures(method: Ty, change: &mut dyn FnMut(&mut pytype_types::Signature)) -> Ty {
    if let TyKind::Overloaded(items) = method.kind() {
        let items: Vec<Ty> = items.iter().map(|item| map_signatures(item, change)).collect();
        return Ty::overloaded(items);
    }
    let Some(signature) = method.as_callable() else { return method };
    let mut signature = signature.get().clone();
    change(&mut signature);
    signature.into_ty()
}
