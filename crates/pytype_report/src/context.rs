//! Which class and function a place is in (`--show-error-context`).

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The class and the function around a place. As in mypy the function is the outermost one,
/// and a class only counts outside of functions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LocalContext {
    pub class: Option<String>,
    pub function: Option<String>,
}

impl LocalContext {
    /// The heading under which findings of this context are shown.
    pub fn heading(&self) -> String {
        match (&self.class, &self.function) {
            (None, None) => "At top level:".to_owned(),
            (Some(class), None) => format!("In class \"{class}\":"),
            (None, Some(function)) => format!("In function \"{function}\":"),
            (Some(class), Some(function)) => format!("In member \"{function}\" of class \"{class}\":"),
        }
    }
}

/// The contexts of several places in a text.
pub fn local_contexts(text: &str, places: impl Iterator<Item = TextSize>) -> Vec<LocalContext> {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let Some(parsed) = parsed.try_into_module() else {
        return places.map(|_| LocalContext::default()).collect();
    };
    let scopes = scopes(parsed.syntax());
    places
        .map(|place| {
            let mut around = scopes.iter().rev().filter(|scope| scope.range.contains_inclusive(place));
            // The innermost scope is the last one to begin.
            around.next().map(|scope| scope.context.clone()).unwrap_or_default()
        })
        .collect()
}

struct Scope {
    range: TextRange,
    context: LocalContext,
}

fn scopes(module: &ModModule) -> Vec<Scope> {
    let mut collector = Collector::default();
    collector.visit_body(&module.body);
    collector.scopes
}

#[derive(Default)]
struct Collector {
    scopes: Vec<Scope>,
    context: LocalContext,
}

impl StatementVisitor<'_> for Collector {
    fn visit_stmt(&mut self, statement: &Stmt) {
        let inner = match statement {
            Stmt::FunctionDef(function) => {
                LocalContext { class: self.context.class.clone(), function: Some(function.name.to_string()) }
            }
            Stmt::ClassDef(class) => LocalContext { class: Some(class.name.to_string()), function: None },
            _ => return walk_stmt(self, statement),
        };
        self.scopes.push(Scope { range: statement.range(), context: inner.clone() });
        // Nothing inside a function opens another context.
        if inner.function.is_none() {
            let outer = std::mem::replace(&mut self.context, inner);
            walk_stmt(self, statement);
            self.context = outer;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts() {
        let text = "x = 0\nclass A:\n    y = 0\n    def f(self):\n        class B:\n            z = 0\n";
        let at = |mark: &str| TextSize::try_from(text.find(mark).unwrap()).unwrap();
        let headings: Vec<String> = local_contexts(text, [at("x ="), at("y ="), at("z =")].into_iter())
            .iter()
            .map(LocalContext::heading)
            .collect();
        assert_eq!(headings, ["At top level:", "In class \"A\":", "In member \"f\" of class \"A\":"]);
    }
}
