//! libFuzzer's side of [`casebridge_fuzz::mycase_bodies`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::mycase_bodies::run(bytes));
