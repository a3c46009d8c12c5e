//! Token buckets, each as one moment, in bounded memory.

use std::collections::HashMap;
use std::time::Duration;

/// How fast a bucket fills, and how much it holds. Times are in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rate {
    /// One request more each.
    interval: u64,
    pub(super) burst: u64,
}

impl Rate {
    /// `None` where nothing would ever pass, or everything.
    pub(super) fn new(requests: u32, per: Duration) -> Option<Self> {
        let interval = nanos(per)
            .checked_div(requests.into())
            .filter(|interval| *interval > 0)?;
        Some(Self {
            interval,
            burst: requests.into(),
        })
    }

    /// How long an empty bucket takes to be full.
    fn fill(self) -> u64 {
        self.interval.saturating_mul(self.burst)
    }
}

/// For each client the moment at which its bucket will be full again: all that a bucket needs (the "virtual scheduling" of the
/// generic cell rate algorithm, ITU-T I.371).
///
/// They stand in two generations. A bucket that is used moves to the younger one; when that is as large as it may be, or as
/// old as a bucket takes to fill, it becomes the older one, and the older one is forgotten at once. So nothing is
/// ever searched for what has expired.
#[derive(Debug)]
pub(super) struct Buckets {
    young: HashMap<u64, u64>,
    old: HashMap<u64, u64>,
    /// When the young generation began.
    since: u64,
    /// The size of a generation.
    most: usize,
}

impl Buckets {
    pub(super) fn new(keys: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            since: 0,
            most: keys.div_ceil(2).max(1),
        }
    }

    /// Takes one request out of a bucket, or says how long it will be until there is one.
    pub(super) fn take(&mut self, key: u64, now: Duration, rate: Rate) -> Result<(), Duration> {
        let now = nanos(now);
        if now.saturating_sub(self.since) >= rate.fill() {
            self.age(now);
        }
        let known = self.young.get(&key).copied().or_else(|| self.old.remove(&key));
        let full_at = known.unwrap_or(now).max(now);
        let after = full_at.saturating_add(rate.interval);
        let wait = (after - now).saturating_sub(rate.fill());
        let full_at = if wait > 0 { full_at } else { after };
        if self.young.len() >= self.most && !self.young.contains_key(&key) {
            self.age(now);
        }
        self.young.insert(key, full_at);
        if wait > 0 {
            return Err(Duration::from_nanos(wait));
        }
        Ok(())
    }

    fn age(&mut self, now: u64) {
        self.old = std::mem::take(&mut self.young);
        self.since = now;
    }
}

/// 584 years are enough.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(requests: u32, burst: u64) -> Rate {
        Rate {
            burst,
            ..Rate::new(requests, SECOND).expect("a rate")
        }
    }

    #[test]
    fn a_burst_then_an_even_flow() {
        let mut buckets = Buckets::new(10);
        let rate = rate(10, 3);
        let at = |ms: u64| Duration::from_millis(5000 + ms);
        for _ in 0..3 {
            assert_eq!(buckets.take(1, at(0), rate), Ok(()));
        }
        assert_eq!(buckets.take(1, at(0), rate), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take(1, at(40), rate), Err(Duration::from_millis(60)));
        assert_eq!(buckets.take(1, at(100), rate), Ok(()));
        assert_eq!(buckets.take(1, at(100), rate), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take(2, at(100), rate), Ok(()), "another bucket");
        for _ in 0..3 {
            assert_eq!(buckets.take(1, at(1000), rate), Ok(()), "no more than it holds");
        }
        assert!(buckets.take(1, at(1000), rate).is_err());
    }

    /// Over any time the requests that pass are no more than the burst and what has flowed in.
    #[test]
    fn never_more_than_the_rate() {
        let mut buckets = Buckets::new(10);
        let rate = rate(7, 5);
        let mut passed = 0;
        for ms in 0..10_000 {
            passed += u32::from(buckets.take(1, Duration::from_millis(ms), rate).is_ok());
        }
        assert!((70..=75).contains(&passed), "{passed}");
    }

    #[test]
    fn memory_is_bounded_and_those_who_come_often_are_remembered() {
        let mut buckets = Buckets::new(100);
        let rate = rate(1, 1);
        assert!(buckets.take(0, SECOND, rate).is_ok());
        for key in 1..10_000 {
            assert!(buckets.take(key, SECOND, rate).is_ok());
            assert!(buckets.young.len() + buckets.old.len() <= 100);
            if key % 20 == 0 {
                assert!(buckets.take(0, SECOND, rate).is_err(), "{key}");
            }
        }
        assert!(buckets.take(1, SECOND, rate).is_ok(), "forgotten long ago");
    }

    #[test]
    fn what_has_expired_goes_with_time() {
        let mut buckets = Buckets::new(100);
        let rate = rate(1, 2);
        for key in 0..40 {
            assert!(buckets.take(key, SECOND, rate).is_ok());
        }
        for seconds in [4, 7] {
            assert!(buckets.take(99, SECOND * seconds, rate).is_ok());
        }
        assert_eq!(buckets.young.len() + buckets.old.len(), 1);
    }

    #[test]
    fn no_rate_of_nothing() {
        assert!(Rate::new(0, SECOND).is_none());
        assert!(Rate::new(5, Duration::ZERO).is_none());
        assert!(Rate::new(u32::MAX, Duration::from_nanos(1)).is_none());
        assert!(Rate::new(1, Duration::MAX).is_some());
    }
}
