//! Words for findings about types.

use pytype_types::{Signature, Ty};

use crate::Checker;

impl Checker<'_> {
    /// A type as messages show it.
    pub fn show(&self, ty: Ty) -> String {
        format!("\"{}\"", self.display(ty))
    }

    /// The callee as messages name it; empty when it has no name.
    pub(crate) fn show_callee(&self, sig: &Signature) -> String {
        match sig.name {
            Some(name) if name.starts_with('"') => name.to_string(),
            Some(name) => format!("\"{name}\""),
            None => "the function".to_owned(),
        }
    }
}
