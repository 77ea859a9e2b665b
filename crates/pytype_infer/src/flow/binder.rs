//! The binder: what is known of places beyond their declarations, at this point of the walk.

/// See the module's documentation.
#[derive(Default, Debug)]
pub struct Binder {
    unreachable: bool,
}

impl Binder {
    /// Whether the point under the cursor cannot be reached.
    pub fn is_unreachable(&self) -> bool {
        self.unreachable
    }
}
