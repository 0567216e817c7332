//! libFuzzer's side of [`casebridge_fuzz::firm_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::firm_file::run(bytes));
