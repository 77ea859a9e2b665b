//! From expressions to the places whose types the binder keeps.

use pytype_declare::{Binding, Node, names};
use pytype_source::Name;
use pytype_types::{LiteralValue, Ty};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextSize;

use super::binder::{ItemKey, Place, PlaceKind};
use crate::Checker;

/// What a walk knows of a name in one scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownName {
    pub binding: Option<Binding>,
    /// Its place, once somebody asked for it.
    place: Option<Place>,
    /// Before this it means something else ([`Checker::outside_meanings`]), if this is not the beginning.
    pub bound_at: TextSize,
}

impl Checker<'_> {
    /// What is known of `name` at the cursor.
    #[inline]
    pub(crate) fn known_name(&self, name: Name) -> KnownName {
        let known = self.known_names.borrow().get(&(self.scope(), name)).copied();
        known.unwrap_or_else(|| self.new_known_name(name))
    }

    #[inline(never)]
    fn new_known_name(&self, name: Name) -> KnownName {
        let key = (self.scope(), name);
        let late = self.late_name(key.0, name);
        if let Some(late) = late {
            self.outside_meanings.borrow_mut().insert(key, late.outside);
        }
        let known = KnownName {
            binding: names::lookup(self.ctx.db, self.file, key.0, name),
            place: None,
            bound_at: late.map_or(TextSize::default(), |late| late.bound_at),
        };
        self.known_names.borrow_mut().insert(key, known);
        known
    }

    /// What `name` stands for at the cursor.
    pub fn resolve_name(&self, name: Name) -> Option<Binding> {
        self.known_name(name).binding
    }

    /// The place of `name`, of which `known` is known.
    #[inline]
    pub(crate) fn place_of_known(&mut self, name: Name, known: KnownName) -> Option<Place> {
        if known.place.is_some() && !self.options.allow_redefinition {
            return known.place;
        }
        let place = self.binding_place(known.binding?);
        if let Some(known) = self.known_names.borrow_mut().get_mut(&(self.scope(), name)) {
            known.place = Some(place);
        }
        Some(place)
    }

    fn place_of_name(&mut self, name: &ast::ExprName) -> Option<Place> {
        let text = Name::of(name);
        let known = self.known_name(text);
        match self.meaning_before(known, text, name.range) {
            Some(outside) => Some(self.binding_place(outside)),
            None => self.place_of_known(text, known),
        }
    }

    /// The place that `expr` names, if it is one that can be narrowed: a name, or attributes and
    /// constant items of one. Looks through `(x := ...)`.
    pub fn place_of(&mut self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::Name(name) => self.place_of_name(name),
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

    /// [`Checker::place_of`] for asking what is known of it: `None` where nothing can be known.
    pub(crate) fn existing_place_of(&mut self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::Name(name) => self.place_of_name(name),
            Expr::Attribute(attribute) => {
                let name = Name::of(&attribute.attr);
                if !self.binder.has_members(name) {
                    return None;
                }
                let parent = self.existing_place_of(&attribute.value)?;
                self.binder.existing_place(PlaceKind::Member(parent, name))
            }
            Expr::Subscript(subscript) => {
                if !self.binder.has_items() {
                    return None;
                }
                let key = self.item_key(&subscript.slice)?;
                let parent = self.existing_place_of(&subscript.value)?;
                self.binder.existing_place(PlaceKind::Item(parent, key))
            }
            Expr::Named(named) => self.existing_place_of(&named.target),
            _ => None,
        }
    }

    /// The place of a name that stands for `binding`.
    pub(crate) fn binding_place(&mut self, binding: Binding) -> Place {
        match binding.node {
            Node::Unknown(_) | Node::Implicit(_) => self.binder.place(PlaceKind::Undefined(binding.fullname)),
            Node::Module(_)
            | Node::NamespaceModule(_)
            | Node::Class(_)
            | Node::Function(_)
            | Node::Variable(_)
            | Node::TypeVariable(_)
            | Node::Alias(_) => self.name_place(binding.node),
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
        let place = self.existing_place_of(expr)?;
        self.binder.get(place)
    }
}
