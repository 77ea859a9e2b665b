//! What only a real disk has: links, interpreters, files that cannot be read.

#![cfg(unix)]

mod database;

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use database::Run;
use pytype_config::GlobalOptions;
use pytype_modules::{Directories, Environment, EnvironmentOrigin, ModuleDb, Variables, file_system_of_run};
use pytype_source::{DiskFileSystem, FileSystem, source_text};

struct Folder {
    path: Utf8PathBuf,
    _guard: tempfile::TempDir,
}

impl Folder {
    fn with(files: &[(&str, &str)]) -> Folder {
        let guard = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(guard.path()).unwrap().canonicalize_utf8().unwrap();
        for (file, text) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Folder { path, _guard: guard }
    }

    fn link(&self, target: &str, link: &str) {
        symlink(target, self.path.join(link)).unwrap();
    }

    fn run(&self) -> Run {
        let mut run = Run::with(&[]);
        run.current_directory = self.path.clone();
        run.site_packages = vec![self.path.join("site")];
        run
    }

    fn environment(&self, executable: Option<&str>, variables: &Variables) -> Option<Environment> {
        let executable = executable.map(|executable| self.path.join(executable));
        Environment::discover(executable.as_deref(), &self.path.join("project"), variables, &DiskFileSystem)
            .unwrap()
    }
}

#[test]
fn links_that_lead_back_are_not_entered() {
    let folder = Folder::with(&[("p/__init__.py", ""), ("p/m.py", ""), ("q/n.py", "")]);
    folder.link("..", "p/up");
    folder.link(".", "p/self");
    folder.link("../q", "p/q");
    folder.link("../p", "q/p");
    folder.link("nowhere", "p/broken.py");
    let db = folder.run().checking(&["p"]).start();
    assert_eq!(db.sources(), ["p=p/__init__.py", "p.q.n=p/q/n.py", "p.m=p/m.py"]);
}

#[test]
fn unreadable_files_are_problems_of_their_own() {
    let folder = Folder::with(&[("good.py", "x = 1\n")]);
    fs::write(folder.path.join("bad.py"), b"x = '\xff'\n").unwrap();
    fs::write(folder.path.join("latin.py"), b"# coding: latin-1\nx = '\xe4'\n").unwrap();
    let db = folder.run().checking(&["good.py", "bad.py", "latin.py", "gone.py"]).start();
    let problems: Vec<Option<String>> = db
        .modules()
        .source_files(&db)
        .into_iter()
        .map(|file| source_text(&db, file).problem.clone())
        .collect();
    assert_eq!(problems.len(), 4);
    assert_eq!(problems[0], None);
    assert!(problems[1].as_ref().unwrap().starts_with("Cannot decode file: byte 0xff"));
    assert_eq!(problems[2], None);
    assert!(problems[3].as_ref().unwrap().starts_with("Cannot read file"));
}

#[test]
fn programs_lie_over_the_disk() {
    let folder = Folder::with(&[("a.py", "x = 1")]);
    let options = GlobalOptions { command: Some("y = 2".to_owned()), ..GlobalOptions::default() };
    let fs = file_system_of_run(&options);
    assert_eq!(&*fs.read(&folder.path.join("a.py")).unwrap(), b"x = 1");
    assert_eq!(&*fs.read("<string>".into()).unwrap(), b"y = 2");
    assert!(!file_system_of_run(&GlobalOptions::default()).is_file("<string>".into()));
}

#[test]
fn virtual_environments_are_found_and_read() {
    let folder = Folder::with(&[
        (".venv/pyvenv.cfg", "home = /nowhere/bin\nversion = 3.12.4\n"),
        (".venv/lib/python3.12/site-packages/lib/py.typed", ""),
        ("active/pyvenv.cfg", "home=/nowhere/bin\nversion_info = 3.13.0.final.0\n"),
        ("active/lib/python3.13/site-packages/x.py", ""),
        ("active/bin/tool", ""),
        ("project/a.py", ""),
    ]);
    folder.link("lib", ".venv/lib64");
    let variables = Variables { virtual_env: Some(folder.path.join("active")), ..Variables::default() };
    let found = folder.environment(None, &variables).unwrap();
    assert_eq!(found.origin, EnvironmentOrigin::Project);
    assert_eq!(found.version, Some((3, 12)));
    assert!(found.to_string().starts_with("Python 3.12 in "));
    assert_eq!(found.site_packages, [folder.path.join(".venv/lib/python3.12/site-packages")]);

    symlink("/usr/bin/env", folder.path.join("active/bin/python")).unwrap();
    let asked = folder.environment(Some("active/bin/python"), &variables).unwrap();
    assert_eq!(asked.origin, EnvironmentOrigin::Executable);
    assert_eq!(asked.version, Some((3, 13)));
    assert_eq!(asked.prefix, folder.path.join("active"));

    fs::remove_dir_all(folder.path.join(".venv")).unwrap();
    let active = folder.environment(None, &variables).unwrap();
    assert_eq!(active.origin, EnvironmentOrigin::VirtualEnv);
    assert_eq!(active.site_packages, [folder.path.join("active/lib/python3.13/site-packages")]);
}

#[test]
fn installations_are_found_by_their_layout() {
    let folder = Folder::with(&[
        ("usr/bin/python3.11", ""),
        ("usr/lib/python3.11/os.py", ""),
        ("usr/local/lib/python3.11/dist-packages/a.py", ""),
        ("usr/lib/python3/dist-packages/b.py", ""),
        ("home/.local/lib/python3.11/site-packages/c.py", ""),
        ("conda/lib/python3.9/site-packages/d.py", ""),
        ("conda/lib/python3.10/site-packages/d.py", ""),
        ("shared/pyvenv.cfg", "include-system-site-packages = true\nversion = 3.11.2\n"),
        ("shared/lib/python3.11/site-packages/e.py", ""),
    ]);
    folder.link("python3.11", "usr/bin/python3");
    let variables = Variables {
        path: vec![folder.path.join("nothing"), folder.path.join("usr/bin")],
        home: Some(folder.path.join("home")),
        python_path: vec![folder.path.join("extra")],
        ..Variables::default()
    };
    let user = folder.path.join("home/.local/lib/python3.11/site-packages");
    let debian = [
        folder.path.join("usr/local/lib/python3.11/dist-packages"),
        folder.path.join("usr/lib/python3/dist-packages"),
    ];
    let system = folder.environment(None, &variables).unwrap();
    assert_eq!(system.origin, EnvironmentOrigin::SearchPath);
    assert_eq!(system.version, Some((3, 11)));
    assert_eq!(system.site_packages, [&[user.clone()][..], &debian].concat());
    let directories = Directories::new(Arc::new(DiskFileSystem));
    assert_eq!(system.package_path(&directories)[0], folder.path.join("extra"));

    let conda = Variables { conda_prefix: Some(folder.path.join("conda")), ..Variables::default() };
    let conda = folder.environment(None, &conda).unwrap();
    assert_eq!((conda.origin, conda.version), (EnvironmentOrigin::Conda, Some((3, 10))));
    assert_eq!(conda.site_packages, [folder.path.join("conda/lib/python3.10/site-packages")]);

    let config = folder.path.join("shared/pyvenv.cfg");
    let text = format!("home = {}\n{}", folder.path.join("usr/bin"), fs::read_to_string(&config).unwrap());
    fs::write(&config, text).unwrap();
    let inherits = Variables { virtual_env: Some(folder.path.join("shared")), ..variables };
    let inherits = folder.environment(None, &inherits).unwrap();
    let own = folder.path.join("shared/lib/python3.11/site-packages");
    assert_eq!(inherits.site_packages, [&[own, user][..], &debian].concat());
}

#[test]
fn executables_must_exist() {
    let folder = Folder::with(&[]);
    let discover = |executable: &str| {
        Environment::discover(Some(executable.into()), &folder.path, &Variables::default(), &DiskFileSystem)
    };
    assert!(discover("no/such/python").unwrap_err().to_string().contains("`no/such/python`"));
    assert!(discover("python9").unwrap_err().to_string().contains("not on PATH"));
    assert_eq!(folder.environment(None, &Variables::default()), None);
    assert!(DiskFileSystem.read(&folder.path.join("none")).is_err());
}
