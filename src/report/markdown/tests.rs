use proptest::prelude::*;

use super::*;
use crate::report::testing::{change_findings, finding, mixed, report};

fn markdown(report: &AuditReport, options: MarkdownOptions) -> String {
    let mut bytes = Vec::new();
    write_markdown(&mut bytes, report, options).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_report_reads_well() {
    let markdown = markdown(&mixed(), MarkdownOptions::default());
    assert!(markdown.find("## Failed, critical (1)").unwrap() < markdown.find("## Failed, high (1)").unwrap());
    insta::assert_snapshot!(markdown, @r#"
    # plumbline audit

    As of 2026-04-01T12:00:00Z, by plumbline 0.1.0. 8 checks on 212 resources in 1 account, 2 Regions.

    | Verdict | Findings |
    |---|---:|
    | fail, critical | 1 |
    | fail, high | 1 |
    | fail, medium | 1 |
    | fail | 3 |
    | unknown | 6 |
    | pass | 1 |

    | Account | Regions | Read |
    |---|---|---|
    | production (111122223333) | eu-west-1, us-east-1 | yes |
    | staging (444455556666) | eu-west-1, us-east-1 | no |

    ## Could not be read

    - **cannot read account staging (444455556666)**
      - cause: AccessDenied: not authorized to perform sts:AssumeRole on arn:aws:iam::444455556666:role/auditor
      - effect: none of its resources was judged
      - help: check the role's trust policy

    ## Failed, critical (1)

    ### `rds-instance-not-public`: RDS instances run in more than one Availability Zone

    - **`orders`** (`AWS::RDS::DBInstance`, eu-west-1, production (111122223333)): orders runs in eu-west-1a only, so a fault of that zone takes it down

      ```sh
      aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately
      ```

      <details><summary>Evidence</summary>

      ```json
      {
        "multi_az": false,
        "availability_zone": "eu-west-1a"
      }
      ```

      </details>

    ## Failed, high (1)

    ### `rds-instance-multi-az`: RDS instances run in more than one Availability Zone

    - **`ledger`** (`AWS::RDS::DBInstance`, eu-west-1, production (111122223333)): ledger runs in eu-west-1a only, so a fault of that zone takes it down

      ```sh
      aws rds modify-db-instance --db-instance-identifier ledger --multi-az --apply-immediately
      ```

      <details><summary>Evidence</summary>

      ```json
      {
        "multi_az": false,
        "availability_zone": "eu-west-1a"
      }
      ```

      </details>

    ## Failed, medium (1)

    ### `rds-instance-deletion-protected`: RDS instances run in more than one Availability Zone

    - **`orders`** (`AWS::RDS::DBInstance`, eu-west-1, production (111122223333)): orders runs in eu-west-1a only, so a fault of that zone takes it down

      ```sh
      aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately
      ```

      <details><summary>Evidence</summary>

      ```json
      {
        "multi_az": false,
        "availability_zone": "eu-west-1a"
      }
      ```

      </details>

    ## Unknown (6)

    - **kms:GetKeyPolicy, kms:ListKeys were denied in eu-west-1, us-east-1 of production (111122223333)**
      - cause: AccessDeniedException: not authorized to perform kms:GetKeyPolicy
      - effect: 2 checks are unknown on 2 resources; AWS::KMS::Key resources may be missing from this audit
      - help: grant kms:GetKeyPolicy, kms:ListKeys, or print the whole policy with `plumbline policy`
    - **no answer from ec2, ecs in me-south-1 of production (111122223333)**
      - cause: dns error
      - effect: 1 check is unknown on 1 resource; AWS::EC2::VPC resources may be missing from this audit
      - help: check the network, the endpoint and the Region
    - **rds-instance-tls cannot be judged**
      - cause: it could not be read
      - effect: 1 check is unknown on 1 resource

    <details><summary>All checks</summary>

    | Check | Fail | Unknown | Pass |
    |---|---:|---:|---:|
    | `ecs-service-in-two-zones` | 0 | 1 | 0 |
    | `kms-key-policy-closed` | 0 | 2 | 0 |
    | `kms-key-rotated` | 0 | 2 | 0 |
    | `rds-instance-deletion-protected` | 1 | 0 | 0 |
    | `rds-instance-encrypted` | 0 | 0 | 1 |
    | `rds-instance-multi-az` | 1 | 0 | 0 |
    | `rds-instance-not-public` | 1 | 0 | 0 |
    | `rds-instance-tls` | 0 | 1 | 0 |

    </details>

    96 calls, 0 throttled.
    "#);
}

#[test]
fn evidence_can_be_left_out() {
    let markdown = markdown(&mixed(), MarkdownOptions { evidence: false });
    assert!(!markdown.contains("Evidence") && !markdown.contains("availability_zone"));
}

#[test]
fn an_empty_report_reads_well() {
    insta::assert_snapshot!(markdown(&report(vec![]), MarkdownOptions::default()), @"
    # plumbline audit

    As of 2026-04-01T12:00:00Z, by plumbline 0.1.0. 0 checks on 212 resources in 1 account, 2 Regions.

    | Verdict | Findings |
    |---|---:|
    | fail | 0 |
    | unknown | 0 |
    | pass | 0 |

    | Account | Regions | Read |
    |---|---|---|
    | production (111122223333) | eu-west-1, us-east-1 | yes |

    No check was selected, so nothing was judged.

    96 calls, 0 throttled.
    ");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(markdown(&mixed(), MarkdownOptions::default()), markdown(&mixed(), MarkdownOptions::default()));
}

#[test]
fn text_is_no_markup() {
    assert_eq!(
        escape("a_b *c* <b> & [x](y) | `d` @team #1 \\"),
        "a\\_b \\*c\\* &lt;b&gt; &amp; \\[x\\](y) \\| \\`d\\` @<!-- -->team \\#1 \\\\"
    );
    assert_eq!(code("arn:aws:s3:::a-b"), "`arn:aws:s3:::a-b`");
    assert_eq!(code("a`|b"), "<code>a&#96;&#124;b</code>");
    assert_eq!(code(""), "<code></code>");
    assert_eq!(prose("set `a_b` to `x|y` or *z*"), "set `a_b` to <code>x&#124;y</code> or \\*z\\*");
    assert_eq!(prose("`a` and one ` more"), "\\`a\\` and one \\` more");
}

#[test]
fn a_fence_outlasts_its_text() {
    let mut evil = finding("check", Severity::High, Verdict::Fail, "x");
    evil.remediation = "echo\n````\n# not a heading".to_owned();
    let markdown = markdown(&report(vec![evil]), MarkdownOptions::default());
    assert!(markdown.contains("  `````sh\n  echo\n  ````\n  # not a heading\n  `````\n"), "{markdown}");
}

/// The bones of a document: of each line outside code, how it starts, its cells, and its tags.
fn bones(markdown: &str) -> Vec<String> {
    let mut bones = Vec::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        if let Some(open) = &fence {
            // Closed by as many ticks and nothing else.
            if ticks >= open.len() && trimmed[ticks..].trim().is_empty() {
                fence = None;
                bones.push("fence closed".to_owned());
            }
            continue;
        }
        if ticks >= 3 {
            fence = Some("`".repeat(ticks));
            bones.push("fence opened".to_owned());
            continue;
        }
        let first = trimmed.chars().next().filter(|c| "#-|<".contains(*c));
        let run = trimmed.chars().take_while(|c| Some(*c) == first).count();
        let start = &line[..line.len() - trimmed.len() + run];
        let unescaped = line.replace("\\\\", "").replace("\\|", "");
        let tags = ["<code>", "</code>", "<!-- -->"].iter().fold(line.to_owned(), |line, tag| line.replace(tag, ""));
        bones.push(format!("{start:?} {} cells, {} tags", unescaped.matches('|').count(), tags.matches('<').count()));
    }
    assert_eq!(fence, None, "a fence stays open");
    bones
}

fn with_text(text: &str, command: &str) -> AuditReport {
    let mut report = mixed();
    change_findings(&mut report, |finding| {
        (finding.resource_id, finding.resource_type) = (text.into(), text.into());
        (finding.title, finding.region) = (text.into(), text.into());
        (finding.message, finding.remediation) = (text.to_owned(), command.to_owned());
        let mut evidence = finding.evidence.attributes();
        evidence.insert("name".to_owned(), text.into());
        finding.evidence = evidence.into();
        if let Some(reason) = &mut finding.reason {
            reason.message = format!("x{text}");
            reason.gaps.iter_mut().for_each(|gap| gap.message = format!("x{text}"));
        }
    });
    for coverage in &mut report.audit.coverage {
        coverage.resource_type = text.to_owned();
    }
    for account in &mut report.audit.accounts {
        account.name = Some(text.to_owned());
        account.error = account.error.as_ref().map(|_| text.to_owned());
    }
    report
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_name_changes_the_structure(
        parts in proptest::collection::vec(prop_oneof![
            prop::sample::select(vec!["\n# x", "|", "\\", "```", "`", "<details>", "-->", "</details>", "**", "\u{1b}[m",
                "[a](b)", "\u{202e}", "~~~", "\r", "@team", "&lt;", "<!--", "\u{2028}", "---", "    "]).prop_map(str::to_owned),
            any::<String>(),
        ], 1..6)
    ) {
        let text = parts.concat();
        let evil = markdown(&with_text(&text, &format!("echo {text}")), MarkdownOptions::default());
        prop_assert!(!evil.chars().any(|c| c != '\n' && text::is_hidden(c)), "{:?}", evil);
        let harmless = markdown(&with_text("x", "echo x"), MarkdownOptions::default());
        prop_assert_eq!(bones(&evil), bones(&harmless), "{}", evil);
    }
}
