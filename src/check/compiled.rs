//! A check, compiled: ready to judge.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_saphyr::Spanned;

use super::expression::{CompileError, Expression, Facts, Reads, Ty, Typed, Variables, compile};
use super::file::{Across, CheckFile, RelatedFile};
use super::template::Template;
use crate::collect::{self, Plan};
use crate::finding::Severity;
use crate::inventory::{Field, RecordType, Value};
use crate::source::{Problem, Source};
use crate::suggest::nearest;

/// The themes of an audit.
pub const THEMES: &[&str] = &[
    "high-availability",
    "rotation",
    "logging",
    "encryption-at-rest",
    "encryption-in-transit",
    "network",
    "iam",
    "backup-dr",
    "governance",
    "deployment",
    "observability",
    "cost",
    "tagging",
];

/// The frameworks that checks refer to, with their names.
pub const FRAMEWORKS: &[(&str, &str)] = &[
    ("aws-fsbp", "AWS Foundational Security Best Practices"),
    ("cis-aws-3.0.0", "CIS AWS Foundations Benchmark 3.0.0"),
    ("hipaa", "HIPAA Security Rule, 45 CFR Part 164"),
];

/// A parameter with the value in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The value in force.
    pub value: serde_json::Value,
    /// The check's own default.
    pub default: serde_json::Value,
    /// What it means.
    pub doc: String,
}

/// A check.
#[derive(Debug)]
pub struct Check {
    /// Service, resource and good state.
    pub id: Arc<str>,
    /// The good state, as a sentence.
    pub title: Arc<str>,
    /// How bad a fail is.
    pub severity: Severity,
    /// What it judges: one entry for each resource type.
    pub subjects: Vec<Subject>,
    /// Its parameters.
    pub params: IndexMap<String, Param>,
    /// The file that it was read from, for what is only shown.
    pub file: CheckFile,
    /// The file's text, for problems.
    pub source: Source,
}

/// A check on one resource type.
#[derive(Debug)]
pub struct Subject {
    /// The type.
    pub resource_type: &'static RecordType,
    /// What it applies to.
    pub when: Option<Expression>,
    /// The resources that are joined to it.
    pub related: Vec<Related>,
    /// The good state.
    pub pass: Expression,
    /// What a fail says.
    pub message: Template,
    /// The command that leads to the good state.
    pub cli: Template,
    /// What `when`, the joins and `pass` look at: the evidence.
    pub reads: Reads,
    /// The same with the messages: what has to be collected.
    pub needs: Reads,
}

/// One join.
#[derive(Debug)]
pub struct Related {
    /// The variable's name.
    pub name: String,
    /// The type.
    pub resource_type: &'static RecordType,
    /// Their attribute and the expression that it equals; absent where all are taken.
    pub on: Option<(JoinKey, Expression)>,
    /// How far it reaches.
    pub across: Across,
}

/// The attribute of the other type that a join compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKey {
    /// An attribute of the type, by position.
    Field(usize),
    /// The resource's id.
    Id,
    /// The resource's ARN.
    Arn,
}

/// Parameters that the configuration, or an example, sets.
pub type Overrides = BTreeMap<String, serde_json::Value>;

impl Check {
    /// Compiles a check file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place.
    pub fn compile(source: Source, file: CheckFile, overrides: &Overrides) -> Result<Check, Vec<Problem>> {
        let mut problems = Vec::new();
        check_words(&source, &file, &mut problems);
        let params = params(&source, &file, overrides, &mut problems);
        let mut subjects = Vec::new();
        for name in file.resource.all() {
            match collect::resource_type(name) {
                Some(resource_type) => match subject(&source, &file, resource_type, &params) {
                    Ok(subject) => subjects.push(subject),
                    Err(problem) => problems.push(problem),
                },
                None => problems.push(unknown_type(&source, name)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Check {
            id: file.id.value.as_str().into(),
            title: file.title.trim().into(),
            severity: file.severity,
            subjects,
            params,
            file,
            source,
        })
    }

    /// Whether a parameter says what is looked at, and not what it has to be like: it stands in `when`, or names what the
    /// account has to have. A number or text that `pass` compares too stands in `when` only so that nothing is judged
    /// that nobody documented.
    pub fn selects_by(&self, param: &str) -> bool {
        let of_account = self.subjects.iter().all(|subject| subject.resource_type.name == "AWS::::Account");
        let names = self.params.get(param).is_some_and(|p| p.default.is_string() || p.default.is_array());
        let lists = self.params.get(param).is_some_and(|p| p.default.is_array());
        let in_when = self.subjects.iter().any(|subject| {
            subject.when.as_ref().is_some_and(|when| when.reads.params.contains(param))
                && (lists || !subject.pass.reads.params.contains(param))
        });
        of_account && names || in_when
    }

    /// The types that it judges.
    pub fn types(&self) -> impl Iterator<Item = &'static RecordType> {
        self.subjects.iter().map(|subject| subject.resource_type)
    }

    /// The types that it joins with those.
    pub fn joined_types(&self) -> impl Iterator<Item = &'static RecordType> {
        self.subjects.iter().flat_map(|subject| &subject.related).map(|related| related.resource_type)
    }

    /// The attributes that it reads of resources that it joins.
    pub fn joined_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.subjects.iter().flat_map(|subject| {
            let joined = subject.related.iter().map(|related| related.resource_type);
            joined.flat_map(|t| {
                let positions = subject.needs.attributes.get(t.name).into_iter().flatten();
                positions.filter_map(|position| t.fields().get(*position))
            })
        })
    }

    /// Whether a verdict takes more than what is in the Region of the resource.
    pub fn looks_across_regions(&self) -> bool {
        let mut related = self.subjects.iter().flat_map(|subject| &subject.related);
        related.any(|related| related.across == Across::Regions)
    }

    /// Adds to a plan what this check needs.
    pub fn plan(&self, plan: &mut Plan) {
        for subject in &self.subjects {
            plan.need_type(subject.resource_type);
            for related in &subject.related {
                plan.need_type(related.resource_type);
            }
            for (name, positions) in &subject.needs.attributes {
                let Some(resource_type) = subject.needs.types.get(name) else { continue };
                for field in positions.iter().filter_map(|position| resource_type.fields().get(*position)) {
                    plan.need_attribute(resource_type, field);
                }
            }
        }
    }
}

fn unknown_type(source: &Source, name: &str) -> Problem {
    let help = nearest(name, collect::resource_types().map(|t| t.name))
        .or_else(|| Some("`plumbline inventory types` lists the types".to_owned()));
    source.problem_with(name, format!("no collector finds resources of type `{name}`"), help)
}

fn check_words(source: &Source, file: &CheckFile, problems: &mut Vec<Problem>) {
    for theme in &file.themes {
        if !THEMES.contains(&theme.value.as_str()) {
            let help = nearest(&theme.value, THEMES.iter().copied());
            problems.push(source.problem(theme.referenced, format!("`{}` is no theme", theme.value), help));
        }
    }
    for name in file.frameworks.keys() {
        if !FRAMEWORKS.iter().any(|(known, _)| known == name) {
            let help = nearest(name, FRAMEWORKS.iter().map(|(known, _)| *known));
            problems.push(source.problem_with(name, format!("`{name}` is no framework"), help));
        }
    }
    let id = &file.id.value;
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        let message = format!("`{id}` is no id: lower-case letters, digits and hyphens");
        problems.push(source.problem(file.id.referenced, message, None));
    }
}

fn params(
    source: &Source,
    file: &CheckFile,
    overrides: &Overrides,
    problems: &mut Vec<Problem>,
) -> IndexMap<String, Param> {
    let at = file.id.referenced;
    for name in overrides.keys().filter(|name| !file.params.contains_key(*name)) {
        let help = nearest(name, file.params.keys().map(String::as_str));
        let message = format!("the check `{}` has no parameter `{name}`, which is set for it", file.id.value);
        problems.push(source.problem(at, message, help));
    }
    let mut params = IndexMap::new();
    for (name, param) in &file.params {
        let value = overrides.get(name).unwrap_or(&param.default);
        match (param_value(&param.default), param_value(value)) {
            (Some((expected, _)), Some((found, _))) if expected.comparable(&found) => {}
            (None, _) => {
                let message = format!("the default of `{name}` is no number, text, truth value or list of one kind");
                problems.push(source.problem(at, message, None));
            }
            (Some((expected, _)), _) => {
                let message =
                    format!("the parameter `{name}` of `{}` is {expected}, and `{value}` is not", file.id.value);
                problems.push(source.problem(at, message, None));
            }
        }
        params.insert(
            name.clone(),
            Param { value: value.clone(), default: param.default.clone(), doc: param.doc.trim().to_owned() },
        );
    }
    params
}

/// The type and value of a parameter. A list that is empty holds texts.
fn param_value(json: &serde_json::Value) -> Option<(Ty, Value)> {
    Some(match json {
        serde_json::Value::Bool(value) => (Ty::Bool, Value::Bool(*value)),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(value) => (Ty::Int, Value::Int(value)),
            None => (Ty::Double, Value::Double(number.as_f64()?)),
        },
        serde_json::Value::String(text) => (Ty::String, Value::String(text.as_str().into())),
        serde_json::Value::Array(items) => {
            let items: Vec<(Ty, Value)> = items.iter().map(param_value).collect::<Option<_>>()?;
            let item = items.first().map_or(Ty::String, |(ty, _)| ty.clone());
            if !items.iter().all(|(ty, _)| ty.comparable(&item)) {
                return None;
            }
            (Ty::list(item), Value::list(items.into_iter().map(|(_, value)| value).collect()))
        }
        serde_json::Value::Null | serde_json::Value::Object(_) => return None,
    })
}

fn subject(
    source: &Source,
    file: &CheckFile,
    resource_type: &'static RecordType,
    params: &IndexMap<String, Param>,
) -> Result<Subject, Problem> {
    let mut variables = Variables::default();
    variables.declare("resource", Typed::solid(Ty::Record(resource_type)));
    variables.declare("now", Typed::solid(Ty::Timestamp));
    for (name, param) in params {
        if let Some((ty, value)) = param_value(&param.value) {
            // An empty list takes the type of its default.
            let ty = match param_value(&param.default) {
                Some((default, _)) => default,
                None => ty,
            };
            variables.declare_param(name, Typed::solid(ty), value);
        }
    }
    let within = |text: &Spanned<String>, error: CompileError| {
        source.problem_within(text, error.start..error.end, error.message, error.help)
    };
    let condition = |text: &Spanned<String>, variables: &Variables, facts: &Facts| {
        let expression = compile(&text.value, variables, facts).map_err(|error| within(text, error))?;
        match expression.typed {
            Typed { ty: Ty::Bool, nullable: false } => Ok(expression),
            Typed { ty, nullable } => {
                let help = nullable.then(|| "it can be null: write `== true`".to_owned());
                Err(source.problem(text.referenced, format!("a condition must be bool, this is {ty}"), help))
            }
        }
    };
    let mut reads = Reads::default();
    let mut related = Vec::new();
    for (name, entry) in &file.related {
        let join = join(source, name, entry, &variables)?;
        if let Some((key, expression)) = &join.on {
            reads.extend(&expression.reads);
            if let JoinKey::Field(position) = key {
                reads.types.insert(join.resource_type.name, join.resource_type);
                reads.attributes.entry(join.resource_type.name).or_default().insert(*position);
            }
        }
        variables.declare(name, Typed::solid(Ty::list(Ty::Record(join.resource_type))));
        related.push(join);
    }
    let when = file.when.as_ref().map(|text| condition(text, &variables, &Facts::default())).transpose()?;
    let facts = file.when.as_ref().map(|text| Facts::if_true(&text.value)).unwrap_or_default();
    let pass = condition(&file.pass, &variables, &facts)?;
    reads.extend(&pass.reads);
    if let Some(when) = &when {
        reads.extend(&when.reads);
    }
    let failed = facts.and(&Facts::if_false(&file.pass.value));
    let template = |text: &Spanned<String>| {
        Template::compile(&text.value, &variables, &failed).map_err(|error| within(text, error))
    };
    let message = template(&file.message)?;
    let cli = file.remediation.cli.as_ref().map(template).transpose()?.unwrap_or_default();
    let mut needs = reads.clone();
    needs.extend(&message.reads());
    needs.extend(&cli.reads());
    Ok(Subject { resource_type, when, related, pass, message, cli, reads, needs })
}

fn join(source: &Source, name: &str, entry: &RelatedFile, variables: &Variables) -> Result<Related, Problem> {
    let type_name = &entry.resource_type;
    let Some(resource_type) = collect::resource_type(&type_name.value) else {
        return Err(unknown_type(source, &type_name.value));
    };
    let mut on = None;
    for (attribute, text) in &entry.on {
        if on.is_some() {
            let help = Some("join on one attribute, and filter by the others".to_owned());
            return Err(source.problem(text.referenced, format!("`{name}` is joined on two attributes"), help));
        }
        let expression = compile(&text.value, variables, &Facts::default())
            .map_err(|error| source.problem_within(text, error.start..error.end, error.message, error.help))?;
        let (key, ty) = match resource_type.field(attribute) {
            Some((position, field)) => (JoinKey::Field(position), Ty::from(&field.value_type)),
            None if attribute == "id" => (JoinKey::Id, Ty::String),
            None if attribute == "arn" => (JoinKey::Arn, Ty::String),
            None => {
                let names = resource_type.fields().iter().map(|field| field.name).chain(["id", "arn"]);
                let help = nearest(attribute, names);
                let message = format!("{} has no attribute `{attribute}`", resource_type.name);
                return Err(source.problem(text.referenced, message, help));
            }
        };
        let scalar = |ty: &Ty| match ty {
            Ty::List(item) => item.ty.clone(),
            other => other.clone(),
        };
        let (theirs, ours) = (scalar(&ty), scalar(&expression.typed.ty));
        if !matches!(theirs, Ty::String | Ty::Int) || !theirs.comparable(&ours) {
            let message = format!("`{attribute}` is {ty}, and is joined with {}", expression.typed.ty);
            return Err(source.problem(text.referenced, message, Some("join on texts or numbers".to_owned())));
        }
        on = Some((key, expression));
    }
    Ok(Related { name: name.to_owned(), resource_type, on, across: entry.across })
}
