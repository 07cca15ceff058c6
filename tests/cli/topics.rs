//! `obligo topics`

use crate::support::{Register, SMALL};

#[test]
fn commitments_acts_and_deliverables_are_counted_for_each_agreement() {
    let other = SMALL.replace("id = \"small\"", "id = \"other\"").replace("topics = [\"standards\"]", "topics = [\"quantum\"]");
    let register = Register::with(&[("small.toml", SMALL), ("other.toml", &other)]);
    register.obligo("record deliverable small --on 2025-03-02 --text 'a toolkit' --topics quantum --reason late").succeeded();
    register
        .obligo("record announcement small --on 2025-04-02 --text 'a call' --topics quantum,standards --reason late")
        .succeeded();
    let topics = register.json("topics --as-of 2025-05-01");
    let quantum = topics["topics"].as_array().unwrap().iter().find(|topic| topic["topic"] == "quantum").unwrap();
    let told: Vec<String> = quantum["agreements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {} {} {}",
                one["id"], one["commitments"], one["acts"], one["deliverables"], one["last"], one["next"]
            )
        })
        .collect();
    assert_eq!(told, [r#""other" 2 0 0 null "2025-06-01""#, r#""small" 1 2 1 "2025-04-02" null"#]);
}

#[test]
fn one_topic_is_asked_for_by_name() {
    let ran = Register::demo().obligo("topics semiconductors --as-of 2026-11-21").succeeded();
    ran.says("eu-jp-dp").says("eu-kr-dp").says("uk-kr-dp").says_not("e-invoicing");
    Register::demo().obligo("topics semiconducters").ended(3).warns("did you mean `semiconductors`?");
}
