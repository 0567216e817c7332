//! libFuzzer's side of [`casebridge_fuzz::template`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::template::run(bytes));
