//! Places: variables, their fields, and what references point to.

use super::owner::{Access, Hold, Owner, Path, Until};
use crate::program::Ty;

/// A place that can be used in some way.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The variable.
    pub(super) var: usize,
    /// The part of it.
    pub(super) path: Path,
    /// The type of the place.
    pub(super) ty: Ty,
    /// The place as an expression.
    pub(super) text: String,
    /// The place before a `.`, where references are followed by themselves.
    pub(super) base: String,
    /// Whether it is reached through a reference, and whether that is a `&mut`.
    pub(super) behind: Option<bool>,
}

impl Owner {
    /// The places of a type that is `wanted` that may be used so.
    pub(super) fn places(&self, access: Access, wanted: impl Fn(&Ty) -> bool) -> Vec<Place> {
        let mut found = Vec::new();
        for (at, var) in self.vars.iter().enumerate().filter(|&(at, _)| self.visible(at)) {
            let root = Place {
                var: at,
                path: vec![],
                ty: var.ty.clone(),
                text: var.name.clone(),
                base: var.name.clone(),
                behind: None,
            };
            self.walk(root, access, &wanted, &mut found);
        }
        found
    }

    fn walk(
        &self,
        place: Place,
        access: Access,
        wanted: &impl Fn(&Ty) -> bool,
        found: &mut Vec<Place>,
    ) {
        if wanted(&place.ty) && self.usable(&place, access) {
            found.push(place.clone());
        }
        if place.path.len() == 2 {
            return;
        }
        for (at, (suffix, ty)) in place.ty.fields().into_iter().enumerate() {
            let text = format!("{}{suffix}", place.base);
            let path = place.path.iter().copied().chain([at]).collect();
            let field = Place { ty, path, text: text.clone(), base: text, ..place };
            self.walk(field, access, wanted, found);
        }
        let (of, behind) = match &place.ty {
            Ty::Boxed(of) => (of, place.behind),
            Ty::Ref(of) => (of, Some(false)),
            Ty::RefMut(of) => (of, Some(place.behind.unwrap_or(true))),
            _ => return,
        };
        let path = place.path.iter().copied().chain([0]).collect();
        let text = if place.text.starts_with('*') {
            format!("*{}", place.text)
        } else {
            format!("*{}", place.base)
        };
        // `(*b).0` would do too, but nobody writes it.
        let target = Place { ty: (**of).clone(), path, text, behind, ..place };
        self.walk(target, access, wanted, found);
    }

    fn usable(&self, place: &Place, access: Access) -> bool {
        let var = &self.vars[place.var];
        let permitted = match (access, place.behind) {
            (Access::Read, _) => true,
            (Access::Change, Some(unique)) => unique,
            (Access::Change, None) => var.mutable,
            (Access::Move, behind) => behind.is_none() && !place.ty.is_copy(),
        };
        permitted && self.allows(place.var, &place.path, access)
    }

    /// The value of the place has been moved out.
    pub(super) fn take(&mut self, place: &Place) {
        self.moved(place.var, &place.path);
    }

    /// A temporary borrows the place.
    pub(super) fn lend(&mut self, place: &Place, unique: bool, until: Until) {
        let hold = Hold { var: place.var, path: place.path.clone(), unique };
        self.temps.push((hold, until));
    }

    /// What a variable holds that keeps a borrow of this place.
    pub(super) fn hold(&self, place: &Place, unique: bool) -> Vec<Hold> {
        let mut holds = vec![Hold { var: place.var, path: place.path.clone(), unique }];
        if place.behind.is_some() {
            holds.extend(self.vars[place.var].holds.iter().cloned());
        }
        holds
    }

    /// Whether a temporary with a destructor may borrow the place where we are.
    pub(super) fn outlives_temporaries(&self, place: &Place) -> bool {
        self.tail_from.is_none_or(|from| place.var < from)
    }
}
