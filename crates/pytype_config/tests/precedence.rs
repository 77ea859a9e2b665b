//! Which value counts, from configuration files and the command line together.

use std::path::Path;

use pytype_config::table::option;
use pytype_config::{Change, CommandLine, Configuration, Environment, Problem, Value, load};
use pytype_source::ErrorCode;

fn loaded(file: &str, text: &str, command_line: &CommandLine) -> (Configuration, Vec<Problem>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::write(folder.path().join(file), text).unwrap();
    load(command_line, &environment(folder.path()))
}

fn environment(folder: &Path) -> Environment {
    Environment {
        current_dir: folder.to_str().unwrap().into(),
        variables: [("MYPYPATH".to_owned(), "one:two".to_owned())].into(),
    }
}

fn flags(changes: &[(&str, Value)]) -> CommandLine {
    CommandLine {
        changes: changes
            .iter()
            .map(|(name, value)| Change { spec: option(name).unwrap(), value: value.clone() })
            .collect(),
        ..CommandLine::default()
    }
}

#[test]
fn sections_beat_the_command_line() {
    let text = "[mypy]\ndisallow_untyped_defs = false\n[mypy-a.*]\ndisallow_untyped_defs = false\n";
    let (configuration, problems) =
        loaded("mypy.ini", text, &flags(&[("disallow_untyped_defs", Value::Bool(true))]));
    assert_eq!(problems, []);
    assert!(configuration.for_module("b").disallow_untyped_defs);
    assert!(!configuration.for_module("a.c").disallow_untyped_defs);
}

#[test]
fn strict_in_a_file_yields_to_its_other_keys() {
    let (configuration, _) =
        loaded("mypy.ini", "[mypy]\nwarn_return_any = false\nstrict = true\n", &CommandLine::default());
    assert!(!configuration.base().warn_return_any);
    assert!(configuration.base().strict_equality);
    assert!(!configuration.base().implicit_reexport);
    assert!(configuration.global.warn_unused_configs);
}

#[test]
fn strict_on_the_command_line_does_not() {
    let strict = CommandLine { strict: true, ..flags(&[("strict_equality", Value::Bool(false))]) };
    let (configuration, _) = loaded("mypy.ini", "[mypy]\nwarn_return_any = false\n", &strict);
    assert!(configuration.base().warn_return_any);
    assert!(!configuration.base().strict_equality);
}

#[test]
fn strict_for_some_is_strict_for_all() {
    let (configuration, problems) =
        loaded("mypy.ini", "[mypy]\n[mypy-a]\nstrict = true\n", &CommandLine::default());
    assert_eq!(problems.len(), 1);
    assert!(configuration.for_module("b").disallow_untyped_defs);
}

#[test]
fn error_codes_add_up() {
    let text = "[tool.mypy]\nenable_error_code = [\"truthy-bool\"]\ndisable_error_code = \"misc, arg-type\"\n\
                [[tool.mypy.overrides]]\nmodule = \"a\"\nenable_error_code = [\"misc\"]\n\
                disable_error_code = [\"truthy-bool\"]\n";
    let codes = flags(&[("enable_error_code", Value::Codes(vec![ErrorCode::ArgType]))]);
    let (configuration, problems) = loaded("pyproject.toml", text, &codes);
    assert_eq!(problems, []);
    let is_enabled = |module: &str, code| configuration.for_module(module).is_code_enabled(code);
    assert!(is_enabled("b", ErrorCode::TruthyBool));
    assert!(!is_enabled("b", ErrorCode::Misc));
    assert!(is_enabled("b", ErrorCode::ArgType));
    assert!(!is_enabled("a", ErrorCode::TruthyBool));
    assert!(is_enabled("a", ErrorCode::Misc));
}

#[test]
fn lists_of_the_command_line_are_added() {
    let exclude = flags(&[("exclude", Value::List(vec!["two".to_owned()]))]);
    let (configuration, _) = loaded("mypy.ini", "[mypy]\nexclude = one\nmypy_path = three\n", &exclude);
    assert_eq!(configuration.global.exclude, ["one", "two"]);
    assert_eq!(configuration.global.mypy_path, ["one", "two", "three"]);
}

#[test]
fn sources_of_the_command_line_replace() {
    let text = "[mypy]\nfiles = a.py\npackages = p\n";
    let (configuration, _) =
        loaded("mypy.ini", text, &flags(&[("modules", Value::List(vec!["m".to_owned()]))]));
    assert!(configuration.global.files.is_empty());
    assert!(configuration.global.packages.is_empty());
    assert_eq!(configuration.global.modules, ["m"]);
}
