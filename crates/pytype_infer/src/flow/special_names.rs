//! Assignments that mean something beyond their variable: methods that Python calls, attributes
//! that define classes, members of protocols.

use pytype_declare::Node;
use pytype_index::{AssignmentNode, DefNode, DefRef, ScopeId};
use pytype_source::{ErrorCode, Name, name};
use pytype_types::{AnySource, KnownClass, Param, ParamKind, Signature, Ty, TypeContext, is_subtype};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::assignments::Value;
use crate::Checker;

/// What a call of an enum makes.
const ENUM: &str = "An enum";
/// What a call of the special form of typed dicts makes.
const TYPED_DICT: &str = "A typed dict";

impl Checker<'_> {
    /// `self.x = ...` where that cannot define an attribute. Returns whether the call means
    /// nothing but the definition.
    pub(super) fn check_attribute_definition(&mut self, target: &Expr, value: &Value<'_>) -> bool {
        let Expr::Attribute(attribute) = target else { return false };
        let mut is_unknown = false;
        if let Value::Expr(Expr::Call(call)) = value
            && let Some(kind) = self.class_made_by(call)
        {
            let message = format!("{kind} cannot be defined as an attribute");
            self.error(ErrorCode::Misc, target.range(), message);
            is_unknown = kind == ENUM || kind == TYPED_DICT;
        }
        self.check_protocol_attribute(attribute);
        is_unknown
    }

    /// What kind of class a call makes when it is assigned to a name.
    fn class_made_by(&mut self, call: &ast::ExprCall) -> Option<&'static str> {
        let fullname = self.fullname_of(&call.func)?;
        match fullname.as_str() {
            "collections.namedtuple" | "typing.NamedTuple" | "typing_extensions.NamedTuple" => {
                Some("A named tuple")
            }
            "typing.TypedDict" | "typing_extensions.TypedDict" | "mypy_extensions.TypedDict" => {
                Some(TYPED_DICT)
            }
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag" => Some(ENUM),
            _ => None,
        }
    }

    /// The members of a protocol are declared in its body.
    fn check_protocol_attribute(&mut self, attribute: &ast::ExprAttribute) {
        let Expr::Name(base) = &*attribute.value else { return };
        let Some(frame) = self.functions.iter().rev().find(|f| !f.is_lambda) else { return };
        let (Some(class), Some(parameter)) = (frame.class, frame.self_parameter) else { return };
        if !self.ctx.class(class).is_protocol() || self.ctx.has_member(class, &attribute.attr) {
            return;
        }
        let found = self.resolve_name(Name::of(base)).map(|binding| binding.node);
        if found == Some(Node::Variable(parameter)) {
            let message =
                format!("A protocol declares its members in its body: \"{}\" is none", attribute.attr);
            self.error(ErrorCode::Misc, attribute.range, message);
        }
    }

    /// `__all__` lists names, whatever way it came about.
    pub(super) fn check_dunder_all(&mut self) {
        let scope = pytype_index::scope(self.ctx.db, self.file, ScopeId::MODULE);
        let Some(id) = scope.symbols.get(name!("__all__")).and_then(|symbol| symbol.definitions.first())
        else {
            return;
        };
        let syntax = pytype_index::syntax_of_unit(self.ctx.db, self.file, id.unit);
        let Some(assignment) = syntax.node(*id).and_then(DefNode::assignment) else { return };
        let Some(ty) = self.known_variable_type(DefRef { file: self.file, id: *id }) else { return };
        let text = self.known(KnownClass::Str);
        let names = self.known_with(KnownClass::Sequence, [text]);
        if !is_subtype(&*self.ctx, ty, names) {
            let range = match assignment {
                AssignmentNode::Annotated(statement) => statement.target.range(),
                AssignmentNode::Plain(statement) => statement.range,
            };
            let message = format!("\"__all__\" must be a sequence of names, not \"{}\"", self.show(ty));
            self.error(ErrorCode::Misc, range, message);
        }
    }

    /// A variable in the place of a method that Python calls.
    pub(super) fn check_special_name(&mut self, target: &Expr, value: &Value<'_>) {
        let Expr::Name(name) = target else { return };
        let any = Ty::any(AnySource::SpecialForm);
        let text = self.known(KnownClass::Str);
        let in_class = self.class_body();
        let at_module_level = self.functions.is_empty() && self.classes.is_empty();
        let (takes, gives) = match name.id.as_str() {
            "__setattr__" if in_class.is_some() => (vec![any, text, any], Ty::none()),
            "__getattr__" | "__getattribute__" if in_class.is_some() => (vec![any, text], any),
            "__getattr__" if at_module_level => (vec![text], any),
            "__post_init__" => {
                let header = in_class.map(|c| pytype_declare::classes::class_header(self.ctx.db, c, ()));
                if header.is_some_and(|header| header.dataclass.is_some()) {
                    let message = "\"__post_init__\" of a dataclass must be a method";
                    self.error(ErrorCode::Misc, value.range(), message);
                }
                return;
            }
            _ => return,
        };
        let Some(ty) = self.lookup_type(target).or_else(|| self.value_type(value)) else { return };
        let params = takes.into_iter().map(|ty| Param { name: None, ty, kind: ParamKind::Pos }).collect();
        let expected = Signature::new(params, gives, self.known(KnownClass::Function)).into_ty();
        if !is_subtype(&*self.ctx, ty, expected) {
            let message = format!("\"{}\" must fit {}", name.id, self.show(expected));
            self.error(ErrorCode::Misc, target.range(), message);
        }
    }

    fn value_type(&self, value: &Value<'_>) -> Option<Ty> {
        match value {
            Value::Expr(expr) => self.lookup_type(expr),
            Value::Typed(ty, _) => Some(*ty),
        }
    }
}
