//! `obligo init`

use crate::support::Register;

#[test]
fn a_new_register_is_empty_and_verifies() {
    let register = Register::nowhere();
    register.obligo("init").succeeded().says("register.db").warns("Next: obligo import");
    assert_eq!(register.log()["size"], 0);
    // The root of nothing: SHA-256 of no bytes.
    assert_eq!(register.log()["head"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn nothing_is_ever_overwritten() {
    let register = Register::new();
    let before = std::fs::read(register.db()).unwrap();
    register.obligo("init").ended(1).warns("exists already");
    assert_eq!(std::fs::read(register.db()).unwrap(), before);
    register.file("notes.txt", "mine");
    register.obligo("init notes.txt").ended(1).warns("exists already");
}

#[test]
fn a_path_names_another_place() {
    let register = Register::nowhere();
    register.obligo("init elsewhere.db").succeeded();
    assert!(!register.db().exists());
    register.obligo("status --register elsewhere.db").succeeded();
    register.obligo("init no/such/folder/x.db").ended(1).warns("no/such/folder");
}
