//! Accounts: credentials, the identity behind them, and the Regions that are enabled.

use std::sync::Arc;
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region;
use tokio::sync::Semaphore;

use super::client::{CallStats, MAX_IN_FLIGHT, RegionClient, Shared};
use super::failure::Failure;
use super::http;
use super::limiter::Limiter;
use super::limits::Limits;
use crate::inventory::{GapKind, Operation};
use crate::{client, operation};

operation!(GET_CALLER_IDENTITY, "sts", "GetCallerIdentity", "");
operation!(DESCRIBE_REGIONS, "ec2", "DescribeRegions", "ec2:DescribeRegions");

/// A connection that takes longer is not coming: the SDK's own figure, kept here because a dead Region
/// must cost seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);
/// One attempt, answer included.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// One call with all its attempts.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(75);
/// First attempt and two retries, as the SDK's standard mode.
const ATTEMPTS: u32 = 3;

/// How an account is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The profile of the shared configuration whose credentials start the chain.
    pub profile: Option<String>,
    /// The role to assume in the account.
    pub role_arn: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The name under which CloudTrail shows the session.
    pub session_name: Option<String>,
    /// The id of the account that this has to lead to, where it is known.
    pub account_id: Option<String>,
    /// Whether the credentials that start the chain are of the account themselves: they read it where the role cannot be
    /// assumed.
    pub is_own: bool,
}

/// What all accounts of a run share: the HTTP client, the limiter, the permits and the counts.
#[derive(Debug, Clone)]
pub struct Fleet {
    http: aws_smithy_runtime_api::client::http::SharedHttpClient,
    limiter: Arc<Limiter>,
    permits: Arc<Semaphore>,
    stats: Arc<CallStats>,
}

/// An account whose identity is known.
#[derive(Debug, Clone)]
pub struct Account {
    shared: Arc<Shared>,
    /// The twelve-digit account id.
    pub account_id: Arc<str>,
    /// Who is calling.
    pub caller_arn: String,
    home: String,
}

/// Why an account cannot be audited.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}: {cause}")]
pub struct AccountError {
    /// What could not be done.
    pub what: String,
    /// Why.
    pub cause: String,
    /// What to do.
    pub help: String,
}

impl Fleet {
    /// A fleet that works to these limits.
    pub fn new(limits: Limits) -> Fleet {
        Fleet {
            http: http::client(),
            limiter: Arc::new(Limiter::new(limits)),
            permits: Arc::new(Semaphore::new(MAX_IN_FLIGHT)),
            stats: Arc::default(),
        }
    }

    /// What has been called so far.
    pub fn stats(&self) -> &Arc<CallStats> {
        &self.stats
    }

    /// Frees what is kept for accounts of which nothing was called for a while.
    pub fn forget_idle(&self) {
        self.limiter.forget_full();
    }

    /// The SDK configuration for a way of access: the default credential chain (environment, profiles, SSO, web
    /// identity, container and instance roles), and on top of it the role, if there is one.
    pub async fn sdk_config(&self, access: &Access) -> SdkConfig {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .operation_timeout(OPERATION_TIMEOUT)
                    .build(),
            );
        if let Ok(name) = AppName::new("plumbline") {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &access.profile {
            loader = loader.profile_name(profile);
        }
        let base = loader.load().await;
        let region = base.region().cloned().unwrap_or_else(|| Region::from_static(FALLBACK_REGION));
        let base = base.to_builder().region(region.clone()).build();
        let Some(role_arn) = &access.role_arn else { return base };
        let mut role = AssumeRoleProvider::builder(role_arn)
            .configure(&base)
            .region(region)
            .session_name(access.session_name.as_deref().unwrap_or("plumbline"));
        if let Some(external_id) = &access.external_id {
            role = role.external_id(external_id);
        }
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(role.build().await);
        base.to_builder().credentials_provider(provider).build()
    }

    /// Reaches an account and learns who it is.
    ///
    /// # Errors
    ///
    /// Credentials that are missing, expired or refused, a role that cannot be assumed, an endpoint
    /// that does not answer.
    pub async fn account(&self, access: &Access) -> Result<Account, AccountError> {
        if let Some(profile) = &access.profile {
            profile_exists(profile).await?;
        }
        let config = self.sdk_config(access).await;
        let home = config.region().map_or_else(|| FALLBACK_REGION.to_owned(), ToString::to_string);
        let unknown: Arc<str> = "".into();
        let probe = RegionClient::new(Arc::new(self.shared(unknown, config.clone())), &home);
        let sts = client!(&probe, aws_sdk_sts);
        let identity = match probe.call(&GET_CALLER_IDENTITY, || sts.get_caller_identity().send()).await {
            Ok(identity) => identity,
            Err(failure) if access.is_own && access.role_arn.is_some() && failure.kind != GapKind::Unreachable => {
                let error = unreachable_account(access, &failure);
                tracing::info!(%error, "the account is read with the credentials at hand, which are its own");
                let own = Access { role_arn: None, ..access.clone() };
                return Box::pin(self.account(&own)).await;
            }
            Err(failure) => return Err(unreachable_account(access, &failure)),
        };
        let account_id: Arc<str> = identity.account.unwrap_or_default().into();
        if let Some(wanted) = access.account_id.as_deref().filter(|wanted| **wanted != *account_id) {
            return Err(AccountError {
                what: format!("cannot audit the account {wanted}"),
                cause: format!("the credentials are of the account {account_id}"),
                help: "check the account's `account_id`, `profile` and `role_arn` in the configuration".to_owned(),
            });
        }
        Ok(Account {
            shared: Arc::new(self.shared(account_id.clone(), config)),
            account_id,
            caller_arn: identity.arn.unwrap_or_default(),
            home,
        })
    }

    fn shared(&self, account_id: Arc<str>, config: SdkConfig) -> Shared {
        Shared {
            account_id,
            config,
            limiter: self.limiter.clone(),
            permits: self.permits.clone(),
            stats: self.stats.clone(),
            partitions: Default::default(),
            unreachable: Default::default(),
        }
    }
}

/// The Region of the first calls where none is configured.
const FALLBACK_REGION: &str = "us-east-1";

impl Account {
    /// A client for one Region.
    pub fn region(&self, region: &str) -> RegionClient {
        RegionClient::new(self.shared.clone(), region)
    }

    /// The Region that account-wide services are called in: the configured one, else the partition's first.
    pub fn home_region(&self) -> &str {
        match self.home.as_str() {
            home if home.starts_with("cn-") || home.starts_with("us-gov-") => home,
            _ => FALLBACK_REGION,
        }
    }

    /// The partition, such as `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        self.caller_arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws")
    }

    /// The Regions that are enabled for the account.
    ///
    /// # Errors
    ///
    /// The call failed; `--region` makes it unnecessary.
    pub async fn enabled_regions(&self) -> Result<Vec<String>, AccountError> {
        let region = self.region(&self.home);
        let ec2 = client!(&region, aws_sdk_ec2);
        let answer = region.call(&DESCRIBE_REGIONS, || ec2.describe_regions().all_regions(false).send()).await;
        let answer = answer.map_err(|failure| AccountError {
            what: format!("cannot find out the enabled Regions of {}", self.account_id),
            cause: failure.message.clone(),
            help: match failure.kind {
                GapKind::Denied => "grant ec2:DescribeRegions, or name the Regions with --region".to_owned(),
                _ => "name the Regions with --region".to_owned(),
            },
        })?;
        let mut regions: Vec<String> =
            answer.regions.unwrap_or_default().into_iter().filter_map(|region| region.region_name).collect();
        regions.sort();
        Ok(regions)
    }

    /// The operations that reaching an account takes, for the IAM policy.
    pub fn operations() -> [&'static Operation; 2] {
        [&GET_CALLER_IDENTITY, &DESCRIBE_REGIONS]
    }
}

/// The SDK tells of an unknown profile only deep in a failed call.
async fn profile_exists(profile: &str) -> Result<(), AccountError> {
    let fs = aws_types::os_shim_internal::Fs::real();
    let env = aws_types::os_shim_internal::Env::real();
    let files = aws_runtime::env_config::file::EnvConfigFiles::default();
    let loaded = aws_config::profile::load(&fs, &env, &files, None).await;
    match loaded {
        Ok(profiles) if profiles.get_profile(profile).is_none() => {
            let names: Vec<&str> = profiles.profiles().collect();
            let help = crate::suggest::nearest(profile, names.iter().copied()).unwrap_or_else(|| {
                if names.is_empty() {
                    "there are no profiles: `aws configure` makes one".to_owned()
                } else {
                    format!("the profiles are {}", names.join(", "))
                }
            });
            Err(AccountError {
                what: format!("there is no profile `{profile}`"),
                cause: "neither the AWS configuration file nor the credentials file has it".to_owned(),
                help,
            })
        }
        _ => Ok(()),
    }
}

fn unreachable_account(access: &Access, failure: &Failure) -> AccountError {
    let what = match &access.role_arn {
        Some(role) => format!("cannot assume the role {role}"),
        None => "cannot find out whose credentials these are".to_owned(),
    };
    let help = match (failure.kind, &access.role_arn) {
        (GapKind::Unreachable, _) => "check the network, AWS_ENDPOINT_URL and the Region".to_owned(),
        (_, Some(_)) => {
            "check the role's trust policy, its external id, and that this identity may call sts:AssumeRole".to_owned()
        }
        (GapKind::Credentials, None) => {
            "sign in (`aws sso login`), set AWS_PROFILE, or give credentials in the environment".to_owned()
        }
        _ => "check the credentials with `aws sts get-caller-identity`".to_owned(),
    };
    AccountError { what, cause: failure.message.clone(), help }
}
