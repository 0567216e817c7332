//! libFuzzer's side of [`casebridge_fuzz::link_header`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::link_header::run(bytes));
