//! Applying type arguments to a generic callable, and making a callable generic.

use pytype_source::Name;

use crate::collect::collect_variables;
use crate::constraints::{declared_default, upper_bound, values};
use crate::substitute::expanded_signature;
use crate::translate::map_parts;
use crate::{
    Instance, ParamSpec, Sig, Signature, Substitution, Ty, TyFlags, TyKind, TyList, TypeContext, TypeVar,
    TypeVarId, TypeVarOrigin, TypeVarTuple, expand_type, variable_decl, variable_id,
};

/// Called with a variable's name and the type that breaks its bound or fits none of its values.
pub type ReportBadArgument<'a> = &'a mut dyn FnMut(Sig, Ty, Name);

/// The callable with `types` in the place of its variables (`None` leaves one as it is). What breaks
/// a bound is reported, or left out when `skip_unsatisfied`.
pub fn apply_generic_arguments(
    ctx: &dyn TypeContext,
    sig: Sig,
    types: &[Option<Ty>],
    report: ReportBadArgument<'_>,
    skip_unsatisfied: bool,
) -> Sig {
    let mut substitution = Substitution::new();
    let mut by_declaration = Substitution::new();
    for (variable, ty) in sig.variables.iter().zip(types) {
        let (Some(ty), Some(id)) = (*ty, variable_id(variable)) else { continue };
        let target = target_type(ctx, sig, variable, ty, report, skip_unsatisfied, &by_declaration);
        if let Some(target) = target {
            substitution.insert(id, target);
            by_declaration.insert_variable(variable, target);
        }
    }
    if substitution.is_empty() {
        return sig;
    }
    let remaining: TyList = sig
        .variables
        .iter()
        .filter(|variable| !variable_id(*variable).is_some_and(|id| substitution.contains(id)))
        .collect();
    Signature { variables: remaining, ..expanded_signature(ctx, sig, &substitution) }.intern()
}

/// What to put in the place of one variable; `None` to leave it.
fn target_type(
    ctx: &dyn TypeContext,
    sig: Sig,
    variable: Ty,
    ty: Ty,
    report: ReportBadArgument<'_>,
    skip_unsatisfied: bool,
    earlier: &Substitution,
) -> Option<Ty> {
    let proper = crate::proper(ctx, ty);
    let decl = variable_decl(variable)?;
    if let TyKind::Never { ambiguous: true } = proper.kind()
        && let Some(default) = declared_default(ctx, decl)
    {
        return Some(crate::type_args::resolved_default(ctx, default, earlier));
    }
    if !matches!(variable.kind(), TyKind::TypeVar(_)) {
        return Some(ty);
    }
    let restricted = values(ctx, decl);
    if restricted.is_empty() {
        let mut bound = upper_bound(ctx, decl);
        if let TypeVarOrigin::SelfType(_) = decl.origin {
            bound = crate::erase_type_vars(ctx, bound);
        }
        if crate::is_subtype(ctx, ty, bound) {
            return Some(ty);
        }
    } else {
        if let Some(chosen) = choose_value(ctx, &restricted, ty, proper) {
            return Some(chosen);
        }
    }
    if skip_unsatisfied {
        return None;
    }
    report(sig, ty, decl.name);
    Some(ty)
}

/// The narrowest of a variable's values that the type fits.
fn choose_value(ctx: &dyn TypeContext, restricted: &[Ty], ty: Ty, proper: Ty) -> Option<Ty> {
    match proper.kind() {
        TyKind::Any(_) => return Some(ty),
        TyKind::TypeVar(other) => {
            let own = values(ctx, other.decl);
            let covered = |value: Ty| restricted.iter().any(|known| crate::is_same_type(ctx, *known, value));
            if !own.is_empty() && own.iter().all(covered) {
                return Some(ty);
            }
        }
        TyKind::None
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
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => {}
    }
    let matching = restricted.iter().copied().filter(|value| crate::is_subtype(ctx, ty, *value));
    matching.reduce(|best, next| if crate::is_subtype(ctx, next, best) { next } else { best })
}

/// Free variables of a result made variables of the callables in whose parameters they occur:
/// `() -> ((T) -> T)` becomes a callable with a generic result. `None` if one has no such place.
pub fn apply_poly(ctx: &dyn TypeContext, sig: Sig, free: &[Ty]) -> Option<Sig> {
    let mut maker = MakeGeneric { ctx, free, bound: Vec::new(), entered: Vec::new(), failed: false };
    let params = sig.params.iter().map(|param| crate::Param { ty: maker.ty(param.ty), ..*param }).collect();
    let ret = maker.ty(sig.ret);
    if maker.failed {
        return None;
    }
    Some(Signature { ret, variables: TyList::EMPTY(), ..sig.with_params(params) }.intern())
}

struct MakeGeneric<'a> {
    ctx: &'a dyn TypeContext,
    free: &'a [Ty],
    /// Variables that a callable around this place binds.
    bound: Vec<Ty>,
    /// Callback protocols that were opened.
    entered: Vec<crate::ClassId>,
    failed: bool,
}

impl MakeGeneric<'_> {
    fn ty(&mut self, ty: Ty) -> Ty {
        if self.failed || !ty.has(TyFlags::HAS_TYPE_VAR) {
            return ty;
        }
        match ty.kind() {
            TyKind::TypeVar(_) | TyKind::TypeVarTuple(_) => {
                self.check(ty);
                ty
            }
            TyKind::ParamSpec(spec) => {
                self.check(Ty::new(TyKind::ParamSpec(ParamSpec {
                    prefix: None,
                    flavor: crate::ParamSpecFlavor::Bare,
                    ..*spec
                })));
                ty
            }
            TyKind::Callable(sig) => {
                let (sig, found) = self.binding(*sig);
                Ty::callable(with_more_variables(sig, &found))
            }
            TyKind::Alias { alias, args } if !args.is_empty() => {
                if self.ctx.alias(*alias).recursive {
                    self.failed = true;
                    return ty;
                }
                self.ty(crate::proper(self.ctx, ty))
            }
            TyKind::Instance(instance) => self.instance(ty, instance),
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Union(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => map_parts(self.ctx, ty, &mut |part| self.ty(part)),
        }
    }

    fn check(&mut self, variable: Ty) {
        if self.free.contains(&variable) && !self.bound.contains(&variable) {
            self.failed = true;
        }
    }

    /// The free variables that occur in the parameters.
    fn found_in(&self, sig: Sig) -> Vec<Ty> {
        let mut found = Vec::new();
        for param in &sig.params {
            collect_variables(param.ty, &mut found);
        }
        found.retain(|variable| self.free.contains(variable) && !self.bound.contains(variable));
        found
    }

    /// The signature with its parts rebuilt, and the variables that it binds.
    fn binding(&mut self, sig: Sig) -> (Sig, Vec<Ty>) {
        let found = self.found_in(sig);
        let outer = self.bound.len();
        self.bound.extend_from_slice(&found);
        let sig = crate::map_signature(sig, &mut |part| self.ty(part));
        self.bound.truncate(outer);
        (sig, found)
    }

    fn instance(&mut self, ty: Ty, instance: &Instance) -> Ty {
        let lists = instance.args.iter().position(|arg| matches!(arg.kind(), TyKind::Parameters(_)));
        if let Some(at) = lists
            && let TyKind::Parameters(sig) = instance.args[at].kind()
        {
            // A generic function is kept in the parameters of the class.
            let found = self.found_in(*sig);
            let outer = self.bound.len();
            self.bound.extend_from_slice(&found);
            let mut args: Vec<Ty> = instance.args.iter().map(|arg| self.ty(arg)).collect();
            self.bound.truncate(outer);
            if let TyKind::Parameters(sig) = args[at].kind() {
                args[at] = Ty::new(TyKind::Parameters(with_more_variables(*sig, &found)));
            }
            return Ty::new(TyKind::Instance(Instance { args: TyList::new(args), ..*instance }));
        }
        let info = self.ctx.class(instance.class);
        let members = if info.is_protocol() { self.ctx.protocol_members(instance.class) } else { &[] };
        if let [only] = members
            && only.as_str() == "__call__"
        {
            if self.entered.contains(&instance.class) {
                self.failed = true;
                return ty;
            }
            let Some(call) = self.ctx.member(ty, *only, ty) else { return ty };
            self.entered.push(instance.class);
            let opened = self.ty(call.ty);
            self.entered.pop();
            return opened;
        }
        map_parts(self.ctx, ty, &mut |part| self.ty(part))
    }
}

fn with_more_variables(sig: Sig, found: &[Ty]) -> Sig {
    if found.is_empty() {
        return sig;
    }
    let variables = sig.variables.iter().chain(found.iter().copied()).collect();
    Signature { variables, ..sig.get().clone() }.intern()
}

/// Unknowns that a callable inside the type binds become variables of the program, as the result of
/// an inference does not know its solver any more.
pub fn freeze_type_vars(ctx: &dyn TypeContext, ty: Ty) -> Ty {
    if !ty.has(TyFlags::HAS_META) || !ty.has(TyFlags::HAS_GENERIC_CALLABLE) {
        return ty;
    }
    let mut substitution = Substitution::new();
    collect_frozen(ty, &mut substitution);
    if substitution.is_empty() {
        return ty;
    }
    let expanded = expand_type(ctx, ty, &substitution);
    let freeze = |sig: Sig| {
        let variables = sig.variables.map(|v| expand_type(ctx, v, &substitution));
        Signature { variables, ..sig.get().clone() }.intern()
    };
    crate::translate(ctx, expanded, &mut |part| match part.kind() {
        TyKind::Callable(sig) if sig.is_generic() => Some(Ty::callable(freeze(*sig))),
        TyKind::Parameters(sig) if sig.is_generic() => Some(Ty::new(TyKind::Parameters(freeze(*sig)))),
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
        | TyKind::TypeVar(_)
        | TyKind::ParamSpec(_)
        | TyKind::TypeVarTuple(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => None,
    })
}

fn collect_frozen(ty: Ty, substitution: &mut Substitution) {
    if !ty.has(TyFlags::HAS_GENERIC_CALLABLE) {
        return;
    }
    if let TyKind::Callable(sig) = ty.kind() {
        for variable in sig.variables {
            if let Some(id) = variable_id(variable)
                && id.is_meta()
            {
                substitution.insert(id, frozen(variable));
            }
        }
    }
    crate::translate::for_each_part(ty, &mut |part| collect_frozen(part, substitution));
}

/// Above this, an index tells that the variable was an unknown once.
const FROZEN: u32 = 1 << 31;

fn frozen(variable: Ty) -> Ty {
    let freeze = |id: TypeVarId| TypeVarId { index: FROZEN | id.meta, meta: 0, ..id };
    match variable.kind() {
        TyKind::TypeVar(old) => Ty::new(TyKind::TypeVar(TypeVar { id: freeze(old.id), ..*old })),
        TyKind::ParamSpec(old) => Ty::new(TyKind::ParamSpec(ParamSpec { id: freeze(old.id), ..*old })),
        TyKind::TypeVarTuple(old) => {
            Ty::new(TyKind::TypeVarTuple(TypeVarTuple { id: freeze(old.id), ..*old }))
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
        | TyKind::Tuple { .. }
        | TyKind::TypedDict(_)
        | TyKind::Literal { .. }
        | TyKind::Type(_)
        | TyKind::TypeForm(_)
        | TyKind::Unpack(_)
        | TyKind::Parameters(_)
        | TyKind::Alias { .. }
        | TyKind::Module(_) => variable,
    }
}
