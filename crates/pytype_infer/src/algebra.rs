//! The operations on types as the walk uses them, with its context filled in.
//!
//! Everything here forwards to `pytype_types`; no rule of its own lives here.

use pytype_source::{ErrorCode, Name};
use pytype_types::{
    AnySource, ClassId, ClassInfo, KnownClass, OverlapOptions, Sig, Substitution, Ty, TyFlags, TyKind,
    TyList, TypeContext, TypeVar, TypeVarInfo,
};

use crate::Checker;

/// Type variables and what to put in their place.
#[derive(Default, Debug)]
pub(crate) struct Mapping(Substitution);

impl Mapping {
    pub(crate) fn bind(&mut self, variable: Ty, to: Ty) {
        self.0.insert_variable(variable, to);
    }
}

/// Every one of these variables becomes `to`, but not what others call by the same name.
pub(crate) fn all_to(variables: impl IntoIterator<Item = Ty>, to: Ty) -> Mapping {
    let ids = variables.into_iter().filter_map(pytype_types::variable_id);
    Mapping(ids.map(|id| (id, to)).collect())
}

impl Checker<'_> {
    /// `Any` without a cause worth telling.
    pub fn any(&self) -> Ty {
        Ty::any(AnySource::SpecialForm)
    }
    /// `Any` after something wrong was reported.
    pub fn error_any(&self) -> Ty {
        Ty::any(AnySource::Error)
    }

    // Classes.

    /// The header of a class.
    pub fn class_info(&self, class: ClassId) -> &ClassInfo {
        self.ctx.class(class)
    }
    /// An instance of a known class with these arguments, in which no value is remembered.
    pub fn known_with(&self, class: KnownClass, args: impl Into<TyList>) -> Ty {
        let args: TyList = args.into();
        let plain = match args.iter().any(|arg| arg.has(TyFlags::HAS_LAST_KNOWN)) {
            true => args.map(|arg| self.without_last_known(arg)),
            false => args,
        };
        Ty::instance(self.ctx.known(class), plain)
    }
    /// An instance of a known class; type arguments are `Any`.
    pub fn known(&self, class: KnownClass) -> Ty {
        self.ctx.known_instance(class)
    }
    pub fn object(&self) -> Ty {
        self.ctx.object()
    }
    pub(crate) fn instance_of(&self, class: KnownClass) -> Ty {
        self.ctx.known_instance(class)
    }
    pub(crate) fn instance_of_class(&self, class: ClassId) -> Ty {
        pytype_types::class_instance_type(&*self.ctx, class)
    }
    pub(crate) fn ctx_known_class(&self, class: KnownClass) -> ClassId {
        self.ctx.known(class)
    }
    /// A class by its full name.
    pub(crate) fn class_named(&self, fullname: &str) -> Option<ClassId> {
        let (module, name) = fullname.rsplit_once('.')?;
        self.ctx.class_by_path(module, name)
    }
    pub(crate) fn ctx_is_abstract(&self, class: ClassId) -> bool {
        self.ctx.is_abstract(class)
    }

    // Type variables.

    pub(crate) fn type_var_info(&self, variable: &TypeVar) -> &TypeVarInfo {
        self.ctx.type_var(variable.decl)
    }
    /// What a type variable can be: its constraints, or its bound.
    pub(crate) fn values_or_bound(&self, variable: &TypeVar) -> Ty {
        let info = self.type_var_info(variable);
        if info.values.is_empty() { info.bound } else { self.simplified_union(info.values) }
    }
    pub(crate) fn variable_default(&self, variable: Ty) -> Option<Ty> {
        self.ctx.type_var(pytype_types::variable_decl(variable)?).default
    }
    pub(crate) fn type_variables_in(&self, ty: Ty) -> Vec<Ty> {
        pytype_types::free_type_vars(ty)
    }
    pub(crate) fn substitute(&self, ty: Ty, mapping: &Mapping) -> Ty {
        pytype_types::expand_type(&*self.ctx, ty, &mapping.0)
    }
    pub(crate) fn freshen(&self, sig: Sig) -> Sig {
        pytype_types::freshen_callable(&*self.ctx, sig)
    }

    // Relations.

    pub(crate) fn proper(&self, ty: Ty) -> Ty {
        pytype_types::proper(&*self.ctx, ty)
    }
    pub(crate) fn is_subtype(&self, left: Ty, right: Ty) -> bool {
        pytype_types::is_subtype(&*self.ctx, left, right)
    }
    pub(crate) fn is_same_type(&self, left: Ty, right: Ty) -> bool {
        pytype_types::is_same_type(&*self.ctx, left, right)
    }
    /// Whether some value is of both types. `ignore_promotions`: an `int` is no `float`.
    pub(crate) fn is_overlapping(&self, left: Ty, right: Ty, ignore_promotions: bool) -> bool {
        let options = OverlapOptions { ignore_promotions, ..OverlapOptions::default() };
        pytype_types::is_overlapping_types_with(&*self.ctx, left, right, options)
    }
    pub(crate) fn covers_at_runtime(&self, item: Ty, supertype: Ty) -> bool {
        pytype_types::covers_at_runtime(&*self.ctx, item, supertype)
    }
    pub(crate) fn simplified_union(&self, items: impl IntoIterator<Item = Ty>) -> Ty {
        pytype_types::make_simplified_union(&*self.ctx, items)
    }
    pub(crate) fn simplified_union_keeping_literals(&self, items: impl IntoIterator<Item = Ty>) -> Ty {
        pytype_types::make_simplified_union_with(&*self.ctx, items, false, false)
    }
    pub(crate) fn join(&self, left: Ty, right: Ty) -> Ty {
        pytype_types::join_types(&*self.ctx, left, right)
    }
    pub(crate) fn join_list(&self, items: impl AsRef<[Ty]>) -> Ty {
        pytype_types::join_type_list(&*self.ctx, items.as_ref())
    }
    /// An instance as an instance of an ancestor.
    pub(crate) fn map_to_supertype(&self, ty: Ty, ancestor: ClassId) -> Ty {
        match self.proper(ty).as_instance() {
            Some(instance) => pytype_types::map_to_supertype(&*self.ctx, instance, ancestor),
            None => ty,
        }
    }
    pub(crate) fn tuple_fallback(&self, tuple: Ty) -> Ty {
        pytype_types::tuple_fallback(&*self.ctx, tuple)
    }
    /// A tuple whose nested unpacked tuples are spread.
    pub(crate) fn normalised_tuple(&self, tuple: Ty) -> Ty {
        if let TyKind::Tuple { items, fallback } = tuple.kind() {
            Ty::tuple(pytype_types::normalize::flatten_nested_tuples(&*self.ctx, items), *fallback)
        } else {
            tuple
        }
    }
    pub(crate) fn true_only(&self, ty: Ty) -> Ty {
        pytype_types::true_only(&*self.ctx, ty)
    }
    pub(crate) fn known_false(&self, ty: Ty) -> Ty {
        pytype_types::known_false(&*self.ctx, ty)
    }
    pub(crate) fn can_be_true(&self, ty: Ty) -> bool {
        pytype_types::can_be_true(&*self.ctx, ty)
    }
    pub(crate) fn can_be_false(&self, ty: Ty) -> bool {
        pytype_types::can_be_false(&*self.ctx, ty)
    }
    pub(crate) fn expand_bool(&self, ty: Ty) -> Ty {
        pytype_types::try_expanding_sum_type(&*self.ctx, ty, Some("builtins.bool"))
    }
    pub(crate) fn meet(&self, left: Ty, right: Ty) -> Ty {
        pytype_types::meet_types(&*self.ctx, left, right)
    }

    // Erasure.

    pub(crate) fn erase(&self, ty: Ty) -> Ty {
        pytype_types::erase_type(&*self.ctx, ty)
    }
    pub(crate) fn erase_type_vars(&self, ty: Ty) -> Ty {
        pytype_types::erase_type_vars(&*self.ctx, ty)
    }
    /// These type variables become `Any`.
    pub(crate) fn erase_given_variables(&self, ty: Ty, variables: TyList) -> Ty {
        pytype_types::erase_type_vars_of(&*self.ctx, ty, variables)
    }
    /// The solver's unknowns stand for anything: in the context of a first pass.
    pub(crate) fn erase_unknowns(&self, ty: Ty) -> Ty {
        pytype_types::replace_meta_vars(&*self.ctx, ty, Ty::new(TyKind::Erased))
    }
    pub(crate) fn without_last_known(&self, ty: Ty) -> Ty {
        pytype_types::remove_last_known_values(&*self.ctx, ty)
    }

    // Display.

    pub(crate) fn display(&self, ty: Ty) -> String {
        pytype_types::describe(&*self.ctx, ty)
    }
    pub(crate) fn show_two(&self, left: Ty, right: Ty) -> (String, String) {
        let (left, right) = pytype_types::describe_two(&*self.ctx, left, right);
        (format!("\"{left}\""), format!("\"{right}\""))
    }
    pub(crate) fn revealed(&self, ty: Ty) -> String {
        pytype_types::reveal(&*self.ctx, ty)
    }

    // Members and options.

    /// A member as relations see it, without findings.
    pub(crate) fn relation_member(&self, ty: Ty, name: &str) -> Option<Ty> {
        self.ctx.member(ty, Name::new(name), ty).map(|attribute| attribute.ty)
    }
    pub(crate) fn is_code_enabled(&self, code: ErrorCode) -> bool {
        self.options.is_code_enabled(code)
    }
}
