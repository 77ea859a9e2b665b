//! From expressions to the places whose types the binder keeps.

use pytype_declare::{Binding, Node, names};
use pytype_source::Name;
use pytype_types::{LiteralValue, Ty};
use ruff_python_ast::{self as ast, Expr};

use super::binder::{ItemKey, Place, PlaceKind};
use crate::Checker;

impl Checker<'_> {
    /// What `name` stands for at the cursor.
    pub fn resolve_name(&mut self, name: Name) -> Option<Binding> {
        let key = (self.scope(), name);
        if let Some(found) = self.resolved_names.get(&key) {
            return *found;
        }
        let found = names::lookup(self.ctx.db, self.file, key.0, name);
        self.resolved_names.insert(key, found);
        found
    }

    /// The place that `expr` names, if it is one that can be narrowed: a name, or attributes and
    /// constant items of one. Looks through `(x := ...)`.
    pub fn place_of(&mut self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::Name(name) => {
                let text = Name::of(name);
                let binding = match self.name_bound_later(text, name.range) {
                    Some(outside) => outside,
                    None => self.resolve_name(text)?,
                };
                Some(self.name_place(binding.node))
            }
            Expr::Attribute(attribute) => {
                let parent = self.place_of(&attribute.value)?;
                Some(self.binder.place(PlaceKind::Member(parent, Name::of(&attribute.attr))))
            }
            Expr::Subscript(subscript) => {
                let key = self.item_key(&subscript.slice)?;
                let parent = self.place_of(&subscript.value)?;
                Some(self.binder.place(PlaceKind::Item(parent, key)))
            }
            Expr::Named(named) => self.place_of(&named.target),
            _ => None,
        }
    }

    /// The place of a name that stands for `node`.
    pub(crate) fn name_place(&mut self, node: Node) -> Place {
        let place = self.binder.place(PlaceKind::Name(node));
        if self.options.allow_redefinition
            && let Node::Variable(variable) = node
            && self.is_redefinable(variable)
        {
            self.binder.mark_widenable(place);
        }
        place
    }

    /// The constant between the brackets of a subscript.
    pub fn item_key(&mut self, index: &Expr) -> Option<ItemKey> {
        match index {
            Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(int), .. }) => {
                int.as_i64().map(ItemKey::Int)
            }
            Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::USub, operand, .. }) => {
                match self.item_key(operand)? {
                    ItemKey::Int(int) => int.checked_neg().map(ItemKey::Int),
                    ItemKey::Str(_) | ItemKey::Bytes(_) => None,
                }
            }
            Expr::StringLiteral(string) => Some(ItemKey::Str(Name::new(string.value.to_str()))),
            Expr::BytesLiteral(bytes) => {
                let text: Vec<u8> = bytes.value.bytes().collect();
                Some(ItemKey::Bytes(Name::new(&text.escape_ascii().to_string())))
            }
            Expr::Name(name) => {
                // A `Final` name with a literal value stands for that value.
                let Node::Variable(variable) = self.resolve_name(Name::of(name))?.node else {
                    return None;
                };
                match pytype_declare::variables::final_value(self.ctx.db, variable)? {
                    LiteralValue::Int(int) => Some(ItemKey::Int(int)),
                    LiteralValue::Str(text) => Some(ItemKey::Str(text)),
                    LiteralValue::Bytes(_)
                    | LiteralValue::Bool(_)
                    | LiteralValue::BigInt(_)
                    | LiteralValue::Enum(_)
                    | LiteralValue::AnyStr
                    | LiteralValue::Sentinel { .. } => None,
                }
            }
            _ => None,
        }
    }

    /// What the binder knows of `expr` beyond its declaration.
    pub fn narrowed(&mut self, expr: &Expr) -> Option<Ty> {
        let place = self.place_of(expr)?;
        self.binder.get(place)
    }
}
