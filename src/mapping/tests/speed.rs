//! What a case costs. Run with `cargo test --release --lib mapping::tests::speed -- --ignored --nocapture`.

use super::plain;
use std::time::Instant;

#[test]
#[ignore = "a measurement, for release builds"]
fn a_hundred_thousand_plain_cases_are_mapped_in_the_blink_of_an_eye() {
    let (mapper, _, mut case) = plain().mapper();
    case.description = Some("x".repeat(300));
    let start = Instant::now();
    let mut clients = 0;
    for id in 0..100_000 {
        case.id.0 = id;
        clients += mapper.map(&case).record.clients.len();
    }
    let spent = start.elapsed();
    assert_eq!(clients, 100_000);
    assert!(spent.as_millis() < 1000, "{spent:?}");
    // Shown by `--nocapture`: the number is what the run is for.
    assert_ne!(std::io::Write::write(&mut std::io::stderr(), format!("{spent:?} for 100,000 cases\n").as_bytes()).unwrap_or(0), 0);
}
