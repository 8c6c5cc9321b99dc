//! Mentions of a slot that look at its value and keep no reference to it: `(*slot.at)` where nothing
//! is done with the place but to compare it, add to it, or match it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::flow::{Placeholder, SlotId};

/// The slot that a group is the place of, if what stands around it keeps no reference.
///
/// `takes_part` says that a flag takes a part of it: `&raw const (*slot.at).part` is then read at once.
pub(super) fn read(
    group: &Group,
    before: &[TokenTree],
    after: &[TokenTree],
    takes_part: bool,
) -> Option<SlotId> {
    let slot = place(group)?;
    if takes_part {
        return Some(slot);
    }
    let compares = compares(after) || compares_with(before);
    (compares || adds(after) || matches(before, after)).then_some(slot)
}

/// `(*slot.at)`
fn place(group: &Group) -> Option<SlotId> {
    if group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let [star, TokenTree::Ident(slot), dot, TokenTree::Ident(at)] = &tokens[..] else {
        return None;
    };
    match Placeholder::read(&slot.to_string()) {
        Some(Placeholder::Slot(slot)) if is(star, '*') && is(dot, '.') && at == "at" => Some(slot),
        _ => None,
    }
}

fn is(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(token) if token.as_char() == punct)
}

fn is_any(token: Option<&TokenTree>, puncts: &str) -> bool {
    matches!(token, Some(TokenTree::Punct(token)) if puncts.contains(token.as_char()))
}

/// `place == …`, `place < …`, …: their results borrow nothing.
fn compares(after: &[TokenTree]) -> bool {
    let (first, second) = (after.first(), after.get(1));
    match is_any(second, "=") {
        true => is_any(first, "=!<>"),
        // Not the shifts, which may give anything.
        false => is_any(first, "<>") && !is_any(second, "<>"),
    }
}

/// `… == place`, `… < place`, …
fn compares_with(before: &[TokenTree]) -> bool {
    let mut before = before.iter().rev();
    let (last, second) = (before.next(), before.next());
    match is_any(last, "=") {
        true => is_any(second, "=!<>"),
        // Not `=>`, `->` and the shifts.
        false => is_any(last, "<>") && !is_any(second, "=-<>"),
    }
}

/// `place += …`, …
fn adds(after: &[TokenTree]) -> bool {
    is_any(after.first(), "+-*/%^&|") && is_any(after.get(1), "=")
}

/// `match place { … }`, where no pattern borrows.
fn matches(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let is_match = matches!(before.last(), Some(TokenTree::Ident(ident)) if ident == "match");
    is_match
        && match after.first() {
            Some(TokenTree::Group(arms)) => !arms_bind_by_ref(&arms.stream()),
            _ => false,
        }
}

/// Whether a pattern of any arms among these tokens may bind by reference.
pub(super) fn any_arm_binds_by_ref(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(arms) => {
            arms.delimiter() == Delimiter::Brace && arms_bind_by_ref(&arms.stream())
        }
        _ => false,
    })
}

/// Whether a pattern of these arms may bind by reference.
fn arms_bind_by_ref(arms: &TokenStream) -> bool {
    let mut in_pattern = true;
    let mut pattern = TokenStream::new();
    for token in arms.clone() {
        let is_body =
            matches!(&token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace);
        if in_pattern && is(&token, '>') {
            if binds_by_ref(&std::mem::take(&mut pattern)) {
                return true;
            }
            in_pattern = false;
        } else if in_pattern {
            pattern.extend([token]);
        } else {
            in_pattern = is(&token, ',') || is_body;
        }
    }
    false
}

/// Whether a pattern among these tokens may bind by reference.
fn binds_by_ref(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "ref",
        TokenTree::Group(group) => binds_by_ref(&group.stream()),
        // What a macro stands for cannot be seen.
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Literal(_) => false,
    })
}
