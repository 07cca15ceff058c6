//! The session of the README is run as it stands there.

mod support;

#[test]
fn the_session_of_the_readme_runs_as_written() {
    let readme = std::fs::read_to_string(support::root().join("README.md")).unwrap();
    let commands = readme.lines().filter(|line| line.starts_with("$ obligo")).count();
    assert!(commands >= 3, "the README has a session of {commands} commands");
    // A folder of its own with what the session reads; `README.in` is where trycmd runs `README.md`.
    let folder = tempfile::tempdir().unwrap();
    let examples = folder.path().join("README.in/examples/broken");
    std::fs::create_dir_all(&examples).unwrap();
    for file in std::fs::read_dir(support::root().join("examples/broken")).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::copy(&file, examples.join(file.file_name().unwrap())).unwrap();
    }
    std::fs::write(folder.path().join("README.md"), &readme).unwrap();
    let cases = trycmd::TestCases::new();
    cases.register_bin("obligo", std::path::Path::new(env!("CARGO_BIN_EXE_obligo")));
    cases.env("OBLIGO_TODAY", support::TODAY).env("COLUMNS", "100");
    cases.case(folder.path().join("README.md"));
}
