//! `obligo man`

use crate::support::Register;

#[test]
fn the_page_names_the_program_its_verbs_and_its_exit_codes() {
    Register::nowhere().obligo("man").succeeded().says(".TH").says("obligo").says("timeline").says("Exit codes");
}

#[test]
fn each_verb_has_a_page_of_its_own() {
    let register = Register::nowhere();
    register.obligo("man pages").succeeded().says("pages");
    let pages: Vec<String> = std::fs::read_dir(register.folder.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for page in ["obligo.1", "obligo-status.1", "obligo-record-meeting.1", "obligo-where.1"] {
        assert!(pages.iter().any(|name| name == page), "{page}: {pages:?}");
    }
}
