//! libFuzzer's side of [`casebridge_fuzz::profile`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::profile::run(bytes));
