//! The options of one module, under mypy's names and with mypy 2.4.1's defaults.

use pytype_source::{ErrorCode, Name};

use crate::ErrorCodeSet;

/// What to do with modules that are imported but not named (`--follow-imports`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FollowImports {
    #[default]
    Normal,
    Silent,
    Skip,
    Error,
}

/// The options of one module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleOptions {
    pub python_version: (u8, u8),
    pub platform: String,
    pub always_true: Vec<Name>,
    pub always_false: Vec<Name>,
    pub follow_imports: FollowImports,
    pub follow_imports_for_stubs: bool,
    pub follow_untyped_imports: bool,
    pub ignore_missing_imports: bool,
    pub ignore_errors: bool,
    pub implicit_reexport: bool,
    pub implicit_optional: bool,
    pub strict_optional: bool,
    pub strict_equality: bool,
    pub strict_equality_for_none: bool,
    pub strict_bytes: bool,
    pub extra_checks: bool,
    /// Deprecated: the part of `extra_checks` that concerns `Concatenate`.
    pub strict_concatenate: bool,
    pub local_partial_types: bool,
    pub allow_redefinition: bool,
    /// A variable may be given a new type in the block it was first assigned in.
    pub allow_redefinition_old: bool,
    pub allow_untyped_globals: bool,
    pub allow_empty_bodies: bool,
    pub check_untyped_defs: bool,
    pub disallow_any_decorated: bool,
    pub disallow_any_explicit: bool,
    pub disallow_any_expr: bool,
    pub disallow_any_generics: bool,
    pub disallow_any_unimported: bool,
    pub disallow_incomplete_defs: bool,
    pub disallow_subclassing_any: bool,
    pub disallow_untyped_calls: bool,
    pub untyped_calls_exclude: Vec<String>,
    pub disallow_untyped_decorators: bool,
    pub disallow_untyped_defs: bool,
    pub warn_no_return: bool,
    pub warn_redundant_casts: bool,
    pub warn_return_any: bool,
    pub warn_unreachable: bool,
    pub warn_unused_ignores: bool,
    pub report_deprecated_as_note: bool,
    pub deprecated_calls_exclude: Vec<String>,
    pub enabled_error_codes: ErrorCodeSet,
    pub disabled_error_codes: ErrorCodeSet,
    pub enable_incomplete_feature: Vec<String>,
}

impl Default for ModuleOptions {
    fn default() -> ModuleOptions {
        ModuleOptions {
            python_version: (3, 14),
            platform: "linux".to_owned(),
            always_true: Vec::new(),
            always_false: Vec::new(),
            follow_imports: FollowImports::Normal,
            follow_imports_for_stubs: false,
            follow_untyped_imports: false,
            ignore_missing_imports: false,
            ignore_errors: false,
            implicit_reexport: true,
            implicit_optional: false,
            strict_optional: true,
            strict_equality: false,
            strict_equality_for_none: false,
            strict_bytes: true,
            extra_checks: false,
            strict_concatenate: false,
            local_partial_types: true,
            allow_redefinition: false,
            allow_redefinition_old: false,
            allow_untyped_globals: false,
            allow_empty_bodies: false,
            check_untyped_defs: false,
            disallow_any_decorated: false,
            disallow_any_explicit: false,
            disallow_any_expr: false,
            disallow_any_generics: false,
            disallow_any_unimported: false,
            disallow_incomplete_defs: false,
            disallow_subclassing_any: false,
            disallow_untyped_calls: false,
            untyped_calls_exclude: Vec::new(),
            disallow_untyped_decorators: false,
            disallow_untyped_defs: false,
            warn_no_return: true,
            warn_redundant_casts: false,
            warn_return_any: false,
            warn_unreachable: false,
            warn_unused_ignores: false,
            report_deprecated_as_note: false,
            deprecated_calls_exclude: Vec::new(),
            enabled_error_codes: ErrorCodeSet::EMPTY,
            disabled_error_codes: ErrorCodeSet::EMPTY,
            enable_incomplete_feature: Vec::new(),
        }
    }
}

impl ModuleOptions {
    /// Whether everything has the same type under both: at most, other findings are reported.
    pub fn gives_same_types(&self, other: &ModuleOptions) -> bool {
        let silent = |options: &ModuleOptions| ModuleOptions {
            ignore_errors: false,
            disallow_any_decorated: false,
            disallow_any_explicit: false,
            disallow_any_expr: false,
            disallow_any_generics: false,
            disallow_any_unimported: false,
            disallow_incomplete_defs: false,
            disallow_subclassing_any: false,
            disallow_untyped_calls: false,
            disallow_untyped_decorators: false,
            disallow_untyped_defs: false,
            warn_redundant_casts: false,
            warn_return_any: false,
            warn_unused_ignores: false,
            enabled_error_codes: ErrorCodeSet::EMPTY,
            disabled_error_codes: ErrorCodeSet::EMPTY,
            ..options.clone()
        };
        silent(self) == silent(other)
    }

    /// Whether findings with this code are shown: as switched, else as its broader code is
    /// switched off, else by default.
    pub fn is_code_enabled(&self, code: ErrorCode) -> bool {
        if self.disabled_error_codes.contains(code) {
            return false;
        }
        if self.enabled_error_codes.contains(code) {
            return true;
        }
        if code.parent().is_some_and(|parent| self.disabled_error_codes.contains(parent)) {
            return false;
        }
        code.default_enabled()
    }
}
