//! `obligo timeline`

use crate::support::{Register, SMALL};

#[test]
fn it_shows_meetings_and_cycles_along_the_years() {
    Register::demo()
        .obligo("timeline uk-kr-dp --as-of 2026-11-21")
        .succeeded()
        .says("2023")
        .says("2026")
        .says("UK-RoK Digital Partnership Forum")
        .says("not met by the date");
}

#[test]
fn a_picture_is_well_formed_and_says_what_it_shows() {
    let register = Register::nowhere();
    std::fs::copy(Register::demo().db(), register.db()).unwrap();
    for agreement in ["eu-jp-dp", "eu-kr-dp", "eu-sg-dp", "eu-sg-ai-safety", "eu-sg-dta", "kr-sg-dpa", "uk-kr-dp"] {
        let ran = register.obligo(&format!("timeline {agreement} --as-of 2026-11-21 -o {agreement}.svg")).succeeded();
        assert_eq!(ran.stdout, "", "the picture is in the file");
        let svg = std::fs::read_to_string(register.folder.path().join(format!("{agreement}.svg"))).unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{agreement}: {error}"));
        assert!(document.root_element().has_tag_name(("http://www.w3.org/2000/svg", "svg")));
        assert!(
            document.descendants().any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title"))),
            "a picture has words"
        );
        assert!(!svg.contains("<script") && !svg.contains("NaN"), "{agreement}");
    }
}

#[test]
fn words_of_a_file_are_never_markup() {
    let evil = SMALL
        .replace("A small agreement", "</title><script>alert('1')</script> & \\\"co\\\"")
        .replace("name = \"Council\"", "name = \"<b>Council</b>\"");
    let register = Register::with(&[("small.toml", &evil)]);
    register.obligo("timeline small -o small.svg").succeeded();
    let svg = std::fs::read_to_string(register.folder.path().join("small.svg")).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert!(!document.descendants().any(|node| node.tag_name().name() == "script" || node.tag_name().name() == "b"));
}

#[test]
fn the_same_picture_has_the_same_bytes_and_no_half_of_one_is_left() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let picture = |name: &str| {
        register.obligo(&format!("timeline small --as-of 2026-11-22 -o {name}")).succeeded();
        std::fs::read(register.folder.path().join(name)).unwrap()
    };
    assert_eq!(picture("one.svg"), picture("other.svg"));
    let left = std::fs::read_dir(register.folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new"))
        .count();
    assert_eq!(left, 0);
    register.obligo("timeline small -o no/such/folder.svg").ended(1).warns("no/such/folder.svg");
}

#[test]
fn a_register_with_nothing_dated_still_has_a_timeline() {
    let bare = &SMALL[..SMALL.find("[[provision]]").unwrap()];
    let register = Register::with(&[("small.toml", bare)]);
    register.obligo("timeline small").succeeded();
    register.obligo("timeline small -o small.svg").succeeded();
    roxmltree::Document::parse(&std::fs::read_to_string(register.folder.path().join("small.svg")).unwrap()).unwrap();
}
