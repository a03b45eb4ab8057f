//! ACM certificates: one listing a Region, and one call for a certificate whose names it does not show whole.

use aws_sdk_acm::types::{CertificateSummary, Filters, KeyAlgorithm};
use jiff::Timestamp;

use super::convert::{after, always_sent, text, timestamp};
use super::{Collector, Context, Gone, Scope};
use crate::inventory::Observed;
use crate::{client, operation, resource};

operation!(LIST_CERTIFICATES, "acm", "ListCertificates", "acm:ListCertificates");
operation!(DESCRIBE_CERTIFICATE, "acm", "DescribeCertificate", "acm:DescribeCertificate",
           gone: ["ResourceNotFoundException"]);

resource! {
    /// A certificate in AWS Certificate Manager, issued by it or imported.
    pub struct Certificate: "AWS::CertificateManager::Certificate" listed by [LIST_CERTIFICATES] named by ["certificateArn"] {
        /// The ARN, by which other resources refer to it.
        certificate_arn: String,
        /// The domain name that it was requested for; null for a certificate without one.
        domain_name: Option<String>,
        /// All domain names that it covers, the alternative ones included, in lower case.
        domain_names: Observed<Vec<String>> = [DESCRIBE_CERTIFICATE],
        /// `ISSUED`, `PENDING_VALIDATION`, `EXPIRED`, `REVOKED` and so on.
        status: Observed<String>,
        /// When it ceases to be valid; null before it is issued.
        not_after: Option<Timestamp>,
    }
}

/// Certificates read at once: bounds memory, not the rate.
const CERTIFICATES_AT_ONCE: usize = 16;

pub const COLLECTOR: Collector = Collector {
    service: "acm",
    scope: Scope::Region,
    event_sources: &["acm.amazonaws.com"],
    types: || vec![Certificate::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let acm = client!(cx.region(), aws_sdk_acm);
    // Without a filter the listing hides elliptic curve keys and RSA keys of more than 2048 bits.
    let key_types = KeyAlgorithm::values().iter().map(|name| KeyAlgorithm::from(*name)).collect();
    let every_key_type = Filters::builder().set_key_types(Some(key_types)).build();
    let request = acm.list_certificates().includes(every_key_type).max_items(1000);
    let (certificates, listed) = cx
        .pages(
            &LIST_CERTIFICATES,
            |token| request.clone().set_next_token(token).send(),
            |page| (page.certificate_summary_list.unwrap_or_default(), page.next_token),
        )
        .await;
    cx.for_each(certificates, CERTIFICATES_AT_ONCE, |summary| async {
        let Some(arn) = summary.certificate_arn.clone() else { return };
        let Some(cx) = &cx.of::<Certificate>(after(&arn, ":certificate/"), &arn) else { return };
        let Ok(domain_names) = domain_names(cx, &acm, &arn, &summary).await else { return };
        cx.add(
            after(&arn, ":certificate/"),
            arn.as_str(),
            Certificate {
                certificate_arn: arn.clone(),
                domain_name: summary.domain_name,
                domain_names,
                status: always_sent(text(summary.status), "Status", &LIST_CERTIFICATES),
                not_after: timestamp(summary.not_after),
            },
        );
    })
    .await;
    cx.listed::<Certificate>(listed);
}

/// The listing shows a hundred alternative names at most, and says so.
async fn domain_names(
    cx: &Context,
    acm: &aws_sdk_acm::Client,
    arn: &str,
    summary: &CertificateSummary,
) -> Result<Observed<Vec<String>>, Gone> {
    let alternatives = match &summary.subject_alternative_name_summaries {
        Some(names) if summary.has_additional_subject_alternative_names == Some(false) => Ok(Some(names.clone())),
        _ => {
            cx.detail(
                &DESCRIBE_CERTIFICATE,
                || acm.describe_certificate().certificate_arn(arn).send(),
                |answer| answer.certificate.and_then(|certificate| certificate.subject_alternative_names),
            )
            .await?
        }
    };
    Ok(alternatives.map(|alternatives| {
        let names = summary.domain_name.iter().cloned().chain(alternatives.unwrap_or_default());
        let mut names: Vec<String> = names.map(|name| name.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        names
    }))
}
