//! Steps of the typing specification's overload evaluation that look inside of arguments' types:
//! expansion of types that are sums of others, and arguments that surely fit whatever `Any` is.

use pytype_types::shared_parts::Answers;
use pytype_types::{AnySource, Sig, Ty, TyFlags, TyKind, TyList, map_formals_to_actuals};

use super::overloads::OverloadCall;
use super::{CallArgument, CallOutcome};
use crate::Checker;

/// How many argument lists one call may be expanded to.
const MAX_LISTS: usize = 64;

impl Checker<'_> {
    /// The outcome with arguments expanded, one after the other, until every list of arguments
    /// finds its signature.
    pub(super) fn infer_by_expanding(
        &mut self,
        call: OverloadCall<'_, '_>,
        types: &[Ty],
    ) -> Option<CallOutcome> {
        let mut lists = vec![types.to_vec()];
        for position in 0..types.len() {
            let parts = self.expanded_argument(types[position]);
            if parts.len() < 2 {
                continue;
            }
            if lists.len() * parts.len() > MAX_LISTS {
                return None;
            }
            lists = lists
                .iter()
                .flat_map(|list| {
                    parts.iter().map(|part| {
                        let mut list = list.clone();
                        list[position] = part;
                        list
                    })
                })
                .collect();
            if let Some(outcome) = self.infer_lists(call, &lists) {
                return Some(outcome);
            }
        }
        None
    }

    fn infer_lists(&mut self, call: OverloadCall<'_, '_>, lists: &[Vec<Ty>]) -> Option<CallOutcome> {
        let mut outcomes = Vec::with_capacity(lists.len());
        for list in lists {
            let typed: Vec<CallArgument<'_>> =
                call.arguments.iter().zip(list).map(|(argument, ty)| argument.with_type(*ty)).collect();
            let (outcome, _) =
                self.attempt(|c| c.infer_overload(OverloadCall { arguments: &typed, ..call }, list));
            outcomes.push(outcome?);
        }
        let results: Vec<Ty> = outcomes.iter().map(|outcome| outcome.result).collect();
        let callees: Vec<Ty> = outcomes.iter().map(|outcome| outcome.callee).collect();
        Some(CallOutcome {
            result: self.simplified_union(results),
            callee: self.combine_signatures(&callees),
        })
    }

    /// The types whose sum a type is: the items of a union, the members of an enum, `True` and
    /// `False`, the combinations of a tuple's items. The type itself when it is no sum.
    fn expanded_argument(&self, ty: Ty) -> TyList {
        self.expanded_part(self.proper(ty), &Answers::default())
    }

    fn expanded_part(&self, ty: Ty, done: &Answers<Ty, TyList>) -> TyList {
        done.answer(ty, || self.expanded_by_kind(ty, done))
    }

    fn expanded_by_kind(&self, ty: Ty, done: &Answers<Ty, TyList>) -> TyList {
        let itself = TyList::new([ty]);
        match ty.kind() {
            TyKind::Union(items) => {
                items.iter().flat_map(|item| self.expanded_part(self.proper(item), done)).collect()
            }
            TyKind::Instance(instance) if instance.last_known.is_none() => {
                let is_sum = instance.class.is("builtins.bool") || self.class_info(instance.class).is_enum();
                if !is_sum {
                    return itself;
                }
                if let TyKind::Union(items) =
                    pytype_types::try_expanding_sum_type(&*self.ctx, ty, None).kind()
                {
                    *items
                } else {
                    itself
                }
            }
            TyKind::Tuple { items, fallback } => {
                let mut combinations: Vec<Vec<Ty>> = vec![Vec::new()];
                for item in *items {
                    let parts = self.expanded_part(self.proper(item), done);
                    if combinations.len() * parts.len() > MAX_LISTS {
                        return itself;
                    }
                    combinations = combinations
                        .iter()
                        .flat_map(|start| {
                            parts.iter().map(|part| start.iter().copied().chain([part]).collect::<Vec<_>>())
                        })
                        .collect();
                }
                if combinations.len() < 2 {
                    return itself;
                }
                combinations.into_iter().map(|items| Ty::tuple(items, *fallback)).collect()
            }
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
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
            | TyKind::Module(_) => itself,
        }
    }

    /// Whether a signature that fits takes the arguments whatever the `Any`s in them stand for, because its
    /// parameters there take anything: none after it counts. `sig` is the `target` with its type variables solved.
    pub(super) fn is_sure_match(
        &self,
        target: Sig,
        sig: Sig,
        arguments: &[CallArgument<'_>],
        types: &[Ty],
    ) -> bool {
        // An `Any` that nobody wrote, as for a class that cannot be imported, is no parameter that is
        // meant to take anything: mypy's rules alone decide.
        let takes_all = |wanted: Ty| {
            matches!(wanted.kind(), TyKind::Any(AnySource::Explicit))
                || wanted.is_instance_of("builtins.object")
        };
        let mapping = self.map_typed_arguments(arguments, &sig, &|position| types.get(position).copied());
        let taken = map_formals_to_actuals(&mapping, arguments.len());
        arguments.iter().enumerate().all(|(position, argument)| {
            let formals = taken.get(position).map_or(&[][..], |formals| formals.as_slice());
            !self.has_any(types[position])
                || types[position].has(TyFlags::HAS_ANY)
                    && !argument.kind.is_star()
                    && formals.iter().all(|formal| {
                        let declared = target.params.get(*formal).map(|param| param.ty);
                        // What the `Any` itself has decided of a generic parameter is not sure.
                        !declared.is_some_and(pytype_types::has_type_vars)
                            && takes_all(sig.params[*formal].ty)
                    })
        })
    }
}
