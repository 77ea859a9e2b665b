//! What discovery leaves out: `--exclude` and `.gitignore`.

use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use fancy_regex::Regex;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use pytype_config::GlobalOptions;
use pytype_source::FileSystem;
use rustc_hash::FxHashMap;

use crate::{SourceError, paths};

/// Decides about each path that discovery comes to.
pub struct Excludes<'a> {
    fs: &'a dyn FileSystem,
    current_directory: &'a Utf8Path,
    patterns: Vec<Regex>,
    use_gitignore: bool,
    /// The ignore files that hold in a folder, outermost first.
    gitignores: Mutex<FxHashMap<Utf8PathBuf, Vec<Gitignore>>>,
}

impl<'a> Excludes<'a> {
    /// Compiles the patterns; one that cannot be read is an error.
    pub fn new(
        options: &GlobalOptions,
        current_directory: &'a Utf8Path,
        fs: &'a dyn FileSystem,
    ) -> Result<Excludes<'a>, SourceError> {
        let compile = |pattern: &String| {
            Regex::new(&from_python(pattern)).map_err(|error| SourceError::BadExclude {
                pattern: pattern.clone(),
                problem: error.to_string(),
            })
        };
        Ok(Excludes {
            fs,
            current_directory,
            patterns: options.exclude.iter().map(compile).collect::<Result<_, _>>()?,
            use_gitignore: options.exclude_gitignore,
            gitignores: Mutex::default(),
        })
    }

    /// Whether nothing is ever left out.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && !self.use_gitignore
    }

    /// Whether the file or folder at `path` (absolute) is left out.
    pub fn leave_out(&self, path: &Utf8Path, is_folder: bool) -> bool {
        self.matches_pattern(path, is_folder) || (self.use_gitignore && self.is_ignored(path, is_folder))
    }

    fn matches_pattern(&self, path: &Utf8Path, is_folder: bool) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let mut shown = paths::relative(path, self.current_directory).into_string().replace('\\', "/");
        if is_folder {
            shown.push('/');
        }
        // A pattern that takes too long to decide about a path does not match it.
        self.patterns.iter().any(|pattern| pattern.is_match(&shown).unwrap_or(false))
    }

    fn is_ignored(&self, path: &Utf8Path, is_folder: bool) -> bool {
        let Some(folder) = path.parent() else { return false };
        self.gitignores_of(folder).iter().any(|ignore| ignore.matched(path, is_folder).is_ignore())
    }

    /// The ignore files from the repository's root (or the disk's) down to `folder`.
    fn gitignores_of(&self, folder: &Utf8Path) -> Vec<Gitignore> {
        let lock = || self.gitignores.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return known.clone();
        }
        let is_root = folder.parent().is_none() || self.fs.kind(&folder.join(".git")).is_some();
        let mut found = match folder.parent() {
            Some(parent) if !is_root => self.gitignores_of(parent),
            _ => self.read(folder, ".git/info/exclude").into_iter().collect(),
        };
        found.extend(self.read(folder, ".gitignore"));
        lock().insert(folder.to_owned(), found.clone());
        found
    }

    fn read(&self, folder: &Utf8Path, name: &str) -> Option<Gitignore> {
        let bytes = self.fs.read(&folder.join(name)).ok()?;
        let mut builder = GitignoreBuilder::new(folder);
        for line in String::from_utf8_lossy(&bytes).lines() {
            // A line that is no pattern is passed over, as git does.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok().filter(|ignore| !ignore.is_empty())
    }
}

/// Python's spelling of a pattern, where it differs: `\Z` is `\z`.
fn from_python(pattern: &str) -> String {
    let mut result = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        result.push(character);
        if character == '\\'
            && let Some(next) = characters.next()
        {
            result.push(if next == 'Z' { 'z' } else { next });
        }
    }
    result
}
