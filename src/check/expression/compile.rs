//! From CEL's syntax tree to a type-checked expression.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::facts::{Facts, path};
use super::node::{Arithmetic, Compare, Expression, Meta, Node, Reads};
use super::ty::{Ty, Typed};
use crate::inventory::{RecordType, Value};
use crate::suggest::nearest;

/// An expression that cannot be used, with the place and, where there is one, what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The first character, counted from the start of the expression.
    pub start: usize,
    /// The first character behind it.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// The variables that an expression can use, in the order of their values in
/// [`Bindings`](super::Bindings), and the parameters, which are constants.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    pub(super) variables: Vec<(String, Typed)>,
    params: Vec<(String, Typed, Value)>,
}

impl Variables {
    /// Adds a variable.
    pub fn declare(&mut self, name: impl Into<String>, typed: Typed) {
        self.variables.push((name.into(), typed));
    }

    /// Adds a parameter.
    pub fn declare_param(&mut self, name: impl Into<String>, typed: Typed, value: Value) {
        self.params.push((name.into(), typed, value));
    }
}

pub(super) fn parse(source: &str) -> Result<(IdedExpr, SourceInfo), CompileError> {
    // Without macros: `exists` and the like stay the calls that they are written as.
    let parser = cel::Env::default().with_optional_support(false).parser();
    parser.parse_with_source_info(source).map_err(|errors| {
        let Some(error) = errors.errors.first() else {
            return CompileError { start: 0, end: 0, message: "the expression cannot be read".to_owned(), help: None };
        };
        let (line, column) = (error.pos.0.max(1) as usize, error.pos.1.max(1) as usize);
        let before: usize = source.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum();
        let start = (before + column - 1).min(source.chars().count());
        let message = error.msg.split(" expecting ").next().unwrap_or_default().replace("Syntax error: ", "");
        CompileError { start, end: start + 1, message: format!("the expression is no CEL: {message}"), help: None }
    })
}

/// Compiles an expression.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn compile(source: &str, variables: &Variables, facts: &Facts) -> Result<Expression, CompileError> {
    let (expr, info) = parse(source)?;
    let mut compiler = Compiler { info: &info, variables: variables.clone(), reads: Reads::default() };
    let (node, typed) = compiler.expr(&expr, facts)?;
    Ok(Expression { node, typed, reads: compiler.reads })
}

pub(super) struct Compiler<'s> {
    info: &'s SourceInfo,
    pub(super) variables: Variables,
    reads: Reads,
}

pub(super) type Compiled = Result<(Node, Typed), CompileError>;

impl Compiler<'_> {
    pub(super) fn error<T>(
        &self,
        at: &IdedExpr,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Result<T, CompileError> {
        let (start, end) = self.span(at);
        Err(CompileError { start, end, message: message.into(), help })
    }

    fn span(&self, at: &IdedExpr) -> (usize, usize) {
        let (start, stop) = self.info.offset_for(at.id).unwrap_or_default();
        (start as usize, (stop as usize + 1).max(start as usize + 1))
    }

    pub(super) fn expr(&mut self, expr: &IdedExpr, facts: &Facts) -> Compiled {
        let (node, typed) = match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal)?,
            Expr::Ident(name) => self.variable(expr, name)?,
            Expr::Select(select) if select.test => {
                return self.error(expr, "has() is not used here", Some("compare with null".to_owned()));
            }
            Expr::Select(select) => self.select(expr, &select.operand, &select.field, facts)?,
            Expr::List(list) => {
                let mut items = Vec::new();
                let mut item_type = Typed::solid(Ty::Dyn);
                for item in &list.elements {
                    let (node, typed) = self.expr(item, facts)?;
                    if !item_type.ty.comparable(&typed.ty) {
                        let message = format!("a list of {} cannot hold {}", item_type.ty, typed.ty);
                        return self.error(item, message, None);
                    }
                    item_type = Typed { nullable: item_type.nullable || typed.nullable, ty: typed.ty };
                    items.push(node);
                }
                (Node::List(items), Typed::solid(Ty::List(Box::new(item_type))))
            }
            Expr::Call(call) => self.call(expr, call, facts)?,
            Expr::Map(_) | Expr::Struct(_) => {
                return self.error(expr, "maps and structures cannot be written here", None);
            }
            Expr::Comprehension(_) | Expr::Unspecified => return self.error(expr, "this cannot be used here", None),
        };
        let known = typed.nullable && path(expr).is_some_and(|path| facts.include(&path));
        Ok((node, if known { Typed::solid(typed.ty) } else { typed }))
    }

    fn literal(&self, expr: &IdedExpr, literal: &LiteralValue) -> Compiled {
        Ok(match literal {
            LiteralValue::Boolean(value) => (Node::Literal(Value::Bool(*value.inner())), Typed::solid(Ty::Bool)),
            LiteralValue::Int(value) => (Node::Literal(Value::Int(*value.inner())), Typed::solid(Ty::Int)),
            LiteralValue::Double(value) => (Node::Literal(Value::Double(*value.inner())), Typed::solid(Ty::Double)),
            LiteralValue::String(text) => (Node::Literal(Value::String(text.inner().into())), Typed::solid(Ty::String)),
            LiteralValue::Null => (Node::Literal(Value::Null), Typed::nullable(Ty::Dyn)),
            LiteralValue::UInt(_) => return self.error(expr, "write whole numbers without `u`", None),
            LiteralValue::Bytes(_) => return self.error(expr, "bytes cannot be used here", None),
        })
    }

    fn variable(&mut self, expr: &IdedExpr, name: &str) -> Compiled {
        // The innermost wins, as in any language.
        if let Some((slot, (_, typed))) =
            self.variables.variables.iter().enumerate().rev().find(|(_, (n, _))| n == name)
        {
            let typed = typed.clone();
            self.reads.variables.insert(name.to_owned());
            if let Ty::Record(record) = &typed.ty {
                self.note_type(record);
            }
            return Ok((Node::Variable(slot), typed));
        }
        if name == "params" {
            return self.error(expr, "`params` stands for no value by itself", Some("write `params.NAME`".to_owned()));
        }
        let names = self.variables.variables.iter().map(|(name, _)| name.as_str()).chain(["params"]);
        self.error(expr, format!("there is no variable `{name}`"), nearest(name, names))
    }

    pub(super) fn note_type(&mut self, record: &'static RecordType) {
        if record.resource.is_some() {
            self.reads.types.insert(record.name, record);
        }
    }

    fn select(&mut self, expr: &IdedExpr, operand: &IdedExpr, name: &str, facts: &Facts) -> Compiled {
        if matches!(&operand.expr, Expr::Ident(variable) if variable == "params") {
            return self.param(expr, name);
        }
        let (of, typed) = self.expr(operand, facts)?;
        let Ty::Record(record) = typed.ty else {
            let help = match &typed.ty {
                Ty::Map(_) => Some(format!("write `[\"{name}\"]` for an entry of a map")),
                Ty::List(_) => Some("look at its elements with exists, all, filter or map".to_owned()),
                _ => None,
            };
            return self.error(expr, format!("a {} has no attribute `{name}`", typed.ty), help);
        };
        if typed.nullable {
            return self.null_error(expr, operand, &typed);
        }
        if let Some((position, field)) = record.field(name) {
            if record.resource.is_some() {
                self.note_type(record);
                self.reads.attributes.entry(record.name).or_default().insert(position);
            }
            let typed = Typed { ty: Ty::from(&field.value_type), nullable: field.nullable };
            return Ok((Node::Field(Box::new(of), position), typed));
        }
        if record.resource.is_some()
            && let Some((_, meta)) = Meta::ALL.iter().find(|(meta, _)| *meta == name)
        {
            self.note_type(record);
            return Ok((Node::Meta(Box::new(of), *meta), Typed::solid(Ty::String)));
        }
        let metas = if record.resource.is_some() { &Meta::ALL[..] } else { &[] };
        let names = record.fields().iter().map(|field| field.name).chain(metas.iter().map(|(name, _)| *name));
        // The place of a selection is its dot.
        let start = self.span(expr).0 + 1;
        Err(CompileError {
            start,
            end: start + name.chars().count(),
            message: format!("{} has no attribute `{name}`", record.name),
            help: nearest(name, names),
        })
    }

    fn param(&mut self, expr: &IdedExpr, name: &str) -> Compiled {
        if let Some((_, typed, value)) = self.variables.params.iter().find(|(n, _, _)| n == name) {
            let compiled = (Node::Literal(value.clone()), typed.clone());
            self.reads.params.insert(name.to_owned());
            return Ok(compiled);
        }
        let names = self.variables.params.iter().map(|(name, _, _)| name.as_str());
        self.error(expr, format!("the check declares no parameter `{name}`"), nearest(name, names))
    }

    pub(super) fn null_error<T>(&self, at: &IdedExpr, of: &IdedExpr, typed: &Typed) -> Result<T, CompileError> {
        let name = path(of).map_or_else(|| "this".to_owned(), |path| format!("`{path}`"));
        let help = path(of).map(|path| format!("test `{path} != null &&` first, or compare with `==`"));
        self.error(at, format!("{name} can be null ({}: not configured)", typed.ty), help)
    }

    /// An operand that must be of one type and not null.
    pub(super) fn operand(&mut self, expr: &IdedExpr, expected: &Ty, facts: &Facts) -> Result<Node, CompileError> {
        let (node, typed) = self.expr(expr, facts)?;
        if !expected.comparable(&typed.ty) || matches!(typed.ty, Ty::Dyn) && !matches!(expected, Ty::Dyn | Ty::List(_))
        {
            return self.error(expr, format!("expected {expected}, found {}", typed.ty), None);
        }
        if typed.nullable {
            return self.null_error(expr, expr, &typed);
        }
        Ok(node)
    }

    pub(super) fn list(&mut self, expr: &IdedExpr, facts: &Facts) -> Result<(Node, Typed), CompileError> {
        let (node, typed) = self.expr(expr, facts)?;
        if typed.nullable {
            return self.null_error(expr, expr, &typed);
        }
        match typed.ty {
            Ty::List(item) => Ok((node, *item)),
            other => self.error(expr, format!("expected a list, found {other}"), None),
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr, facts: &Facts) -> Compiled {
        use operators as op;
        let solid = |node, ty| Ok((node, Typed::solid(ty)));
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [left, right]) => {
                let a = self.operand(left, &Ty::Bool, facts)?;
                let b = self.operand(right, &Ty::Bool, &facts.and(&Facts::when(left, true)))?;
                solid(Node::And(Box::new(a), Box::new(b)), Ty::Bool)
            }
            (op::LOGICAL_OR, [left, right]) => {
                let a = self.operand(left, &Ty::Bool, facts)?;
                let b = self.operand(right, &Ty::Bool, &facts.and(&Facts::when(left, false)))?;
                solid(Node::Or(Box::new(a), Box::new(b)), Ty::Bool)
            }
            (op::LOGICAL_NOT, [of]) => solid(Node::Not(Box::new(self.operand(of, &Ty::Bool, facts)?)), Ty::Bool),
            (op::NEGATE, [of]) => {
                let (node, typed) = self.expr(of, facts)?;
                match typed.ty {
                    Ty::Int | Ty::Double | Ty::Duration if !typed.nullable => {
                        solid(Node::Negate(Box::new(node)), typed.ty)
                    }
                    other => self.error(of, format!("{other} cannot be negated"), None),
                }
            }
            (op::CONDITIONAL, [condition, then, otherwise]) => {
                let test = self.operand(condition, &Ty::Bool, facts)?;
                let (a, a_type) = self.expr(then, &facts.and(&Facts::when(condition, true)))?;
                let (b, b_type) = self.expr(otherwise, &facts.and(&Facts::when(condition, false)))?;
                if !a_type.ty.comparable(&b_type.ty) {
                    let message = format!("one side of `? :` is {}, the other {}", a_type.ty, b_type.ty);
                    return self.error(expr, message, None);
                }
                let ty = if matches!(a_type.ty, Ty::Dyn) { b_type.ty } else { a_type.ty };
                let typed = Typed { ty, nullable: a_type.nullable || b_type.nullable };
                Ok((Node::Conditional(Box::new(test), Box::new(a), Box::new(b)), typed))
            }
            (op::EQUALS | op::NOT_EQUALS, [left, right]) => {
                let (a, a_type) = self.expr(left, facts)?;
                let (b, b_type) = self.expr(right, facts)?;
                if !a_type.ty.comparable(&b_type.ty) {
                    let message = format!("{} is compared with {}: they are never equal", a_type.ty, b_type.ty);
                    return self.error(expr, message, None);
                }
                let (a, b) = (Box::new(a), Box::new(b));
                let equal = call.func_name == op::EQUALS;
                solid(if equal { Node::Equal(a, b) } else { Node::NotEqual(a, b) }, Ty::Bool)
            }
            (op::LESS, [left, right]) => self.compare(Compare::Less, left, right, facts),
            (op::LESS_EQUALS, [left, right]) => self.compare(Compare::LessOrEqual, left, right, facts),
            (op::GREATER, [left, right]) => self.compare(Compare::Greater, left, right, facts),
            (op::GREATER_EQUALS, [left, right]) => self.compare(Compare::GreaterOrEqual, left, right, facts),
            (op::IN, [item, container]) => self.contained(item, container, facts),
            (op::ADD, [left, right]) => self.arithmetic(Arithmetic::Add, expr, left, right, facts),
            (op::SUBSTRACT, [left, right]) => self.arithmetic(Arithmetic::Subtract, expr, left, right, facts),
            (op::MULTIPLY, [left, right]) => self.arithmetic(Arithmetic::Multiply, expr, left, right, facts),
            (op::DIVIDE, [left, right]) => self.arithmetic(Arithmetic::Divide, expr, left, right, facts),
            (op::MODULO, [left, right]) => self.arithmetic(Arithmetic::Remainder, expr, left, right, facts),
            (op::INDEX, [of, index]) => self.index(expr, of, index, facts),
            (name, arguments) => {
                let all: Vec<&IdedExpr> = call.target.as_deref().into_iter().chain(arguments).collect();
                self.function(expr, name, call.target.is_some(), &all, facts)
            }
        }
    }

    fn compare(&mut self, how: Compare, left: &IdedExpr, right: &IdedExpr, facts: &Facts) -> Compiled {
        let (a, typed) = self.expr(left, facts)?;
        if typed.nullable {
            return self.null_error(left, left, &typed);
        }
        if !matches!(typed.ty, Ty::Int | Ty::Double | Ty::String | Ty::Timestamp | Ty::Duration) {
            return self.error(left, format!("{} has no order", typed.ty), None);
        }
        let b = self.operand(right, &typed.ty, facts)?;
        Ok((Node::Compare(how, Box::new(a), Box::new(b)), Typed::solid(Ty::Bool)))
    }

    fn contained(&mut self, item: &IdedExpr, container: &IdedExpr, facts: &Facts) -> Compiled {
        let (a, item_type) = self.expr(item, facts)?;
        let (b, typed) = self.expr(container, facts)?;
        if typed.nullable {
            return self.null_error(container, container, &typed);
        }
        let element = match &typed.ty {
            Ty::List(element) => element.ty.clone(),
            Ty::Map(_) => Ty::String,
            other => return self.error(container, format!("`in` needs a list or a map, found {other}"), None),
        };
        if !element.comparable(&item_type.ty) {
            return self.error(item, format!("a list of {element} never holds {}", item_type.ty), None);
        }
        Ok((Node::In(Box::new(a), Box::new(b)), Typed::solid(Ty::Bool)))
    }

    fn arithmetic(
        &mut self,
        how: Arithmetic,
        expr: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        facts: &Facts,
    ) -> Compiled {
        use Arithmetic::{Add, Remainder, Subtract};
        let (a, a_type) = self.expr(left, facts)?;
        let (b, b_type) = self.expr(right, facts)?;
        for (side, typed) in [(left, &a_type), (right, &b_type)] {
            if typed.nullable {
                return self.null_error(side, side, typed);
            }
        }
        let ty = match (how, &a_type.ty, &b_type.ty) {
            (_, Ty::Int, Ty::Int) => Ty::Int,
            (how, Ty::Double, Ty::Double) if how != Remainder => Ty::Double,
            (Add, Ty::String, Ty::String) => Ty::String,
            (Add | Subtract, Ty::Timestamp, Ty::Duration) => Ty::Timestamp,
            (Subtract, Ty::Timestamp, Ty::Timestamp) => Ty::Duration,
            (Add | Subtract, Ty::Duration, Ty::Duration) => Ty::Duration,
            (Add, Ty::List(x), Ty::List(y)) if x.ty.comparable(&y.ty) => {
                if matches!(x.ty, Ty::Dyn) {
                    b_type.ty.clone()
                } else {
                    a_type.ty.clone()
                }
            }
            (_, a, b) => return self.error(expr, format!("{a} and {b} cannot be computed with each other"), None),
        };
        Ok((Node::Arithmetic(how, Box::new(a), Box::new(b)), Typed::solid(ty)))
    }

    fn index(&mut self, expr: &IdedExpr, of: &IdedExpr, index: &IdedExpr, facts: &Facts) -> Compiled {
        let (node, typed) = self.expr(of, facts)?;
        if typed.nullable {
            return self.null_error(of, of, &typed);
        }
        match typed.ty {
            Ty::List(item) => {
                let index = self.operand(index, &Ty::Int, facts)?;
                Ok((Node::Element(Box::new(node), Box::new(index)), *item))
            }
            Ty::Map(item) => {
                let key = self.operand(index, &Ty::String, facts)?;
                Ok((Node::Entry(Box::new(node), Box::new(key)), Typed::nullable(*item)))
            }
            other => self.error(expr, format!("{other} has no elements"), None),
        }
    }
}
