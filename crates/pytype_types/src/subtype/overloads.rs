//! Several signatures as one that takes unions.

use rustc_hash::FxHashMap;

use crate::normalize::normalized;
use crate::{
    ParamKind, Sig, Signature, Substitution, Ty, TyKind, TyList, TypeContext, expand_signature,
    make_simplified_union, variable_decl, variable_id,
};

/// The one signature that takes the union of what these take, and gives the union of what they
/// give; `None` when they differ in shape.
pub fn union_signatures(ctx: &dyn TypeContext, items: &[Ty], simplify: bool) -> Option<Sig> {
    let sigs: Option<Vec<Sig>> = items.iter().map(|item| item.as_callable()).collect();
    let sigs = sigs?;
    if let [only] = sigs.as_slice() {
        return Some(*only);
    }
    let (sigs, variables) = merge_variables_by_name(ctx, &sigs);
    let sigs: Vec<Sig> = sigs.into_iter().map(|sig| normalized(ctx, sig)).collect();
    let first = sigs.first()?;
    let mut params = first.params.to_vec();
    let mut types: Vec<Vec<Ty>> = vec![Vec::new(); params.len()];
    for sig in &sigs {
        if sig.params.len() != params.len() {
            return None;
        }
        for (at, (own, target)) in params.iter_mut().zip(&sig.params).enumerate() {
            if target.name != first.params.get(at)?.name {
                if target.kind.is_named() {
                    return None;
                }
                if target.kind.is_positional() {
                    own.name = None;
                }
            }
            if matches!(target.ty.kind(), TyKind::ParamSpec(_) | TyKind::Unpack(_)) {
                return None;
            }
            if own.kind != target.kind {
                if !own.kind.is_positional() || !target.kind.is_positional() {
                    return None;
                }
                own.kind = ParamKind::Pos;
            }
            types.get_mut(at)?.push(target.ty);
        }
    }
    let union = |types: Vec<Ty>| {
        if simplify { make_simplified_union(ctx, types) } else { Ty::union(types) }
    };
    let ret = union(sigs.iter().map(|sig| sig.ret).collect());
    for (param, types) in params.iter_mut().zip(types) {
        param.ty = union(types);
    }
    let signature = Signature { params: params.into_boxed_slice(), ret, variables, ..first.get().clone() };
    Some(signature.intern())
}

/// Type variables of the same name in different signatures are made one.
fn merge_variables_by_name(ctx: &dyn TypeContext, sigs: &[Sig]) -> (Vec<Sig>, TyList) {
    let mut unique: FxHashMap<pytype_source::Name, Ty> = FxHashMap::default();
    let mut variables: Vec<Ty> = Vec::new();
    let merged = sigs
        .iter()
        .map(|sig| {
            if !sig.is_generic() {
                return *sig;
            }
            let mut renaming = Substitution::new();
            for variable in sig.variables {
                let (Some(decl), Some(id)) = (variable_decl(variable), variable_id(variable)) else {
                    continue;
                };
                let kept = *unique.entry(decl.fullname).or_insert_with(|| {
                    variables.push(variable);
                    variable
                });
                renaming.insert(id, kept);
            }
            expand_signature(ctx, *sig, &renaming)
        })
        .collect();
    (merged, variables.into())
}
