//! Type variables of a call, by the solver.

use pytype_types::{
    ArgumentInferContext, CallArguments, Sig, Ty, TyList, TypeContext, apply_poly,
    infer_function_type_arguments, infer_type_arguments,
};

use super::CallArgument;
use super::callable::{FormalToActual, PerArgument};
use crate::Checker;

impl Checker<'_> {
    /// The type arguments under which a result `ret` fits what is expected.
    pub(super) fn infer_from_result(&self, variables: TyList, ret: Ty, expected: Ty) -> Vec<Option<Ty>> {
        infer_type_arguments(&*self.ctx, &variables, ret, expected, false, true)
    }

    /// The type arguments that the arguments ask for, and what stays free (only when allowed).
    pub(super) fn infer_from_arguments(
        &self,
        sig: &Sig,
        types: &[Option<Ty>],
        arguments: &[CallArgument<'_>],
        mapping: &FormalToActual,
        allow_polymorphic: bool,
    ) -> (Vec<Option<Ty>>, Vec<Ty>) {
        let kinds: PerArgument<_> = arguments.iter().map(|a| a.kind).collect();
        let names: PerArgument<_> = arguments.iter().map(|a| a.name).collect();
        let call = CallArguments { types, kinds: &kinds, names: &names, formal_to_actual: mapping };
        let context = ArgumentInferContext::new(&*self.ctx);
        let strict = !self.in_dynamic_function();
        let unions = &self.ctx.relations().infer_unions;
        let before = unions.replace(self.expressions.prefer_unions);
        let solution =
            infer_function_type_arguments(&*self.ctx, *sig, call, context, strict, allow_polymorphic);
        unions.set(before);
        (solution.types, solution.free)
    }

    /// The callable with the variables that stay free as its own.
    pub(super) fn apply_generic_solution(&self, applied: Sig, free: &[Ty]) -> Option<Sig> {
        let generic = apply_poly(&*self.ctx, applied, free)?;
        pytype_types::freeze_type_vars(&*self.ctx, Ty::callable(generic)).as_callable()
    }
}
