//! libFuzzer's side of [`casebridge_fuzz::daemon_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::daemon_file::run(bytes));
