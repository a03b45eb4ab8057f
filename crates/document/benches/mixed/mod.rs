//! Documents of any length, made of the forms that authors mix. The same length gives the same document.

use std::fmt::Write;

const SERVICES: &[&str] = &[
    "RDS PostgreSQL",
    "ElastiCache Redis",
    "Application Load Balancer",
    "ECS cluster",
    "S3 buckets",
    "CloudTrail",
    "KMS keys",
    "NAT gateway",
    "Secrets Manager",
    "CloudFront",
    "Route 53",
    "DynamoDB tables",
    "Lambda functions",
    "EKS nodes",
    "VPC",
    "WAF",
    "SNS topics",
    "EFS",
    "IAM roles",
    "CloudWatch alarms",
    "ECR repositories",
    "GuardDuty",
    "the bastion",
    "Aurora",
];
const ASPECTS: &[&str] = &[
    "encryption at rest",
    "encryption in transit",
    "Multi-AZ",
    "automated backups (7-day retention)",
    "deletion protection",
    "flow logs",
    "access logging",
    "versioning",
    "key rotation",
    "auto scaling (70% CPU)",
    "health checks on /health",
    "public access blocked",
    "TLS 1.2 or later",
    "tags",
    "cost allocation",
    "log retention of 30 days",
    "point-in-time recovery",
    "a customer managed key",
    "cross-region replication to eu-west-1",
    "two Availability Zones (us-east-1a, us-east-1b)",
    "db.t4g.medium",
    "port 5432 open to 10.0.0.0/16",
    "a maintenance window of sun:04:00-sun:05:00",
    "least privilege",
    "the weekly rota of the team",
    "screenshots in the wiki",
    "budget of $30-40 a month",
    "an alarm for 5xx answers",
];
const JUDGEMENTS: &[&str] = &[
    "✅ enabled",
    "❌ not configured",
    "⚠️ partially",
    "configured",
    "missing",
    "planned for Q3",
    "not needed",
    "TODO",
    "Yes",
    "No",
    "in place since March",
    "âœ… done",
    "âŒ absent",
    "PASS",
    "FAIL",
    "recommended",
    "switched off on purpose",
    "2 of 3",
];
const FILLERS: &[&str] = &[
    "The team reviewed this together and agreed on the order of work.",
    "Nobody remembers why it was done this way, but it has held.",
    "See the runbook for the steps, which are the same as in the last review.",
    "We measured it twice.",
];

/// Numbers that look thrown.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn pick(&mut self, of: &'static [&'static str]) -> &'static str {
        let at = self.below(of.len());
        of.get(at).copied().unwrap_or_default()
    }
}

/// A document of at least so many lines.
pub fn document(lines: usize) -> String {
    let mut dice = Dice(1);
    let mut text = String::from("# Review of clubapp\n\n");
    let mut written = 2;
    let mut section = 0;
    while written < lines {
        let before = text.len();
        let _ = write_section(&mut text, section, &mut dice);
        written += text[before..].matches('\n').count();
        section += 1;
    }
    text
}

fn write_section(text: &mut String, section: usize, dice: &mut Dice) -> std::fmt::Result {
    let service = dice.pick(SERVICES);
    writeln!(text, "## {section}. {service}\n")?;
    for part in 0..3 {
        if dice.below(2) == 0 {
            writeln!(text, "### {} of clubapp-dev-{section}-{part}\n", dice.pick(ASPECTS))?;
        }
        write_form(text, service, section, dice)?;
        writeln!(text)?;
    }
    Ok(())
}

fn write_form(text: &mut String, service: &str, section: usize, dice: &mut Dice) -> std::fmt::Result {
    let count = 3 + dice.below(8);
    match dice.below(9) {
        0 => {
            writeln!(text, "| Control | State | Notes |\n|---|---|---|")?;
            for row in 0..count {
                let (aspect, state, other) = (dice.pick(ASPECTS), dice.pick(JUDGEMENTS), dice.pick(SERVICES));
                writeln!(text, "| {aspect} | {state} | {other} of `clubapp-dev-{section}-{row}` |")?;
            }
        }
        1 => {
            for _ in 0..count {
                let mark = if dice.below(2) == 0 { 'x' } else { ' ' };
                writeln!(text, "- [{mark}] {} for {}", dice.pick(ASPECTS), dice.pick(SERVICES))?;
            }
        }
        2 => {
            for _ in 0..count {
                writeln!(text, "- **{}**", dice.pick(SERVICES))?;
                writeln!(text, "  - {}: {}", dice.pick(ASPECTS), dice.pick(JUDGEMENTS))?;
            }
        }
        3 => {
            writeln!(text, "```\n{service}")?;
            for branch in 0..count {
                writeln!(text, "├── clubapp-{section}-{branch}: {} {}", dice.pick(ASPECTS), dice.pick(JUDGEMENTS))?;
                writeln!(text, "│   └── {}", dice.pick(ASPECTS))?;
            }
            writeln!(text, "```")?;
        }
        4 => {
            writeln!(text, "```yaml\nservice:\n  name: clubapp-{section}")?;
            for key in 0..count {
                writeln!(
                    text,
                    "  setting{key}:\n    kind: {}\n    enabled: {}",
                    dice.pick(ASPECTS),
                    dice.below(2) == 0
                )?;
            }
            writeln!(text, "```")?;
        }
        5 => {
            for _ in 0..count {
                let (aspect, state) = (dice.pick(ASPECTS), dice.pick(JUDGEMENTS));
                write!(
                    text,
                    "{} has {aspect}, {state}; {} without {}. ",
                    dice.pick(SERVICES),
                    dice.pick(SERVICES),
                    dice.pick(ASPECTS)
                )?;
                writeln!(text, "{}", dice.pick(FILLERS))?;
            }
        }
        6 => {
            for _ in 0..count {
                writeln!(text, "**{}:** {}  ", dice.pick(ASPECTS), dice.pick(JUDGEMENTS))?;
            }
        }
        7 => {
            for _ in 0..count {
                writeln!(
                    text,
                    "- Does {} have {}?\n  {}",
                    dice.pick(SERVICES),
                    dice.pick(ASPECTS),
                    dice.pick(JUDGEMENTS)
                )?;
            }
        }
        _ => {
            writeln!(text, "```bash\n$ aws ec2 describe-vpcs --region us-east-1\n```\n")?;
            for at in 0..count {
                writeln!(
                    text,
                    "{}. {} {} ({})",
                    at + 1,
                    dice.pick(JUDGEMENTS),
                    dice.pick(ASPECTS),
                    dice.pick(SERVICES)
                )?;
            }
        }
    }
    Ok(())
}
