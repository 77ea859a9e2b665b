//! A section's options.

use camino::Utf8PathBuf;
use pytype_config::{Configuration, Environment};
use toml::{Table, Value};

use crate::markdown::OptionsBlock;

/// The folder in which all files of a test lie; no disk has it.
pub const ROOT: &str = "/project";

/// The options of one section.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    table: Table,
}

impl Options {
    /// Puts blocks together; the later ones win. An error has the line of the block that is wrong.
    pub fn read(blocks: &[OptionsBlock]) -> Result<Options, (u32, String)> {
        let mut table = Table::new();
        table.insert("python_version".to_owned(), Value::String("3.12".to_owned()));
        table.insert("platform".to_owned(), Value::String("linux".to_owned()));
        for block in blocks {
            let read = block.text.parse::<Table>();
            table.extend(read.map_err(|error| (block.line, error.message().to_owned()))?);
        }
        Ok(Options { table })
    }

    /// Whether the options say something about single files or modules, by their names.
    pub fn names_modules(&self) -> bool {
        ["files", "modules", "packages", "overrides", "mypy_path"]
            .iter()
            .any(|key| self.table.contains_key(*key))
    }

    /// Whether the options say what to check.
    fn has_targets(&self) -> bool {
        ["files", "modules", "packages"].iter().any(|key| self.table.contains_key(*key))
    }

    /// The configuration these options make, for a project that has these files.
    pub fn configuration(&self, files: Vec<Utf8PathBuf>) -> Result<Configuration, String> {
        let ours = Table::from_iter([("pytype-rs".to_owned(), Value::Table(self.table.clone()))]);
        let tool = Table::from_iter([("tool".to_owned(), Value::Table(ours))]);
        let environment = Environment { current_dir: ROOT.into(), variables: Default::default() };
        let (mut configuration, problems) = pytype_config::load_toml(&tool.to_string(), &environment);
        if let Some(problem) = problems.iter().find(|problem| problem.is_fatal(false)) {
            return Err(problem.message.clone());
        }
        if !self.has_targets() {
            configuration.global.files = files;
        }
        Ok(configuration)
    }
}
