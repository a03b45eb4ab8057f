//! Calls of functions, type-checked.

use cel::common::ast::{Expr, IdedExpr};
use regex::Regex;

use super::compile::{Compiled, Compiler};
use super::facts::Facts;
use super::function::{FUNCTIONS, Function, parse_duration, parse_timestamp};
use super::node::{Loop, Node};
use super::ty::{Ty, Typed};
use crate::inventory::Value;
use crate::suggest::nearest;

impl Compiler<'_> {
    pub(super) fn function(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        member: bool,
        arguments: &[&IdedExpr],
        facts: &Facts,
    ) -> Compiled {
        let Some((_, is_member, further)) = FUNCTIONS.iter().find(|(n, _, _)| *n == name) else {
            let help = match name {
                "has" => Some("compare with null".to_owned()),
                _ => nearest(name, FUNCTIONS.iter().map(|(name, _, _)| *name)),
            };
            return self.error(expr, format!("there is no function `{name}`"), help);
        };
        let expected = further + usize::from(*is_member);
        if arguments.len() != expected || (member != *is_member && name != "size") {
            let form = if *is_member { format!("x.{name}(...)") } else { format!("{name}(...)") };
            let message = format!("`{name}` is written `{form}` with {further} in the brackets");
            return self.error(expr, message, None);
        }
        let looping = match name {
            "exists" => Some(Loop::Exists),
            "all" => Some(Loop::All),
            "exists_one" => Some(Loop::ExistsOne),
            "filter" => Some(Loop::Filter),
            "map" => Some(Loop::Map),
            _ => None,
        };
        match (looping, name, arguments) {
            (Some(kind), _, [list, variable, body]) => self.run_loop(kind, list, variable, body, facts),
            (_, "size", [of]) => {
                let (node, typed) = self.expr(of, facts)?;
                match &typed.ty {
                    _ if typed.nullable => self.null_error(of, of, &typed),
                    Ty::List(_) | Ty::Map(_) | Ty::String => {
                        Ok((Node::Call(Function::Size, vec![node]), Typed::solid(Ty::Int)))
                    }
                    other => self.error(of, format!("{other} has no size"), None),
                }
            }
            (_, "string", [of]) => {
                let (node, _) = self.expr(of, facts)?;
                Ok((Node::Call(Function::String, vec![node]), Typed::solid(Ty::String)))
            }
            (_, "distinct", [of]) => {
                let (node, item) = self.list(of, facts)?;
                Ok((Node::Call(Function::Distinct, vec![node]), Typed::solid(Ty::List(Box::new(item)))))
            }
            (_, "flatten", [of]) => {
                let (node, item) = self.list(of, facts)?;
                match item.ty {
                    Ty::List(_) if !item.nullable => {
                        Ok((Node::Call(Function::Flatten, vec![node]), Typed::solid(item.ty)))
                    }
                    other => self.error(of, format!("flatten() needs a list of lists, found a list of {other}"), None),
                }
            }
            (_, "matches", [of, pattern]) => self.matches(of, pattern, facts),
            _ => self.plain_function(expr, name, arguments, facts),
        }
    }

    fn matches(&mut self, of: &IdedExpr, pattern: &IdedExpr, facts: &Facts) -> Compiled {
        let node = self.operand(of, &Ty::String, facts)?;
        let (pattern_node, _) = self.expr(pattern, facts)?;
        let Node::Literal(Value::String(text)) = pattern_node else {
            return self.error(pattern, "matches() takes a pattern that is written out, or a parameter", None);
        };
        match Regex::new(&text) {
            Ok(regex) => Ok((Node::Call(Function::Matches(Box::new(regex)), vec![node]), Typed::solid(Ty::Bool))),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
                self.error(pattern, format!("the pattern is no regular expression: {reason}"), None)
            }
        }
    }

    fn plain_function(&mut self, expr: &IdedExpr, name: &str, arguments: &[&IdedExpr], facts: &Facts) -> Compiled {
        let Some((function, types, result)) = Function::signature(name) else {
            return self.error(expr, format!("there is no function `{name}`"), None);
        };
        let mut nodes = Vec::new();
        for (argument, ty) in arguments.iter().zip(&types) {
            nodes.push(self.operand(argument, ty, facts)?);
        }
        // What is written out is checked now rather than at every evaluation.
        if let Some(Node::Literal(Value::String(text))) = nodes.first() {
            let wrong = match function {
                Function::Duration => parse_duration(text).err(),
                Function::Timestamp => parse_timestamp(text).err(),
                _ => None,
            };
            if let (Some(message), Some(at)) = (wrong, arguments.first()) {
                return self.error(at, message, None);
            }
        }
        Ok((Node::Call(function, nodes), Typed::solid(result)))
    }

    fn run_loop(
        &mut self,
        kind: Loop,
        list: &IdedExpr,
        variable: &IdedExpr,
        body: &IdedExpr,
        facts: &Facts,
    ) -> Compiled {
        let (list_node, item) = self.list(list, facts)?;
        let Expr::Ident(name) = &variable.expr else {
            return self.error(variable, "the first argument is the name for an element", None);
        };
        if let Ty::Record(record) = &item.ty {
            self.note_type(record);
        }
        let slot = self.variables.variables.len();
        self.variables.declare(name.clone(), item.clone());
        let inner = facts.without(name);
        let compiled = if kind == Loop::Map {
            self.expr(body, &inner)
        } else {
            self.operand(body, &Ty::Bool, &inner).map(|node| (node, Typed::solid(Ty::Bool)))
        };
        self.variables.variables.truncate(slot);
        let (body, body_type) = compiled?;
        let typed = match kind {
            Loop::Exists | Loop::All | Loop::ExistsOne => Typed::solid(Ty::Bool),
            Loop::Filter => Typed::solid(Ty::List(Box::new(item))),
            Loop::Map => Typed::solid(Ty::List(Box::new(body_type))),
        };
        Ok((Node::Loop { kind, list: Box::new(list_node), slot, body: Box::new(body) }, typed))
    }
}
