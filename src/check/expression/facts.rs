//! What is known not to be null: the right side of `x != null && ...` may use `x` as it is.

use std::collections::BTreeSet;

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::compile::parse;

/// What is known not to be null where an expression is evaluated, as paths (`resource.kms_key_id`).
#[derive(Debug, Clone, Default)]
pub struct Facts(BTreeSet<String>);

impl Facts {
    /// What is not null when the condition `source` is true.
    pub fn if_true(source: &str) -> Facts {
        parse(source).map_or_else(|_| Facts::default(), |(expr, _)| Facts::when(&expr, true))
    }

    /// What is not null when the condition `source` is false.
    pub fn if_false(source: &str) -> Facts {
        parse(source).map_or_else(|_| Facts::default(), |(expr, _)| Facts::when(&expr, false))
    }

    /// These facts and those.
    pub fn and(&self, other: &Facts) -> Facts {
        Facts(self.0.union(&other.0).cloned().collect())
    }

    pub(super) fn when(expr: &IdedExpr, holds: bool) -> Facts {
        let Expr::Call(call) = &expr.expr else { return Facts::default() };
        match (call.func_name.as_str(), call.args.as_slice(), holds) {
            (operators::LOGICAL_AND, [left, right], true) | (operators::LOGICAL_OR, [left, right], false) => {
                Facts::when(left, holds).and(&Facts::when(right, holds))
            }
            (operators::LOGICAL_NOT, [of], _) => Facts::when(of, !holds),
            (operators::NOT_EQUALS, [left, right], true) | (operators::EQUALS, [left, right], false) => {
                match (is_null(left), is_null(right)) {
                    (false, true) => Facts::of(left),
                    (true, false) => Facts::of(right),
                    _ => Facts::default(),
                }
            }
            (operators::EQUALS, [left, right], true) => match (is_constant(left), is_constant(right)) {
                (false, true) => Facts::of(left),
                (true, false) => Facts::of(right),
                _ => Facts::default(),
            },
            _ => Facts::default(),
        }
    }

    /// Whether a path is known not to be null.
    pub(super) fn include(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    fn of(expr: &IdedExpr) -> Facts {
        Facts(path(expr).into_iter().collect())
    }

    pub(super) fn without(&self, variable: &str) -> Facts {
        let prefix = format!("{variable}.");
        Facts(self.0.iter().filter(|path| *path != variable && !path.starts_with(&prefix)).cloned().collect())
    }
}

fn is_null(expr: &IdedExpr) -> bool {
    matches!(expr.expr, Expr::Literal(LiteralValue::Null))
}

fn is_constant(expr: &IdedExpr) -> bool {
    matches!(&expr.expr, Expr::Literal(literal) if !matches!(literal, LiteralValue::Null))
}

/// The path that an expression spells, if it is one: `resource.tags["Name"]`.
pub(super) fn path(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => Some(format!("{}.{}", path(&select.operand)?, select.field)),
        Expr::Call(call) if call.func_name == operators::INDEX => match call.args.as_slice() {
            [of, IdedExpr { expr: Expr::Literal(LiteralValue::String(key)), .. }] => {
                Some(format!("{}.[{}]", path(of)?, key.inner()))
            }
            _ => None,
        },
        _ => None,
    }
}
