//! Routes that lead nowhere, and the groups of cache nodes.

use super::audit;
use crate::written::Written;

#[test]
fn a_route_to_a_deleted_nat_gateway_is_a_dead_one() {
    let aws = Written::of(include_str!("deleted_nat.txt"));
    let report = audit(&aws, &["ec2-route-*", "nat-*"]);
    assert_eq!(report.verdicts("ec2-route-blackhole-absent"), [("rtb-main", "pass"), ("rtb-private", "fail")]);
    let message = report.message("ec2-route-blackhole-absent", "rtb-private");
    assert!(message.contains("loses what goes to 0.0.0.0/0: nat-0gone is gone"), "{message}");
    // Of the two that were deleted only the one counts that a route still leads to.
    assert_eq!(report.verdicts("nat-gateway-available"), [("nat-0gone", "fail")]);
    let message = report.message("nat-gateway-available", "nat-0gone");
    assert!(message.contains("is deleted") && message.contains("rtb-private"), "{message}");
    assert_eq!(report.verdicts("nat-gateway-per-az"), [("vpc-1", "fail")]);
    let routes = &report.finding("ec2-route-blackhole-absent", "rtb-private")["evidence"]["routes"];
    assert_eq!(routes[1]["state"], "blackhole");
    assert_eq!(routes[1]["nat_gateway_id"], "nat-0gone");
}

#[test]
fn the_groups_of_cache_nodes_tell_who_reaches_a_cache() {
    let aws = Written::of(include_str!("caches.txt"));
    let report = audit(&aws, &["ec2-sg-cache-ingress-app-only", "ec2-sg-data-tier-vpc-internal"]);
    let check = "ec2-sg-cache-ingress-app-only";
    assert_eq!(report.verdicts(check), [("open", "fail"), ("sessions", "pass")]);
    let message = report.message(check, "open");
    assert!(message.contains("10.0.0.0/8") && message.contains("at port 6379"), "{message}");
    assert_eq!(report.verdict("ec2-sg-data-tier-vpc-internal", "sg-cache"), "pass");
    assert_eq!(report.verdict("ec2-sg-data-tier-vpc-internal", "sg-open"), "fail");
}

#[test]
fn a_cache_whose_nodes_are_not_listed_is_unknown() {
    let aws = Written::of(include_str!("caches.txt"));
    aws.add("=== elasticache:DescribeCacheClusters\n<DescribeCacheClustersResponse><DescribeCacheClustersResult><CacheClusters/></DescribeCacheClustersResult></DescribeCacheClustersResponse>");
    let report = audit(&aws, &["ec2-sg-cache-ingress-app-only"]);
    let gap = report.gap("ec2-sg-cache-ingress-app-only", "sessions");
    assert_eq!(gap["operation"], "elasticache:DescribeCacheClusters");
}
