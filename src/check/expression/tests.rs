//! Expressions as a check's author meets them.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Bindings, CompileError, Expression, Facts, Rt, Ty, Typed, Variables, compile};
use crate::inventory::{Gap, GapKind, List, Observed, Place, Record, Resource, Value};
use crate::{operation, record, resource};

operation!(LIST_BOXES, "box", "ListBoxes", "box:ListBoxes");
operation!(DESCRIBE_BOX, "box", "DescribeBox", "box:DescribeBox");

record! {
    /// A rule of a box.
    pub struct Rule {
        /// The port.
        port: i64,
        /// Who may use it.
        cidr: Option<String>,
    }
}

resource! {
    /// A box.
    pub struct TestBox: "Test::Box" listed by [LIST_BOXES] {
        /// The name.
        name: String,
        /// A label.
        label: Option<String>,
        /// Whether it is locked.
        locked: Observed<bool> = [DESCRIBE_BOX],
        /// How many keys it has.
        keys: i64,
        /// The rules.
        rules: Vec<Rule>,
        /// The tags.
        tags: std::collections::BTreeMap<String, String>,
    }
}

fn gap(action: &str) -> Arc<Gap> {
    Arc::new(Gap { kind: GapKind::Denied, operation: action.into(), action: action.into(), message: "no".into() })
}

fn a_box() -> TestBox {
    TestBox {
        name: "red".into(),
        label: None,
        locked: Ok(true),
        keys: 3,
        rules: vec![Rule { port: 22, cidr: Some("10.0.0.0/8".into()) }, Rule { port: 443, cidr: None }],
        tags: [("env".to_owned(), "prod".to_owned())].into(),
    }
}

fn as_resource(record: TestBox) -> Resource {
    Resource {
        resource_type: TestBox::record_type(),
        place: Place::new("111122223333", "eu-west-1"),
        id: "red".into(),
        arn: "arn:aws:box:eu-west-1:111122223333:red".into(),
        fields: record.into_fields().into(),
    }
}

fn variables() -> Variables {
    let mut variables = Variables::default();
    variables.declare("resource", Typed::solid(Ty::Record(TestBox::record_type())));
    variables.declare("now", Typed::solid(Ty::Timestamp));
    variables.declare("boxes", Typed::solid(Ty::list(Ty::Record(TestBox::record_type()))));
    variables.declare_param("limit", Typed::solid(Ty::Int), Value::Int(3));
    variables
}

fn compiled(source: &str) -> Result<Expression, CompileError> {
    compile(source, &variables(), &Facts::default())
}

/// `true`, `false`, or the actions that are missing.
fn outcome(source: &str, resource: &Resource, boxes: Rt<'_>) -> String {
    let expression = compiled(source).unwrap_or_else(|error| panic!("{source}: {}", error.message));
    let now = Rt::owned(Value::Timestamp("2026-01-01T00:00:00Z".parse().unwrap()));
    let mut bindings = Bindings::new(vec![Rt::Resource(resource), now, boxes]);
    match expression.evaluate(&mut bindings) {
        Ok(value) => value.render(),
        Err(stop) => match stop.error {
            Some(error) => format!("error: {error}"),
            None => stop.gaps.iter().map(|gap| gap.action.clone()).collect::<Vec<_>>().join("+"),
        },
    }
}

fn check(cases: &[(&str, &str)]) {
    let resource = as_resource(a_box());
    for (source, expected) in cases {
        let boxes = Rt::resources(vec![&resource], None);
        assert_eq!(outcome(source, &resource, boxes), *expected, "{source}");
    }
}

#[test]
fn operators_and_functions_do_what_cel_says() {
    check(&[
        ("resource.locked && resource.keys == 3", "true"),
        ("resource.keys > 3 || resource.keys <= 2", "false"),
        ("resource.keys * 2 + 1 == 7 && 7 % 4 == 3 && 7 / 2 == 3 && -resource.keys < 0", "true"),
        ("resource.keys == params.limit ? 'yes' : 'no'", "yes"),
        ("resource.name in ['red', 'blue']", "true"),
        ("resource.rules.exists(r, r.port == 22)", "true"),
        ("resource.rules.all(r, r.port < 100)", "false"),
        ("resource.rules.exists_one(r, r.port > 100)", "true"),
        ("resource.rules.filter(r, r.port > 100).map(r, r.port)", "443"),
        ("size(resource.rules) == 2 && resource.rules.size() == 2", "true"),
        ("[1, 2, 2, 1].distinct()", "1, 2"),
        ("[[1], [2, 3]].flatten()", "1, 2, 3"),
        ("['a', 'b'].join('-') + '!'", "a-b!"),
        ("'a/b'.split('/')[1]", "b"),
        ("resource.name.startsWith('r') && resource.name.endsWith('d') && resource.name.contains('e')", "true"),
        ("resource.name.matches('^r.d$')", "true"),
        ("'ABC'.lowerAscii() == 'abc'", "true"),
        ("'10.0.0.0/8'.containsCIDR('10.1.0.0/16')", "true"),
        ("now - duration('24h') < timestamp('2025-12-31T12:00:00Z')", "true"),
        ("now - timestamp('2025-12-25T00:00:00Z') == days(7)", "true"),
        ("int('12') + 1", "13"),
        ("string(12) == '12'", "true"),
        ("resource.tags['env'] == 'prod' && resource.tags['other'] == null", "true"),
        ("'env' in resource.tags", "true"),
        ("resource.region == 'eu-west-1' && resource.id == 'red' && resource.account_id == '111122223333'", "true"),
        ("boxes.exists(b, b.arn == resource.arn)", "true"),
        ("boxes.map(b, b.rules.map(r, r.port)).flatten() == [22, 443]", "true"),
        ("1 == 1.0 && 2 > 1.5", "true"),
    ]);
}

#[test]
fn null_is_a_value_that_equals_nothing_else() {
    check(&[
        ("resource.label == null", "true"),
        ("resource.label == 'x'", "false"),
        ("resource.label != 'x'", "true"),
        ("resource.label != null && resource.label.startsWith('x')", "false"),
        ("resource.rules.exists(r, r.cidr != null && r.cidr.startsWith('10.'))", "true"),
        ("resource.label == null || resource.label.size() > 3", "true"),
        ("!(resource.label == null) && resource.label.size() > 3", "false"),
        ("resource.label == null ? 0 : resource.label.size()", "0"),
    ]);
}

#[test]
fn what_could_not_be_read_is_unknown_unless_the_rest_decides() {
    let hidden = as_resource(TestBox { locked: Err(gap("box:DescribeBox")), ..a_box() });
    for (source, expected) in [
        ("resource.locked", "box:DescribeBox"),
        ("!resource.locked", "box:DescribeBox"),
        ("resource.locked == true", "box:DescribeBox"),
        ("resource.locked || true", "true"),
        ("true || resource.locked", "true"),
        ("resource.locked && false", "false"),
        ("false && resource.locked", "false"),
        ("resource.locked && true", "box:DescribeBox"),
        ("resource.locked || false", "box:DescribeBox"),
        ("resource.locked ? 1 : 1", "box:DescribeBox"),
        ("[resource.locked, true].exists(x, x)", "true"),
        ("[resource.locked, false].exists(x, x)", "box:DescribeBox"),
        ("[resource.locked, false].all(x, x)", "false"),
        ("[resource.locked, true].all(x, x)", "box:DescribeBox"),
        ("true in [resource.locked, true]", "true"),
        ("false in [resource.locked, true]", "box:DescribeBox"),
        ("[resource.locked].size() == 1", "true"),
        ("[resource.locked, true] == [false, false]", "false"),
        ("[resource.locked, true] == [true, true]", "box:DescribeBox"),
        ("[resource.locked, true].filter(x, x).size()", "box:DescribeBox"),
        ("[resource.locked, true].filter(x, x).exists(x, x)", "true"),
    ] {
        assert_eq!(outcome(source, &hidden, Rt::resources(vec![], None)), expected, "{source}");
    }
}

#[test]
fn a_list_that_is_known_in_part_decides_only_what_its_known_part_decides() {
    let resource = as_resource(a_box());
    let part = || Rt::resources(vec![&resource], Some(gap("box:ListBoxes")));
    for (source, expected) in [
        ("boxes.exists(b, b.name == 'red')", "true"),
        ("boxes.exists(b, b.name == 'blue')", "box:ListBoxes"),
        ("boxes.all(b, b.name == 'blue')", "false"),
        ("boxes.all(b, b.name == 'red')", "box:ListBoxes"),
        ("boxes.size() == 1", "box:ListBoxes"),
        ("boxes.exists_one(b, b.name == 'red')", "box:ListBoxes"),
        ("'red' in boxes.map(b, b.name)", "true"),
        ("'blue' in boxes.map(b, b.name)", "box:ListBoxes"),
        ("boxes.filter(b, b.keys == 3).exists(b, b.name == 'red')", "true"),
        ("boxes.map(b, b.name) == ['red']", "box:ListBoxes"),
        ("boxes.map(b, b.name).distinct().size() >= 1", "box:ListBoxes"),
        ("(boxes.map(b, b.name) + ['blue']).exists(n, n == 'blue')", "true"),
        ("boxes.map(b, b.name).join(',') == 'red'", "box:ListBoxes"),
    ] {
        assert_eq!(outcome(source, &resource, part()), expected, "{source}");
    }
}

#[test]
fn two_missing_reads_are_both_named() {
    let hidden = as_resource(TestBox { locked: Err(gap("box:DescribeBox")), ..a_box() });
    let none = Rt::resources(vec![], Some(gap("box:ListBoxes")));
    assert_eq!(outcome("resource.locked && boxes.exists(b, true)", &hidden, none), "box:DescribeBox+box:ListBoxes");
}

#[test]
fn what_cannot_be_computed_is_an_error_and_no_verdict() {
    check(&[
        ("resource.keys / 0 == 1", "error: 3 and 0 cannot be computed: out of range"),
        ("9223372036854775807 + 1 > 0", "error: 9223372036854775807 and 1 cannot be computed: out of range"),
        ("resource.rules[7].port == 1", "error: a list of 2 has no element 7"),
        ("'x'.containsCIDR('10.0.0.0/8')", "error: `x` is no address range"),
    ]);
}

#[test]
fn mistakes_are_refused_with_their_place_and_what_was_meant() {
    for (source, place, message, help) in [
        ("resource.nme == 'x'", 9..12, "Test::Box has no attribute `nme`", "did you mean `name`?"),
        ("resorce.name == 'x'", 0..7, "there is no variable `resorce`", "did you mean `resource`?"),
        ("resource.keys == '3'", 14..16, "int is compared with string: they are never equal", ""),
        ("resource.label.size() > 1", 9..9, "`resource.label` can be null", "!= null &&"),
        ("resource.rules.exist(r, r.port == 1)", 20..20, "there is no function `exist`", "did you mean `exists`?"),
        ("resource.rules.exists(r, r.prt == 1)", 27..30, "Rule has no attribute `prt`", "did you mean `port`?"),
        ("params.limt == 1", 6..6, "the check declares no parameter `limt`", "did you mean `limit`?"),
        ("resource.keys && true", 8..8, "expected bool, found int", ""),
        ("resource.name.matches('(')", 22..25, "the pattern is no regular expression", ""),
        ("now - duration('7 days!') < now", 15..24, "is no duration", ""),
        ("has(resource.name)", 3..4, "there is no function `has`", "compare with null"),
        ("resource.name ==", 16..17, "the expression is no CEL", ""),
        ("1 in [1, 'a']", 9..12, "a list of int cannot hold string", ""),
    ] {
        let error = compiled(source).unwrap_err();
        assert!(error.message.contains(message), "{source}: {}", error.message);
        assert!(error.help.clone().unwrap_or_default().contains(help), "{source}: {:?}", error.help);
        if !place.is_empty() {
            assert_eq!(error.start..error.end, place, "{source}");
        }
    }
}

#[test]
fn what_an_expression_reads_is_known_before_it_runs() {
    let reads = compiled("boxes.exists(b, b.keys > params.limit) || resource.locked").unwrap().reads;
    let names: Vec<&str> =
        reads.attributes["Test::Box"].iter().map(|at| TestBox::record_type().fields()[*at].name).collect();
    assert_eq!(names, ["locked", "keys"]);
    assert!(reads.variables.contains("boxes") && reads.variables.contains("resource"));
    assert!(reads.params.contains("limit"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn compiling_any_text_ends_without_a_panic(source in "[a-z0-9 .()\\[\\]'\"!&|=<>+*/?:,{}\\-]{0,60}") {
        let _ = compiled(&source);
    }

    #[test]
    fn equality_of_lists_ignores_no_element(items in proptest::collection::vec(0_i64..5, 0..6), at in 0_usize..6) {
        let resource = as_resource(a_box());
        let text = format!("{items:?}");
        let same = format!("{text} == {text}");
        prop_assert_eq!(outcome(&same, &resource, Rt::resources(vec![], None)), "true");
        if at < items.len() {
            let mut other = items.clone();
            other[at] += 10;
            let differs = format!("{text} == {other:?}");
            prop_assert_eq!(outcome(&differs, &resource, Rt::resources(vec![], None)), "false");
        }
    }
}

#[test]
fn a_list_attribute_with_an_unread_rest_is_known_in_part() {
    let mut resource = as_resource(a_box());
    let mut fields = resource.fields.to_vec();
    let rule = Value::Record(vec![Value::Int(22), Value::Null].into());
    fields[4] = Value::List(Arc::new(List { items: vec![rule], rest: Some(gap("box:DescribeBox")) }));
    resource.fields = fields.into();
    let none = || Rt::resources(vec![], None);
    assert_eq!(outcome("resource.rules.exists(r, r.port == 22)", &resource, none()), "true");
    assert_eq!(outcome("resource.rules.exists(r, r.port == 23)", &resource, none()), "box:DescribeBox");
}
