//! How big the account is, and how its resources refer to each other. A resource is its kind, its Region and its
//! number; everything else follows from these.

/// The account of the credentials at hand, and the one that answers are written for.
pub const ACCOUNT_ID: &str = "111122223333";

/// What the access keys of assumed roles begin with; the account's id follows.
const ASSUMED: &str = "ASIA";

/// The account that an access key belongs to.
pub fn account_of_key(key: &str) -> &str {
    key.strip_prefix(ASSUMED).unwrap_or(ACCOUNT_ID)
}

/// An access key of an account.
pub fn key_of_account(account: &str) -> String {
    format!("{ASSUMED}{account}")
}

/// The Regions that are enabled for it.
pub const REGIONS: [&str; 4] = ["ap-southeast-1", "eu-west-1", "us-east-1", "us-west-2"];

/// How many resources there are of each kind: in every Region, and of buckets in all together.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub vpcs: usize,
    pub subnets: usize,
    pub route_tables: usize,
    pub nat_gateways: usize,
    pub security_groups: usize,
    pub network_interfaces: usize,
    pub flow_logs: usize,
    pub keys: usize,
    pub secrets: usize,
    pub log_groups: usize,
    pub databases: usize,
    pub database_clusters: usize,
    pub subnet_groups: usize,
    pub snapshots: usize,
    pub replication_groups: usize,
    pub clusters: usize,
    pub services: usize,
    pub load_balancers: usize,
    pub buckets: usize,
}

/// One snapshot in so many was made by hand, and may be shared.
const MANUAL_SNAPSHOTS: usize = 5;

/// Two nodes make a replication group.
pub const NODES: usize = 2;

impl Sizes {
    /// About 2,500 resources in each Region, times `scale`.
    pub fn scaled(scale: f64) -> Sizes {
        let times = |count: f64| (count * scale).ceil() as usize;
        Sizes {
            vpcs: times(10.0),
            subnets: times(60.0),
            route_tables: times(30.0),
            nat_gateways: times(10.0),
            security_groups: times(300.0),
            network_interfaces: times(820.0),
            flow_logs: times(8.0),
            keys: times(100.0),
            secrets: times(120.0),
            log_groups: times(400.0),
            databases: times(60.0),
            database_clusters: times(10.0),
            subnet_groups: times(10.0),
            snapshots: times(100.0),
            replication_groups: times(20.0),
            clusters: times(5.0),
            services: times(100.0),
            load_balancers: times(16.0),
            buckets: times(200.0),
        }
    }

    /// Members of database clusters are instances too: the first ones, two to a cluster.
    pub fn cluster_of_database(&self, number: usize) -> Option<usize> {
        (number / 2 < self.database_clusters).then_some(number / 2)
    }

    /// Parameter groups of instances that are in use.
    pub fn parameter_groups(&self) -> usize {
        usize::from(self.databases > 2 * self.database_clusters)
    }

    /// The snapshots that were made by hand.
    pub fn manual_snapshots(&self) -> usize {
        self.snapshots.div_ceil(MANUAL_SNAPSHOTS)
    }

    /// Whether a snapshot was made by hand.
    pub fn is_manual(number: usize) -> bool {
        number.is_multiple_of(MANUAL_SNAPSHOTS)
    }

    /// The services of one cluster: number `cluster`, `cluster + clusters`, and so on.
    pub fn services_of(&self, cluster: usize) -> impl Iterator<Item = usize> {
        (cluster..self.services).step_by(self.clusters.max(1))
    }

    /// The buckets of one Region.
    pub fn buckets_of(&self, region: &str) -> usize {
        (0..self.buckets).filter(|number| bucket_region(*number) == region).count()
    }
}

/// The Region of a bucket.
pub fn bucket_region(number: usize) -> &'static str {
    REGIONS[number % REGIONS.len()]
}

/// An id such as EC2's: `sg-` and 17 digits.
pub fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-{number:017x}")
}

/// The number of a resource, which stands at the end of its id, name or ARN in hexadecimal digits.
pub fn number(name: &str) -> Option<usize> {
    let digits = name.rsplit(['-', '/']).next()?;
    usize::from_str_radix(digits, 16).ok()
}

/// An ARN of the account.
pub fn arn(service: &str, region: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{region}:{ACCOUNT_ID}:{resource}")
}

/// The ARN of a KMS key.
pub fn key_arn(region: &str, number: usize) -> String {
    arn("kms", region, &format!("key/{}", id("key", number)))
}
