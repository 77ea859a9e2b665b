//! The seam between the command and the engine: options in, findings out.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::Configuration;
use pytype_modules::{Environment, ModuleDb, ModuleTable, SourceError};
use pytype_report::CheckedFile;
use pytype_source::{File, FileSystem, OverlayFileSystem, Text, source_text};

use pytype_check::{Database, Observer, check_project, reported_files};

/// What was found.
pub struct Checked {
    pub files: Vec<CheckedFile>,
    /// Something went wrong in the checker itself.
    pub failed: bool,
}

/// Why a run cannot begin.
pub enum PrepareError {
    Sources(SourceError),
    Shadow(String),
}

/// A run, ready to check its files.
pub struct Engine {
    db: Database,
    files: Vec<File>,
}

impl Engine {
    /// Finds what there is to check.
    pub fn prepare(
        configuration: Arc<Configuration>,
        environment: Option<Environment>,
        current_directory: &Utf8Path,
    ) -> Result<Engine, PrepareError> {
        let file_system = file_system(&configuration, current_directory).map_err(PrepareError::Shadow)?;
        let modules =
            ModuleTable::build(configuration, environment, current_directory, Arc::clone(&file_system))
                .map_err(PrepareError::Sources)?
                .frozen();
        let db = Database::new(file_system, modules);
        pytype_modules::refuse_shadows(&db).map_err(PrepareError::Sources)?;
        let files = reported_files(&db);
        Ok(Engine { db, files })
    }

    /// How many files the user asked to have checked.
    pub fn sources(&self) -> usize {
        self.db.modules().sources().len()
    }

    /// How many files are checked: those, and what they import.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Checks all files. The results are in mypy's order.
    pub fn check(&self, observer: &dyn Observer) -> Checked {
        let results = check_project(&self.db, &self.files, observer);
        let failed = results.iter().any(|result| result.failed);
        let files = results
            .into_iter()
            .map(|result| CheckedFile {
                path: shown_path(&self.db, result.file),
                text: source_text(&self.db, result.file).text.clone(),
                diagnostics: result.diagnostics,
            })
            .collect();
        Checked { files, failed }
    }

    /// Why the run has no valid result after all: a file was met under two names.
    pub fn conflict(&self) -> Option<SourceError> {
        self.db.modules().conflict()
    }

    /// Path and text of any file a note points into.
    pub fn other_file(&self, file: File) -> Option<(Utf8PathBuf, Text)> {
        Some((shown_path(&self.db, file), source_text(&self.db, file).text.clone()))
    }
}

/// The files of the run, with the shadows in place of the files they stand for.
fn file_system(
    configuration: &Configuration,
    current_directory: &Utf8Path,
) -> Result<Arc<dyn FileSystem>, String> {
    let base = pytype_modules::file_system_of_run(&configuration.global);
    if configuration.global.shadow_files.is_empty() {
        return Ok(base);
    }
    let overlay = OverlayFileSystem::over(Arc::clone(&base));
    for (file, shadow) in &configuration.global.shadow_files {
        let contents = base
            .read(&current_directory.join(shadow))
            .map_err(|error| format!("the shadow file `{shadow}` cannot be read: {error}"))?;
        overlay.write(current_directory.join(file), contents.into_owned());
    }
    Ok(Arc::new(overlay))
}

fn shown_path(db: &Database, file: File) -> Utf8PathBuf {
    let modules = db.modules();
    let path = file.path(db);
    if modules.configuration().global.show_absolute_path {
        path.clone()
    } else {
        modules.shown_path(path).to_owned()
    }
}
