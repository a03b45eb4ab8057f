//! Every kind of listing that comes in pages, in the shapes of its API.

/// A listing: the type that it finds, its operation, a page with `ITEMS` and `TOKEN` in it, an item with `ID` in it, and what a
/// request for the page `two` says.
pub struct Paged {
    pub resource_type: &'static str,
    pub operation: &'static str,
    page: String,
    item: String,
    asks_for_two: &'static str,
    /// What answers beside the listing itself.
    pub beside: &'static str,
}

impl Paged {
    /// A page with one item, and the token of the next page.
    pub fn page(&self, id: &str, token: &str) -> String {
        self.page.replace("ITEMS", &self.item.replace("ID", id)).replace("TOKEN", token)
    }

    /// What a request for a page says.
    pub fn asks_for(&self, token: &str) -> String {
        self.asks_for_two.replace("two", token)
    }
}

fn ec2(resource_type: &'static str, operation: &'static str, set: &str, item: &str) -> Paged {
    let name = operation.trim_start_matches("ec2:");
    let page = format!(
        r#"<{name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><{set}>ITEMS</{set}><nextToken>TOKEN</nextToken></{name}Response>"#
    );
    let item = format!("<item>{item}</item>");
    Paged { resource_type, operation, page, item, asks_for_two: "NextToken=two", beside: "" }
}

fn query(resource_type: &'static str, operation: &'static str, token: &str, list: &str, item: &str) -> Paged {
    let name = operation.split_once(':').unwrap().1;
    let page = format!(
        "<{name}Response><{name}Result><{list}>ITEMS</{list}><{token}>TOKEN</{token}></{name}Result></{name}Response>"
    );
    Paged { resource_type, operation, page, item: item.to_owned(), asks_for_two: "Marker=two", beside: "" }
}

fn json(
    resource_type: &'static str,
    operation: &'static str,
    list: &str,
    item: &str,
    token: &str,
    asks_for_two: &'static str,
) -> Paged {
    let page = format!(r#"{{"{list}":[ITEMS],"{token}":"TOKEN"}}"#);
    Paged { resource_type, operation, page, item: item.to_owned(), asks_for_two, beside: "" }
}

/// Every listing that comes in pages.
pub fn every_kind() -> Vec<Paged> {
    let rds_name = "<DBInstanceIdentifier>ID</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:us-east-1:111122223333:db:ID</DBInstanceArn>";
    vec![
        ec2("AWS::EC2::VPC", "ec2:DescribeVpcs", "vpcSet", "<vpcId>ID</vpcId>"),
        ec2("AWS::EC2::Subnet", "ec2:DescribeSubnets", "subnetSet", "<subnetId>ID</subnetId><vpcId>vpc-1</vpcId>"),
        ec2("AWS::EC2::RouteTable", "ec2:DescribeRouteTables", "routeTableSet", "<routeTableId>ID</routeTableId><vpcId>v</vpcId>"),
        ec2("AWS::EC2::NatGateway", "ec2:DescribeNatGateways", "natGatewaySet", "<natGatewayId>ID</natGatewayId><vpcId>v</vpcId>"),
        ec2(
            "AWS::EC2::InternetGateway",
            "ec2:DescribeInternetGateways",
            "internetGatewaySet",
            "<internetGatewayId>ID</internetGatewayId>",
        ),
        ec2("AWS::EC2::NetworkAcl", "ec2:DescribeNetworkAcls", "networkAclSet", "<networkAclId>ID</networkAclId><vpcId>v</vpcId>"),
        ec2(
            "AWS::EC2::NetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "networkInterfaceSet",
            "<networkInterfaceId>ID</networkInterfaceId><vpcId>v</vpcId>",
        ),
        ec2("AWS::EC2::SecurityGroup", "ec2:DescribeSecurityGroups", "securityGroupInfo", "<groupId>ID</groupId><vpcId>v</vpcId>"),
        ec2("AWS::EC2::FlowLog", "ec2:DescribeFlowLogs", "flowLogSet", "<flowLogId>ID</flowLogId><resourceId>v</resourceId>"),
        ec2(
            "AWS::EC2::VPCEndpoint",
            "ec2:DescribeVpcEndpoints",
            "vpcEndpointSet",
            "<vpcEndpointId>ID</vpcEndpointId><vpcId>v</vpcId>",
        ),
        query("AWS::RDS::DBInstance", "rds:DescribeDBInstances", "Marker", "DBInstances", &format!("<DBInstance>{rds_name}</DBInstance>")),
        query(
            "AWS::RDS::DBCluster",
            "rds:DescribeDBClusters",
            "Marker",
            "DBClusters",
            "<DBCluster><DBClusterIdentifier>ID</DBClusterIdentifier><DBClusterArn>arn:ID</DBClusterArn></DBCluster>",
        ),
        query(
            "AWS::RDS::DBSubnetGroup",
            "rds:DescribeDBSubnetGroups",
            "Marker",
            "DBSubnetGroups",
            "<DBSubnetGroup><DBSubnetGroupName>ID</DBSubnetGroupName><DBSubnetGroupArn>arn:ID</DBSubnetGroupArn></DBSubnetGroup>",
        ),
        Paged {
            beside: concat!(
                "=== rds:DescribeDBSnapshots SnapshotType=awsbackup\n<DescribeDBSnapshotsResponse>",
                "<DescribeDBSnapshotsResult><DBSnapshots/></DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>",
            ),
            ..query(
            "AWS::RDS::DBSnapshot",
            "rds:DescribeDBSnapshots",
            "Marker",
            "DBSnapshots",
            "<DBSnapshot><DBSnapshotIdentifier>ID</DBSnapshotIdentifier><DBSnapshotArn>arn:ID</DBSnapshotArn></DBSnapshot>",
        )
        },
        query(
            "AWS::RDS::DBClusterSnapshot",
            "rds:DescribeDBClusterSnapshots",
            "Marker",
            "DBClusterSnapshots",
            "<DBClusterSnapshot><DBClusterSnapshotIdentifier>ID</DBClusterSnapshotIdentifier><DBClusterSnapshotArn>arn:ID</DBClusterSnapshotArn></DBClusterSnapshot>",
        ),
        query(
            "AWS::ElastiCache::ReplicationGroup",
            "elasticache:DescribeReplicationGroups",
            "Marker",
            "ReplicationGroups",
            "<ReplicationGroup><ReplicationGroupId>ID</ReplicationGroupId><ARN>arn:ID</ARN></ReplicationGroup>",
        ),
        query(
            "AWS::ElastiCache::CacheCluster",
            "elasticache:DescribeCacheClusters",
            "Marker",
            "CacheClusters",
            "<CacheCluster><CacheClusterId>ID</CacheClusterId><ARN>arn:ID</ARN></CacheCluster>",
        ),
        query(
            "AWS::ElastiCache::SubnetGroup",
            "elasticache:DescribeCacheSubnetGroups",
            "Marker",
            "CacheSubnetGroups",
            "<CacheSubnetGroup><CacheSubnetGroupName>ID</CacheSubnetGroupName><ARN>arn:ID</ARN></CacheSubnetGroup>",
        ),
        query(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "elasticloadbalancing:DescribeLoadBalancers",
            "NextMarker",
            "LoadBalancers",
            "<member><LoadBalancerArn>arn:ID</LoadBalancerArn><LoadBalancerName>ID</LoadBalancerName></member>",
        ),
        query(
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "elasticloadbalancing:DescribeTargetGroups",
            "NextMarker",
            "TargetGroups",
            "<member><TargetGroupArn>arn:ID</TargetGroupArn><TargetGroupName>ID</TargetGroupName></member>",
        ),
        json(
            "AWS::CertificateManager::Certificate",
            "acm:ListCertificates",
            "CertificateSummaryList",
            r#"{"CertificateArn":"arn:aws:acm:us-east-1:111122223333:certificate/ID","HasAdditionalSubjectAlternativeNames":false,"SubjectAlternativeNameSummaries":[]}"#,
            "NextToken",
            r#""NextToken":"two""#,
        ),
        json(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "application-autoscaling:DescribeScalableTargets",
            "ScalableTargets",
            r#"{"ServiceNamespace":"ecs","ResourceId":"ID","ScalableDimension":"ecs:service:DesiredCount","MinCapacity":1,"MaxCapacity":2,"RoleARN":"arn:r","CreationTime":1.7E9}"#,
            "NextToken",
            r#""NextToken":"two""#,
        ),
        json("AWS::Logs::LogGroup", "logs:DescribeLogGroups", "logGroups", r#"{"logGroupName":"ID"}"#, "nextToken", r#""nextToken":"two""#),
        json(
            "AWS::SecretsManager::Secret",
            "secretsmanager:ListSecrets",
            "SecretList",
            r#"{"ARN":"arn:ID","Name":"ID"}"#,
            "NextToken",
            r#""NextToken":"two""#,
        ),
        json("AWS::SSM::Parameter", "ssm:DescribeParameters", "Parameters", r#"{"Name":"ID","Type":"String"}"#, "NextToken", r#""NextToken":"two""#),
        json("AWS::WAFv2::WebACL", "wafv2:ListWebACLs", "WebACLs", r#"{"Name":"ID","ARN":"arn:ID"}"#, "NextMarker", r#""NextMarker":"two""#),
        json("AWS::KMS::Key", "kms:ListKeys", "Keys", r#"{"KeyId":"ID","KeyArn":"arn:ID"}"#, "NextMarker", r#""Marker":"two""#),
        json("AWS::EFS::FileSystem", "elasticfilesystem:DescribeFileSystems", "FileSystems", EFS, "NextMarker", "Marker=two"),
        json("AWS::EKS::Cluster", "eks:ListClusters", "clusters", r#""ID""#, "nextToken", "nextToken=two"),
        Paged {
            beside: concat!(
                "=== ecs:DescribeClusters\n",
                r#"{"clusters":[{"clusterArn":"arn:a","clusterName":"a"},{"clusterArn":"arn:b","clusterName":"b"},"#,
                r#"{"clusterArn":"arn:c","clusterName":"c"}]}"#,
                "\n=== ecs:DescribeClusters [\"arn:a\",\"arn:b\"]\n",
                r#"{"clusters":[{"clusterArn":"arn:a","clusterName":"a"},{"clusterArn":"arn:b","clusterName":"b"}]}"#,
            ),
            ..json("AWS::ECS::Cluster", "ecs:ListClusters", "clusterArns", r#""arn:ID""#, "nextToken", r#""nextToken":"two""#)
        },
        Paged {
            resource_type: "AWS::S3::Bucket",
            operation: "s3:ListBuckets",
            page: "<ListAllMyBucketsResult><Buckets>ITEMS</Buckets><ContinuationToken>TOKEN</ContinuationToken></ListAllMyBucketsResult>".to_owned(),
            item: "<Bucket><Name>ID</Name><BucketRegion>us-east-1</BucketRegion></Bucket>".to_owned(),
            asks_for_two: "continuation-token=two",
            beside: "",
        },
    ]
}

const EFS: &str = r#"{"FileSystemId":"ID","OwnerId":"111122223333","CreationToken":"t","CreationTime":1.7E9,"LifeCycleState":"available","NumberOfMountTargets":0,"SizeInBytes":{"Value":1},"PerformanceMode":"generalPurpose","Tags":[]}"#;
