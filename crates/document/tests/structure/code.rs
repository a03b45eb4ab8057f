//! Code blocks.

use plumbline_document::{Form, NotAClaim};

use crate::{pairs, read, reasons, said};

/// The statements of a code block in a language.
fn code(language: &str, lines: &str) -> Vec<String> {
    said(&format!("```{language}\n{lines}\n```\n"))
}

/// The one reason of all lines of a code block.
fn reason(language: &str, lines: &str) -> NotAClaim {
    let reasons = reasons(&format!("```{language}\n{lines}\n```\n"));
    let inner: Vec<NotAClaim> = reasons[1..reasons.len() - 1].iter().flatten().copied().collect();
    assert!(inner.iter().all(|reason| *reason == inner[0]), "{inner:?}");
    inner[0]
}

#[test]
fn trees_have_branches() {
    let drawn = [
        "Security:\n├── Group: main\n│   └── Port 5432\n└── Public: No",
        "Security:\n|-- Group: main\n|   `-- Port 5432\n`-- Public: No",
        "Security:\n+-- Group: main\n|   +-- Port 5432\n+-- Public: No",
        "Security:\n├─ Group: main\n│  └─ Port 5432\n└─ Public: No",
    ];
    for tree in drawn {
        let expected = [
            "Branch [Security] Group: main",
            "Branch [Security / Group: main] Port 5432",
            "Branch [Security] Public: No",
        ];
        assert_eq!(code("", tree), expected, "{tree}");
    }
}

#[test]
fn trees_may_only_be_indented() {
    assert_eq!(
        code("", "VPC\n  Subnets\n    public\n  Logs: off"),
        ["Branch [] VPC", "Branch [VPC] Subnets", "Branch [VPC / Subnets] public", "Pair [VPC] Logs: off",]
    );
}

#[test]
fn trees_stand_outside_of_code_too() {
    assert_eq!(said("Security:\n├── Public: No\n└── Port 5432\n")[1], "Branch [Security] Port 5432");
}

#[test]
fn damaged_trees_are_trees() {
    assert_eq!(code("", "Security:\nâ”œâ”€â”€ Public: No\nâ””â”€â”€ Port 5432")[1], "Branch [Security] Port 5432");
}

#[test]
fn pairs_hang_by_indentation() {
    let lines = "Class: db.t4g.medium\n  - Memory: 4 GB\n    ECC: yes\nPort: 5432";
    let expected = [
        "Pair [] Class: db.t4g.medium",
        "Pair [Class: db.t4g.medium] Memory: 4 GB",
        "Pair [Class: db.t4g.medium] ECC: yes",
        "Pair [] Port: 5432",
    ];
    let read = code("", lines);
    assert_eq!(read[..2], expected[..2]);
    assert_eq!(read[3], expected[3]);
}

#[test]
fn a_key_alone_heads_the_lines_below() {
    assert_eq!(
        code("", "Rotation:\n1. Lambda starts\n2. Secret changes\n\nOther: x"),
        ["Bullet [Rotation] Lambda starts", "Bullet [Rotation] Secret changes", "Pair [] Other: x",]
    );
    assert_eq!(code("", "Method:\nURL=redis://x")[0], "Pair [Method] URL=redis://x");
}

#[test]
fn yaml_leaves_have_their_path() {
    let yaml = "Alarms:\n  - Name: high-cpu\n    Threshold: 80% # a day\n    Actions:\n      - sns\n\n  - Name: low\n    Threshold: > 0\nUp: \"yes\"";
    for language in ["yaml", "yml", ""] {
        assert_eq!(
            code(language, yaml),
            [
                "Leaf [Alarms / high-cpu] Name: high-cpu",
                "Leaf [Alarms / high-cpu] Threshold: 80% (a day)",
                "Leaf [Alarms / high-cpu / Actions] Actions: sns",
                "Leaf [Alarms / low] Name: low",
                "Leaf [Alarms / low] Threshold: > 0",
                "Leaf [] Up: yes",
            ]
        );
    }
}

#[test]
fn json_leaves_have_their_path() {
    let json = "{\n  \"Rules\": [\n    {\"ID\": \"old\", \"Days\": 30},\n    {\n      \"ID\": \"new\",\n      \"On\": true\n    }\n  ]\n}";
    let expected = [
        "Leaf [Rules / old] ID: old",
        "Leaf [Rules / old] Days: 30",
        "Leaf [Rules / new] ID: new",
        "Leaf [Rules / new] On: true",
    ];
    for language in ["json", ""] {
        assert_eq!(code(language, json), expected);
    }
    let broken = json.replace("\n  ]\n}", ",\n  // more\n");
    assert_eq!(code("json", &broken), expected);
}

#[test]
fn json_stands_in_trees() {
    let lines = "Policy:\n└── Rule:\n    {\n      \"Days\": 7\n    }\n\nOwner: me";
    assert_eq!(code("", lines), ["Leaf [Policy / Rule] Days: 7", "Pair [] Owner: me"]);
}

#[test]
fn settings_have_their_blocks() {
    let hcl = "resource \"aws_db_instance\" \"main\" {\n  multi_az = false # cheap\n  zones = [\n    \"a\",\n    \"b\"\n  ]\n  tags = { Env = \"dev\" }\n}\nport = 5432";
    for language in ["hcl", "terraform", ""] {
        assert_eq!(
            code(language, hcl),
            [
                "Leaf [resource aws_db_instance main] multi_az: false (cheap)",
                "Leaf [resource aws_db_instance main / zones] zones: a",
                "Leaf [resource aws_db_instance main / zones] zones: b",
                "Leaf [resource aws_db_instance main] tags: { Env = \"dev\" }",
                "Leaf [] port: 5432",
            ]
        );
    }
    let inline = "variable \"x\" { default = 3 }\npolicy = jsonencode({\n  Effect = \"Allow\"\n})\nport = 1";
    assert_eq!(
        code("hcl", inline),
        ["Leaf [variable x] default: 3", "Leaf [policy] Effect: Allow", "Leaf [] port: 1",]
    );
    assert_eq!(code("toml", "[db.main]\nmulti_az = true"), ["Leaf [db.main] multi_az: true"]);
    assert_eq!(code("ini", "[db]\n; a comment\nport=5432"), ["Leaf [db] port: 5432"]);
}

#[test]
fn tables_are_drawn() {
    let drawn = [
        "Service | Cost\n--------|-----\nRDS | $80",
        "| Service | Cost |\n|---------|------|\n| RDS     | $80  |",
        "+---------+------+\n| Service | Cost |\n+---------+------+\n| RDS     | $80  |\n+---------+------+",
        "┌─────────┬──────┐\n│ Service │ Cost │\n├─────────┼──────┤\n│ RDS     │ $80  │\n└─────────┴──────┘",
        "Service   Cost\n-------   ----\nRDS       $80\nS3        $5",
    ];
    for table in drawn {
        let read = read(&format!("```\n{table}\n```\n")).statements;
        assert_eq!(read.first().map(|row| row.form), Some(Form::Row), "{table}");
        let cells = [("Service".to_owned(), "RDS".to_owned()), ("Cost".to_owned(), "$80".to_owned())];
        assert_eq!(read[0].cells, cells, "{table}");
    }
}

#[test]
fn other_blocks_say_nothing() {
    let cases = [
        ("bash", "# List them\naws s3 ls\n{\"Buckets\": []}", NotAClaim::Command),
        ("", "$ aws s3 ls\nmain", NotAClaim::Command),
        ("", "# List them\naws s3 ls\naws ec2 describe-vpcs --region us-east-1", NotAClaim::Command),
        ("mermaid", "graph TD\nA --> B", NotAClaim::Diagram),
        ("", "Internet → ALB → ECS\n           → Lambda", NotAClaim::Diagram),
        ("", "Users\n  ↓\nALB\n  ↓\nECS", NotAClaim::Diagram),
        ("", "┌─────┐     ┌─────┐\n│ ALB │────▶│ ECS │\n└─────┘     └─────┘", NotAClaim::Diagram),
        ("python", "import boto3\nprint('x: y')", NotAClaim::Code),
        ("", "import boto3\ndef f(x):\n    return x.y(\"z\")", NotAClaim::Code),
        ("", "Dashboard: https://clubapp.example/a\nOther: https://clubapp.example/b", NotAClaim::Link),
    ];
    for (language, lines, expected) in cases {
        assert_eq!(reason(language, lines), expected, "{lines}");
    }
}

#[test]
fn commands_stand_among_steps() {
    let lines = "1. Check the service\n   aws ecs describe-services --cluster main\n   - Does it run?";
    assert_eq!(code("", lines), ["Bullet [] Check the service", "Bullet [Check the service] Does it run?"]);
}

#[test]
fn plain_text_in_code_is_prose() {
    assert_eq!(
        code("text", "Backups are kept. They are encrypted."),
        ["Sentence [] Backups are kept.", "Sentence [] They are encrypted.",]
    );
    assert_eq!(code("", "[x] MFA is on\n[ ] Config is on"), ["Task [] MFA is on", "Task [] Config is on"]);
    assert_eq!(said("Text.\n\n    ✅ VPC: main\n")[1], "Pair [] VPC: main");
}

#[test]
fn a_fence_may_stay_open() {
    assert_eq!(said("```\nPort: 5432\n"), ["Pair [] Port: 5432"]);
}

#[test]
fn brackets_and_fences_are_no_claims() {
    let fence = Some(NotAClaim::Fence);
    assert_eq!(reasons("```json\n{\n\"a\": 1\n}\n```\n"), [fence, fence, None, fence, fence]);
}

#[test]
fn keys_and_values_of_lines() {
    let cases = [
        ("Multi-AZ: Yes (automatic)", "Multi-AZ", "Yes (automatic)"),
        ("NODE_ENV=production", "NODE_ENV", "production"),
        ("└── Window: sun:04:00-sun:05:00", "Window", "sun:04:00-sun:05:00"),
        ("└── s3:GetObject", "", ""),
    ];
    for (line, key, value) in cases {
        assert_eq!(pairs(&format!("```\n{line}\n```\n")), [(key.to_owned(), value.to_owned())], "{line}");
    }
}
