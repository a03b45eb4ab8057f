//! How a name that somebody wrote fits a resource: requests and events name one by its id, its ARN, or a part of either.

/// Whether `name` may mean the resource of this id and ARN. The parts of ids and ARNs are divided by `/` and `:`, and one that
/// ends with the other fits: a service `api` is `clubapp/api`, and the ARN of a database ends with its identifier.
pub fn may_mean(name: &str, id: &str, arn: &str) -> bool {
    name == arn || ends_with(name, id) || ends_with(id, name) || ends_with(arn, name)
}

fn ends_with(whole: &str, end: &str) -> bool {
    let Some(before) = whole.strip_suffix(end) else { return false };
    !end.is_empty() && (before.is_empty() || before.ends_with(['/', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_it_is_a_whole_part_of() {
        let db = ("clubapp-dev", "arn:aws:rds:eu-west-1:111122223333:db:clubapp-dev");
        let service = ("clubapp/api", "arn:aws:ecs:eu-west-1:111122223333:service/clubapp/api");
        for (name, (id, arn)) in [("clubapp-dev", db), (db.1, db), ("api", service), (service.1, service)] {
            assert!(may_mean(name, id, arn), "{name} is {id}");
        }
        let secret = ("app/db", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db-AbCdEf");
        assert!(may_mean(secret.1, secret.0, secret.1));
        for (name, (id, arn)) in [("dev", db), ("", db), ("clubapp", db), ("clubapp-dev-2", db), ("pi", service)] {
            assert!(!may_mean(name, id, arn), "{name} is not {id}");
        }
    }
}
