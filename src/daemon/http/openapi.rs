//! The description of the API. What findings and claims hold is taken from the types themselves, so that it cannot fall behind.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value as Json, json};

use super::api::List;
use crate::audit::Totals;
use crate::claim::{Outcome, ReconciledClaim};
use crate::finding::{Finding, Severity, Verdict};

/// OpenAPI 3.1.
pub fn description() -> Json {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut types = SchemaGenerator::new(settings);
    let own = own_schemas(&mut types);
    let lists = [List::Findings, List::Claims, List::Audits];
    let mut paths: Map<String, Json> =
        lists.iter().map(|list| (list.path().to_owned(), operation(*list, &mut types))).collect();
    for (path, summary, tag) in [
        ("/healthz", "Whether the daemon is alive", "text/plain"),
        ("/metrics", "Metrics in Prometheus's text format", "text/plain"),
        ("/api/v1/openapi.json", "This description", "application/json"),
    ] {
        let mut responses = json!({ "200": { "description": summary, "content": { tag: {} } } });
        if path != "/healthz" {
            refusals(&mut responses, &["401", "421"]);
        }
        paths.insert(
            path.to_owned(),
            json!({ "get": { "summary": summary, "security": security(path), "responses": responses } }),
        );
    }
    let answer = |description| json!({ "description": description, "content": { "application/json": { "schema": of("Readiness") } } });
    let ready = json!({ "200": answer("It is"), "503": answer("It is not, and why") });
    let summary = "Whether the last good audit is recent enough: ended less than two periods ago";
    paths.insert("/readyz".to_owned(), json!({ "get": { "summary": summary, "security": [], "responses": ready } }));
    let mut schemas = types.take_definitions(true);
    schemas.extend(own);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "plumbline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the store remembers of accounts, read-only. Fields are added, never changed or removed.",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "Needed where `[daemon]` names a token." },
            },
        },
    })
}

fn operation(list: List, types: &mut SchemaGenerator) -> Json {
    let parameters: Vec<Json> = list.parameters().iter().map(|name| parameter(name, types)).collect();
    let (summary, schema) = match list {
        List::Findings => ("Findings, by number", "FindingsPage"),
        List::Claims => ("Claims of documents, by number", "ClaimsPage"),
        List::Audits => ("Audits, the newest first", "AuditsPage"),
    };
    let mut responses = json!({
        "200": { "description": "A page", "content": { "application/json": { "schema": of(schema) } } },
    });
    refusals(&mut responses, &["400", "401", "413", "421", "503"]);
    json!({ "get": { "summary": summary, "parameters": parameters, "responses": responses } })
}

fn refusals(responses: &mut Json, statuses: &[&str]) {
    for status in statuses {
        let description = match *status {
            "400" => "A parameter makes no sense",
            "401" => "The token is missing or another",
            "413" => "The request has a body",
            "421" => "Without a token only localhost is answered",
            _ => "The store cannot be read now",
        };
        responses[status] =
            json!({ "description": description, "content": { "application/json": { "schema": of("Refusal") } } });
    }
}

fn security(path: &str) -> Json {
    if path == "/healthz" { json!([]) } else { json!([{ "token": [] }]) }
}

fn parameter(name: &str, types: &mut SchemaGenerator) -> Json {
    let mut schema_of = |which: &str| match which {
        "verdict" => types.subschema_for::<Verdict>().to_value(),
        "severity" => types.subschema_for::<Severity>().to_value(),
        _ => types.subschema_for::<Outcome>().to_value(),
    };
    let glob = json!({ "type": "string", "minLength": 1 });
    let (description, schema) = match name {
        "limit" => ("Items at most", json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })),
        "after" => ("The `next` of the page before", json!({ "type": "string", "pattern": "^[0-9]{1,18}$" })),
        "verdict" => ("Only those of this verdict", schema_of(name)),
        "severity" => ("Only those at least this bad", schema_of(name)),
        "outcome" => ("Only those with this outcome", schema_of(name)),
        "open" => ("`true`: only those that are open", json!({ "type": "boolean" })),
        "muted" => ("Only those that a suppression covers, or only those that none does", json!({ "type": "boolean" })),
        "gone" => ("`true`: those that are gone as well", json!({ "type": "boolean" })),
        "check" => ("Only those of matching checks; `*` is any text", glob),
        "account" => ("Only those of matching account ids; `*` is any text", glob),
        "region" => ("Only those of matching Regions; `*` is any text", glob),
        "resource" => ("Only those of resources with a matching id; `*` is any text", glob),
        _ => ("Only those of matching documents; `*` is any text", glob),
    };
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// What only the store adds.
fn own_schemas(types: &mut SchemaGenerator) -> Map<String, Json> {
    let time = || json!({ "type": "string", "format": "date-time" });
    let or_null = |schema: Json| json!({ "anyOf": [schema, { "type": "null" }] });
    let number = || json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let text = || json!({ "type": "string" });
    let text_or_null = || json!({ "type": ["string", "null"] });
    let last_known = reference::<Verdict>(types);
    let last_outcome = reference::<Outcome>(types);
    let totals = reference::<Totals>(types);
    let finding = all_of(
        reference::<Finding>(types),
        &[
            ("id", number()),
            ("last_known", or_null(last_known)),
            ("open", json!({ "type": "boolean" })),
            ("first_seen", time()),
            ("last_seen", time()),
            ("changed_at", time()),
            ("opened_at", or_null(time())),
            ("resolved_at", or_null(time())),
            ("gone_at", or_null(time())),
            ("suppression", or_null(of("Suppression"))),
        ],
    );
    let claim = all_of(
        reference::<ReconciledClaim>(types),
        &[
            ("number", number()),
            ("account_id", text()),
            ("document", text()),
            ("since", time()),
            ("last_known", or_null(last_outcome)),
            ("last_known_since", or_null(time())),
            ("first_seen", time()),
            ("last_seen", time()),
            ("gone_at", or_null(time())),
        ],
    );
    let audit = object(&[
        ("id", number()),
        ("started_at", time()),
        ("finished_at", time()),
        ("as_of", time()),
        ("version", text()),
        ("resources", number()),
        ("calls", number()),
        ("retries", number()),
        ("throttles", number()),
        ("incomplete", number()),
        ("partial", json!({ "type": "boolean" })),
        ("totals", totals),
    ]);
    let suppression = object(&[
        ("id", number()),
        ("check", text()),
        ("account_id", text()),
        ("region", text()),
        ("resource_id", text()),
        ("who", text()),
        ("why", text()),
        ("until", time()),
        ("created_at", time()),
        ("revoked_at", or_null(time())),
        ("revoked_by", text_or_null()),
    ]);
    let page = |name, item| {
        object(&[("total", number()), ("next", text_or_null()), (name, json!({ "type": "array", "items": of(item) }))])
    };
    let readiness = json!({
        "type": "object",
        "properties": {
            "ready": { "type": "boolean" },
            "reason": text(),
            "last_good_audit": or_null(time()),
            "next_audit": or_null(time()),
            "configuration": { "enum": ["current", "previous"] },
            "configuration_problem": text(),
        },
        "required": ["ready", "last_good_audit", "next_audit", "configuration"],
        "additionalProperties": false,
    });
    let refusal = json!({
        "type": "object",
        "properties": { "error": text(), "help": text() },
        "required": ["error"],
        "additionalProperties": false,
    });
    [
        ("StoredFinding", finding),
        ("StoredClaim", claim),
        ("StoredAudit", audit),
        ("Suppression", suppression),
        ("FindingsPage", page("findings", "StoredFinding")),
        ("ClaimsPage", page("claims", "StoredClaim")),
        ("AuditsPage", page("audits", "StoredAudit")),
        ("Readiness", readiness),
        ("Refusal", refusal),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

fn reference<T: JsonSchema>(types: &mut SchemaGenerator) -> Json {
    types.subschema_for::<T>().to_value()
}

fn of(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(properties: &[(&str, Json)]) -> Json {
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Json> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

/// An object with further properties than its type has.
fn all_of(base: Json, properties: &[(&str, Json)]) -> Json {
    let mut own = object(properties);
    if let Some(own) = own.as_object_mut() {
        own.remove("additionalProperties");
    }
    json!({ "allOf": [base, own], "unevaluatedProperties": false })
}
