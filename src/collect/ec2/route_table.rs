//! Route tables with their routes, and which of them counts for a subnet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, RouteState};

use super::{Listed, arn, tags};
use crate::aws::Failure;
use crate::collect::convert::{always_sent, text};
use crate::collect::{Context, Outcome, not_collected};
use crate::inventory::Observed;
use crate::{operation, record, resource};

operation!(DESCRIBE_ROUTE_TABLES, "ec2", "DescribeRouteTables", "ec2:DescribeRouteTables");

/// The most route tables that a page can have.
const PAGE: i32 = 100;

resource! {
    /// A route table.
    pub struct RouteTable: "AWS::EC2::RouteTable" listed by [DESCRIBE_ROUTE_TABLES] named by ["routeTableId"] {
        /// The route table's id.
        route_table_id: String,
        /// The VPC that it is in.
        vpc_id: String,
        /// Computed: whether it is the main route table, which counts for all subnets of the VPC that have no other.
        main: bool,
        /// Computed: the subnets that are associated with it by name. The main route table counts for more.
        subnet_ids: Vec<String>,
        /// The routes.
        routes: Vec<Route>,
        /// Computed: the NAT gateways that the routes lead through, dead ones too.
        nat_gateway_ids: Vec<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    }
}

record! {
    /// One route of a route table.
    pub struct Route {
        /// Computed: where it leads, as an IPv4 or IPv6 range in CIDR notation or the id of a prefix list.
        destination: String,
        /// Computed: what it leads through: the id of a gateway, network interface or peering connection, an ARN, or `local`.
        target: String,
        /// The internet gateway, virtual private gateway or gateway endpoint that it leads through, or `local`.
        gateway_id: Option<String>,
        /// The NAT gateway that it leads through.
        nat_gateway_id: Option<String>,
        /// `active`, `filtered`, or `blackhole` if what it leads through is gone.
        state: Observed<String>,
    }
}

pub async fn list(cx: &Context, ec2: &Client) -> Listed<types::RouteTable> {
    if !cx.needs(&DESCRIBE_ROUTE_TABLES) {
        return (Vec::new(), Err(not_collected(&DESCRIBE_ROUTE_TABLES)));
    }
    cx.pages(
        &DESCRIBE_ROUTE_TABLES,
        |token| ec2.describe_route_tables().max_results(PAGE).set_next_token(token).send(),
        |page| (page.route_tables.unwrap_or_default(), page.next_token),
    )
    .await
}

pub fn add(cx: &Context, (tables, outcome): Listed<types::RouteTable>) {
    if !cx.lists::<RouteTable>() {
        return;
    }
    for table in tables {
        add_one(cx, table);
    }
    cx.listed::<RouteTable>(outcome);
}

fn add_one(cx: &Context, table: types::RouteTable) {
    let main = is_main(&table);
    let nat_gateway_ids = table.routes().iter().filter_map(|route| route.nat_gateway_id.clone()).collect();
    let (Some(id), Some(vpc_id)) = (table.route_table_id, table.vpc_id) else { return };
    let arn = arn(cx, table.owner_id.as_deref(), "route-table", &id);
    let associations = table.associations.unwrap_or_default().into_iter();
    let record = RouteTable {
        route_table_id: id.clone(),
        vpc_id,
        main,
        subnet_ids: associations.filter_map(|association| association.subnet_id).collect(),
        routes: table.routes.unwrap_or_default().into_iter().map(route).collect(),
        nat_gateway_ids,
        tags: tags(table.tags),
    };
    cx.add(id, arn, record);
}

fn route(route: types::Route) -> Route {
    let destination =
        route.destination_cidr_block.or(route.destination_ipv6_cidr_block).or(route.destination_prefix_list_id);
    // A route through an instance also names the instance's network interface.
    let target = route
        .gateway_id
        .clone()
        .or(route.nat_gateway_id.clone())
        .or(route.egress_only_internet_gateway_id)
        .or(route.transit_gateway_id)
        .or(route.vpc_peering_connection_id)
        .or(route.instance_id)
        .or(route.network_interface_id)
        .or(route.local_gateway_id)
        .or(route.carrier_gateway_id)
        .or(route.core_network_arn)
        .or(route.odb_network_arn)
        .or(route.ip_address);
    Route {
        destination: destination.unwrap_or_default(),
        target: target.unwrap_or_default(),
        gateway_id: route.gateway_id,
        nat_gateway_id: route.nat_gateway_id,
        state: always_sent(text(route.state), "State", &DESCRIBE_ROUTE_TABLES),
    }
}

/// The route tables of a Region, by what they count for.
pub struct RouteTables<'a> {
    by_subnet: HashMap<&'a str, &'a types::RouteTable>,
    main_by_vpc: HashMap<&'a str, &'a types::RouteTable>,
    outcome: &'a Outcome,
}

impl<'a> RouteTables<'a> {
    pub fn new((tables, outcome): &'a Listed<types::RouteTable>) -> RouteTables<'a> {
        let mut by_subnet = HashMap::new();
        let mut main_by_vpc = HashMap::new();
        for table in tables {
            by_subnet.extend(table.associations().iter().filter_map(|a| a.subnet_id()).map(|subnet| (subnet, table)));
            if is_main(table) {
                main_by_vpc.extend(table.vpc_id().map(|vpc| (vpc, table)));
            }
        }
        RouteTables { by_subnet, main_by_vpc, outcome }
    }

    /// The route table that counts for a subnet: its own, or else the main one of the VPC.
    pub fn of_subnet(&self, subnet_id: &str, vpc_id: &str) -> Observed<&'a types::RouteTable> {
        if let Some(table) = self.by_subnet.get(subnet_id) {
            return Ok(table);
        }
        // Its own may be on a page that did not come.
        self.outcome.clone()?;
        self.main_by_vpc.get(vpc_id).copied().ok_or_else(|| {
            let failure = Failure::broken("no route table is listed for the subnet; another account may own it");
            Arc::new(failure.gap(&DESCRIBE_ROUTE_TABLES))
        })
    }
}

fn is_main(table: &types::RouteTable) -> bool {
    table.associations().iter().any(|association| association.main() == Some(true))
}

/// Whether an active default route leads to an internet gateway.
pub fn has_internet_gateway(routes: &[types::Route]) -> bool {
    routes.iter().any(|route| {
        is_default(route)
            && route.state() == Some(&RouteState::Active)
            && route.gateway_id().is_some_and(|gateway| gateway.starts_with("igw-"))
    })
}

/// The NAT gateways that default routes lead to.
pub fn default_nat_gateway_ids(routes: &[types::Route]) -> Vec<String> {
    let default = routes.iter().filter(|route| is_default(route));
    default.filter_map(|route| route.nat_gateway_id.clone()).collect()
}

fn is_default(route: &types::Route) -> bool {
    route.destination_cidr_block() == Some("0.0.0.0/0") || route.destination_ipv6_cidr_block() == Some("::/0")
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteTableAssociation;

    use super::*;
    use crate::inventory::{Gap, GapKind};

    fn table(id: &str, association: RouteTableAssociation) -> types::RouteTable {
        types::RouteTable::builder().route_table_id(id).vpc_id("vpc-1").associations(association).build()
    }

    fn two_tables() -> Vec<types::RouteTable> {
        vec![
            table("rtb-main", RouteTableAssociation::builder().main(true).build()),
            table("rtb-own", RouteTableAssociation::builder().main(false).subnet_id("subnet-1").build()),
        ]
    }

    fn id_of(table: Observed<&types::RouteTable>) -> Result<&str, GapKind> {
        table.map(|table| table.route_table_id().unwrap()).map_err(|gap| gap.kind)
    }

    #[test]
    fn an_own_route_table_comes_before_the_main_one() {
        let listed = (two_tables(), Ok(()));
        let tables = RouteTables::new(&listed);
        assert_eq!(id_of(tables.of_subnet("subnet-1", "vpc-1")), Ok("rtb-own"));
        assert_eq!(id_of(tables.of_subnet("subnet-2", "vpc-1")), Ok("rtb-main"));
    }

    #[test]
    fn the_main_route_table_is_not_assumed_when_a_page_is_missing() {
        let gap = Arc::new(Gap::new(GapKind::Throttled, &DESCRIBE_ROUTE_TABLES, ""));
        let listed = (two_tables(), Err(gap));
        let tables = RouteTables::new(&listed);
        assert_eq!(id_of(tables.of_subnet("subnet-1", "vpc-1")), Ok("rtb-own"));
        assert_eq!(id_of(tables.of_subnet("subnet-2", "vpc-1")), Err(GapKind::Throttled));
    }

    #[test]
    fn a_subnet_without_a_visible_route_table_is_unobserved() {
        let listed = (two_tables(), Ok(()));
        assert_eq!(id_of(RouteTables::new(&listed).of_subnet("subnet-3", "vpc-2")), Err(GapKind::Error));
    }

    #[test]
    fn only_an_active_default_route_to_an_internet_gateway_makes_a_subnet_public() {
        let route = types::Route::builder;
        let public = |route: types::Route| has_internet_gateway(&[route]);
        assert!(public(
            route().destination_cidr_block("0.0.0.0/0").gateway_id("igw-1").state(RouteState::Active).build()
        ));
        assert!(public(
            route().destination_ipv6_cidr_block("::/0").gateway_id("igw-1").state(RouteState::Active).build()
        ));
        assert!(!public(
            route().destination_cidr_block("0.0.0.0/0").gateway_id("igw-1").state(RouteState::Blackhole).build()
        ));
        assert!(!public(
            route().destination_cidr_block("0.0.0.0/0").gateway_id("vgw-1").state(RouteState::Active).build()
        ));
        assert!(!public(
            route().destination_cidr_block("192.0.2.0/24").gateway_id("igw-1").state(RouteState::Active).build()
        ));
    }
}
