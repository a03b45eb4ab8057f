//! Endpoints that stand in for AWS: emulators and proxies that are set in the environment or the profile.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

/// The endpoint that is set for one service (`AWS_ENDPOINT_URL_S3`, or `endpoint_url` of the service in
/// the profile) or else for all of them. `service_id` is the service's name in the SDK: `S3`, `S3 Control`.
pub fn overridden(config: &SdkConfig, service_id: &str) -> Option<String> {
    let for_all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return for_all();
    }
    let key =
        ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let for_service = match (key, config.service_config()) {
        (Ok(key), Some(service_config)) => service_config.load_config(key),
        _ => None,
    };
    for_service.or_else(for_all)
}
