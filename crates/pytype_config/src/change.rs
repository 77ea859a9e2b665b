//! A value on its way to an option.

use std::fmt;

use camino::Utf8PathBuf;
use pytype_source::Name;

use crate::spec::{self, Field, OptionSpec, Status};
use crate::value::Value;
use crate::{ColorChoice, GlobalOptions, ModuleOptions};

/// One option and the value it is given.
#[derive(Clone)]
pub struct Change {
    pub spec: &'static OptionSpec,
    pub value: Value,
}

/// How a list meets the one that is there: configuration files replace, the command line adds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Replace,
    Append,
}

impl PartialEq for Change {
    fn eq(&self, other: &Change) -> bool {
        self.spec.name == other.spec.name && self.value == other.value
    }
}
impl Eq for Change {}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.spec.name, self.value)
    }
}

impl Change {
    /// Why the change cannot be honoured, if it cannot. Setting a refused option to its default is fine.
    pub fn refusal(&self) -> Option<&'static str> {
        let Status::Refused(reason) = self.spec.status else { return None };
        let at_default = match (&self.value, &self.spec.field) {
            (Value::Bool(value), field) => Some(*value) == field.default_flag(),
            (Value::List(items), _) => items.is_empty(),
            (Value::Number(number), Field::UnusedNumber { default }) => number == default,
            _ => false,
        };
        (!at_default).then_some(reason)
    }

    /// Makes the change to a module's options; changes to the run's options do nothing.
    pub fn apply_to_module(&self, options: &mut ModuleOptions, mode: Mode) {
        match (&self.spec.field, &self.value) {
            (Field::ModuleFlag(of), Value::Bool(value)) => *of(options) = *value,
            (Field::ModuleNames(of), Value::List(items)) => {
                let names = items.iter().map(|item| Name::new(item)).collect();
                put(of(options), names, mode);
            }
            (Field::ModuleList(of) | Field::ModulePrefixes(of), Value::List(items)) => {
                put(of(options), items.clone(), mode);
            }
            (Field::IncompleteFeatures, Value::List(items)) => {
                put(&mut options.enable_incomplete_feature, items.clone(), mode);
            }
            (Field::FollowImports, Value::Text(text)) => {
                if let Some(choice) = spec::follow_imports(text) {
                    options.follow_imports = choice;
                }
            }
            (Field::Platform, Value::Text(text)) => options.platform.clone_from(text),
            (Field::EnableErrorCode, Value::Codes(codes)) => {
                for code in codes {
                    options.enabled_error_codes.insert(*code);
                }
            }
            (Field::DisableErrorCode, Value::Codes(codes)) => {
                for code in codes {
                    options.disabled_error_codes.insert(*code);
                }
            }
            _ => {}
        }
    }

    /// Makes the change to the run's options; changes to a module's options do nothing.
    pub fn apply_to_run(&self, options: &mut GlobalOptions, mode: Mode) {
        match (&self.spec.field, &self.value) {
            (Field::Flag(of), Value::Bool(value)) => *of(options) = *value,
            (Field::List(of), Value::List(items)) => put(of(options), items.clone(), mode),
            (Field::Exclude, Value::List(items)) => put(&mut options.exclude, items.clone(), mode),
            (Field::SearchPath, Value::List(items)) => put(&mut options.mypy_path, paths(items), mode),
            (Field::Files, Value::List(items)) => put(&mut options.files, paths(items), mode),
            (Field::ShadowFiles, Value::List(items)) => {
                let pairs = items
                    .chunks_exact(2)
                    .map(|pair| (Utf8PathBuf::from(&pair[0]), Utf8PathBuf::from(&pair[1])));
                put(&mut options.shadow_files, pairs.collect(), mode);
            }
            (Field::Path(of), Value::Text(text)) => *of(options) = Some(Utf8PathBuf::from(text)),
            (Field::PythonVersion, Value::Version(major, minor)) => {
                options.python_version = Some((*major, *minor));
            }
            (Field::OutputFormat, Value::Text(text)) => options.output_format = spec::output_format(text),
            (Field::Color, Value::Text(text)) => {
                options.color = spec::color(text).unwrap_or(ColorChoice::Auto)
            }
            (Field::JunitFormat, Value::Text(text)) => {
                options.junit_format = spec::junit_format(text).unwrap_or_default();
            }
            (Field::Threads, Value::Number(count)) => {
                options.threads = usize::try_from(*count).ok().filter(|count| *count > 0);
            }
            (Field::Verbosity, Value::Number(count)) => {
                options.verbosity = u8::try_from((*count).clamp(0, 255)).unwrap_or(0);
            }
            (Field::ErrorLimit, Value::Number(count)) => options.error_limit = usize::try_from(*count).ok(),
            _ => {}
        }
    }
}

fn paths(items: &[String]) -> Vec<Utf8PathBuf> {
    items.iter().map(Utf8PathBuf::from).collect()
}

fn put<T>(list: &mut Vec<T>, items: Vec<T>, mode: Mode) {
    match mode {
        Mode::Replace => *list = items,
        Mode::Append => list.extend(items),
    }
}

impl ModuleOptions {
    /// These options with the changes of one configuration section or one file's inline comments.
    ///
    /// Error codes are added to what holds already; among the changes, enabling a code wins over disabling it.
    #[must_use]
    pub fn with_changes(&self, changes: &[Change]) -> ModuleOptions {
        let mut options = self.clone();
        for change in changes {
            match (&change.spec.field, &change.value) {
                (Field::DisableErrorCode | Field::EnableErrorCode, _) => {}
                _ => change.apply_to_module(&mut options, Mode::Replace),
            }
        }
        for change in changes {
            if let (Field::DisableErrorCode, Value::Codes(codes)) = (&change.spec.field, &change.value) {
                for code in codes {
                    options.disabled_error_codes.insert(*code);
                    options.enabled_error_codes.remove(*code);
                }
            }
        }
        for change in changes {
            if let (Field::EnableErrorCode, Value::Codes(codes)) = (&change.spec.field, &change.value) {
                for code in codes {
                    options.enabled_error_codes.insert(*code);
                    options.disabled_error_codes.remove(*code);
                }
            }
        }
        options
    }
}
