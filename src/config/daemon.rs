//! `[daemon]`: when it audits, where it listens, and who may ask.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::events::{EventSettings, EventsConfig};
use crate::check::Selection;
use crate::finding::Severity;
use crate::schedule::{self, Schedule};

/// How often is audited where nothing is said.
const DEFAULT_SCHEDULE: &str = "6h";

/// Where it listens where nothing is said.
const DEFAULT_LISTEN: &str = "127.0.0.1:9180";

/// How long stopping may take where nothing is said.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// The longest that stopping may take.
const LONGEST_DEADLINE: Duration = Duration::from_secs(15 * 60);

/// A shorter token could be guessed.
const SHORTEST_TOKEN: usize = 16;

/// The table as it is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DaemonConfig {
    /// Parts of all that is audited, each with a schedule of its own.
    scopes: Vec<Spanned<ScopeConfig>>,
    /// An interval, or a cron expression.
    schedule: Option<Spanned<String>>,
    /// At most so much later, at random.
    jitter: Option<Spanned<String>>,
    /// By whose clocks a cron expression goes.
    time_zone: Option<Spanned<String>>,
    /// Address and port.
    listen: Option<Spanned<String>>,
    /// The token itself.
    token: Option<Token>,
    /// A file that holds it.
    token_file: Option<PathBuf>,
    /// An environment variable that holds it.
    token_env: Option<Spanned<String>>,
    /// How long stopping may take.
    deadline: Option<Spanned<String>>,
    /// Where events come from.
    events: Option<EventsConfig>,
}

/// A part of all that is audited, as it is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScopeConfig {
    /// What it is called in the log and in metrics.
    name: String,
    /// Its accounts, by name or id; all where there are none.
    accounts: Vec<String>,
    /// Its Regions, instead of the general ones.
    regions: Vec<String>,
    /// Its checks, by id, with `*` for any text; all where there are none.
    checks: Vec<String>,
    /// Its themes.
    themes: Vec<String>,
    /// Only checks of this severity or a worse one.
    severity: Option<Severity>,
    /// As for the daemon; the daemon's where there is none.
    schedule: Option<Spanned<String>>,
    /// As for the daemon.
    jitter: Option<Spanned<String>>,
    /// As for the daemon.
    time_zone: Option<Spanned<String>>,
}

/// A part of all that is audited, with its schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopeSettings {
    /// What it is called in the log and in metrics; empty for the only one, of everything.
    pub name: String,
    /// Its accounts, by name or id; all where there are none.
    pub accounts: Vec<String>,
    /// Its Regions, instead of the general ones.
    pub regions: Vec<String>,
    /// Its checks.
    pub checks: Selection,
    /// When it is audited.
    pub schedule: Schedule,
}

/// The table as it is meant.
#[derive(Debug, Clone)]
pub struct DaemonSettings {
    /// What is audited when: one scope of everything where the table names none.
    pub scopes: Vec<ScopeSettings>,
    /// Where it listens.
    pub listen: SocketAddr,
    /// What who asks has to know.
    pub token: TokenSource,
    /// How long stopping may take.
    pub deadline: Duration,
    /// Where events come from, if they do.
    pub events: Option<EventSettings>,
}

/// What who asks has to know. It has no printable form.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

/// Where the token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// There is none: who reaches the port may ask.
    None,
    /// It stands in the configuration.
    Given(Token),
    /// It stands in a file, and is read again with the configuration.
    File(PathBuf),
    /// It stands in an environment variable.
    Environment(String),
}

/// What is wrong with the table, and where in the file.
#[derive(Debug, Clone)]
pub(super) struct Misfit {
    pub bytes: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TokenSource {
    /// The file that holds it, if there is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            TokenSource::File(path) => Some(path),
            _ => None,
        }
    }

    /// Reads the token.
    ///
    /// # Errors
    ///
    /// It is not where it should be, or is too short to be one.
    pub fn read(&self) -> Result<Option<Token>, String> {
        let (text, of) = match self {
            TokenSource::None => return Ok(None),
            TokenSource::Given(token) => (token.0.clone(), "`daemon.token`".to_owned()),
            TokenSource::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    format!(
                        "cannot read the token in `{}`: {error}\n  help: `daemon.token_file` names it",
                        path.display()
                    )
                })?;
                (text, format!("the token in `{}`", path.display()))
            }
            TokenSource::Environment(name) => {
                let text = std::env::var(name).map_err(|_| {
                    format!("the environment variable `{name}` is not set\n  help: `daemon.token_env` names it for the token")
                })?;
                (text, format!("the token in the environment variable `{name}`"))
            }
        };
        let text = text.trim();
        if text.len() < SHORTEST_TOKEN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "{of} cannot be used: it needs {SHORTEST_TOKEN} characters or more, of ASCII and without spaces\n  help: \
                 `openssl rand -hex 32` makes one"
            ));
        }
        Ok(Some(Token(text.to_owned())))
    }
}

impl DaemonConfig {
    /// What the table means; the defaults for what it does not say.
    pub(super) fn settings(&self) -> Result<DaemonSettings, Misfit> {
        Ok(DaemonSettings {
            scopes: self.scopes()?,
            listen: self.listen()?,
            token: self.token()?,
            deadline: self.deadline()?,
            events: self.events.as_ref().map(EventsConfig::settings).transpose()?,
        })
    }

    /// Paths are meant as seen from the file.
    pub(super) fn seen_from(&mut self, folder: &Path) {
        if let Some(file) = &mut self.token_file {
            *file = folder.join(&*file);
        }
    }

    fn scopes(&self) -> Result<Vec<ScopeSettings>, Misfit> {
        let own = Timing {
            schedule: self.schedule.as_ref(),
            jitter: self.jitter.as_ref(),
            time_zone: self.time_zone.as_ref(),
            of: "daemon",
        };
        let general = own.schedule()?;
        let whole = ScopeSettings {
            name: String::new(),
            accounts: Vec::new(),
            regions: Vec::new(),
            checks: Selection::default(),
            schedule: general.clone(),
        };
        if self.scopes.is_empty() {
            return Ok(vec![whole]);
        }
        let mut scopes: Vec<ScopeSettings> = Vec::new();
        for written in &self.scopes {
            let ScopeConfig { name, accounts, regions, checks, themes, severity, schedule, jitter, time_zone } =
                written.get_ref();
            let wrong = |message: &str| Misfit { bytes: written.span(), message: message.to_owned(), help: None };
            if name.is_empty() {
                return Err(wrong("a scope needs a `name`").help("write `name = \"hourly\"`, or as you call it"));
            }
            if scopes.iter().any(|other| other.name == *name) {
                return Err(wrong(&format!("two scopes are called `{name}`")));
            }
            let timing = Timing {
                schedule: schedule.as_ref(),
                jitter: jitter.as_ref(),
                time_zone: time_zone.as_ref(),
                of: "daemon.scopes",
            };
            let is_general = schedule.is_none() && jitter.is_none() && time_zone.is_none();
            scopes.push(ScopeSettings {
                name: name.clone(),
                accounts: accounts.clone(),
                regions: regions.clone(),
                checks: Selection { checks: checks.clone(), themes: themes.clone(), severity: *severity },
                schedule: if is_general { general.clone() } else { timing.schedule()? },
            });
        }
        Ok(scopes)
    }

    fn listen(&self) -> Result<SocketAddr, Misfit> {
        let text = self.listen.as_ref().map_or(DEFAULT_LISTEN, |listen| listen.get_ref());
        listen_address(text).map_err(|message| match &self.listen {
            Some(listen) => Misfit::of(listen, format!("`daemon.listen`: {message}")),
            None => Misfit { bytes: 0..0, message, help: None },
        })
    }

    fn token(&self) -> Result<TokenSource, Misfit> {
        match (&self.token, &self.token_file, &self.token_env) {
            (None, None, None) => Ok(TokenSource::None),
            (Some(token), None, None) => Ok(TokenSource::Given(token.clone())),
            (None, Some(file), None) => Ok(TokenSource::File(file.clone())),
            (None, None, Some(name)) => Ok(TokenSource::Environment(name.get_ref().clone())),
            _ => Err(Misfit {
                bytes: 0..0,
                message: "`[daemon]` has more than one of `token`, `token_file` and `token_env`".to_owned(),
                help: Some("keep one of them".to_owned()),
            }),
        }
    }

    fn deadline(&self) -> Result<Duration, Misfit> {
        let Some(deadline) = &self.deadline else { return Ok(DEFAULT_DEADLINE) };
        let wrong = |message: String| Misfit::of(deadline, format!("`daemon.deadline`: {message}"));
        let length = schedule::duration(deadline.get_ref()).map_err(|error| wrong(error.to_string()))?;
        if length > LONGEST_DEADLINE { Err(wrong("a quarter of an hour is the most".to_owned())) } else { Ok(length) }
    }
}

/// When something is due, as it is written.
struct Timing<'c> {
    schedule: Option<&'c Spanned<String>>,
    jitter: Option<&'c Spanned<String>>,
    time_zone: Option<&'c Spanned<String>>,
    /// The table in which that stands.
    of: &'static str,
}

impl Timing<'_> {
    fn schedule(&self) -> Result<Schedule, Misfit> {
        let zone = match self.time_zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name.get_ref()).map_err(|_| {
                let message = format!("there is no time zone `{}`", name.get_ref());
                Misfit::of(name, message).help("write its IANA name, such as `Europe/Zurich`, or leave it away for UTC; zones come from the system's tzdata")
            })?,
        };
        let text = self.schedule.map_or(DEFAULT_SCHEDULE, |schedule| schedule.get_ref());
        let schedule = Schedule::parse(text, zone).map_err(|error| match self.schedule {
            // Behind the quotation mark.
            Some(written) => {
                let start = written.span().start + 1;
                let bytes = start + error.place.start..start + error.place.end;
                Misfit { bytes, message: format!("`{}.schedule`: {error}", self.of), help: None }
            }
            None => Misfit { bytes: 0..0, message: error.message, help: None },
        })?;
        if let (Some(zone), Schedule::Every { .. }) = (self.time_zone, &schedule) {
            let message = format!("`{}.time_zone` says nothing of an interval", self.of);
            return Err(Misfit::of(zone, message).help("leave it away, or write `schedule` as a cron expression"));
        }
        let Some(jitter) = self.jitter else { return Ok(schedule) };
        let wrong = |message: String| Misfit::of(jitter, format!("`{}.jitter`: {message}", self.of));
        let length = schedule::duration(jitter.get_ref()).map_err(|error| wrong(error.to_string()))?;
        schedule.with_jitter(length).map_err(wrong)
    }
}

/// Reads an address and a port.
///
/// # Errors
///
/// It is none.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    local.as_deref().unwrap_or(text).parse().map_err(|_| {
        format!("`{text}` is no address with a port: write `127.0.0.1:9180`, `0.0.0.0:9180` or `[::1]:9180`")
    })
}

impl Misfit {
    pub(super) fn of<T>(written: &Spanned<T>, message: String) -> Misfit {
        Misfit { bytes: written.span(), message, help: None }
    }

    pub(super) fn help(self, help: &str) -> Misfit {
        Misfit { help: Some(help.to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn settings(table: &str) -> Result<DaemonSettings, String> {
        let text = format!("regions = []\n[daemon]\n{table}\n");
        Config::parse("plumbline.toml", &text)
            .and_then(|config| config.daemon_settings())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_said_is_every_six_hours_on_loopback() {
        let settings = settings("").unwrap();
        assert_eq!(settings.scopes[0].schedule.to_string(), "every 6h");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:9180");
        assert_eq!(settings.token, TokenSource::None);
        assert_eq!(settings.deadline, Duration::from_secs(30));
    }

    #[test]
    fn a_cron_expression_goes_by_the_clocks_of_its_zone() {
        let settings =
            settings("schedule = \"0 7 * * mon-fri\"\ntime_zone = \"Europe/Zurich\"\njitter = \"5m\"").unwrap();
        let next = settings.scopes[0].schedule.next("2026-07-03T12:00:00Z".parse().unwrap());
        assert_eq!(next.to_string(), "2026-07-06T05:00:00Z");
        assert_eq!(settings.scopes[0].schedule.jitter(), Duration::from_secs(300));
    }

    #[test]
    fn scopes_have_schedules_of_their_own_or_that_of_the_daemon() {
        let table = "schedule = \"2h\"\n[[daemon.scopes]]\nname = \"all\"\n[[daemon.scopes]]\nname = \"network\"\n\
                     accounts = [\"production\"]\nthemes = [\"network\"]\nschedule = \"*/5 * * * *\"\ntime_zone = \"Europe/Zurich\"";
        let scopes = settings(table).unwrap().scopes;
        let told: Vec<_> = scopes.iter().map(|scope| (scope.name.as_str(), scope.schedule.to_string())).collect();
        assert_eq!(told, [("all", "every 2h".to_owned()), ("network", "*/5 * * * * (Europe/Zurich)".to_owned())]);
        assert_eq!(
            (&*scopes[1].accounts, &*scopes[1].checks.themes),
            (&["production".into()][..], &["network".into()][..])
        );
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (table, place, said) in [
            ("schedule = \"0 0 31 2 *\"", ":3:17", "never comes"),
            ("schedule = \"0 25 * * *\"", ":3:15", "hour"),
            ("schedule = \"often\"", ":3:13", "no span of time"),
            ("schedule = \"0s\"", ":3:13", "too short"),
            ("schedule = \"5m\"\njitter = \"10m\"", ":4:10", "shorter than the interval"),
            ("schedule = \"0 * * * *\"\ntime_zone = \"Mars/Base\"", ":4:13", "no time zone"),
            ("schedule = \"6h\"\ntime_zone = \"UTC\"", ":4:13", "says nothing of an interval"),
            ("listen = \"9180\"", ":3:10", "no address"),
            ("deadline = \"2h\"", ":3:12", "quarter of an hour"),
            ("[[daemon.scopes]]\nschedule = \"1h\"", ":3:1", "needs a `name`"),
            ("[[daemon.scopes]]\nname = \"a\"\n[[daemon.scopes]]\nname = \"a\"", ":5:1", "two scopes are called `a`"),
            ("[[daemon.scopes]]\nname = \"a\"\nschedule = \"0s\"", ":5:13", "too short"),
            ("[[daemon.scopes]]\nname = \"a\"\nevery = \"1h\"", ":5:1", "unknown field `every`"),
            ("token = \"x\"\ntoken_env = \"TOKEN\"", "", "more than one"),
        ] {
            let error = settings(table).unwrap_err();
            assert!(error.contains(said) && error.contains(place), "{table}: {error}");
        }
    }

    #[test]
    fn a_token_is_long_enough_and_never_printed() {
        let source = settings("token = \"a-token-of-enough-length\"").unwrap().token;
        assert_eq!(source.read().unwrap().unwrap().expose(), "a-token-of-enough-length");
        assert!(!format!("{source:?}").contains("enough"));
        let short = settings("token = \"short\"").unwrap().token.read().unwrap_err();
        assert!(short.contains("16 characters") && !short.contains("short"), "{short}");
        let missing = settings("token_env = \"PLUMBLINE_NO_SUCH_VARIABLE\"").unwrap().token.read().unwrap_err();
        assert!(missing.contains("is not set"), "{missing}");
    }
}
