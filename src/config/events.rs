//! `[daemon.events]`: the queues by which the daemon learns of changes, and gives back what it cannot use.

use serde::Deserialize;
use toml::Spanned;

use super::daemon::Misfit;

/// The table as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsConfig {
    /// The URL or ARN of the queue that events come from.
    queue: Spanned<String>,
    /// The URL or ARN of the queue that messages go to which cannot be used.
    dead_letter_queue: Option<Spanned<String>>,
}

/// The table as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSettings {
    /// Where events come from.
    pub queue: Queue,
    /// Where messages go that cannot be used; they are deleted where there is none.
    pub dead_letters: Option<Queue>,
}

/// A queue of SQS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its URL.
    pub url: String,
    /// Its Region, where its URL or ARN tells it.
    pub region: Option<String>,
}

impl EventsConfig {
    pub(super) fn settings(&self) -> Result<EventSettings, Misfit> {
        let queue = read("queue", &self.queue)?;
        let dead_letters = self.dead_letter_queue.as_ref();
        let dead_letters = dead_letters.map(|written| read("dead_letter_queue", written)).transpose()?;
        if let (Some(written), true) = (&self.dead_letter_queue, dead_letters.as_ref() == Some(&queue)) {
            let message = "`daemon.events.dead_letter_queue` is the queue that the messages come from".to_owned();
            return Err(Misfit::of(written, message).help("name another queue, or none"));
        }
        Ok(EventSettings { queue, dead_letters })
    }
}

fn read(key: &str, written: &Spanned<String>) -> Result<Queue, Misfit> {
    Queue::parse(written.get_ref()).ok_or_else(|| {
        let message = format!("`daemon.events.{key}`: `{}` is no URL or ARN of an SQS queue", written.get_ref());
        Misfit::of(written, message).help("write it as `https://sqs.eu-west-1.amazonaws.com/111122223333/changes`, or as `arn:aws:sqs:eu-west-1:111122223333:changes`")
    })
}

impl Queue {
    /// Its ARN; with `*` for what the URL does not tell.
    pub fn arn(&self) -> String {
        let mut path = self.url.rsplit('/');
        let (name, account_id) = (path.next().unwrap_or("*"), path.next().unwrap_or("*"));
        format!("arn:*:sqs:{}:{account_id}:{name}", self.region.as_deref().unwrap_or("*"))
    }

    /// Reads a URL or an ARN.
    fn parse(text: &str) -> Option<Queue> {
        if let Some(rest) = text.strip_prefix("arn:") {
            let mut parts = rest.splitn(5, ':');
            let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
            let (account_id, name) = (parts.next()?, parts.next()?);
            let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
            let good = service == "sqs" && !region.is_empty() && is_account(account_id) && is_name(name);
            let url = format!("https://sqs.{region}.{domain}/{account_id}/{name}");
            return good.then(|| Queue { url, region: Some(region.to_owned()) });
        }
        let (host, path) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?.split_once('/')?;
        // Emulators put more before the account's id.
        let (before, name) = path.rsplit_once('/')?;
        let account_id = before.rsplit('/').next()?;
        let region = match host.split('.').collect::<Vec<_>>().as_slice() {
            ["sqs", region, "amazonaws", ..] | [region, "queue", "amazonaws", ..] => Some((*region).to_owned()),
            _ => None,
        };
        let good = !host.is_empty() && is_account(account_id) && is_name(name);
        good.then(|| Queue { url: text.to_owned(), region })
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    let plain = text.strip_suffix(".fifo").unwrap_or(text);
    (1..=80).contains(&text.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn settings(table: &str) -> Result<EventSettings, String> {
        let config = Config::parse("plumbline.toml", &format!("[daemon.events]\n{table}\n"));
        let settings = config.and_then(|config| config.daemon_settings()).map_err(|error| error.to_string())?;
        Ok(settings.events.unwrap())
    }

    #[test]
    fn a_queue_is_named_by_its_url_or_its_arn() {
        let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/changes";
        let by_url = settings(&format!("queue = \"{url}\"")).unwrap();
        assert_eq!(by_url.queue, Queue { url: url.to_owned(), region: Some("eu-west-1".to_owned()) });
        assert_eq!(settings("queue = \"arn:aws:sqs:eu-west-1:111122223333:changes\"").unwrap(), by_url);
        let emulated = settings("queue = \"http://127.0.0.1:5000/111122223333/changes\"").unwrap().queue;
        assert_eq!(emulated.region, None);
        let china = settings("queue = \"arn:aws-cn:sqs:cn-north-1:111122223333:changes\"").unwrap().queue;
        assert_eq!(china.url, "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/changes");
    }

    #[test]
    fn what_is_no_queue_is_refused_with_its_place() {
        let queue = "queue = \"arn:aws:sqs:eu-west-1:111122223333:changes\"";
        for (table, place, said) in [
            ("queue = \"changes\"", ":2:9", "no URL or ARN"),
            ("queue = \"arn:aws:sns:eu-west-1:111122223333:changes\"", ":2:9", "no URL or ARN"),
            ("queue = \"https://sqs.eu-west-1.amazonaws.com/changes\"", ":2:9", "no URL or ARN"),
            (&format!("{queue}\ndead_letter_{queue}"), ":3:21", "come from"),
            ("dead_letter_queue = \"x\"", ":1:1", "queue"),
        ] {
            let error = settings(table).unwrap_err();
            assert!(error.contains(said) && error.contains(place), "{table}: {error}");
        }
    }
}
