//! From a configuration file and a command line to the options of a run.

use crate::change::{Change, Mode};
use crate::file::{self, ConfigFile, Entry, ModuleSection};
use crate::paths::Environment;
use crate::problem::{Problem, ProblemKind};
use crate::sections::{EntryContext, understand};
use crate::spec::Field;
use crate::table::OPTIONS;
use crate::value::{self, Raw, Source, Value, ValueError};
use crate::{Configuration, GlobalOptions, ModuleOptions};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// `--config-file`; an empty text means that no file is read.
    pub config_file: Option<String>,
    /// `--strict`.
    pub strict: bool,
    /// The options set by flags, in their order.
    pub changes: Vec<Change>,
    /// `-c`: the lines of a program.
    pub command: Option<String>,
}

/// Reads the configuration that counts and puts it together with the command line.
///
/// The problems come in the order in which they were met; whether they end the run is the caller's to decide.
pub fn load(command_line: &CommandLine, environment: &Environment) -> (Configuration, Vec<Problem>) {
    let mut loader = Loader::new(environment);
    let config_file = match command_line.config_file.as_deref() {
        Some("") => None,
        Some(path) => file::read_named(path, environment, &mut loader.problems),
        None => file::discover(environment, &mut loader.problems),
    };
    if let Some(config_file) = config_file {
        loader.read_file(&config_file);
    }
    if command_line.strict {
        loader.set_strict();
    }
    loader.environment_variables();
    loader.command_line(command_line);
    loader.finish()
}

/// Puts a configuration together from the text of a `pyproject.toml` that is in no file.
pub fn load_toml(text: &str, environment: &Environment) -> (Configuration, Vec<Problem>) {
    let mut loader = Loader::new(environment);
    if let Some(config_file) = file::read_toml_text(text, environment, &mut loader.problems) {
        loader.read_file(&config_file);
    }
    loader.finish()
}

/// The platform checked for unless another is asked for: the one this program was built for.
fn native_platform() -> &'static str {
    match std::env::consts::OS {
        "macos" | "ios" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

struct Loader<'a> {
    environment: Environment,
    outer: &'a Environment,
    global: GlobalOptions,
    base: ModuleOptions,
    sections: Vec<(String, Vec<Change>)>,
    problems: Vec<Problem>,
}

impl<'a> Loader<'a> {
    fn new(outer: &'a Environment) -> Loader<'a> {
        let base = ModuleOptions { platform: native_platform().to_owned(), ..ModuleOptions::default() };
        Loader {
            environment: outer.clone(),
            outer,
            global: GlobalOptions::default(),
            base,
            sections: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn set_strict(&mut self) {
        for spec in OPTIONS {
            if let Some(value) = spec.strict {
                self.apply(&Change { spec, value: Value::Bool(value) }, Mode::Replace);
            }
        }
    }

    fn apply(&mut self, change: &Change, mode: Mode) {
        change.apply_to_module(&mut self.base, mode);
        change.apply_to_run(&mut self.global, mode);
    }

    fn read_file(&mut self, file: &ConfigFile) {
        self.global.config_file = Some(file.path.clone());
        self.environment.variables.insert("MYPY_CONFIG_FILE_DIR".to_owned(), file.folder.to_string());
        if let Some(entries) = &file.global {
            let changes = self.understand_all(file, file.title, entries);
            if is_strict(&changes) {
                self.set_strict();
            }
            for change in &changes {
                self.apply(change, Mode::Replace);
            }
        }
        let first_of_file = self.problems.len();
        for section in &file.modules {
            self.read_section(file, section);
        }
        // In TOML several modules share one table, whose problems are told once and in order.
        let mut of_sections = self.problems.split_off(first_of_file);
        of_sections.sort_by_key(|problem| problem.place.as_ref().and_then(|(_, line)| *line));
        of_sections.dedup();
        self.problems.append(&mut of_sections);
    }

    fn read_section(&mut self, file: &ConfigFile, section: &ModuleSection) {
        let title = match file.source {
            Source::Toml => format!("[[{}.overrides]]", file.title.trim_matches(['[', ']'])),
            Source::Ini | Source::CommandLine => format!("[mypy-{}]", section.patterns.join(",")),
        };
        let mut changes = self.understand_all(file, &title, &section.entries);
        if is_strict(&changes) {
            let line = section.entries.iter().find(|entry| entry.key == "strict").map(|entry| entry.line);
            let message = format!(
                "{title}: `strict` cannot be set for some modules only; as in mypy, it is switched on for all of them"
            );
            self.problems.push(Problem::at(ProblemKind::Warning, &file.path, line, message));
            self.set_strict();
        }
        changes.retain(|change| {
            if change.spec.per_module || matches!(change.spec.field, Field::Strict) {
                return true;
            }
            let line = section.entries.iter().find(|entry| entry.key.ends_with(change.spec.name));
            let message = format!(
                "{title}: `{}` can only be set for all modules, so it has no effect here",
                change.spec.name
            );
            let line = line.map_or(section.line, |entry| entry.line);
            self.problems.push(Problem::at(ProblemKind::Warning, &file.path, Some(line), message));
            false
        });
        for pattern in &section.patterns {
            let pattern = pattern.replace('/', ".");
            let is_wrong = pattern.contains(['?', '[', ']', '!'])
                || pattern.split('.').any(|part| part.contains('*') && part != "*");
            if is_wrong {
                let message = format!(
                    "{title}: `{pattern}` is not a module's dotted name in which `*` stands for whole parts, as in `a.*.b.*`"
                );
                self.problems.push(Problem::at(
                    ProblemKind::Invalid,
                    &file.path,
                    Some(section.line),
                    message,
                ));
            } else {
                self.sections.push((pattern, changes.clone()));
            }
        }
    }

    fn understand_all(&mut self, file: &ConfigFile, title: &str, entries: &[Entry]) -> Vec<Change> {
        let mut changes = Vec::new();
        for entry in entries {
            let context =
                EntryContext { source: file.source, own_keys: file.own_keys, environment: &self.environment };
            let (change, problems) = understand(&entry.key, &entry.raw, &context);
            self.problems.extend(problems.into_iter().map(|(kind, message)| {
                Problem::at(kind, &file.path, Some(entry.line), format!("{title}: {message}"))
            }));
            let Some(change) = change else { continue };
            if change.refusal().is_some() {
                for message in refusals(&change, &entry.key) {
                    let message = format!("{title}: {message}");
                    self.problems.push(Problem::at(
                        ProblemKind::Unsupported,
                        &file.path,
                        Some(entry.line),
                        message,
                    ));
                }
                continue;
            }
            changes.push(change);
        }
        changes
    }

    fn environment_variables(&mut self) {
        let path = self.outer.non_empty("MYPYPATH").unwrap_or("");
        let separator = if cfg!(windows) { ';' } else { ':' };
        let folders = path.split(separator).filter(|folder| !folder.is_empty()).map(Into::into);
        self.global.mypy_path.splice(0..0, folders);
        if let Some(count) = self.outer.non_empty("MYPY_NUM_WORKERS") {
            let raw = Raw::Text(count.to_owned());
            match value::parse(&Field::Threads, &raw, Source::CommandLine, self.outer) {
                Ok(Value::Number(count)) => {
                    self.global.threads = usize::try_from(count).ok().filter(|count| *count > 0);
                }
                Ok(_) => {}
                Err(ValueError::Wrong(message) | ValueError::TooOld(message)) => {
                    self.problems
                        .push(Problem::new(ProblemKind::Invalid, format!("MYPY_NUM_WORKERS: {message}")));
                }
            }
        }
    }

    fn command_line(&mut self, command_line: &CommandLine) {
        let sets = |name: &str| command_line.changes.iter().any(|change| change.spec.name == name);
        if command_line.command.is_some() || sets("files") || sets("modules") || sets("packages") {
            self.global.files.clear();
            self.global.modules.clear();
            self.global.packages.clear();
        }
        self.global.command.clone_from(&command_line.command);
        for change in &command_line.changes {
            if change.refusal().is_some() {
                let flag = change.spec.flags.first().map_or(change.spec.name, |flag| flag.spelling);
                for message in refusals(change, flag) {
                    self.problems.push(Problem::new(ProblemKind::Unsupported, message));
                }
                continue;
            }
            self.apply(change, Mode::Append);
        }
    }

    fn finish(mut self) -> (Configuration, Vec<Problem>) {
        self.check_combinations();
        let base = &mut self.base;
        // Enabling a code wins over disabling it.
        base.disabled_error_codes = base.disabled_error_codes.without(base.enabled_error_codes);
        if let Some(version) = self.global.python_version {
            base.python_version = version;
        }
        if self.global.show_error_end {
            self.global.show_column_numbers = true;
        }
        let mut configuration = Configuration::new(self.global, self.base);
        for (pattern, changes) in self.sections {
            configuration.add_section(pattern, changes);
        }
        (configuration, self.problems)
    }

    fn check_combinations(&mut self) {
        let mut wrong = |message: String| self.problems.push(Problem::new(ProblemKind::Invalid, message));
        let mut both: Vec<&str> = self
            .base
            .always_true
            .iter()
            .filter(|name| self.base.always_false.contains(name))
            .map(|name| name.as_str())
            .collect();
        both.sort_unstable();
        both.dedup();
        if !both.is_empty() {
            wrong(format!("a variable cannot be both always true and always false: {}", both.join(", ")));
        }
        if self.global.explicit_package_bases && !self.global.namespace_packages {
            wrong("--explicit-package-bases needs namespace packages, which are switched off".to_owned());
        }
        if self.base.allow_redefinition && !self.base.local_partial_types {
            wrong("--allow-redefinition needs local partial types, which are switched off".to_owned());
        }
    }
}

/// Why a change is refused; for plugins one reason each.
fn refusals(change: &Change, written: &str) -> Vec<String> {
    let Some(reason) = change.refusal() else { return Vec::new() };
    match (&change.spec.field, &change.value) {
        (Field::Plugins, Value::List(plugins)) => {
            plugins.iter().map(|plugin| format!("the plugin `{plugin}` is not supported: {reason}")).collect()
        }
        _ => vec![format!("`{written}` is not supported: {reason}")],
    }
}

fn is_strict(changes: &[Change]) -> bool {
    changes
        .iter()
        .any(|change| matches!(change.spec.field, Field::Strict) && change.value == Value::Bool(true))
}
