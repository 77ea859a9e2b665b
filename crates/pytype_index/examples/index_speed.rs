//! Measures indexing: `index_speed FOLDER` parses every Python file below a folder, then indexes
//! the interfaces, then the bodies, on one thread, and says how long each step took.

use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use pytype_config::ModuleOptions;
use pytype_index::{DefId, DefinitionKind, FileIndex, IndexDb, Syntax, body_index, file_index};
use pytype_modules::{ModuleDb, ModuleTable, Resolution};
use pytype_source::{DiskFileSystem, File, FileOrigin, FileSystem, Name, SourceDb, parse, source_text};

#[salsa::db]
#[derive(Clone)]
struct Database {
    storage: salsa::Storage<Database>,
    options: std::sync::Arc<ModuleOptions>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl SourceDb for Database {
    fn file_system(&self) -> &dyn FileSystem {
        &DiskFileSystem
    }
}

#[salsa::db]
impl ModuleDb for Database {
    fn module_options(&self, _file: File) -> &ModuleOptions {
        &self.options
    }
    fn modules(&self) -> &ModuleTable {
        unimplemented!("indexing one file asks for no module")
    }
    fn resolve_module(&self, _name: Name) -> Resolution {
        Resolution::NotFound
    }
}

#[salsa::db]
impl IndexDb for Database {
    fn checked_files(&self) -> Vec<File> {
        Vec::new()
    }
    fn unit_index(&self, file: File, unit: u32) -> &FileIndex {
        pytype_index::find_index(self, file, unit)
    }
    fn unit_syntax(&self, file: File, unit: u32) -> &Syntax {
        pytype_index::find_syntax(self, file, unit)
    }
}

fn python_files(folder: &Utf8Path, found: &mut Vec<Utf8PathBuf>) {
    let Ok(entries) = folder.read_dir_utf8() else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(path, found);
        } else if path.extension() == Some("py") {
            found.push(path.to_owned());
        }
    }
}

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: index_speed FOLDER");
        return;
    };
    let mut paths = Vec::new();
    python_files(Utf8Path::new(&folder), &mut paths);
    let db = Database { storage: salsa::Storage::default(), options: Default::default() };
    let files: Vec<File> = paths
        .iter()
        .map(|path| {
            let module = path.as_str().trim_start_matches('/').trim_end_matches(".py").replace('/', ".");
            File::new(&db, path.clone(), Name::new(&module), FileOrigin::Checked, 0)
        })
        .collect();
    let bytes: usize = files.iter().map(|file| source_text(&db, *file).text.len()).sum();
    println!("{} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    let start = Instant::now();
    files.iter().for_each(|file| drop(parse(&db, *file).clone()));
    println!("parse      {:7.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    let definitions: usize = files.iter().map(|file| file_index(&db, *file).definitions.len()).sum();
    println!("interfaces {:7.1} ms, {definitions} definitions", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    let mut inner = 0;
    for file in &files {
        for (ordinal, definition) in (0..).zip(&file_index(&db, *file).definitions) {
            if matches!(definition.kind, DefinitionKind::Function { .. }) {
                let id = DefId { unit: 0, ordinal };
                inner += body_index(&db, *file, id.body_unit()).definitions.len();
            }
        }
    }
    println!("bodies     {:7.1} ms, {inner} definitions", start.elapsed().as_secs_f64() * 1e3);
}
