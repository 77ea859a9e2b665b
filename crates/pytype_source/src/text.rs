//! A file's text: a slice of the program for embedded stubs, shared memory for everything else.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Immutable text that is cheap to clone. It compares by content.
#[derive(Clone)]
pub struct Text(Storage);

#[derive(Clone)]
enum Storage {
    Embedded(&'static str),
    /// As it was read: to put it beside the counter would copy it.
    Shared(Arc<String>),
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        match &self.0 {
            Storage::Embedded(text) => text,
            Storage::Shared(text) => text,
        }
    }
}
impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}
impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}
impl Eq for Text {}
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}
impl From<&'static str> for Text {
    fn from(text: &'static str) -> Text {
        Text(Storage::Embedded(text))
    }
}
impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Storage::Shared(Arc::new(text)))
    }
}
