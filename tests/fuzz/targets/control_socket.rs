//! libFuzzer's side of [`casebridge_fuzz::control_socket`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casebridge_fuzz::control_socket::run(bytes));
