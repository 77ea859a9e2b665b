//! The Python installation whose packages are searched, found without running anything.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use pytype_source::FileSystem;

use crate::{Directories, paths};

/// What the process's environment says about Python.
#[derive(Clone, Default, Debug)]
pub struct Variables {
    pub virtual_env: Option<Utf8PathBuf>,
    pub conda_prefix: Option<Utf8PathBuf>,
    pub python_path: Vec<Utf8PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<Utf8PathBuf>,
    pub home: Option<Utf8PathBuf>,
    /// `PYTHONNOUSERSITE` is set.
    pub no_user_site: bool,
}

impl Variables {
    /// Reads them from the process.
    pub fn from_process() -> Variables {
        let one = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let many = |name: &str| {
            let value = std::env::var_os(name).unwrap_or_default();
            std::env::split_paths(&value)
                .filter_map(|path| Utf8PathBuf::from_path_buf(path).ok())
                .filter(|path| !path.as_str().is_empty())
                .collect()
        };
        Variables {
            virtual_env: one("VIRTUAL_ENV").map(Into::into),
            conda_prefix: one("CONDA_PREFIX").map(Into::into),
            python_path: many("PYTHONPATH"),
            path: many("PATH"),
            home: one("HOME").or_else(|| one("USERPROFILE")).map(Into::into),
            no_user_site: one("PYTHONNOUSERSITE").is_some(),
        }
    }
}

/// Why this installation was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EnvironmentOrigin {
    /// `--python-executable`, or the configuration's.
    Executable,
    /// `.venv` or `venv` of the project.
    Project,
    /// `VIRTUAL_ENV`.
    VirtualEnv,
    /// `CONDA_PREFIX`.
    Conda,
    /// `python3` on `PATH`.
    SearchPath,
}

impl EnvironmentOrigin {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            EnvironmentOrigin::Executable => "the Python executable that was asked for",
            EnvironmentOrigin::Project => "the project's own virtual environment",
            EnvironmentOrigin::VirtualEnv => "VIRTUAL_ENV",
            EnvironmentOrigin::Conda => "CONDA_PREFIX",
            EnvironmentOrigin::SearchPath => "the first python3 on PATH",
        }
    }
}

/// A Python installation or virtual environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Environment {
    pub origin: EnvironmentOrigin,
    /// The folder that has `bin` and `lib`.
    pub prefix: Utf8PathBuf,
    /// The version, if its files tell.
    pub version: Option<(u8, u8)>,
    /// Folders with installed packages, without those that `.pth` files add.
    pub site_packages: Vec<Utf8PathBuf>,
    /// `PYTHONPATH`, which comes before them.
    pub python_path: Vec<Utf8PathBuf>,
}

/// What was chosen, and why: for `-v`.
impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some((major, minor)) => write!(f, "Python {major}.{minor}")?,
            None => write!(f, "Python of unknown version")?,
        }
        write!(f, " in {} ({}); packages in ", self.prefix, self.origin.reason())?;
        match &*self.site_packages {
            [] => write!(f, "no folder"),
            [first, rest @ ..] => {
                write!(f, "{first}")?;
                rest.iter().try_for_each(|site| write!(f, ", {site}"))
            }
        }
    }
}

/// The Python executable that was asked for does not exist.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("invalid Python executable `{executable}`: {problem}")]
pub struct EnvironmentError {
    pub executable: Utf8PathBuf,
    pub problem: &'static str,
}

impl Environment {
    /// Finds the installation for a project: the executable asked for, the project's own virtual
    /// environment, the active one, conda's, the first `python3` on `PATH`.
    pub fn discover(
        executable: Option<&Utf8Path>,
        project: &Utf8Path,
        variables: &Variables,
        fs: &dyn FileSystem,
    ) -> Result<Option<Environment>, EnvironmentError> {
        let finder = Finder { fs, variables };
        if let Some(executable) = executable {
            return finder.of_named_executable(executable, project).map(Some);
        }
        let of = |prefix: &Utf8Path, origin| finder.of_prefix(prefix, origin);
        let own = project.ancestors().flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
        for prefix in own {
            if fs.is_file(&prefix.join("pyvenv.cfg")) {
                return Ok(Some(of(&prefix, EnvironmentOrigin::Project)));
            }
        }
        let active = [
            (&variables.virtual_env, EnvironmentOrigin::VirtualEnv),
            (&variables.conda_prefix, EnvironmentOrigin::Conda),
        ];
        for (prefix, origin) in active {
            if let Some(prefix) = prefix
                && fs.is_directory(prefix)
            {
                return Ok(Some(of(prefix, origin)));
            }
        }
        let found = ["python3", "python"].iter().find_map(|name| finder.on_path(name));
        Ok(found.map(|executable| finder.of_executable(&executable, EnvironmentOrigin::SearchPath)))
    }

    /// Every folder in which installed packages are looked for, in order: `PYTHONPATH`, then each
    /// site-packages folder followed by what its `.pth` files add.
    pub fn package_path(&self, directories: &Directories) -> Vec<Utf8PathBuf> {
        let mut result: Vec<Utf8PathBuf> = Vec::new();
        let mut add = |path: Utf8PathBuf| {
            if !result.contains(&path) {
                result.push(path);
            }
        };
        self.python_path.iter().cloned().for_each(&mut add);
        for site in &self.site_packages {
            add(site.clone());
            added_by_pth_files(site, directories).into_iter().for_each(&mut add);
        }
        result
    }
}

/// The folders that the `.pth` files in `site` add. Lines that are code are not run.
fn added_by_pth_files(site: &Utf8Path, directories: &Directories) -> Vec<Utf8PathBuf> {
    let Some(folder) = directories.open(site) else { return Vec::new() };
    let fs = directories.file_system();
    let mut added = Vec::new();
    for (name, _, _) in folder.entries() {
        if !name.ends_with(".pth") || name.starts_with('.') || !folder.has_file(name) {
            continue;
        }
        let Ok(bytes) = fs.read(&site.join(name)) else { continue };
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
        for line in text.lines() {
            let is_code = line.starts_with("import ") || line.starts_with("import\t");
            if is_code || line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let path = paths::absolute(line.trim_end().into(), site);
            if fs.is_directory(&path) {
                added.push(path);
            }
        }
    }
    added
}

struct Finder<'a> {
    fs: &'a dyn FileSystem,
    variables: &'a Variables,
}

/// The parts of `pyvenv.cfg` that matter here.
#[derive(Default)]
struct VenvSettings {
    home: Option<Utf8PathBuf>,
    version: Option<(u8, u8)>,
    system_site_packages: bool,
}

impl Finder<'_> {
    fn on_path(&self, name: &str) -> Option<Utf8PathBuf> {
        let names = [name.to_owned(), format!("{name}.exe")];
        let candidates =
            self.variables.path.iter().flat_map(|folder| names.iter().map(|name| folder.join(name)));
        candidates.into_iter().find(|candidate| self.fs.is_file(candidate))
    }

    fn of_named_executable(
        &self,
        executable: &Utf8Path,
        project: &Utf8Path,
    ) -> Result<Environment, EnvironmentError> {
        let problem = |problem| EnvironmentError { executable: executable.to_owned(), problem };
        let has_folder = executable.parent().is_some_and(|parent| !parent.as_str().is_empty());
        let path = if has_folder {
            Some(paths::absolute(executable, project))
        } else {
            self.on_path(executable.as_str())
        };
        let path = path.ok_or_else(|| problem("it is not on PATH"))?;
        if !self.fs.is_file(&path) {
            return Err(problem("there is no such file"));
        }
        Ok(self.of_executable(&path, EnvironmentOrigin::Executable))
    }

    /// The environment of an executable. A virtual environment is recognised by where the
    /// executable stands, an installation by where the file that it links to stands.
    fn of_executable(&self, executable: &Utf8Path, origin: EnvironmentOrigin) -> Environment {
        let folder = executable.parent().unwrap_or(Utf8Path::new("/"));
        for prefix in [Some(folder), folder.parent()].into_iter().flatten() {
            if self.fs.is_file(&prefix.join("pyvenv.cfg")) {
                return self.of_prefix(prefix, origin);
            }
        }
        let resolved = self.fs.canonicalize(executable).unwrap_or_else(|_| executable.to_owned());
        let prefix = self.prefix_of_installation(&resolved);
        let version =
            resolved.file_name().and_then(|name| name.strip_prefix("python")).and_then(parse_version);
        self.of_installation(&prefix, version, origin)
    }

    fn prefix_of_installation(&self, executable: &Utf8Path) -> Utf8PathBuf {
        let folder = executable.parent().unwrap_or(Utf8Path::new("/"));
        // On Windows the executable stands at the prefix itself.
        if self.fs.is_directory(&folder.join("Lib")) {
            return folder.to_owned();
        }
        folder.parent().unwrap_or(folder).to_owned()
    }

    /// The environment with the given prefix: a virtual environment or an installation.
    fn of_prefix(&self, prefix: &Utf8Path, origin: EnvironmentOrigin) -> Environment {
        let settings = self.fs.read(&prefix.join("pyvenv.cfg")).ok().map(|bytes| venv_settings(&bytes));
        let Some(settings) = settings else { return self.of_installation(prefix, None, origin) };
        let library = self.library(prefix, settings.version);
        let version = settings.version.or(library.as_ref().and_then(|library| library.version));
        let mut site_packages = self.site_packages(prefix, version);
        if settings.system_site_packages
            && let Some(home) = &settings.home
        {
            let home = self.fs.canonicalize(home).unwrap_or_else(|_| home.clone());
            let base = self.of_installation(home.parent().unwrap_or(&home), version, origin);
            site_packages.extend(base.site_packages);
        }
        let python_path = self.variables.python_path.clone();
        Environment { origin, prefix: prefix.to_owned(), version, site_packages, python_path }
    }

    fn of_installation(
        &self,
        prefix: &Utf8Path,
        version: Option<(u8, u8)>,
        origin: EnvironmentOrigin,
    ) -> Environment {
        let version = version.or_else(|| self.library(prefix, None)?.version);
        let mut site_packages: Vec<Utf8PathBuf> = self.user_site(version).into_iter().collect();
        site_packages.extend(self.site_packages(prefix, version));
        let python_path = self.variables.python_path.clone();
        Environment { origin, prefix: prefix.to_owned(), version, site_packages, python_path }
    }

    fn user_site(&self, version: Option<(u8, u8)>) -> Option<Utf8PathBuf> {
        if self.variables.no_user_site {
            return None;
        }
        let (major, minor) = version?;
        let home = self.variables.home.as_ref()?;
        let candidates = [
            home.join(format!(".local/lib/python{major}.{minor}/site-packages")),
            home.join(format!("Library/Python/{major}.{minor}/lib/python/site-packages")),
            home.join(format!("AppData/Roaming/Python/Python{major}{minor}/site-packages")),
        ];
        candidates.into_iter().find(|candidate| self.fs.is_directory(candidate))
    }

    /// The folders with installed packages below `prefix` that exist.
    fn site_packages(&self, prefix: &Utf8Path, version: Option<(u8, u8)>) -> Vec<Utf8PathBuf> {
        let library = self.library(prefix, version).map(|library| library.path);
        let mut candidates: Vec<Utf8PathBuf> = Vec::new();
        if let Some(library) = &library
            && let Some(name) = library.file_name()
        {
            // Debian keeps packages of the system apart from those of its administrator.
            candidates.push(prefix.join("local/lib").join(name).join("dist-packages"));
            candidates.push(library.join("site-packages"));
            candidates.push(prefix.join("lib64").join(name).join("site-packages"));
            candidates.push(prefix.join("lib/python3/dist-packages"));
            candidates.push(library.join("dist-packages"));
        }
        candidates.push(prefix.join("Lib/site-packages"));
        let mut seen = Vec::new();
        candidates.retain(|candidate| {
            if !self.fs.is_directory(candidate) {
                return false;
            }
            // `lib64` is often a link to `lib`, and some file systems ignore case.
            let real = self.fs.canonicalize(candidate).unwrap_or_else(|_| candidate.clone());
            let is_new = !seen.contains(&real);
            seen.push(real);
            is_new
        });
        candidates
    }

    /// `lib/pythonX.Y` of an installation: of `version`, or else of the newest there is.
    fn library(&self, prefix: &Utf8Path, version: Option<(u8, u8)>) -> Option<Library> {
        let lib = prefix.join("lib");
        if let Some((major, minor)) = version {
            let path = lib.join(format!("python{major}.{minor}"));
            if self.fs.is_directory(&path) {
                return Some(Library { path, version });
            }
        }
        let versioned = |name: &str| {
            let rest = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"))?;
            parse_version(rest)
        };
        let found = self.fs.list(&lib).ok()?.into_iter().filter_map(|entry| {
            let version = versioned(&entry.name)?;
            Some((version, entry.name))
        });
        let (version, name) = found.max()?;
        Some(Library { path: lib.join(name), version: Some(version) })
    }
}

struct Library {
    path: Utf8PathBuf,
    version: Option<(u8, u8)>,
}

/// Reads `3.12`, `3.12.1`, `3.12.1.final.0`.
fn parse_version(text: &str) -> Option<(u8, u8)> {
    let mut parts = text.trim().split('.');
    let major = parts.next()?.parse().ok()?;
    let minor: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
    Some((major, minor.parse().ok()?))
}

fn venv_settings(bytes: &[u8]) -> VenvSettings {
    let mut settings = VenvSettings::default();
    for line in String::from_utf8_lossy(bytes).lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        match &*key.trim().to_ascii_lowercase() {
            "home" => settings.home = Some(value.into()),
            "version" | "version_info" => settings.version = settings.version.or(parse_version(value)),
            "include-system-site-packages" => {
                settings.system_site_packages = value.eq_ignore_ascii_case("true");
            }
            _ => {}
        }
    }
    settings
}
