//! What a type is: interned form, display, substitution, relations, joins, the solver.
//!
//! Invariants: a [`Ty`] is an immutable `Copy` handle, equal exactly when the types are
//! structurally equal; no type holds syntax or positions; everything that depends on a class's
//! contents is asked of a [`TypeContext`], which the layers above implement.

mod ancestors;
pub mod apply;
pub mod arguments;
pub mod bind_self;
mod class;
mod class_types;
pub mod collect;
pub mod constraints;
mod context;
pub mod display;
mod distinct_types;
mod erase;
pub mod formal;
pub mod freshen;
pub mod infer_call;
pub mod intern;
mod join;
mod known;
mod literal;
mod literal_types;
mod meet;
mod narrow;
pub mod normalize;
mod overlap;
mod positions;
mod related;
mod same_type;
pub mod shared_parts;
mod signature;
pub mod solve;
pub mod substitute;
mod subtype;
pub mod translate;
mod truthiness;
mod tuple_class;
mod ty;
pub mod type_args;
mod type_variable;
mod unions;
mod variance;

pub use ancestors::map_to_supertype;
pub use ancestors::map_to_supertype as map_instance_to_supertype;
pub use apply::{apply_generic_arguments, apply_poly, freeze_type_vars};
pub use arguments::{
    Actuals, ArgKind, ArgTypeExpander, ArgumentInferContext, map_actuals_to_formals, map_formals_to_actuals,
};
pub use bind_self::{
    bind_self, bind_self_with, class_callable, constructor_from_method, erase_to_bound,
    map_type_from_supertype, typed_dict_callable,
};
pub use class::{ClassFlags, ClassId, ClassInfo, ClassOrigin};
pub use class_types::{
    class_instance_type, fill_with_any, has_any, has_explicit_any, has_unimported_any, own_arguments,
};
pub use collect::{free_type_vars, has_any_type, has_type_vars};
pub use constraints::{Constraint, Direction, InferMode, infer_constraints, infer_constraints_with};
pub use context::{AliasId, AliasInfo, Attribute, AttributeFlags, RelationState, TypeContext, open_instance};
pub use display::{describe, describe_fully, describe_two, reveal};
pub use erase::{
    ambiguous_never_to_any, callable_with_ellipsis, erase_meta_vars, erase_own_variables, erase_type,
    erase_type_vars, erase_type_vars_of, erased_args, remove_last_known_values, replace_meta_vars,
    shallow_erase_for_equality,
};
pub use freshen::{freshen_all, freshen_callable, freshen_type};
pub use infer_call::{
    CallArguments, infer_constraints_for_callable, infer_function_type_arguments, infer_self_arguments,
    infer_type_arguments, unify_generic_callable, unify_with_return,
};
pub use join::{join_simple, join_type_list, join_types, object_or_any, trivial_join, with_bound};
pub use known::KnownClass;
pub use literal::LiteralValue;
pub use literal_types::{
    coerce_to_literal, int_literals, is_literal_type_like, literal_values, str_literals,
};
pub use meet::{meet_type_list, meet_types};
pub use narrow::{covers_at_runtime, narrow_declared_type, restrict_subtype_away};
pub use normalize::{
    find_unpack, object_dict, object_tuple, param_spec, tuple_of, type_of, unpacked_tuple_item,
    with_unpacked_kwargs,
};
pub use overlap::{
    OverlapOptions, is_overlapping_erased_types, is_overlapping_types, is_overlapping_types_with,
    possible_variants,
};
pub use positions::{Position, for_each_position};
pub use same_type::is_same_type;
pub use signature::{Param, ParamKind, Sig, SigFlags, Signature};
pub use solve::{Solution, SolveOptions, solve_constraints, solve_one};
pub use substitute::{
    Substitution, bind_type_params, expand_by_instance, expand_self_type, expand_signature, expand_type,
    instantiate_alias, proper, substitute_self, variable_decl, variable_id,
};
pub use subtype::{
    CallableOptions, SubtypeOptions, are_parameters_compatible, callable_fallback, is_callable_compatible,
    is_callable_compatible_by, is_callable_compatible_by_both, is_equivalent, is_more_precise,
    is_proper_subtype, is_proper_subtype_with, is_protocol_implementation, is_subtype, is_subtype_with,
    non_callable_members, union_signatures,
};
pub use translate::{map_signature, translate};
pub use truthiness::{
    can_be_false, can_be_true, custom_special_method, false_only, is_singleton_equality_type,
    is_singleton_identity_type, known_false, true_only, true_or_false,
};
pub use tuple_class::{tuple_fallback, tuple_with_arguments};
pub use ty::{AnySource, ExtraAttributes, Instance, Ty, TyFlags, TyKind, TyList, TypedDict, TypedDictItem};
pub use type_args::{FixedArgs, any_args, fix_type_args};
pub use type_variable::{
    ParamSpec, ParamSpecFlavor, TypeVar, TypeVarDecl, TypeVarDeclData, TypeVarId, TypeVarInfo, TypeVarKind,
    TypeVarOrigin, TypeVarTuple, Variance,
};
pub use unions::{
    checked_items, make_simplified_union, make_simplified_union_with, try_contracting_literals,
    try_expanding_sum_type,
};
pub use variance::infer_variance;
