//! What kind of content a code block holds.

use super::drawn::{is_drawn, is_drawn_table};
use super::line::{CodeLine, indentation};
use super::yaml::is_yaml;
use crate::text::Reading;

/// How a code block is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Commands and what they print.
    Commands,
    /// A drawing.
    Diagram,
    /// A programming language.
    Code,
    Json,
    Yaml,
    /// HCL, TOML, INI: `key = value`.
    Settings,
    /// A table drawn with bars or by alignment.
    Table,
    /// Trees, pairs, lists and prose, told apart line by line.
    Outline,
}

/// Tells what a block in a language holds; without one that is known, by its lines.
pub(super) fn content(reading: &Reading, language: &str, lines: &[CodeLine]) -> Content {
    match language {
        "sh" | "bash" | "zsh" | "fish" | "shell" | "console" | "terminal" | "shell-session" | "shellsession"
        | "powershell" | "ps1" | "ps" | "pwsh" | "cmd" | "bat" | "batch" | "http" | "curl" | "log" | "logs"
        | "output" | "awscli" | "cli" => {
            return Content::Commands;
        }
        "mermaid" | "dot" | "graphviz" | "plantuml" | "puml" | "uml" | "ascii" | "d2" | "flow" | "diagram"
        | "ditaa" => {
            return Content::Diagram;
        }
        "json" | "jsonc" | "json5" | "jsonl" | "ndjson" => return Content::Json,
        "yaml" | "yml" => return Content::Yaml,
        "hcl" | "terraform" | "tf" | "tfvars" | "toml" | "ini" | "cfg" | "conf" | "config" | "properties" | "env"
        | "dotenv" => {
            return Content::Settings;
        }
        "python" | "py" | "javascript" | "js" | "typescript" | "ts" | "jsx" | "tsx" | "go" | "golang" | "rust"
        | "rs" | "java" | "kotlin" | "kt" | "scala" | "c" | "cpp" | "c++" | "h" | "cs" | "csharp" | "c#" | "ruby"
        | "rb" | "php" | "perl" | "lua" | "swift" | "r" | "sql" | "plsql" | "html" | "xml" | "css" | "scss"
        | "dockerfile" | "docker" | "makefile" | "make" | "groovy" | "jenkinsfile" | "graphql" | "proto"
        | "protobuf" | "rego" | "cedar" | "diff" | "patch" | "vue" | "svelte" | "nginx" | "haskell" | "elixir"
        | "clojure" | "dart" | "regex" | "vb" | "javascriptreact" | "typescriptreact" | "cdk" | "bicep" | "pulumi"
        | "jq" | "awk" | "sed" | "asm" => return Content::Code,
        _ => {}
    }
    by_lines(reading, lines)
}

fn by_lines(reading: &Reading, lines: &[CodeLine]) -> Content {
    let texts: Vec<&str> = lines.iter().map(|line| line.text(reading)).collect();
    let share = |count: usize, of: usize| count * of >= texts.len();
    let count = |is: &dyn Fn(&str) -> bool| texts.iter().filter(|text| is(text.trim())).count();
    let first = texts.first().map(|text| text.trim()).unwrap_or_default();
    let last = texts.last().map(|text| text.trim()).unwrap_or_default();
    if is_json(first, last, &texts) {
        return Content::Json;
    }
    let connected = count(&|text| is_connected(text) && !is_drawn(text));
    if is_diagram(&texts, connected) {
        return Content::Diagram;
    }
    if is_drawn_table(&texts) {
        return Content::Table;
    }
    if count(&|text| text.starts_with("$ ") || text.starts_with("PS> ") || text.starts_with("C:\\>")) > 0
        && !first.contains(": ")
    {
        return Content::Commands;
    }
    if connected == 0 {
        let commands = count(&|text| is_command(text) || text.starts_with("# "));
        if share(commands, 2) && count(&is_command) > 0 {
            return Content::Commands;
        }
        let settings = count(&|text| is_setting(text));
        if settings * 3 >= texts.len() * 2 && texts.iter().any(|text| text.contains('=')) {
            return Content::Settings;
        }
        if share(count(&is_code), 3) {
            return Content::Code;
        }
        if is_yaml(&texts) {
            return Content::Yaml;
        }
    }
    Content::Outline
}

fn is_json(first: &str, last: &str, texts: &[&str]) -> bool {
    let opens = first.starts_with(['{', '[']) && last.ends_with(['}', ']', ',']);
    opens && (texts.iter().any(|text| text.contains("\":") || text.contains("\" :")) || first.starts_with("[\""))
}

/// Whether a line is a branch of a tree.
pub(super) fn is_connected(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '│' || c == '┃' || c == '|');
    ["├─", "└─", "┣", "┗", "╠═", "╚═", "|--", "+--", "`--", "\\--", "├", "└", "╰─"]
        .iter()
        .any(|drawn| text.starts_with(drawn))
        || (text.starts_with("--") && text.chars().nth(2).is_some_and(|c| c == ' '))
}

/// Arrows that stand alone, boxes, or arrows in every third line.
fn is_diagram(texts: &[&str], connected: usize) -> bool {
    let alone = texts.iter().any(|text| {
        let text = text.trim();
        !text.is_empty()
            && text.chars().all(|c| is_arrow(c) || matches!(c, '|' | '│' | ' ' | 'v' | 'V' | '^' | '┃'))
            && text.chars().any(|c| is_arrow(c) || matches!(c, 'v' | 'V' | '^'))
    });
    let boxed = texts.iter().filter(|text| text.contains(['┌', '┐', '╔', '╗', '╭', '╮'])).count() > 0
        || texts.iter().filter(|text| is_box_edge(text.trim())).count() >= 2 && !is_drawn_table(texts);
    let arrows = texts.iter().filter(|text| has_arrow(text) && !is_connected(text)).count();
    let arms = texts
        .iter()
        .filter(|text| text.contains("─→") || text.contains("─▶") || text.contains("─>") || text.contains("-->"))
        .count();
    let boxed = boxed && !is_drawn_table(texts);
    alone || boxed || arms * 2 > texts.len() || (connected * 2 < texts.len() && arrows * 2 >= texts.len())
}

fn is_arrow(c: char) -> bool {
    matches!(
        c,
        '\u{2190}'
            ..='\u{21FF}'
                | '▼'
                | '▲'
                | '▶'
                | '◀'
                | '►'
                | '◄'
                | '⬇'
                | '⬆'
                | '➡'
                | '⬅'
                | '➔'
                | '➜'
                | '⟶'
                | '⟵'
    )
}

fn has_arrow(text: &str) -> bool {
    text.chars().any(is_arrow) || text.contains("-->") || text.contains("==>") || text.contains(" -> ")
}

fn is_box_edge(text: &str) -> bool {
    text.starts_with("+-") && text.ends_with("-+")
}

/// Programs whose name begins a command.
const PROGRAMS: &[&str] = &[
    "aws",
    "kubectl",
    "terraform",
    "tofu",
    "docker",
    "docker-compose",
    "curl",
    "wget",
    "git",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "python",
    "python3",
    "node",
    "eksctl",
    "cdk",
    "helm",
    "sam",
    "psql",
    "mysql",
    "redis-cli",
    "ssh",
    "scp",
    "sudo",
    "apt",
    "apt-get",
    "yum",
    "brew",
    "export",
    "unset",
    "source",
    "chmod",
    "mkdir",
    "cd",
    "ls",
    "cat",
    "grep",
    "jq",
    "dig",
    "nslookup",
    "openssl",
    "gh",
    "ansible",
    "ansible-playbook",
    "packer",
    "pulumi",
    "serverless",
    "copilot",
    "ecs-cli",
    "prowler",
    "steampipe",
    "cargo",
    "go",
    "make",
    "echo",
    "nc",
    "telnet",
    "ping",
    "systemctl",
    "pg_dump",
    "pg_restore",
    "mysqldump",
    "rm",
    "cp",
    "mv",
    "tar",
    "vault",
    "session-manager-plugin",
];

/// Whether a line is a command: a program in lower case, and an option, a path or a word of a command line behind it.
pub(super) fn is_command(text: &str) -> bool {
    let text = text.trim();
    if text.starts_with("$ ")
        || text.starts_with("./")
        || text.starts_with("#!/")
        || text.starts_with("--") && text.ends_with('\\')
    {
        return true;
    }
    let mut words = text.split_whitespace();
    let (Some(program), Some(next)) = (words.next(), words.next()) else { return false };
    if !PROGRAMS.contains(&program) {
        return false;
    }
    let options = text.contains(" -") || text.contains(" | ") || text.ends_with('\\') || text.contains("://");
    let subcommand =
        next.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '/' | '='));
    let prose = text.ends_with(['.', ':', '?']) || text.contains(": ");
    options
        || (subcommand && !prose && text.split_whitespace().count() <= 6)
        || program == "export" && next.contains('=')
}

/// `key = value`, `[section]`, `block "label" {`, or what closes one.
fn is_setting(text: &str) -> bool {
    if text.starts_with('#') || text.starts_with("//") || matches!(text, "}" | "]" | "})" | "},") {
        return true;
    }
    if text.starts_with('[') && text.ends_with(']') {
        return text.len() < 80 && !text.contains(' ');
    }
    if text.ends_with('{') {
        let head = text.trim_end_matches('{').trim_end();
        return head.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '"' | '_' | '-' | '.' | '='));
    }
    match text.split_once('=') {
        Some((key, value)) => {
            let key = key.trim();
            let name = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            name && !value.starts_with('=') && !text.ends_with(';')
        }
        None => false,
    }
}

/// Whether a line is written in a programming language.
fn is_code(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "import ",
        "from ",
        "def ",
        "class ",
        "const ",
        "let ",
        "var ",
        "function ",
        "return ",
        "return;",
        "public ",
        "private ",
        "package ",
        "#include",
        "if (",
        "for (",
        "while (",
        "SELECT ",
        "select ",
        "INSERT ",
        "UPDATE ",
        "CREATE ",
        "ALTER ",
        "GRANT ",
        "fn ",
        "pub ",
        "use ",
        "async ",
        "await ",
        "export ",
        "new ",
        "this.",
        "@",
        "try",
        "} ",
        "});",
        "})",
        "else",
    ];
    let begins = BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        && text.contains(['(', '{', ';', '=', '"', '\'', '}']);
    begins
        || text.ends_with(';')
        || text.ends_with("=> {")
        || text.ends_with(") {")
        || text.ends_with("):") && text.starts_with("def ")
        || matches!(text, "}" | "});" | "})" | "};")
}

/// Whether a text's lines are indented.
pub(super) fn has_indentation(texts: &[&str]) -> bool {
    texts.iter().any(|text| indentation(text) > 0)
}
