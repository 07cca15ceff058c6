//! `obligo schema`. That answers are what their schemas say is in tests/json.rs.

use crate::support::Register;

#[test]
fn without_a_name_it_names_them_all() {
    let ran = Register::nowhere().obligo("schema").succeeded();
    let names: Vec<&str> = ran.stdout.lines().collect();
    for name in ["docket.v1", "topics.v1", "party.v1", "log.v1", "verify.v1", "timeline.v1"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn a_schema_has_several_names() {
    let register = Register::nowhere();
    let schema = register.obligo("schema docket.v1").succeeded().stdout;
    for name in ["obligo.docket.v1", "docket.v1.json"] {
        assert_eq!(register.obligo(&format!("schema {name}")).succeeded().stdout, schema);
    }
}
