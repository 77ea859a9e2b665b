//! The binder: what is known of places beyond their declarations, at this point of the walk.
//!
//! A stack of frames maps places to narrowed types. Where control flow branches a frame is pushed;
//! where it meets again, the frames of the ways that lead there are merged into the one below.
//! The rules of merging are mypy's, because they decide what a variable is after an `if` or a loop.

use pytype_declare::Node;
use pytype_source::Name;
use pytype_types::{Ty, TyKind, TypeContext, is_same_type, is_subtype, make_simplified_union};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::known_types::KnownTypes;
use crate::checker::empty;

/// A place whose type can be narrowed: a name, an attribute of a place, an item of a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Place(u32);

/// The structure of a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PlaceKind {
    Name(Node),
    /// A name that is no definition of the program, by what it is called in full: what a missing import
    /// would provide, or what every module has.
    Undefined(Name),
    Member(Place, Name),
    Item(Place, ItemKey),
    /// The value of an expression that has no name (the subject of a `match`), by its offset.
    Value(u32),
    /// The literal values that a place was compared with, where its type says less: for what asks
    /// for a literal. The type of the place itself stays what it was.
    Literals(Place),
}

/// A constant between brackets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ItemKey {
    Int(i64),
    Str(Name),
    Bytes(Name),
}

/// A narrowed type, and whether an assignment gave it (or a condition).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Current {
    pub ty: Ty,
    pub from_assignment: bool,
    /// From a `TypeGuard`: replaces the declaration rather than narrowing it.
    pub guarded: bool,
}

/// What one stretch of control flow knows.
#[derive(Clone, Default, Debug)]
pub struct Frame {
    pub types: KnownTypes,
    pub unreachable: bool,
    pub suppress_unreachable_warnings: bool,
    number: u32,
    conditional: bool,
}

/// How a new frame is connected to those around it.
#[derive(Clone, Copy, Debug)]
pub struct FrameOptions {
    /// Control flow may go around the frame.
    pub can_skip: bool,
    /// Falling off the end leads this many frames up; 0 for nowhere.
    pub fall_through: usize,
    /// `break` inside leads this many frames up; likewise `continue`. 0 for unchanged.
    pub break_frame: usize,
    pub continue_frame: usize,
    /// Control flow may leave from any point inside to the frame below.
    pub try_frame: bool,
    /// Throw away what the frame learned.
    pub discard: bool,
}

impl Default for FrameOptions {
    fn default() -> FrameOptions {
        FrameOptions {
            can_skip: false,
            fall_through: 1,
            break_frame: 0,
            continue_frame: 0,
            try_frame: false,
            discard: false,
        }
    }
}

impl FrameOptions {
    pub fn skippable() -> FrameOptions {
        FrameOptions { can_skip: true, ..FrameOptions::default() }
    }
    pub fn branch() -> FrameOptions {
        FrameOptions { can_skip: true, fall_through: 2, ..FrameOptions::default() }
    }
    pub fn thrown_away() -> FrameOptions {
        FrameOptions { can_skip: true, fall_through: 0, discard: true, ..FrameOptions::default() }
    }
}

/// The handles of places. All binders of one walk share them.
#[derive(Default, Debug)]
pub struct Places {
    kinds: Vec<PlaceKind>,
    handles: FxHashMap<PlaceKind, Place>,
    /// Of which attributes and items there may be places: of most there are none.
    parts: u64,
}

impl Places {
    /// The handle of a place.
    fn handle(&mut self, kind: PlaceKind) -> Place {
        if let Some(&place) = self.handles.get(&kind) {
            return place;
        }
        let place = Place(self.kinds.len() as u32);
        self.kinds.push(kind);
        self.handles.insert(kind, place);
        self.parts |= match kind {
            PlaceKind::Member(_, name) => attribute_bit(name),
            PlaceKind::Item(..) => ITEMS,
            PlaceKind::Name(_) | PlaceKind::Undefined(_) | PlaceKind::Value(_) | PlaceKind::Literals(_) => 0,
        };
        place
    }

    fn kind(&self, place: Place) -> PlaceKind {
        self.kinds[place.0 as usize]
    }

    fn is_variable(&self, place: Place) -> bool {
        matches!(self.kind(place), PlaceKind::Name(Node::Variable(_)))
    }

    fn clear(&mut self) {
        self.kinds.clear();
        empty(&mut self.handles);
        self.parts = 0;
    }
}

/// Where [`Places::parts`] tells of items, and of attributes with a name.
const ITEMS: u64 = 1 << 63;
fn attribute_bit(name: Name) -> u64 {
    1 << (name.number() % 63)
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Binder {
    frames: Vec<Frame>,
    /// For each frame but the first: the states in which control flow leaves to it.
    options_on_return: Vec<Vec<Frame>>,
    declarations: FxHashMap<Place, Option<Ty>>,
    /// Place -> the places that contain it.
    dependents: FxHashMap<Place, SmallVec<[Place; 2]>>,
    places: Places,
    last_number: u32,
    try_frames: Vec<usize>,
    break_frames: Vec<usize>,
    continue_frames: Vec<usize>,
    /// Whether the last merge changed a type in the frame it merged into.
    pub last_pop_changed: bool,
    /// Counts changes; equal numbers mean that nothing was learned in between.
    pub version: u64,
    /// How many frames are unreachable, so that the question costs nothing.
    unreachable_frames: usize,
    /// Variables that later assignments may widen (`--allow-redefinition`): what is known of them
    /// on one way alone counts where ways meet.
    widenable: FxHashSet<Place>,
    /// While the items of a union are assigned one by one: places with their types and declarations.
    pub accumulated: Option<Vec<Accumulated>>,
}

/// An assignment of one item of a union, kept until all items were seen.
#[derive(Clone, Copy, Debug)]
pub struct Accumulated {
    pub place: Place,
    pub ty: Ty,
    pub declared: Option<Ty>,
}

impl Default for Binder {
    fn default() -> Binder {
        Binder { frames: vec![Frame::default()], ..Binder::empty() }
    }
}

impl Binder {
    /// Without even the outermost frame.
    fn empty() -> Binder {
        Binder {
            frames: Vec::new(),
            options_on_return: Vec::new(),
            declarations: FxHashMap::default(),
            dependents: FxHashMap::default(),
            places: Places::default(),
            last_number: 0,
            try_frames: Vec::new(),
            break_frames: Vec::new(),
            continue_frames: Vec::new(),
            last_pop_changed: false,
            version: 0,
            unreachable_frames: 0,
            widenable: FxHashSet::default(),
            accumulated: None,
        }
    }

    /// Forgets everything; the room of its tables stays.
    pub(crate) fn clear(&mut self) {
        let Binder {
            mut frames, mut options_on_return, mut declarations, mut dependents, mut places, ..
        } = std::mem::replace(self, Binder::empty());
        frames.clear();
        frames.push(Frame::default());
        options_on_return.clear();
        empty(&mut declarations);
        empty(&mut dependents);
        places.clear();
        *self = Binder { frames, options_on_return, declarations, dependents, places, ..Binder::empty() };
    }

    /// Gives the handles of places to the binder of a function inside of this one, or back.
    pub(crate) fn hand_over_places(&mut self, other: &mut Binder) {
        std::mem::swap(&mut self.places, &mut other.places);
    }

    /// The handle of a place.
    pub fn place(&mut self, kind: PlaceKind) -> Place {
        self.places.handle(kind)
    }

    /// Notes that later assignments may widen the variable.
    pub fn mark_widenable(&mut self, place: Place) {
        self.widenable.insert(place);
    }

    /// Replaces the declaration of a variable that an assignment widened.
    pub fn redeclare(&mut self, place: Place, declared: Ty) {
        self.declarations.insert(place, Some(declared));
    }

    /// The handle of a place, if the walk came across it where something could become known of it.
    pub fn existing_place(&self, kind: PlaceKind) -> Option<Place> {
        self.places.handles.get(&kind).copied()
    }

    /// Whether something could be known of an attribute called `name` of whatever place.
    pub fn has_members(&self, name: Name) -> bool {
        self.places.parts & attribute_bit(name) != 0
    }

    /// Whether something could be known of an item of whatever place.
    pub fn has_items(&self) -> bool {
        self.places.parts & ITEMS != 0
    }

    pub fn kind(&self, place: Place) -> PlaceKind {
        self.places.kind(place)
    }

    fn is_name(&self, place: Place) -> bool {
        self.places.is_variable(place)
    }

    /// Whether the point under the cursor cannot be reached.
    pub fn is_unreachable(&self) -> bool {
        self.unreachable_frames > 0
    }

    pub fn is_unreachable_warning_suppressed(&self) -> bool {
        self.frames.iter().any(|f| f.suppress_unreachable_warnings)
    }

    /// Ends the silence behind an unreachable statement.
    pub fn allow_unreachable_warnings(&mut self) {
        self.top().suppress_unreachable_warnings = false;
    }

    /// What is known of plain variables, for a function defined here, whose binder is `inner`: places with
    /// their types and declarations, outermost knowledge first.
    pub fn known_variables(&self, inner: &Binder) -> Vec<(PlaceKind, Current, Option<Ty>)> {
        let places = &inner.places;
        let mut known: Vec<(Place, Current)> = Vec::new();
        for frame in &self.frames {
            for (place, current) in frame.types.iter() {
                if places.is_variable(place) {
                    known.retain(|(p, _)| *p != place);
                    known.push((place, current));
                }
            }
        }
        known.sort_unstable_by_key(|(place, _)| *place);
        let declared = |place| self.declarations.get(&place).copied().flatten();
        known.into_iter().map(|(place, current)| (places.kind(place), current, declared(place))).collect()
    }

    /// Whether all that is known is known of plain variables, for a function whose binder is `inner`.
    pub fn knows_only_variables(&self, inner: &Binder) -> bool {
        let is_variable = |place| inner.places.is_variable(place);
        self.frames.iter().all(|frame| frame.types.places().all(is_variable))
    }

    /// Numbers of the frames on the stack; a number is never used twice.
    pub fn frame_numbers(&self) -> Vec<u32> {
        self.frames.iter().map(|f| f.number).collect()
    }

    /// Marks the top frame as one that branches (`if`, loops, `try`) meet in.
    pub fn mark_conditional(&mut self) {
        self.top().conditional = true;
    }

    /// Whether the innermost frame that is also among `numbers` is one that branches meet in.
    pub fn shares_conditional_frame(&self, numbers: &[u32]) -> bool {
        let common = self.frames.iter().rev().find(|f| numbers.contains(&f.number));
        common.is_some_and(|f| f.conditional)
    }

    pub fn suppress_unreachable_warnings(&mut self) {
        self.top().suppress_unreachable_warnings = true;
    }

    /// Marks the rest of the current frame as unreachable.
    pub fn unreachable(&mut self) {
        self.version += 1;
        self.set_top_unreachable(true);
    }

    fn top(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn set_top_unreachable(&mut self, unreachable: bool) {
        let was = std::mem::replace(&mut self.top().unreachable, unreachable);
        match (was, unreachable) {
            (false, true) => self.unreachable_frames += 1,
            (true, false) => self.unreachable_frames -= 1,
            (true, true) | (false, false) => {}
        }
    }

    /// What is known of `place`, if anything beyond its declaration is.
    pub fn get(&self, place: Place) -> Option<Ty> {
        self.current(place).map(|c| c.ty)
    }

    fn current(&self, place: Place) -> Option<Current> {
        self.frames.iter().rev().find_map(|f| f.types.get(place))
    }

    /// Records that `place` is `ty` from here on; `declared` is its declaration (or inferred type).
    pub fn put(&mut self, place: Place, ty: Ty, declared: Option<Ty>, from_assignment: bool) {
        self.note_declaration(place, declared);
        self.version += 1;
        self.top().types.insert(place, Current { ty, from_assignment, guarded: false });
    }

    /// Marks what was last put for `place` as replacing its declaration.
    pub fn set_guarded(&mut self, place: Place, guarded: bool) {
        if let Some(current) = self.top().types.get_mut(place) {
            current.guarded = guarded;
        }
    }

    pub fn is_guarded(&self, place: Place) -> bool {
        self.current(place).is_some_and(|c| c.guarded)
    }

    fn note_declaration(&mut self, place: Place, declared: Option<Ty>) {
        if self.declarations.contains_key(&place) {
            return;
        }
        self.declarations.insert(place, declared);
        let mut inner = place;
        while let PlaceKind::Member(parent, _) | PlaceKind::Item(parent, _) | PlaceKind::Literals(parent) =
            self.kind(inner)
        {
            let dependents = self.dependents.entry(parent).or_default();
            if !dependents.contains(&place) {
                dependents.push(place);
            }
            inner = parent;
        }
    }

    /// Forgets what is known of places that contain `place` (not of `place` itself).
    pub fn invalidate_dependents(&mut self, place: Place) {
        let Some(dependents) = self.dependents.get(&place) else { return };
        for dependent in dependents.clone() {
            self.cleanse(dependent);
        }
    }

    /// Forgets what is known of `place`.
    pub fn cleanse(&mut self, place: Place) {
        for frame in &mut self.frames {
            frame.types.remove(place);
        }
    }

    /// Narrows `place` by assigning a value of type `ty` to it.
    pub fn assign(
        &mut self,
        ctx: &dyn TypeContext,
        place: Place,
        ty: Ty,
        declared: Option<Ty>,
        is_inferred_variable: bool,
    ) {
        let ty = pytype_types::remove_last_known_values(ctx, ty);
        if let Some(accumulated) = &mut self.accumulated {
            accumulated.push(Accumulated { place, ty, declared });
            return;
        }
        self.invalidate_dependents(place);
        let Some(declared) = declared else { return };
        if !is_subtype(ctx, ty, declared) {
            // Already reported where the assignment was checked.
            return;
        }
        let narrowed = assigned_type(ctx, ty, declared, is_inferred_variable);
        self.put(place, narrowed, Some(declared), true);
        for index in self.try_frames.clone() {
            self.allow_jump(index);
        }
    }

    /// Pushes a frame connected as `options` say; close it with [`Binder::pop`].
    pub fn push(&mut self, options: FrameOptions) {
        let depth = self.frames.len();
        if options.break_frame > 0 {
            self.break_frames.push(depth - options.break_frame);
        }
        if options.continue_frame > 0 {
            self.continue_frames.push(depth - options.continue_frame);
        }
        if options.try_frame {
            self.try_frames.push(depth - 1);
        }
        self.last_number += 1;
        self.frames.push(Frame { number: self.last_number, ..Frame::default() });
        self.options_on_return.push(Vec::new());
        if options.try_frame {
            self.allow_jump(self.options_on_return.len() - 1);
        }
    }

    /// Closes the frame that was pushed with `options` and merges what led out of it.
    pub fn pop(&mut self, ctx: &dyn TypeContext, options: FrameOptions) -> Frame {
        if options.fall_through > 0 {
            self.allow_jump(self.options_on_return.len() - options.fall_through);
        }
        let frame = self.frames.pop().unwrap_or_default();
        if frame.unreachable {
            self.unreachable_frames -= 1;
        }
        let mut ways = self.options_on_return.pop().unwrap_or_default();
        if options.discard {
            self.last_pop_changed = false;
        } else {
            if options.can_skip {
                ways.insert(0, self.frames.last().cloned().unwrap_or_default());
            }
            self.last_pop_changed = self.merge(ctx, ways);
        }
        if options.break_frame > 0 {
            self.break_frames.pop();
        }
        if options.continue_frame > 0 {
            self.continue_frames.pop();
        }
        if options.try_frame {
            self.try_frames.pop();
        }
        frame
    }

    /// Makes the top frame what it is if control flow came in one of `ways`; tells whether
    /// anything changed.
    fn merge(&mut self, ctx: &dyn TypeContext, mut ways: Vec<Frame>) -> bool {
        let all_reachable = ways.iter().all(|f| !f.unreachable);
        if !all_reachable {
            ways.retain(|f| !f.unreachable);
        }
        let mut changed = false;
        let mut places: SmallVec<[Place; 8]> = SmallVec::new();
        for way in &ways {
            places.extend(way.types.places());
        }
        places.sort_unstable();
        places.dedup();
        for place in places {
            changed |= self.merge_place(ctx, place, &ways, all_reachable);
        }
        self.set_top_unreachable(ways.is_empty());
        changed
    }

    fn merge_place(
        &mut self,
        ctx: &dyn TypeContext,
        place: Place,
        ways: &[Frame],
        all_reachable: bool,
    ) -> bool {
        let current = self.current(place);
        let mut values: SmallVec<[Current; 4]> = SmallVec::new();
        let widenable = self.widenable.contains(&place);
        for way in ways {
            match way.types.get(place).or(current) {
                Some(value) => values.push(value),
                None if widenable => {}
                // Something is not known on one way: then nothing is known behind it.
                None => return false,
            }
        }
        if all_reachable && values.iter().all(|v| !v.from_assignment) {
            // Every way in kept what the condition said or its opposite: no new knowledge.
            return false;
        }
        let mut types: SmallVec<[Ty; 4]> = SmallVec::new();
        for value in &values {
            if !types.contains(&value.ty) {
                types.push(value.ty);
            }
        }
        let Some(&first) = types.first() else { return false };
        let declared = self.declarations.get(&place).copied().flatten();
        let merged = merged_type(ctx, first, &types, declared, widenable);
        let unchanged = current.is_some_and(|c| {
            is_same_type(ctx, merged, c.ty) && merged.as_instance().is_none_or(|i| i.extra.is_none())
        });
        if unchanged {
            return false;
        }
        self.version += 1;
        self.top().types.insert(
            place,
            Current { ty: merged, from_assignment: true, guarded: values.iter().any(|v| v.guarded) },
        );
        if current.is_some() || !self.is_name(place) {
            return true;
        }
        declared.is_some_and(|declared| !is_same_type(ctx, merged, declared))
    }

    /// Lets control flow leave from here to the frame with this index.
    fn allow_jump(&mut self, index: usize) {
        let mut state = Frame::default();
        for frame in &self.frames[index + 1..] {
            frame.types.iter().for_each(|(place, current)| state.types.insert(place, current));
            state.unreachable |= frame.unreachable;
        }
        self.options_on_return[index].push(state);
    }

    /// `break`.
    pub fn handle_break(&mut self) {
        if let Some(&index) = self.break_frames.last() {
            self.allow_jump(index);
        }
        self.unreachable();
    }

    /// `continue`.
    pub fn handle_continue(&mut self) {
        if let Some(&index) = self.continue_frames.last() {
            self.allow_jump(index);
        }
        self.unreachable();
    }
}

/// What a place declared `declared` is after a value of type `ty` was assigned to it.
fn assigned_type(ctx: &dyn TypeContext, ty: Ty, declared: Ty, is_inferred_variable: bool) -> Ty {
    let proper_declared = pytype_types::proper(ctx, declared);
    let is_any = pytype_types::proper(ctx, ty).is_unknown();
    if is_any && !is_inferred_variable {
        // `x: int | None = f()` with an untyped `f`: `int | Any`, so that `None` is not asked about.
        return match proper_declared.kind() {
            TyKind::Union(items) if items.iter().any(Ty::is_none) => {
                Ty::union(items.iter().map(|item| if item.is_none() { ty } else { item }))
            }
            TyKind::Union(items) if items.iter().any(Ty::is_any) => ty,
            TyKind::Any(_)
            | TyKind::None
            | TyKind::Never { .. }
            | TyKind::Deleted
            | TyKind::Erased
            | TyKind::Instance(_)
            | TyKind::Union(_)
            | TyKind::Callable(_)
            | TyKind::Overloaded(_)
            | TyKind::Tuple { .. }
            | TyKind::TypedDict(_)
            | TyKind::Literal { .. }
            | TyKind::Type(_)
            | TyKind::TypeForm(_)
            | TyKind::TypeVar(_)
            | TyKind::ParamSpec(_)
            | TyKind::TypeVarTuple(_)
            | TyKind::Unpack(_)
            | TyKind::Parameters(_)
            | TyKind::Alias { .. }
            | TyKind::Module(_) => declared,
        };
    }
    if !is_any && proper_declared.is_unknown() && !is_inferred_variable {
        return declared;
    }
    ty
}

/// The type of a place where control flow meets, from the types it has on each way.
fn merged_type(ctx: &dyn TypeContext, first: Ty, types: &[Ty], declared: Option<Ty>, widenable: bool) -> Ty {
    let proper_declared = declared.map(|d| pytype_types::proper(ctx, d));
    if proper_declared.is_some_and(Ty::is_any) {
        let same = types[1..].iter().all(|t| is_same_type(ctx, first, *t));
        return if same { first } else { Ty::any(pytype_types::AnySource::Derived) };
    }
    if types.len() == 1 {
        return first;
    }
    let union = make_simplified_union(ctx, types.iter().copied());
    if let Some(declared) = proper_declared
        && matches!(declared.kind(), TyKind::TypeVar(_))
        && !is_subtype(ctx, union, declared)
    {
        return declared;
    }
    if let (TyKind::Union(items), Some(declared), false) = (union.kind(), declared, widenable) {
        // An `Any` that came in with an assignment does not outlive the branch when the rest is
        // exactly the declaration.
        let without_any = Ty::union(items.iter().filter(|t| !t.is_any()));
        if without_any == declared {
            return without_any;
        }
    }
    union
}
