//! One metric at a time, line by line, on top of `prometheus_client`.

use super::FirmValues;
use jiff::Timestamp;
use prometheus_client::encoding::{DescriptorEncoder, EncodeCounterValue, MetricEncoder};
use prometheus_client::metrics::MetricType;
use std::fmt;

/// One metric whose values go up and down.
pub(super) struct Gauges<'e>(MetricEncoder<'e>);

/// One metric whose values only go up.
pub(super) struct Counters<'e>(MetricEncoder<'e>);

/// Seconds since 1970.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

/// A yes or a no.
pub(super) fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// Writes `casebridge_{name}`.
pub(super) fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    put: impl FnOnce(&mut Gauges<'_>) -> fmt::Result,
) -> fmt::Result {
    put(&mut Gauges(encoder.encode_descriptor(&format!("casebridge_{name}"), help, None, MetricType::Gauge)?))
}

/// Writes `casebridge_{name}_total`.
pub(super) fn counter(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    put: impl FnOnce(&mut Counters<'_>) -> fmt::Result,
) -> fmt::Result {
    put(&mut Counters(encoder.encode_descriptor(&format!("casebridge_{name}"), help, None, MetricType::Counter)?))
}

/// A gauge with at most one value for each firm.
pub(super) fn by_firm(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    firms: &[FirmValues],
    of: impl Fn(&FirmValues) -> Option<f64>,
) -> fmt::Result {
    gauge(encoder, name, help, |family| {
        let known = firms.iter().filter_map(|firm| Some((firm, of(firm)?)));
        known.into_iter().try_for_each(|(firm, value)| family.put([("firm", firm.firm.as_str())], value))
    })
}

impl Gauges<'_> {
    pub(super) fn put<const N: usize>(&mut self, labels: [(&str, &str); N], value: f64) -> fmt::Result {
        self.0.encode_family(&labels)?.encode_gauge(&value)
    }

    /// One line for each state, 1 for the one that holds; none for a firm of which it is not known.
    pub(super) fn one_of<S: PartialEq>(
        &mut self,
        firms: &[FirmValues],
        all: &[(S, &str)],
        of: impl Fn(&FirmValues) -> Option<S>,
    ) -> fmt::Result {
        firms.iter().filter_map(|firm| Some((firm, of(firm)?))).try_for_each(|(firm, holds)| {
            let put = |(state, word): &(S, &str)| self.put([("firm", firm.firm.as_str()), ("state", word)], flag(holds == *state));
            all.iter().try_for_each(put)
        })
    }
}

impl Counters<'_> {
    pub(super) fn put<const N: usize, V: EncodeCounterValue>(&mut self, labels: [(&str, &str); N], value: V) -> fmt::Result {
        self.0.encode_family(&labels)?.encode_counter::<[(&str, &str); 0], V, u64>(&value, None)
    }
}
