//! libFuzzer's side of [`casebridge_fuzz::schedule`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::schedule::run(bytes));
