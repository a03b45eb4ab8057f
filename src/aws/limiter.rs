//! Paces calls: one token bucket per account, Region and API bucket, from the table in
//! [`limits`](super::limits).
//!
//! A bucket hands out start times instead of letting everybody wake up and try again, so that
//! thousands of waiting calls cost one timer each and leave in the order in which they came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;
use crate::inventory::{Operation, Place};

/// All token buckets of one process.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    buckets: Mutex<HashMap<(Place, String), Arc<Bucket>>>,
}

impl Limiter {
    /// A limiter that works to these limits.
    pub fn new(limits: Limits) -> Limiter {
        Limiter { limits, buckets: Mutex::default() }
    }

    /// Waits until the next call of `operation` at `place` may start.
    pub async fn acquire(&self, place: &Place, operation: &Operation) {
        let start = self.bucket(place, operation).reserve(Instant::now());
        tokio::time::sleep_until(start).await;
    }

    /// Drops the buckets that are full, which are as good as new ones.
    pub fn forget_full(&self) {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        // One that somebody holds is about to give a token.
        buckets.retain(|_, bucket| Arc::strong_count(bucket) > 1 || !bucket.is_full(now));
    }

    fn bucket(&self, place: &Place, operation: &Operation) -> Arc<Bucket> {
        let limit = self.limits.of(operation);
        // Some services count their calls per account, wherever they are sent.
        let place = if limit.per_account { place.global() } else { place.clone() };
        let key = (place, limit.bucket_name(operation));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets
            .entry(key)
            .or_insert_with(|| Arc::new(Bucket::new(self.limits.burst(limit), self.limits.rate(limit))))
            .clone()
    }
}

/// A token bucket in its virtual-time form (GCRA): `full_at` is when the bucket would be full again.
#[derive(Debug)]
struct Bucket {
    interval: Duration,
    tolerance: Duration,
    full_at: Mutex<Option<Instant>>,
}

impl Bucket {
    fn new(burst: f64, rate: f64) -> Bucket {
        let interval = Duration::from_secs_f64(1.0 / rate);
        Bucket { interval, tolerance: interval.mul_f64((burst - 1.0).max(0.0)), full_at: Mutex::new(None) }
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner).is_none_or(|at| at <= now)
    }

    /// Takes one token and says from when it may be used.
    fn reserve(&self, now: Instant) -> Instant {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let base = full_at.map_or(now, |at| at.max(now));
        *full_at = Some(base + self.interval);
        base.checked_sub(self.tolerance).map_or(now, |at| at.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lets_its_burst_through_and_then_its_rate() {
        let now = Instant::now();
        let bucket = Bucket::new(3.0, 10.0);
        let waits: Vec<u128> = (0..6).map(|_| (bucket.reserve(now) - now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200, 300]);
    }

    #[test]
    fn an_idle_bucket_fills_up_to_its_burst_and_no_further() {
        let start = Instant::now();
        let bucket = Bucket::new(2.0, 10.0);
        bucket.reserve(start);
        bucket.reserve(start);
        let later = start + Duration::from_secs(60);
        let waits: Vec<u128> = (0..4).map(|_| (bucket.reserve(later) - later).as_millis()).collect();
        assert_eq!(waits, [0, 0, 100, 200]);
    }

    #[test]
    fn only_full_buckets_are_forgotten() {
        crate::operation!(DESCRIBE_VPCS, "ec2", "DescribeVpcs", "ec2:DescribeVpcs");
        let limiter = Limiter::new(Limits::default());
        let (one, other) = (Place::new("111122223333", "us-east-1"), Place::new("444455556666", "us-east-1"));
        let now = Instant::now();
        limiter.bucket(&one, &DESCRIBE_VPCS).reserve(now - Duration::from_secs(60));
        limiter.bucket(&other, &DESCRIBE_VPCS).reserve(now + Duration::from_secs(60));
        limiter.forget_full();
        let left: Vec<Place> = limiter.buckets.lock().unwrap().keys().map(|(place, _)| place.clone()).collect();
        assert_eq!(left, [other]);
    }

    #[tokio::test]
    async fn buckets_are_apart_by_account_region_and_operation() {
        crate::operation!(DESCRIBE_VPCS, "ec2", "DescribeVpcs", "ec2:DescribeVpcs");
        crate::operation!(DESCRIBE_SUBNETS, "ec2", "DescribeSubnets", "ec2:DescribeSubnets");
        crate::operation!(DESCRIBE_LISTENERS, "elasticloadbalancing", "DescribeListeners", "x");
        crate::operation!(DESCRIBE_RULES, "elasticloadbalancing", "DescribeRules", "x");
        let limiter = Limiter::new(Limits::default());
        let here = Place::new("111122223333", "us-east-1");
        let there = Place::new("111122223333", "eu-west-1");
        assert!(!Arc::ptr_eq(&limiter.bucket(&here, &DESCRIBE_VPCS), &limiter.bucket(&there, &DESCRIBE_VPCS)));
        assert!(!Arc::ptr_eq(&limiter.bucket(&here, &DESCRIBE_VPCS), &limiter.bucket(&here, &DESCRIBE_SUBNETS)));
        assert!(Arc::ptr_eq(&limiter.bucket(&here, &DESCRIBE_LISTENERS), &limiter.bucket(&here, &DESCRIBE_RULES)));
    }
}
