//! Several signatures seen as one: the callee of a call whose arguments were split.

use pytype_types::{AnySource, Param, ParamKind, Sig, SigFlags, Signature, Ty, TyKind, TyList};

use crate::Checker;

impl Checker<'_> {
    /// One callable with the unions of parameters and results; `Any` when one is no callable.
    pub(crate) fn combine_signatures(&mut self, callees: &[Ty]) -> Ty {
        let sigs: Option<Vec<Sig>> = callees.iter().map(|ty| self.proper(*ty).as_callable()).collect();
        let Some(sigs) = sigs else { return self.any() };
        let Some(first) = sigs.first().copied() else { return self.any() };
        if sigs.len() == 1 {
            return Ty::callable(first);
        }
        if let Some(params) = self.combined_params(&sigs) {
            let ret = self.simplified_union(sigs.iter().map(|s| s.ret).collect::<Vec<_>>());
            let variables = merged_variables(&sigs);
            return Signature { params: params.into(), ret, variables, ..first.get().clone() }.into_ty();
        }
        let any = Ty::any(AnySource::SpecialForm);
        let ret = self.simplified_union(sigs.iter().map(|s| s.ret).collect::<Vec<_>>());
        let star = |kind| Param { name: None, ty: any, kind };
        Signature {
            params: vec![star(ParamKind::Star), star(ParamKind::Star2)].into(),
            ret,
            variables: merged_variables(&sigs),
            flags: first.flags | SigFlags::IMPLICIT,
            ..first.get().clone()
        }
        .into_ty()
    }

    /// Parameters that take what each signature takes; `None` when the signatures differ in shape.
    fn combined_params(&mut self, sigs: &[Sig]) -> Option<Vec<Param>> {
        let first = sigs.first()?;
        let mut params: Vec<Param> = first.params.to_vec();
        for sig in sigs {
            if sig.params.len() != params.len() {
                return None;
            }
            for (param, (other, own)) in params.iter_mut().zip(sig.params.iter().zip(&first.params)) {
                if other.name != own.name {
                    if other.kind.is_named() {
                        return None;
                    }
                    if other.kind.is_positional() {
                        param.name = None;
                    }
                }
                if matches!(other.ty.kind(), TyKind::ParamSpec(_) | TyKind::Unpack(_)) {
                    return None;
                }
                if param.kind != other.kind {
                    if !(param.kind.is_positional() && other.kind.is_positional()) {
                        return None;
                    }
                    param.kind = ParamKind::Pos;
                }
            }
        }
        for (position, param) in params.iter_mut().enumerate() {
            let types: Vec<Ty> = sigs.iter().map(|sig| sig.params[position].ty).collect();
            param.ty = self.simplified_union(types);
        }
        Some(params)
    }
}

/// The type variables of all signatures.
fn merged_variables(sigs: &[Sig]) -> TyList {
    let mut all: Vec<Ty> = Vec::new();
    for variable in sigs.iter().flat_map(|sig| sig.variables.iter()) {
        if !all.contains(&variable) {
            all.push(variable);
        }
    }
    TyList::new(all)
}
