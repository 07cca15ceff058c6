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

/// A key, checkpoints or texts without their register are somebody's.
#[test]
fn the_demo_takes_the_place_of_nothing_that_is_not_its_own() {
    let register = Register::nowhere();
    register.obligo("demo").succeeded();
    let folder = register.folder.path().join("demo");
    let key = std::fs::read(folder.join("obligo.key")).expect("a key");
    std::fs::remove_file(folder.join("obligo.db")).expect("it goes");
    // Its own key and checkpoints, as a broken move leaves them.
    register.obligo("demo").succeeded();
    for name in ["obligo.key", "obligo.private.db", "obligo.db-journal"] {
        std::fs::remove_file(folder.join("obligo.db")).expect("it goes");
        std::fs::write(folder.join(name), "somebody's").expect("it is written");
        register.obligo("demo").ended(1).warns(&format!("{name}` is there, and no register beside it"));
        assert_eq!(std::fs::read(folder.join(name)).expect("it is there"), b"somebody's");
        let left: Vec<_> =
            std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".new")), "{left:?}");
        std::fs::remove_file(folder.join(name)).expect("it goes");
        if name == "obligo.key" {
            std::fs::write(folder.join(name), &key).expect("it is put back");
        }
        register.obligo("demo").succeeded();
    }
}
