//! What module names mean.

mod database;

use database::Run;
use pytype_config::FollowImports;
use pytype_modules::{ModuleDb, ModuleTable, Resolution, module_exists};
use pytype_source::{FileOrigin, FileSystem, Name};

#[test]
fn own_code_comes_before_typeshed_and_packages() {
    let db = Run::with(&[
        ("/project/tokenize.py", ""),
        ("/site/tokenize.py", ""),
        ("/site/abc.py", ""),
        ("/site/py.typed", ""),
    ])
    .start();
    assert_eq!(db.meaning("tokenize"), "/project/tokenize.py");
    assert_eq!(db.meaning("abc"), "<typeshed>/stdlib/abc.pyi");
    assert_eq!(db.meaning("os.path"), "<typeshed>/stdlib/os/path.pyi");
    assert_eq!(db.meaning("os.nothing"), "nothing");
    assert_eq!(db.meaning("mypy_extensions"), "<typeshed>/stubs/mypy-extensions/mypy_extensions.pyi");
}

#[test]
fn mypy_path_comes_first() {
    let files = [("/project/m.py", ""), ("/project/stubs/m.pyi", ""), ("/project/stubs/n.pyi", "")];
    let run = || Run::with(&files);
    assert_eq!(run().start().meaning("m"), "/project/m.py");
    let db = run().set(|global, _| global.mypy_path.push("stubs".into())).start();
    assert_eq!(db.meaning("m"), "/project/stubs/m.pyi");
    assert_eq!(db.meaning("n"), "/project/stubs/n.pyi");
}

#[test]
fn stubs_beside_sources_and_packages_before_modules() {
    let db = Run::with(&[
        ("/project/a.py", ""),
        ("/project/a.pyi", ""),
        ("/project/b.pyi", ""),
        ("/project/b/__init__.py", ""),
        ("/project/c/__init__.py", ""),
        ("/project/c/__init__.pyi", ""),
    ])
    .start();
    assert_eq!(db.meaning("a"), "/project/a.pyi");
    assert_eq!(db.meaning("b"), "/project/b/__init__.py");
    assert_eq!(db.meaning("c"), "/project/c/__init__.pyi");
}

#[test]
fn the_standard_library_depends_on_the_version() {
    let at = |minor| Run::with(&[]).set(|_, module| module.python_version = (3, minor)).start();
    assert_eq!(at(10).meaning("tomllib"), "nothing");
    assert_eq!(at(11).meaning("tomllib"), "<typeshed>/stdlib/tomllib.pyi");
    assert_eq!(at(11).meaning("distutils.core"), "<typeshed>/stdlib/distutils/core.pyi");
    assert_eq!(at(12).meaning("distutils.core"), "nothing");
    // Modules of a package can have a range of their own.
    assert_eq!(at(10).meaning("asyncio.taskgroups"), "nothing");
    assert_eq!(at(11).meaning("asyncio.taskgroups"), "<typeshed>/stdlib/asyncio/taskgroups.pyi");
}

#[test]
fn a_typeshed_of_ones_own() {
    let db = Run::with(&[
        ("/shed/stdlib/VERSIONS", "abc: 3.0-\nnew: 3.15-\n"),
        ("/shed/stdlib/abc.pyi", ""),
        ("/shed/stdlib/new.pyi", ""),
        ("/shed/stubs/mypy-extensions/mypy_extensions.pyi", ""),
        ("/shed/stubs/requests/requests/__init__.pyi", ""),
    ])
    .set(|global, _| global.custom_typeshed_dir = Some("/shed".into()))
    .start();
    assert_eq!(db.meaning("abc"), "/shed/stdlib/abc.pyi");
    assert_eq!(db.meaning("new"), "nothing");
    assert_eq!(db.meaning("os"), "nothing");
    assert_eq!(db.meaning("mypy_extensions"), "/shed/stubs/mypy-extensions/mypy_extensions.pyi");
    assert_eq!(db.meaning("requests"), "install types-requests");
    let wrong = Run::with(&[]).set(|global, _| global.custom_typeshed_dir = Some("/none".into())).build();
    assert!(wrong.err().unwrap().to_string().contains("`/none` is not a typeshed tree"));
}

#[test]
fn namespaces() {
    let files = [("/project/ns/a/b.py", ""), ("/project/ns/c.txt", "")];
    let db = Run::with(&files).start();
    assert_eq!(db.meaning("ns"), "namespace");
    assert_eq!(db.meaning("ns.a"), "namespace");
    assert_eq!(db.meaning("ns.a.b"), "/project/ns/a/b.py");
    assert_eq!(db.meaning("ns.c"), "nothing");
    let db = Run::with(&files).set(|global, _| global.namespace_packages = false).start();
    assert_eq!(db.meaning("ns"), "nothing");
    assert_eq!(db.meaning("ns.a.b"), "nothing");
}

#[test]
fn the_outermost_package_wins_among_namespaces() {
    let db = Run::with(&[
        ("/project/p/q/m.py", ""),
        ("/project/roots/x/p/__init__.py", ""),
        ("/project/roots/x/p/q/m.py", ""),
    ])
    .set(|global, _| global.mypy_path = vec!["/project/roots/y".into(), "/project/roots/x".into()])
    .start();
    assert_eq!(db.meaning("p.q.m"), "/project/roots/x/p/q/m.py");
}

#[test]
fn installed_packages_need_py_typed() {
    let files = [
        ("/site/typed/__init__.py", ""),
        ("/site/typed/py.typed", ""),
        ("/site/typed/sub/__init__.py", ""),
        ("/site/typed/sub/m.py", ""),
        ("/site/untyped/__init__.py", ""),
        ("/site/untyped/m.py", ""),
        ("/site/single.py", ""),
    ];
    let db = Run::with(&files).start();
    assert_eq!(db.meaning("typed"), "/site/typed/__init__.py");
    assert_eq!(db.meaning("typed.sub.m"), "/site/typed/sub/m.py");
    assert_eq!(db.meaning("typed.none"), "nothing");
    assert_eq!(db.meaning("untyped"), "untyped");
    assert_eq!(db.meaning("untyped.m"), "untyped");
    assert_eq!(db.meaning("single"), "untyped");
    let db = Run::with(&files).set(|_, module| module.follow_untyped_imports = true).start();
    assert_eq!(db.meaning("untyped.m"), "/site/untyped/m.py");
    assert_eq!(db.meaning("single"), "/site/single.py");
    let db = Run::with(&files).set(|global, _| global.no_site_packages = true).start();
    assert_eq!(db.meaning("typed"), "nothing");
}

#[test]
fn stub_packages() {
    let db = Run::with(&[
        ("/site/a/__init__.py", ""),
        ("/site/a/b.py", ""),
        ("/site/a-stubs/__init__.pyi", ""),
        ("/site/part/__init__.py", ""),
        ("/site/part/py.typed", ""),
        ("/site/part/x.py", ""),
        ("/site/part/y.py", ""),
        ("/site/part-stubs/py.typed", "partial\n"),
        ("/site/part-stubs/x.pyi", ""),
    ])
    .start();
    assert_eq!(db.meaning("a"), "/site/a-stubs/__init__.pyi");
    assert_eq!(db.meaning("a.b"), "untyped");
    assert_eq!(db.meaning("part.x"), "/site/part-stubs/x.pyi");
    assert_eq!(db.meaning("part.y"), "/site/part/y.py");
    assert_eq!(db.meaning("part"), "/site/part/__init__.py");
}

#[test]
fn namespaces_of_installed_packages() {
    let db = Run::with(&[
        ("/site/org/one/__init__.py", ""),
        ("/site/org/one/py.typed", ""),
        ("/site/org/two/__init__.py", ""),
        ("/site/plain/data.txt", ""),
    ])
    .start();
    assert_eq!(db.meaning("org"), "namespace");
    assert_eq!(db.meaning("org.one"), "/site/org/one/__init__.py");
    assert_eq!(db.meaning("org.two"), "untyped");
    assert_eq!(db.meaning("plain"), "untyped");
}

#[test]
fn distributions_with_stubs_are_named() {
    let db = Run::with(&[("/site/yaml/__init__.py", ""), ("/site/requests-stubs/__init__.pyi", "")]).start();
    assert_eq!(db.meaning("yaml"), "install types-PyYAML");
    assert_eq!(db.meaning("yaml.nodes"), "install types-PyYAML");
    assert_eq!(db.meaning("google.protobuf.x"), "install types-protobuf");
    // The stubs are there; only this module is not.
    assert_eq!(db.meaning("requests.none"), "nothing");
}

#[test]
fn editable_installs() {
    let db = Run::with(&[
        (
            "/site/__editable__.pth",
            "/elsewhere/src\n# note\nimport sys; sys.exit()\n/not/there\n../relative\n",
        ),
        ("/elsewhere/src/lib/__init__.py", ""),
        ("/elsewhere/src/lib/py.typed", ""),
        ("/relative/other/__init__.pyi", ""),
        ("/relative/other/py.typed", ""),
    ])
    .start();
    assert_eq!(db.meaning("lib"), "/elsewhere/src/lib/__init__.py");
    assert_eq!(db.meaning("other"), "/relative/other/__init__.pyi");
}

#[test]
fn imports_are_followed_as_told() {
    let files = [("/project/a.py", ""), ("/project/b.py", ""), ("/project/c.pyi", "")];
    let with = |follow: FollowImports| {
        Run::with(&files).checking(&["a.py"]).set(move |_, module| module.follow_imports = follow).start()
    };
    assert_eq!(with(FollowImports::Skip).meaning("b"), "skipped");
    assert_eq!(with(FollowImports::Error).meaning("b"), "error");
    // Sources, stubs and what mypy is built on are always followed.
    assert_eq!(with(FollowImports::Skip).meaning("a"), "/project/a.py");
    assert_eq!(with(FollowImports::Skip).meaning("c"), "/project/c.pyi");
    assert_eq!(with(FollowImports::Skip).meaning("typing"), "<typeshed>/stdlib/typing.pyi");
    assert!(module_exists(&with(FollowImports::Skip), Name::new("b")));
}

#[test]
fn origins() {
    let db = Run::with(&[
        ("/project/a.py", ""),
        ("/project/b.py", ""),
        ("/site/lib/__init__.py", ""),
        ("/site/lib/py.typed", ""),
    ])
    .checking(&["a.py"])
    .start();
    let origin = |name: &str| match db.resolve_module(Name::new(name)) {
        Resolution::Found(file) => file.origin(&db),
        other => panic!("{other:?}"),
    };
    assert_eq!(origin("a"), FileOrigin::Checked);
    assert_eq!(origin("b"), FileOrigin::Followed);
    assert_eq!(origin("lib"), FileOrigin::Silent);
    assert_eq!(origin("builtins"), FileOrigin::Typeshed);
}

#[test]
fn running_inside_a_package() {
    let mut run = Run::with(&[
        ("/project/pkg/__init__.py", ""),
        ("/project/pkg/m.py", "import pkg.n\n"),
        ("/project/pkg/n.py", ""),
    ]);
    run.current_directory = "/project/pkg".into();
    let db = run.start();
    assert_eq!(db.meaning("pkg.n"), "nothing");
    assert!(db.modules().is_in_parent_directory(Name::new("pkg.n")));
    assert!(!db.modules().is_in_parent_directory(Name::new("pkg.none")));
}

#[test]
fn one_file_with_two_names_is_a_conflict() {
    let db =
        Run::with(&[("/project/src/m.py", ""), ("/project/src/n.py", "")]).checking(&["src/m.py"]).start();
    assert_eq!(db.modules().source_files(&db).len(), 1);
    assert_eq!(db.modules().conflict(), None);
    db.meaning("src.n");
    assert_eq!(db.modules().conflict(), None);
    db.meaning("src.m");
    let conflict = db.modules().conflict().unwrap();
    assert_eq!(
        conflict.to_string(),
        "src/m.py: error: Source file found twice under different module names: \"m\" and \"src.m\""
    );
    assert!(!conflict.hints().is_empty());
}

#[test]
fn answers_do_not_depend_on_threads_or_order() {
    let files: Vec<(String, &str)> = (0..200)
        .map(|i| (format!("/project/p{}/m{i}.py", i % 7), ""))
        .chain((0..7).filter(|i| i % 2 == 0).map(|i| (format!("/project/p{i}/__init__.py"), "")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let names: Vec<String> = (0..7).flat_map(|p| (0..200).map(move |m| format!("p{p}.m{m}"))).collect();
    let alone = Run::with(&files).start();
    let expected: Vec<String> = names.iter().map(|name| alone.meaning(name)).collect();
    let shared = Run::with(&files).start();
    std::thread::scope(|scope| {
        for backwards in [false, true] {
            let (db, names, expected) = (shared.clone(), &names, &expected);
            scope.spawn(move || {
                let order: Vec<usize> =
                    if backwards { (0..names.len()).rev().collect() } else { (0..names.len()).collect() };
                for index in order {
                    assert_eq!(db.meaning(&names[index]), expected[index]);
                }
            });
        }
    });
}

#[test]
fn files_that_come_later_are_found_when_told() {
    let run = Run::with(&[("/project/a.py", "")]);
    let fs = run.fs.clone();
    let db = run.start();
    assert_eq!(db.meaning("b"), "nothing");
    fs.write("/project/b.py", "");
    assert_eq!(db.meaning("b"), "nothing");
    ModuleTable::forget(db.modules());
    assert_eq!(db.meaning("b"), "/project/b.py");
    assert!(fs.is_file("/project/b.py".into()));
}
