//! Configuration files: finding the one that counts, and reading it into sections.
//!
//! The two kinds of file (INI and TOML) end here: what leaves is a list of sections with keys, values
//! and lines.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use crate::ini;
use crate::paths::{Environment, expand, relative};
use crate::problem::{Problem, ProblemKind};
use crate::value::{Raw, Source};

/// A configuration file, read but not yet understood.
#[derive(Debug)]
pub struct ConfigFile {
    /// As it is printed: relative to the current folder.
    pub path: Utf8PathBuf,
    /// The folder it is in, absolute.
    pub folder: Utf8PathBuf,
    pub source: Source,
    /// The name of the section for all modules, as it is printed.
    pub title: &'static str,
    /// The section for all modules.
    pub global: Option<Vec<Entry>>,
    /// The sections for some modules, in their order.
    pub modules: Vec<ModuleSection>,
    /// Whether keys that mypy does not have are allowed.
    pub own_keys: bool,
}

/// A key and what is written for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub key: String,
    pub raw: Raw,
    pub line: u32,
}

/// A section that holds for the modules its patterns match.
#[derive(Clone, PartialEq, Debug)]
pub struct ModuleSection {
    pub patterns: Vec<String>,
    pub line: u32,
    pub entries: Vec<Entry>,
}

/// The names that are looked for in each folder, in this order; the last two are shared with other tools.
const NAMES: [&str; 4] = ["mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"];
const SHARED_NAMES: [&str; 2] = ["pyproject.toml", "setup.cfg"];

/// Reads the file the user named.
pub fn read_named(path: &str, environment: &Environment, problems: &mut Vec<Problem>) -> Option<ConfigFile> {
    let path = Utf8PathBuf::from(path);
    if !environment.current_dir.join(&path).exists() {
        problems.push(Problem::new(ProblemKind::Invalid, format!("there is no configuration file `{path}`")));
        return None;
    }
    let before = problems.len();
    let file = read(&path, environment, problems);
    if file.is_none() && problems.len() == before {
        let message = "the file has no section for type checking, so it sets nothing";
        problems.push(Problem::at(ProblemKind::Warning, &path, None, message));
    }
    file
}

/// Finds the file that counts: in the current folder and upward to the repository's root, then the user's.
pub fn discover(environment: &Environment, problems: &mut Vec<Problem>) -> Option<ConfigFile> {
    for folder in environment.current_dir.ancestors() {
        for name in NAMES {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            let file = read(&relative(&path, &environment.current_dir), environment, problems);
            if file.is_some() {
                return file;
            }
        }
        if folder.join(".git").exists() || folder.join(".hg").exists() {
            break;
        }
    }
    user_files(environment)
        .into_iter()
        .filter(|path| path.is_file())
        .find_map(|path| read(&path, environment, problems))
}

/// Reads the text of a `pyproject.toml` in the current folder, whether there is one or not.
pub fn read_toml_text(
    text: &str,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Option<ConfigFile> {
    read_toml("pyproject.toml".into(), environment.current_dir.clone(), text, problems)
}

/// Where a user's own configuration can be.
fn user_files(environment: &Environment) -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    if let Some(folder) = environment.non_empty("XDG_CONFIG_HOME") {
        files.push(Utf8Path::new(folder).join("mypy/config"));
    }
    if environment.home().is_some() {
        files.push(Utf8PathBuf::from(expand("~/.config/mypy/config", environment)));
        files.push(Utf8PathBuf::from(expand("~/.mypy.ini", environment)));
    }
    files
}

/// Reads one file; `None` if it cannot be read (then there is a problem) or is not about type checking.
fn read(path: &Utf8Path, environment: &Environment, problems: &mut Vec<Problem>) -> Option<ConfigFile> {
    let path = path.to_owned();
    let absolute = environment.current_dir.join(&path);
    let text = match std::fs::read(&absolute) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                problems.push(Problem::at(ProblemKind::Invalid, &path, None, "the file is not UTF-8 text"));
                return None;
            }
        },
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            problems.push(Problem::at(ProblemKind::Invalid, &path, None, message));
            return None;
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let folder = absolute.parent().unwrap_or(&environment.current_dir).to_owned();
    let folder = folder.canonicalize_utf8().unwrap_or(folder);
    if path.as_str().to_lowercase().ends_with(".toml") {
        read_toml(path, folder, text, problems)
    } else {
        read_ini(path, folder, text, problems)
    }
}

fn read_ini(
    path: Utf8PathBuf,
    folder: Utf8PathBuf,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<ConfigFile> {
    let mut sections = match ini::parse(text) {
        Ok(sections) => sections,
        Err(error) => {
            problems.push(Problem::at(ProblemKind::Invalid, &path, Some(error.line), error.message));
            return None;
        }
    };
    let global = sections.shift_remove("mypy").map(|section| ini_entries(section.values));
    if global.is_none() {
        if path.file_name().is_some_and(|name| SHARED_NAMES.contains(&name)) {
            return None;
        }
        let message = "the file has no [mypy] section";
        problems.push(Problem::at(ProblemKind::Warning, &path, None, message));
    }
    let modules = sections
        .into_iter()
        .filter_map(|(name, section)| {
            let patterns = name.strip_prefix("mypy-")?.split(',').map(str::to_owned).collect();
            Some(ModuleSection { patterns, line: section.line, entries: ini_entries(section.values) })
        })
        .collect();
    Some(ConfigFile { path, folder, source: Source::Ini, title: "[mypy]", global, modules, own_keys: false })
}

fn ini_entries(values: IndexMap<String, ini::IniValue>) -> Vec<Entry> {
    values
        .into_iter()
        .map(|(key, value)| Entry { key, raw: Raw::Text(value.text), line: value.line })
        .collect()
}

fn read_toml(
    path: Utf8PathBuf,
    folder: Utf8PathBuf,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<ConfigFile> {
    let lines = Lines(text);
    let document = match DeTable::parse(text) {
        Ok(document) => document.into_inner(),
        Err(error) => {
            let line = error.span().map(|span| lines.of(span.start));
            let message = format!("the file is not valid TOML: {}", one_line(error.message()));
            problems.push(Problem::at(ProblemKind::Invalid, &path, line, message));
            return None;
        }
    };
    let tools = document.get("tool")?.get_ref().as_table()?;
    let (title, table, own_keys) = match (tools.get("pytype-rs"), tools.get("mypy")) {
        (Some(ours), theirs) => {
            if theirs.is_some() {
                let message = "[tool.pytype-rs] counts, so [tool.mypy] is not read";
                problems.push(Problem::at(ProblemKind::Warning, &path, None, message));
            }
            ("[tool.pytype-rs]", ours, true)
        }
        (None, Some(theirs)) => ("[tool.mypy]", theirs, false),
        (None, None) => return None,
    };
    let line = lines.of(table.span().start);
    let Some(table) = table.get_ref().as_table() else {
        let message = format!("{title} must be a table");
        problems.push(Problem::at(ProblemKind::Invalid, &path, Some(line), message));
        return None;
    };
    let mut modules = Vec::new();
    if let Some(overrides) = table.get("overrides") {
        let mut reader = Overrides { path: &path, title, lines: &lines, problems, sections: IndexMap::new() };
        reader.read(overrides.get_ref(), lines.of(overrides.span().start));
        modules.extend(reader.sections.into_values());
    }
    let mut entries = toml_entries(table, &lines);
    entries.retain(|entry| entry.key != "overrides");
    Some(ConfigFile { path, folder, source: Source::Toml, title, global: Some(entries), modules, own_keys })
}

/// Reads `[[tool.mypy.overrides]]`: several entries for one module are put together.
struct Overrides<'a, 'text> {
    path: &'a Utf8PathBuf,
    title: &'static str,
    lines: &'a Lines<'text>,
    problems: &'a mut Vec<Problem>,
    sections: IndexMap<String, ModuleSection>,
}

impl Overrides<'_, '_> {
    fn wrong(&mut self, line: u32, message: String) {
        self.problems.push(Problem::at(ProblemKind::Invalid, self.path, Some(line), message));
    }

    fn read(&mut self, overrides: &DeValue<'_>, line: u32) {
        let name = self.title.trim_matches(['[', ']']);
        let DeValue::Array(items) = overrides else {
            self.wrong(line, format!("overrides are written with double brackets: [[{name}.overrides]]"));
            return;
        };
        for item in items {
            let line = self.lines.of(item.span().start);
            let Some(table) = item.get_ref().as_table() else {
                self.wrong(line, format!("each of [[{name}.overrides]] must be a table"));
                continue;
            };
            let Some(module) = table.get("module") else {
                self.wrong(line, format!("[[{name}.overrides]] does not say which `module` it is for"));
                continue;
            };
            let module_line = self.lines.of(module.span().start);
            let modules = match raw(module.get_ref()) {
                Raw::Text(module) => vec![Raw::Text(module)],
                Raw::List(modules) => modules,
                Raw::Bool(_) | Raw::Number(_) | Raw::Other(_) => vec![Raw::Other("something else")],
            };
            let mut entries = toml_entries(table, self.lines);
            entries.retain(|entry| entry.key != "module");
            for module in modules {
                match module {
                    Raw::Text(module) => self.add(&module, line, &entries),
                    _ => self.wrong(module_line, "`module` must be a string or a list of strings".to_owned()),
                }
            }
        }
    }

    fn add(&mut self, module: &str, line: u32, entries: &[Entry]) {
        let section = self.sections.entry(module.to_owned()).or_insert_with(|| ModuleSection {
            patterns: module.split(',').map(str::to_owned).collect(),
            line,
            entries: Vec::new(),
        });
        let mut conflicts = Vec::new();
        for entry in entries {
            match section.entries.iter().find(|other| other.key == entry.key) {
                Some(other) if other.raw != entry.raw => conflicts.push((entry, other.line)),
                Some(_) => {}
                None => section.entries.push(entry.clone()),
            }
        }
        for (entry, earlier) in conflicts {
            self.problems.push(Problem::at(
                ProblemKind::Invalid,
                self.path,
                Some(entry.line),
                format!("`{}` has another value for module `{module}` on line {earlier}", entry.key),
            ));
        }
    }
}

/// A table's entries in the order of their lines.
fn toml_entries(table: &DeTable<'_>, lines: &Lines<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().clone().into_owned(),
            raw: raw(value.get_ref()),
            line: lines.of(key.span().start),
        })
        .collect();
    entries.sort_by_key(|entry| entry.line);
    entries
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.clone().into_owned()),
        DeValue::Boolean(value) => Raw::Bool(*value),
        DeValue::Integer(number) => Raw::Number(number.as_str().to_owned()),
        DeValue::Float(number) => Raw::Number(number.as_str().to_owned()),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Table(_) => Raw::Other("a table"),
        DeValue::Datetime(_) => Raw::Other("a date"),
    }
}

/// Finds the line of a place in a text.
struct Lines<'text>(&'text str);

impl Lines<'_> {
    fn of(&self, offset: usize) -> u32 {
        let before = &self.0.as_bytes()[..offset.min(self.0.len())];
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        u32::try_from(breaks).unwrap_or(u32::MAX - 1) + 1
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
