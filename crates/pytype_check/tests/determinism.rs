//! The answer does not depend on threads, on the order of files, or on how it is asked for.

mod support;

use support::{Numbers, Project, shop};

#[test]
fn threads_and_order_change_nothing() {
    let expected = Project::new(&shop()).check_at_once(1, |_| {});
    assert!(!expected["shop/service.py"].is_empty());
    let mut numbers = Numbers(42);
    for threads in [1, 2, 2, 4] {
        let found = Project::new(&shop()).check_at_once(threads, |files| numbers.shuffle(files));
        assert_eq!(found, expected);
    }
}

#[test]
fn one_run_finds_what_queries_find() {
    let at_once = Project::new(&shop()).check_at_once(2, |_| {});
    assert_eq!(Project::new(&shop()).check(), at_once);
}

#[test]
fn the_same_database_answers_the_same_again() {
    let project = Project::new(&shop());
    let first = project.check();
    assert_eq!(project.check(), first);
    assert_eq!(project.check_at_once(2, |_| {}), first);
}
