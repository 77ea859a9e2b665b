//! All options of a run together, and the options of each module in it.
//!
//! A module's options are put together in this order, later ones winning: the options of the
//! run, the sections `a.*` from the least to the most specific, the sections with a wildcard
//! inside in the order of the file, the section for exactly that module.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::change::Change;
use crate::{GlobalOptions, ModuleOptions};

/// All options of a run: those of the run itself, and those of each module.
#[derive(Debug, Default)]
pub struct Configuration {
    pub global: GlobalOptions,
    /// The options of a module that no section of the configuration names.
    base: Arc<ModuleOptions>,
    /// What the sections change, by pattern, in the order of the file.
    sections: IndexMap<String, Section>,
    /// The sections' options, put together when the first module is asked for.
    resolved: OnceLock<Resolved>,
}

#[derive(Debug, Default)]
struct Section {
    changes: Vec<Change>,
    used: AtomicBool,
}

#[derive(Debug)]
struct Resolved {
    /// Options by section, for `a.b` and `a.*`.
    by_pattern: FxHashMap<String, Arc<ModuleOptions>>,
    /// The indices of sections with a wildcard inside.
    inner_wildcards: Vec<usize>,
}

impl Configuration {
    /// A configuration in which all modules have the same options.
    pub fn new(global: GlobalOptions, base: ModuleOptions) -> Configuration {
        Configuration { global, base: Arc::new(base), sections: IndexMap::new(), resolved: OnceLock::new() }
    }

    /// Adds a section; one with the same pattern replaces it in its place.
    pub(crate) fn add_section(&mut self, pattern: String, changes: Vec<Change>) {
        self.resolved = OnceLock::new();
        self.sections.insert(pattern, Section { changes, used: AtomicBool::new(false) });
    }

    /// The options of a module that no section names.
    pub fn base(&self) -> &Arc<ModuleOptions> {
        &self.base
    }

    /// Sets the version of Python all modules are checked for, once the environment is known.
    pub fn set_python_version(&mut self, version: (u8, u8)) {
        self.resolved = OnceLock::new();
        Arc::make_mut(&mut self.base).python_version = version;
    }

    /// The options of the module with this dotted name, inline comments aside.
    ///
    /// Cheap for most modules: what one section (or none) decides is shared.
    pub fn for_module(&self, module: &str) -> Arc<ModuleOptions> {
        let resolved = self.resolved.get_or_init(|| self.resolve());
        if let Some(options) = resolved.by_pattern.get(module) {
            self.mark_used(module);
            return Arc::clone(options);
        }
        self.inherited(module, &resolved.by_pattern, &resolved.inner_wildcards)
    }

    /// The patterns of sections that no module asked for so far has used, in the order of the file.
    pub fn unused_sections(&self) -> Vec<&str> {
        self.sections
            .iter()
            .filter(|(_, section)| !section.used.load(Ordering::Relaxed))
            .map(|(pattern, _)| pattern.as_str())
            .collect()
    }

    fn mark_used(&self, pattern: &str) {
        if let Some(section) = self.sections.get(pattern) {
            section.used.store(true, Ordering::Relaxed);
        }
    }

    /// Puts the sections' options together, the more general first.
    fn resolve(&self) -> Resolved {
        let is_inner = |pattern: &str| pattern.strip_suffix('*').unwrap_or(pattern).contains('*');
        let inner_wildcards: Vec<usize> = (0..self.sections.len())
            .filter(|index| self.sections.get_index(*index).is_some_and(|(p, _)| is_inner(p)))
            .collect();
        let structured = || self.sections.keys().filter(|pattern| !is_inner(pattern));
        let mut wildcards: Vec<&String> = structured().filter(|pattern| pattern.ends_with(".*")).collect();
        wildcards.sort();
        let concrete = structured().filter(|pattern| !pattern.ends_with(".*"));
        let mut by_pattern = FxHashMap::default();
        for pattern in wildcards.into_iter().chain(concrete) {
            let Some(section) = self.sections.get(pattern) else { continue };
            let inherited = self.inherited(pattern, &by_pattern, &inner_wildcards);
            by_pattern.insert(pattern.clone(), Arc::new(inherited.with_changes(&section.changes)));
        }
        // Sections that only other sections built upon do not count as used; those with a
        // wildcard inside do.
        for (pattern, section) in &self.sections {
            if !is_inner(pattern) {
                section.used.store(false, Ordering::Relaxed);
            }
        }
        Resolved { by_pattern, inner_wildcards }
    }

    /// What `module` gets from sections that are not for itself alone.
    fn inherited(
        &self,
        module: &str,
        by_pattern: &FxHashMap<String, Arc<ModuleOptions>>,
        inner_wildcards: &[usize],
    ) -> Arc<ModuleOptions> {
        let mut options = Arc::clone(&self.base);
        if !by_pattern.is_empty() {
            let mut prefix = Some(module);
            while let Some(name) = prefix {
                let pattern = format!("{name}.*");
                if let Some(found) = by_pattern.get(&pattern) {
                    self.mark_used(&pattern);
                    options = Arc::clone(found);
                    break;
                }
                prefix = name.rfind('.').map(|dot| &name[..dot]);
            }
        }
        if !module.ends_with(".*") {
            for index in inner_wildcards {
                let Some((pattern, section)) = self.sections.get_index(*index) else { continue };
                if pattern_matches(pattern, module) {
                    section.used.store(true, Ordering::Relaxed);
                    options = Arc::new(options.with_changes(&section.changes));
                }
            }
        }
        options
    }
}

/// Whether a pattern with `*` components matches a dotted name. A star at the start stands for
/// at least one component (or any text), any other star for none or more.
fn pattern_matches(pattern: &str, module: &str) -> bool {
    let mut parts = pattern.split('.');
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    if first == "*" {
        // The star may take any text, so every place where the rest can begin is tried.
        let ends = module.match_indices('.').map(|(dot, _)| dot).chain([module.len()]);
        return ends.into_iter().any(|end| rest_matches(&rest, &module[end..]));
    }
    module
        .strip_prefix(first)
        .is_some_and(|behind| (behind.is_empty() || behind.starts_with('.')) && rest_matches(&rest, behind))
}

/// Whether `text`, empty or beginning with a dot, is matched by the components of a pattern.
fn rest_matches(parts: &[&str], text: &str) -> bool {
    let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
    if *part == "*" {
        let ends = text.match_indices('.').map(|(dot, _)| dot).chain([text.len()]);
        return ends.into_iter().any(|end| rest_matches(rest, &text[end..]));
    }
    text.strip_prefix('.')
        .and_then(|text| text.strip_prefix(part))
        .is_some_and(|behind| (behind.is_empty() || behind.starts_with('.')) && rest_matches(rest, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::option;
    use crate::value::Value;

    fn change(name: &str, value: Value) -> Change {
        Change { spec: option(name).unwrap(), value }
    }

    #[test]
    fn patterns() {
        assert!(pattern_matches("a.*.c", "a.c"));
        assert!(pattern_matches("a.*.c", "a.b.c"));
        assert!(pattern_matches("a.*.c", "a.b.b.c"));
        assert!(!pattern_matches("a.*.c", "a.b.d"));
        assert!(!pattern_matches("a.*.c", "ab.c"));
        assert!(pattern_matches("*.tests", "a.b.tests"));
        assert!(!pattern_matches("*.tests", "tests"));
        assert!(pattern_matches("*.tests.*", "a.tests.b"));
        assert!(pattern_matches("*.tests.*", "a.tests"));
    }

    #[test]
    fn more_specific_sections_win() {
        let mut configuration = Configuration::new(GlobalOptions::default(), ModuleOptions::default());
        let flag = |value| vec![change("disallow_untyped_defs", Value::Bool(value))];
        configuration.add_section("a.b.*".to_owned(), flag(false));
        configuration.add_section("a.*".to_owned(), flag(true));
        configuration.add_section("a.b.c".to_owned(), flag(true));
        configuration.add_section("*.d".to_owned(), flag(true));
        let of = |module: &str| configuration.for_module(module).disallow_untyped_defs;
        assert!(!of("x"));
        assert!(of("a"));
        assert!(of("a.x"));
        assert!(!of("a.b"));
        assert!(!of("a.b.x"));
        assert!(of("a.b.d"));
        assert!(of("a.b.c"));
        assert!(!of("b"));
        assert_eq!(configuration.unused_sections(), Vec::<&str>::new());
    }

    #[test]
    fn sections_without_modules_are_unused() {
        let mut configuration = Configuration::new(GlobalOptions::default(), ModuleOptions::default());
        configuration.add_section("a.*".to_owned(), vec![]);
        configuration.add_section("a.b".to_owned(), vec![]);
        configuration.for_module("x");
        assert_eq!(configuration.unused_sections(), ["a.*", "a.b"]);
        configuration.for_module("a.b");
        assert_eq!(configuration.unused_sections(), ["a.*"]);
    }
}
