//! Items of lists.

use super::blocks::{Block, Id, Kind};
use super::pair::pair;
use super::paragraph::{is_link, is_reference};
use super::plain::{Signs, plain};
use super::units::{Unit, units};
use super::walk::{Step, Walker};
use super::words::is_metadata;
use crate::statement::{Form, Mark, NotAClaim};

impl<'a> Walker<'a> {
    pub(super) fn item(&mut self, id: Id, block: &'a Block, ticked: Option<bool>) {
        let depth = self.ledger.parents.len();
        self.steps.push(Step::Leave(depth));
        if self.titled_item(id, block) {
            return;
        }
        let first = block.children.first().and_then(|first| self.block(*first));
        let Some(paragraph) = first.filter(|first| first.kind == Kind::Paragraph && !first.inline.is_blank()) else {
            self.visit_children(id, 0, true);
            self.leave_marker(block);
            return;
        };
        let inline = &paragraph.inline;
        let mut parts = units(inline).into_iter();
        let Some(head) = parts.next() else { return };
        let rest: Vec<Unit> = parts.collect();
        let parent = block.children.len() > 1 || !rest.is_empty();
        let mut draft = self.draft(Form::Bullet, inline, head.range.clone());
        if let Some(ticked) = ticked {
            draft.plain.marks.insert(0, if ticked { Mark::Ticked } else { Mark::Unticked });
        }
        if ticked.is_some() || draft.plain.boxed {
            draft.form = Form::Task;
        }
        if let Some(pair) = pair(inline, head.range.clone()) {
            draft.key = plain(inline, pair.key, Signs::Out).text;
            draft.value = plain(inline, pair.value, Signs::Out).text;
        }
        let text = draft.plain.text.trim_end_matches([':', '：']).trim_end().to_owned();
        let introduces = draft.plain.text.ends_with([':', '：']);
        let edge = self.is_at_edge(&draft);
        if is_link(inline, &head.range) || (is_reference(&draft.value) && !draft.key.is_empty()) {
            self.ledger.not_a_claim(draft.span, NotAClaim::Link);
        } else if introduces && parent && draft.form != Form::Task {
            self.ledger.not_a_claim(draft.span, NotAClaim::Parent);
        } else if !draft.value.is_empty() && is_metadata(&draft.key, edge) && draft.form != Form::Task {
            self.ledger.not_a_claim(draft.span, NotAClaim::Metadata);
        } else {
            self.state_several(inline, head.range.clone(), draft);
        }
        if !text.is_empty() {
            self.ledger.parents.push(text);
        }
        self.visit_children(id, 1, true);
        let followed = block.children.len() > 1;
        let last = rest.len();
        for (index, unit) in rest.iter().enumerate() {
            self.unit(inline, unit, followed || index + 1 < last, true);
        }
        self.leave_marker(paragraph);
    }

    /// A marker alone on its line.
    pub(super) fn leave_marker(&mut self, block: &Block) {
        let first = block.span.start..block.span.start + 1;
        self.ledger.not_a_claim(first, NotAClaim::Parent);
    }
}
