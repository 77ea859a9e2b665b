//! What overload sets and properties ask of the `def`s that make them.

use pytype_index::DefRef;
use pytype_source::{Diagnostic, ErrorCode};
use pytype_types::{AnySource, Ty};
use ruff_python_ast::StmtFunctionDef;
use ruff_text_size::{Ranged, TextRange};

use super::class_of;
use crate::classes::class_header;
use crate::{DeclareDb, DecoratedType, FunctionInfo, FunctionKind, syntax};

/// Finds the implementation and reports what does not fit.
pub(super) fn settle(db: &dyn DeclareDb, first: DefRef, info: &mut FunctionInfo) {
    if info.items.len() == 1 && !info.is_overloaded() {
        return;
    }
    let rules = Rules { db, first, is_stub: first.file.is_stub(db) };
    if info.is_property() && !info.is_overloaded() {
        rules.property(info);
    } else {
        rules.overloads(info);
    }
}

struct Rules<'db> {
    db: &'db dyn DeclareDb,
    first: DefRef,
    is_stub: bool,
}

impl<'db> Rules<'db> {
    fn function(&self, info: &FunctionInfo, at: usize) -> Option<&'db StmtFunctionDef> {
        syntax::function(self.db, info.items.get(at)?.definition)
    }

    /// Where a `def` as a whole is reported: its first decorator.
    fn place(&self, info: &FunctionInfo, at: usize) -> TextRange {
        let Some(function) = self.function(info, at) else { return TextRange::default() };
        let place = function.decorator_list.first().map_or(function.name.range, Ranged::range);
        place - function.range.start()
    }

    fn error(&self, info: &mut FunctionInfo, at: usize, code: ErrorCode, message: impl Into<String>) {
        let range = self.place(info, at);
        info.diagnostics.push((at, Diagnostic::error(code, range, message)));
    }

    fn is_in_protocol(&self) -> bool {
        class_of(self.db, self.first).is_some_and(|class| class_header(self.db, class, ()).info.is_protocol())
    }

    fn property(&self, info: &mut FunctionInfo) {
        let is_abstract = info.items.first().is_some_and(|item| item.is_abstract);
        for at in 1..info.items.len() {
            let (is_part, range) = {
                let item = &info.items[at];
                let function = self.function(info, at);
                let range = function.map_or(TextRange::default(), |function| {
                    let place = function.decorator_list.first().map_or(function.name.range, Ranged::range);
                    place - function.range.start()
                });
                (item.is_setter || item.is_deleter, range)
            };
            let decorated =
                self.function(info, at).is_some_and(|function| !function.decorator_list.is_empty());
            if is_part {
                info.items[at].is_abstract = is_abstract;
            } else if decorated {
                let message = "Only the property's \".setter\" and \".deleter\" may stand here";
                info.diagnostics.push((at, Diagnostic::error(ErrorCode::Misc, range, message)));
            } else {
                let message = "This is no part of the property of the same name";
                info.diagnostics.push((at, Diagnostic::error(ErrorCode::Misc, range, message)));
            }
        }
    }

    fn overloads(&self, info: &mut FunctionInfo) {
        let last = info.items.len().saturating_sub(1);
        let some = info.is_overloaded();
        let mut misplaced = Vec::new();
        for (at, item) in info.items.iter().enumerate() {
            if item.is_overload {
                continue;
            }
            if at == last && !self.is_stub {
                info.implementation = Some(at);
            } else {
                misplaced.push(at);
            }
        }
        for at in 0..info.items.len() {
            let item = &info.items[at];
            if item.is_overload && item.kind == FunctionKind::Property {
                self.error(info, at, ErrorCode::Misc, "An overload cannot be a property");
            }
        }
        if !some {
            self.redefinitions(info, &misplaced);
            return;
        }
        let count = info.items.iter().filter(|item| item.is_overload).count();
        if count == 1 {
            self.error(
                info,
                0,
                ErrorCode::Misc,
                "A single overload is no choice: there must be at least two",
            );
        }
        if info.items.len() == 1 {
            return;
        }
        for at in &misplaced {
            let message = if self.is_stub {
                "A stub file has no implementation of an overloaded function"
            } else {
                "The implementation of an overloaded function must come last"
            };
            self.error(info, *at, ErrorCode::Misc, message);
        }
        if info.implementation.is_none() && misplaced.is_empty() {
            self.missing_implementation(info);
        }
        self.final_rules(info);
        self.override_rules(info);
        self.method_kinds(info);
    }

    /// Functions of one name, none of them an overload.
    fn redefinitions(&self, info: &mut FunctionInfo, misplaced: &[usize]) {
        let name = info.fullname.last_component();
        let repeated: Vec<usize> =
            misplaced.iter().skip(1).copied().chain(info.implementation).filter(|at| *at > 0).collect();
        // Functions called `_` are meant to be thrown away.
        for at in repeated.into_iter().filter(|_| name != "_") {
            let message = format!("The name \"{name}\" is defined already");
            self.error(info, at, ErrorCode::NoRedef, message);
        }
        info.implementation = None;
        // What the name stands for has no type, as nobody applies the decorators.
        if let Some(first) = info.items.first_mut() {
            first.decorated = DecoratedType::Known(Ty::any(AnySource::Error));
        }
    }

    fn missing_implementation(&self, info: &mut FunctionInfo) {
        if self.is_stub {
            return;
        }
        if self.is_in_protocol() {
            for item in &mut info.items {
                item.is_abstract = true;
            }
            return;
        }
        if info.items.iter().all(|item| item.is_abstract) {
            return;
        }
        let message = "An overloaded function needs an implementation, except in a stub file";
        self.error(info, 0, ErrorCode::NoOverloadImpl, message);
    }

    fn final_rules(&self, info: &mut FunctionInfo) {
        let overloads: Vec<usize> =
            (0..info.items.len()).filter(|at| Some(*at) != info.implementation).collect();
        let finals: Vec<usize> = overloads.iter().copied().filter(|at| info.items[*at].is_final).collect();
        if !self.is_stub {
            if let Some(at) = finals.first() {
                self.error(info, *at, ErrorCode::Misc, "\"@final\" belongs on the implementation alone");
            }
        } else if let Some(at) = finals.iter().find(|at| **at > 0) {
            self.error(
                info,
                *at,
                ErrorCode::Misc,
                "In a stub file, \"@final\" belongs on the first overload alone",
            );
        }
    }

    /// `@override` says something of the method as a whole: it stands on the implementation, or in
    /// a stub on the first overload.
    fn override_rules(&self, info: &mut FunctionInfo) {
        let misplaced = (0..info.items.len())
            .filter(|at| info.items[*at].is_override && info.items[*at].is_overload)
            .find(|at| if self.is_stub { *at > 0 } else { info.implementation.is_some() });
        if let Some(at) = misplaced {
            let message = if self.is_stub {
                "In a stub file, \"@override\" belongs on the first overload alone"
            } else {
                "\"@override\" belongs on the implementation alone"
            };
            let Some(function) = self.function(info, at) else { return };
            let place = function.name.range - function.range.start();
            info.diagnostics.push((at, Diagnostic::error(ErrorCode::Misc, place, message)));
        }
    }

    /// All or none of the overloads are class methods or static methods.
    fn method_kinds(&self, info: &mut FunctionInfo) {
        for (kind, name) in
            [(FunctionKind::ClassMethod, "classmethod"), (FunctionKind::StaticMethod, "staticmethod")]
        {
            let count = info.items.iter().filter(|item| item.kind == kind).count();
            if count > 0 && count < info.items.len() {
                let message = format!("\"@{name}\" must stand on every overload or on none");
                self.error(info, 0, ErrorCode::Misc, message);
                return;
            }
        }
    }
}
