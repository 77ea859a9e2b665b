//! Attributes that methods declare on `self` with an annotation or a type comment.

use pytype_index::{AssignmentNode, DefId, DefRef, DefinitionKind, syntax_of_unit};
use pytype_source::{File, Name};
use pytype_types::{AnySource, Ty};

use crate::annotations::parse_annotation;
use crate::names::scope_access::definition;
use crate::{DeclareDb, VariableInfo, type_comments, written_types};

/// What the first annotated assignment to `self.name` in `method` declares.
pub fn declaration(db: &dyn DeclareDb, method: DefRef, name: Name) -> Option<&VariableInfo> {
    declared(db, method.file, method.id, name).as_ref()
}

#[salsa::tracked(returns(ref))]
fn declared(db: &dyn DeclareDb, file: File, id: DefId, name: Name) -> Option<VariableInfo> {
    let at = DefRef { file, id };
    let DefinitionKind::Function { body, .. } = definition(db, at)?.kind else { return None };
    let place =
        written_types::Place { at, scope: body, class: written_types::class_around(db, at), owner: None };
    match syntax_of_unit(db, file, id.unit).self_attribute(id, name)?.assignment()? {
        AssignmentNode::Annotated(statement) => {
            let mut info = written_types::variable_declaration(db, &place, &statement.annotation);
            if statement.value.is_none() {
                // `self.x: Final`, where nothing tells the type.
                info.declared.get_or_insert(Ty::any(AnySource::Error));
            }
            Some(info)
        }
        AssignmentNode::Plain(statement) => {
            let comment = type_comments::of_assignment(db, at, statement.range.end())?;
            let annotation = parse_annotation(comment.text)?;
            Some(written_types::variable_declaration(db, &place, &annotation))
        }
    }
}
