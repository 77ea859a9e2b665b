//! What decorators, bases and special calls make of a class: they only add members to its table.

pub(crate) mod attrs;
mod class_statements;
pub(crate) mod dataclasses;
pub(crate) mod enums;
pub(crate) mod methods;
pub(crate) mod named_tuples;
pub(crate) mod new_types;
pub(crate) mod total_ordering;
pub(crate) mod typed_dicts;

pub use attrs::{AttrsField, AttrsFields, AttrsSpec, attrs_fields};
pub use dataclasses::{
    DataclassField, DataclassFields, DataclassSpec, POST_INIT_MEMBER, REPLACE_MEMBER, TransformSpec,
    dataclass_fields, takes_hash_away,
};
pub use named_tuples::NamedTupleField;
pub use typed_dicts::TypedDictField;
pub(crate) use typed_dicts::typed_dict_base_items;
